"""AdminCreateUser: users whom an administrator creates, and the messages that invite them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flowengine.simulator import users
from flowengine.simulator.attributes import (
    MEDIA,
    check_required,
    check_username,
    listed,
    shown,
    with_username,
    written_by_admin,
)
from flowengine.simulator.codes import send_message
from flowengine.simulator.factors import ONE_TIME_PASSWORDS
from flowengine.simulator.passwords import made_up, with_temporary_password
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import INVITED_ALREADY
from flowengine.simulator.sign_up import ran_pre_sign_up
from flowengine.simulator.state import User

__all__ = ["admin_create_user"]

Answer = dict[str, Any]

SUBJECT: Final = "Your temporary password"
TEXT: Final = "Your username is {username} and temporary password is {password}."
SHORT_TEXT: Final = "Your username is {username}."
DEFAULT_MEDIUMS: Final = ("SMS",)
"""Where an invitation goes by default (AdminCreateUser, DesiredDeliveryMediums)."""


def admin_create_user(call: Call) -> Answer:
    """
    Create a user with a temporary password and invite it, or invite one again with a new temporary password.

    Source: AdminCreateUser.
    """
    action = call.params.get("MessageAction")
    user, password = _invited_again(call) if action == "RESEND" else _created(call)
    if action != "SUPPRESS":
        _invite(call, user, password)
    answer = {
        "Username": user.username,
        "Attributes": listed(shown(user)),
        "Enabled": user.enabled,
        "UserStatus": user.status,
    }
    return {"User": answer}


def _invited_again(call: Call) -> tuple[User, str | None]:
    user = users.existing(call)
    if user.status != "FORCE_CHANGE_PASSWORD":
        raise INVITED_ALREADY.error(status=user.status)
    password = call.params.get("TemporaryPassword") or made_up(call)
    return users.store(call.state, with_temporary_password(call, user, password)), password


def _created(call: Call) -> tuple[User, str | None]:
    username = call.params["Username"]
    check_username(call.settings, username)
    written, flags = written_by_admin(call.settings, call.params.get("UserAttributes") or ())
    attributes = with_username(call.settings, username, {name: value for name, value in written.items() if value})
    users.check_new(call, username, attributes)
    sub = call.uuid()
    user = User(
        sub=sub,
        username=sub if call.settings.sign_in.username_attributes else username,
        password=None,
        attributes=attributes,
        verified=frozenset(name for name, flag in flags.items() if flag and name in attributes),
        status="CONFIRMED",
        self_registered=False,
    )
    password = _temporary_password(call, attributes)
    if password is not None:
        user = with_temporary_password(call, user, password)
    ran_pre_sign_up(call, "PreSignUp_AdminCreateUser", user)
    return users.add(call, user, force=bool(call.params.get("ForceAliasCreation"))), password


def _temporary_password(call: Call, attributes: Mapping[str, str]) -> str | None:
    """The temporary password, given or made up; none where users can do without, and then nothing is asked later."""
    given = call.params.get("TemporaryPassword")
    if given:
        return str(given)
    if not any(factor in call.settings.allowed_first_auth_factors for factor in ONE_TIME_PASSWORDS):
        return made_up(call)
    check_required(call.settings, attributes)
    return None


def _invite(call: Call, user: User, password: str | None) -> None:
    """Send the invitation by every medium that is wanted and that the user has a contact for."""
    text = SHORT_TEXT if password is None else TEXT
    body = text.format(username=call.params["Username"], password=password)
    mediums = call.params.get("DesiredDeliveryMediums") or DEFAULT_MEDIUMS
    for attribute, medium in MEDIA.items():
        if medium in mediums and attribute in user.attributes:
            send_message(
                call,
                "invitation",
                attribute,
                user.attributes[attribute],
                code=password or "",
                text=body,
                subject=SUBJECT if medium == "EMAIL" else None,
            )
