"""The command line as its users meet it: in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from commands import flowengine

import flowengine as fe
from flowengine.library import shipped_names

PASSWORD = "Staple-7"


def test_run_tells_the_walk() -> None:
    """People read the event, the call, the outcome, the new state and what the phone received; no password."""
    result = flowengine("run", "phone-sms-mfa")
    assert "1. sign_up  username +15555550100, password ********" in result.stdout
    assert "SignUp answers UNCONFIRMED: signed_out -> unconfirmed" in result.stdout
    assert "SMS to +15555550100: Your verification code is " in result.stdout
    assert "RespondToAuthChallenge answers TOKENS: mfa_challenge -> signed_in" in result.stdout
    assert "phone_number_verified: True" in result.stdout
    assert PASSWORD not in result.stdout + result.stderr


def test_run_switches_mfa_on_where_it_is_optional() -> None:
    """The walk of an optional MFA flow shows a user who switches it on and is challenged afterwards."""
    lines = [json.loads(line) for line in flowengine("run", "sms-mfa-optional", "--json").stdout.splitlines()]
    events = [line["event"] for line in lines if "event" in line]
    assert events == ["sign_up", "confirm", "sign_in", "enable_sms_mfa", "sign_out", "sign_in", "answer"]


def test_run_draws_codes_from_its_seed() -> None:
    """Equal seeds give equal walks, other seeds others."""
    first, again, other = (flowengine("run", "phone-sms-mfa", "--seed", seed).stdout for seed in ("3", "3", "4"))
    assert first == again
    assert first != other


def test_run_interactively(tmp_path: Path) -> None:
    """The person at the terminal chooses and types; a mistake is told and asked again; a wrong code is no end."""
    typed = ["sign_up", "no-number", PASSWORD, "", "", "sign_up", "+15555550100", PASSWORD, "", ""]
    typed += ["confirm", "000000", "(stop)"]
    result = flowengine("run", "phone-sms-mfa", "--interactive", text="\n".join(typed) + "\n", cwd=tmp_path)
    assert result.returncode == 1
    assert "sign_up: username is not a phone number in E.164 form, such as +15555550100" in result.stderr
    assert "CodeMismatchException: Invalid verification code provided" in result.stdout
    assert "ended in unconfirmed, without tokens" in result.stdout


def test_run_interactively_to_the_end_of_input() -> None:
    """An end of input aborts without a traceback."""
    result = flowengine("run", "phone-sms-mfa", "--interactive", text="sign_up\n")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr


def test_record_and_replay(tmp_path: Path) -> None:
    """A recorded walk replays, and holds neither the password nor a code nor the phone number."""
    recorded = flowengine("run", "phone-sms-mfa", "--record", "walk.yaml", "--json", cwd=tmp_path)
    texts = [
        message["text"] for line in recorded.stdout.splitlines() for message in json.loads(line).get("received", [])
    ]
    cassette = (tmp_path / "walk.yaml").read_text()
    result = flowengine("replay", "walk.yaml", cwd=tmp_path)
    assert (result.stdout, result.returncode) == ("walk.yaml: 4 steps as recorded, to signed_in\n", 0)
    assert len(texts) == 2
    assert not [secret for secret in (PASSWORD, "+15555550100", *(text[-6:] for text in texts)) if secret in cassette]


def test_replay_says_where_a_walk_parts(tmp_path: Path) -> None:
    """A changed flow is told with the step, and exits 1."""
    flowengine("run", "phone-sms-mfa", "--record", "walk.yaml", cwd=tmp_path)
    confirm = "{to: {CONFIRMED: signed_out}}"
    head = "{flowengine: 1, name: phone-sms-mfa, extends: phone-sms-mfa"
    changed = f"{head}, states: {{unconfirmed: {{on: {{confirm: {confirm}}}}}}}}}"
    (tmp_path / "changed.yaml").write_text(changed)
    result = flowengine("replay", "walk.yaml", "--flow", "changed.yaml", "--json", cwd=tmp_path)
    parted = json.loads(result.stdout)
    assert result.returncode == 1
    assert (parted["ok"], parted["parting"]["step"]) == (False, 2)
    assert parted["parting"]["reason"] == "CONFIRMED leads to signed_out, and confirmed was recorded"


@pytest.mark.parametrize("content", [None, "", "[1, 2", "cassette: 2\n", "cassette: 1\nflow: x\n"])
def test_replay_refuses_what_is_no_cassette(tmp_path: Path, content: str | None) -> None:
    """A missing, broken or foreign file is one message and exit 1."""
    if content is not None:
        (tmp_path / "walk.yaml").write_text(content)
    result = flowengine("replay", "walk.yaml", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("flowengine: walk.yaml")
    assert "Traceback" not in result.stderr


def test_check_finds_nothing_in_what_ships() -> None:
    """The shipped flows are fine."""
    result = flowengine("check", *shipped_names())
    assert (result.returncode, result.stderr) == (0, f"{len(shipped_names())} checked: 0 errors, 0 warnings\n")


def test_check_lists_every_problem_with_its_place(tmp_path: Path) -> None:
    """A missing route, a misspelt state and a broken template are all told, each where it stands."""
    source = Path(fe.__file__).parent / "specs"
    source = source if source.is_dir() else source.parent.parent / "specs"
    standard = (source / "standard.yaml").read_text().replace("    SMS_MFA: mfa_challenge\n", "")
    broken = standard.replace("{after: 24h, to: signed_out}", "{after: 24h, to: signed_uot}")
    phone = (source / "phone-sms-mfa.yaml").read_text().replace("verification code is {####}", "code is {###}")
    (tmp_path / "standard.yaml").write_text(broken)
    (tmp_path / "phone-sms-mfa.yaml").write_text(phone)
    result = flowengine("check", "phone-sms-mfa.yaml", "--json", cwd=tmp_path)
    problems = [json.loads(line) for line in result.stdout.splitlines()][:-1]
    found = {problem["code"]: (problem["file"], problem["line"] > 0, problem["column"] > 0) for problem in problems}
    assert result.returncode == 1
    assert found == {
        "missing-route": ("standard.yaml", True, True),
        "unknown-state": ("standard.yaml", True, True),
        "verification-sms-message-code": ("phone-sms-mfa.yaml", True, True),
    }


def test_check_prints_problems_for_people(tmp_path: Path) -> None:
    """A problem is a line with its place, and a hint."""
    (tmp_path / "login.yaml").write_text("flowengine: 1\nname: login\nextends: standard\nstats: {}\n")
    result = flowengine("check", "login.yaml", cwd=tmp_path)
    assert result.stdout == (
        "login.yaml:4:1: error: the spec: unknown key 'stats' [unknown-key]\n    did you mean 'states'?\n"
    )
    assert (result.returncode, result.stderr) == (1, "1 checked: 1 error, 0 warnings\n")


def test_check_tells_warnings_and_exits_fine(tmp_path: Path) -> None:
    """Settings that strand some users are warnings."""
    (tmp_path / "login.yaml").write_text("flowengine: 1\nname: login\nextends: standard\npool: {}\n")
    result = flowengine("check", "login.yaml", cwd=tmp_path)
    assert result.returncode == 0
    assert "login.yaml:4:7: warning: pool.verification.auto_verified_attributes" in result.stdout


def test_check_reads_absolute_paths_without_a_suffix(tmp_path: Path) -> None:
    """Anything that is no shipped name is a path."""
    result = flowengine("check", str(tmp_path))
    assert result.stdout.startswith(f"{tmp_path}:1:1: error: {tmp_path} is not a file [unreadable]")


def test_replay_of_a_flow_of_ones_own_asks_for_it(tmp_path: Path) -> None:
    """A cassette of a flow that does not ship names it, and replays with its file."""
    head = "flowengine: 1\nname: login\nextends: phone-sms-mfa\n"
    (tmp_path / "login.yaml").write_text(head)
    assert flowengine("run", "login.yaml", "--record", "walk.yaml", cwd=tmp_path).returncode == 0
    told = flowengine("replay", "walk.yaml", cwd=tmp_path)
    assert told.stderr == "flowengine: walk.yaml: recorded from the flow 'login'; name its file with --flow\n"
    assert flowengine("replay", "walk.yaml", "--flow", "login.yaml", cwd=tmp_path).returncode == 0


def test_run_of_a_flow_that_gets_nowhere_ends(tmp_path: Path) -> None:
    """A person who is sent round in circles gives up."""
    loop = "{confirmed: {on: {sign_in: {to: {TOKENS: confirmed}}}}}"
    spec = f"{{flowengine: 1, name: loop, extends: phone-username-sms-verification, states: {loop}}}"
    (tmp_path / "loop.yaml").write_text(spec)
    result = flowengine("run", "loop.yaml", cwd=tmp_path)
    assert result.returncode == 1
    assert "ended in confirmed" in result.stdout


@pytest.mark.parametrize(
    "arguments", [["run", "--help"], ["check", "--help"], ["replay", "--help"], ["table", "--help"]]
)
def test_help_of_a_command_imports_no_sdk(arguments: list[str]) -> None:
    """Help never waits for an SDK."""
    code = f"import sys\nfrom flowengine.cli import cli\ntry:\n    cli({arguments})\nfinally:\n    print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"aioboto3", "botocore"} & set(result.stdout.split()) == set()


def test_full_disk_is_told() -> None:
    """Output that cannot be written is one message."""
    command = [sys.executable, "-c", "from flowengine.cli import main; main()", "run", "phone-sms-mfa"]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 1
    assert "flowengine: cannot write: No space left on device" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["run"], 2, "Missing argument 'FLOW'"),
        (["run", "standard"], 2, "standard declares no pool"),
        (["run", "phone-sms"], 1, "did you mean 'phone-sms-mfa'?"),
        (["run", "missing.yaml"], 1, "cannot read missing.yaml: No such file or directory"),
        (["run", "phone-sms-mfa", "--region", "eu-west-1"], 2, "a real pool needs --user-pool-id, --client-id and"),
        (["run", "phone-sms-mfa", "--record", "no/such/folder/walk.yaml"], 2, "there is no folder for no/such/folder/"),
        (["check"], 2, "Missing argument 'SPEC...'"),
        (["check", "nonsense"], 1, ""),
        (["replay"], 2, "Missing argument 'CASSETTE...'"),
        (
            ["nonsense"],
            2,
            "No such command 'nonsense'. Commands: check, explore, init, pool, pools, replay, run, sms, table.",
        ),
    ],
)
def test_misuse_is_told(arguments: list[str], status: int, message: str, tmp_path: Path) -> None:
    """Misuse exits with 2 and a bad file with 1, each with a message and without a traceback."""
    result = flowengine(*arguments, cwd=tmp_path)
    assert result.returncode == status
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_run_on_a_pool_that_cannot_be_reached() -> None:
    """A Region that does not exist is told, and the walk can be stopped."""
    pool = ["--user-pool-id", "xx-nowhere-1_abcdefghi", "--client-id", "abc", "--region", "xx-nowhere-1"]
    typed = ["sign_in", "jo", PASSWORD, "(stop)"]
    result = flowengine("run", "phone-sms-mfa", *pool, text="\n".join(typed) + "\n")
    assert result.returncode == 1
    assert "xx-nowhere-1 cannot be reached" in result.stderr
    assert "Traceback" not in result.stderr


def test_help_loads_no_command() -> None:
    """`--help` lists the commands without importing one, attrs or an SDK."""
    code = "import sys\nfrom flowengine.cli import cli\ntry:\n    cli(['--help'])\nfinally:\n    print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"attr", "aioboto3", "botocore", "structlog", "transitions", "ruamel.yaml", "flowengine.cli.run"}
    assert "run      Walk a flow, on the embedded user pool or on a real one." in result.stdout
    assert heavy & set(result.stdout.split()) == set()
