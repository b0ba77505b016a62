"""What a pool remembers of the attempts for one user."""

from __future__ import annotations

from attrs import frozen

__all__ = ["Conduct", "Failures"]


@frozen
class Failures:
    """
    Consecutive failures of one kind.

    Args:
        count: How many.
        last: When the last one was, in seconds since the epoch.
    """

    count: int = 0
    last: float = 0.0


@frozen(kw_only=True)
class Conduct:
    """
    What the pool remembers of the attempts for one user, known or not.

    Args:
        passwords: Wrong passwords since the last right one.
        codes: Wrong MFA codes since the last right one.
        confirmations: When sign-up was tried to confirm, in the last hour.
        resends: When codes were sent again, in the last hour.
        resets: When a password reset was asked for, in the last hour.
        reset_confirmations: When a password reset was tried to complete, in the last hour.
        password_changes: When the password was tried to change, in the last hour.
        tried: When sign-in was last tried while there were failures, in seconds since the epoch.
    """

    passwords: Failures = Failures()
    codes: Failures = Failures()
    confirmations: tuple[float, ...] = ()
    resends: tuple[float, ...] = ()
    resets: tuple[float, ...] = ()
    reset_confirmations: tuple[float, ...] = ()
    password_changes: tuple[float, ...] = ()
    tried: float = 0.0
