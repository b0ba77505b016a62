"""What an administrator does to users: creating, confirming, passwords, attributes, MFA, disabling, deleting."""

from __future__ import annotations

from typing import Any

import attrs

from flowengine.simulator import users
from flowengine.simulator.account import mfa_settings, with_mfa_preference
from flowengine.simulator.attributes import MEDIA, listed, shown, written_by_admin
from flowengine.simulator.passwords import with_password, with_temporary_password
from flowengine.simulator.pool import Call
from flowengine.simulator.recovery import send_reset_code
from flowengine.simulator.refusals import CONFIRMED_ALREADY, RESET_IMPOSSIBLE
from flowengine.simulator.sign_up import confirm
from flowengine.simulator.state import User

__all__ = [
    "admin_confirm_sign_up", "admin_delete_user", "admin_disable_user", "admin_enable_user", "admin_get_user",
    "admin_reset_user_password", "admin_set_user_mfa_preference", "admin_set_user_password",
    "admin_update_user_attributes", "admin_user_global_sign_out",
]  # fmt: skip

Answer = dict[str, Any]


def admin_get_user(call: Call) -> Answer:
    """
    Return everything about a user that an administrator sees.

    Source: AdminGetUser.
    """
    user = users.existing(call)
    return {
        "Username": user.username,
        "UserAttributes": listed(shown(user)),
        "Enabled": user.enabled,
        "UserStatus": user.status,
        **mfa_settings(user),
    }


def admin_confirm_sign_up(call: Call) -> Answer:
    """
    Confirm a user without a code; no contact becomes verified.

    Source: AdminConfirmSignUp.
    """
    user = users.existing(call)
    if user.confirmed:
        raise CONFIRMED_ALREADY.error(status=user.status)
    confirm(call, user)
    return {}


def admin_set_user_password(call: Call) -> Answer:
    """
    Set a user's password: one to keep, which confirms the user, or one to change at the next sign-in.

    Source: AdminSetUserPassword.
    """
    user, password = users.existing(call), call.params["Password"]
    if call.params.get("Permanent"):
        users.settle(call, with_password(call.settings, user, password))
    else:
        users.settle(call, with_temporary_password(call, user, password))
    return {}


def admin_reset_user_password(call: Call) -> Answer:
    """
    Make a user reset the password, by a code that is sent.

    Source: AdminResetUserPassword.
    """
    user = users.existing(call)
    if not user.confirmed:
        raise RESET_IMPOSSIBLE.error()
    send_reset_code(call, user)
    users.store(call.state, attrs.evolve(user, status="RESET_REQUIRED"))
    return {}


def admin_update_user_attributes(call: Call) -> Answer:
    """
    Write attributes of a user; an empty value deletes one, and a contact that changes is verified only if so marked.

    Source: AdminUpdateUserAttributes.
    """
    user = users.existing(call)
    written, flags = written_by_admin(call.settings, call.params["UserAttributes"])
    attributes = {name: value for name, value in (user.attributes | written).items() if value}
    changed = {name for name in MEDIA if attributes.get(name) != user.attributes.get(name)}
    verified = user.verified - changed - {name for name, flag in flags.items() if not flag}
    verified |= {name for name, flag in flags.items() if flag and name in attributes}
    users.settle(call, attrs.evolve(user, attributes=attributes, verified=verified))
    return {}


def admin_set_user_mfa_preference(call: Call) -> Answer:
    """
    Activate and prefer second factors of a user, as the user can.

    Source: AdminSetUserMFAPreference.
    """
    users.store(call.state, with_mfa_preference(call, users.existing(call)))
    return {}


def _enable(call: Call, *, enabled: bool) -> User:
    return users.store(call.state, attrs.evolve(users.existing(call), enabled=enabled))


def admin_enable_user(call: Call) -> Answer:
    """
    Enable a user.

    Source: AdminEnableUser.
    """
    _enable(call, enabled=True)
    return {}


def admin_disable_user(call: Call) -> Answer:
    """
    Disable a user, and revoke all tokens.

    Source: AdminDisableUser.
    """
    users.revoke(call.state, _enable(call, enabled=False).sub)
    return {}


def admin_delete_user(call: Call) -> Answer:
    """
    Delete a user.

    Source: AdminDeleteUser.
    """
    users.delete(call, users.existing(call))
    return {}


def admin_user_global_sign_out(call: Call) -> Answer:
    """
    Revoke all tokens of a user.

    Source: AdminUserGlobalSignOut.
    """
    users.revoke(call.state, users.existing(call).sub)
    return {}
