"""The questions of a set-up, in the order of `amplify add auth`, and who is asked which.

What Cognito would refuse is told by the rules of `flowengine.settings` alone: a choice that breaks one is not open, and
answers that break one together are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal

import attrs
from attrs import frozen

from flowengine.provision.setup.answers import Answers, needed_attributes, pool_of
from flowengine.settings import STANDARD_ATTRIBUTES, broken_rules

__all__ = ["QUESTIONS", "Ask", "Choice", "Question", "answered", "interview", "problems_of", "reason_against"]

FIXED: Final = "Cannot change once the pool exists."


@frozen
class Choice:
    """One of the answers to choose from, and how it is shown."""

    value: str
    label: str


@frozen(kw_only=True)
class Question:
    """
    A question.

    Args:
        key: The field of `Answers` that it fills.
        option: What gives the answer on the command line.
        text: The question.
        kind: Whether one or some of the choices are chosen, a text is typed, or it is yes or no.
        choices: What there is to choose from.
        note: What to know before answering.
        manual: Whether only the manual path asks it.
        applies: Tells whether it makes sense after the answers before it.
        needs: In words, what it takes to apply.
        must: Whether there is no default.
    """

    key: str
    option: str
    text: str
    kind: Literal["one", "some", "text", "truth"]
    choices: tuple[Choice, ...] = ()
    note: str = ""
    manual: bool = True
    applies: Callable[[Answers], bool] = lambda _answers: True
    needs: str = ""
    must: bool = False

    def open_choices(self, answers: Answers) -> tuple[Choice, ...]:
        """Return what there is to choose from after the answers before it: what they need anyway is no choice."""
        needed = needed_attributes(answers) if self.key == "required" else ()
        return tuple(choice for choice in self.choices if choice.value not in needed)


Ask = Callable[[Question, Answers], Any]
"""Puts a question to someone who has answered others, and returns the answer."""


def _choices(**labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in labels.items())


QUESTIONS: Final = (
    Question(
        key="path", option="--path", kind="one", manual=False,
        text="Do you want the default configuration, or to choose everything?",
        choices=_choices(
            default="Default configuration: verified by e-mail, no MFA", manual="Manual configuration"
        ),
    ),
    Question(
        key="sign_in", option="--sign-in", kind="one", manual=False, must=True, note=FIXED,
        text="What do users sign in with?",
        choices=_choices(
            username="A username", email="An e-mail address", phone_number="A phone number",
            email_or_phone_number="An e-mail address or a phone number",
        ),
    ),
    Question(
        key="aliases", option="--alias", kind="some", note=FIXED,
        text="What works beside the username?",
        choices=_choices(
            email="The verified e-mail address", phone_number="The verified phone number",
            preferred_username="A preferred username",
        ),
        applies=lambda answers: answers.sign_in == "username", needs="--sign-in username",
    ),
    Question(
        key="case_sensitive", option="--case-sensitive/--case-insensitive", kind="truth", note=FIXED,
        text="Are Ann and ann two users?",
    ),
    Question(
        key="mfa", option="--mfa", kind="one",
        note="Can change later, to required too: SetUserPoolMfaConfig takes it, whatever other tools say.",
        text="Multi-factor authentication?",
        choices=_choices(
            off="Off", required="Required, at every sign-in", optional="Optional: users switch it on"
        ),
    ),
    Question(
        key="factors", option="--factor", kind="some", must=True,
        text="Which second factors?",
        choices=_choices(
            sms="A code by SMS", totp="A code of an authenticator app",
            email="A code by e-mail (through Amazon SES)",
        ),
        applies=lambda answers: answers.mfa != "off", needs="--mfa required or --mfa optional",
    ),
    Question(
        key="sms_mfa_message", option="--sms-mfa-message", kind="text",
        text="The SMS with a code for MFA; the code goes where {####} stands:",
        applies=lambda answers: "sms" in answers.factors, needs="--factor sms",
    ),
    Question(
        key="verify", option="--verify", kind="one",
        text="What is verified at sign-up, and recovers a forgotten password?",
        choices=_choices(
            email="The e-mail address (sign-up needs one)", phone_number="The phone number (sign-up needs one)",
            both="Both; the phone comes first", none="Nothing: administrators confirm users",
        ),
    ),
    Question(
        key="email_sender", option="--email-sender", kind="one",
        note="Cognito's own sends 50 messages a day, and no texts of yours.",
        text="Who sends e-mail?",
        choices=_choices(cognito="Cognito's own service", ses="An Amazon SES identity of the account"),
    ),
    Question(
        key="email_subject", option="--email-subject", kind="text",
        text="The subject of the e-mail that verifies:",
        applies=lambda answers: answers.sends_own_email and "email" in answers.verified,
        needs="--email-sender ses and --verify email or both",
    ),
    Question(
        key="email_message", option="--email-message", kind="text",
        text="Its body; the code goes where {####} stands:",
        applies=lambda answers: answers.sends_own_email and "email" in answers.verified,
        needs="--email-sender ses and --verify email or both",
    ),
    Question(
        key="sms_message", option="--sms-message", kind="text",
        text="The SMS that verifies; the code goes where {####} stands:",
        applies=lambda answers: "phone_number" in answers.verified, needs="--verify phone_number or both",
    ),
    Question(
        key="required", option="--required", kind="some", manual=False, note=FIXED,
        text="What must sign-up carry, beside what the answers so far need?",
        choices=tuple(Choice(name, name.replace("_", " ")) for name in STANDARD_ATTRIBUTES),
    ),
    Question(
        key="first_factors", option="--first-factor", kind="some",
        text="What may a sign-in begin with, beside a password?",
        choices=_choices(
            EMAIL_OTP="A code by e-mail", SMS_OTP="A code by SMS", WEB_AUTHN="A passkey"
        ),
    ),
    Question(
        key="relying_party_id", option="--relying-party-id", kind="text", must=True,
        note="Can change later, and the passkeys registered by then stop working.",
        text="Which domain do passkeys belong to, such as example.com?",
        applies=lambda answers: "WEB_AUTHN" in answers.first_factors, needs="--first-factor WEB_AUTHN",
    ),
    Question(
        key="email_mfa_subject", option="--email-mfa-subject", kind="text",
        text="The subject of the e-mail with a code for MFA:",
        applies=lambda answers: "email" in answers.factors, needs="--factor email",
    ),
    Question(
        key="email_mfa_message", option="--email-mfa-message", kind="text",
        text="Its body; the code goes where {####} stands:",
        applies=lambda answers: "email" in answers.factors, needs="--factor email",
    ),
)  # fmt: skip
"""Every question, in order."""

_STILL_OPEN: Final = ("mfa-needs-factor",)
"""The rules that are about an answer without a default: as long as it is missing, that is what is told."""


def interview(given: Mapping[str, Any], ask: Ask) -> Answers:
    """
    Put every question that is open, one after the other.

    Args:
        given: Answers that are known, by key.
        ask: Whom they are put to.
    """
    answers = Answers(**given)
    for question in QUESTIONS:
        if question.key not in given and _is_asked(question, answers):
            answers = answered(answers, question, ask(question, answers))
    return answers


def answered(answers: Answers, question: Question, value: Any) -> Answers:
    """Return answers with one more among them."""
    change: dict[str, Any] = {question.key: value}
    return attrs.evolve(answers, **change)


def _is_asked(question: Question, answers: Answers) -> bool:
    if question.key == "email_sender" and "email" in answers.factors:
        return False
    return question.applies(answers) and (question.must or not question.manual or answers.path == "manual")


def reason_against(answers: Answers, question: Question, value: Any) -> str | None:
    """
    Return why Cognito would refuse an answer, if it would.

    Args:
        answers: The answers before it.
        question: The question.
        value: The answer.
    """
    known = {*_refusals(answers)}
    return next((text for text in _refusals(answered(answers, question, value)) if text not in known), None)


def problems_of(answers: Answers, given: Iterable[str]) -> tuple[str, ...]:
    """
    Return what is wrong with answers: those that are missing, have no meaning or are refused together.

    Args:
        answers: The answers.
        given: The keys of those that were really given.
    """
    known = {*given}
    problems = [problem for question in QUESTIONS for problem in _problems_with(question, answers, known)]
    return tuple(problems or _refusals(answers))


def _problems_with(question: Question, answers: Answers, given: set[str]) -> Iterable[str]:
    option = question.option.partition("/")[0]
    applies = question.applies(answers)
    if question.key in given and not applies:
        yield f"{option} has no meaning without {question.needs}"
    elif question.must and applies and not getattr(answers, question.key):
        choices = ", ".join(choice.value for choice in question.choices)
        yield f"{option} is missing" + (f": {choices}" if choices else "")


def _refusals(answers: Answers) -> list[str]:
    return [
        rule.complaint(detail)
        for rule, detail in broken_rules(pool_of(answers))
        if rule.severity == "error" and rule.id not in _STILL_OPEN
    ]
