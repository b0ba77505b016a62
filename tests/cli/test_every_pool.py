"""`flowengine check --every-pool`: one spec against many pools, and what is told of it."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from flowengine.cli.every_pool import check_every_pool
from flowengine.compile import walk
from flowengine.library import read
from flowengine.settings import Mfa, PoolSettings, parse_pool, pool_name, valid_clients
from flowengine.settings.variants import EVERY_FLOW
from flowengine.spec import FlowSpec, parse, read_spec

TINY: Final = """\
flowengine: 1
name: tiny
initial: out
states:
  out:
    meaning: signed_out
    on:
      sign_in:
        action: initiate_auth
        with: {auth_flow: USER_PASSWORD_AUTH}
        to:
          TOKENS: in
          NEW_PASSWORD_REQUIRED: out
          UNKNOWN_CHALLENGE: out
          UserNotConfirmedException: out
          PasswordResetRequiredException: out
  in: {meaning: signed_in}
"""
"""A flow that forgets MFA and devices, and cannot go on where a new password is due."""

OFF: Final = PoolSettings(client=EVERY_FLOW)
OPTIONAL: Final = attrs.evolve(OFF, mfa=Mfa(mode="optional", factors=("sms",)))
REQUIRED: Final = attrs.evolve(OFF, mfa=Mfa(mode="required", factors=("sms",)))


def tiny() -> FlowSpec:
    """Return the tiny spec."""
    spec, _problems = read_spec(parse(TINY, "tiny.yaml").root)
    assert spec is not None
    return spec


def told(capsys: pytest.CaptureFixture[str], *pools: PoolSettings) -> list[dict[str, Any]]:
    """Return what programs are told of the tiny spec in these pools."""
    check_every_pool(tiny(), pools=pools, as_json=True)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_sound_spec_is_fine(capsys: pytest.CaptureFixture[str]) -> None:
    """A spec that serves all pools is told of in one line, and nothing else is written."""
    result = check_every_pool(read("standard"), pools=[OFF], as_json=False)
    output = capsys.readouterr()
    assert output.out.startswith(f"standard: fine in 1 pool and {result.variants} variants of them, by ")
    assert (len(output.out.splitlines()), output.err, result.problems) == (1, "", {})


def test_problem_names_the_first_pool_that_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    """A problem of many pools is told once, and people read in which pool it came up."""
    check_every_pool(tiny(), pools=[OFF, OPTIONAL, REQUIRED], as_json=False)
    lines = capsys.readouterr().out.splitlines()
    (place,) = [number for number, line in enumerate(lines) if "no route for SMS_MFA" in line]
    assert lines[place].startswith("tiny.yaml:12:11: states.out.on.sign_in: no route for SMS_MFA, ")
    assert f"    in the pool: {pool_name(OPTIONAL)}" in lines[place + 1 : place + 3]
    assert lines[-1].startswith(f"tiny: {sum('in the pool: ' in line for line in lines)} problems in 3 pools and ")


def test_problems_are_told_to_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """With --json each problem is an object, and its pool can be compiled for to see it again."""
    *problems, _totals = told(capsys, OFF, REQUIRED)
    assert {problem["code"] for problem in problems} == {"challenge-unanswered", "missing-route", "no-goal"}
    for problem in problems:
        found = walk(tiny(), parse_pool(problem["pool"])).problems
        assert (problem["code"], problem["message"]) in {(each.code, each.message) for each in found}


def test_last_line_has_the_totals(capsys: pytest.CaptureFixture[str]) -> None:
    """With --json the last object counts what was tried and what was found."""
    *problems, totals = told(capsys, OFF, OPTIONAL)
    assert totals.pop("seconds") >= 0
    assert 2 < totals.pop("walks") < totals["variants"]
    assert "mfa.mode" in totals.pop("settings_read")
    assert totals == {"spec": "tiny", "pools": 2, "variants": totals["variants"], "problems": len(problems)}


def test_each_mfa_setting_is_tried_with_every_other_setting(capsys: pytest.CaptureFixture[str]) -> None:
    """One pool of each setting of MFA is tried with every client, so two settings have the variants of both."""
    off, optional, both = (told(capsys, *pools)[-1]["variants"] for pools in ((OFF,), (OPTIONAL,), (OFF, OPTIONAL)))
    assert both == off + optional
    assert min(off, optional) > len(list(valid_clients()))


def test_variants_find_what_no_pool_shows(capsys: pytest.CaptureFixture[str]) -> None:
    """What only a device setting or another client brings about is found, and named with that setting."""
    pools = {problem["message"]: problem["pool"] for problem in told(capsys, OFF)[:-1]}
    (device,) = [pool for message, pool in pools.items() if "no route for TOKENS_ON_NEW_DEVICE" in message]
    assert device.startswith("devices.remembered=always client.")
    assert not parse_pool(pools["no state that means signed_in can be reached"]).client.allows("USER_PASSWORD_AUTH")


class Terminal(io.StringIO):
    """A text that takes itself for a terminal."""

    def isatty(self) -> bool:
        """Tell that someone watches."""
        return True


@pytest.mark.parametrize(("stream", "shown"), [(Terminal(), True), (io.StringIO(), False)])
def test_progress_is_for_terminals(stream: io.StringIO, *, shown: bool) -> None:
    """The progress is shown on a terminal, and anything else on standard error stays empty."""
    with contextlib.redirect_stderr(stream):
        check_every_pool(tiny(), pools=[OFF], as_json=True)
    written = stream.getvalue()
    assert ("tiny: pools" in written, "tiny: variants" in written) == (shown, shown)
    assert bool(written) is shown


def test_command_tries_every_pool(tmp_path: Path) -> None:
    """The command goes through every valid pool, and a problem makes the status 1."""
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    command = [sys.executable, "-c", "from flowengine.cli import main; main()", "check", "--every-pool", "--json"]
    result = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    *problems, totals = map(json.loads, result.stdout.splitlines())
    assert (result.returncode, result.stderr) == (1, "")
    assert (totals["pools"], totals["problems"]) == (407_946, len(problems))
    assert {"no route for SMS_MFA", "no route for EMAIL_OTP"} < {
        problem["message"].partition(": ")[2].partition(",")[0] for problem in problems
    }
