"""What the choice-based flow USER_AUTH may begin with, passkeys among it."""

from __future__ import annotations

from typing import Final

from flowengine.settings.model import PoolSettings
from flowengine.settings.rules.rule import Rule, missing, quoted

__all__ = ["FIRST_FACTOR_RULES"]

_OTP: Final = ("EMAIL_OTP", "SMS_OTP")
_LONGEST_RELYING_PARTY_ID: Final = 127


def _allows(pool: PoolSettings, factor: str) -> bool:
    return factor in pool.allowed_first_auth_factors


def _otp_factors(pool: PoolSettings) -> str:
    return quoted(name for name in _OTP if _allows(pool, name))


def _email_otp_by_cognito(pool: PoolSettings) -> bool:
    return _allows(pool, "EMAIL_OTP") and pool.email_sending_account == "COGNITO_DEFAULT"


FIRST_FACTOR_RULES: Final = (
    Rule(
        "first-factor-needed", "error", "allowed_first_auth_factors",
        "a sign-in must be able to begin with something",
        "shape AllowedFirstAuthFactorsListType",
        lambda pool: not pool.allowed_first_auth_factors,
    ),
    Rule(
        "first-factors-need-password", "error", "allowed_first_auth_factors",
        "PASSWORD must be among the first factors",
        "CreateUserPool: Password should be configured as one of the allowed first auth factors",
        lambda pool: not pool.assumptions.password_factor_optional and not _allows(pool, "PASSWORD"),
    ),
    Rule(
        "sms-otp-needs-sms", "error", "allowed_first_auth_factors",
        "SMS_OTP needs an SMS configuration",
        "CreateUserPool: SMS_OTP can not be configured as AuthFactor as user pool is missing valid SMS configuration",
        lambda pool: _allows(pool, "SMS_OTP") and not pool.sms_configuration,
    ),
    Rule(
        "email-otp-without-ses", "warning", "allowed_first_auth_factors",
        "EMAIL_OTP works with Cognito's own e-mail, for 50 messages a day: after them users get no code and cannot "
        "sign in; the guide asks for email_sending_account: DEVELOPER",
        "amazon-cognito-user-pools-authentication-flow-methods; user-pool-email",
        lambda pool: not pool.assumptions.email_otp_needs_ses and _email_otp_by_cognito(pool),
    ),
    Rule(
        "email-otp-needs-ses", "error", "allowed_first_auth_factors",
        "EMAIL_OTP is assumed to need email_sending_account: DEVELOPER",
        "amazon-cognito-user-pools-authentication-flow-methods (Cognito's own e-mail was measured to work)",
        lambda pool: pool.assumptions.email_otp_needs_ses and _email_otp_by_cognito(pool),
    ),
    Rule(
        "otp-beside-required-mfa", "error", "allowed_first_auth_factors",
        "where MFA is required, a sign-in cannot begin with a one-time code",
        "SetUserPoolMfaConfig: Only PASSWORD and WEB_AUTHN (if configured) can be enabled as an auth factor if MFA is "
        "enabled",
        lambda pool: pool.mfa.mode == "required" and _otp_factors(pool),
    ),
    Rule(
        "otp-hidden-by-mfa", "warning", "allowed_first_auth_factors",
        "users with a second factor are not offered a one-time code: they must know their password",
        "amazon-cognito-user-pools-authentication-flow-methods",
        lambda pool: pool.mfa.mode == "optional" and _otp_factors(pool),
    ),
    Rule(
        "passkey-beside-required-mfa", "error", "passkey.factor_configuration",
        "where MFA is required, WEB_AUTHN needs factor_configuration: MULTI_FACTOR_WITH_USER_VERIFICATION",
        "SetUserPoolMfaConfig: Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required and "
        "WebAuthn is an allowed first auth factor",
        lambda pool: pool.mfa.mode == "required"
        and _allows(pool, "WEB_AUTHN")
        and pool.passkey.factor_configuration != "MULTI_FACTOR_WITH_USER_VERIFICATION",
    ),
    Rule(
        "passkey-verification-preferred", "warning", "passkey.user_verification",
        "a passkey counts as several factors only with its user verified, and user_verification: preferred lets "
        "authenticators be registered that cannot do so: their users cannot pass MFA with them",
        "shape WebAuthnConfigurationType",
        lambda pool: pool.mfa.mode != "off"
        and _allows(pool, "WEB_AUTHN")
        and pool.passkey.factor_configuration == "MULTI_FACTOR_WITH_USER_VERIFICATION"
        and pool.passkey.user_verification == "preferred",
    ),
    Rule(
        "passkey-without-relying-party", "warning", "passkey.relying_party_id",
        "WEB_AUTHN without a relying party or a domain: nobody can register a passkey, since "
        "StartWebAuthnRegistration answers WebAuthnConfigurationMissingException",
        "StartWebAuthnRegistration",
        lambda pool: _allows(pool, "WEB_AUTHN") and pool.passkey.relying_party_id is None and pool.domain is None,
    ),
    Rule(
        "relying-party-id-length", "error", "passkey.relying_party_id",
        f"relying_party_id has 1 to {_LONGEST_RELYING_PARTY_ID} characters",
        "shape RelyingPartyIdType",
        lambda pool: pool.passkey.relying_party_id is not None
        and not 1 <= len(pool.passkey.relying_party_id) <= _LONGEST_RELYING_PARTY_ID,
    ),
    Rule(
        "first-factors-need-user-auth", "warning", "client.explicit_auth_flows",
        "only USER_AUTH offers these first factors, and the client does not allow it: nobody can use them",
        "amazon-cognito-user-pools-authentication-flow-methods; shape SignInPolicyType",
        lambda pool: not pool.client.allows("USER_AUTH") and missing(pool.allowed_first_auth_factors, ("PASSWORD",)),
    ),
)  # fmt: skip
