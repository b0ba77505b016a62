"""Which pools can give an outcome: what may follow a password, an answer, a choice.

Each condition holds if some user that such a pool can hold would see the outcome: with and without a phone or an
e-mail address, each enrolment and preference, created by sign-up or by an administrator.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flowengine.actions.model import Condition, always
from flowengine.settings import PoolSettings

__all__ = [
    "AFTER_CHOICE", "AFTER_NEW_PASSWORD", "AFTER_PASSWORD", "DONE", "allows", "both", "chooses", "custom_challenge",
    "either", "mfa_factor", "remembers_devices", "signs_in_by_code", "signs_up_without_password",
]  # fmt: skip


def both(first: Condition, second: Condition) -> Condition:
    """Hold for pools for which two conditions hold."""
    return lambda pool: first(pool) and second(pool)


def either(*conditions: Condition) -> Condition:
    """Hold for pools for which one of these conditions holds."""
    return lambda pool: any(condition(pool) for condition in conditions)


def allows(auth_flow: str) -> Condition:
    """Hold for pools whose client allows an authentication flow."""
    return lambda pool: pool.client.allows(auth_flow)


def mfa_factor(name: str) -> Condition:
    """Hold for pools that offer a second factor: `sms`, `totp` or `email`."""
    return lambda pool: pool.mfa.mode != "off" and name in pool.mfa.factors


def chooses(factor: str) -> Condition:
    """Hold for pools whose choice-based sign-in can begin with a factor."""
    return lambda pool: factor in pool.allowed_first_auth_factors


def remembers_devices(pool: PoolSettings) -> bool:
    """Hold for pools that track devices."""
    return pool.devices.remembered != "never"


def custom_challenge(pool: PoolSettings) -> bool:
    """Hold for pools in which Lambda functions can pose challenges of their own."""
    return pool.client.allows("CUSTOM_AUTH")


def signs_up_without_password(pool: PoolSettings) -> bool:
    """
    Hold for pools in which a user can sign up without a password: with a code to a contact that is verified by it.

    Source: SignUp, member Password.
    """
    factors = {"EMAIL_OTP": "email", "SMS_OTP": "phone_number"}
    verified = pool.verification.auto_verified_attributes
    usable = any(name in pool.allowed_first_auth_factors and contact in verified for name, contact in factors.items())
    return usable and pool.client.allows("USER_AUTH")


def signs_in_by_code(pool: PoolSettings) -> bool:
    """
    Hold for pools whose newly confirmed users can be signed in without another code.

    Source: ConfirmSignUp, member Session.
    """
    codes = any(name in pool.allowed_first_auth_factors for name in ("EMAIL_OTP", "SMS_OTP"))
    return codes and pool.client.allows("USER_AUTH")


def _selects_mfa(pool: PoolSettings) -> bool:
    return pool.mfa.mode != "off" and len(pool.mfa.factors) > 1


def _sets_mfa_up(pool: PoolSettings) -> bool:
    return pool.mfa.mode == "required"


def _device_instead_of_mfa(pool: PoolSettings) -> bool:
    return pool.mfa.mode != "off" and remembers_devices(pool) and pool.devices.challenge_required_on_new_device


def _needs_no_factor(pool: PoolSettings) -> bool:
    return pool.mfa.mode != "required" or pool.assumptions.first_sign_in_without_factor == "TOKENS"


def _tracks_without_factor(pool: PoolSettings) -> bool:
    return remembers_devices(pool) and _needs_no_factor(pool)


DONE: Final[Mapping[str, Condition]] = {"TOKENS": always, "TOKENS_ON_NEW_DEVICE": remembers_devices}
"""After the last factor."""

AFTER_NEW_PASSWORD: Final[Mapping[str, Condition]] = {
    "DEVICE_SRP_AUTH": _device_instead_of_mfa,
    "SMS_MFA": mfa_factor("sms"),
    "SOFTWARE_TOKEN_MFA": mfa_factor("totp"),
    "EMAIL_OTP": mfa_factor("email"),
    "SELECT_MFA_TYPE": _selects_mfa,
    "MFA_SETUP": _sets_mfa_up,
    "TOKENS": _needs_no_factor,
    "TOKENS_ON_NEW_DEVICE": _tracks_without_factor,
}
"""After a password that is the user's own (authentication; user-pool-settings-mfa)."""

AFTER_PASSWORD: Final[Mapping[str, Condition]] = {"NEW_PASSWORD_REQUIRED": always, **AFTER_NEW_PASSWORD}
"""After a password that may be an administrator's temporary one."""


AFTER_CHOICE: Final[Mapping[str, Condition]] = {
    **{name: both(chooses("PASSWORD"), when) for name, when in AFTER_PASSWORD.items()},
    "EMAIL_OTP": either(both(chooses("PASSWORD"), mfa_factor("email")), chooses("EMAIL_OTP")),
    "SMS_OTP": chooses("SMS_OTP"),
    "WEB_AUTHN": chooses("WEB_AUTHN"),
    "PASSWORD_VERIFIER": chooses("PASSWORD"),
}
"""After choosing a first factor, whose password may have come with the choice."""
