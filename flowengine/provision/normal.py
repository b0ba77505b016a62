"""Settings that mean the same to the service, made equal."""

from __future__ import annotations

from typing import Any, Final

import attrs

from flowengine.settings import DEFAULT_AUTH_FLOWS, Assumptions, PoolSettings

__all__ = ["normal"]

OWN_TEXTS: Final = {
    "sms_message": "Your verification code is {####}. ",
    "email_subject": "Your verification code",
    "email_message": "Your verification code is {####}. ",
}
"""Cognito's own texts, which some pools spell out (user-pool-settings-message-customizations)."""
DEFAULT_DAYS: Final = 7
"""Life of a temporary password where nothing or 0 is said (PasswordPolicyType)."""


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
    # They are part of the factor: without it, the service keeps none.
    no_texts: dict[str, Any] = {} if "email" in pool.mfa.factors else {"email_subject": None, "email_message": None}
    own_region = pool.sms_region == region or not pool.sms_configuration
    return attrs.evolve(
        pool,
        assumptions=Assumptions(),
        region=region,
        verification=attrs.evolve(pool.verification, **own_texts),
        mfa=attrs.evolve(pool.mfa, **no_texts),
        sms_region=None if own_region else pool.sms_region,
        sms_transport=pool.sms_transport if pool.sms_configuration else "SNS",
        password_policy=attrs.evolve(policy, temporary_password_validity_days=days or DEFAULT_DAYS),
        admin_create_user=attrs.evolve(pool.admin_create_user, unused_account_validity_days=None),
        client=attrs.evolve(
            client,
            explicit_auth_flows=client.explicit_auth_flows or DEFAULT_AUTH_FLOWS,
            retry_grace_period_seconds=client.retry_grace_period_seconds if client.rotates_refresh_tokens else 0,
        ),
    )
