"""Valid pools with a value for every setting that a plan can give a pool, drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from flowengine.settings import CONTACTS, TRIGGERS, PoolSettings, is_valid
from flowengine.testing.strategies import pools

__all__ = ["full_pools"]

CODE: Final = "Your code is {####}"
OWN: Final = "Your verification code is {####}. "
FLAGS: Final = (True, False)
TEXTS: Final = (None, CODE, OWN)
ATTRIBUTES: Final = ("email", "family_name", "given_name", "name", "phone_number")
VALUES: Final[Mapping[str, tuple[Any, ...]]] = {
    "verification.attributes_require_verification_before_update": ((), ("email",), ("phone_number",), CONTACTS),
    "verification.default_email_option": ("CONFIRM_WITH_CODE", "CONFIRM_WITH_LINK"),
    "verification.sms_message": TEXTS,
    "verification.email_subject": (None, "Hello", "Your verification code"),
    "verification.email_message": TEXTS,
    "mfa.sms_message": TEXTS,
    "mfa.email_subject": (None, "Hello"),
    "mfa.email_message": TEXTS,
    "passkey.relying_party_id": (None, "example.com", "example.org"),
    "passkey.user_verification": ("preferred", "required"),
    "custom_attributes": ((), ("plan",), ("plan", "seats"), tuple(f"number_{number}" for number in range(30))),
    "required_attributes": ((), ("updated_at",), ("birthdate", "email")),
    "password_policy.minimum_length": (8, 6, 99),
    "password_policy.require_lowercase": FLAGS,
    "password_policy.require_uppercase": FLAGS,
    "password_policy.require_numbers": FLAGS,
    "password_policy.require_symbols": FLAGS,
    "password_policy.password_history_size": (0, 1, 24),
    "password_policy.temporary_password_validity_days": (None, 0, 1, 7, 365),
    "admin_create_user.unused_account_validity_days": (None, 0, 7, 20),
    "lambda_triggers": ((), ("pre_sign_up",), ("pre_token_generation", "user_migration"), TRIGGERS),
    "user_pool_tier": ("ESSENTIALS", "LITE", "PLUS"),
    "advanced_security_mode": ("OFF", "AUDIT", "ENFORCED"),
    "sms_transport": ("SNS", "END_USER_MESSAGING"),
    "sms_region": (None, "us-east-1"),
    "region": (None, "us-east-1"),
    "client.access_token_validity": (60, 5, 90, 24 * 60),
    "client.id_token_validity": (60, 5, 90, 24 * 60),
    "client.refresh_token_validity": (30 * 24 * 60, 61, 24 * 60, 3650 * 24 * 60),
    "client.retry_grace_period_seconds": (0, 9, 60),
    "client.enable_token_revocation": FLAGS,
    "client.read_attributes": ((), ("email", "name"), ATTRIBUTES),
    "client.write_attributes": ((), ("email", "name"), ATTRIBUTES),
}
"""The settings that `pools` leaves at their defaults, each with its values, the default first."""


@st.composite
def full_pools(draw: st.DrawFn) -> PoolSettings:
    """Draw pools that Cognito takes, in all that can be set."""
    pool = draw(pools())
    for path, values in VALUES.items():
        wished = _with(pool, path, draw(st.sampled_from(values)))
        pool = wished if is_valid(wished) else pool
    return pool


def _with(pool: PoolSettings, path: str, value: Any) -> PoolSettings:
    section, _, name = path.partition(".")
    return attrs.evolve(pool, **{section: attrs.evolve(getattr(pool, section), **{name: value}) if name else value})
