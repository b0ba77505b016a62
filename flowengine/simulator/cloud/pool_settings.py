"""What a pool's and a client's descriptions mean: the settings that the embedded user pool takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from flowengine.settings import (
    STANDARD_ATTRIBUTES,
    AdminCreateUser,
    Client,
    Devices,
    Mfa,
    Passkey,
    PasswordPolicy,
    PoolSettings,
    SignIn,
    Verification,
    broken_rules,
)
from flowengine.simulator.cloud.refusals import ANY_RULE, BROKEN_RULES, TIER_LACKS, TIER_UNCHANGEABLE

__all__ = ["check_settings", "settings_of"]

Description = Mapping[str, Any]

MODES: Final = {"OFF": "off", "OPTIONAL": "optional", "ON": "required"}
FACTORS: Final = {
    "sms": "SmsMfaConfiguration", "totp": "SoftwareTokenMfaConfiguration", "email": "EmailMfaConfiguration",
}  # fmt: skip
TRIGGERS: Final = {
    "PreSignUp": "pre_sign_up",
    "PostConfirmation": "post_confirmation",
    "DefineAuthChallenge": "define_auth_challenge",
    "CreateAuthChallenge": "create_auth_challenge",
    "VerifyAuthChallengeResponse": "verify_auth_challenge_response",
    "PreTokenGeneration": "pre_token_generation",
    "PreTokenGenerationConfig": "pre_token_generation",
    "UserMigration": "user_migration",
}
"""The triggers of `LambdaConfigType` that the embedded user pool calls."""
DEFAULT_FLOWS: Final = ("ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH")
"""What a client without ExplicitAuthFlows allows (CreateUserPoolClient)."""
MINUTES: Final = {"seconds": 1 / 60, "minutes": 1, "hours": 60, "days": 24 * 60}
VALIDITIES: Final = (("AccessToken", 60, "hours"), ("IdToken", 60, "hours"), ("RefreshToken", 30 * 24 * 60, "days"))
"""Each token with its life, in minutes, and the unit that holds by itself (CreateUserPoolClient)."""


def settings_of(pool: Description, factors: Description, client: Description | None = None) -> PoolSettings:
    """
    Return the settings that descriptions stand for.

    Args:
        pool: A `UserPoolType`.
        factors: The blocks of GetUserPoolMfaConfig that are set.
        client: A `UserPoolClientType`; None for the default one.
    """
    sms = pool.get("SmsConfiguration") or {}
    policy = pool["Policies"]
    schema = pool["SchemaAttributes"]
    return PoolSettings(
        sign_in=SignIn(
            username_attributes=pool.get("UsernameAttributes", ()),
            alias_attributes=pool.get("AliasAttributes", ()),
            case_sensitive=pool.get("UsernameConfiguration", {}).get("CaseSensitive", True),
        ),
        verification=_verification(pool),
        mfa=_mfa(pool, factors),
        allowed_first_auth_factors=policy["SignInPolicy"]["AllowedFirstAuthFactors"],
        passkey=_passkey(factors.get("WebAuthnConfiguration", {})),
        account_recovery=_recovery(pool.get("AccountRecoverySetting", {})),
        devices=_devices(pool.get("DeviceConfiguration")),
        required_attributes=tuple(
            item["Name"] for item in schema if item["Required"] and item["Name"] in STANDARD_ATTRIBUTES
        ),
        custom_attributes=tuple(
            item["Name"].removeprefix("custom:") for item in schema if item["Name"].startswith("custom:")
        ),
        password_policy=_password_policy(policy["PasswordPolicy"]),
        admin_create_user=AdminCreateUser(
            allow_admin_create_user_only=pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]
        ),
        lambda_triggers=tuple(TRIGGERS[name] for name in pool["LambdaConfig"] if name in TRIGGERS),
        client=_client(client) if client is not None else Client(),
        user_pool_tier=pool["UserPoolTier"],
        advanced_security_mode=pool.get("UserPoolAddOns", {}).get("AdvancedSecurityMode", "OFF"),
        email_sending_account=pool["EmailConfiguration"]["EmailSendingAccount"],
        sms_configuration=bool(sms),
        sms_transport="END_USER_MESSAGING" if "EumsSms" in sms else "SNS",
        sms_region=sms.get("SnsRegion") or sms.get("EumsSms", {}).get("Region"),
        region=pool["Id"].partition("_")[0],
    )


def check_settings(settings: PoolSettings, *, tier_changes: bool = False) -> None:
    """
    Refuse settings that break a rule of the service.

    Args:
        settings: The settings.
        tier_changes: Whether the request takes the pool to another tier, which is then what is refused.
    """
    for rule, detail in broken_rules(settings):
        if rule.severity == "error":
            refusal = BROKEN_RULES.get(rule.id, ANY_RULE)
            if tier_changes and refusal.exception == TIER_LACKS:
                refusal = attrs.evolve(refusal, exception=TIER_UNCHANGEABLE)
            raise refusal.error(rule=rule.complaint(detail))


def _verification(pool: Description) -> Verification:
    template = pool["VerificationMessageTemplate"]
    update = pool["UserAttributeUpdateSettings"]
    return Verification(
        auto_verified_attributes=pool.get("AutoVerifiedAttributes", ()),
        attributes_require_verification_before_update=update["AttributesRequireVerificationBeforeUpdate"],
        default_email_option=template["DefaultEmailOption"],
        sms_message=template.get("SmsMessage"),
        email_subject=template.get("EmailSubject"),
        email_message=template.get("EmailMessage"),
    )


def _mfa(pool: Description, factors: Description) -> Mfa:
    email = factors.get("EmailMfaConfiguration", {})
    return Mfa(
        mode=MODES[pool["MfaConfiguration"]],
        factors=tuple(factor for factor, block in FACTORS.items() if block in factors),
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


def _devices(block: Description | None) -> Devices:
    if block is None:
        return Devices()
    return Devices(
        remembered="opt_in" if block.get("DeviceOnlyRememberedOnUserPrompt") else "always",
        challenge_required_on_new_device=block.get("ChallengeRequiredOnNewDevice", False),
    )


def _password_policy(policy: Description) -> PasswordPolicy:
    return PasswordPolicy(
        minimum_length=policy["MinimumLength"],
        require_lowercase=policy["RequireLowercase"],
        require_uppercase=policy["RequireUppercase"],
        require_numbers=policy["RequireNumbers"],
        require_symbols=policy["RequireSymbols"],
        password_history_size=policy.get("PasswordHistorySize", 0),
        temporary_password_validity_days=policy["TemporaryPasswordValidityDays"],
    )


def _client(client: Description) -> Client:
    rotation = client.get("RefreshTokenRotation", {})
    access, identity, refresh = (_minutes(client, *validity) for validity in VALIDITIES)
    return Client(
        generate_secret="ClientSecret" in client,
        explicit_auth_flows=client.get("ExplicitAuthFlows") or DEFAULT_FLOWS,
        auth_session_validity=client["AuthSessionValidity"],
        access_token_validity=access,
        id_token_validity=identity,
        refresh_token_validity=refresh,
        refresh_token_rotation=rotation.get("Feature", "DISABLED"),
        retry_grace_period_seconds=rotation.get("RetryGracePeriodSeconds", 0),
        enable_token_revocation=client["EnableTokenRevocation"],
        prevent_user_existence_errors=client.get("PreventUserExistenceErrors", "LEGACY"),
        read_attributes=client.get("ReadAttributes", ()),
        write_attributes=client.get("WriteAttributes", ()),
    )


def _minutes(client: Description, token: str, default: int, unit: str) -> int:
    """The life of a kind of token, in whole minutes."""
    length = client.get(f"{token}Validity")
    unit = client.get("TokenValidityUnits", {}).get(token, unit)
    return int(length * MINUTES[unit]) if length else default
