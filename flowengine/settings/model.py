"""The settings of one user pool and one app client, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from attrs import field, frozen
from attrs.validators import instance_of, optional

__all__ = [
    "ALIASES",
    "CODE_PLACEHOLDER",
    "CONTACTS",
    "MFA_FACTORS",
    "MFA_MODES",
    "STANDARD_ATTRIBUTES",
    "Client",
    "Mfa",
    "PasswordPolicy",
    "PoolSettings",
    "SignIn",
    "Verification",
    "setting",
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


def setting(pool: PoolSettings, path: str) -> Any:
    """Return the value of the setting at a dotted path, such as `mfa.mode`."""
    value: Any = pool
    for name in path.split("."):
        value = getattr(value, name)
    return value
