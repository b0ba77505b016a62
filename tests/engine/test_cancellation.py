"""Cancelling a sender cuts no call in two: the call ends and is committed, and then the cancellation goes on."""

from __future__ import annotations

import asyncio
import gc

import pytest
from drivers import PASSWORD, PHONE, PausingStore, Walk, walk_to

import flowengine as fe
from flowengine.engine import CLAIM_SECONDS


async def turns(count: int = 10) -> None:
    """Let other tasks run."""
    for _ in range(count):
        await asyncio.sleep(0)


async def under_way(walk: Walk, event: str, **inputs: str) -> asyncio.Task[fe.Snapshot]:
    """Send an event, and return once its call is under way and held."""
    walk.line.hold()
    sending = asyncio.create_task(walk.send(event, **inputs))
    await walk.line.entered.wait()
    return sending


async def test_cancelled_sender_commits_first() -> None:
    """A sender that is cancelled in its call ends only when the call is committed, and then by the cancellation."""
    walk = await walk_to("unconfirmed")
    sending = await under_way(walk, "confirm", code=walk.code)
    sending.cancel()
    await turns()
    assert not sending.done()
    walk.line.release()
    with pytest.raises(asyncio.CancelledError):
        await sending
    snapshot = await walk.get()
    assert (snapshot.state, snapshot.error) == ("confirmed", None)
    assert walk.calls == ["ConfirmSignUp"]


async def test_sender_cancelled_again_and_again() -> None:
    """A sender that is cancelled several times still waits for its call."""
    walk = await walk_to("unconfirmed")
    sending = await under_way(walk, "confirm", code=walk.code)
    for _ in range(3):
        sending.cancel()
        await turns()
    walk.line.release()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert (await walk.get()).state == "confirmed"


async def test_cancelled_sender_whose_call_fails() -> None:
    """A cancelled sender whose call could not be made ends by the cancellation, without a stray exception."""
    walk = await walk_to("unconfirmed")
    for _ in range(3):
        walk.simulator.fail_next("unreachable")
    sending = await under_way(walk, "resend")
    sending.cancel()
    await turns()
    walk.line.release()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert (await walk.send("resend")).error is None


async def test_timeout_commits_first() -> None:
    """A sender that runs into its caller's timeout commits as well, and the timeout goes on."""
    walk = await walk_to("confirmed")
    walk.line.hold()
    sending = asyncio.create_task(asyncio.wait_for(walk.send("sign_in", password=PASSWORD), timeout=0.001))
    await walk.line.entered.wait()
    asyncio.get_running_loop().call_later(0.01, walk.line.release)
    with pytest.raises(TimeoutError):
        await sending
    assert (await walk.get()).state == "mfa_challenge"
    assert walk.calls == ["InitiateAuth"]


@pytest.mark.parametrize("cancelled", [0, 1])
async def test_one_of_two_joined_senders_is_cancelled(cancelled: int) -> None:
    """Cancelling one of two equal senders does not disturb the other."""
    walk = await walk_to("unconfirmed")
    code = walk.code
    sendings = [await under_way(walk, "confirm", code=code), asyncio.create_task(walk.send("confirm", code=code))]
    await turns()
    sendings[cancelled].cancel()
    await turns()
    walk.line.release()
    results = await asyncio.gather(*sendings, return_exceptions=True)
    assert isinstance(results[cancelled], asyncio.CancelledError)
    other = results[1 - cancelled]
    assert isinstance(other, fe.Snapshot)
    assert other.state == "confirmed"
    assert walk.calls == ["ConfirmSignUp"]


async def test_joined_sender_does_not_wait_once_cancelled() -> None:
    """A sender that only waits for another's call can leave at once."""
    walk = await walk_to("unconfirmed")
    first = await under_way(walk, "resend")
    second = asyncio.create_task(walk.send("resend"))
    await turns()
    second.cancel()
    await turns()
    assert second.cancelled()
    walk.line.release()
    assert (await first).error is None


async def test_cancelled_while_reading() -> None:
    """A sender that is cancelled before its call makes none, and leaves the session as it was."""
    walk = await walk_to("unconfirmed", store=PausingStore())
    before = await walk.stored()
    sending = asyncio.create_task(walk.send("resend"))
    await asyncio.sleep(0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    await turns()
    assert await walk.stored() == before
    assert walk.calls == []


def test_loop_that_shuts_down_commits_lost_answer() -> None:
    """When the loop shuts down in the middle of a call, the session says that the answer is lost, and can go on."""

    async def shut_down() -> Walk:
        walk = await walk_to("mfa_challenge", store=PausingStore())
        await under_way(walk, "answer", code=walk.code)
        return walk

    walk = asyncio.run(shut_down())

    async def later() -> fe.Snapshot:
        snapshot = await walk.get()
        assert (snapshot.state, snapshot.error and snapshot.error.code) == ("signed_out", "ANSWER_LOST")
        walk.line.release()
        return await walk.finish()

    assert asyncio.run(later()).state == "signed_in"


async def test_task_of_the_work_is_cancelled() -> None:
    """Cancelling every task but this one, as a server does that goes down, commits the lost answer."""
    walk = await walk_to("signed_out")
    sending = await under_way(walk, "sign_up", username=PHONE, password=PASSWORD)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    session = await walk.stored()
    assert session.claim is None
    assert session.error is not None
    assert (session.position.state, session.error.code) == ("signed_out", "ANSWER_LOST")


async def test_work_that_never_began() -> None:
    """Work that is cancelled before its first step leaves the session free for the next send."""
    walk = await walk_to("unconfirmed")
    walk.line.hold()
    sending = asyncio.create_task(walk.send("resend"))
    await asyncio.sleep(0)
    for task in asyncio.all_tasks() - {asyncio.current_task(), sending}:
        task.cancel()
    walk.line.release()
    await asyncio.gather(sending, return_exceptions=True)
    gc.collect()  # a coroutine that nobody awaited would complain here, and not in another test
    assert (await walk.send("resend")).error is None


def test_loop_that_was_closed_holds_no_session() -> None:
    """A send whose event loop is closed under it can never end: once its claim's time is over, its answer is lost."""
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)
    walk = loop.run_until_complete(walk_to("unconfirmed"))
    walk.line.hold()
    sending = loop.create_task(walk.send("resend"))
    loop.run_until_complete(walk.line.entered.wait())
    loop.close()
    walk.line.open = asyncio.Event()
    walk.line.release()
    walk.clock.advance(seconds=CLAIM_SECONDS)
    error = asyncio.run(walk.get()).error
    assert (error and error.code, walk.calls) == ("ANSWER_LOST", ["ResendConfirmationCode"])
    assert asyncio.run(walk.send("resend")).error is None
    asyncio.run(walk.engine.close())
    del sending
    gc.collect()
