"""A send that is being worked on, and those that wait for it."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any

from flowengine.session import Session

__all__ = ["Flight"]


class Flight:
    """
    A send that is being worked on, and those that wait for it.

    In an event loop the work is a task of its own, so cancelling a sender cuts no call in two. Without one, where
    coroutines are stepped by hand, the work runs in place.

    Args:
        digest: The send's keyed digest.
    """

    def __init__(self, digest: bytes) -> None:
        self.digest = digest
        self._task: asyncio.Task[None] | None = None
        self._waiters: list[asyncio.Future[None]] = []
        self._outcome: Session | BaseException | None = None

    async def run(self, work: Coroutine[Any, Any, Session], landed: Callable[[], object]) -> Session:
        """
        Do the work, and return what it committed. A cancellation goes on when the work is done.

        Args:
            work: The work.
            landed: Called when it has ended, whatever came of it.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            await self._land(work, landed)
            return self._result()
        self._task = loop.create_task(self._land(work, landed))
        self._task.add_done_callback(self._ended)
        cancelled: asyncio.CancelledError | None = None
        while self._outcome is None:
            try:
                await self._end()
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled
        return self._result()

    async def join(self) -> Session:
        """Wait for the work of another, and return what it committed."""
        await self.settled()
        return self._result()

    async def settled(self) -> None:
        """Wait until the work has ended, whatever came of it."""
        while self._outcome is None:
            await (_turn() if self._task is None else self._end())

    async def _land(self, work: Coroutine[Any, Any, Session], landed: Callable[[], object]) -> None:
        try:
            self._outcome = await work
        except BaseException as error:
            self._outcome = error
            if self._task is None:
                raise
        finally:
            landed()
            self._wake()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Speak for a task that was cancelled before it began."""
        if self._outcome is None:
            self._outcome = asyncio.CancelledError()
        if not task.cancelled():
            task.exception()
        self._wake()

    def _end(self) -> asyncio.Future[None]:
        """A future that is resolved when the work ends, and that can be cancelled without it."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        return waiter

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    def _result(self) -> Session:
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        assert self._outcome is not None  # noqa: S101
        return self._outcome


@types.coroutine
def _turn() -> Generator[None, None, None]:
    """Let others run once, with or without an event loop."""
    yield
