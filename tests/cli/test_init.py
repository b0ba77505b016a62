"""`flowengine init`, as its users meet it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import flowengine
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from flowengine.cli.terminal import Terminal
from flowengine.library import load
from flowengine.provision.setup import Answers, interview

DOWN = "\x1b[B"
ENTER = "\r"


def test_options_answer(tmp_path: Path) -> None:
    """Without a terminal, options answer, and the rest stands at its default; the spec is fine."""
    result = flowengine(
        "init", "shop.yaml", "--sign-in", "phone_number", "--verify", "phone_number", "--mfa", "required",
        "--factor", "sms", cwd=tmp_path,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == (
        "shop.yaml: A phone number is the username, verified by SMS, with a second factor at every sign-in.\n"
    )
    flow = load(tmp_path / "shop.yaml")
    assert flow.name == "shop"
    assert flow.pool is not None
    assert flow.pool.mfa.factors == ("sms",)
    assert not flow.warnings


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    """Without a terminal there is nobody to ask: every option that is missing is named, and nothing is written."""
    result = flowengine("init", "--mfa", "optional", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.endswith(
        "Error: --sign-in is missing: username, email, phone_number, email_or_phone_number\n"
        "--factor is missing: sms, totp, email\n"
    )
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    """A file that is there stays as it is, unless it is to be overwritten."""
    (tmp_path / "login.yaml").write_text("mine")
    refused = flowengine("init", "--sign-in", "email", cwd=tmp_path)
    assert (refused.returncode, (tmp_path / "login.yaml").read_text()) == (2, "mine")
    assert refused.stderr.endswith("Error: login.yaml exists: --force overwrites it\n")
    forced = flowengine("init", "--sign-in", "email", "--force", "--json", cwd=tmp_path)
    assert json.loads(forced.stdout)["settings"]["sign_in.username_attributes"] == ["email"]
    assert load(tmp_path / "login.yaml").name == "login"


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("Shop 1.yaml", "'Shop 1' is no name for a flow: use a-z, 0-9, _ and -"),
        ("nowhere/shop.yaml", "there is no folder for nowhere/shop.yaml"),
    ],
)
def test_a_file_must_do(tmp_path: Path, file: str, message: str) -> None:
    """The file's name is the flow's, and its folder is there."""
    result = flowengine("init", file, "--sign-in", "email", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.endswith(f"Error: {message}\n")


def test_arrow_keys_answer() -> None:
    """On a terminal, arrow keys choose, the space bar marks, and proposals are taken with the enter key."""
    typed = [
        DOWN, ENTER,  # manual
        DOWN, DOWN, ENTER,  # a phone number
        "n",  # case
        DOWN, ENTER,  # required
        " ", DOWN, " ", ENTER,  # by SMS and by an app
        " at once", ENTER,  # the proposed text, with more behind it
        DOWN, ENTER,  # the phone number is verified
        ENTER, ENTER,  # Cognito's own e-mail, the proposed text
        ENTER,  # no more attributes
        " ", ENTER,  # the first choice that is open: a passkey
        ENTER, "example.com", ENTER,  # it takes a domain
    ]  # fmt: skip
    assert _typed({}, "".join(typed)) == Answers(
        path="manual",
        sign_in="phone_number",
        mfa="required",
        factors=("sms", "totp"),
        sms_mfa_message="Your authentication code is {####} at once",
        verify="phone_number",
        email_sender="cognito",
        first_factors=("WEB_AUTHN",),
        relying_party_id="example.com",
    )


MANUAL = {
    "path": "manual", "sign_in": "email", "case_sensitive": False, "mfa": "required", "factors": ("sms",),
    "sms_mfa_message": "{####}.", "verify": "email", "email_sender": "cognito", "required": (), "first_factors": (),
}  # fmt: skip
"""Every answer to the manual path."""


def _typed(given: dict[str, Any], text: str) -> Answers:
    """What is answered with keys, after which the terminal is closed."""
    with create_pipe_input() as keys:
        keys.send_text(text)
        keys.close()
        return interview(given, Terminal(keys, DummyOutput()))


def _without(key: str) -> dict[str, Any]:
    return {name: answer for name, answer in MANUAL.items() if name != key}


def test_a_text_without_a_code_is_asked_again() -> None:
    """What Cognito would refuse is refused as it is typed, and can be mended."""
    typed = "\x15No code" + ENTER + "\x15Code: {####}" + ENTER
    assert _typed(_without("sms_mfa_message"), typed).sms_mfa_message == "Code: {####}"


def test_an_answer_without_a_default_is_needed() -> None:
    """Nothing marked is no answer where one is needed."""
    assert _typed(_without("factors"), ENTER + DOWN + " " + ENTER).factors == ("totp",)


def test_what_is_refused_cannot_be_chosen() -> None:
    """A one-time code to begin with cannot be marked where MFA is required: the first that can be is a passkey."""
    answers = _typed({**_without("first_factors"), "relying_party_id": "example.com"}, " " + ENTER)
    assert answers.first_factors == ("WEB_AUTHN",)


def _amplify(folder: Path, **parameters: Any) -> None:
    resource = folder / "amplify/backend/auth/shop"
    resource.mkdir(parents=True)
    known = {"authSelections": "userPoolOnly", "usernameAttributes": ["email"], "autoVerifiedAttributes": ["email"]}
    config = {"version": "1", "cognitoConfig": {**known, **parameters}}
    (resource / "cli-inputs.json").write_text(json.dumps(config))


def test_from_amplify(tmp_path: Path) -> None:
    """A project's parameters become a spec, and what could not be carried over is told, grouped by its reason."""
    _amplify(tmp_path, mfaConfiguration="OPTIONAL", mfaTypes=["TOTP"], hostedUI=True, oAuthMetadata="{}{}")
    result = flowengine("init", "--from-amplify", ".", cwd=tmp_path)
    assert result.returncode == 0
    assert "left out: hostedUI, oAuthMetadata: sign-in through other providers and the hosted pages" in result.stdout
    flow = load(tmp_path / "login.yaml")
    assert flow.pool is not None
    assert flow.pool.mfa.factors == ("totp",)


def test_from_amplify_refused(tmp_path: Path) -> None:
    """Parameters that Cognito would refuse write nothing."""
    _amplify(tmp_path, mfaConfiguration="ON")
    result = flowengine("init", "--from-amplify", ".", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert "pool.mfa.factors: MFA that is optional or required needs a factor" in result.stderr
    assert not (tmp_path / "login.yaml").exists()


def test_from_amplify_takes_no_other_answers(tmp_path: Path) -> None:
    """Two sources of answers are refused."""
    result = flowengine("init", "--from-amplify", ".", "--mfa", "off", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr.endswith("--from-amplify brings every answer: leave the others out\n")
