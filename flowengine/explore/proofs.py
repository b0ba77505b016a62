"""What a user owes before tokens, said without regard to how the embedded pool comes to give them."""

from __future__ import annotations

from operator import attrgetter
from typing import Final

from flowengine.settings import PoolSettings, question
from flowengine.simulator.state import User

__all__ = ["owed"]

FIRST_FACTORS: Final = frozenset({
    "CONFIRMED_SIGN_UP", "CUSTOM_CHALLENGE", "EMAIL_OTP", "PASSWORD", "SMS_OTP", "WEB_AUTHN",
})  # fmt: skip
"""What can be proved first. A confirmed sign-up has proved a contact by a code; custom challenges prove what Lambda
functions say (authentication; ConfirmSignUp, member Session)."""
SECOND_FACTORS: Final = frozenset({"DEVICE_PASSWORD_VERIFIER", "EMAIL_OTP", "SMS_MFA", "SOFTWARE_TOKEN_MFA"})
"""What can be proved after a password; a remembered device stands in for the others (user-pool-settings-mfa;
amazon-cognito-user-pools-device-tracking)."""
ALONE: Final = frozenset({"CONFIRMED_SIGN_UP", "CUSTOM_CHALLENGE"})
"""First factors after which no second one is asked for, whatever the user has switched on."""
OFFERED: Final = {"EMAIL_OTP": "email", "SMS_MFA": "sms", "SOFTWARE_TOKEN_MFA": "totp"}


def owed(user: User, proved: tuple[str, ...], settings: PoolSettings) -> str | None:
    """
    Return what a user still owes who has been given tokens, None if nothing.

    Args:
        user: The user before the last answer.
        proved: What the sign-in has proved, oldest first.
        settings: The pool.

    Source: user-pool-settings-mfa; authentication-flows-selection-sdk (the table of factors by MFA setting).
    """
    if not FIRST_FACTORS.intersection(proved):
        return "no factor was proved"
    if not ALONE.isdisjoint(proved) or not _owes_two(settings, user):
        return None
    if proved[0] == "PASSWORD":
        lenient = settings.assumptions.first_sign_in_without_factor == "TOKENS"
        if not SECOND_FACTORS.isdisjoint(proved) or (lenient and not user.signed_in_before):
            return None
        return "a password alone, and a second factor is owed"
    several = settings.passkey.factor_configuration == "MULTI_FACTOR_WITH_USER_VERIFICATION"
    return None if proved[0] == "WEB_AUTHN" and several else f"{proved[0]} alone, and a second factor is owed"


@question(attrgetter("holdings"))
def _owes_two(settings: PoolSettings, user: User) -> bool:
    if settings.mfa.mode != "optional":
        return settings.mfa.mode == "required"
    return any(factor in user.mfa and name in settings.mfa.factors and _has(user, factor, settings)
               for factor, name in OFFERED.items())  # fmt: skip


def _has(user: User, factor: str, settings: PoolSettings) -> bool:
    """Whether the user has what a factor needs: an authenticator app, a contact to send to."""
    if factor == "SOFTWARE_TOKEN_MFA":
        return user.totp is not None
    contact = {"EMAIL_OTP": "email", "SMS_MFA": "phone_number"}[factor]
    verified = factor != "SMS_MFA" or settings.assumptions.unverified_phone_for_mfa or contact in user.verified
    return contact in user.attributes and verified
