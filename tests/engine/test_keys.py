"""An idempotency key makes a repeated send harmless: it returns what the first one committed."""

from __future__ import annotations

import asyncio

import pytest
from drivers import PASSWORD, PHONE, run, walk_to

import flowengine as fe
from flowengine.engine import CLAIM_SECONDS, KEYS_KEPT


async def test_same_key_calls_once() -> None:
    """The second send under a key makes no call, and returns the first one's snapshot."""
    walk = await walk_to("unconfirmed")
    first = await walk.send("resend", key="k")
    assert await walk.send("resend", key="k") == first
    assert walk.calls == ["ResendConfirmationCode"]


async def test_key_outlives_later_sends() -> None:
    """The first snapshot is returned even where the session has gone on and takes the event no longer."""
    walk = await walk_to("unconfirmed")
    first = await walk.send("confirm", key="k", code=walk.code)
    await walk.send("sign_in", password=PASSWORD)
    await walk.send("answer", code=walk.code)
    walk.calls.clear()
    assert await walk.send("confirm", key="k", code="no-code") == first
    assert (await walk.get()).state == "signed_in"
    assert walk.calls == []


async def test_key_remembers_refusals() -> None:
    """A refusal under a key is returned again; another key tries again."""
    walk = await walk_to("unconfirmed")
    refused = await walk.send("confirm", key="k", code="no-code")
    assert await walk.send("confirm", key="k", code=walk.code) == refused
    assert (await walk.send("confirm", key="l", code=walk.code)).state == "confirmed"


async def test_key_returns_tokens() -> None:
    """Who lost the answer to a sign-in gets its tokens by the key."""
    walk = await walk_to("mfa_challenge")
    first = await walk.send("answer", key="k", code=walk.code)
    again = await walk.send("answer", key="k", code=walk.code)
    assert first.tokens is not None
    assert again.tokens == first.tokens
    assert walk.calls == ["RespondToAuthChallenge"]


async def test_key_of_another_event() -> None:
    """A key that was used for another event is the caller's mistake."""
    walk = await walk_to("unconfirmed")
    await walk.send("resend", key="k")
    with pytest.raises(fe.InputInvalid) as caught:
        await walk.send("confirm", key="k", code=walk.code)
    assert str(caught.value) == "the key of this send was used before, for 'resend'"
    assert caught.value.field == "key"
    assert walk.calls == ["ResendConfirmationCode"]


async def test_sends_without_key_are_not_remembered() -> None:
    """Without a key a repeated send is another send."""
    walk = await walk_to("unconfirmed")
    await walk.send("resend")
    await walk.send("resend", key="k")
    assert walk.calls == ["ResendConfirmationCode"] * 2


async def test_last_keys_are_kept() -> None:
    """A session remembers its last few keys, and forgets the oldest one first."""
    walk = await walk_to("unconfirmed")
    for number in range(KEYS_KEPT + 1):
        await walk.send("confirm", key=f"k{number}", code="no-code")
    walk.calls.clear()
    for number in range(1, KEYS_KEPT + 1):
        await walk.send("confirm", key=f"k{number}", code="no-code")
    assert walk.calls == []
    await walk.send("confirm", key="k0", code="no-code")
    assert walk.calls == ["ConfirmSignUp"]
    assert len((await walk.stored()).keyed) == KEYS_KEPT


async def test_remembered_sessions_do_not_nest() -> None:
    """What is kept under a key does not itself keep keys, or a session would grow with each send."""
    walk = await walk_to("unconfirmed")
    for number in range(KEYS_KEPT):
        await walk.send("confirm", key=f"k{number}", code="no-code")
    assert all(keyed.committed.keyed == () for keyed in (await walk.stored()).keyed)


async def test_keys_of_two_sessions_do_not_meet() -> None:
    """The same key in another session is another key."""
    walk = await walk_to("signed_out")
    await walk.send("sign_in", key="k", username=PHONE, password=PASSWORD)
    other = await walk.engine.start()
    await walk.engine.send(other.id, "sign_in", key="k", username=PHONE, password=PASSWORD)
    assert walk.calls == ["InitiateAuth"] * 2


async def test_equal_sends_at_once_under_one_key_are_merged() -> None:
    """Under one key, equal sends at once are one call."""
    walk = await walk_to("unconfirmed")
    walk.line.hold()
    sendings = [asyncio.create_task(walk.send("resend", key="k")) for _ in range(2)]
    await walk.line.entered.wait()
    walk.line.release()
    first, second = await asyncio.gather(*sendings)
    assert first == second
    assert walk.calls == ["ResendConfirmationCode"]


async def test_equal_sends_at_once_under_two_keys_conflict() -> None:
    """Under two keys, equal sends at once are two sends, and one of them conflicts."""
    walk = await walk_to("unconfirmed")
    walk.line.hold()
    sendings = [asyncio.create_task(walk.send("resend", key=key)) for key in ("k", "l")]
    await walk.line.entered.wait()
    for _ in range(5):
        await asyncio.sleep(0)
    walk.line.release()
    results = await asyncio.gather(*sendings, return_exceptions=True)
    assert [type(result) for result in results] == [fe.Snapshot, fe.SessionConflict]
    assert walk.calls == ["ResendConfirmationCode"]


async def test_key_of_another_engine() -> None:
    """A retry that reaches another process finds the key in the store."""
    walk = await walk_to("unconfirmed")
    first = await walk.send("resend", key="k")
    assert await walk.another_engine().send(walk.id, "resend", key="k") == first
    assert walk.calls == ["ResendConfirmationCode"]


async def test_unreachable_send_is_not_remembered() -> None:
    """A send that had no effect can be repeated under its key."""
    walk = await walk_to("unconfirmed")
    for _ in range(3):
        walk.simulator.fail_next("unreachable")
    with pytest.raises(fe.CognitoUnavailable):
        await walk.send("resend", key="k")
    assert (await walk.send("resend", key="k")).error is None


async def test_invalid_send_is_not_remembered() -> None:
    """A send that was refused before its call leaves its key free."""
    walk = await walk_to("unconfirmed")
    with pytest.raises(fe.InputInvalid):
        await walk.send("confirm", key="k", code="")
    assert (await walk.send("resend", key="k")).error is None


async def test_lost_answer_is_remembered() -> None:
    """A lost answer under a key is returned again, so that nothing is sent twice unasked."""
    walk = await walk_to("unconfirmed")
    walk.simulator.fail_next("lost_after")
    first = await walk.send("resend", key="k")
    assert first.error is not None
    assert first.error.code == "ANSWER_LOST"
    assert await walk.send("resend", key="k") == first
    assert walk.calls == ["ResendConfirmationCode"]


def test_crashed_send_is_remembered() -> None:
    """A send whose process died counts as sent under its key, once its claim is given up."""
    walk = run(walk_to("mfa_challenge", pauses=True))
    sending = walk.engine.send(walk.id, "answer", key="k", code=walk.code)
    sending.send(None)
    sending.close()
    walk.clock.advance(seconds=CLAIM_SECONDS)
    lost = run(walk.send("answer", key="k", code=walk.code))
    assert (lost.state, lost.error and lost.error.code) == ("signed_out", "ANSWER_LOST")
    assert run(walk.send("answer", key="k", code=walk.code)) == lost
    assert walk.calls == ["RespondToAuthChallenge"]


async def test_key_of_an_overdue_session() -> None:
    """What was committed under a key is returned even when the session has expired since."""
    walk = await walk_to("unconfirmed")
    first = await walk.send("resend", key="k")
    walk.clock.advance(hours=25)
    assert await walk.send("resend", key="k") == first
    assert (await walk.get()).state == "signed_out"


async def test_key_of_a_send_that_came_too_late() -> None:
    """A send that meets an expiry is told of it, and told the same when it is repeated under its key."""
    walk = await walk_to("unconfirmed")
    walk.clock.advance(hours=24)
    first = await walk.send("confirm", key="k", code=walk.code)
    assert first.error is not None
    assert first.error.code == "EXPIRED"
    assert await walk.send("confirm", key="k", code=walk.code) == first
    assert walk.calls == []
