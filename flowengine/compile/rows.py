"""What a position becomes in the flow: the events that it accepts, and their fields for this pool."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flowengine.actions.model import DEVICE, TOKENS
from flowengine.compile.work import ASKABLE, Event, Work
from flowengine.fields import Field
from flowengine.machine import AcceptedEvent, PositionRow
from flowengine.session import Position

__all__ = ["rows"]

BESIDE_TOKENS: Final = frozenset({DEVICE})
"""What a signed-in session keeps to be seen: the device that its tokens were issued on."""


def rows(work: Work) -> dict[Position, PositionRow]:
    """Return the row of every position that can be reached."""
    targets: dict[Position, set[Position]] = {}
    for edge in work.edges:
        targets.setdefault(edge.source, set()).add(edge.target)
    return {position: _row(work, position, facts, targets) for position, facts in work.known.items()}


def _row(
    work: Work, position: Position, facts: frozenset[str], targets: Mapping[Position, Iterable[Position]]
) -> PositionRow:
    events = {event.name: event for event in work.events_at(position)}
    return PositionRow(
        meaning=work.spec.states[position.state].meaning,
        expires_after=work.expires_after(position),
        facts=facts | _used(work, position, targets) | (BESIDE_TOKENS if TOKENS in facts else frozenset()),
        events={name: _accepted(work, event, position, facts) for name, event in events.items()},
    )


def _used(work: Work, position: Position, targets: Mapping[Position, Iterable[Position]]) -> frozenset[str]:
    """The optional facts that events take along here; inside a chain also those of wherever it ends."""
    ahead = targets[position] if position.event else ()
    here = (event.action_at(position).uses for event in work.events_at(position))
    return frozenset[str]().union(*here, *(_used(work, target, targets) for target in ahead))


def _accepted(work: Work, event: Event, position: Position, facts: frozenset[str]) -> AcceptedEvent:
    action = event.action_at(position)
    return AcceptedEvent(
        action=action.name,
        chain=tuple(follower.name for follower in event.then.values()),
        options=event.options,
        fields=_fields(work, event, position, facts),
        rows=(action, *event.then.values()),
    )


def _fields(work: Work, event: Event, position: Position, facts: frozenset[str]) -> tuple[Field, ...]:
    """The inputs of an event: those of each action of its chain, and what the session may not know."""
    place = position.event or f"{position.state}.{event.name}"
    chained = [(action, key) for key, action in event.then.items() if _reaches(work, key, place)]
    asked: dict[str, Field] = {}
    for action, pending in ((event.action_at(position), position.pending), *chained):
        unknown = [ASKABLE[name] for name in sorted(action.needs - facts) if name in ASKABLE]
        for entry in (*unknown, *action.fields(work.pool, event.options, pending)):
            asked.setdefault(entry.name, entry)
    return tuple(asked.values())


def _reaches(work: Work, pending: str, place: str) -> bool:
    """Whether a chain gets to an outcome in such a pool."""
    return any(position.pending == pending and position.event == place for position in work.known)
