"""Passwords: the policy, the history, and the temporary ones."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Final

import attrs

from flowengine.settings import PasswordPolicy, PoolSettings
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import PASSWORD_USED_BEFORE, WEAK_PASSWORD
from flowengine.simulator.state import User

__all__ = ["check_password", "made_up", "with_password", "with_temporary_password"]

DAY: Final = 24 * 3600.0
TEMPORARY_VALIDITY_DAYS: Final = 7
"""Life of a temporary password where the pool does not say, in days (shape TemporaryPasswordValidityDaysType)."""
LONGEST_HISTORY: Final = 24
"""Passwords that the longest history holds, the present one among them (shape PasswordHistorySizeType)."""


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


def with_password(settings: PoolSettings, user: User, password: str) -> User:
    """
    Return a user with a new password of the user's own, and confirmed; refuse one that policy or history forbid.

    A temporary password does not enter the history.

    Source: user-pool-settings-policies; shape PasswordHistorySizeType.
    """
    check_password(settings.password_policy, password)
    history = _history(user)
    size = settings.password_policy.password_history_size
    if size and password in history[-size:]:
        raise PASSWORD_USED_BEFORE.error()
    return attrs.evolve(
        user,
        password=password,
        status="CONFIRMED",
        former_passwords=history,
        temporary_password_expires_at=None,
    )


def _history(user: User) -> tuple[str, ...]:
    """The passwords of the user's own up to now, no more than the longest history looks at."""
    if user.password is None or user.temporary_password_expires_at is not None:
        return user.former_passwords
    return (*user.former_passwords, user.password)[-LONGEST_HISTORY:]


def with_temporary_password(call: Call, user: User, password: str) -> User:
    """
    Return a user with a password that has to be changed at the next sign-in; refuse one that the policy forbids.

    Source: AdminCreateUser, AdminSetUserPassword.
    """
    settings = call.settings
    check_password(settings.password_policy, password)
    policy_days = settings.password_policy.temporary_password_validity_days
    days = policy_days or settings.admin_create_user.unused_account_validity_days or TEMPORARY_VALIDITY_DAYS
    return attrs.evolve(
        user,
        password=password,
        status="FORCE_CHANGE_PASSWORD",
        former_passwords=_history(user),
        temporary_password_expires_at=call.now + days * DAY,
    )


def made_up(call: Call) -> str:
    """
    Return a random password that the policy allows.

    Source: AdminCreateUser (a temporary password that the service generates).
    """
    length = max(call.settings.password_policy.minimum_length, 12)
    classes = (string.ascii_uppercase, string.ascii_lowercase, string.digits, "!@#$%^&*")
    characters = [call.random.choice(kind) for kind in classes]
    characters += call.random.choices(string.ascii_letters + string.digits, k=length - len(classes))
    call.random.shuffle(characters)
    return "".join(characters)
