"""What the tests of the set-up share: answers in every combination, and a scripted person."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import define, field

from flowengine.provision.setup import Answers, Question

__all__ = ["ALIASES", "EVERY_MFA", "FIRST_FACTORS", "SIGN_INS", "Scripted", "every_answers"]


def _subsets(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [subset for size in range(len(names) + 1) for subset in itertools.combinations(names, size)]


ALIASES: Final = _subsets(("email", "phone_number", "preferred_username"))
SIGN_INS: Final = [
    *(("username", names) for names in ALIASES),
    *((name, ()) for name in ("email", "phone_number", "email_or_phone_number")),
]
EVERY_MFA: Final = [
    ("off", ()),
    *((mode, names) for mode in ("optional", "required") for names in _subsets(("sms", "totp", "email"))[1:]),
]
FIRST_FACTORS: Final = _subsets(("EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"))


def every_answers() -> Iterator[Answers]:
    """
    Yield every combination of answers that has a meaning, with the texts that are proposed.

    What users sign in with is combined with what is verified alone: no rule holds it against anything else.
    """
    verified = ("email", "phone_number", "both", "none")
    senders = (None, "cognito", "ses")
    yield from _combined(SIGN_INS, EVERY_MFA[:1], verified, senders[:1], FIRST_FACTORS[:1])
    yield from _combined(SIGN_INS[-1:], EVERY_MFA, verified, senders, FIRST_FACTORS)


def _combined(*axes: Sequence[Any]) -> Iterator[Answers]:
    for sign_in, mfa, verify, sender, first in itertools.product(*axes):
        yield Answers(
            sign_in=sign_in[0],
            aliases=sign_in[1],
            mfa=mfa[0],
            factors=mfa[1],
            verify=verify,
            email_sender=sender,
            first_factors=first,
            relying_party_id="example.com" if "WEB_AUTHN" in first else None,
        )


@define
class Scripted:
    """Answers by key, takes what is proposed for the rest, and remembers what was asked."""

    answers: Mapping[str, Any]
    asked: list[str] = field(factory=list)

    def __call__(self, question: Question, answers: Answers) -> Any:
        """Answer a question."""
        self.asked.append(question.key)
        return self.answers.get(question.key, getattr(answers, question.key))
