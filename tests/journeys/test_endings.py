"""How challenges end: their session runs out or is spent, an answer is wrong, or nobody knows what is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import pytest
from challenges import CHALLENGES, Waiting
from journey import Journey, pool_of, reason, stand

import flowengine as fe
from flowengine.errors import CognitoRefusal

SIGNED_OUT: Final = ("signed_out", None)
Spoil = Callable[[Journey], None]


def refused(message: str, exception: str = "NotAuthorizedException") -> Callable[[Mapping[str, Any]], Awaitable[Any]]:
    """Return a stand-in for the pool that refuses."""

    async def refuse(_request: Mapping[str, Any]) -> Any:
        raise CognitoRefusal(exception, message)

    return refuse


DEATHS: Final = {
    "SESSION_EXPIRED": "Invalid session for the user, session is expired.",
    "SESSION_USED": "Invalid session for the user, session can only be used once.",
    "SESSION_INVALID": "Invalid session for the user.",
}


@pytest.mark.parametrize("death", DEATHS)
@pytest.mark.parametrize("waiting", CHALLENGES, ids=str)
async def test_dead_session_leads_back(waiting: Waiting, death: str) -> None:
    """A challenge whose session is dead leads, with the reason, to where the user can sign in, and then does."""
    async with waiting.journey() as ada:
        await waiting.begin(ada)
        ada.wire.stand_ins[waiting.operation] = refused(DEATHS[death])
        snapshot = await waiting.answer(ada)
        assert (*stand(snapshot), reason(snapshot)) == (*SIGNED_OUT, death)
        ada.wire.stand_ins.clear()
        await waiting.begin_again(ada)
        assert (await waiting.answer(ada)).state == "signed_in"


@pytest.mark.parametrize("waiting", CHALLENGES, ids=str)
async def test_time_runs_out(waiting: Waiting) -> None:
    """A challenge that waits longer than the pool does expires without a call, and the user can sign in again."""
    async with waiting.journey() as ada:
        await waiting.begin(ada)
        calls = len(ada.wire.calls)
        ada.clock.advance(minutes=3)
        snapshot = await ada.engine.get(ada.snapshot.id)
        assert (*stand(snapshot), reason(snapshot)) == (*SIGNED_OUT, "EXPIRED")
        assert (len(ada.wire.calls), dict(snapshot.parameters)) == (calls, {})
        ada.snapshot = snapshot
        await waiting.begin_again(ada)
        assert (await waiting.answer(ada)).state == "signed_in"


@pytest.mark.parametrize("waiting", CHALLENGES, ids=str)
async def test_sign_in_replaces_the_challenge(waiting: Waiting) -> None:
    """Nobody is held by a challenge: a sign-in begins anew from within it."""
    async with waiting.journey() as ada:
        await waiting.begin(ada)
        before = stand(ada.snapshot)
        await waiting.begin_again(ada)
        assert stand(ada.snapshot) == before
        assert (await waiting.answer(ada)).state == "signed_in"


@pytest.mark.parametrize("waiting", [one for one in CHALLENGES if one.wrong], ids=str)
async def test_wrong_answer_keeps_the_challenge(waiting: Waiting) -> None:
    """A wrong answer is told and can be mended; the challenge waits with all that it said."""
    async with waiting.journey() as ada:
        await waiting.begin(ada)
        before = ada.snapshot
        snapshot = await ada.send(waiting.event, **waiting.wrong)
        assert (stand(snapshot), snapshot.parameters) == (stand(before), before.parameters)
        assert snapshot.error is not None
        assert snapshot.error.retryable
        assert snapshot.deadline == before.deadline
        assert (await waiting.answer(ada)).state == "signed_in"


@pytest.mark.parametrize("waiting", CHALLENGES, ids=str)
async def test_disabled_user_loses_the_challenge(waiting: Waiting) -> None:
    """A user who is disabled in the midst of a sign-in is led outside, with the reason."""
    async with waiting.journey() as ada:
        await waiting.begin(ada)
        ada.simulator.disable_user(ada.username)
        snapshot = await waiting.answer(ada)
        assert snapshot.error is not None
        assert (*stand(snapshot), snapshot.error.code) == (*SIGNED_OUT, "USER_DISABLED")
        assert not snapshot.error.retryable


@pytest.mark.parametrize("waiting", CHALLENGES, ids=str)
async def test_deleted_user_loses_the_challenge(waiting: Waiting) -> None:
    """A user who is deleted in the midst of a sign-in is led outside, and in a pool that hides users not told why."""
    async with waiting.journey() as ada:
        await waiting.begin(ada)
        ada.simulator.delete_user(ada.username)
        snapshot = await waiting.answer(ada)
        assert (*stand(snapshot), reason(snapshot)) == (*SIGNED_OUT, "INCORRECT_USERNAME_OR_PASSWORD")


async def brand_new(_request: Mapping[str, Any]) -> Any:
    """Pose a challenge that nobody has heard of."""
    return {"ChallengeName": "BRAND_NEW", "Session": "s" * 20, "ChallengeParameters": {"A": "b"}}


@pytest.mark.parametrize("event", ["sign_in", "sign_in_with_srp"])
async def test_unknown_challenge_at_the_beginning(event: str) -> None:
    """A challenge of a new kind is told by its name, ends the sign-in, and another one works."""
    async with Journey(pool_of()) as ada:
        await ada.register()
        ada.wire.stand_ins["InitiateAuth"] = brand_new
        snapshot = await ada.sign_in(event, password="Correct-horse-7")
        assert stand(snapshot) == SIGNED_OUT
        assert snapshot.error == fe.Error(
            "UNKNOWN_CHALLENGE", retryable=False, message="Cognito asks for BRAND_NEW, which this flow cannot answer."
        )
        ada.wire.stand_ins.clear()
        assert (await ada.with_password()).state == "signed_in"


@pytest.mark.parametrize("waiting", [one for one in CHALLENGES if one.event == "answer"], ids=str)
async def test_unknown_challenge_after_an_answer(waiting: Waiting) -> None:
    """A challenge of a new kind may follow any answer; it ends the sign-in, and another one works."""
    async with waiting.journey() as ada:
        await waiting.begin(ada)
        ada.wire.stand_ins["RespondToAuthChallenge"] = brand_new
        snapshot = await waiting.answer(ada)
        assert (*stand(snapshot), reason(snapshot)) == (*SIGNED_OUT, "UNKNOWN_CHALLENGE")
        ada.wire.stand_ins.clear()
        await waiting.begin_again(ada)
        assert (await waiting.answer(ada)).state == "signed_in"


@pytest.mark.parametrize("answer", [{}, {"ChallengeName": "SMS_MFA"}, {"ChallengeName": None, "Session": "s" * 20}])
async def test_answer_without_a_meaning(answer: Mapping[str, Any]) -> None:
    """An answer that brings neither tokens nor a challenge that can be answered is no crash either."""

    async def say(_request: Mapping[str, Any]) -> Any:
        return answer

    async with Journey(pool_of("sms")) as ada:
        await ada.register()
        ada.wire.stand_ins["InitiateAuth"] = say
        snapshot = await ada.with_password()
        assert (*stand(snapshot), reason(snapshot)) == (*SIGNED_OUT, "UNKNOWN_CHALLENGE")
        ada.wire.stand_ins.clear()
        assert (await ada.with_password()).state == "mfa_challenge"
