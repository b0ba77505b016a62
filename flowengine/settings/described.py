"""What the service's descriptions of a pool and of a client mean as settings.

A description may be incomplete: what it leaves out stands at the service's own default.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flowengine.settings.client import DEFAULT_AUTH_FLOWS, Client
from flowengine.settings.model import (
    STANDARD_ATTRIBUTES,
    AdminCreateUser,
    Devices,
    Mfa,
    Passkey,
    PasswordPolicy,
    PoolSettings,
    SignIn,
    Verification,
)

__all__ = ["MFA_CONFIGURATION", "TRIGGER_MEMBERS", "settings_of"]

Description = Mapping[str, Any]

MFA_CONFIGURATION: Final = {"off": "OFF", "optional": "OPTIONAL", "required": "ON"}
"""`MfaConfiguration`, by the mode (UserPoolMfaType)."""
TRIGGER_MEMBERS: Final = {
    "create_auth_challenge": "CreateAuthChallenge",
    "define_auth_challenge": "DefineAuthChallenge",
    "post_confirmation": "PostConfirmation",
    "pre_sign_up": "PreSignUp",
    "pre_token_generation": "PreTokenGeneration",
    "user_migration": "UserMigration",
    "verify_auth_challenge_response": "VerifyAuthChallengeResponse",
}
"""The member of `LambdaConfigType` that each trigger is; some can be told as a structure, `...Config`, instead."""
SECONDS: Final = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
"""`TimeUnitsType`."""

_MODES: Final = {service: mode for mode, service in MFA_CONFIGURATION.items()}


def settings_of(pool: Description, mfa: Description, client: Description | None = None) -> PoolSettings:
    """
    Return the settings that descriptions stand for.

    Args:
        pool: The `UserPoolType` of DescribeUserPool.
        mfa: The answer of GetUserPoolMfaConfig.
        client: The `UserPoolClientType` of DescribeUserPoolClient; None for a client with every setting at its default.

    Source: shapes UserPoolType, UserPoolClientType; GetUserPoolMfaConfig.
    """
    return PoolSettings(
        sign_in=_sign_in(pool),
        verification=_verification(pool),
        mfa=_mfa(pool, mfa),
        allowed_first_auth_factors=_part(pool, "Policies", "SignInPolicy").get("AllowedFirstAuthFactors")
        or ("PASSWORD",),
        passkey=_passkey(_part(mfa, "WebAuthnConfiguration")),
        account_recovery=_recovery(_part(pool, "AccountRecoverySetting")),
        devices=_devices(_part(pool, "DeviceConfiguration")),
        password_policy=_password_policy(_part(pool, "Policies", "PasswordPolicy")),
        admin_create_user=_admin_create_user(pool),
        lambda_triggers=_triggers(_part(pool, "LambdaConfig")),
        client=_client(client) if client is not None else Client(),
        user_pool_tier=pool.get("UserPoolTier", "ESSENTIALS"),
        advanced_security_mode=_part(pool, "UserPoolAddOns").get("AdvancedSecurityMode", "OFF"),
        email_sending_account=_part(pool, "EmailConfiguration").get("EmailSendingAccount", "COGNITO_DEFAULT"),
        region=pool["Id"].partition("_")[0] if "Id" in pool else None,
        domain=pool.get("CustomDomain") or pool.get("Domain"),
        **_attributes(pool),
        **_sms(_part(pool, "SmsConfiguration")),
    )


def _part(description: Description, *names: str) -> Description:
    """A nested block, empty where there is none."""
    for name in names:
        description = description.get(name) or {}
    return description


def _sign_in(pool: Description) -> SignIn:
    return SignIn(
        username_attributes=pool.get("UsernameAttributes") or (),
        alias_attributes=pool.get("AliasAttributes") or (),
        case_sensitive=_part(pool, "UsernameConfiguration").get("CaseSensitive", True),
    )


def _verification(pool: Description) -> Verification:
    template, update = _part(pool, "VerificationMessageTemplate"), _part(pool, "UserAttributeUpdateSettings")
    return Verification(
        auto_verified_attributes=pool.get("AutoVerifiedAttributes") or (),
        attributes_require_verification_before_update=update.get("AttributesRequireVerificationBeforeUpdate") or (),
        default_email_option=template.get("DefaultEmailOption", "CONFIRM_WITH_CODE"),
        sms_message=template.get("SmsMessage") or pool.get("SmsVerificationMessage"),
        email_subject=template.get("EmailSubject") or pool.get("EmailVerificationSubject"),
        email_message=template.get("EmailMessage") or pool.get("EmailVerificationMessage"),
    )


def _mfa(pool: Description, mfa: Description) -> Mfa:
    email = _part(mfa, "EmailMfaConfiguration")
    offered = {
        "sms": mfa.get("SmsMfaConfiguration") is not None,
        "totp": _part(mfa, "SoftwareTokenMfaConfiguration").get("Enabled", False),
        "email": mfa.get("EmailMfaConfiguration") is not None,
    }
    mode = _MODES[mfa.get("MfaConfiguration") or pool.get("MfaConfiguration") or "OFF"]
    # The service shows the SMS block of a pool that can send SMS also where MFA is off.
    return Mfa(
        mode=mode,
        factors=tuple(name for name, on in offered.items() if on and mode != "off"),
        sms_message=pool.get("SmsAuthenticationMessage"),
        email_subject=email.get("Subject"),
        email_message=email.get("Message"),
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


def _devices(block: Description) -> Devices:
    if not block:
        return Devices()
    return Devices(
        remembered="opt_in" if block.get("DeviceOnlyRememberedOnUserPrompt") else "always",
        challenge_required_on_new_device=block.get("ChallengeRequiredOnNewDevice", False),
    )


def _attributes(pool: Description) -> dict[str, Any]:
    schema = pool.get("SchemaAttributes") or ()
    required = [item["Name"] for item in schema if item.get("Required")]
    custom = [item["Name"] for item in schema if item["Name"].startswith("custom:")]
    return {
        "required_attributes": tuple(name for name in required if name in STANDARD_ATTRIBUTES),
        "custom_attributes": tuple(name.removeprefix("custom:") for name in custom),
    }


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


def _admin_create_user(pool: Description) -> AdminCreateUser:
    block = _part(pool, "AdminCreateUserConfig")
    said_otherwise = "TemporaryPasswordValidityDays" in _part(pool, "Policies", "PasswordPolicy")
    return AdminCreateUser(
        allow_admin_create_user_only=block.get("AllowAdminCreateUserOnly", False),
        unused_account_validity_days=None if said_otherwise else block.get("UnusedAccountValidityDays"),
    )


def _triggers(config: Description) -> tuple[str, ...]:
    return tuple(
        trigger for trigger, member in TRIGGER_MEMBERS.items() if config.get(member) or config.get(f"{member}Config")
    )


def _sms(block: Description) -> dict[str, Any]:
    return {
        "sms_configuration": bool(block),
        "sms_transport": "END_USER_MESSAGING" if "EumsSms" in block else "SNS",
        "sms_region": block.get("SnsRegion") or _part(block, "EumsSms").get("Region"),
    }


def _client(client: Description) -> Client:
    usual, rotation = Client(), _part(client, "RefreshTokenRotation")
    return Client(
        generate_secret="ClientSecret" in client,
        explicit_auth_flows=client.get("ExplicitAuthFlows") or DEFAULT_AUTH_FLOWS,
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
    unit = _part(client, "TokenValidityUnits").get(token, unit)
    return int(client.get(f"{token}Validity", 0) * SECONDS[unit] // SECONDS["minutes"])
