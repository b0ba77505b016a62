"""The second factor."""

from __future__ import annotations

from typing import Final

from flowengine.settings.model import PoolSettings
from flowengine.settings.rules.rule import Rule

__all__ = ["MFA_RULES"]


def _sms_mfa(pool: PoolSettings) -> bool:
    return pool.mfa.mode != "off" and "sms" in pool.mfa.factors


def _sms_for_all(pool: PoolSettings) -> bool:
    return pool.mfa.mode == "required" and pool.mfa.factors == ("sms",)


def _phone_may_be_missing(pool: PoolSettings) -> bool:
    return "phone_number" not in pool.required_attributes and pool.sign_in.username_attributes != ("phone_number",)


MFA_RULES: Final = (
    Rule(
        "mfa-needs-sms", "error", "mfa.mode",
        "SMS MFA needs an SMS configuration",
        "CreateUserPool: SMS configuration is required when MFA is required/optional",
        lambda pool: _sms_mfa(pool) and not pool.sms_configuration,
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
        "email-mfa-needs-ses", "error", "mfa.factors",
        "e-mail MFA needs email_sending_account: DEVELOPER",
        "user-pool-settings-mfa-sms-email-message; SetUserPoolMfaConfig: Cannot set EmailMfaConfiguration when user "
        "pool EmailConfiguration contains an EmailSendingAccount of COGNITO_DEFAULT",
        lambda pool: "email" in pool.mfa.factors and pool.email_sending_account == "COGNITO_DEFAULT",
    ),
    Rule(
        "sms-mfa-needs-phone-verification", "error", "verification.auto_verified_attributes",
        "SMS MFA is assumed to need phone_number among the auto-verified attributes",
        "CreateUserPool: SMS configuration and Auto verification for phone_number are required when MFA is "
        "required/optional (pools were measured that do without)",
        lambda pool: pool.assumptions.sms_mfa_needs_phone_verification
        and _sms_mfa(pool)
        and "phone_number" not in pool.verification.auto_verified_attributes,
    ),
    Rule(
        "sms-mfa-not-removable", "error", "mfa.factors",
        "a pool with an SMS configuration is assumed to offer SMS MFA wherever it offers MFA",
        "CloudFormation: Can't turn off SMS_MFA when SMS configuration is set for the user pool (pools were measured "
        "that do without)",
        lambda pool: not pool.assumptions.sms_mfa_removable
        and pool.mfa.mode != "off"
        and "sms" not in pool.mfa.factors
        and pool.sms_configuration,
    ),
    Rule(
        "mfa-without-phone", "warning", "mfa.mode",
        "MFA is required, by SMS alone, and users may lack a phone number: they get MFA_SETUP at their first sign-in "
        "and cannot finish it, since it sets up no SMS MFA",
        "user-pool-settings-mfa; RespondToAuthChallenge (MFA_SETUP cannot set up SMS)",
        lambda pool: _sms_for_all(pool) and _phone_may_be_missing(pool),
    ),
    Rule(
        "mfa-with-unverified-phone", "warning", "mfa.factors",
        "MFA is required, by SMS alone, and an unverified phone number is assumed not to be eligible: users whose "
        "number nobody verified, because an administrator confirmed them, can never finish to sign in",
        "user-pool-settings-mfa (it does not say whether the number must be verified)",
        lambda pool: not pool.assumptions.unverified_phone_for_mfa and _sms_for_all(pool),
    ),
    Rule(
        "devices-challenged-not-remembered", "error", "devices.challenge_required_on_new_device",
        "a device can stand in for the second factor only where devices are remembered: any DeviceConfiguration "
        "switches that on",
        "shape DeviceConfigurationType",
        lambda pool: pool.devices.challenge_required_on_new_device and pool.devices.remembered == "never",
    ),
    Rule(
        "adaptive-authentication-assumes-optional-mfa", "warning", "advanced_security_mode",
        "threat protection asks for MFA by risk only where MFA is optional: where it is off, risky sign-ins are let "
        "in or blocked, and where it is required, everyone is asked",
        "cognito-user-pool-settings-adaptive-authentication; shape UserPoolMfaType",
        lambda pool: pool.advanced_security_mode == "ENFORCED" and pool.mfa.mode != "optional",
    ),
)  # fmt: skip
