"""Time-based one-time passwords, as authenticator apps make them."""

from __future__ import annotations

from typing import Final

import pyotp

__all__ = ["accepted_step"]

PERIOD: Final = 30
"""Seconds that a code is shown for (user-pool-settings-mfa-totp)."""
DRIFT: Final = (0, -1, 1)
"""The time steps whose codes are accepted, counted from the present one."""


def accepted_step(secret: str, code: str, now: float) -> int | None:
    """
    Return the time step whose code this is, None if it is none of those that are accepted now.

    Args:
        secret: The shared secret, in Base32.
        code: The six digits that the user typed.
        now: The present instant, in seconds since the epoch.
    """
    present = int(now) // PERIOD
    codes = pyotp.TOTP(secret)
    return next((present + drift for drift in DRIFT if codes.at(now, counter_offset=drift) == code), None)
