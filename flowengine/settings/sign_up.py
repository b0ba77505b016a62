"""What a sign-up needs."""

from __future__ import annotations

from typing import Literal

from flowengine.settings.model import PoolSettings
from flowengine.settings.reader import question

__all__ = ["required_sign_up_attributes"]


def required_sign_up_attributes(
    pool: PoolSettings,
    *,
    signs_up_with: Literal["username", "email", "phone_number"],
    mfa_for_user: bool = False,
) -> frozenset[str]:
    """
    Return the attributes that a sign-up must carry beside the username, so that the user can be verified and pass MFA.

    E-mail is needed when it is verified or marked as required, and the username is not the e-mail itself. A phone
    number is needed when it is verified or marked as required, when MFA is required by SMS alone, or when SMS MFA will
    be switched on for this user; and the username is not the phone number itself. TOTP and e-mail MFA are set up at
    sign-in.

    Args:
        pool: The pool's settings.
        signs_up_with: What the username is.
        mfa_for_user: Whether SMS MFA will be switched on for this user, where the pool offers it.

    Source: the sign-up section of the Amplify guide on SMS flows; user-pool-settings-mfa.
    """
    return _needed(pool, mfa_for_user) - {signs_up_with}


@question()
def _needed(pool: PoolSettings, mfa_for_user: bool) -> frozenset[str]:  # noqa: FBT001 (a fact)
    needed = frozenset({*pool.required_attributes, *pool.verification.auto_verified_attributes})
    return needed | {"phone_number"} if _sms_mfa_is_sure(pool, mfa_for_user=mfa_for_user) else needed


def _sms_mfa_is_sure(pool: PoolSettings, *, mfa_for_user: bool) -> bool:
    if pool.mfa.mode == "required" and pool.mfa.factors == ("sms",):
        return True
    return mfa_for_user and "sms" in pool.mfa.factors
