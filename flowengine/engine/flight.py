"""Sends that are being worked on, and those that wait for them."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any

from attrs import define, field

from flowengine.engine.exchange import Send
from flowengine.errors import SessionConflict
from flowengine.session import Session

__all__ = ["Abandoned", "Flight", "Traffic", "is_cancelled"]


class Abandoned(Exception):
    """A flight came to nothing: its sender died, or another send had changed the session. Whoever joined it goes on."""


class Flight:
    """
    A send that is being worked on, and those that wait for it.

    In an event loop the work is a task of its own, so cancelling a sender cuts no call in two. Without one, where
    coroutines are stepped by hand, the work runs in place.

    Args:
        send: The send. It is forgotten with the flight, and never stored.
    """

    def __init__(self, send: Send) -> None:
        self.send = send
        self._task: asyncio.Task[None] | None = None
        self._waiters: list[asyncio.Future[None]] = []
        self._outcome: Session | BaseException | None = None

    @property
    def landed(self) -> bool:
        """Whether the work has ended, or can never end, since its event loop is closed."""
        return self._outcome is not None or (self._task is not None and self._task.get_loop().is_closed())

    @property
    def abandoned(self) -> bool:
        """Whether the work has ended without an answer that others could share."""
        shared = isinstance(self._outcome, Session | Exception) and not isinstance(self._outcome, Abandoned)
        return self.landed and not shared

    async def run(self, work: Coroutine[Any, Any, Session]) -> Session:
        """Do the work, and return what it committed. A cancellation goes on when the work is done."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            await self._land(work)
            return self._result()
        self._task = loop.create_task(self._land(work))
        self._task.add_done_callback(lambda _: self._ended(work))
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
        """
        Wait for the work of another, and return what it committed.

        Raises:
            Abandoned: It came to nothing.
            SessionConflict: It is the work itself that would wait.
        """
        await self.settled()
        if self.abandoned:
            raise Abandoned
        return self._result()

    async def settled(self) -> None:
        """
        Wait until the work has ended, whatever came of it.

        Raises:
            SessionConflict: It is the work itself that would wait.
        """
        if self._task is not None and self._task is _current_task():
            raise SessionConflict("what runs within a send cannot wait for that send")
        while not self.landed:
            await (_turn() if self._task is None else self._end())

    async def _land(self, work: Coroutine[Any, Any, Session]) -> None:
        try:
            self._outcome = await work
        except BaseException as error:
            self._outcome = error
            if self._task is None:
                raise
        finally:
            self._wake()

    def _ended(self, work: Coroutine[Any, Any, Session]) -> None:
        """Speak for a task that was cancelled before it began."""
        if self._outcome is None:
            work.close()
            self._outcome = asyncio.CancelledError()
            self._wake()

    def _end(self) -> asyncio.Future[None]:
        """A future that is resolved when the work ends, and that can be cancelled without it."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        return waiter

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done() and not waiter.get_loop().is_closed():
                waiter.set_result(None)
        self._waiters.clear()

    def _result(self) -> Session:
        if isinstance(self._outcome, Session):
            return self._outcome
        raise self._outcome or Abandoned


@define(eq=False)
class Traffic:
    """
    The sends of one session that an engine is busy with.

    Sends that overlap may share a flight even when the slower one looks at the session only after the flight has
    landed, so flights are remembered for as long as there are senders.
    """

    senders: int = 0
    _flights: list[Flight] = field(factory=list)

    @property
    def flying(self) -> Flight | None:
        """The flight that has not landed, if there is one."""
        return self._flights[-1] if self._flights and not self._flights[-1].landed else None

    def landed(self) -> tuple[Flight, ...]:
        """Return the flights that are over: a send that begins now has nothing to do with them."""
        return tuple(flight for flight in self._flights if flight.landed) if self._flights else ()

    def equal(self, send: Send, *, before: tuple[Flight, ...]) -> Flight | None:
        """Return a flight of an equal send, other than those that had landed before."""
        for flight in self._flights:
            if flight.send == send and flight not in before and not flight.abandoned:
                return flight
        return None

    def add(self, flight: Flight) -> None:
        """Note a flight."""
        self._flights.append(flight)


def is_cancelled() -> bool:
    """Return whether the running task is being cancelled; without an event loop, who cancels cannot be told."""
    task = _current_task()
    return task is None or task.cancelling() > 0


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


@types.coroutine
def _turn() -> Generator[None, None, None]:
    """Let others run once, with or without an event loop."""
    yield
