"""What follows from settings: what sign-up needs, and which pools there can be."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Literal

from flowengine.settings.model import (
    ALIASES,
    CONTACTS,
    MFA_FACTORS,
    MFA_MODES,
    Mfa,
    PoolSettings,
    SignIn,
    Verification,
)
from flowengine.settings.rules import broken_rules

__all__ = ["required_sign_up_attributes", "valid_pools"]


def required_sign_up_attributes(
    pool: PoolSettings,
    *,
    signs_up_with: Literal["username", "email", "phone_number"],
    mfa_for_user: bool = False,
) -> frozenset[str]:
    """
    Return the attributes that a sign-up must carry beside the username, so that the user can be verified and pass MFA.

    E-mail is needed when it is verified or marked as required, and the username is not the e-mail itself. A phone
    number is needed when it is verified or marked as required, when MFA is required, or when MFA is optional and will
    be switched on for this user; and the username is not the phone number itself.

    Args:
        pool: The pool's settings.
        signs_up_with: What the username is.
        mfa_for_user: Whether SMS MFA will be switched on for this user, where MFA is optional.

    Source: the sign-up section of the Amplify guide on SMS flows.
    """
    needed = {*pool.required_attributes, *pool.verification.auto_verified_attributes}
    if pool.mfa.mode == "required" or (pool.mfa.mode == "optional" and mfa_for_user):
        needed.add("phone_number")
    return frozenset(needed - {signs_up_with})


def valid_pools() -> Iterator[PoolSettings]:
    """
    Yield every valid combination of sign-in, verification, MFA and SMS configuration, in a stable order, lazily.

    Options that do not take part in a combination (texts, password policy, client) stand at their defaults.
    """
    sign_ins = (
        SignIn(),
        *(SignIn(alias_attributes=names) for names in _subsets(ALIASES)),
        *(SignIn(username_attributes=names) for names in _subsets(CONTACTS)),
    )
    verifications = [Verification(auto_verified_attributes=names) for names in ((), *_subsets(CONTACTS))]
    mfas = [Mfa(mode=mode, factors=names) for mode in MFA_MODES for names in ((), *_subsets(MFA_FACTORS))]
    for sign_in, verification, mfa, sms in itertools.product(sign_ins, verifications, mfas, (False, True)):
        pool = PoolSettings(sign_in=sign_in, verification=verification, mfa=mfa, sms_configuration=sms)
        if not any(rule.severity == "error" for rule, _ in broken_rules(pool)):
            yield pool


def _subsets(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Every non-empty subset, smallest first."""
    return [subset for size in range(1, len(names) + 1) for subset in itertools.combinations(names, size)]
