"""The texts that the pool sends."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Final

from flowengine.settings.model import CODE_PLACEHOLDER, PoolSettings
from flowengine.settings.rules.rule import Rule, dashed

__all__ = ["MESSAGE_RULES"]

_EMAIL_TEXTS: Final = (
    "verification.email_subject", "verification.email_message", "mfa.email_subject", "mfa.email_message",
)  # fmt: skip
_MFA_TEXTS: Final = {"sms": ("mfa.sms_message",), "email": ("mfa.email_subject", "mfa.email_message")}
"""The texts of each second factor that sends messages."""


def _is_writable(char: str, *, lines: bool) -> bool:
    """Whether a template may hold a character: those of SMS are any but line breaks (`.`), others follow Unicode."""
    if not lines:
        return char not in "\n\r\x85\u2028\u2029"
    return char.isspace() or unicodedata.category(char)[0] in "LMSNP"


def _template_rules(path: str, least: int, most: int, source: str, *, code: bool, lines: bool) -> Iterator[Rule]:
    """The rules of one message template: its characters, its length and, if it carries a code, the place for it."""
    text_of = attrgetter(path)

    def wrong_length(pool: PoolSettings) -> bool:
        text = text_of(pool)
        return text is not None and not least <= len(text) <= most

    def no_code(pool: PoolSettings) -> bool:
        text = text_of(pool)
        return text is not None and CODE_PLACEHOLDER not in text

    def foreign(pool: PoolSettings) -> str:
        text = text_of(pool) or ""
        return ", ".join(sorted({repr(char) for char in text if not _is_writable(char, lines=lines)}))

    name = dashed(path)
    kinds = "letters, digits, symbols, punctuation and white space" if lines else "text on one line"
    yield Rule(f"{name}-characters", "error", path, f"it holds {kinds} alone", source, foreign)
    yield Rule(f"{name}-length", "error", path, f"it has {least} to {most:,} characters", source, wrong_length)
    if code:
        yield Rule(
            f"{name}-code", "error", path, f"it must hold {CODE_PLACEHOLDER}, where the code goes", source, no_code
        )


def _texts_set(pool: PoolSettings, paths: Iterable[str]) -> str:
    return ", ".join(path for path in paths if attrgetter(path)(pool) is not None)


def _texts_without_factor(pool: PoolSettings) -> str:
    offered = pool.mfa.factors if pool.mfa.mode != "off" else ()
    return _texts_set(pool, (path for factor, paths in _MFA_TEXTS.items() if factor not in offered for path in paths))


MESSAGE_RULES: Final = (
    *_template_rules("verification.sms_message", 6, 140, "shape SmsVerificationMessageType", code=True, lines=False),
    *_template_rules(
        "verification.email_subject", 1, 140, "shape EmailVerificationSubjectType", code=False, lines=True
    ),
    *_template_rules(
        "verification.email_message", 6, 20_000, "shape EmailVerificationMessageType", code=True, lines=True
    ),
    *_template_rules("mfa.sms_message", 6, 140, "shape SmsVerificationMessageType", code=True, lines=False),
    *_template_rules("mfa.email_subject", 1, 140, "shape EmailMfaSubjectType", code=False, lines=True),
    *_template_rules("mfa.email_message", 6, 20_000, "shape EmailMfaMessageType", code=True, lines=True),
    Rule(
        "email-texts-need-ses", "error", "email_sending_account",
        "own e-mail texts need email_sending_account: DEVELOPER",
        "shape EmailConfigurationType",
        lambda pool: pool.email_sending_account == "COGNITO_DEFAULT" and _texts_set(pool, _EMAIL_TEXTS),
    ),
    Rule(
        "mfa-message-without-factor", "warning", "mfa",
        "the text of an MFA message can be set only where MFA offers its factor: users who sign in with a code get "
        "Cognito's own",
        "user-pool-settings-mfa-sms-email-message; SetUserPoolMfaConfig",
        _texts_without_factor,
    ),
    Rule(
        "link-needs-domain", "warning", "verification.default_email_option",
        "links to confirm with lead to the pool's domain, and there is none: users who sign up by e-mail stay "
        "unconfirmed",
        "user-pool-settings-email-phone-verification",
        lambda pool: pool.verification.default_email_option == "CONFIRM_WITH_LINK"
        and "email" in pool.verification.auto_verified_attributes
        and pool.domain is None,
    ),
)  # fmt: skip
