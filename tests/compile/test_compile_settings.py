"""Settings that are wrong, and how problems are collected, placed and ordered."""

from __future__ import annotations

import attrs
import pytest
from compiling import COUNT, GOOD, OFF, REQUIRED, build, but, pooled, refusal, with_event

from flowengine.errors import SpecError
from flowengine.settings import Mfa, PoolSettings, SignIn, Verification


@pytest.mark.parametrize(
    ("pool", "complaint"),
    [
        (
            "{mfa: {mode: required}}",
            (
                f"f.yaml:{COUNT + 1}:13: pool.mfa.factors: MFA that is optional or required needs a factor "
                "[mfa-needs-factor]\n    hint: source: SetUserPoolMfaConfig: SMS MFA, Email MFA, or Software Token MFA "
                "must be enabled"
            ),
        ),
        (
            "{mfa: {mode: always, factors: [sms]}}",
            (
                f"f.yaml:{COUNT + 1}:20: pool.mfa.mode: the only values are off, optional, required ('always') "
                "[mfa-mode-known]\n    hint: source: enumerations of the service model"
            ),
        ),
        (
            "{required_attributes: [fax]}",
            (
                f"f.yaml:{COUNT + 1}:29: pool.required_attributes: only standard attributes can be required ('fax') "
                "[required-attribute-known]\n    hint: source: user-pool-settings-attributes"
            ),
        ),
    ],
)
def test_bad_settings_carry_their_place(pool: str, complaint: str) -> None:
    """A setting that breaks a rule is reported where it stands, or where its section does."""
    assert complaint in refusal(pooled(pool))


def test_replaced_settings_have_no_place() -> None:
    """Settings that were handed over in the program are not blamed on the file."""
    bad = attrs.evolve(OFF, mfa=Mfa(mode="required"))
    assert refusal(pooled("{}"), bad)[0].startswith("pool.mfa.factors: MFA that is optional or required needs a factor")


def test_handed_over_settings_replace_the_spec_s_own() -> None:
    """Settings from the program stand in place of the spec's, not on top of them."""
    text = pooled("{mfa: {mode: required, factors: [sms]}, required_attributes: [phone_number, name]}")
    flow = build(text, OFF)
    assert (flow.pool, flow.states) == (OFF, ("out", "asked", "in"))


def test_warnings_do_not_refuse() -> None:
    """Settings that will hurt someone later compile, and say whom."""
    (warning,) = build(pooled("{}")).warnings
    assert (warning.code, warning.severity, warning.line) == ("nothing-verified", "warning", COUNT + 1)
    assert str(warning).startswith(f"f.yaml:{COUNT + 1}:7: warning: pool.verification.auto_verified_attributes: no ")


def test_every_problem_is_reported_in_the_order_of_the_file() -> None:
    """What reading, settings and the passes found comes in one list, sorted by place, warnings included."""
    text = but(
        ("initial: out", "initial: oout"),
        ("asked: {UNKNOWN_CHALLENGE: out", "asked: {UNKNOWN_CHALENGE: out"),
        ("action: initiate_auth", "action: initiate_aut"),
        ("    meaning: challenge", "    meaning: chalenge"),
        ("{use: over", "{use: ovre"),
    )
    with pytest.raises(SpecError) as caught:
        build(f"{text}pool: {{mfa: {{mode: required}}}}\nextra: 1\n")
    assert [(problem.line, problem.code) for problem in caught.value.problems] == [
        (3, "unknown-state"),
        (6, "unknown-outcome"),
        (12, "unknown-action"),
        (17, "unknown-meaning"),
        (22, "unknown-routes"),
        (24, "nothing-verified"),
        (24, "mfa-needs-factor"),
        (25, "unknown-key"),
    ]


def test_problem_is_reported_once() -> None:
    """A route that is missing for many reasons of one kind is complained about once."""
    text = with_event("again: {action: initiate_auth, with: {auth_flow: USER_PASSWORD_AUTH}, to: {use: asked, "
                      "TOKENS: in}}").replace("ANSWER_LOST: out, ", "")  # fmt: skip
    assert [found.partition(": ")[2].partition(",")[0] for found in refusal(text, REQUIRED)] == [
        "states.asked.on.answer: no route for ANSWER_LOST"
    ]


def test_unknown_contact_is_a_problem() -> None:
    """A contact that Cognito does not know is reported like any other broken rule."""
    found = refusal(GOOD, PoolSettings(sign_in=SignIn(username_attributes=("phone",)), verification=Verification()))
    assert any("[sign-in-username-attributes-known]" in problem for problem in found)
