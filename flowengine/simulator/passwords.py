"""The password policy."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Final

from flowengine.settings import PasswordPolicy
from flowengine.simulator.refusals import WEAK_PASSWORD

__all__ = ["check_password"]


def _has_any(characters: str) -> Callable[[str], bool]:
    return lambda password: not set(characters).isdisjoint(password)


_DEMANDS: Final[tuple[tuple[str, str, Callable[[str], bool]], ...]] = (
    ("require_uppercase", "Password must have uppercase characters", _has_any(string.ascii_uppercase)),
    ("require_lowercase", "Password must have lowercase characters", _has_any(string.ascii_lowercase)),
    ("require_numbers", "Password must have numeric characters", _has_any(string.digits)),
    ("require_symbols", "Password must have symbol characters", _has_any(string.punctuation)),
)


def check_password(policy: PasswordPolicy, password: str) -> None:
    """
    Refuse a password that the policy does not allow, for the first reason.

    Source: user-pool-settings-policies, whose list of symbols is that of `string.punctuation`.
    """
    if len(password) < policy.minimum_length:
        raise WEAK_PASSWORD.error(reason="Password not long enough")
    for setting, reason, is_met in _DEMANDS:
        if getattr(policy, setting) and not is_met(password):
            raise WEAK_PASSWORD.error(reason=reason)
