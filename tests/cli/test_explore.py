"""`flowengine explore`: what is wrong with a flow, as walks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from commands import WITHOUT_PASSKEYS, flowengine

from flowengine.explore.parts import CROWDS, PartResult, parts

STUCK: Final = """\
flowengine: 1
name: stuck
extends: phone-username
states:
  resetting_password:
    on: {confirm_reset: {to: {PASSWORD_RESET: resetting_password}}}
    expires: null
"""
"""Who has a new password stays where the code for it was asked for."""


@pytest.fixture
def stuck(tmp_path: Path) -> Path:
    """Return the file of a flow with a dead end."""
    path = tmp_path / "stuck.yaml"
    path.write_text(STUCK, encoding="utf-8")
    return path


def test_nothing_wrong() -> None:
    """The totals of a flow with which nothing is wrong."""
    explored = flowengine("explore", "phone-username", "--json")
    totals = json.loads(explored.stdout)
    assert (explored.returncode, explored.stderr) == (0, "")
    assert {name: totals[name] for name in ("flow", "pools", "flows", "violations")} == {
        "flow": "phone-username", "pools": 1, "flows": 1, "violations": 0,
    }  # fmt: skip
    assert totals["steps"] > totals["states"] > totals["users"] > 1


def test_story_of_a_dead_end(stuck: Path) -> None:
    """What is wrong is told as a walk, a line for each thing, and the exit status says that there is something."""
    explored = flowengine("explore", str(stuck))
    assert explored.returncode == 1
    lines = explored.stdout.splitlines()
    assert lines[0] == "1. recovery: the session waits for a code for a new password, and the pool has issued none"
    start = next(number for number, line in enumerate(lines) if line.startswith("2. "))
    assert lines[start : start + 6] == [
        "2. no dead end: no right answer leads from resetting_password to the goal",
        "   From every state a user who answers rightly gets to the goal, but those whom the pool strands.",
        "   newcomer by phone_number, phone_number:",
        "   1. send forgot_password",
        "      ForgotPassword answers CODE_SENT: signed_out -> resetting_password",
        "      the session stands at resetting_password",
    ]


def test_walks_to_replay(stuck: Path, tmp_path: Path) -> None:
    """Each walk is written as a cassette, which the flow steps through again."""
    explored = flowengine("explore", str(stuck), "--json", "--cassettes", str(tmp_path / "walks"))
    *violations, totals = map(json.loads, explored.stdout.splitlines())
    walks = [violation["cassette"] for violation in violations]
    assert totals["violations"] == len(walks) > 0
    replayed = flowengine("replay", "--flow", str(stuck), *walks)
    assert (replayed.returncode, replayed.stderr) == (0, "")
    for walk in walks:
        replayed = flowengine("replay", "--flow", str(Path(walk).with_suffix(".flow.yaml")), walk)
        assert (replayed.returncode, replayed.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("standard",), "flowengine: standard declares no pool: name one, or explore it for every pool\n"),
        (
            ("nowhere.yaml",),
            "flowengine: nowhere.yaml:1:1: cannot read nowhere.yaml: No such file or directory",
        ),
        (("nonsense",), "flowengine: no spec with the name 'nonsense' is shipped [unknown-spec]"),
    ],
)
def test_what_cannot_be_explored(arguments: tuple[str, ...], complaint: str) -> None:
    """A flow that there is not, or that is for no pool, is refused in a line."""
    explored = flowengine("explore", *arguments)
    assert (explored.returncode, explored.stdout) == (1, "")
    assert complaint in explored.stderr
    assert "Traceback" not in explored.stderr


def test_passkeys_need_their_extra() -> None:
    """A pool with passkeys is explored with a software authenticator, or not at all."""
    explored = flowengine("explore", "passkey", before=WITHOUT_PASSKEYS)
    assert (explored.returncode, explored.stdout) == (1, "")
    assert explored.stderr == "flowengine: passkeys need the extra of this name: pip install 'flowengine[passkeys]'\n"


def test_parts_are_written_down() -> None:
    """What came of a part is the same once it was written and read again."""
    part = parts()[0]
    result = PartResult(
        part=part, pools=2, flows=1, explorations=1, users=("somebody",), states=3, steps=4, seconds=0.5,
        violations=(), occurred=frozenset(), predicted=frozenset(),
    )  # fmt: skip
    assert PartResult.from_json(result.to_json()) == result
    assert {one.crowd for one in parts()} == set(CROWDS)
