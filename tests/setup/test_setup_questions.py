"""Who is asked what, in which order, and what cannot be chosen."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from answered import Scripted
from hypothesis import given, settings
from hypothesis import strategies as st

from flowengine.provision.setup import QUESTIONS, Answers, Question, interview, pool_of, problems_of, reason_against
from flowengine.settings import is_valid


def _question(key: str) -> Question:
    return next(question for question in QUESTIONS if question.key == key)


def _asked(given: dict[str, Any] | None = None, **answers: Any) -> list[str]:
    person = Scripted(answers)
    interview(given or {}, person)
    return person.asked


def test_default_path_asks_for_the_least() -> None:
    """What users sign in with and what sign-up carries, and no more."""
    assert _asked(sign_in="email") == ["path", "sign_in", "required"]


def test_manual_path_keeps_the_order_of_amplify() -> None:
    """Sign-in, MFA with its types and its text, verification with its texts, attributes; then what Amplify lacks."""
    assert _asked(path="manual", sign_in="username", mfa="optional", factors=("sms",), verify="both") == [
        "path", "sign_in", "aliases", "case_sensitive", "mfa", "factors", "sms_mfa_message", "verify", "email_sender",
        "sms_message", "required", "first_factors",
    ]  # fmt: skip


def test_manual_path_with_email_and_passkeys() -> None:
    """E-mail MFA settles who sends e-mail, and its texts are asked for."""
    assert _asked(path="manual", sign_in="email", mfa="required", factors=("email",), first_factors=("WEB_AUTHN",)) == [
        "path", "sign_in", "case_sensitive", "mfa", "factors", "verify", "email_subject", "email_message", "required",
        "first_factors", "relying_party_id", "email_mfa_subject", "email_mfa_message",
    ]  # fmt: skip


def test_what_is_given_is_not_asked() -> None:
    """Options answer; what they leave open and has no default is asked, also on the default path."""
    assert _asked({"path": "default", "sign_in": "email", "mfa": "required"}, factors=("totp",)) == [
        "factors",
        "required",
    ]


def test_choices_that_cognito_refuses_are_not_open() -> None:
    """A one-time code to begin with is not open where MFA is required; a passkey is."""
    answers = Answers(sign_in="email", mfa="required", factors=("totp",))
    question = _question("first_factors")
    assert reason_against(answers, question, ("EMAIL_OTP",)) == (
        "pool.allowed_first_auth_factors: where MFA is required, a sign-in cannot begin with a one-time code "
        "('EMAIL_OTP')"
    )
    assert reason_against(answers, question, ("WEB_AUTHN",)) is None


@pytest.mark.parametrize("key", ["sign_in", "mfa", "factors", "verify"])
def test_first_answers_are_free(key: str) -> None:
    """What a later question settles is held against no choice."""
    answers = Answers(sign_in="email", mfa="required" if key == "factors" else "off")
    question = _question(key)
    values = [(choice.value,) if question.kind == "some" else choice.value for choice in question.choices]
    assert [reason_against(answers, question, value) for value in values] == [None] * len(values)


def test_texts_are_held_against_the_rules() -> None:
    """A text without a place for the code is refused as it is typed."""
    answers = Answers(sign_in="email", verify="phone_number")
    assert reason_against(answers, _question("sms_message"), "No code") == (
        "pool.verification.sms_message: it must hold {####}, where the code goes"
    )


def test_what_is_needed_anyway_is_no_choice() -> None:
    """The attributes that sign-up must carry for its verification are not offered again."""
    answers = Answers(sign_in="username", verify="phone_number")
    offered = [choice.value for choice in _question("required").open_choices(answers)]
    assert "phone_number" not in offered
    assert "email" in offered


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "--sign-in is missing: username, email, phone_number, email_or_phone_number"),
        ({"sign_in": "email", "aliases": ("email",)}, "--alias has no meaning without --sign-in username"),
        ({"sign_in": "email", "mfa": "required"}, "--factor is missing: sms, totp, email"),
        ({"sign_in": "email", "first_factors": ("WEB_AUTHN",)}, "--relying-party-id is missing"),
        (
            {"sign_in": "email", "sms_message": "{####}."},
            "--sms-message has no meaning without --verify phone_number or both",
        ),
    ],
)  # fmt: skip
def test_answers_without_a_meaning_are_told(given: dict[str, Any], problem: str) -> None:
    """Nothing is dropped in silence: what is missing or has no meaning is told by its option."""
    assert problems_of(Answers(**given), given) == (problem,)


def test_every_answer_has_a_question() -> None:
    """Each field of the answers is filled by one question."""
    assert sorted(question.key for question in QUESTIONS) == sorted(field.name for field in attrs.fields(Answers))


@settings(max_examples=25)
@given(st.data())
def test_whoever_chooses_among_open_choices_gets_a_valid_pool(data: st.DataObject) -> None:
    """An interview cannot end in settings that Cognito refuses, whatever is chosen."""

    def choose(question: Question, answers: Answers) -> Any:
        values = [choice.value for choice in question.open_choices(answers)]
        if question.kind == "one":
            return data.draw(
                st.sampled_from([value for value in values if not reason_against(answers, question, value)])
            )
        if question.kind == "some":
            free = [value for value in values if not reason_against(answers, question, (value,))]
            return data.draw(st.lists(st.sampled_from(free), unique=True, min_size=int(question.must)).map(tuple))
        if question.kind == "truth":
            return data.draw(st.booleans())
        return getattr(answers, question.key) or "example.com"

    answers = interview({"path": "manual"}, choose)
    assert problems_of(answers, ()) == ()
    assert is_valid(pool_of(answers))
