"""What a position becomes in the flow: the events that it accepts, and their fields for this pool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from flowengine.actions.model import DEVICE, TOKENS
from flowengine.compile.work import ASKABLE, Event, Work
from flowengine.fields import Field
from flowengine.machine import AcceptedEvent, PositionRow
from flowengine.session import Position

__all__ = ["Targets", "accepted", "kept_facts", "rows", "structure", "targets"]

Targets = Mapping[Position, Iterable[Position]]
"""Where the steps from each position lead."""

BESIDE_TOKENS: Final = frozenset({DEVICE})
"""What a signed-in session keeps to be seen: the device that its tokens were issued on."""


def rows(work: Work) -> dict[Position, PositionRow]:
    """Return the row of every position that can be reached."""
    ahead = targets(work)
    return {position: _row(work, position, ahead) for position in work.known}


def targets(work: Work) -> Targets:
    """Return where the steps from each position lead."""
    found: dict[Position, set[Position]] = {}
    for edge in work.edges:
        found.setdefault(edge.source, set()).add(edge.target)
    return found


def structure(work: Work, event: Event, position: Position) -> tuple[object, ...]:
    """Return all that decides what an event becomes at a position, but the settings that its fields depend on."""
    chained = tuple(_chained(work, event, position))
    return work.known[position], event.action_at(position).name, event.listed_options, chained


def _row(work: Work, position: Position, ahead: Targets) -> PositionRow:
    return PositionRow(
        meaning=work.spec.states[position.state].meaning,
        expires_after=work.expires_after(position),
        facts=kept_facts(work, position, ahead),
        events={event.name: accepted(work, event, position) for event in work.events_at(position)},
    )


def kept_facts(work: Work, position: Position, ahead: Targets) -> frozenset[str]:
    """Return the facts that a session has at a position, or keeps if it has them."""
    facts = work.known[position]
    return facts | _used(work, position, ahead) | (BESIDE_TOKENS if TOKENS in facts else frozenset())


def _used(work: Work, position: Position, ahead: Targets) -> frozenset[str]:
    """The optional facts that events take along here; inside a chain also those of wherever it ends."""
    ends = ahead[position] if position.event else ()
    here = (event.action_at(position).uses for event in work.events_at(position))
    return frozenset[str]().union(*here, *(_used(work, target, ahead) for target in ends))


def accepted(work: Work, event: Event, position: Position) -> AcceptedEvent:
    """Return what an event becomes at a position, with its fields for this pool."""
    action = event.action_at(position)
    return AcceptedEvent(
        action=action.name,
        chain=tuple(follower.name for follower in event.then.values()),
        options=event.options,
        fields=_fields(work, event, position, work.known[position]),
        rows=(action, *event.then.values()),
    )


def _fields(work: Work, event: Event, position: Position, facts: frozenset[str]) -> tuple[Field, ...]:
    """The inputs of an event: those of each action of its chain, and what the session may not know."""
    chained = [(event.then[pending], pending) for pending in _chained(work, event, position)]
    asked: dict[str, Field] = {}
    for action, pending in ((event.action_at(position), position.pending), *chained):
        unknown = [ASKABLE[name] for name in sorted(action.needs - facts) if name in ASKABLE]
        for entry in (*unknown, *action.fields(work.pool, event.options, pending)):
            asked.setdefault(entry.name, entry)
    return tuple(asked.values())


def _chained(work: Work, event: Event, position: Position) -> Iterator[str]:
    """Yield the outcomes on which the chain of an event goes on in such a pool."""
    place = position.event or f"{position.state}.{event.name}"
    for pending in event.then:
        if any(known.pending == pending and known.event == place for known in work.known):
            yield pending
