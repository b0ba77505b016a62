"""Of sends at once one acts: equal ones join it, and others conflict."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any

import attrs
import pytest
from drivers import (
    PASSWORD,
    PHONE,
    PausingStore,
    StallingStore,
    Walk,
    run,
    texts,
    walk_to,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import flowengine as fe
from flowengine.engine import CLAIM_SECONDS

Sending = Coroutine[Any, Any, fe.Snapshot]


async def under_way(walk: Walk, event: str, **inputs: Any) -> asyncio.Task[fe.Snapshot]:
    """Send an event, and return once its call is under way and held."""
    walk.line.hold()
    sending = asyncio.create_task(walk.send(event, **inputs))
    await walk.line.entered.wait()
    return sending


# two sends at once


async def test_different_sends_conflict() -> None:
    """Of two different sends at once the first acts, and the second is told that it was not sent."""
    walk = await walk_to("unconfirmed")
    first = await under_way(walk, "resend")
    with pytest.raises(fe.SessionConflict) as caught:
        await walk.send("confirm", code=walk.code)
    assert str(caught.value) == "another send is being worked on, so 'confirm' was not sent"
    walk.line.release()
    assert (await first).error is None
    assert walk.calls == ["ResendConfirmationCode"]


async def test_same_event_with_other_inputs_conflicts() -> None:
    """Two codes at once are two sends."""
    walk = await walk_to("unconfirmed")
    first = await under_way(walk, "confirm", code=walk.code)
    with pytest.raises(fe.SessionConflict):
        await walk.send("confirm", code="no-code")
    walk.line.release()
    assert (await first).state == "confirmed"
    assert walk.calls == ["ConfirmSignUp"]


async def test_equal_sends_are_merged() -> None:
    """Two equal sends at once are one call, and both get what it led to."""
    walk = await walk_to("unconfirmed")
    inputs = {"code": walk.code}
    sendings = [await under_way(walk, "confirm", **inputs), asyncio.create_task(walk.send("confirm", **inputs))]
    await asyncio.sleep(0)
    walk.line.release()
    first, second = await asyncio.gather(*sendings)
    assert first == second
    assert first.state == "confirmed"
    assert walk.calls == ["ConfirmSignUp"]


async def test_equal_sends_share_an_exception() -> None:
    """Who joins a send whose call cannot be made is told so as well."""
    walk = await walk_to("unconfirmed")
    for _ in range(3):
        walk.simulator.fail_next("unreachable")
    sendings = [await under_way(walk, "resend"), asyncio.create_task(walk.send("resend"))]
    await asyncio.sleep(0)
    walk.line.release()
    results = await asyncio.gather(*sendings, return_exceptions=True)
    assert [type(result) for result in results] == [fe.CognitoUnavailable, fe.CognitoUnavailable]
    assert len(walk.calls) == 3


async def test_equal_sends_in_turn_are_two() -> None:
    """An equal send later is another send."""
    walk = await walk_to("unconfirmed")
    first = await walk.send("resend")
    assert (await walk.send("resend")).revision > first.revision
    assert walk.calls == ["ResendConfirmationCode"] * 2


async def test_sends_of_two_sessions_do_not_meet() -> None:
    """Equal sends of different sessions are two calls at the same time."""
    walk = await walk_to("signed_out")
    first = await under_way(walk, "sign_in", username=PHONE, password=PASSWORD)
    other = await walk.engine.start()
    second = asyncio.create_task(walk.engine.send(other.id, "sign_in", username=PHONE, password=PASSWORD))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert walk.calls == ["InitiateAuth"] * 2
    walk.line.release()
    await asyncio.gather(first, second)


@pytest.mark.parametrize("steps", [1, 2], ids=["begun", "read"])
@settings(deadline=None)
@given(schedule=st.lists(st.integers(0, 2), max_size=60))
def test_equal_sends_are_merged_however_they_interleave(steps: int, schedule: list[int]) -> None:
    """Three equal sends that begin, or read the session, before any of them claims it are one call."""
    walk = run(walk_to("unconfirmed", store=PausingStore(), pauses=True))
    sendings: dict[int, Sending] = {number: walk.engine.send(walk.id, "resend") for number in range(3)}
    ended: dict[int, fe.Snapshot] = {}
    for sending in [*sendings.values()] * steps:
        sending.send(None)
    for turn in itertools.chain(schedule, itertools.cycle(range(3))):
        if not sendings:
            break
        if turn in sendings:
            try:
                sendings[turn].send(None)
            except StopIteration as stop:
                ended[turn] = stop.value
                del sendings[turn]
    assert walk.calls == ["ResendConfirmationCode"]
    assert ended[0] == ended[1] == ended[2]


@settings(deadline=None)
@given(schedule=st.lists(st.integers(0, 1), max_size=60))
def test_different_sends_never_both_act_on_one_revision(schedule: list[int]) -> None:
    """Of two different sends, however they interleave, each either calls or conflicts, and none is lost."""
    walk = run(walk_to("unconfirmed", store=PausingStore(), pauses=True))
    first, second = walk.engine.send(walk.id, "resend"), walk.another_engine().send(walk.id, "confirm", code="no-code")
    sendings: dict[int, Sending] = {0: first, 1: second}
    conflicts = 0
    for turn in itertools.chain(schedule, itertools.cycle(range(2))):
        if not sendings:
            break
        if turn in sendings:
            try:
                sendings[turn].send(None)
            except StopIteration:
                del sendings[turn]
            except fe.SessionConflict:
                conflicts += 1
                del sendings[turn]
    assert len(walk.calls) + conflicts == 2
    assert run(walk.stored()).claim is None
    assert run(walk.stored()).revision == 2 + 2 * len(walk.calls)


async def test_send_that_read_before_another_committed() -> None:
    """A send that read the session before another one changed it starts again from what that one committed."""
    store = StallingStore()
    walk = await walk_to("unconfirmed", store=store)
    store.stall()
    late = asyncio.create_task(walk.send("resend"))
    await store.stalled.wait()
    await walk.send("confirm", code=walk.code)
    store.release()
    with pytest.raises(
        fe.EventNotAccepted, match=r"^confirmed does not accept 'resend'; it accepts sign_in, forgot_password$"
    ):
        await late
    assert walk.calls == ["ConfirmSignUp"]


# two engines


async def test_another_engine_conflicts() -> None:
    """A second process over the same store sees the claim, even for an equal send."""
    walk = await walk_to("unconfirmed")
    first = await under_way(walk, "resend")
    with pytest.raises(fe.SessionConflict) as caught:
        await walk.another_engine().send(walk.id, "resend")
    assert str(caught.value) == "another send is being worked on, so 'resend' was not sent"
    walk.line.release()
    assert (await first).error is None
    assert walk.calls == ["ResendConfirmationCode"]


async def test_another_engine_goes_on() -> None:
    """Between sends any process over the store can take the session on."""
    walk = await walk_to("unconfirmed")
    snapshot = await walk.another_engine().send(walk.id, "confirm", code=walk.code)
    assert snapshot.state == "confirmed"
    assert await walk.get() == snapshot


# the claim


async def test_claim_stands_before_call() -> None:
    """While the call is under way the store shows the claim, and the session where it was."""
    walk = await walk_to("unconfirmed")
    before = await walk.stored()
    sending = await under_way(walk, "resend")
    during = await walk.stored()
    assert during.claim is not None
    assert (during.claim.event, during.claim.until) == ("resend", walk.clock.now() + CLAIM_SECONDS)
    assert attrs.evolve(during, claim=None, revision=before.revision) == before
    walk.line.release()
    await sending
    assert (await walk.stored()).claim is None


@pytest.mark.parametrize(
    ("state", "event", "secret"),
    [("signed_out", "sign_up", PASSWORD), ("unconfirmed", "confirm", "483920"), ("confirmed", "sign_in", PASSWORD),
     ("mfa_challenge", "answer", "483920")],
)  # fmt: skip
async def test_inputs_are_never_stored(state: str, event: str, secret: str) -> None:
    """Neither the claimed nor the committed session holds the password or the code, at any depth."""
    walk = await walk_to(state)
    named = {"username": PHONE} if state == "signed_out" else {}
    sending = await under_way(walk, event, **{"code" if secret.isdigit() else "password": secret}, **named)
    claimed = await walk.stored()
    walk.line.release()
    await sending
    committed = await walk.stored()
    assert claimed.claim is not None
    assert not [text for session in (claimed, committed) for text in texts(session) if secret in text]


async def test_claims_tell_nothing_of_inputs() -> None:
    """Claims of different codes are the same, so that nobody who reads the store can try all codes against one."""
    walk = await walk_to("unconfirmed")
    claims = []
    for code in ("111111", "222222"):
        walk.line.hold()
        sending = asyncio.create_task(walk.engine.send(walk.id, "confirm", code=code))
        await walk.line.entered.wait()
        claims.append((await walk.stored()).claim)
        walk.line.release()
        await sending
    assert claims[0] is not None
    assert claims[0] == claims[1]


async def test_get_during_call_shows_session_as_it_was() -> None:
    """Looking at a session while a call is under way disturbs nothing."""
    walk = await walk_to("unconfirmed")
    sending = await under_way(walk, "confirm", code=walk.code)
    assert (await walk.get()).state == "unconfirmed"
    walk.line.release()
    assert (await sending).state == "confirmed"


async def test_end_during_call() -> None:
    """A session that is ended while its call is under way stays ended, and the sender is told."""
    walk = await walk_to("unconfirmed")
    sending = await under_way(walk, "resend")
    await walk.engine.end(walk.id)
    walk.line.release()
    with pytest.raises(fe.SessionConflict) as caught:
        await sending
    assert str(caught.value) == "the session was ended, or given up as lost, while its call was under way"
    with pytest.raises(fe.SessionNotFound):
        await walk.get()


async def test_own_slow_call_keeps_its_claim() -> None:
    """The engine that works on a send knows that it is not dead, however long the call takes."""
    walk = await walk_to("unconfirmed")
    sending = await under_way(walk, "resend")
    walk.clock.advance(seconds=CLAIM_SECONDS * 2)
    with pytest.raises(fe.SessionConflict):
        await walk.send("confirm", code="no-code")
    assert (await walk.get()).error is None
    walk.line.release()
    assert (await sending).error is None


async def test_slow_call_is_given_up_by_another_engine() -> None:
    """Another process gives a claim up when its time is over; the late answer then changes nothing."""
    walk = await walk_to("mfa_challenge")
    sending = await under_way(walk, "answer", code=walk.code)
    walk.clock.advance(seconds=CLAIM_SECONDS)
    given_up = await walk.another_engine().get(walk.id)
    assert (given_up.state, given_up.error and given_up.error.code) == ("signed_out", "ANSWER_LOST")
    walk.line.release()
    with pytest.raises(fe.SessionConflict):
        await sending
    assert await walk.get() == given_up
