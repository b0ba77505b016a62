"""Walks that once went wrong, each as short as it can be."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from walk_draws import CUSTOM_ANSWERS, CUSTOM_TRIGGERS, EMAIL, PASSWORD, triggers

import flowengine as fe
from flowengine.settings import AUTH_FLOWS

POOL = fe.PoolSettings(
    verification=fe.Verification(auto_verified_attributes=("email",)),
    mfa=fe.Mfa(mode="optional", factors=("totp",)),
    allowed_first_auth_factors=("EMAIL_OTP", "PASSWORD", "WEB_AUTHN"),
    passkey=fe.Passkey(relying_party_id="example.com"),
    lambda_triggers=CUSTOM_TRIGGERS,
    client=fe.Client(explicit_auth_flows=AUTH_FLOWS),
)


class Walk:
    """One session of one user."""

    def __init__(self, pool: fe.PoolSettings = POOL) -> None:
        self.simulator = fe.Simulator(pool, seed=1, triggers=triggers(pool))
        flow = fe.load("standard", pool=pool)
        self.engine = fe.Engine(flow, self.simulator.cognito(), clock=self.simulator.clock)

    @property
    def code(self) -> str:
        """The code that arrived last."""
        return self.simulator.outbox[-1].code

    async def start(self) -> None:
        """Start the session, of a user who is invited with a temporary password."""
        self.simulator.create_user("jo", attributes={"email": EMAIL, "email_verified": "true"},
                                   temporary_password=PASSWORD)  # fmt: skip
        self.id = (await self.engine.start()).id

    async def send(self, event: str, **inputs: Any) -> tuple[str, str | None, str | None]:
        """Send, and return where that led: the state, what is pending, and the reason."""
        shown = await self.engine.send(self.id, event, **inputs)
        assert shown.error is None or "exclude" not in shown.error.message
        return shown.state, shown.pending, shown.error.code if shown.error else None

    async def sign_in(self) -> None:
        """Sign in with a password of the user's own."""
        self.simulator.set_user_password("jo", "Staple-80")
        await self.send("sign_in", username="jo", password="Staple-80")


@pytest.fixture
async def walk() -> Walk:
    """Return the walk of an invited user."""
    walk = Walk()
    await walk.start()
    return walk


async def test_code_of_sign_up_outlives_its_session(walk: Walk) -> None:
    """Whoever confirms after the session of the sign-up has ended is confirmed, and signs in by another way."""
    attributes = {"email": "ann@example.com"}
    assert (await walk.send("sign_up", username="ann", password=PASSWORD, attributes=attributes))[0] == "unconfirmed"
    walk.simulator.clock.advance(hours=1)
    assert await walk.send("confirm", code=walk.code) == ("confirmed", None, None)
    assert await walk.send("sign_in", password=PASSWORD) == ("signed_in", None, None)


async def test_temporary_password_in_custom_authentication(walk: Walk) -> None:
    """A temporary password that custom authentication begins with is replaced, and then the questions come."""
    sent = await walk.send("sign_in_with_srp_and_custom_challenge", username="jo", password=PASSWORD)
    assert sent == ("new_password", "NEW_PASSWORD_REQUIRED", None)
    asked = ("custom_challenge", "CUSTOM_CHALLENGE", None)
    assert await walk.send("answer", new_password="Staple-80") == asked
    assert await walk.send("answer", answer=CUSTOM_ANSWERS[0]) == asked
    assert await walk.send("answer", answer=CUSTOM_ANSWERS[1]) == ("signed_in", None, None)


async def test_tokens_where_lambda_functions_ask_nothing() -> None:
    """Where the Lambda functions are content with the new password, required MFA does not come in between."""
    pool = attrs.evolve(POOL, mfa=fe.Mfa(mode="required", factors=("totp",)), allowed_first_auth_factors=("PASSWORD",))
    walk = Walk(pool)
    walk.simulator = fe.Simulator(pool, seed=1, triggers=triggers(pool) | {"define_auth_challenge": content})
    walk.engine = fe.Engine(walk.engine.flow, walk.simulator.cognito(), clock=walk.simulator.clock)
    await walk.start()
    await walk.send("sign_in_with_srp_and_custom_challenge", username="jo", password=PASSWORD)
    assert await walk.send("answer", new_password="Staple-80") == ("signed_in", None, None)


def content(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Ask for the password, and for nothing else."""
    proved = len(event["request"]["session"]) > 1
    event["response"] = {"challengeName": None if proved else "PASSWORD_VERIFIER", "issueTokens": proved}
    return event


async def test_reset_code_of_a_user_who_was_given_another_password(walk: Walk) -> None:
    """A code for a new password is of no use once an administrator has given a temporary one, and that is foreseen."""
    walk.simulator.set_user_password("jo", "Staple-80")
    await walk.send("forgot_password", username="jo")
    walk.simulator.set_user_password("jo", PASSWORD, permanent=False)
    sent = await walk.send("confirm_reset", code=walk.code, new_password="Staple-81")
    assert sent == ("resetting_password", None, "PASSWORD_NOT_RESETTABLE")


@pytest.mark.parametrize("event", ["register_totp", "register_passkey", "sign_out"])
async def test_token_of_a_user_who_is_gone(walk: Walk, event: str) -> None:
    """An operation without an exception for users who are gone tells of a revoked token, and the session ends."""
    await walk.sign_in()
    walk.simulator.delete_user("jo")
    assert await walk.send(event) == ("signed_out", None, "ACCESS_TOKEN_REVOKED")


async def test_new_app_of_a_user_who_must_reset_the_password(walk: Walk) -> None:
    """An app cannot be registered before the password is reset; where that is not said, the token counts as revoked."""
    await walk.sign_in()
    walk.simulator.reset_user_password("jo")
    assert await walk.send("register_totp") == ("signed_out", None, "ACCESS_TOKEN_REVOKED")
