"""A send is a plain coroutine: stepped by hand it needs no event loop, and no suspension point is a trap."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from drivers import PASSWORD, PHONE_FLOW, PausingStore, Walk, chained_flow, run, walk_to

import flowengine as fe
from flowengine.engine import CLAIM_SECONDS

Break = Callable[[Coroutine[Any, Any, fe.Snapshot]], None]

SENDS = ["sign_up", "confirm", "resend", "sign_in", "answer", "refresh", "enable_sms_mfa", "sign_out"]
STATES = {
    "sign_up": "signed_out", "confirm": "unconfirmed", "resend": "unconfirmed", "sign_in": "confirmed",
    "answer": "mfa_challenge", "refresh": "signed_in", "enable_sms_mfa": "signed_in", "sign_out": "signed_in",
    "confirm_and_sign_in": "unconfirmed",
}  # fmt: skip


def inputs_of(walk: Walk, event: str) -> dict[str, Any]:
    """Return what the user types for an event."""
    return {
        "sign_up": {"username": walk.username, "password": PASSWORD},
        "sign_in": {"password": PASSWORD},
        "confirm": {"code": walk.code if walk.simulator.outbox else ""},
        "answer": {"code": walk.code if walk.simulator.outbox else ""},
        "confirm_and_sign_in": {"code": walk.code if walk.simulator.outbox else "", "password": PASSWORD},
    }.get(event, {})


def test_walk_without_event_loop() -> None:
    """From sign-up to tokens nothing asks for an event loop, and nothing suspends."""
    walk = run(walk_to("signed_out"))
    for event in ("sign_up", "confirm", "sign_in", "answer"):
        with pytest.raises(StopIteration) as stop:
            walk.engine.send(walk.id, event, **inputs_of(walk, event)).send(None)
    assert stop.value.value.state == "signed_in"
    with pytest.raises(RuntimeError, match="no running event loop"):
        asyncio.get_running_loop()


def test_equal_sends_by_hand_are_merged() -> None:
    """Two equal sends that are stepped in turn make one call and return one snapshot."""
    walk = run(walk_to("unconfirmed", pauses=True))
    first, second = (walk.engine.send(walk.id, "resend") for _ in range(2))
    first.send(None)
    second.send(None)
    snapshot = run(first)
    assert run(second) == snapshot
    assert snapshot.error is None
    assert walk.calls == ["ResendConfirmationCode"]


def test_different_sends_by_hand_conflict() -> None:
    """Two different sends that are stepped in turn make one call."""
    walk = run(walk_to("unconfirmed", pauses=True))
    first = walk.engine.send(walk.id, "resend")
    first.send(None)
    with pytest.raises(fe.SessionConflict):
        walk.engine.send(walk.id, "confirm", code=walk.code).send(None)
    assert run(first).error is None
    assert walk.calls == ["ResendConfirmationCode"]


def test_refusal_is_shared_by_hand() -> None:
    """Who joins a send that fails gets the exception that it fails with."""
    walk = run(walk_to("unconfirmed", pauses=True))
    for _ in range(3):
        walk.simulator.fail_next("unreachable")
    first, second = (walk.engine.send(walk.id, "resend") for _ in range(2))
    first.send(None)
    second.send(None)
    for sending in (first, second):
        with pytest.raises(fe.CognitoUnavailable):
            run(sending)


# every suspension point


def close(sending: Coroutine[Any, Any, fe.Snapshot]) -> None:
    """Let the process die."""
    sending.close()


def throw(sending: Coroutine[Any, Any, fe.Snapshot], times: int) -> None:
    """Cancel the send so many times, and step it to its end."""
    for _ in range(times):
        sending.throw(asyncio.CancelledError())
    run(sending)


def cancel(sending: Coroutine[Any, Any, fe.Snapshot]) -> None:
    """Cancel the send, and let it clean up."""
    with pytest.raises(asyncio.CancelledError):
        throw(sending, 1)


def cancel_twice(sending: Coroutine[Any, Any, fe.Snapshot]) -> None:
    """Cancel the send, and again while it cleans up."""
    with pytest.raises(asyncio.CancelledError):
        throw(sending, 2)


def broken_off(flow: fe.Flow, event: str, point: int, break_off: Break) -> Walk | None:
    """Return a walk whose send was broken off at a suspension point, or None if it has no more of them."""
    walk = run(walk_to(STATES[event], flow, store=PausingStore(), pauses=True))
    sending = walk.engine.send(walk.id, event, **inputs_of(walk, event))
    for _ in range(point):
        try:
            sending.send(None)
        except StopIteration:
            return None
    break_off(sending)
    return walk


def truth(walk: Walk, snapshot: fe.Snapshot) -> bool:
    """Tell whether what a snapshot says of the user is so in the pool."""
    users = list(walk.simulator.state.users.values())
    if snapshot.state == "signed_out":
        return True
    if snapshot.state == "signed_in":
        return snapshot.tokens is not None
    return len(users) == 1 and (snapshot.state == "unconfirmed" or users[0].confirmed)


@pytest.mark.parametrize("break_off", [close, cancel, cancel_twice])
@pytest.mark.parametrize("event", SENDS)
def test_send_broken_off_anywhere(event: str, break_off: Break) -> None:
    """Wherever a send is broken off, the session says what is so, and leads the user on to tokens."""
    point = 1
    while (walk := broken_off(PHONE_FLOW, event, point, break_off)) is not None:
        walk.clock.advance(seconds=CLAIM_SECONDS)
        snapshot = run(walk.get())
        assert truth(walk, snapshot)
        assert (snapshot.tokens is not None) == (snapshot.state == "signed_in")
        assert run(walk.stored()).claim is None
        if event == "sign_out" and snapshot.state == "signed_in":
            run(walk.send("sign_out"))
        assert run(walk.finish()).state == "signed_in"
        point += 1
    assert point > 8


@pytest.mark.parametrize("break_off", [close, cancel, cancel_twice])
def test_chain_broken_off_anywhere(tmp_path: Path, break_off: Break) -> None:
    """A chain that is broken off in either call, or between the two, leads on as well."""
    flow, point = chained_flow(tmp_path), 1
    while (walk := broken_off(flow, "confirm_and_sign_in", point, break_off)) is not None:
        walk.clock.advance(seconds=CLAIM_SECONDS)
        snapshot = run(walk.get())
        assert truth(walk, snapshot)
        assert run(walk.stored()).position.event is None
        assert run(walk.finish()).state == "signed_in"
        point += 1
    assert point > 12


@pytest.mark.parametrize("event", SENDS)
def test_cancelled_before_claim_changes_nothing(event: str) -> None:
    """Until the claim is written, a cancelled send leaves the session as it was, at once."""
    for point in (1, 2, 3):
        walk = broken_off(PHONE_FLOW, event, point, cancel)
        assert walk is not None
        assert walk.calls == []
        assert run(walk.stored()).claim is None
        assert run(walk.get()).error is None


@pytest.mark.parametrize("event", ["sign_up", "confirm", "resend", "sign_in", "answer"])
def test_cancelled_call_is_lost_at_once(event: str) -> None:
    """A send that is cancelled in its call says so without waiting for the claim's time."""
    for point in (5, 6):
        walk = broken_off(PHONE_FLOW, event, point, cancel)
        assert walk is not None
        error = run(walk.get()).error
        assert error is not None
        assert error.code == "ANSWER_LOST"


def test_joined_send_survives_the_crash_of_the_other() -> None:
    """Who waits for an equal send that is broken off is not broken off itself."""
    walk = run(walk_to("unconfirmed", pauses=True))
    first, second = (walk.engine.send(walk.id, "resend") for _ in range(2))
    first.send(None)
    second.send(None)
    cancel(first)
    snapshot = run(second)
    assert snapshot.state == "unconfirmed"
