"""`flowengine table`: a flow as tables, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from click.testing import CliRunner, Result
from commands import flowengine

from flowengine.cli.table import command

EVERY_STATE_OF_SIGN_IN = {"signed_out", "confirmed", "mfa_challenge", "passkey_challenge"}


def table(*arguments: str) -> Result:
    """Run the command."""
    result = CliRunner().invoke(command, arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return result


def as_object(flow: str) -> dict[str, Any]:
    """Return a flow as programs read it."""
    found: dict[str, Any] = json.loads(table(flow, "--json").stdout)
    return found


def test_every_challenge_of_the_service_is_answered() -> None:
    """The flow for any pool answers each challenge of the installed service model, but the one it lists for itself."""
    model = Loader().load_service_model("cognito-idp", "service-2", "2016-04-18")
    named = set(model["shapes"]["ChallengeNameType"]["enum"])
    assert {row["challenge"] for row in as_object("standard")["challenges"]} == named


def test_challenges_for_programs() -> None:
    """A row says which event of which state answers a challenge, and with which fields; optional ones have a mark."""
    rows = [row for row in as_object("standard")["challenges"] if row["state"] == "factor_selection"]
    assert {
        "challenge": "SELECT_CHALLENGE",
        "state": "factor_selection",
        "event": "answer",
        "fields": ["answer", "password?", "device?"],
    } in rows
    proofs = [row for row in rows if row["challenge"] == "PASSWORD_VERIFIER" and row["event"] == "answer"]
    assert [row["fields"] for row in proofs] == [["password"]]


def test_events_for_programs() -> None:
    """A row says what an event does where, and to which state each outcome leads; within a chain, to the challenge."""
    rows = as_object("phone-sms-mfa")["events"]
    (answer,) = [row for row in rows if (row["state"], row["event"]) == ("mfa_challenge", "answer") and row["pending"]]
    assert (answer["pending"], answer["action"], answer["fields"]) == ("SMS_MFA", "respond_to_auth_challenge", ["code"])
    assert (answer["leads_to"]["TOKENS"], answer["leads_to"]["SESSION_USED"]) == ("signed_in", "signed_out")
    assert "CodeMismatchException" not in answer["leads_to"]
    chained = next(row for row in as_object("standard")["events"] if row["event"] == "sign_in_with_srp")
    assert chained["leads_to"]["PASSWORD_VERIFIER"] == "(PASSWORD_VERIFIER)"


def test_tables_for_people() -> None:
    """People read Markdown: the flow's name and summary, and two tables whose rows are as wide as their heads."""
    text = table("phone-sms-mfa").stdout
    assert text.startswith("# phone-sms-mfa\n\nA phone number is the username")
    assert "| SMS_MFA | mfa_challenge | answer | code |" in text
    assert "| unconfirmed |  | resend | resend_confirmation_code |  | ALREADY_CONFIRMED → confirmed, " in text
    challenges, events = (part.split("\n\n")[1].splitlines() for part in text.split("\n## ")[1:])
    assert {line.count("|") for line in challenges} == {5}
    assert {line.count("|") for line in events} == {7}


def test_states_that_answer_alike_share_a_row() -> None:
    """For people, a challenge that the same event answers in many states is one row that names them all."""
    rows = [
        line.split(" | ") for line in table("standard").stdout.splitlines() if line.startswith("| PASSWORD_VERIFIER")
    ]
    states = {row[2]: set(row[1].split(", ")) for row in rows}
    assert states["sign_in_with_srp"] >= EVERY_STATE_OF_SIGN_IN
    assert len(rows) == len(states)


@pytest.mark.parametrize("as_json", [(), ("--json",)])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot read flow.yaml: No such file or directory"),
        ("flowengine: 1\nname: x\nextends: standard\nstats: {}\n", "unknown key 'stats'"),
        ("flowengine: 1\nname: x\nextends: standard\npool: {mfa: {mode: required}}\n", "pool.mfa"),
    ],
)
def test_broken_spec_is_told(tmp_path: Path, text: str | None, message: str, as_json: tuple[str, ...]) -> None:
    """What cannot be compiled has no table: its problems go to standard error."""
    if text is not None:
        (tmp_path / "flow.yaml").write_text(text)
    result = flowengine("table", "flow.yaml", *as_json, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr
