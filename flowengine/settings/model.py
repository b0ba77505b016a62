"""The settings of one user pool and one app client, as plain values."""

from __future__ import annotations

from typing import Any, Final

from attrs import field, frozen
from attrs.validators import instance_of

from flowengine.settings.assumptions import Assumptions
from flowengine.settings.client import Client
from flowengine.settings.values import names, number_or_none, one_of, ranked, some_of, text, value

__all__ = [
    "ALIASES", "CODE_PLACEHOLDER", "CONTACTS", "FIRST_FACTORS", "MFA_FACTORS", "MFA_MODES", "RECOVERY_MECHANISMS",
    "STANDARD_ATTRIBUTES", "TRIGGERS", "AdminCreateUser", "Devices", "Mfa", "Passkey", "PasswordPolicy",
    "PoolSettings", "SignIn", "Verification", "setting",
]  # fmt: skip

CODE_PLACEHOLDER: Final = "{####}"
"""Where Cognito puts the code into a message template (`SmsVerificationMessageType`)."""

CONTACTS: Final = ("email", "phone_number")
ALIASES: Final = ("email", "phone_number", "preferred_username")
MFA_MODES: Final = ("off", "optional", "required")
MFA_FACTORS: Final = ("sms", "totp", "email")
FIRST_FACTORS: Final = ("PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN")
RECOVERY_MECHANISMS: Final = ("verified_email", "verified_phone_number", "admin_only")
TRIGGERS: Final = (
    "create_auth_challenge", "define_auth_challenge", "post_confirmation", "pre_sign_up", "pre_token_generation",
    "user_migration", "verify_auth_challenge_response",
)  # fmt: skip
"""The Lambda triggers that decide where a user stands (`LambdaConfigType`)."""
STANDARD_ATTRIBUTES: Final = (
    "address", "birthdate", "email", "family_name", "gender", "given_name", "locale", "middle_name", "name", "nickname",
    "phone_number", "picture", "preferred_username", "profile", "updated_at", "website", "zoneinfo",
)  # fmt: skip


@frozen(kw_only=True, cache_hash=True)
class SignIn:
    """
    What users sign in with. Both empty: a plain username. Cannot change once the pool exists.

    Args:
        username_attributes: The contact attributes that are the username (`UsernameAttributes`).
        alias_attributes: The attributes that work beside a username (`AliasAttributes`).
        case_sensitive: Whether `Ann` and `ann` are two users (`UsernameConfiguration.CaseSensitive`; the console's
            default is false).

    Source: user-pool-settings-attributes; user-pool-case-sensitivity; shapes `UsernameAttributeType`,
    `AliasAttributeType`.
    """

    username_attributes: tuple[str, ...] = some_of(*CONTACTS)
    alias_attributes: tuple[str, ...] = some_of(*ALIASES)
    case_sensitive: bool = value(default=True)


@frozen(kw_only=True, cache_hash=True)
class Verification:
    """
    Which contact attributes Cognito verifies, and the texts that it sends.

    Args:
        auto_verified_attributes: `AutoVerifiedAttributes`; with both, one message goes out, to the phone.
        attributes_require_verification_before_update: The contacts whose old value stays in use until a new one is
            verified (`UserAttributeUpdateSettings`).
        default_email_option: Whether sign-up e-mails carry a code or a link to follow.
        sms_message: The SMS text, 6 to 140 characters with `{####}`; None for Cognito's own.
        email_subject: The subject, 1 to 140 characters; None for Cognito's own.
        email_message: The body, 6 to 20,000 characters with `{####}`; None for Cognito's own.

    Source: user-pool-settings-email-phone-verification; shapes `VerificationMessageTemplateType`,
    `UserAttributeUpdateSettingsType`.
    """

    auto_verified_attributes: tuple[str, ...] = some_of(*CONTACTS)
    attributes_require_verification_before_update: tuple[str, ...] = some_of(*CONTACTS)
    default_email_option: str = one_of("CONFIRM_WITH_CODE", "CONFIRM_WITH_LINK")
    sms_message: str | None = text()
    email_subject: str | None = text()
    email_message: str | None = text()


@frozen(kw_only=True, cache_hash=True)
class Mfa:
    """
    Multi-factor authentication.

    Args:
        mode: `off`, `optional` (switched on user by user) or `required` (`MfaConfiguration` OFF, OPTIONAL, ON).
        factors: The second factors that the pool offers: `sms`, `totp`, `email`.
        sms_message: The SMS text, 6 to 140 characters with `{####}`; None for Cognito's own.
        email_subject: The subject, 1 to 140 characters; None for Cognito's own.
        email_message: The body, 6 to 20,000 characters with `{####}`; None for Cognito's own.

    Source: user-pool-settings-mfa; shapes `UserPoolMfaType`, `SmsMfaConfigType`, `SoftwareTokenMfaConfigType`,
    `EmailMfaConfigType`.
    """

    mode: str = one_of(*MFA_MODES)
    factors: tuple[str, ...] = some_of(*MFA_FACTORS)
    sms_message: str | None = text()
    email_subject: str | None = text()
    email_message: str | None = text()


@frozen(kw_only=True, cache_hash=True)
class Passkey:
    """
    How passkeys are used (`WebAuthnConfiguration`).

    Args:
        relying_party_id: The domain that passkeys belong to, 1 to 127 characters; None for the pool's own domain, and
            without either of them no passkey can be registered.
        user_verification: Whether the authenticator must verify the user, or should.
        factor_configuration: Whether a passkey is one factor or, with the user verified, several.

    Source: shape `WebAuthnConfigurationType`; SetUserPoolMfaConfig.
    """

    relying_party_id: str | None = text()
    user_verification: str = one_of("preferred", "required")
    factor_configuration: str = one_of("SINGLE_FACTOR", "MULTI_FACTOR_WITH_USER_VERIFICATION")


@frozen(kw_only=True, cache_hash=True)
class Devices:
    """
    Whether the pool remembers the devices that users sign in on.

    Args:
        remembered: `never`, `always`, or by the user's own choice, `opt_in` (`DeviceOnlyRememberedOnUserPrompt`).
        challenge_required_on_new_device: Whether a remembered device stands in for the second factor.

    Source: amazon-cognito-user-pools-device-tracking; shape `DeviceConfigurationType`.
    """

    remembered: str = one_of("never", "always", "opt_in")
    challenge_required_on_new_device: bool = value(default=False)


@frozen(kw_only=True, cache_hash=True)
class PasswordPolicy:
    """
    What a password must hold. The defaults are those of CreateUserPool without a policy.

    Args:
        minimum_length: In characters, 6 to 99.
        require_lowercase: Whether a lowercase letter is needed.
        require_uppercase: Whether an uppercase letter is needed.
        require_numbers: Whether a digit is needed.
        require_symbols: Whether a symbol is needed.
        password_history_size: How many of the latest passwords, the present one among them, may not be used again, 0
            to 24.
        temporary_password_validity_days: Life of an administrator's temporary password, in days, 0 to 365; None or 0
            for 7.

    Source: user-pool-settings-policies; shape `PasswordPolicyType`.
    """

    minimum_length: int = value(default=8)
    require_lowercase: bool = value(default=True)
    require_uppercase: bool = value(default=True)
    require_numbers: bool = value(default=True)
    require_symbols: bool = value(default=True)
    password_history_size: int = value(default=0)
    temporary_password_validity_days: int | None = number_or_none()


@frozen(kw_only=True, cache_hash=True)
class AdminCreateUser:
    """
    How users come into the pool (`AdminCreateUserConfig`).

    Args:
        allow_admin_create_user_only: Whether nobody can sign up.
        unused_account_validity_days: The former name of `temporary_password_validity_days`, in days, 0 to 365.

    Source: shape `AdminCreateUserConfigType`.
    """

    allow_admin_create_user_only: bool = value(default=False)
    unused_account_validity_days: int | None = number_or_none()


@frozen(kw_only=True, cache_hash=True)
class PoolSettings:
    """
    One user pool and one app client, as far as flows depend on them.

    Args:
        sign_in: What users sign in with.
        verification: What is verified at sign-up.
        mfa: The second factor.
        allowed_first_auth_factors: What the choice-based flow USER_AUTH may begin with
            (`SignInPolicy.AllowedFirstAuthFactors`).
        passkey: How passkeys are used.
        account_recovery: How a forgotten password is recovered, the first choice first
            (`AccountRecoverySetting`); empty for the legacy behaviour: phone, then e-mail.
        devices: Whether devices are remembered.
        required_attributes: Standard attributes that sign-up must carry (`Schema[].Required`, at creation only).
        custom_attributes: Custom attributes of the schema, without `custom:`.
        password_policy: What a password must hold.
        admin_create_user: How users come into the pool.
        lambda_triggers: The Lambda triggers that are set.
        client: The app client.
        user_pool_tier: The feature plan (`UserPoolTier`).
        advanced_security_mode: Threat protection (`UserPoolAddOns.AdvancedSecurityMode`).
        email_sending_account: `COGNITO_DEFAULT`, or `DEVELOPER` for the account's own Amazon SES identity.
        sms_configuration: Whether the pool has an `SmsConfiguration`, so that it can send SMS at all.
        sms_transport: Which of its two forms that has: `SNS`, or `END_USER_MESSAGING`.
        sms_region: The Region that SMS go out from; None for the pool's own.
        region: The pool's Region; None where it does not matter.
        domain: The pool's own domain, for links and passkeys, or None.
        assumptions: How Cognito behaves where its sources disagree.
    """

    sign_in: SignIn = field(factory=SignIn, validator=instance_of(SignIn))
    verification: Verification = field(factory=Verification, validator=instance_of(Verification))
    mfa: Mfa = field(factory=Mfa, validator=instance_of(Mfa))
    allowed_first_auth_factors: tuple[str, ...] = some_of(*FIRST_FACTORS, default=("PASSWORD",))
    passkey: Passkey = field(factory=Passkey, validator=instance_of(Passkey))
    account_recovery: tuple[str, ...] = ranked(*RECOVERY_MECHANISMS)
    devices: Devices = field(factory=Devices, validator=instance_of(Devices))
    required_attributes: tuple[str, ...] = names()
    custom_attributes: tuple[str, ...] = names()
    password_policy: PasswordPolicy = field(factory=PasswordPolicy, validator=instance_of(PasswordPolicy))
    admin_create_user: AdminCreateUser = field(factory=AdminCreateUser, validator=instance_of(AdminCreateUser))
    lambda_triggers: tuple[str, ...] = some_of(*TRIGGERS)
    client: Client = field(factory=Client, validator=instance_of(Client))
    user_pool_tier: str = one_of("ESSENTIALS", "LITE", "PLUS")
    advanced_security_mode: str = one_of("OFF", "AUDIT", "ENFORCED")
    email_sending_account: str = one_of("COGNITO_DEFAULT", "DEVELOPER")
    sms_configuration: bool = value(default=True)
    sms_transport: str = one_of("SNS", "END_USER_MESSAGING")
    sms_region: str | None = text()
    region: str | None = text()
    domain: str | None = text()
    assumptions: Assumptions = field(factory=Assumptions, validator=instance_of(Assumptions))


def setting(pool: PoolSettings, path: str) -> Any:
    """Return the value of the setting at a dotted path, such as `mfa.mode`."""
    found: Any = pool
    for name in path.split("."):
        found = getattr(found, name)
    return found
