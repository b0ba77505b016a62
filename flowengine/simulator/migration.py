"""Users who come from another directory when they first appear, through the user migration trigger."""

from __future__ import annotations

from typing import Any, Final, get_args

from flowengine.simulator import users
from flowengine.simulator.attributes import with_username, written_by_admin
from flowengine.simulator.pool import Call
from flowengine.simulator.state import Status, User
from flowengine.simulator.triggers import has_trigger, run_trigger, texts

__all__ = ["migrated"]

MEMBERS: Final = ("userAttributes", "finalUserStatus", "messageAction", "desiredDeliveryMediums", "forceAliasCreation")
"""The members of the trigger's response (user-pool-lambda-migrate-user)."""


def migrated(call: Call, name: str, source: str, password: str | None = None) -> User | None:
    """
    Create the user that the trigger knows, and return it; None where there is no trigger, or it knows nobody.

    Args:
        call: The request that names a user whom the pool does not have.
        name: The name that was typed.
        source: The event's `triggerSource`, such as `UserMigration_Authentication`.
        password: The password that was typed, if one was; it becomes the user's.

    Source: user-pool-lambda-migrate-user.
    """
    if not has_trigger(call, "user_migration"):
        return None
    request: dict[str, Any] = {"password": password, "validationData": {}}
    response = run_trigger(call, "user_migration", source, name, request=request, response=dict.fromkeys(MEMBERS))
    given = texts("user_migration", response, "userAttributes")
    if not given:
        return None
    attributes, flags = written_by_admin(
        call.settings, [{"Name": key, "Value": value} for key, value in given.items() if key != "username"]
    )
    sub = call.uuid()
    user = User(
        sub=sub,
        username=sub if call.settings.sign_in.username_attributes else name,
        password=password,
        attributes=with_username(call.settings, name, attributes),
        verified=frozenset(contact for contact, verified in flags.items() if verified),
        status=_status(response.get("finalUserStatus")),
        self_registered=False,
    )
    user = users.add(call, user, force=bool(response.get("forceAliasCreation")))
    call.keep()
    return user


def _status(given: object) -> Status:
    """The status that the trigger wants; without one, the user has to set a new password."""
    return next((status for status in get_args(Status) if status == given), "RESET_REQUIRED")
