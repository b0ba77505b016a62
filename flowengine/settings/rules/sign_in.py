"""What users sign in with, and what is verified at sign-up."""

from __future__ import annotations

from typing import Final

from flowengine.settings.model import CONTACTS, PoolSettings
from flowengine.settings.rules.rule import Rule, missing

__all__ = ["SIGN_IN_RULES"]


def _never_verified(pool: PoolSettings) -> str:
    aliases = [name for name in pool.sign_in.alias_attributes if name in CONTACTS]
    return missing(aliases, pool.verification.auto_verified_attributes)


def _nobody_confirms(pool: PoolSettings) -> bool:
    return (
        not pool.verification.auto_verified_attributes
        and not pool.admin_create_user.allow_admin_create_user_only
        and "pre_sign_up" not in pool.lambda_triggers
    )


SIGN_IN_RULES: Final = (
    Rule(
        "usernames-or-aliases", "error", "sign_in",
        "a pool has username_attributes or alias_attributes, not both",
        "user-pool-settings-attributes; CreateUserPool: Only one of the aliasAttributes or usernameAttributes can be "
        "set in a User pool",
        lambda pool: pool.sign_in.username_attributes and pool.sign_in.alias_attributes,
    ),
    Rule(
        "preferred-username-required", "warning", "required_attributes",
        "preferred_username as an alias and a required attribute: newer guides say that sign-up must carry it, older "
        "ones that it can be set only after confirmation, so users may be unable to sign up",
        "user-pool-settings-attributes (its versions disagree)",
        lambda pool: "preferred_username" in {*pool.sign_in.alias_attributes} & {*pool.required_attributes},
    ),
    Rule(
        "alias-never-verified", "warning", "verification.auto_verified_attributes",
        "an alias works only once it is verified, and nothing verifies this one: users cannot sign in with it",
        "user-pool-settings-attributes",
        _never_verified,
    ),
    Rule(
        "phone-verification-needs-sms", "error", "verification.auto_verified_attributes",
        "verifying phone_number needs an SMS configuration",
        "CreateUserPool: SMS configuration is required when phone_number is selected for auto verification",
        lambda pool: "phone_number" in pool.verification.auto_verified_attributes and not pool.sms_configuration,
    ),
    Rule(
        "update-needs-auto-verification", "error", "verification.attributes_require_verification_before_update",
        "only an auto-verified attribute can keep its old value until the new one is verified",
        "UpdateUserPool: All attributes in AttributesRequireVerificationBeforeUpdate must exist in "
        "AutoVerifiedAttributes",
        lambda pool: missing(
            pool.verification.attributes_require_verification_before_update, pool.verification.auto_verified_attributes
        ),
    ),
    Rule(
        "nothing-verified", "warning", "verification.auto_verified_attributes",
        "no attribute is verified at sign-up: users stay unconfirmed until an administrator or a pre sign-up trigger "
        "confirms them, and no code can be sent again",
        "signing-up-users-in-your-app",
        _nobody_confirms,
    ),
)  # fmt: skip
