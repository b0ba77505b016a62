"""`flowengine run` of every flow that ships: what it tells, and what it keeps to itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from commands import RUNNABLE, WITHOUT_PASSKEYS, flowengine

from flowengine.replay import Cassette

PASSWORD = "Staple-7"
LONG_SECRET = re.compile(r"eyJ[\w-]+\.|[A-Z2-7]{32}|otpauth:")
"""The beginning of a token, and a secret for an authenticator app."""


@pytest.mark.parametrize("name", RUNNABLE)
def test_run_signs_in(name: str, tmp_path: Path) -> None:
    """Every shipped flow that declares a pool ends signed in, with a verified token, and its cassette replays."""
    result = flowengine("run", name, "--json", "--record", "walk.yaml", cwd=tmp_path)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.returncode, result.stderr) == (0, "")
    assert (lines[-1]["state"], lines[-1]["verified"], lines[-1]["claims"]["token_use"]) == ("signed_in", True, "id")
    assert [line["error"] for line in lines[1:-1]] == [None] * (len(lines) - 2)
    replayed = flowengine("replay", "walk.yaml", "--json", cwd=tmp_path)
    calls = sum(len(line["calls"]) for line in lines[1:-1])
    assert json.loads(replayed.stdout) == {
        "cassette": "walk.yaml",
        "ok": True,
        "steps": calls,
        "state": "signed_in",
        "parting": None,
    }


@pytest.mark.parametrize("name", RUNNABLE)
def test_run_keeps_secrets(name: str, tmp_path: Path) -> None:
    """Neither what people read nor the cassette holds a password, a token, an app's secret or a passkey."""
    told = flowengine("run", name, "--record", "walk.yaml", cwd=tmp_path).stdout
    cassette = (tmp_path / "walk.yaml").read_text()
    assert PASSWORD not in told + cassette
    assert LONG_SECRET.search(told + cassette) is None
    assert "clientDataJSON" not in told
    codes = re.findall(r"(?:code|password) (?:is )?(\d{6}|\S*[a-z]\S*[#!]\S*)\.", told)
    assert [code for code in codes if code in cassette] == []
    assert Cassette.from_yaml(cassette).to_yaml() == cassette


def test_run_shows_the_invitation(tmp_path: Path) -> None:
    """Where administrators create the users, the walk begins with what the person received; the cassette lacks it."""
    told = flowengine("run", "admin-created-user", "--record", "walk.yaml", cwd=tmp_path).stdout
    invitation = re.search(r"EMAIL to jo@example.com: Your username is jo and temporary password is (\S+)\.\n", told)
    assert invitation is not None
    assert told.index(invitation.group()) < told.index("1. sign_in  username jo, password ********\n")
    assert invitation.group(1) not in (tmp_path / "walk.yaml").read_text()


def test_run_without_passkeys_says_what_to_install() -> None:
    """Where the extra is not installed, the walk ends with one line that names it."""
    result = flowengine("run", "passkey", before=WITHOUT_PASSKEYS)
    assert result.returncode == 1
    assert result.stderr == ("flowengine: passkeys need the extra of this name: pip install 'flowengine[passkeys]'\n")
    assert "4. register_passkey" in result.stdout


def test_run_takes_a_file_without_a_suffix(tmp_path: Path) -> None:
    """A file that is there is walked, whatever its name ends in."""
    (tmp_path / "login").write_text("flowengine: 1\nname: login\nextends: phone-username\n")
    assert flowengine("run", "login", cwd=tmp_path).returncode == 0
