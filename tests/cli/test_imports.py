"""`--import`: specs with an application's own actions and hooks, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import flowengine

MODULE = """\
from __future__ import annotations

import dataclasses

import flowengine as fe

@dataclasses.dataclass
class Guest:
    name: str = "Jo"

@fe.action("check_invitation", fields=[fe.Field("invitation", secret=True)], outcomes=["INVITED"])
async def check_invitation(call):
    return "INVITED"

@fe.hook("greet")
async def greet(snapshot):
    print("greeted", Guest().name)

again = greet
"""
SPEC = """\
flowengine: 1
name: invited
extends: phone-sms-mfa
initial: door
states:
  door:
    meaning: signed_out
    on: {invite: {action: check_invitation, to: {INVITED: signed_out}}}
  signed_in: {enter: greet}
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "invited.yaml").write_text(SPEC)
    (tmp_path / "guests.py").write_text(MODULE)
    (tmp_path / "nothing.py").write_text("import flowengine\n")
    (tmp_path / "broken.py").write_text("raise LookupError('no list')\n")
    return tmp_path


@pytest.mark.parametrize("module", ["guests", "guests.py"])
def test_check_knows_what_a_module_adds(folder: Path, module: str) -> None:
    """A name in the working directory and a path give the same."""
    assert flowengine("check", "invited.yaml", cwd=folder).returncode == 1
    result = flowengine("check", "invited.yaml", "--import", module, cwd=folder)
    assert (result.returncode, result.stdout[:18]) == (0, "invited.yaml: fine")


def test_run_and_replay_with_own_actions(folder: Path) -> None:
    """The made-up person takes an application's action on the way, and the cassette replays with the same module."""
    own = ("--import", str(folder / "guests.py"))
    result = flowengine("run", "invited.yaml", *own, "--record", "walk.yaml", cwd=folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert "1. invite  invitation ********\n   INVITED: door -> signed_out\n" in result.stdout
    assert "greeted Jo\n" in result.stdout
    replayed = flowengine("replay", "walk.yaml", "--flow", "invited.yaml", *own, cwd=folder)
    assert replayed.stdout == "walk.yaml: 5 steps as recorded, to signed_in\n"


def test_table_with_own_actions(folder: Path) -> None:
    """The events that an application's action performs are listed with the others."""
    result = flowengine("table", "invited.yaml", "--import", "guests", "--json", cwd=folder)
    invite = next(row for row in json.loads(result.stdout)["events"] if row["event"] == "invite")
    assert (invite["action"], invite["fields"], invite["leads_to"]) == (
        "check_invitation",
        ["invitation"],
        {"INVITED": "signed_out"},
    )


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        (["missing"], "cannot import missing: ModuleNotFoundError: No module named 'missing'"),
        (["missing.py"], "cannot import missing.py: FileNotFoundError: "),
        (["broken.py"], "cannot import broken.py: LookupError: no list"),
        (["nothing"], "nothing has no flowengine.Action and no flowengine.Hook"),
        (["guests", "guests.py"], "two actions have the name 'check_invitation'"),
    ],
)
def test_module_that_helps_nobody_is_told(folder: Path, modules: list[str], message: str) -> None:
    """Whatever is wrong with a module is one line."""
    named = [part for module in modules for part in ("--import", module)]
    result = flowengine("check", "invited.yaml", *named, cwd=folder)
    assert result.returncode == 1
    assert result.stderr.startswith(f"flowengine: {message}")
    assert len(result.stderr.splitlines()) == 1


def test_same_module_twice_is_once(folder: Path) -> None:
    """A module that is named twice adds what it has once."""
    result = flowengine("check", "invited.yaml", "--import", "guests.py", "--import", "./guests.py", cwd=folder)
    assert result.returncode == 0


def test_error_of_an_action_is_the_applications_own(folder: Path) -> None:
    """What an action raises comes through with its traceback, and is not taken for an output that cannot be written."""
    failing = MODULE.replace('    return "INVITED"', '    raise ConnectionResetError(104, "the list is away")')
    (folder / "guests.py").write_text(failing)
    result = flowengine("run", "invited.yaml", "--import", "guests", cwd=folder)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == "ConnectionResetError: [Errno 104] the list is away"
    assert "cannot write" not in result.stderr
