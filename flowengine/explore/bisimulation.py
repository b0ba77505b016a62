"""Whether two flows cannot be told apart by whoever uses them, whatever their states are called.

Flows are deterministic, so two of them are bisimilar if no pair of positions that the same events and outcomes lead to
differs in anything but the name of its state.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypeAlias

from flowengine.compile.rows import Targets, kept_facts, structure, targets
from flowengine.compile.work import Work
from flowengine.machine import Edge
from flowengine.session import Position

__all__ = ["bisimilar"]

Ways: TypeAlias = Mapping[tuple[str, str, bool], Position]
"""For an event, an outcome, and whether it is routed, the position that follows."""


def bisimilar(one: Work, other: Work) -> bool:
    """
    Tell whether two specs became flows that behave alike.

    Args:
        one: What the passes found for one of them.
        other: What they found for the other one, and the same pool.
    """
    if one.edges == other.edges and one.known == other.known:
        return True
    first, second = _Automaton(one), _Automaton(other)
    paired, waiting = {(one.initial, other.initial)}, [(one.initial, other.initial)]
    while waiting:
        here, there = waiting.pop()
        ways, others = first.ways[here], second.ways[there]
        if first.label(here) != second.label(there) or ways.keys() != others.keys():
            return False
        fresh = {(target, others[way]) for way, target in ways.items()} - paired
        paired |= fresh
        waiting += fresh
    return True


class _Automaton:
    """A flow as what is seen at its positions, and where they lead."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._ahead: Targets = targets(work)
        self.ways = _ways(work)

    def label(self, position: Position) -> tuple[Any, ...]:
        """All that decides what a position is to a user, but its name and what follows."""
        work, state = self._work, self._work.spec.states[position.state]
        chain = position.event and position.event.rpartition(".")[2]
        hook = state.enter and not position.event and state.enter.value
        after = state.expires.after if state.expires and not position.event else None
        events = [(event.name, structure(work, event, position)) for event in work.events_at(position)]
        kept = work.known[position], kept_facts(work, position, self._ahead)
        return position.pending, chain, hook, state.meaning, after, kept, tuple(events)


def _ways(work: Work) -> Mapping[Position, Ways]:
    ways: dict[Position, dict[tuple[str, str, bool], Position]] = defaultdict(dict)
    for edge in work.edges:
        ways[edge.source][_letter(edge)] = edge.target
    for position in work.known:
        if position.event:  # an outcome that nobody predicted ends a chain
            ways[position]["", "", False] = position.resting
    return ways


def _letter(edge: Edge) -> tuple[str, str, bool]:
    return edge.event, edge.outcome, edge.routed
