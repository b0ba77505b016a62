"""Pool settings: what a user pool and its app client are configured to do, and which combinations are valid.

`PoolSettings` is a plain value and may be built in any combination; `broken_rules` tells which rules of Cognito a
combination breaks. A rule of severity `error` is one that the service enforces; a `warning` is accepted by the service
and strands some user later. Names and defaults are Cognito's own unless said otherwise; the sources name the page of
the Amazon Cognito developer guide, the shape of the `cognito-idp` service model, or the public measurement.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Literal

import attrs
from attrs import field, frozen
from attrs.validators import instance_of, optional

__all__ = [
    "CODE_PLACEHOLDER",
    "RULES",
    "Client",
    "Mfa",
    "PasswordPolicy",
    "PoolSettings",
    "Rule",
    "SignIn",
    "Verification",
    "broken_rules",
    "required_sign_up_attributes",
    "valid_pools",
]

CODE_PLACEHOLDER: Final = "{####}"
"""Where Cognito puts the code into a message template (`SmsVerificationMessageType`)."""

CONTACTS: Final = ("email", "phone_number")
ALIASES: Final = ("email", "phone_number", "preferred_username")
MFA_MODES: Final = ("off", "optional", "required")
MFA_FACTORS: Final = ("sms",)
STANDARD_ATTRIBUTES: Final = (
    "address", "birthdate", "email", "family_name", "gender", "given_name", "locale", "middle_name", "name", "nickname",
    "phone_number", "picture", "preferred_username", "profile", "updated_at", "website", "zoneinfo",
)  # fmt: skip


def _names(values: Iterable[str]) -> tuple[str, ...]:
    names = tuple(values)
    if isinstance(values, (str, bytes)) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"expected a list of names, not {values!r}")
    return tuple(sorted(set(names)))


def _one_of(*choices: str) -> Any:
    return field(default=choices[0], validator=instance_of(str), metadata={"choices": choices})


def _some_of(*choices: str) -> Any:
    return field(default=(), converter=_names, metadata={"choices": choices})


def _text() -> Any:
    return field(default=None, validator=optional(instance_of(str)))


def _value(*, default: bool | int) -> Any:
    def of_its_type(_settings: Any, attribute: Any, value: object) -> None:
        if type(value) is not type(default):
            raise TypeError(f"{attribute.name} must be of type {type(default).__name__}, not {type(value).__name__}")

    return field(default=default, validator=of_its_type)


@frozen(kw_only=True)
class SignIn:
    """
    What users sign in with. Both empty: a plain username. Cannot change once the pool exists.

    Args:
        username_attributes: The contact attributes that are the username (`UsernameAttributes`).
        alias_attributes: The attributes that work beside a username (`AliasAttributes`).

    Source: user-pool-settings-attributes; shapes `UsernameAttributeType`, `AliasAttributeType`.
    """

    username_attributes: tuple[str, ...] = _some_of(*CONTACTS)
    alias_attributes: tuple[str, ...] = _some_of(*ALIASES)


@frozen(kw_only=True)
class Verification:
    """
    Which contact attributes Cognito verifies at sign-up, and the texts that it sends.

    Args:
        auto_verified_attributes: `AutoVerifiedAttributes`; with both, one message goes out, to the phone.
        sms_message: The SMS text, 6 to 140 characters with `{####}`; None for Cognito's own.
        email_subject: The subject, 1 to 140 characters; None for Cognito's own.
        email_message: The body, 6 to 20,000 characters with `{####}`; None for Cognito's own.

    Source: user-pool-settings-email-phone-verification; shape `VerificationMessageTemplateType`.
    """

    auto_verified_attributes: tuple[str, ...] = _some_of(*CONTACTS)
    sms_message: str | None = _text()
    email_subject: str | None = _text()
    email_message: str | None = _text()


@frozen(kw_only=True)
class Mfa:
    """
    Multi-factor authentication.

    Args:
        mode: `off`, `optional` (switched on user by user) or `required` (`MfaConfiguration` OFF, OPTIONAL, ON).
        factors: The second factors that the pool offers.
        sms_message: The SMS text, 6 to 140 characters with `{####}`; None for Cognito's own.

    Source: user-pool-settings-mfa; shapes `UserPoolMfaType`, `SmsMfaConfigType`.
    """

    mode: str = _one_of(*MFA_MODES)
    factors: tuple[str, ...] = _some_of(*MFA_FACTORS)
    sms_message: str | None = _text()


@frozen(kw_only=True)
class PasswordPolicy:
    """
    What a password must hold. The defaults are those of CreateUserPool without a policy.

    Args:
        minimum_length: In characters, 6 to 99.
        require_lowercase: Whether a lowercase letter is needed.
        require_uppercase: Whether an uppercase letter is needed.
        require_numbers: Whether a digit is needed.
        require_symbols: Whether a symbol is needed.

    Source: user-pool-settings-policies; shape `PasswordPolicyType`.
    """

    minimum_length: int = _value(default=8)
    require_lowercase: bool = _value(default=True)
    require_uppercase: bool = _value(default=True)
    require_numbers: bool = _value(default=True)
    require_symbols: bool = _value(default=True)


@frozen(kw_only=True)
class Client:
    """
    The app client that the flow signs in through.

    Args:
        generate_secret: Whether the client has a secret (`GenerateSecret`, at creation only).
        auth_session_validity: Life of challenge sessions and sign-in codes, in minutes, 3 to 15.
        prevent_user_existence_errors: `ENABLED` hides whether a user exists (the console's default); the API's own
            default is `LEGACY`.

    Source: user-pool-settings-client-apps; shape `CreateUserPoolClientRequest`.
    """

    generate_secret: bool = _value(default=False)
    auth_session_validity: int = _value(default=3)
    prevent_user_existence_errors: str = _one_of("ENABLED", "LEGACY")


@frozen(kw_only=True)
class PoolSettings:
    """
    One user pool and one app client, as far as flows depend on them.

    Args:
        sign_in: What users sign in with.
        verification: What is verified at sign-up.
        mfa: The second factor.
        required_attributes: Standard attributes that sign-up must carry (`Schema[].Required`, at creation only).
        password_policy: What a password must hold.
        client: The app client.
        sms_configuration: Whether the pool has an `SmsConfiguration`, so that it can send SMS at all.
        email_sending_account: `COGNITO_DEFAULT`, or `DEVELOPER` for the account's own Amazon SES identity.
    """

    sign_in: SignIn = field(factory=SignIn, validator=instance_of(SignIn))
    verification: Verification = field(factory=Verification, validator=instance_of(Verification))
    mfa: Mfa = field(factory=Mfa, validator=instance_of(Mfa))
    required_attributes: tuple[str, ...] = field(default=(), converter=_names)
    password_policy: PasswordPolicy = field(factory=PasswordPolicy, validator=instance_of(PasswordPolicy))
    client: Client = field(factory=Client, validator=instance_of(Client))
    sms_configuration: bool = _value(default=True)
    email_sending_account: str = _one_of("COGNITO_DEFAULT", "DEVELOPER")


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
            f"{path} knows only {', '.join(choices)}", "enumerations of the service model", broken,
        )  # fmt: skip


def setting(pool: PoolSettings, path: str) -> Any:
    """Return the value of the setting at a dotted path, such as `mfa.mode`."""
    value: Any = pool
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _template_rules(path: str, least: int, most: int, source: str, *, code: bool) -> Iterator[Rule]:
    """The rules of one message template: its length and, if it carries a code, the place for it."""

    def wrong_length(pool: PoolSettings) -> bool:
        text = setting(pool, path)
        return text is not None and not least <= len(text) <= most

    def no_code(pool: PoolSettings) -> bool:
        text = setting(pool, path)
        return text is not None and CODE_PLACEHOLDER not in text

    name = _dashed(path)
    yield Rule(f"{name}-length", "error", path, f"{path} has {least} to {most:,} characters", source, wrong_length)
    if code:
        yield Rule(
            f"{name}-code", "error", path, f"{path} must hold {CODE_PLACEHOLDER}, where the code goes", source, no_code
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
    *_template_rules("verification.sms_message", 6, 140, "shape SmsVerificationMessageType", code=True),
    *_template_rules("verification.email_message", 6, 20_000, "shape EmailVerificationMessageType", code=True),
    *_template_rules("verification.email_subject", 1, 140, "shape EmailVerificationSubjectType", code=False),
    *_template_rules("mfa.sms_message", 6, 140, "shape SmsVerificationMessageType", code=True),
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


def required_sign_up_attributes(
    pool: PoolSettings,
    *,
    signs_up_with: Literal["username", "email", "phone_number"],
    mfa_for_user: bool = False,
) -> frozenset[str]:
    """
    Return the attributes that a sign-up must carry beside the username, so that the user can be verified and pass MFA.

    E-mail is needed when it is verified or marked as required, and the username is not the e-mail itself. A phone
    number is needed when it is verified or marked as required, when MFA is required, or when MFA is optional and will
    be switched on for this user; and the username is not the phone number itself.

    Args:
        pool: The pool's settings.
        signs_up_with: What the username is.
        mfa_for_user: Whether SMS MFA will be switched on for this user, where MFA is optional.

    Source: the sign-up section of the Amplify guide on SMS flows.
    """
    needed = {*pool.required_attributes, *pool.verification.auto_verified_attributes}
    if pool.mfa.mode == "required" or (pool.mfa.mode == "optional" and mfa_for_user):
        needed.add("phone_number")
    return frozenset(needed - {signs_up_with})


def valid_pools() -> Iterator[PoolSettings]:
    """
    Yield every valid combination of sign-in, verification, MFA and SMS configuration, in a stable order, lazily.

    Options that do not take part in a combination (texts, password policy, client) stand at their defaults.
    """
    sign_ins = (
        SignIn(),
        *(SignIn(alias_attributes=names) for names in _subsets(ALIASES)),
        *(SignIn(username_attributes=names) for names in _subsets(CONTACTS)),
    )
    verifications = [Verification(auto_verified_attributes=names) for names in ((), *_subsets(CONTACTS))]
    mfas = [Mfa(mode=mode, factors=names) for mode in MFA_MODES for names in ((), *_subsets(MFA_FACTORS))]
    for sign_in, verification, mfa, sms in itertools.product(sign_ins, verifications, mfas, (False, True)):
        pool = PoolSettings(sign_in=sign_in, verification=verification, mfa=mfa, sms_configuration=sms)
        if not any(rule.severity == "error" for rule, _ in broken_rules(pool)):
            yield pool


def _subsets(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Every non-empty subset, smallest first."""
    return [subset for size in range(1, len(names) + 1) for subset in itertools.combinations(names, size)]
