"""What runs within a send, an application's own: it may fail, be cancelled, or turn on the engine that runs it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from drivers import OPTIONAL_MFA, Line, StallingStore, walk_to
from structlog.testing import capture_logs

import flowengine as fe
from flowengine.engine import Driver, Store
from flowengine.extensions import Enter, Perform

SPEC = """\
flowengine: 1
name: doors
extends: standard
initial: door
states:
  door:
    meaning: signed_out
    on:
      knock: {action: knock, to: {OPEN: signed_out}}
      knock_twice:
        action: knock
        then: {OPEN: knock_again}
        to: {OPEN: hall, DONE: signed_out}
  hall: {}
  signed_out: {enter: greet}
"""

RESULT: Any = fe.Result


class House:
    """A session at the door of the flow above."""

    def __init__(
        self,
        folder: Path,
        driver: Driver,
        perform: Perform,
        enter: Enter,
        *,
        store: Store | None = None,
        fields: Iterable[fe.Field] = (),
    ) -> None:
        again = fe.action("knock_again", outcomes=["DONE"])(self._again)
        knock = fe.action("knock", outcomes=["OPEN"], refusals=["SHUT"], fields=fields)(perform)
        (folder / "doors.yaml").write_text(SPEC)
        hooks = [fe.hook("greet")(enter)]
        flow = fe.load(folder / "doors.yaml", pool=OPTIONAL_MFA, actions=[knock, again], hooks=hooks)
        self.engine, self.id = fe.Engine(flow, driver, store=store), ""

    async def _again(self, _call: fe.Call) -> str:
        raise fe.CognitoUnavailable("down")

    async def send(self, event: str = "knock", /, **inputs: Any) -> fe.Snapshot:
        """Send an event, and start the session before the first one."""
        self.id = self.id or (await self.engine.start()).id
        return await self.engine.send(self.id, event, **inputs)


@pytest.fixture(name="line")
async def _line() -> Line:
    return (await walk_to("signed_out")).line


async def let_in(_call: fe.Call) -> str:
    """Open."""
    return "OPEN"


async def ignore(_snapshot: fe.Snapshot) -> None:
    """Do nothing."""


async def test_hook_that_is_cancelled_by_itself(tmp_path: Path, line: Line) -> None:
    """A cancellation that nobody asked for, as of a task that the hook waits for, is a failure like any other."""

    async def greet(_snapshot: fe.Snapshot) -> None:
        raise asyncio.CancelledError

    with capture_logs() as logs:
        snapshot = await House(tmp_path, line, let_in, greet).send()
    assert (snapshot.state, snapshot.error) == ("signed_out", None)
    assert [entry["error"] for entry in logs if entry["event"] == "hook.failed"] == ["CancelledError"]


async def test_cancelling_a_look_cancels_the_hook_that_it_runs(tmp_path: Path) -> None:
    """Where an expiry is committed by a look, whoever cancels the look ends the hook with it."""
    entered = asyncio.Event()

    async def greet(_snapshot: fe.Snapshot) -> None:
        entered.set()
        await asyncio.Event().wait()

    (tmp_path / "late.yaml").write_text(
        "flowengine: 1\nname: late\nextends: phone-sms-mfa\nstates: {signed_out: {enter: greet}}\n"
    )
    walk = await walk_to("mfa_challenge", fe.load(tmp_path / "late.yaml", hooks=[fe.hook("greet")(greet)]))
    walk.clock.advance(minutes=4)
    looking = asyncio.create_task(walk.get())
    await entered.wait()
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert (await walk.stored()).position.state == "signed_out"


@pytest.mark.parametrize("what", ["send", "close"])
async def test_hook_cannot_wait_for_its_own_send(tmp_path: Path, line: Line, what: str) -> None:
    """A hook that sends what it is part of, or closes the engine, is told so, and the send comes to its end."""

    async def greet(snapshot: fe.Snapshot) -> None:
        await (house.engine.close() if what == "close" else house.engine.send(snapshot.id, "knock"))

    house = House(tmp_path, line, let_in, greet)
    with capture_logs() as logs:
        assert (await house.send()).state == "signed_out"
    assert [entry["error"] for entry in logs if entry["event"] == "hook.failed"] == ["SessionConflict"]


async def test_action_cannot_wait_for_its_own_send(tmp_path: Path, line: Line) -> None:
    """An action that sends what it is part of is told so, and its answer is lost."""

    async def perform(_call: fe.Call) -> str:
        return (await house.send()).state

    house = House(tmp_path, line, perform, ignore)
    with pytest.raises(fe.SessionConflict, match=r"^what runs within a send cannot wait for that send$"):
        await house.send()
    error = (await house.engine.get(house.id)).error
    assert error is not None
    assert error.code == "ANSWER_LOST"


async def test_action_that_finds_cognito_away(tmp_path: Path, line: Line) -> None:
    """What Cognito's absence means is known for the engine's own calls: an action's is a failure like any other."""

    async def perform(_call: fe.Call) -> str:
        raise fe.CognitoUnavailable("down")

    house = House(tmp_path, line, perform, ignore)
    with pytest.raises(fe.CognitoUnavailable, match=r"^down$"):
        await house.send()
    error = (await house.engine.get(house.id)).error
    assert error == fe.Error("ANSWER_LOST", retryable=True, message="It may have taken effect.")


async def test_second_action_that_finds_cognito_away(tmp_path: Path, line: Line) -> None:
    """In the middle of a chain too it is raised again, and the session rests where the first call led."""
    house = House(tmp_path, line, let_in, ignore)
    with pytest.raises(fe.CognitoUnavailable, match=r"^down$"):
        await house.send("knock_twice")
    snapshot = await house.engine.get(house.id)
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("hall", "ANSWER_LOST")


@pytest.mark.parametrize(
    "answer",
    [None, 5, ["OPEN"], {"OPEN": 1}, b"OPEN", RESULT(["OPEN"]), RESULT("OPEN", facts=5), RESULT("SHUT", detail=5)],
    ids=str,
)
async def test_action_that_answers_rubbish(tmp_path: Path, line: Line, answer: Any) -> None:
    """Whatever is no result is one error of ours, and the session stays where it is."""

    async def perform(_call: fe.Call) -> Any:
        return answer

    house = House(tmp_path, line, perform, ignore)
    with pytest.raises(fe.FlowEngineError, match=r"^the action knock gives "):
        await house.send()
    assert (await house.engine.get(house.id)).state == "door"


async def test_inputs_are_those_of_the_moment_of_sending(tmp_path: Path, line: Line) -> None:
    """What the caller changes afterwards, at any depth, is not sent."""
    seen: list[object] = []

    async def perform(call: fe.Call) -> str:
        seen.append(call.inputs["paper"])
        return "OPEN"

    store = StallingStore()
    house = House(tmp_path, line, perform, ignore, store=store, fields=[fe.Field("paper", kind="object")])
    house.id = (await house.engine.start()).id
    paper: dict[str, Any] = {"stamps": [{"of": "May"}]}
    store.stall()
    sending = asyncio.create_task(house.send(paper=paper))
    await store.stalled.wait()
    paper["stamps"][0]["of"] = "June"
    store.release()
    await sending
    assert seen == [{"stamps": [{"of": "May"}]}]


async def test_input_that_is_nested_without_end(tmp_path: Path, line: Line) -> None:
    """An input that holds itself, or is nearly as deep, is the caller's mistake."""
    house = House(tmp_path, line, let_in, ignore, fields=[fe.Field("paper", kind="object")])
    paper: dict[str, Any] = {}
    paper["paper"] = [paper]
    with pytest.raises(fe.InputInvalid, match=r"^knock: paper is nested more than 16 levels deep$") as caught:
        await house.send(paper=paper)
    assert caught.value.field == "paper"
