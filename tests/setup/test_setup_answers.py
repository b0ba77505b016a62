"""From answers to settings: every combination is one that Cognito takes, or is refused with the rule."""

from __future__ import annotations

import pytest
from answered import every_answers

from flowengine.provision.setup import Answers, pool_of, problems_of
from flowengine.settings import PoolSettings, broken_rules

BORNE = {"otp-hidden-by-mfa", "alias-never-verified", "nothing-verified", "email-otp-without-ses"}
"""What is warned of because it was chosen so; no other answer would spare it."""
REFUSED = {"otp-beside-required-mfa", "email-mfa-needs-ses"}


def test_every_combination_is_valid_or_refused() -> None:
    """Nothing is written that Cognito refuses, and nothing is refused that it takes."""
    found: set[str] = set()
    for answers in every_answers():
        broken = {rule.id: rule.severity for rule, _ in broken_rules(pool_of(answers))}
        found |= broken.keys()
        assert bool(problems_of(answers, ())) is ("error" in broken.values()), answers
    assert found == BORNE | REFUSED


def test_default_is_that_of_amplify() -> None:
    """Phone numbers are verified by e-mail if nothing is changed, so sign-up carries an address."""
    pool = pool_of(Answers(sign_in="phone_number"))
    assert pool.sign_in.username_attributes == ("phone_number",)
    assert pool.verification.auto_verified_attributes == ("email",)
    assert pool.required_attributes == ("email",)
    assert not pool.sms_configuration


@pytest.mark.parametrize(
    ("answers", "required"),
    [
        (Answers(sign_in="email"), ()),
        (Answers(sign_in="username", verify="phone_number"), ("phone_number",)),
        (Answers(sign_in="email", mfa="optional", factors=("sms",)), ("phone_number",)),
        (Answers(sign_in="phone_number", mfa="required", factors=("totp", "email")), ("email",)),
        (Answers(sign_in="email_or_phone_number", verify="both"), ()),
        (Answers(sign_in="email_or_phone_number", verify="phone_number"), ("phone_number",)),
        (Answers(sign_in="email", first_factors=("SMS_OTP",), required=("name",)), ("name", "phone_number")),
    ],
)
def test_sign_up_carries_what_is_needed(answers: Answers, required: tuple[str, ...]) -> None:
    """Whatever verifies a user or brings a code is required, unless it is the username; others are added."""
    assert pool_of(answers).required_attributes == required


def test_recovery_avoids_the_channel_of_mfa() -> None:
    """A channel of MFA is no way to recover where there is another one."""
    answers = Answers(sign_in="username", verify="both", mfa="required", factors=("sms",))
    assert pool_of(answers).account_recovery == ("verified_email",)


def test_texts_that_nobody_gets_are_left_out() -> None:
    """A pool without SMS has no text of an SMS."""
    answers = Answers(sign_in="email", sms_message="code {####}", sms_mfa_message="code {####}", email_message="{####}")
    assert pool_of(answers) == PoolSettings(
        sign_in=pool_of(answers).sign_in,
        verification=pool_of(Answers(sign_in="email")).verification,
        account_recovery=("verified_email",),
        sms_configuration=False,
    )
