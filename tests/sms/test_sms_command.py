"""`flowengine sms`, as it is typed."""

from __future__ import annotations

import json

import pytest
from answering import answering
from click.testing import CliRunner
from sms_commands import in_a_process, sms

import flowengine as fe
from flowengine.cli.sms import SITUATIONS as CHOICES
from flowengine.cli.sms import command
from flowengine.provision.sms.situations import SITUATIONS


def test_the_guides_story() -> None:
    """A new account: the sandbox loses codes, a number needs verification, and the country an origination number."""
    result = sms("check", "--simulate", "sandbox")
    assert result.exit_code == 1
    assert result.stderr == "no SMS reaches +12025550100 from us-east-1\n"
    lines = [line for line in result.stdout.splitlines() if not line.startswith(" ")]
    assert [line.split()[0] for line in lines if line.split()[1] in ("sandbox", "origination")] == ["blocks"] * 2
    assert "next: flowengine sms destination add +12025550100" in result.stdout
    assert (
        "https://us-east-1.console.aws.amazon.com/sns/v3/home?region=us-east-1#/mobile/text-messaging" in result.stdout
    )
    assert max(map(len, result.stdout.splitlines())) < 120


@pytest.mark.parametrize(
    ("situation", "code", "answer"),
    [
        ("production", 0, "an SMS can reach +12025550100 from us-east-1\n"),
        ("spent", 1, "no SMS reaches +12025550100 from us-east-1\n"),
        ("denied", 0, "nothing that could be observed keeps an SMS from +12025550100; unknown: 5\n"),
    ],
)
def test_answers(situation: str, code: int, answer: str) -> None:
    """The answer is a sentence and an exit status."""
    result = sms("check", "--simulate", situation)
    assert (result.exit_code, result.stderr) == (code, answer)


def test_answer_for_programs() -> None:
    """With --json each verdict is a line, and the answer is the last one."""
    result = sms("check", "--simulate", "no-identity", "--to", "+1 (202) 555-0123", "--json")
    *lines, answer = map(json.loads, result.stdout.splitlines())
    assert answer == {"region": "us-east-1", "to": "+12025550123", "blocked": True, "unknown": 0}
    assert [line["subject"] for line in lines if line["verdict"] == "blocks"] == ["origination"]
    assert all(line.keys() == {"subject", "verdict", "reason", "step", "console"} for line in lines)


def test_situations_are_known() -> None:
    """The choices of the option are the situations that there are."""
    assert list(SITUATIONS) == list(CHOICES)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "--to", "555 0100"], "'555 0100' is no phone number such as +15555550100: it has to begin with +"),
        (["check", "--to", "+1202555"], "it is too short for its country code"),
        (["check", "--simulate", "heaven"], "'heaven' is not one of"),
        (["check", "--simulate", "kept", "--region", ""], "it is empty: give a value, or leave the option out"),
        (["destination", "list", "--profile", ""], "it is empty: give a value, or leave the option out"),
        (
            ["check", "--simulate", "sandbox", "--region", "eu-west-1"],
            "--simulate brings an account and a pool of its own",
        ),
        (["destination", "add", "nobody"], "'nobody' is no phone number"),
        (["destination", "add", "+12025550100", "--language", "tlh"], "AWS writes in en-US, en-GB"),
        (["destination", "verify", "+12025550100", "--code", "1"], "a code has five to eight digits"),
        (["destination", "verify"], "Missing argument 'NUMBER'"),
    ],
)
def test_usage(arguments: list[str], message: str) -> None:
    """What is typed wrongly is told before AWS is asked."""
    result = sms(*arguments)
    assert (result.exit_code, message in result.stderr) == (2, True), result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check"], "no Region is known: name it with --region"),
        (["check", "--region", "eu-west-1"], "no AWS credentials were found: name a profile with --profile"),
        (["check", "--region", "x y"], "that is no name of a Region; one is eu-west-1"),
        (["check", "--pool-id", "nonsense"], "'nonsense' is no id of a user pool, such as eu-west-1_AbCdEf123"),
        (["check", "--profile", "nobody"], "there is no such AWS profile"),
        (["destination", "add", "+12025550100"], "no Region is known"),
        (["destination", "remove", "+12025550100", "--region", "eu-west-1"], "no AWS credentials were found"),
        (["destination", "list", "--region", "eu-west-1"], "no AWS credentials were found"),
        (["destination", "verify", "+12025550100", "--code", "12345", "--region", "eu-west-1"], "no AWS credentials"),
    ],
)
def test_trouble(arguments: list[str], message: str) -> None:
    """Trouble on this side of AWS is an error of ours, in words."""
    result = sms(*arguments)
    assert isinstance(result.exception, fe.FlowEngineError), result.output
    assert message in str(result.exception)


@pytest.mark.parametrize(("status", "body"), [(200, "<html>Sign in</html>"), (200, ""), (403, "<html>Denied</html>")])
@pytest.mark.parametrize(
    "arguments",
    [["check", "--region", "eu-west-1"], ["check", "--pool-id", "eu-west-1_pool"], ["destination", "list", "--region",
      "eu-west-1"]],
)  # fmt: skip
def test_something_else_answers(monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int, body: str) -> None:
    """What is not AWS's answer is told as such."""
    with answering(status, body, monkeypatch):
        result = CliRunner().invoke(command, arguments)
    assert isinstance(result.exception, fe.FlowEngineError)
    assert str(result.exception).startswith("what answered is not AWS: is there a proxy")


@pytest.mark.parametrize(
    "arguments", [["check", "--simulate", "sandbox"], ["check", "--region", "eu-west-1"], ["destination", "--help"]]
)
def test_nothing_of_pools_and_flows_is_loaded(arguments: list[str]) -> None:
    """A check loads neither the planning of pools nor anything of flows, since it uses nothing of them."""
    code = (
        "import sys\nfrom flowengine.cli import cli\n"
        f"try: cli(['sms', *{arguments!r}], standalone_mode=False)\nexcept BaseException: pass\n"
        "print('loaded', *[name for name in sys.modules if name.startswith('flowengine.')])"
    )
    result = in_a_process(code=code)
    loaded = [name.split(".")[1:3] for name in result.stdout.partition("loaded ")[2].split()]
    assert ["cli", "sms"] in loaded
    assert {parts[0] for parts in loaded} <= {"cli", "cognito", "errors", "phone", "provision", "settings", "simulator"}
    assert {parts[1] for parts in loaded if parts[0] == "provision" and len(parts) > 1} == {"sms"}
    assert {parts[1] for parts in loaded if parts[0] == "cognito" and len(parts) > 1} <= {"service_model"}


def test_trouble_has_no_traceback() -> None:
    """At a terminal, trouble is one line."""
    result = in_a_process("sms", "check", "--region", "eu-west-1")
    message = "flowengine: no AWS credentials were found: name a profile with --profile, or run `aws configure`\n"
    assert (result.returncode, result.stdout, result.stderr) == (1, "", message)
