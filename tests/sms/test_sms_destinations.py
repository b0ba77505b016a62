"""`flowengine sms destination`, on the embedded account that a file keeps."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sms_commands import in_a_process, sms

import flowengine as fe
from flowengine.cli.embedded_account import FILE
from flowengine.simulator.cloud import Cloud

NUMBER = "+4915112345678"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without an account."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def added(*options: str) -> str:
    """Add the number, and return the code that its phone would show."""
    result = sms("destination", "add", NUMBER, "--simulate", *options)
    assert result.exit_code == 0, result.output
    found = re.match(rf"SMS to {re.escape(NUMBER)}, on the embedded account: the code is (\d+)\n", result.stdout)
    assert found is not None
    return found[1]


def test_number_is_added_and_then_verified() -> None:
    """The code of one run verifies the number in the next, and a check of the account knows of it."""
    check = ("check", "--simulate", "kept", "--to", NUMBER)
    assert sms(*check).exit_code == 1
    code = added()
    assert sms("destination", "list", "--simulate").stdout == f"{NUMBER}  waits for its code\n"
    assert sms(*check).exit_code == 1
    verified = sms("destination", "verify", NUMBER, "--code", code, "--simulate")
    assert (verified.exit_code, verified.stdout) == (0, f"{NUMBER} is verified: the sandbox may send to it\n")
    assert json.loads(sms("destination", "list", "--simulate", "--json").stdout) == {"number": NUMBER, "verified": True}
    assert sms(*check).exit_code == 0


def test_next_command_is_told() -> None:
    """The command to type next is about the same account."""
    told = f"Verify it with: flowengine sms destination verify {NUMBER} --region eu-west-1 --simulate\n"
    assert told in sms("destination", "add", NUMBER, "--simulate", "--region", "eu-west-1").stdout


def test_code_is_asked_for() -> None:
    """Without --code, the code is asked for; the latest one counts."""
    first = added()
    second = added()
    wrong = sms("destination", "verify", NUMBER, "--simulate", text=f"{first}\n")
    assert isinstance(wrong.exception, fe.FlowEngineError)
    assert "the code is wrong or too old" in str(wrong.exception)
    assert sms("destination", "verify", NUMBER, "--simulate", text=f"12\n{second}\n").exit_code == 0


def test_regions_have_their_own_numbers() -> None:
    """A number is known to the sandbox of one Region alone."""
    added("--region", "eu-west-1")
    here = sms("destination", "list", "--simulate")
    assert (here.stdout, here.stderr) == ("", "the sandbox of us-east-1 has no numbers\n")
    assert sms("destination", "list", "--simulate", "--region", "eu-west-1").stdout.startswith(NUMBER)


def test_number_is_removed_a_day_later(folder: Path) -> None:
    """The clock of the embedded account stands still, so the day that AWS demands passes at once."""
    added()
    before = Cloud.from_json((folder / FILE).read_text()).clock.now()
    removed = sms("destination", "remove", NUMBER, "--simulate")
    assert (removed.stdout, removed.stderr) == (
        f"{NUMBER} is removed from the sandbox\n", "a day passes on the embedded account\n"
    )  # fmt: skip
    again = sms("destination", "remove", NUMBER, "--simulate")
    assert f"ResourceNotFound: {NUMBER} is not in the sandbox" in str(again.exception)
    assert Cloud.from_json((folder / FILE).read_text()).clock.now() == before + 24 * 60 * 60


@pytest.mark.parametrize("arguments", [["check", "--simulate", "kept"], ["destination", "list", "--simulate"]])
def test_asking_keeps_nothing(folder: Path, arguments: list[str]) -> None:
    """What only asks makes no account."""
    sms(*arguments)
    assert not (folder / FILE).exists()


def test_simulated_account_has_no_profile() -> None:
    """A profile is one of AWS's."""
    result = sms("destination", "add", NUMBER, "--simulate", "--profile", "work")
    assert (result.exit_code, "no profile belongs to" in result.stderr) == (2, True)


def test_pool_of_the_kept_account(folder: Path) -> None:
    """A pool of the account that is kept can be checked for its SMS."""
    cloud = Cloud()
    role = cloud.add_sms_role(external_id="shop")
    sms_configuration = {"SnsCallerArn": role, "ExternalId": "shop"}
    made = cloud.handle("CreateUserPool", {"PoolName": "shop", "SmsConfiguration": sms_configuration})
    (folder / FILE).write_text(cloud.to_json())
    result = sms("check", "--simulate", "kept", "--pool-id", made["UserPool"]["Id"], "--json")
    verdicts = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["verdict"] for one in verdicts if one.get("subject") in ("pool", "role", "external id")] == ["ok"] * 3


def test_sandbox_without_a_verified_number() -> None:
    """A sandbox without a verified number reaches nobody, whomever one asks about."""
    added()
    nobody = sms("check", "--simulate", "kept")
    assert (nobody.exit_code, nobody.stderr) == (1, "no SMS reaches a phone from us-east-1\n")
    assert "next: flowengine sms destination add NUMBER --region us-east-1; or ask" in nobody.stdout


@pytest.mark.parametrize("before", ["", "import sys; sys.stdin = None\n"])
def test_nobody_types_the_code(before: str) -> None:
    """Where nobody can be asked for the code, it is said which option takes it; questions are no results."""
    added()
    result = in_a_process("sms", "destination", "verify", NUMBER, "--simulate", before=before)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.endswith(": give it with --code\n")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("path", [("description", "Policies"), ("description", "EmailConfiguration"), ("users",)])
def test_account_with_a_pool_that_makes_no_sense(folder: Path, path: tuple[str, ...]) -> None:
    """Damage within a pool is told, too."""
    cloud = Cloud()
    cloud.handle("CreateUserPool", {"PoolName": "shop"})
    header, pool, *others = map(json.loads, cloud.to_json().splitlines())
    block = pool["record"]
    for name in path[:-1]:
        block = block[name]
    block[path[-1]] = None
    (folder / FILE).write_text("".join(f"{json.dumps(line)}\n" for line in (header, pool, *others)))
    result = sms("destination", "list", "--simulate")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {FILE} is no embedded account: ")
