"""Running what an application adds: actions between a claim and a commit, hooks behind a commit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from extended import CHAIN, POOL, SPEC, action, answering, ignore
from structlog.testing import capture_logs

import flowengine as fe
from flowengine.errors import CognitoAnswerLost
from flowengine.extensions import Enter, Perform

ISSUED = {"AccessToken": "AAA", "IdToken": "III", "RefreshToken": "RRR", "ExpiresIn": 60}


class Pool:
    """A user pool that lets everyone in, but while its line is down."""

    user_pool_id = "eu-west-1_Pool"

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.down = False

    async def call(self, operation: str, _request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer with tokens, or lose the answer."""
        self.calls.append(operation)
        if self.down:
            raise CognitoAnswerLost
        return {"AuthenticationResult": ISSUED}


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.time = 1_000.0

    def now(self) -> float:
        """Return the time."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.time += seconds


class Walk:
    """One session of the flow above, at the door."""

    def __init__(
        self, folder: Path, perform: Perform, enter: Enter = ignore, *, spec: str = SPEC, **parts: Any
    ) -> None:
        path = folder / "invited.yaml"
        path.write_text(spec)
        flow = fe.load(path, pool=POOL, actions=[action(perform, **parts)], hooks=[fe.hook("greet")(enter)])
        self.clock, self.pool, self.id = Clock(), Pool(), ""
        self.engine = fe.Engine(flow, self.pool, clock=self.clock)

    async def send(self, event: str = "invite", /, **inputs: str) -> fe.Snapshot:
        """Send an event, and start the session before the first one."""
        self.id = self.id or (await self.engine.start()).id
        typed = {"invitation": "GOLDEN"} if event == "invite" else {}
        return await self.engine.send(self.id, event, **typed | inputs)

    async def get(self) -> fe.Snapshot:
        """Return the session as it stands."""
        return await self.engine.get(self.id)


class Greeter:
    """A hook that keeps what it saw, and fails if it is told to."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.seen: list[fe.Snapshot] = []
        self.failure = failure

    async def __call__(self, snapshot: fe.Snapshot) -> None:
        """Keep a snapshot."""
        self.seen.append(snapshot)
        if self.failure is not None:
            raise self.failure

    @property
    def states(self) -> list[str]:
        """The states that were entered."""
        return [snapshot.state for snapshot in self.seen]


# Running actions


async def test_action_runs_between_claim_and_commit(tmp_path: Path) -> None:
    """While it runs no other send acts, it is given what was typed, and its outcome moves the session."""
    seen: list[object] = []

    async def perform(call: fe.Call) -> str:
        seen.append(dict(call.inputs))
        with pytest.raises(fe.SessionConflict):
            await walk.send(invitation="ANOTHER")
        seen.append((await walk.get()).state)
        return "INVITED"

    walk = Walk(tmp_path, perform)
    snapshot = await walk.send()
    assert seen == [{"invitation": "GOLDEN"}, "door"]
    assert (snapshot.state, snapshot.error) == ("signed_out", None)
    assert walk.pool.calls == []


async def test_refusal_keeps_the_position(tmp_path: Path) -> None:
    """A refusal without a route leaves the session where it is, shows as its error, and may be mended."""
    walk = Walk(tmp_path, answering(fe.Result("NOT_INVITED", detail="The list is closed.")))
    snapshot = await walk.send()
    assert snapshot.state == "door"
    assert snapshot.error == fe.Error("NOT_INVITED", retryable=True, message="The list is closed.")
    assert list(snapshot.accepts) == ["invite"]


async def test_routed_refusal_moves_and_shows(tmp_path: Path) -> None:
    """A refusal with a route follows it, and is told all the same."""
    snapshot = await Walk(tmp_path, answering("BANNED")).send()
    assert snapshot.state == "banned"
    assert snapshot.error == fe.Error("BANNED", retryable=False, message="BANNED")


async def test_undeclared_outcome_is_a_mistake(tmp_path: Path) -> None:
    """An outcome that was not declared moves nothing, and the session can go on."""
    outcomes = ["SURPRISE", "INVITED"]

    async def perform(_call: fe.Call) -> str:
        return outcomes.pop(0)

    walk = Walk(tmp_path, perform)
    with pytest.raises(fe.FlowEngineError, match=r"^the action check_invitation gives an outcome that it does not"):
        await walk.send()
    assert (await walk.get()).state == "door"
    assert (await walk.send()).state == "signed_out"


async def test_exception_counts_as_a_lost_answer(tmp_path: Path) -> None:
    """What an action raises is raised again, and the session says that the answer is lost."""
    walk = Walk(tmp_path, answering(LookupError("the list is away")), lost="The invitation may be used up.")
    with pytest.raises(LookupError, match=r"^the list is away$"):
        await walk.send()
    snapshot = await walk.get()
    assert snapshot.state == "door"
    assert snapshot.error == fe.Error("ANSWER_LOST", retryable=True, message="The invitation may be used up.")


async def test_action_may_begin_a_chain(tmp_path: Path) -> None:
    """One send runs the action and then an operation, and a refusal of the action calls nothing."""
    inputs = {"username": "ann", "password": "Pa55word!"}
    walk = Walk(tmp_path, answering("INVITED"), spec=CHAIN)
    snapshot = await walk.send(**inputs)
    assert (snapshot.state, walk.pool.calls) == ("signed_in", ["InitiateAuth"])
    refused = Walk(tmp_path, answering("NOT_INVITED"), spec=CHAIN)
    assert ((await refused.send(**inputs)).state, refused.pool.calls) == ("door", [])


async def test_action_tells_its_name_and_outcome_alone(tmp_path: Path) -> None:
    """The log holds nothing of what was typed."""
    with capture_logs() as logs:
        await Walk(tmp_path, answering("INVITED")).send()
    performed = [entry for entry in logs if entry["event"] == "action.perform"]
    assert [(entry["action"], entry["outcome"]) for entry in performed] == [("check_invitation", "INVITED")]
    assert "GOLDEN" not in str(logs)


# Running hooks


async def test_hook_runs_once_a_state_is_entered(tmp_path: Path) -> None:
    """It sees the committed snapshot, once, and not where a session stays in its state."""
    greeter = Greeter()
    walk = Walk(tmp_path, answering("INVITED"), greeter)
    entered = await walk.send()
    assert greeter.seen == [entered] == [await walk.get()]
    await walk.send("forgot_password", username="ann")
    assert greeter.states == ["signed_out"]


async def test_staying_is_not_entering(tmp_path: Path) -> None:
    """A route that leads back to its own state runs nothing."""
    greeter = Greeter()
    walk = Walk(tmp_path, answering("INVITED"), greeter)
    await walk.send()
    await walk.send("sign_in", username="ann", password="Pa55word!")
    refreshed = await walk.send("refresh")
    assert (refreshed.state, refreshed.error) == ("signed_in", None)
    assert greeter.states == ["signed_out", "signed_in"]


async def test_hook_waits_for_the_end_of_a_chain(tmp_path: Path) -> None:
    """A state that a chain only passes through is not entered."""
    greeter = Greeter()
    walk = Walk(tmp_path, answering("INVITED"), greeter, spec=CHAIN)
    await walk.send(username="ann", password="Pa55word!")
    assert greeter.states == ["signed_in"]


async def test_chain_that_ends_early_enters_where_it_rests(tmp_path: Path) -> None:
    """Where the second call of a chain is refused, the session has come to rest in the state between."""
    greeter = Greeter()
    walk = Walk(tmp_path, answering("INVITED"), greeter, spec=CHAIN)
    walk.pool.down = True
    snapshot = await walk.send(username="ann", password="Pa55word!")
    assert (snapshot.state, greeter.states) == ("signed_out", ["signed_out"])


async def test_hook_runs_behind_an_expiry(tmp_path: Path) -> None:
    """A state that time brings on is entered like any other, by whoever looks first."""
    greeter = Greeter()
    walk = Walk(tmp_path, answering("NOT_INVITED"), greeter)
    await walk.send()
    assert greeter.states == []
    walk.clock.time += 3_600.0
    snapshot = await walk.get()
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("signed_out", "EXPIRED")
    await walk.get()
    assert greeter.states == ["signed_out"]


async def test_failing_hook_changes_nothing(tmp_path: Path) -> None:
    """What a hook raises is logged by its type, without its words, and the snapshot comes all the same."""
    greeter = Greeter(LookupError("GOLDEN"))
    walk = Walk(tmp_path, answering("INVITED"), greeter)
    with capture_logs() as logs:
        snapshot = await walk.send()
    assert (snapshot.state, snapshot.error) == ("signed_out", None)
    (failed,) = [entry for entry in logs if entry["event"] == "hook.failed"]
    assert (failed["hook"], failed["error"], failed["log_level"]) == ("greet", "LookupError", "error")
    assert "GOLDEN" not in str(logs)
    assert (await walk.send("forgot_password", username="ann")).state == "resetting_password"
