"""What the descriptions of a pool and a client mean as settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from flowengine.provision.resources import TRIGGER_MEMBERS
from flowengine.settings import (
    STANDARD_ATTRIBUTES,
    AdminCreateUser,
    Assumptions,
    Client,
    Devices,
    Mfa,
    Passkey,
    PasswordPolicy,
    PoolSettings,
    SignIn,
    Verification,
)

__all__ = ["MFA_MODES", "normal", "settings_of"]

Description = Mapping[str, Any]

MFA_MODES: Final = {"off": "OFF", "optional": "OPTIONAL", "required": "ON"}
"""`MfaConfiguration`, by the mode (UserPoolMfaType)."""
DEFAULT_FLOWS: Final = ("ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH")
"""What a client without ExplicitAuthFlows allows (CreateUserPoolClient)."""
MINUTES: Final = {"seconds": 1 / 60, "minutes": 1, "hours": 60, "days": 24 * 60}
OWN_TEXTS: Final = {
    "sms_message": "Your verification code is {####}. ",
    "email_subject": "Your verification code",
    "email_message": "Your verification code is {####}. ",
}
"""Cognito's own texts, which some pools spell out (user-pool-settings-message-customizations)."""
DEFAULT_DAYS: Final = 7
"""Life of a temporary password where nothing or 0 is said (PasswordPolicyType)."""

_MODES: Final = {service: mode for mode, service in MFA_MODES.items()}
_TRIGGERS: Final = {member: trigger for trigger, member in TRIGGER_MEMBERS.items()} | {
    "PreTokenGenerationConfig": "pre_token_generation"
}


def settings_of(pool: Description, mfa: Description, client: Description | None = None) -> PoolSettings:
    """
    Return the settings that descriptions stand for.

    Args:
        pool: The `UserPoolType` of DescribeUserPool.
        mfa: The answer of GetUserPoolMfaConfig.
        client: The `UserPoolClientType` of DescribeUserPoolClient; None for a client with every setting at its default.

    Source: shapes UserPoolType, UserPoolClientType; GetUserPoolMfaConfig.
    """
    sms = pool.get("SmsConfiguration") or {}
    policies = pool.get("Policies", {})
    schema = pool.get("SchemaAttributes", ())
    return PoolSettings(
        sign_in=SignIn(
            username_attributes=pool.get("UsernameAttributes") or (),
            alias_attributes=pool.get("AliasAttributes") or (),
            case_sensitive=pool.get("UsernameConfiguration", {}).get("CaseSensitive", True),
        ),
        verification=_verification(pool),
        mfa=_mfa(pool, mfa),
        allowed_first_auth_factors=policies.get("SignInPolicy", {}).get("AllowedFirstAuthFactors") or ("PASSWORD",),
        passkey=_passkey(mfa.get("WebAuthnConfiguration") or {}),
        account_recovery=_recovery(pool.get("AccountRecoverySetting") or {}),
        devices=_devices(pool.get("DeviceConfiguration")),
        required_attributes=tuple(
            item["Name"] for item in schema if item.get("Required") and item["Name"] in STANDARD_ATTRIBUTES
        ),
        custom_attributes=tuple(
            item["Name"].removeprefix("custom:") for item in schema if item["Name"].startswith("custom:")
        ),
        password_policy=_password_policy(policies.get("PasswordPolicy", {})),
        admin_create_user=AdminCreateUser(
            allow_admin_create_user_only=pool.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly", False)
        ),
        lambda_triggers=tuple(
            _TRIGGERS[name] for name, value in pool.get("LambdaConfig", {}).items() if value and name in _TRIGGERS
        ),
        client=_client(client) if client is not None else Client(),
        user_pool_tier=pool.get("UserPoolTier", "ESSENTIALS"),
        advanced_security_mode=(pool.get("UserPoolAddOns") or {}).get("AdvancedSecurityMode", "OFF"),
        email_sending_account=pool.get("EmailConfiguration", {}).get("EmailSendingAccount", "COGNITO_DEFAULT"),
        sms_configuration=bool(sms),
        sms_transport="END_USER_MESSAGING" if "EumsSms" in sms else "SNS",
        sms_region=sms.get("SnsRegion") or sms.get("EumsSms", {}).get("Region"),
        region=pool["Id"].partition("_")[0] if "Id" in pool else None,
        domain=pool.get("CustomDomain") or pool.get("Domain"),
    )


def normal(pool: PoolSettings, region: str | None) -> PoolSettings:
    """
    Return settings that mean the same to the service, each in its plainest form, so that equal ones compare equal.

    Args:
        pool: The settings.
        region: The pool's Region.
    """
    policy, client = pool.password_policy, pool.client
    days = policy.temporary_password_validity_days or pool.admin_create_user.unused_account_validity_days
    own_texts: dict[str, Any] = {
        name: None for name, text in OWN_TEXTS.items() if getattr(pool.verification, name) == text
    }
    own_region = pool.sms_region == region or not pool.sms_configuration
    return attrs.evolve(
        pool,
        assumptions=Assumptions(),
        region=region,
        verification=attrs.evolve(pool.verification, **own_texts),
        sms_region=None if own_region else pool.sms_region,
        sms_transport=pool.sms_transport if pool.sms_configuration else "SNS",
        password_policy=attrs.evolve(policy, temporary_password_validity_days=days or DEFAULT_DAYS),
        admin_create_user=attrs.evolve(pool.admin_create_user, unused_account_validity_days=None),
        client=attrs.evolve(
            client,
            explicit_auth_flows=client.explicit_auth_flows or DEFAULT_FLOWS,
            retry_grace_period_seconds=client.retry_grace_period_seconds if client.rotates_refresh_tokens else 0,
        ),
    )


def _verification(pool: Description) -> Verification:
    template = pool.get("VerificationMessageTemplate", {})
    update = pool.get("UserAttributeUpdateSettings") or {}
    return Verification(
        auto_verified_attributes=pool.get("AutoVerifiedAttributes") or (),
        attributes_require_verification_before_update=update.get("AttributesRequireVerificationBeforeUpdate") or (),
        default_email_option=template.get("DefaultEmailOption", "CONFIRM_WITH_CODE"),
        sms_message=template.get("SmsMessage") or pool.get("SmsVerificationMessage"),
        email_subject=template.get("EmailSubject") or pool.get("EmailVerificationSubject"),
        email_message=template.get("EmailMessage") or pool.get("EmailVerificationMessage"),
    )


def _mfa(pool: Description, mfa: Description) -> Mfa:
    email = mfa.get("EmailMfaConfiguration")
    offered = {
        "sms": mfa.get("SmsMfaConfiguration") is not None,
        "totp": (mfa.get("SoftwareTokenMfaConfiguration") or {}).get("Enabled", False),
        "email": email is not None,
    }
    mode = _MODES[mfa.get("MfaConfiguration") or pool.get("MfaConfiguration") or "OFF"]
    # The service shows the SMS block of a pool that can send SMS also where MFA is off.
    return Mfa(
        mode=mode,
        factors=tuple(name for name, on in offered.items() if on and mode != "off"),
        sms_message=pool.get("SmsAuthenticationMessage"),
        email_subject=(email or {}).get("Subject"),
        email_message=(email or {}).get("Message"),
    )


def _passkey(block: Description) -> Passkey:
    return Passkey(
        relying_party_id=block.get("RelyingPartyId"),
        user_verification=block.get("UserVerification", "preferred"),
        factor_configuration=block.get("FactorConfiguration", "SINGLE_FACTOR"),
    )


def _recovery(block: Description) -> tuple[str, ...]:
    mechanisms = sorted(block.get("RecoveryMechanisms", ()), key=lambda item: item["Priority"])
    return tuple(item["Name"] for item in mechanisms)


def _devices(block: Description | None) -> Devices:
    if not block:
        return Devices()
    return Devices(
        remembered="opt_in" if block.get("DeviceOnlyRememberedOnUserPrompt") else "always",
        challenge_required_on_new_device=block.get("ChallengeRequiredOnNewDevice", False),
    )


def _password_policy(policy: Description) -> PasswordPolicy:
    usual = PasswordPolicy()
    return PasswordPolicy(
        minimum_length=policy.get("MinimumLength", usual.minimum_length),
        require_lowercase=policy.get("RequireLowercase", not policy),
        require_uppercase=policy.get("RequireUppercase", not policy),
        require_numbers=policy.get("RequireNumbers", not policy),
        require_symbols=policy.get("RequireSymbols", not policy),
        password_history_size=policy.get("PasswordHistorySize", 0),
        temporary_password_validity_days=policy.get("TemporaryPasswordValidityDays"),
    )


def _client(client: Description) -> Client:
    usual, rotation = Client(), client.get("RefreshTokenRotation") or {}
    return Client(
        generate_secret="ClientSecret" in client,
        explicit_auth_flows=client.get("ExplicitAuthFlows") or DEFAULT_FLOWS,
        auth_session_validity=client.get("AuthSessionValidity", usual.auth_session_validity),
        access_token_validity=_minutes(client, "AccessToken", "hours") or usual.access_token_validity,
        id_token_validity=_minutes(client, "IdToken", "hours") or usual.id_token_validity,
        refresh_token_validity=_minutes(client, "RefreshToken", "days") or usual.refresh_token_validity,
        refresh_token_rotation=rotation.get("Feature", "DISABLED"),
        retry_grace_period_seconds=rotation.get("RetryGracePeriodSeconds", 0),
        enable_token_revocation=client.get("EnableTokenRevocation", False),
        prevent_user_existence_errors=client.get("PreventUserExistenceErrors", "LEGACY"),
        read_attributes=client.get("ReadAttributes") or (),
        write_attributes=client.get("WriteAttributes") or (),
    )


def _minutes(client: Description, token: str, unit: str) -> int:
    """The life of a kind of token in whole minutes, 0 where it stands at its default."""
    unit = client.get("TokenValidityUnits", {}).get(token, unit)
    return int(client.get(f"{token}Validity", 0) * MINUTES[unit])
