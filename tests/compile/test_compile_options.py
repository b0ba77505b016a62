"""The `with` of an event, and chains whose options fit together."""

from __future__ import annotations

import pytest
from compiling import DEVICE_PROOF, OFF, OPTIONAL, build, but, refusal, with_event

from flowengine.session import Position

WITH = "{auth_flow: USER_PASSWORD_AUTH}"
ENTER = "states.out.on.enter"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (
            "{auth_flow: USER_PASSWORD}",
            (
                f"f.yaml:13:27: {ENTER}.with.auth_flow: unknown value 'USER_PASSWORD' [unknown-option]\n"
                "    hint: did you mean 'USER_PASSWORD_AUTH'?"
            ),
        ),
        (
            "{auth_flow: USER_PASSWORD_AUTH, x: y}",
            (
                f"f.yaml:13:50: {ENTER}.with: no action here takes the option 'x' [unknown-option]\n"
                "    hint: options here: auth_flow, challenge_name"
            ),
        ),
        (
            "{auth_flow: USER_PASSWORD_AUTH, challenge_name: true}",
            (
                f"f.yaml:13:63: {ENTER}.with.challenge_name: unknown value 'true' [unknown-option]\n"
                "    hint: values: SRP_A, none"
            ),
        ),
        (
            "{}",
            (
                f"f.yaml:12:17: {ENTER}: the option 'auth_flow' is missing [missing-option]\n"
                "    hint: with: {auth_flow: USER_PASSWORD_AUTH}"
            ),
        ),
        (
            "{auth_flow: USER_PASSWORD_AUTH, challenge_name: SRP_A}",
            (
                f"f.yaml:12:17: {ENTER}.with: initiate_auth can never succeed with {{auth_flow: USER_PASSWORD_AUTH, "
                "challenge_name: SRP_A} [impossible-options]"
            ),
        ),
    ],
    ids=["a misspelt value", "a name", "a truth", "none", "two that exclude each other"],
)
def test_wrong_option_is_placed(options: str, complaint: str) -> None:
    """An option that the actions do not take, or that can never work, is reported where it stands."""
    assert complaint in refusal(but((WITH, options)), OPTIONAL)


def test_preference_of_nothing_makes_no_sense() -> None:
    """An action that is told to change nothing is refused, by itself and at the end of a chain."""
    alone = with_event("prefer: {action: set_user_mfa_preference}")
    unchanged = ", ".join(f"{name}: unchanged" for name in ("email_mfa", "sms_mfa", "software_token_mfa"))
    assert (
        "f.yaml:11:24: states.out.on.prefer.with: set_user_mfa_preference can never succeed with "
        f"{{{unchanged}, web_authn_mfa: unchanged}} [impossible-options]"
    ) in refusal(alone, OFF)
    chained = with_event(
        "verify: {action: verify_software_token, then: {SOFTWARE_TOKEN_REGISTERED: set_user_mfa_preference}}"
    )
    assert (
        "f.yaml:11:81: states.out.on.verify.then: set_user_mfa_preference can never succeed after "
        "SOFTWARE_TOKEN_REGISTERED [impossible-chain]"
    ) in refusal(chained, OFF)


@pytest.mark.parametrize(
    ("then", "column", "outcome"),
    [
        ("TOKENS: respond_to_auth_challenge", 24, "TOKENS"),
        ("ADMIN_NO_SRP_AUTH: respond_to_auth_challenge", 35, "ADMIN_NO_SRP_AUTH"),
    ],
)
def test_chain_answers_only_what_can_be_answered(then: str, column: int, outcome: str) -> None:
    """An action follows only an outcome that it can do something with."""
    text = but(
        (f"{DEVICE_PROOF}\n", f"{{{then}}}\n"),
        ("initiate_auth\n", "admin_initiate_auth\n"),
        (WITH, "{auth_flow: ADMIN_USER_PASSWORD_AUTH}"),
    )
    assert (
        f"f.yaml:14:{column}: {ENTER}.then: respond_to_auth_challenge can never succeed after {outcome} "
        "[impossible-chain]"
    ) in refusal(text, OFF)


CONFIRM = "to: {CONFIRMED: out, AUTO_SIGN_IN: out, ALREADY_CONFIRMED: out, UserNotFoundException: out}"


@pytest.mark.parametrize(("written", "read"), [("true", "true"), ('"false"', "false"), ("false", "false")])
def test_truths_are_options(written: str, read: str) -> None:
    """True and false stand for themselves, as texts and as YAML's own."""
    text = with_event(f"confirm: {{action: confirm_sign_up, with: {{force_alias_creation: {written}}}, {CONFIRM}}}")
    event = build(text).positions[Position("out")].events["confirm"]
    assert event.options == {"force_alias_creation": read}


def test_options_that_are_left_out_have_their_defaults() -> None:
    """What an event does not say is what the operation does by itself."""
    event = build(with_event(f"confirm: {{action: confirm_sign_up, {CONFIRM}}}")).positions[Position("out")].events
    assert event["confirm"].options == {"force_alias_creation": "false"}
    assert event["enter"].options == {"auth_flow": "USER_PASSWORD_AUTH", "challenge_name": "none"}


def test_option_of_any_text_takes_any() -> None:
    """The name that an authenticator app shows is up to the service."""
    setup = "{action: associate_software_token_with_session, with: {issuer: 'Ann & Sons'}, to: {use: over, "
    text = but(("    meaning: challenge\n    on:\n", (f"    meaning: challenge\n    on:\n      set_up: {setup}"
                "SECRET_CODE: asked}}\n      verify: {action: verify_software_token_with_session, then: "
                "{SOFTWARE_TOKEN_VERIFIED: respond_to_auth_challenge}, to: {use: over, TOKENS: in}}\n")))  # fmt: skip
    event = build(text).positions[Position("asked", "MFA_SETUP")].events["set_up"]
    assert event.options == {"issuer": "Ann & Sons"}
