"""A clock, a store and a driver for an engine that is stepped by hand: they suspend wherever a process can die."""

from __future__ import annotations

import types
from collections.abc import Generator, Mapping
from typing import Any, Final, cast

from attrs import frozen

from flowengine.engine import Engine
from flowengine.engine.log import Log
from flowengine.errors import CognitoAnswerLost, CognitoRefusal, CognitoUnavailable
from flowengine.session import Session
from flowengine.simulator import Simulator
from flowengine.simulator.clock import SimulatedClock
from flowengine.simulator.state import Fault, QueuedFault

__all__ = ["Called", "SteppedClock", "SteppedDriver", "SteppedStore", "silence"]

CODE_MEDIUM: Final = "CODE_DELIVERY_DELIVERY_MEDIUM"
RETRIES: Final = 3
"""How many times a call that has no effect is tried again, and more."""


class _NoLog:
    """Writes nothing: many thousand steps of an exploration are nobody's events."""

    def __call__(self) -> _NoLog:
        return self

    def info(self, event: str, **values: Any) -> None:
        """Write nothing."""

    warning = error = info


def silence(engine: Engine) -> None:
    """Let an engine write no log."""
    engine._log = engine._caller._log = cast("Log", _NoLog())  # noqa: SLF001 (an engine of the stage's own making)


@types.coroutine
def _suspend() -> Generator[None, None, None]:
    """Let whoever steps the coroutine decide whether it goes on."""
    yield


class SteppedClock(SimulatedClock):
    """A clock that moves to any instant, also back."""

    def move_to(self, now: float) -> None:
        """Move to an instant, in seconds since the epoch."""
        self._now = now


class SteppedStore:
    """Keeps sessions in a dictionary that is put in and taken out; suspends around every write."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}

    async def create(self, session: Session) -> None:
        """Keep a new session."""
        self.sessions[session.key] = session

    async def get(self, key: str) -> Session | None:
        """Return the session with this key, or None."""
        return self.sessions.get(key)

    async def replace(self, session: Session, *, revision: int) -> bool:
        """Put a session in the place of its earlier self, if that still stands at `revision`; tell whether it did."""
        await _suspend()
        current = self.sessions.get(session.key)
        if current is None or current.revision != revision:
            return False
        self.sessions[session.key] = session
        await _suspend()
        return True

    async def delete(self, key: str) -> None:
        """Forget a session, if there is one."""
        self.sessions.pop(key, None)


@frozen
class Called:
    """
    One call that reached the pool.

    Args:
        operation: The operation.
        challenge: The challenge that it answers, if it is one.
        answer: What came back, as far as an outsider can tell answers apart: the exception and its message, or the
            members.
        effect: Whether the pool worked on it.
    """

    operation: str
    challenge: str | None
    answer: str
    effect: bool = True


class SteppedDriver:
    """Calls the pool that is on the stage; suspends before and after, and lets calls fail."""

    def __init__(self) -> None:
        self.simulator: Simulator | None = None
        self.calls: list[Called] = []
        self.fault: tuple[str, int] | None = None
        self.answered = 0

    async def call(self, operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make one call and return its answer."""
        await _suspend()
        simulator = cast("Simulator", self.simulator)
        fault, self.answered = self._fault(), self.answered + 1
        if fault is not None:
            simulator.state.faults.append(QueuedFault(cast("Fault", fault), None))
        try:
            answer = await simulator.cognito().call(operation, request)
        except CognitoRefusal as refusal:
            self._note(operation, request, f"{refusal.exception}: {refusal.message}", fault)
            raise
        except (CognitoAnswerLost, CognitoUnavailable) as error:
            self._note(operation, request, type(error).__name__, fault)
            raise
        finally:
            await _suspend()
        self._note(operation, request, _members(answer), fault)
        return answer

    @property
    def user_pool_id(self) -> str:
        """The id of the pool that is on the stage."""
        return cast("Simulator", self.simulator).user_pool_id

    def enter(self, simulator: Simulator) -> None:
        """Call another pool, and forget what was noted."""
        self.simulator, self.calls, self.fault, self.answered = simulator, [], None, 0

    def fail(self, fault: str, at: int) -> None:
        """Let a call fail, counted from 0."""
        self.fault = (fault, at)

    def _fault(self) -> str | None:
        """The fault of this call; what has no effect is tried again, and fails again."""
        if self.fault is None or self.answered < self.fault[1]:
            return None
        fault = self.fault[0]
        again = fault in ("throttled", "unreachable") and self.answered < self.fault[1] + RETRIES
        return fault if again or self.answered == self.fault[1] else None

    def _note(self, operation: str, request: Mapping[str, Any], answer: str, fault: str | None) -> None:
        self.calls.append(Called(operation, request.get("ChallengeName"), answer, fault in (None, "lost_after")))


def _members(answer: Mapping[str, Any]) -> str:
    """What an outsider can tell of a successful answer."""
    details, parameters = answer.get("CodeDeliveryDetails") or {}, answer.get("ChallengeParameters") or {}
    media = [details.get("DeliveryMedium"), details.get("AttributeName"), parameters.get(CODE_MEDIUM)]
    offered = answer.get("AvailableChallenges"), parameters.get("MFAS_CAN_CHOOSE"), parameters.get("MFAS_CAN_SETUP")
    return str((answer.get("ChallengeName"), sorted(answer), sorted(parameters), media, offered))
