"""Chains that end where nobody expected it: each comes to rest, and the session goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from drivers import OPTIONAL_MFA, PASSWORD, chained_flow, walk_to

import flowengine as fe
from flowengine.engine import CLAIM_SECONDS
from flowengine.errors import CognitoRefusal

ALL_ROUTED = """\
flowengine: 1
name: all-routed
extends: standard
initial: door
states:
  door:
    meaning: signed_out
    on:
      enter:
        action: first
        then: {OPEN: second}
        to: {OPEN: hall, ANSWER_LOST: door, INSIDE: signed_out}
  hall: {}
"""
"""A chain whose second call has a route for everything that it declares: nothing else leads to the hall."""


@pytest.mark.parametrize(
    "answer", [CognitoRefusal("SurprisingException", "Surprise."), {"ChallengeName": "DEVICE_SRP_AUTH", "Session": "s"}]
)
async def test_outcome_that_nobody_predicted_ends_a_chain(
    tmp_path: Path, answer: Mapping[str, Any] | Exception
) -> None:
    """It is no reason to call again: the session rests where the call before it led, and says what came back."""
    walk = await walk_to("unconfirmed", chained_flow(tmp_path))
    walk.line.answers.extend([{}, answer])
    snapshot = await walk.send("confirm_and_sign_in", code=walk.code, password=PASSWORD)
    assert (snapshot.state, walk.calls) == ("confirmed", ["ConfirmSignUp", "InitiateAuth"])
    assert snapshot.error is not None
    assert snapshot.error.message.endswith("(these pool settings exclude it: does the pool match the flow?)")
    assert fe.replay(walk.recorder.cassette(), walk.flow).ok
    assert (await walk.finish()).state == "signed_in"


async def test_chain_that_was_given_up_meanwhile(tmp_path: Path) -> None:
    """Where the second call cannot be sent, and another process has given the send up, there is nothing to return."""
    walk = await walk_to("unconfirmed", chained_flow(tmp_path))
    walk.line.answers.extend([{}, *[fe.CognitoUnavailable("down")] * 3])
    sending = asyncio.create_task(walk.send("confirm_and_sign_in", code=walk.code, password=PASSWORD))
    while len(walk.calls) < 2:
        walk.line.hold()
        await walk.line.entered.wait()
        walk.line.release()
    walk.line.hold()
    walk.clock.advance(seconds=CLAIM_SECONDS)
    assert (await walk.another_engine().get(walk.id)).state == "confirmed"
    walk.line.release()
    with pytest.raises(fe.SessionConflict, match=r"given up as lost, while its call was under way$"):
        await sending


async def test_look_into_a_chain_that_routes_everything(tmp_path: Path) -> None:
    """Where a chain rests if it breaks off is a position of the flow, even if no refusal leads there."""
    seen: list[str] = []

    @fe.action("first", outcomes=["OPEN"])
    async def first(_call: fe.Call) -> str:
        return "OPEN"

    @fe.action("second", outcomes=["INSIDE"])
    async def second(_call: fe.Call) -> str:
        seen.append((await engine.get(start.id)).state)
        return "INSIDE"

    (tmp_path / "routed.yaml").write_text(ALL_ROUTED)
    flow = fe.load(tmp_path / "routed.yaml", pool=OPTIONAL_MFA, actions=[first, second])
    engine = fe.Engine(flow, (await walk_to("signed_out")).line)
    start = await engine.start()
    assert (await engine.send(start.id, "enter")).state == "signed_out"
    assert seen == ["hall"]
