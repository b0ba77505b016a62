"""A process that dies, or whose store fails, leaves a claim; when its time is over, the answer counts as lost."""

from __future__ import annotations

from typing import Any

import pytest
from drivers import (
    NAME,
    OPTIONAL_MFA,
    PASSWORD,
    PHONE,
    FailingStore,
    Walk,
    run,
    walk_to,
)

import flowengine as fe
from flowengine.engine import CLAIM_SECONDS


def crash(walk: Walk, event: str, **inputs: Any) -> None:
    """Send an event, and let the process die while the call is under way."""
    walk.line.pauses = True
    sending = walk.engine.send(walk.id, event, **inputs)
    sending.send(None)
    sending.close()
    walk.line.pauses = False
    walk.engine = walk.another_engine()


def test_crash_leaves_claim() -> None:
    """Before its time is over, the claim of a dead process keeps every other send out."""
    walk = run(walk_to("unconfirmed"))
    crash(walk, "resend")
    walk.clock.advance(seconds=CLAIM_SECONDS - 0.1)
    for event, inputs in (("resend", {}), ("confirm", {"code": walk.code})):
        with pytest.raises(fe.SessionConflict):
            run(walk.send(event, **inputs))
    assert run(walk.stored()).claim is not None
    assert walk.calls == ["ResendConfirmationCode"]


def test_crash_is_survived_by_the_same_engine() -> None:
    """A dropped coroutine leaves nothing behind in the engine that would keep the session for good."""
    walk = run(walk_to("unconfirmed"))
    engine = walk.engine
    crash(walk, "resend")
    walk.clock.advance(seconds=CLAIM_SECONDS)
    assert run(engine.send(walk.id, "confirm", code=walk.code)).state == "confirmed"


def test_challenge_after_crash() -> None:
    """Where the challenge may be spent, the lost answer is reported before anything is sent."""
    walk = run(walk_to("mfa_challenge"))
    crash(walk, "answer", code=walk.code)
    walk.clock.advance(seconds=CLAIM_SECONDS)
    snapshot = run(walk.send("answer", code=walk.code))
    assert snapshot.state == "signed_out"
    assert snapshot.error == fe.Error(
        "ANSWER_LOST", retryable=False, message="The challenge may be spent. Sign in again."
    )
    assert walk.calls == ["RespondToAuthChallenge"]
    assert run(walk.finish()).state == "signed_in"


def test_sign_up_after_crash() -> None:
    """Where the position stays, the new send goes on."""
    walk = run(walk_to("signed_out"))
    crash(walk, "sign_up", username=PHONE, password=PASSWORD, attributes={})
    walk.clock.advance(seconds=CLAIM_SECONDS)
    assert run(walk.sign_up()).state == "unconfirmed"
    assert walk.calls == ["SignUp"] * 2


def test_get_after_crash() -> None:
    """Looking at a session whose send died commits that its answer is lost."""
    walk = run(walk_to("signed_out"))
    crash(walk, "sign_up", username=PHONE, password=PASSWORD, attributes={})
    walk.clock.advance(seconds=CLAIM_SECONDS)
    snapshot = run(walk.get())
    assert snapshot.state == "signed_out"
    assert snapshot.error == fe.Error(
        "ANSWER_LOST",
        retryable=True,
        message="The user may exist by now. Sign in: an unconfirmed user is told so, and can ask for a new code.",
    )
    assert run(walk.stored()).claim is None


@pytest.mark.parametrize("switch", ["enable_sms_mfa", "disable_sms_mfa"])
def test_crash_while_signed_in_keeps_tokens(switch: str) -> None:
    """A call that died while signed in does not sign the user out."""
    flow = fe.load("standard", pool=OPTIONAL_MFA)
    walk = run(walk_to("signed_in", flow, username=NAME, attributes={"phone_number": PHONE}))
    crash(walk, switch)
    walk.clock.advance(seconds=CLAIM_SECONDS)
    snapshot = run(walk.get())
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("signed_in", "ANSWER_LOST")
    assert snapshot.tokens is not None
    assert run(walk.send(switch)).error is None


# a store that fails


async def test_store_fails_before_call() -> None:
    """Without a claim there is no call."""
    store = FailingStore()
    walk = await walk_to("unconfirmed", store=store)
    store.failures = 1
    with pytest.raises(fe.StoreUnavailable):
        await walk.send("resend")
    assert walk.calls == []
    assert (await walk.send("resend")).error is None


async def test_store_fails_once_after_call() -> None:
    """A call whose outcome cannot be kept counts as lost, so that the session can go on."""
    store = FailingStore()
    walk = await walk_to("unconfirmed", store=store)
    store.passes, store.failures = 1, 1
    with pytest.raises(fe.StoreUnavailable):
        await walk.send("confirm", code=walk.code)
    snapshot = await walk.get()
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("unconfirmed", "ANSWER_LOST")
    assert (await walk.send("confirm", code=walk.code)).state == "confirmed"


async def test_store_stays_away_after_call() -> None:
    """Where not even the loss can be kept, the claim's time brings it on."""
    store = FailingStore()
    walk = await walk_to("unconfirmed", store=store)
    store.passes, store.failures = 1, 2
    with pytest.raises(fe.StoreUnavailable):
        await walk.send("confirm", code=walk.code)
    with pytest.raises(fe.SessionConflict):
        await walk.send("confirm", code=walk.code)
    walk.clock.advance(seconds=CLAIM_SECONDS)
    assert (await walk.send("confirm", code=walk.code)).state == "confirmed"
