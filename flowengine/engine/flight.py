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
    """

    def __init__(self, digest: bytes) -> None:
        self.digest = digest
        self._task: asyncio.Task[Session] | None = None
        self._outcome: Session | BaseException | None = None

    async def run(self, work: Coroutine[Any, Any, Session], landed: Callable[[], object]) -> Session:
        """Do the work, and return what it committed."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return await self._land(work, landed)
        self._task = loop.create_task(self._land(work, landed))
        return await _finished(self._task)

    async def join(self) -> Session:
        """Wait for the work of another, and return what it committed."""
        if self._task is not None:
            return await asyncio.shield(self._task)
        while self._outcome is None:
            await _turn()
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        return self._outcome

    async def settled(self) -> None:
        """Wait until the work has ended, whatever came of it."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _land(self, work: Coroutine[Any, Any, Session], landed: Callable[[], object]) -> Session:
        try:
            self._outcome = await work
        except BaseException as error:
            self._outcome = error
            raise
        finally:
            landed()
        return self._outcome


async def _finished(task: asyncio.Task[Session]) -> Session:
    """Wait for a task to its end; a cancellation goes on when it is reached."""
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled():
        task.exception()
    raise cancelled


@types.coroutine
def _turn() -> Generator[None, None, None]:
    """Let others run once, with or without an event loop."""
    yield
