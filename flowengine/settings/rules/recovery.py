"""How users come back who forgot their password, and passwords that administrators give."""

from __future__ import annotations

from typing import Final

from flowengine.settings.model import PoolSettings
from flowengine.settings.rules.rule import Rule, missing, quoted

__all__ = ["RECOVERY_RULES"]

_MFA_CHANNELS: Final = {"verified_email": "email", "verified_phone_number": "sms"}
_CONTACTS: Final = {"verified_email": "email", "verified_phone_number": "phone_number"}


def _mfa_channels(pool: PoolSettings) -> str:
    """The ways to recover that some user's second factor shuts."""
    return quoted(name for name in pool.account_recovery if _MFA_CHANNELS.get(name) in pool.mfa.factors)


def _only_factor_recovers_first(pool: PoolSettings) -> bool:
    return pool.mfa.mode == "required" and any(
        pool.mfa.factors == (_MFA_CHANNELS.get(name),) for name in pool.account_recovery[:1]
    )


def _never_verified(pool: PoolSettings) -> str:
    contacts = [_CONTACTS[name] for name in pool.account_recovery if name in _CONTACTS]
    return missing(contacts, pool.verification.auto_verified_attributes)


RECOVERY_RULES: Final = (
    Rule(
        "recovery-repeated", "error", "account_recovery",
        "a recovery mechanism is listed once",
        "UpdateUserPool: Account Recovery Setting cannot have duplicate priorities or recovery mechanisms",
        lambda pool: len(set(pool.account_recovery)) < len(pool.account_recovery),
    ),
    Rule(
        "admin-only-recovery-alone", "error", "account_recovery",
        "admin_only stands alone",
        "UpdateUserPool: Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms",
        lambda pool: "admin_only" in pool.account_recovery and {*pool.account_recovery} != {"admin_only"},
    ),
    Rule(
        "phone-recovery-with-sms-mfa-alone", "error", "account_recovery",
        "where MFA is required, by SMS alone, the phone cannot be the only way to recover",
        "UpdateUserPool: Account Recovery Setting cannot use verified_phone_number as a recovery mechanism when SMS "
        "MFA is configured",
        lambda pool: pool.account_recovery == ("verified_phone_number",)
        and pool.mfa.mode == "required"
        and pool.mfa.factors == ("sms",),
    ),
    Rule(
        "phone-recovery-with-sms-mfa", "error", "account_recovery",
        "beside SMS MFA, recovery by phone is assumed to be refused",
        "UpdateUserPool, as reported in 2023 (the guide allows it, with e-mail as another way)",
        lambda pool: pool.assumptions.phone_recovery_refused_with_sms_mfa
        and "verified_phone_number" in pool.account_recovery
        and "sms" in pool.mfa.factors,
    ),
    Rule(
        "email-recovery-with-email-mfa-alone", "error", "account_recovery",
        "beside e-mail MFA, e-mail cannot be the only way to recover",
        "user-pool-settings-mfa; SetUserPoolMfaConfig",
        lambda pool: pool.account_recovery == ("verified_email",) and "email" in pool.mfa.factors,
    ),
    Rule(
        "recovery-is-mfa-channel", "warning", "account_recovery",
        "a user's MFA channel is no way to recover, and the first way to recover is no MFA channel: users who have "
        "no other contact can neither reset their password nor finish to sign in",
        "user-pool-settings-mfa; shape AccountRecoverySettingType",
        _mfa_channels,
    ),
    Rule(
        "first-recovery-is-only-factor", "warning", "account_recovery",
        "MFA is required, by one channel alone, and that is the first way to recover, which is no MFA channel: users "
        "who have that contact cannot finish to sign in",
        "user-pool-settings-mfa",
        _only_factor_recovers_first,
    ),
    Rule(
        "recovery-never-verified", "warning", "account_recovery",
        "recovery takes a verified attribute, and nothing verifies this one: users who have no other get no code for "
        "a new password, ForgotPassword answers InvalidParameterException",
        "ForgotPassword",
        _never_verified,
    ),
    Rule(
        "temporary-password-validity-once", "error", "admin_create_user.unused_account_validity_days",
        "the life of temporary passwords is set in one place: password_policy.temporary_password_validity_days",
        "CreateUserPool: Please use TemporaryPasswordValidityDays in PasswordPolicy instead of "
        "UnusedAccountValidityDays",
        lambda pool: pool.admin_create_user.unused_account_validity_days is not None
        and pool.password_policy.temporary_password_validity_days is not None,
    ),
)  # fmt: skip
