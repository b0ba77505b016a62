"""The feature plan: what a tier does not have."""

from __future__ import annotations

from typing import Final

from flowengine.settings.model import Passkey, PoolSettings
from flowengine.settings.rules.rule import Rule, missing

__all__ = ["PLAN_RULES"]


def _lite(pool: PoolSettings) -> bool:
    return pool.user_pool_tier == "LITE"


PLAN_RULES: Final = (
    Rule(
        "email-mfa-needs-essentials", "error", "user_pool_tier",
        "e-mail MFA needs the ESSENTIALS tier or higher",
        "cognito-sign-in-feature-plans; shape EmailMfaConfigType",
        lambda pool: _lite(pool) and "email" in pool.mfa.factors,
    ),
    Rule(
        "passwordless-needs-essentials", "error", "user_pool_tier",
        "first factors beside PASSWORD need the ESSENTIALS tier or higher",
        "CreateUserPool: The following features need to be disabled for the LITE pricing tier configured: Passwordless "
        "Sign-In",
        lambda pool: _lite(pool) and missing(pool.allowed_first_auth_factors, ("PASSWORD",)),
    ),
    Rule(
        "passkeys-need-essentials", "error", "user_pool_tier",
        "settings of passkeys need the ESSENTIALS tier or higher",
        "cognito-sign-in-feature-plans; shape WebAuthnConfigurationType",
        lambda pool: _lite(pool) and pool.passkey != Passkey(),
    ),
    Rule(
        "password-history-needs-essentials", "error", "user_pool_tier",
        "a password history needs the ESSENTIALS tier or higher",
        "cognito-sign-in-feature-plans; shape PasswordPolicyType",
        lambda pool: _lite(pool) and pool.password_policy.password_history_size > 0,
    ),
    Rule(
        "rotation-below-essentials", "warning", "user_pool_tier",
        "rotating refresh tokens is reported to need the ESSENTIALS tier or higher: users keep their first refresh "
        "token, and sign in again when it ends",
        "amazon-cognito-user-pools-using-the-refresh-token (no page names the tier)",
        lambda pool: _lite(pool) and pool.client.rotates_refresh_tokens,
    ),
    Rule(
        "user-auth-below-essentials", "warning", "user_pool_tier",
        "USER_AUTH on LITE works with PASSWORD alone, says the guide, and not at all, says the service model: users "
        "may be unable to sign in by it",
        "cognito-sign-in-feature-plans; shape ExplicitAuthFlowsType",
        lambda pool: pool.assumptions.user_auth_on_lite and _lite(pool) and pool.client.allows("USER_AUTH"),
    ),
    Rule(
        "user-auth-needs-essentials", "error", "user_pool_tier",
        "USER_AUTH is assumed to need the ESSENTIALS tier or higher",
        "shape ExplicitAuthFlowsType (the guide's page on plans says otherwise)",
        lambda pool: not pool.assumptions.user_auth_on_lite and _lite(pool) and pool.client.allows("USER_AUTH"),
    ),
    Rule(
        "threat-protection-needs-plus", "error", "advanced_security_mode",
        "threat protection needs the PLUS tier",
        "cognito-sign-in-feature-plans; shape UserPoolAddOnsType",
        lambda pool: pool.advanced_security_mode != "OFF" and pool.user_pool_tier != "PLUS",
    ),
)  # fmt: skip
