"""Forgotten and changed passwords: ForgotPassword, ConfirmForgotPassword, ChangePassword."""

from __future__ import annotations

from typing import Any, Final

from flowengine.settings import PoolSettings, question
from flowengine.simulator import users
from flowengine.simulator.attempts import count_attempt
from flowengine.simulator.attributes import pretended
from flowengine.simulator.challenges import refuse_disabled, required
from flowengine.simulator.codes import check_code, delivery_details, issue_code
from flowengine.simulator.factors import CHANNELS, RECOVERY_CONTACTS
from flowengine.simulator.mfa import HOLDINGS
from flowengine.simulator.migration import migrated
from flowengine.simulator.passwords import with_password
from flowengine.simulator.pool import Call, check_secret_hash
from flowengine.simulator.refusals import (
    CODE_WRONG,
    CREDENTIALS_WRONG,
    RESET_BY_ADMIN,
    RESET_IMPOSSIBLE,
    RESET_WITHOUT_CONTACT,
    USER_OF_CLIENT_NOT_FOUND,
)
from flowengine.simulator.state import Code, User
from flowengine.simulator.tokens import user_of_access_token
from flowengine.simulator.triggers import run_trigger, trigger_attributes

__all__ = ["change_password", "confirm_forgot_password", "forgot_password", "send_reset_code"]

Answer = dict[str, Any]

LEGACY: Final = ("verified_phone_number", "verified_email")
"""The order where the pool has no recovery setting (how-to-recover-a-user-account)."""


def forgot_password(call: Call) -> Answer:
    """
    Send the code that resets a password; pretend to, where users are hidden, for one who cannot get it.

    Source: ForgotPassword; cognito-user-pool-managing-errors.
    """
    name = call.params["Username"]
    check_secret_hash(call.pool, name, call.params.get("SecretHash"))
    _refuse_admin_only(call)
    user = users.find(call, name) or migrated(call, name, "UserMigration_ForgotPassword")
    if user is None and not call.pool.hides_users:
        raise USER_OF_CLIENT_NOT_FOUND.error()
    subject = users.subject(call, user, name)
    count_attempt(call, subject, "resets")
    reachable = user is not None and user.enabled and _contact(call.settings, user) is not None
    if user is None or (call.pool.hides_users and not reachable):
        code = _pretend_code(call, name, user)
        call.state.codes[subject, "password_reset"] = code
    else:
        refuse_disabled(user)
        code = send_reset_code(call, user)
    return {"CodeDeliveryDetails": delivery_details(code)}


def _refuse_admin_only(call: Call) -> None:
    if _admin_only(call.settings):
        raise RESET_BY_ADMIN.error()


@question()
def _admin_only(settings: PoolSettings) -> bool:
    return settings.account_recovery == ("admin_only",)


def send_reset_code(call: Call, user: User) -> Code:
    """
    Send the code that resets a password, by the first way that the pool's recovery setting has for the user.

    Source: ForgotPassword, AdminResetUserPassword; how-to-recover-a-user-account.
    """
    _refuse_admin_only(call)
    if user.status == "FORCE_CHANGE_PASSWORD":
        raise RESET_IMPOSSIBLE.error()
    attribute = _contact(call.settings, user)
    if attribute is None:
        raise RESET_WITHOUT_CONTACT.error()
    code = issue_code(call, "password_reset", attribute, user.attributes[attribute])
    call.state.codes[user.sub, "password_reset"] = code
    return code


@question()
def _order(settings: PoolSettings) -> tuple[str, ...]:
    mechanisms = settings.account_recovery or LEGACY
    return tuple(RECOVERY_CONTACTS[name] for name in mechanisms if name in RECOVERY_CONTACTS)


@question(HOLDINGS)
def _contact(settings: PoolSettings, user: User) -> str | None:
    """
    Return the verified contact to recover by. One that an active second factor uses does not count, but for the legacy.

    Source: shape AccountRecoverySettingType.
    """
    with_mfa = settings.mfa.mode != "off" and bool(settings.account_recovery)
    used = {contact for factor, contact in CHANNELS.items() if with_mfa and factor in user.mfa}
    proven = user.verified & user.attributes.keys()
    return next((contact for contact in _order(settings) if contact in proven and contact not in used), None)


def _pretend_code(call: Call, name: str, user: User | None) -> Code:
    """Pretend to send a code: to the contact of a user who is disabled, else to one that is made up for the name."""
    contact = _contact(call.settings, user) if user is not None else None
    if user is not None and contact is not None:
        attribute, destination = contact, user.attributes[contact]
    else:
        attribute, destination = pretended(call.settings, users.subject(call, None, name), _order(call.settings)[0])
    return issue_code(call, "password_reset", attribute, destination, deliver=False)


def confirm_forgot_password(call: Call) -> Answer:
    """
    Set a new password by the code, which also confirms a user who was not; tokens stay as they are.

    Source: ConfirmForgotPassword; user-pool-lambda-post-confirmation.
    """
    name = call.params["Username"]
    check_secret_hash(call.pool, name, call.params.get("SecretHash"))
    subject = users.subject(call, users.seen(call, name, USER_OF_CLIENT_NOT_FOUND), name)
    count_attempt(call, subject, "reset_confirmations")
    issued = call.state.codes.get((subject, "password_reset"))
    check_code(call, issued, call.params["ConfirmationCode"], CODE_WRONG)
    user = call.state.users[subject]  # no code of an unknown user's matches
    refuse_disabled(user)
    if user.status == "FORCE_CHANGE_PASSWORD":
        raise RESET_IMPOSSIBLE.error()
    user = users.settle(call, with_password(call.settings, user, call.params["Password"]))
    del call.state.codes[subject, "password_reset"]
    call.keep()
    request = {"userAttributes": trigger_attributes(user)}
    run_trigger(
        call, "post_confirmation", "PostConfirmation_ConfirmForgotPassword", user.username, request=request, response={}
    )
    return {}


def change_password(call: Call) -> Answer:
    """
    Replace the user's password, given the present one if there is one; tokens stay as they are.

    Source: ChangePassword.
    """
    user = user_of_access_token(call)
    count_attempt(call, user.sub, "password_changes")
    if user.password is not None and required(call.params, "PreviousPassword") != user.password:
        raise CREDENTIALS_WRONG.error()
    users.store(call.state, with_password(call.settings, user, call.params["ProposedPassword"]))
    return {}
