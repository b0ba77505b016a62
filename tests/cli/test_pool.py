"""`flowengine pool`, on the embedded account that a file keeps."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from answering import answering
from click.testing import CliRunner, Result
from commands import flowengine

import flowengine as fe
from flowengine.cli.pool import command
from flowengine.simulator.cloud import Cloud

SPEC = """\
flowengine: 1
name: login
extends: standard
pool:
  verification: {auto_verified_attributes: [email]}
"""
WITH_MFA = f"{SPEC}  mfa: {{mode: required, factors: [sms]}}\n"
WITH_ALIAS = f"{SPEC}  sign_in: {{alias_attributes: [email]}}\n"
ACCOUNT = "flowengine-account.jsonl"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with specs."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"login": SPEC, "mfa": WITH_MFA, "alias": WITH_ALIAS}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def pool(*arguments: str, text: str = "") -> Result:
    """Run a command of `flowengine pool` on the embedded account, in this process."""
    return CliRunner().invoke(command, [*arguments, "--simulate"], input=text, catch_exceptions=True)


def pools(folder: Path) -> dict[str, Any]:
    """Return the pools of the account."""
    return Cloud.from_json((folder / ACCOUNT).read_text()).state.pools


def made(spec: str = "login.yaml") -> str:
    """Make a pool, and return its id."""
    result = pool("apply", spec, "--yes")
    assert result.exit_code == 0
    found = re.search(r"--pool-id (\S+)", result.stdout)
    assert found is not None
    return found.group(1)


def test_from_spec_to_pool(folder: Path) -> None:
    """Plan, apply and check; the account outlives each command."""
    assert pool("plan", "login.yaml").exit_code == 0
    assert not (folder / ACCOUNT).exists()
    pool_id = made()
    assert pool("plan", "login.yaml", "--pool-id", pool_id).stdout == f"{pool_id}: nothing to change\n"
    assert pool("check", "login.yaml", "--pool-id", pool_id).exit_code == 0
    drifted = pool("check", "mfa.yaml", "--pool-id", pool_id, "--json")
    lines = [json.loads(line) for line in drifted.stdout.splitlines()]
    assert drifted.exit_code == 1
    assert {line["setting"] for line in lines if line.get("code") == "drift"} >= {"mfa.mode", "mfa.factors"}
    assert pool("apply", "mfa.yaml", "--pool-id", pool_id, "--yes").exit_code == 0
    assert pool("check", "mfa.yaml", "--pool-id", pool_id).exit_code == 0


def test_apply_asks(folder: Path) -> None:
    """Without a yes, nothing is done."""
    assert pool("apply", "login.yaml", text="n\n").exit_code == 1
    assert not (folder / ACCOUNT).exists()
    assert pool("apply", "login.yaml", text="y\n").exit_code == 0
    assert len(pools(folder)) == 1


def test_second_pool_of_a_name(folder: Path) -> None:
    """A second pool of the same name is warned of, is not made by --yes, and is by a yes."""
    pool_id = made()
    warned = pool("plan", "login.yaml")
    assert f"a pool with this name exists already ({pool_id})" in warned.stdout
    refused = pool("apply", "login.yaml", "--yes")
    assert refused.exit_code == 1
    assert "[pool-exists]" in str(refused.exception)
    assert pool("apply", "login.yaml", text="y\n").exit_code == 0
    assert len(pools(folder)) == 2


def test_apply_a_plan(folder: Path) -> None:
    """A plan that was written is applied, and tells how far it has come."""
    pool_id = made()
    (folder / "plan.json").write_text(pool("plan", "mfa.yaml", "--pool-id", pool_id, "--json").stdout)
    applied = pool("apply", "plan.json", "--yes", "--json")
    assert [json.loads(line)["done"] for line in applied.stdout.splitlines()] == [0, 1, 2]
    assert "mfa.mode: off -> required" in applied.stderr
    (folder / "plan.json").write_text("{}")
    assert "[not-a-plan]" in str(pool("apply", "plan.json", "--yes").exception)
    assert pool("apply", "none.json").exit_code == 1


def test_new_pool_is_needed(folder: Path) -> None:
    """What needs a new pool is refused; with --replace and the pool's name, one takes its place."""
    pool_id = made()
    refused = pool("apply", "alias.yaml", "--pool-id", pool_id, "--yes")
    assert refused.exit_code == 1
    assert "sign_in.alias_attributes needs a new pool" in refused.stdout
    replacing = ("apply", "alias.yaml", "--pool-id", pool_id, "--replace", "--yes")
    wrong = pool(*replacing, text="something\n")
    assert "[deletion-unconfirmed]" in str(wrong.exception)
    assert [*pools(folder)] == [pool_id]
    replaced = pool(*replacing, text="login\n")
    assert replaced.exit_code == 0
    assert replaced.stdout.splitlines()[-2] == "3/3 DeleteUserPool"
    assert len(pools(folder)) == 1
    gone = pool("check", "login.yaml", "--pool-id", pool_id)
    assert "[pool-gone]" in str(gone.exception)


def test_pool_with_a_domain(folder: Path) -> None:
    """A pool whose domain has to be deleted first is not replaced, nor asked about, and nothing is made."""
    pool_id = made()
    cloud = Cloud.from_json((folder / ACCOUNT).read_text())
    cloud.state.pools[pool_id].description["Domain"] = "shop"
    (folder / ACCOUNT).write_text(cloud.to_json())
    refused = pool("apply", "alias.yaml", "--pool-id", pool_id, "--replace", "--yes", text="login\n")
    assert (refused.exit_code, refused.stderr) == (1, "")
    assert "error: the pool has the domain shop, which has to be deleted first" in refused.stdout
    assert [*pools(folder)] == [pool_id]


@pytest.mark.parametrize(("times", "status"), [(3, 0), (4, 1)])
def test_throttled_plan(folder: Path, times: int, status: int) -> None:
    """A few throttled reads do not stop a plan, and more of them end it with a message."""
    pool_id = made()
    cloud = Cloud.from_json((folder / ACCOUNT).read_text())
    cloud.fail_next("GetUserPoolMfaConfig", "throttled", times=times)
    (folder / ACCOUNT).write_text(cloud.to_json())
    result = flowengine("pool", "plan", "login.yaml", "--pool-id", pool_id, "--simulate", cwd=folder)
    told = (
        "flowengine: GetUserPoolMfaConfig was tried 4 times, and each time too many calls were made: Too many requests "
        "[throttled]\n    hint: wait a minute, then run the command again: what is done already is found, and "
        "not done twice\n"
    )
    assert (result.returncode, result.stderr) == (status, told if status else "")


@pytest.mark.parametrize("form", ["cloudformation", "terraform"])
def test_other_tools(folder: Path, form: str) -> None:
    """An output for another tool needs no account."""
    result = CliRunner().invoke(command, ["plan", str(folder / "mfa.yaml"), "--format", form])
    assert result.exit_code == 0
    assert "sms" in json.dumps(json.loads(result.stdout)).lower()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["check", "login.yaml"], 2, "--pool-id says which pool to check"),
        (["plan", "standard"], 2, "standard declares no pool"),
        (["plan", "login.yaml", "--trigger", "pre_sign_up"], 2, "'pre_sign_up' is not NAME=ARN"),
        (["plan", "login.yaml", "--trigger", "pre_signup=arn"], 2, "'pre_signup' is no trigger that the spec declares"),
        (["plan", "login.yaml", "--format", "pulumi"], 2, "'pulumi' is not one of"),
        (["plan", "login.yaml", "--format", "terraform", "--json"], 2, "leave out --pool-id and --json"),
        (["plan", "login.yaml", "--pool-id", "nonsense"], 2, "'nonsense' is no id of a user pool, such as eu-west-1_"),
        (["apply", "login.yaml", "--yes", "--pool-id", ""], 2, "it is empty: give a value, or leave the option out"),
        (["apply", "login.yaml", "--yes", "--region", " "], 2, "it is empty: give a value, or leave the option out"),
        (["apply", "login.yaml", "--yes", "--client-id", "abc"], 2, "--client-id is about a pool that exists"),
        (["apply", "login.yaml", "--yes", "--replace"], 2, "--replace is about a pool that exists"),
        (["apply", "login.yaml", "--yes", "--profile", "work"], 2, "which no profile belongs to"),
        (["apply", "none.json", "--yes"], 1, "cannot read none.json: No such file or directory"),
    ],
)
def test_misuse(folder: Path, arguments: list[str], status: int, message: str) -> None:
    """Misuse is told before anything is called."""
    result = pool(*arguments)
    assert (result.exit_code, message in result.stderr) == (status, True)
    assert not (folder / ACCOUNT).exists()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--pool-id", "us-east-1_another"], "--pool-id"),
        (["--region", "eu-west-1", "--name", "other", "--replace"], "--region, --name, --replace"),
        (["--trigger", "pre_sign_up=arn"], "--trigger"),
    ],
)
def test_plan_says_otherwise(folder: Path, options: list[str], named: str) -> None:
    """A plan is not applied to what another option names, nor in another way; what agrees with it does no harm."""
    pool_id = made()
    (folder / "plan.json").write_text(pool("plan", "mfa.yaml", "--pool-id", pool_id, "--json").stdout)
    refused = pool("apply", "plan.json", "--yes", *options)
    assert refused.exit_code == 2
    assert f"the plan alone says what is done, and it differs from {named}: leave that out" in refused.stderr
    assert pools(folder)[pool_id].description["MfaConfiguration"] == "OFF"
    assert pool("apply", "plan.json", "--yes", "--pool-id", pool_id, "--region", "us-east-1").exit_code == 0


def test_plan_that_lacks_something(folder: Path) -> None:
    """What a plan lacks is named, and what it cannot hold is no plan."""
    (folder / "plan.json").write_text('{"flowengine_plan": 1}')
    assert "the plan cannot be read: it lacks 'region'" in str(pool("apply", "plan.json").exception)
    plan = json.loads(pool("plan", "login.yaml", "--json").stdout)
    damages: list[dict[str, Any]] = [{"region": 7}, {"pool_id": []}, {"namesakes": [{}]}]
    damages.append({"resources": {**plan["resources"], "pool_name": 1}})
    for damage in damages:
        (folder / "plan.json").write_text(json.dumps(plan | damage))
        assert "[not-a-plan]" in str(pool("apply", "plan.json", "--yes").exception)
    (folder / "plan.json").write_bytes(b"\xff")
    assert "cannot read plan.json: it is no text" in pool("apply", "plan.json").stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--name", "a/b"], "'a/b' is no name for a pool: a name has 1 to 128 letters"),
        (["--client-name", "a/b"], "'a/b' is no name for a client: a name has 1 to 128 letters"),
        (["--name", "x" * 125], "-client' is no name for a client: "),
    ],
)
def test_names_that_are_refused(folder: Path, options: list[str], told: str) -> None:
    """A name that Cognito refuses is told before a call, and no pool is left without its client."""
    refused = pool("apply", "login.yaml", "--yes", *options)
    assert refused.exit_code == 1
    assert told in " ".join(refused.stdout.split())
    assert not (folder / ACCOUNT).exists()


@pytest.mark.parametrize("before", ["", "import sys; sys.stdin = None\n"])
def test_nobody_answers(folder: Path, before: str) -> None:
    """Where nobody can be asked, it is said which option spares the question, and nothing is done."""
    result = flowengine("pool", "apply", "login.yaml", "--simulate", cwd=folder, before=before)
    assert result.returncode == 1
    assert result.stderr.endswith(": --yes does it without asking\n")
    assert "Traceback" not in result.stderr
    assert not (folder / ACCOUNT).exists()


@pytest.mark.parametrize("text", ["nonsense", "{}", "[]", '{"account": null}', ""])
def test_damaged_account(folder: Path, text: str) -> None:
    """An account that cannot be read is told with its line, and left as it is."""
    (folder / ACCOUNT).write_text(text)
    result = pool("plan", "login.yaml")
    assert result.exit_code == 1
    assert f"{ACCOUNT} is no embedded account: " in result.stderr
    assert (folder / ACCOUNT).read_text() == text


def test_account_of_another_version(folder: Path) -> None:
    """An account of a version that is not known is told so."""
    (folder / ACCOUNT).write_text(Cloud().to_json().replace('"version": 1', '"version": 9'))
    told = f"Error: {ACCOUNT} is no embedded account: line 1: an account of version 9, and only 1 can be read; "
    assert pool("plan", "login.yaml").stderr == f"{told}delete it to begin anew\n"


def test_account_that_is_no_file(folder: Path) -> None:
    """Where the file cannot be read, nobody is told to delete it."""
    (folder / ACCOUNT).mkdir()
    assert pool("plan", "login.yaml").stderr == f"Error: cannot read {ACCOUNT}: Is a directory\n"


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (200, "<html>Sign in to this network</html>", "what answered {} is not Cognito"),
        (200, "", "what answered {} is not Cognito"),
        (502, "<html>Bad Gateway</html>", "the answer of {} was lost, so it may have taken effect"),
        (403, "<html>Denied</html>", "{} is refused: <html>Denied</html>"),
    ],
)
def test_something_else_answers(
    folder: Path, monkeypatch: pytest.MonkeyPatch, status: int, body: str, told: str
) -> None:
    """What is not Cognito's answer is told as such, and not taken for an account without pools."""
    spec = str(folder / "login.yaml")
    with answering(status, body, monkeypatch):
        for operation, options in (("ListUserPools", []), ("DescribeUserPool", ["--pool-id", "us-east-1_pool"])):
            result = CliRunner().invoke(command, ["plan", spec, "--region", "us-east-1", *options])
            assert isinstance(result.exception, fe.FlowEngineError)
            assert str(result.exception).startswith(told.format(operation))


def test_no_credentials(folder: Path) -> None:
    """Without credentials there is a message and no traceback."""
    before = (
        "import os; [os.environ.pop(n) for n in [*os.environ] if n.startswith('AWS_')]; "
        "os.environ.update(HOME='/nowhere', AWS_EC2_METADATA_DISABLED='true')\n"
    )
    result = flowengine("pool", "plan", "login.yaml", "--region", "us-east-1", cwd=folder, before=before)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("flowengine: there are no AWS credentials for ListUserPools")
    profile = flowengine("pool", "plan", "login.yaml", "--profile", "none", cwd=folder, before=before)
    assert "[no-credentials]" in profile.stderr
    assert "Traceback" not in profile.stderr
