"""Which sessions an engine finds, and what it does with them once it is closed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from drivers import (
    VERIFY_PHONE,
    StallingStore,
    Walk,
    walk_to,
)

import flowengine as fe

MFA_OFF = fe.load("standard", pool=fe.PoolSettings(verification=VERIFY_PHONE))


@pytest.mark.parametrize("method", ["send", "get", "end"])
@pytest.mark.parametrize(
    ("session_id", "message"),
    [
        ("unknown", "no session has this id; it may have been ended"),
        ("", "no session has this id; it may have been ended"),
        ("\ud800", "no session has this id; it may have been ended"),
        (None, "a session id is a text"),
        (7, "a session id is a text"),
        (b"unknown", "a session id is a text"),
    ],
)
async def test_unknown_session(method: str, session_id: Any, message: str) -> None:
    """An id that no session has is not found, whatever it is made of, and it is not quoted."""
    walk = await walk_to("signed_out")
    with pytest.raises(fe.SessionNotFound) as caught:
        await getattr(walk.engine, method)(session_id, *(["resend"] if method == "send" else []))
    assert str(caught.value) == message


async def test_ended_session() -> None:
    """An ended session is gone, from the store as well."""
    walk = await walk_to("unconfirmed")
    session = await walk.stored()
    await walk.engine.end(walk.id)
    for operation in (walk.get(), walk.send("resend"), walk.engine.end(walk.id)):
        with pytest.raises(fe.SessionNotFound):
            await operation
    assert await walk.store.get(session.key) is None
    assert walk.calls == []


async def test_session_of_another_flow() -> None:
    """In a store that flows share, none touches the other's sessions."""
    walk = await walk_to("unconfirmed")
    before = await walk.stored()
    other = Walk(MFA_OFF, store=walk.store)
    for operation in (other.engine.get(walk.id), other.engine.send(walk.id, "resend"), other.engine.end(walk.id)):
        with pytest.raises(fe.SessionConflict) as caught:
            await operation
        assert str(caught.value) == "the session walks another flow, or another version of standard"
    assert await walk.stored() is before
    assert other.calls == []


async def test_flow_without_pool() -> None:
    """A flow for any pool can be loaded and not run."""
    simulator = fe.Simulator(fe.PoolSettings())
    with pytest.raises(fe.PoolMissing) as caught:
        fe.Engine(fe.load("standard"), simulator.cognito())
    assert str(caught.value) == "standard declares no pool: load it with pool=PoolSettings(...) to run it"


async def test_sessions_do_not_meet() -> None:
    """Two sessions of one engine have ids and states of their own."""
    walk = await walk_to("unconfirmed")
    other = await walk.engine.start()
    assert other.id != walk.id
    assert (other.state, (await walk.get()).state) == ("signed_out", "unconfirmed")


async def test_ids_are_made_by_caller() -> None:
    """An application can make the ids itself."""
    simulator = fe.Simulator(MFA_OFF.pool or fe.PoolSettings())
    engine = fe.Engine(MFA_OFF, simulator.cognito(), new_id=lambda: "session-1")
    assert (await engine.start()).id == "session-1"
    assert (await engine.get("session-1")).state == "signed_out"


async def test_closed_engine() -> None:
    """A closed engine starts nothing and sends nothing."""
    walk = await walk_to("unconfirmed")
    await walk.engine.close()
    for operation in (walk.engine.start(), walk.send("resend")):
        with pytest.raises(fe.FlowEngineError, match=r"^the engine is closed$"):
            await operation
    assert walk.calls == []


async def test_close_waits_for_call() -> None:
    """Closing lets a call that is under way end and commit."""
    walk = await walk_to("unconfirmed")
    walk.line.hold()
    sending = asyncio.create_task(walk.send("resend"))
    await walk.line.entered.wait()
    closing = asyncio.create_task(walk.engine.close())
    await asyncio.sleep(0)
    assert not closing.done()
    walk.line.release()
    await closing
    assert (await walk.stored()).claim is None
    assert (await sending).error is None


async def test_close_stops_send_that_still_reads() -> None:
    """A send that was reading its session when the engine closed calls nothing after `close` has returned."""
    store = StallingStore()
    walk = await walk_to("unconfirmed", store=store)
    store.stall()
    sending = asyncio.create_task(walk.send("resend"))
    await store.stalled.wait()
    closing = asyncio.create_task(walk.engine.close())
    for _ in range(5):
        await asyncio.sleep(0)
    closed_early = closing.done()
    store.release()
    await asyncio.gather(sending, closing, return_exceptions=True)
    assert not (closed_early and walk.calls)
