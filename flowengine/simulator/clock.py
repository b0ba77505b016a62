"""The clock of a simulated pool: it stands still until it is told to move."""

from __future__ import annotations

import datetime as dt
from typing import Final

__all__ = ["SimulatedClock"]

START: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC).timestamp()


class SimulatedClock:
    """
    A clock that moves only by `advance` and `sleep`.

    Args:
        start: The first instant, in seconds since the epoch; by default the start of 2026 (UTC).
    """

    def __init__(self, start: float = START) -> None:
        self._now = start

    def __repr__(self) -> str:
        return f"SimulatedClock({self._now!r})"

    def now(self) -> float:
        """Return the present instant, in seconds since the epoch."""
        return self._now

    def advance(self, **duration: float) -> None:
        """
        Move the clock forward.

        Args:
            duration: Keywords of `datetime.timedelta`, such as `minutes=4`.

        Raises:
            ValueError: The duration is negative.
        """
        seconds = dt.timedelta(**duration).total_seconds()
        if seconds < 0:
            msg = f"a clock moves forward only, not by {seconds} seconds"
            raise ValueError(msg)
        self._now += seconds

    async def sleep(self, seconds: float) -> None:
        """Advance by `seconds` at once, in place of waiting for them."""
        self.advance(seconds=seconds)
