"""What a session carries from one call to the next, and what it must not: another user's, or what is not yet proved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from drivers import EMAIL, NAME, PASSWORD, VERIFY_EMAIL, walk_to

import flowengine as fe
from flowengine.engine import Driver
from flowengine.errors import CognitoRefusal

SIGN_UP_AGAIN = """\
flowengine: 1
name: again
extends: passwordless
states:
  unconfirmed:
    on:
      sign_up_again:
        action: sign_up
        to:
          CONFIRMED: confirmed
          UNCONFIRMED: unconfirmed
          CodeDeliveryFailureException: unconfirmed
          LimitExceededException: unconfirmed
"""
DEVICES = fe.PoolSettings(
    verification=fe.Verification(auto_verified_attributes=("email",)),
    required_attributes=("email",),
    mfa=fe.Mfa(mode="optional", factors=("totp",)),
    devices=fe.Devices(remembered="always"),
)


class Pool:
    """A user pool that answers as it is told, and keeps the requests."""

    user_pool_id = "eu-west-1_Pool"

    def __init__(self, *answers: Mapping[str, Any] | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[Mapping[str, Any]] = []

    async def call(self, _operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make one call."""
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def signed_up(folder: Path, driver: Driver) -> tuple[fe.Engine, str]:
    """Return an engine and a session in which one user has signed up."""
    (folder / "again.yaml").write_text(SIGN_UP_AGAIN)
    engine = fe.Engine(fe.load(folder / "again.yaml"), driver)
    session_id = (await engine.start()).id
    await engine.send(session_id, "sign_up", username="ada@example.com")
    return engine, session_id


@pytest.mark.parametrize(("username", "expected"), [("eve@example.com", None), ("ada@example.com", "of-ada")])
async def test_session_of_a_sign_up_is_its_users(tmp_path: Path, username: str, expected: str | None) -> None:
    """Where another user signs up in the same session, and no answer brings a session of their own, there is none."""
    failure = CognitoRefusal("CodeDeliveryFailureException", "No code could be sent.")
    pool = Pool({"UserConfirmed": False, "Session": "of-ada"}, failure, {})
    engine, session_id = await signed_up(tmp_path, pool)
    assert (await engine.send(session_id, "sign_up_again", username=username)).state == "unconfirmed"
    await engine.send(session_id, "confirm", code="123456")
    assert (pool.requests[-1]["Username"], pool.requests[-1].get("Session")) == (username, expected)


async def test_device_is_shown_to_whoever_is_signed_in() -> None:
    """In the middle of a sign-in the session carries the device that was typed, and no snapshot repeats it."""
    walk = await walk_to("confirmed", fe.load("standard", pool=DEVICES), username=NAME, attributes={"email": "a@b.c"})
    await walk.send("sign_in", password=PASSWORD)
    device = (await walk.send("remember_device")).device
    walk.simulator.set_user_password(NAME, "Interim-horse-9", permanent=False)
    await walk.send("sign_out")
    snapshot = await walk.send("sign_in", username=NAME, password="Interim-horse-9", device=device)
    assert (snapshot.state, snapshot.device) == ("new_password", None)
    assert (await walk.send("answer", new_password=PASSWORD)).device == device


async def test_nothing_is_left_of_a_user_who_signs_out() -> None:
    """After signing out the session carries nothing at all."""
    walk = await walk_to("confirmed", fe.load("standard", pool=DEVICES), username=NAME, attributes={"email": "a@b.c"})
    await walk.send("sign_in", password=PASSWORD)
    await walk.send("remember_device")
    snapshot = await walk.send("sign_out")
    assert (dict((await walk.stored()).facts), snapshot.device, snapshot.tokens) == ({}, None, None)


PASSWORDLESS: Final = fe.PoolSettings(
    verification=VERIFY_EMAIL,
    allowed_first_auth_factors=("EMAIL_OTP", "PASSWORD"),
    client=fe.Client(explicit_auth_flows=("ALLOW_USER_AUTH",)),
)


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [
        ("Invalid session for the user, session is expired.", "SESSION_EXPIRED"),
        ("Invalid session for the user, session can only be used once.", "SESSION_USED"),
        ("Invalid session for the user.", "SESSION_INVALID"),
    ],
)
async def test_sign_up_session_is_dropped_once_it_is_refused(refusal: str, outcome: str) -> None:
    """A code is good for longer than the session of its sign-up: refused with it, it confirms without it."""
    flow = fe.load("standard", pool=PASSWORDLESS)
    walk = await walk_to("unconfirmed", flow, username=NAME, attributes={"email": EMAIL})
    assert (await walk.stored()).facts["sign_up_session"]
    walk.line.answers.append(CognitoRefusal("NotAuthorizedException", refusal))
    snapshot = await walk.send("confirm", code=walk.code)
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("unconfirmed", outcome)
    assert "sign_up_session" not in (await walk.stored()).facts
    snapshot = await walk.send("confirm", code=walk.code)
    assert (snapshot.state, snapshot.pending, snapshot.error) == ("confirmed", None, None)
