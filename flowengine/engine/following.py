"""What an outcome makes of a session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flowengine.engine.exchange import Exchange
from flowengine.engine.view import error_of
from flowengine.machine import Flow
from flowengine.session import NOTHING, Position, Session

__all__ = ["deadline", "session_after"]


def session_after(
    flow: Flow, session: Session, exchange: Exchange, now: float, *, carried: Mapping[str, Any] = NOTHING
) -> Session:
    """
    Return the session after an outcome, unclaimed.

    Args:
        flow: The flow that it walks.
        session: The session as it was.
        exchange: The call and its outcome.
        now: The present instant, in seconds since the epoch.
        carried: The facts that it takes on along a route.
    """
    event, result = exchange.event, exchange.result
    edge = flow.edge(session.position, event, result.outcome)
    routed = edge is not None and edge.routed
    position = flow.step(session.position, event, result.outcome)
    known = flow.positions[position].facts
    facts = {**session.facts, **carried, **result.facts} if routed else session.facts
    return Session(
        key=session.key,
        flow=session.flow,
        position=position,
        revision=session.revision + 1,
        facts={name: value for name, value in facts.items() if name in known and value is not None},
        delivery=result.delivery if routed else session.delivery,
        error=error_of(flow, session.position, position, event, result),
        deadline=deadline(flow, position, now) if routed or position != session.position else session.deadline,
        claim=None,
        keyed=session.keyed,
    )


def deadline(flow: Flow, position: Position, now: float) -> float | None:
    """Return when a position that is entered now expires, in seconds since the epoch; None for never."""
    after = flow.positions[position].expires_after
    return None if after is None else now + after
