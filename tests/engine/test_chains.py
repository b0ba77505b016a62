"""A chain is one send of two calls: each is a step of its own, and between them the session is claimed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from drivers import PASSWORD, WRONG, Walk, chained_flow, run, walk_to

import flowengine as fe
from flowengine.engine import CLAIM_SECONDS
from flowengine.errors import CognitoAnswerLost

BOTH = ["ConfirmSignUp", "InitiateAuth"]


@pytest.fixture(name="flow")
def _flow(tmp_path: Path) -> fe.Flow:
    return chained_flow(tmp_path)


async def confirm_and_sign_in(walk: Walk, *, password: str = PASSWORD, **more: Any) -> fe.Snapshot:
    """Send the event with the code that the user received."""
    return await walk.send("confirm_and_sign_in", code=walk.code, password=password, **more)


async def in_second_call(walk: Walk) -> asyncio.Task[fe.Snapshot]:
    """Send the event, and return once its second call is held."""
    walk.line.hold()
    code = walk.code
    sending = asyncio.create_task(walk.send("confirm_and_sign_in", code=code, password=PASSWORD))
    await walk.line.entered.wait()
    walk.line.release()
    walk.line.hold()
    await walk.line.entered.wait()
    return sending


async def test_one_send_makes_two_calls(flow: fe.Flow) -> None:
    """One send takes the fields of both calls, makes them in turn and returns where they lead."""
    walk = await walk_to("unconfirmed", flow)
    fields = (await walk.get()).accepts["confirm_and_sign_in"]
    assert [field.name for field in fields] == ["code", "password"]
    snapshot = await confirm_and_sign_in(walk)
    assert (snapshot.state, snapshot.pending, snapshot.error) == ("mfa_challenge", "SMS_MFA", None)
    assert walk.calls == BOTH
    assert (await walk.send("answer", code=walk.code)).state == "signed_in"


async def test_each_call_is_a_step(flow: fe.Flow) -> None:
    """Each call is committed and recorded by itself, and the record replays."""
    walk = await walk_to("unconfirmed", flow)
    before = (await walk.get()).revision
    assert (await confirm_and_sign_in(walk)).revision == before + 3
    cassette = walk.recorder.cassette()
    assert [step.target for step in cassette.steps[-2:]] == [
        "confirmed(CONFIRMED)/unconfirmed.confirm_and_sign_in",
        "mfa_challenge(SMS_MFA)",
    ]
    assert fe.replay(cassette, flow).ok


async def test_first_call_refused(flow: fe.Flow) -> None:
    """A wrong code ends the chain at its first call."""
    walk = await walk_to("unconfirmed", flow)
    snapshot = await walk.send("confirm_and_sign_in", code="no-code", password=PASSWORD)
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("unconfirmed", "CodeMismatchException")
    assert walk.calls == ["ConfirmSignUp"]


async def test_second_call_refused(flow: fe.Flow) -> None:
    """A wrong password leaves the user where the first call led: confirmed."""
    walk = await walk_to("unconfirmed", flow)
    snapshot = await confirm_and_sign_in(walk, password=WRONG)
    assert snapshot.state == "confirmed"
    assert snapshot.error == fe.Error(
        "INCORRECT_USERNAME_OR_PASSWORD", retryable=False, message="Incorrect username or password."
    )
    assert walk.calls == BOTH
    assert (await walk.finish()).state == "signed_in"


async def test_field_of_second_call_is_checked_first(flow: fe.Flow) -> None:
    """What the second call needs is asked for before the first one is made."""
    walk = await walk_to("unconfirmed", flow)
    with pytest.raises(fe.InputInvalid) as caught:
        await walk.send("confirm_and_sign_in", code=walk.code)
    assert str(caught.value) == ("confirm_and_sign_in: password is missing: expected a password without spaces")
    assert walk.calls == []


async def test_second_answer_lost(flow: fe.Flow) -> None:
    """A lost answer in the second call leaves the user confirmed, with the error."""
    walk = await walk_to("unconfirmed", flow)
    walk.simulator.fail_next("lost_after", "InitiateAuth")
    snapshot = await confirm_and_sign_in(walk)
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("confirmed", "ANSWER_LOST")
    assert walk.calls == BOTH
    assert (await walk.finish()).state == "signed_in"


async def test_first_answer_lost(flow: fe.Flow) -> None:
    """A lost answer in the first call ends the chain; sending it again finds the user confirmed."""
    walk = await walk_to("unconfirmed", flow)
    walk.simulator.fail_next("lost_after", "ConfirmSignUp")
    assert (await confirm_and_sign_in(walk)).state == "unconfirmed"
    snapshot = await confirm_and_sign_in(walk)
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("confirmed", "ALREADY_CONFIRMED")
    assert walk.calls == ["ConfirmSignUp"] * 2


async def test_second_call_unreachable(flow: fe.Flow) -> None:
    """Where the second call cannot be sent, the first one still counts, and nothing is raised."""
    walk = await walk_to("unconfirmed", flow)
    for _ in range(3):
        walk.simulator.fail_next("unreachable", "InitiateAuth")
    snapshot = await confirm_and_sign_in(walk)
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("confirmed", "ANSWER_LOST")
    assert (await walk.finish()).state == "signed_in"


async def test_first_call_unreachable(flow: fe.Flow) -> None:
    """Where the first call cannot be sent, the session is as it was."""
    walk = await walk_to("unconfirmed", flow)
    for _ in range(3):
        walk.simulator.fail_next("unreachable")
    with pytest.raises(fe.CognitoUnavailable):
        await confirm_and_sign_in(walk)
    assert (await walk.get()).error is None
    assert (await confirm_and_sign_in(walk)).state == "mfa_challenge"


async def test_key_covers_whole_chain(flow: fe.Flow) -> None:
    """Under a key the whole chain is remembered, not its first step."""
    walk = await walk_to("unconfirmed", flow)
    first = await confirm_and_sign_in(walk, key="k")
    assert first.state == "mfa_challenge"
    assert await walk.send("confirm_and_sign_in", key="k", code="no-code", password=PASSWORD) == first
    assert walk.calls == BOTH


async def test_key_covers_chain_that_broke_off(flow: fe.Flow) -> None:
    """A chain whose second call could not be sent returned a snapshot, and returns it again under its key."""
    walk = await walk_to("unconfirmed", flow)
    for _ in range(3):
        walk.simulator.fail_next("unreachable", "InitiateAuth")
    first = await confirm_and_sign_in(walk, key="k")
    assert await confirm_and_sign_in(walk, key="k") == first


async def test_equal_send_joins_second_call(flow: fe.Flow) -> None:
    """An equal send that comes during the second call joins it, as it would join the first."""
    walk = await walk_to("unconfirmed", flow)
    code = walk.code
    first = await in_second_call(walk)
    second = asyncio.create_task(walk.send("confirm_and_sign_in", code=code, password=PASSWORD))
    for _ in range(5):
        await asyncio.sleep(0)
    walk.line.release()
    assert await second == await first
    assert walk.calls == BOTH


@pytest.mark.parametrize(
    ("event", "inputs"),
    [("resend", {}), ("confirm_and_sign_in", {"code": "no-code", "password": PASSWORD}), ("refresh", {})],
)
@pytest.mark.parametrize("same_engine", [True, False])
async def test_other_send_during_second_call(
    flow: fe.Flow, event: str, inputs: dict[str, str], *, same_engine: bool
) -> None:
    """Between the calls the session is claimed: whatever is sent meanwhile conflicts."""
    walk = await walk_to("unconfirmed", flow)
    first = await in_second_call(walk)
    engine = walk.engine if same_engine else walk.another_engine()
    second = asyncio.create_task(engine.send(walk.id, event, **inputs))
    for _ in range(5):
        await asyncio.sleep(0)
    walk.line.release()
    assert (await first).state == "mfa_challenge"
    with pytest.raises(fe.SessionConflict):
        await second
    assert walk.calls == BOTH


async def test_look_during_second_call(flow: fe.Flow) -> None:
    """Between the calls a look at the session shows where the first one led."""
    walk = await walk_to("unconfirmed", flow)
    first = await in_second_call(walk)
    snapshot = await walk.get()
    assert (snapshot.state, snapshot.tokens, snapshot.error) == ("confirmed", None, None)
    walk.line.release()
    await first


@pytest.mark.parametrize("wakes_by", ["get", "send"])
def test_crash_between_calls(flow: fe.Flow, wakes_by: str) -> None:
    """A process that dies in the second call leaves a user who is confirmed, once the claim's time is over."""
    walk = run(walk_to("unconfirmed", flow, pauses=True))
    sending = walk.engine.send(walk.id, "confirm_and_sign_in", code=walk.code, password=PASSWORD)
    while walk.calls != BOTH:
        sending.send(None)
    sending.close()
    walk.engine = walk.another_engine()
    assert run(walk.stored()).claim is not None
    walk.clock.advance(seconds=CLAIM_SECONDS)
    snapshot = run(walk.get() if wakes_by == "get" else walk.send("sign_in", password=PASSWORD))
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("confirmed", "ANSWER_LOST")
    assert walk.calls == BOTH
    assert run(walk.finish()).state == "signed_in"


async def test_second_claim_has_its_own_time(flow: fe.Flow) -> None:
    """Each call has the claim's whole time, so that a slow first one does not end the second."""
    walk = await walk_to("unconfirmed", flow)
    walk.line.hold()
    first = asyncio.create_task(confirm_and_sign_in(walk))
    await walk.line.entered.wait()
    walk.clock.advance(seconds=CLAIM_SECONDS / 2)
    walk.line.release()
    walk.line.hold()
    await walk.line.entered.wait()
    claim = (await walk.stored()).claim
    assert claim is not None
    assert (claim.event, claim.until) == ("confirm_and_sign_in", walk.clock.now() + CLAIM_SECONDS)
    walk.line.release()
    await first


async def test_cancelled_chain_is_finished(flow: fe.Flow) -> None:
    """A sender that is cancelled in the first call leaves the whole chain done."""
    walk = await walk_to("unconfirmed", flow)
    walk.line.hold()
    sending = asyncio.create_task(confirm_and_sign_in(walk))
    await walk.line.entered.wait()
    sending.cancel()
    await asyncio.sleep(0)
    walk.line.release()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert (await walk.get()).state == "mfa_challenge"
    assert walk.calls == BOTH


async def test_lost_answer_of_a_driver(flow: fe.Flow) -> None:
    """It is the exception that tells a lost answer, whatever its text."""
    walk = await walk_to("unconfirmed", flow)
    walk.line.answers.extend([{}, CognitoAnswerLost("cut")])
    snapshot = await confirm_and_sign_in(walk)
    assert snapshot.state == "confirmed"
    assert snapshot.error is not None
    assert snapshot.error.message == "Nothing has changed but that a code may be on its way. Sign in again."
