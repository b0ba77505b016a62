"""Trouble on the way to the pool: throttling, lost answers, refused connections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flowengine.errors import FlowEngineError
from flowengine.simulator.refusals import THROTTLED, PoolError
from flowengine.simulator.state import Fault, PoolState

__all__ = ["FAULTS", "AnswerLost", "Unreachable", "take_fault"]

Answer = dict[str, Any]
Handle = Callable[[], Answer]


class AnswerLost(FlowEngineError):
    """The answer did not come; the request may have taken effect."""


class Unreachable(FlowEngineError):
    """The connection was refused; the request had no effect."""


def _throttled(_: Handle) -> Answer:
    raise THROTTLED.error()


def _lost_before(_: Handle) -> Answer:
    raise AnswerLost


def _lost_after(handle: Handle) -> Answer:
    try:
        handle()
    except PoolError as refusal:
        raise AnswerLost from refusal
    raise AnswerLost


def _unreachable(_: Handle) -> Answer:
    raise Unreachable


FAULTS: Final[dict[Fault, Callable[[Handle], Answer]]] = {
    "throttled": _throttled,
    "lost_before": _lost_before,
    "lost_after": _lost_after,
    "unreachable": _unreachable,
}
"""What each fault does with a request."""


def take_fault(state: PoolState, operation: str) -> Fault | None:
    """Take the first fault out of the queue that waits for this operation, or for any."""
    for queued in state.faults:
        if queued.operation in {operation, None}:
            state.faults.remove(queued)
            return queued.fault
    return None
