"""What a caller sees of a session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flowengine.actions.challenges import NARROWED, narrowed
from flowengine.actions.model import ANSWER_LOST, DEVICE, EXPIRED, PARAMETERS, TOKENS, UNKNOWN_CHALLENGE, Result
from flowengine.actions.refusals import NOT_RETRYABLE
from flowengine.fields import Field
from flowengine.machine import Flow
from flowengine.session import NOTHING, Error, Position, Session, Snapshot

__all__ = ["accepts", "error_of", "snapshot_of"]


def accepts(flow: Flow, session: Session) -> Mapping[str, tuple[Field, ...]]:
    """Return the events that a session accepts, with the fields that this user is asked for."""
    position = session.position.resting
    return _Narrowed(flow, session) if position.pending in NARROWED else flow.accepts(position)


class _Narrowed(Mapping[str, tuple[Field, ...]]):
    """The events of a position, with no more choices than the challenge leaves this user."""

    def __init__(self, flow: Flow, session: Session) -> None:
        position = session.position.resting
        self._pending = str(position.pending)
        self._parameters = session.facts[PARAMETERS]
        self._events = flow.positions[position].events

    def __getitem__(self, name: str) -> tuple[Field, ...]:
        event = self._events[name]
        return narrowed(self._pending, event.fields, self._parameters) if event.row.answers else event.fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._events)

    def __len__(self) -> int:
        return len(self._events)

    def __repr__(self) -> str:
        return repr(dict(self))


def snapshot_of(flow: Flow, session_id: str, session: Session) -> Snapshot:
    """Return the snapshot of a session."""
    position = session.position.resting
    facts = session.facts
    return Snapshot(
        id=session_id,
        state=position.state,
        meaning=flow.positions[position].meaning,
        pending=position.pending,
        accepts=accepts(flow, session),
        parameters=facts.get(PARAMETERS, NOTHING) if position.pending else NOTHING,
        delivery=session.delivery,
        error=session.error,
        tokens=facts.get(TOKENS),
        device=facts.get(DEVICE) if TOKENS in facts else None,
        deadline=session.deadline,
        revision=session.revision,
    )


def error_of(flow: Flow, source: Position, target: Position, event: str, result: Result) -> Error | None:
    """Return what an outcome that is no success says to the caller; None for a success."""
    if result.outcome == EXPIRED:
        return Error(EXPIRED, retryable=False, message=f"The time to go on from {source.state} has run out.")
    action = flow.positions[source].events[event].row
    predicted = flow.edge(source, event, result.outcome) is not None
    if predicted and result.outcome in action.successful and result.outcome != UNKNOWN_CHALLENGE:
        return None
    message = result.detail or (action.lost if result.outcome == ANSWER_LOST else result.outcome)
    if not predicted:
        message += " (these pool settings exclude it: does the pool match the flow?)"
    retryable = predicted and result.outcome not in NOT_RETRYABLE and event in flow.accepts(target)
    return Error(result.outcome, retryable=retryable, message=message)
