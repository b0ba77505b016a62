"""What an engine is handed: a driver, a store and a clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Protocol

from flowengine.session import Session

__all__ = ["Clock", "Driver", "Store", "SystemClock"]


class Driver(Protocol):
    """
    What reaches Cognito.

    Attributes:
        user_pool_id: The user pool's id, such as `eu-west-1_AbCdEf123`, by which passwords are proved.
    """

    @property
    def user_pool_id(self) -> str:
        """The user pool's id."""

    async def call(self, operation: str, request: Mapping[str, Any], /) -> Mapping[str, Any]:
        """
        Make one call and return its answer.

        Args:
            operation: The operation in Cognito's spelling, such as `SignUp`.
            request: Its members; the driver adds the client id and what proves the client's secret.

        Raises:
            CognitoRefusal: Cognito answered with an exception.
            CognitoAnswerLost: The call was sent, and its answer never came.
            CognitoUnavailable: The call was not sent.
        """


class Store(Protocol):
    """Where sessions are kept."""

    async def create(self, session: Session, /) -> None:
        """Keep a new session."""

    async def get(self, key: str, /) -> Session | None:
        """Return the session with this key, or None."""

    async def replace(self, session: Session, /, *, revision: int) -> bool:
        """Put a session in the place of its earlier self, if that still stands at `revision`; tell whether it did."""

    async def delete(self, key: str, /) -> None:
        """Forget a session, if there is one."""


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> float:
        """Return the time in seconds since the epoch."""

    async def sleep(self, seconds: float, /) -> None:
        """Wait."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Return the time in seconds since the epoch."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
