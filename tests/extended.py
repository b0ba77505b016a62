"""A flow with an application's own action and hook, and what the tests of such flows share."""

from __future__ import annotations

from typing import Any, Final

import flowengine as fe
from flowengine.extensions import Perform

POOL: Final = fe.PoolSettings(verification=fe.Verification(auto_verified_attributes=("email",)))

SPEC: Final = """\
flowengine: 1
name: invited
extends: standard
initial: door
states:
  door:
    meaning: signed_out
    expires: {after: 1h, to: signed_out}
    on:
      invite:
        action: check_invitation
        to: {INVITED: signed_out, BANNED: banned}
  banned:
    enter: greet
  signed_out:
    enter: greet
  signed_in:
    enter: greet
"""
CHAIN: Final = SPEC.replace(
    "        to: {INVITED",
    "        with: {auth_flow: USER_PASSWORD_AUTH}\n"
    "        then: {INVITED: initiate_auth}\n"
    "        to: {use: authentication, INVITED",
)


def action(perform: Perform, **parts: Any) -> fe.Action:
    """Return the action that the flow above asks for."""
    given: dict[str, Any] = {"outcomes": ["INVITED"], "refusals": ["NOT_INVITED", "BANNED"]}
    given["fields"] = [fe.Field("invitation", secret=True)]
    return fe.action("check_invitation", **given | parts)(perform)


def answering(answer: fe.Result | str | Exception) -> Perform:
    """Return what an action does that always answers the same."""

    async def perform(_call: fe.Call) -> fe.Result | str:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return perform


async def ignore(_snapshot: fe.Snapshot) -> None:
    """Do nothing."""
