"""The validity rules of a user pool, one row each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal

import attrs
from attrs import field, frozen

from flowengine.settings.client import Client
from flowengine.settings.model import (
    CODE_PLACEHOLDER,
    CONTACTS,
    STANDARD_ATTRIBUTES,
    Mfa,
    PoolSettings,
    SignIn,
    Verification,
    setting,
)

__all__ = ["RULES", "Rule", "broken_rules"]

Broken = Callable[[PoolSettings], object]


@frozen
class Rule:
    """
    One validity rule of a user pool.

    Args:
        id: A stable name.
        severity: `error` where Cognito refuses; `warning` where users get stuck later or sources disagree.
        path: The setting that the rule is about, dotted.
        message: The rule in words.
        source: Where it comes from.
        broken: Tells whether settings break it; a text that it returns names the offending values.
    """

    id: str
    severity: Literal["error", "warning"]
    path: str
    message: str
    source: str
    broken: Broken = field(repr=False)

    def complaint(self, detail: str) -> str:
        """Return what to say of settings that break it: the setting, the rule, and the offending values."""
        return f"pool.{self.path}: {self.message}" + (f" ({detail})" if detail else "")


def _outside(names: Iterable[str], choices: Iterable[str]) -> str:
    known = set(choices)
    return ", ".join(repr(name) for name in names if name not in known)


def _dashed(path: str) -> str:
    return re.sub(r"[._]", "-", path)


def _choice_rules(prefix: str, cls: type[attrs.AttrsInstance]) -> Iterator[Rule]:
    """A rule for each setting of `cls` that has a list of possible values."""
    for attribute in attrs.fields(cls):
        choices = attribute.metadata.get("choices")
        if choices is None:
            continue
        path = f"{prefix}{attribute.name}"

        def broken(pool: PoolSettings, path: str = path, choices: tuple[str, ...] = choices) -> str:
            value = setting(pool, path)
            return _outside((value,) if isinstance(value, str) else value, choices)

        yield Rule(
            f"{_dashed(path)}-known", "error", path,
            f"the only values are {', '.join(choices)}", "enumerations of the service model", broken,
        )  # fmt: skip


def _is_writable(char: str, *, lines: bool) -> bool:
    """Whether a template may hold a character: those of SMS are any but line breaks (`.`), others follow Unicode."""
    if not lines:
        return char not in "\n\r\x85\u2028\u2029"
    return char.isspace() or unicodedata.category(char)[0] in "LMSNP"


def _template_rules(path: str, least: int, most: int, source: str, *, code: bool, lines: bool) -> Iterator[Rule]:
    """The rules of one message template: its characters, its length and, if it carries a code, the place for it."""

    def wrong_length(pool: PoolSettings) -> bool:
        text = setting(pool, path)
        return text is not None and not least <= len(text) <= most

    def no_code(pool: PoolSettings) -> bool:
        text = setting(pool, path)
        return text is not None and CODE_PLACEHOLDER not in text

    def foreign(pool: PoolSettings) -> str:
        text = setting(pool, path) or ""
        return ", ".join(sorted({repr(char) for char in text if not _is_writable(char, lines=lines)}))

    name = _dashed(path)
    kinds = "letters, digits, symbols, punctuation and white space" if lines else "text on one line"
    yield Rule(f"{name}-characters", "error", path, f"it holds {kinds} alone", source, foreign)
    yield Rule(f"{name}-length", "error", path, f"it has {least} to {most:,} characters", source, wrong_length)
    if code:
        yield Rule(
            f"{name}-code", "error", path, f"it must hold {CODE_PLACEHOLDER}, where the code goes", source, no_code
        )


def _unverifiable(pool: PoolSettings, used: tuple[str, ...]) -> str:
    contacts = [name for name in used if name in CONTACTS]
    return _outside(contacts, pool.verification.auto_verified_attributes)


def _is_not_custom(attribute: str) -> bool:
    return not attribute.startswith("custom:")


def _phone_may_be_missing(pool: PoolSettings) -> bool:
    return "phone_number" not in {*pool.required_attributes} and pool.sign_in.username_attributes != ("phone_number",)


RULES: Final[tuple[Rule, ...]] = (
    *_choice_rules("sign_in.", SignIn),
    *_choice_rules("verification.", Verification),
    *_choice_rules("mfa.", Mfa),
    *_choice_rules("client.", Client),
    *_choice_rules("", PoolSettings),
    Rule(
        "usernames-or-aliases", "error", "sign_in",
        "a pool has username_attributes or alias_attributes, not both",
        "user-pool-settings-attributes; CreateUserPool answers InvalidParameterException",
        lambda pool: pool.sign_in.username_attributes and pool.sign_in.alias_attributes,
    ),
    Rule(
        "preferred-username-required", "warning", "required_attributes",
        "preferred_username as an alias and a required attribute: older guides say it can be set only after "
        "confirmation, newer ones that sign-up must carry it",
        "user-pool-settings-attributes (its versions disagree)",
        lambda pool: "preferred_username" in {*pool.sign_in.alias_attributes} & {*pool.required_attributes},
    ),
    Rule(
        "alias-never-verified", "warning", "verification.auto_verified_attributes",
        "an alias works only once it is verified, and nothing verifies this one: users cannot sign in with it",
        "user-pool-settings-attributes",
        lambda pool: _unverifiable(pool, pool.sign_in.alias_attributes),
    ),
    Rule(
        "phone-verification-needs-sms", "error", "verification.auto_verified_attributes",
        "verifying phone_number needs an SMS configuration",
        "CreateUserPool: SMS configuration is required when phone_number is selected for auto verification",
        lambda pool: "phone_number" in pool.verification.auto_verified_attributes and not pool.sms_configuration,
    ),
    Rule(
        "nothing-verified", "warning", "verification.auto_verified_attributes",
        "no attribute is verified at sign-up: users stay unconfirmed until an administrator or a pre sign-up trigger "
        "confirms them, and no code can be sent again",
        "signing-up-users-in-your-app",
        lambda pool: not pool.verification.auto_verified_attributes,
    ),
    Rule(
        "mfa-needs-sms", "error", "mfa.mode",
        "SMS MFA needs an SMS configuration",
        "CreateUserPool: SMS configuration is required when MFA is required/optional",
        lambda pool: pool.mfa.mode != "off" and "sms" in pool.mfa.factors and not pool.sms_configuration,
    ),
    Rule(
        "mfa-needs-factor", "error", "mfa.factors",
        "MFA that is optional or required needs a factor",
        "SetUserPoolMfaConfig: SMS MFA, Email MFA, or Software Token MFA must be enabled",
        lambda pool: pool.mfa.mode != "off" and not pool.mfa.factors,
    ),
    Rule(
        "mfa-off-without-factors", "error", "mfa.factors",
        "MFA that is off takes no factors",
        "SetUserPoolMfaConfig: can't turn off MFA and configure an MFA together",
        lambda pool: pool.mfa.mode == "off" and pool.mfa.factors,
    ),
    Rule(
        "mfa-message-while-off", "warning", "mfa.sms_message",
        "the text of MFA messages can be set only while MFA is optional or required",
        "user-pool-settings-mfa-sms-email-message",
        lambda pool: pool.mfa.mode == "off" and pool.mfa.sms_message is not None,
    ),
    Rule(
        "mfa-without-phone", "warning", "mfa.mode",
        "MFA is required, by SMS alone, and users may lack a phone number: they can never finish to sign in",
        "user-pool-settings-mfa; RespondToAuthChallenge (MFA_SETUP cannot set up SMS)",
        lambda pool: pool.mfa.mode == "required" and pool.mfa.factors == ("sms",) and _phone_may_be_missing(pool),
    ),
    *_template_rules("verification.sms_message", 6, 140, "shape SmsVerificationMessageType", code=True, lines=False),
    *_template_rules(
        "verification.email_message", 6, 20_000, "shape EmailVerificationMessageType", code=True, lines=True
    ),
    *_template_rules(
        "verification.email_subject", 1, 140, "shape EmailVerificationSubjectType", code=False, lines=True
    ),
    *_template_rules("mfa.sms_message", 6, 140, "shape SmsVerificationMessageType", code=True, lines=False),
    Rule(
        "email-texts-need-ses", "error", "email_sending_account",
        "own e-mail texts need email_sending_account: DEVELOPER",
        "shape EmailConfigurationType",
        lambda pool: pool.email_sending_account == "COGNITO_DEFAULT"
        and (pool.verification.email_message is not None or pool.verification.email_subject is not None),
    ),
    Rule(
        "custom-attribute-required", "error", "required_attributes",
        "custom attributes cannot be required",
        "CreateUserPool: Required custom attributes are not supported currently",
        lambda pool: _outside(pool.required_attributes, filter(_is_not_custom, pool.required_attributes)),
    ),
    Rule(
        "required-attribute-known", "error", "required_attributes",
        "only standard attributes can be required",
        "user-pool-settings-attributes",
        lambda pool: _outside(filter(_is_not_custom, pool.required_attributes), STANDARD_ATTRIBUTES),
    ),
    Rule(
        "password-length", "error", "password_policy.minimum_length",
        "minimum_length is 6 to 99 characters",
        "shape PasswordPolicyMinLengthType",
        lambda pool: not 6 <= pool.password_policy.minimum_length <= 99,  # noqa: PLR2004
    ),
    Rule(
        "session-validity", "error", "client.auth_session_validity",
        "auth_session_validity is 3 to 15 minutes",
        "shape AuthSessionValidityType",
        lambda pool: not 3 <= pool.client.auth_session_validity <= 15,  # noqa: PLR2004
    ),
)  # fmt: skip
"""Every validity rule, one row each."""


def broken_rules(pool: PoolSettings) -> tuple[tuple[Rule, str], ...]:
    """
    Return every rule that the settings break, with the offending values as text (empty where the rule says it all).

    Args:
        pool: Settings in any combination.
    """
    verdicts = ((rule, rule.broken(pool)) for rule in RULES)
    return tuple((rule, detail if isinstance(detail, str) else "") for rule, detail in verdicts if detail)
