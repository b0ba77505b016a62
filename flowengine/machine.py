"""The automaton of a flow.

What moves a session lives here and nowhere else. The alphabet is (event, outcome), so one step is a plain lookup:
no I/O, no clock, no user code. The rules of the house:

- One `transitions.Machine` per flow, shared by all sessions. Sessions are never added to it as models, since it would
  keep them alive; a step triggers on a small carrier that is dropped afterwards.
- The machine's states are positions, written out: `mfa_challenge(SMS_MFA)`.
- Every edge is explicit. There are no wildcards, no automatic transitions and no callbacks, so nothing but a recorded
  (event, outcome) can move a session, and an outcome that was not predicted moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from attrs import define, field, frozen

from flowengine.actions.model import Action, Check
from flowengine.errors import Problem
from flowengine.extensions import Hook
from flowengine.fields import Field
from flowengine.session import Position
from flowengine.settings import PoolSettings

__all__ = ["EXPIRE", "AcceptedEvent", "Edge", "Flow", "PositionRow"]

EXPIRE = "expire"
"""The built-in event of a deadline that has passed."""


@frozen(slots=False)
class AcceptedEvent:
    """
    An event that a position accepts.

    Args:
        action: The action's name.
        chain: The actions that may follow in the same send.
        options: The event's `with`.
        fields: The inputs that it takes, those of the whole chain for an event that starts one.
        rows: The rows of the action and of its chain in the table.
    """

    action: str
    chain: tuple[str, ...]
    options: Mapping[str, str]
    fields: tuple[Field, ...]
    rows: tuple[Action, ...] = field(repr=False)

    @property
    def row(self) -> Action:
        """The action's row in the table."""
        return self.rows[0]

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """The checks of the action and of its chain on inputs that only make sense together."""
        return tuple(row.check for row in self.rows if row.check is not None)


@frozen
class PositionRow:
    """
    One position of a flow.

    Args:
        meaning: What its state means.
        expires_after: How long a session may stay, in seconds, or None.
        facts: The facts that a session surely carries here, and those that it keeps if it has them: what an event here
            takes along (inside a chain, also one of wherever the chain ends), and beside tokens the device that they
            were issued on. All others are dropped on the way in.
        events: The events that it accepts.
    """

    meaning: str | None
    expires_after: float | None
    facts: frozenset[str]
    events: Mapping[str, AcceptedEvent]


@frozen(cache_hash=True)
class Edge:
    """
    One step: in `source`, `event` with `outcome` leads to `target`.

    Args:
        source: The position before.
        event: The event.
        outcome: What came back.
        target: The position after.
        routed: Whether the spec routes it; if not, it is a refusal that keeps the position.
    """

    source: Position
    event: str
    outcome: str
    target: Position
    routed: bool


@define
class _Carrier:
    """What a trigger runs on: just enough of a model to hold a state."""

    state: str


@frozen(kw_only=True, eq=False, slots=False)
class Flow:
    """
    A spec compiled for one set of pool settings: immutable, shared by any number of sessions.

    Args:
        name: The spec's name.
        summary: One sentence on what it does.
        pool: The settings that it was compiled for; None for a flow that can only be checked and drawn.
        initial: The position that a session starts in.
        positions: Every position that can be reached.
        edges: Every step that can be taken.
        hooks: By state, what runs once a session has entered it.
        warnings: Whom these settings will hurt.
    """

    name: str
    summary: str
    pool: PoolSettings | None = field(repr=False)
    initial: Position
    positions: Mapping[Position, PositionRow] = field(repr=False)
    edges: tuple[Edge, ...] = field(repr=False)
    hooks: Mapping[str, Hook] = field(factory=dict, repr=False)
    warnings: tuple[Problem, ...] = field(default=(), repr=False)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of everything that decides how sessions walk: equal flows have equal fingerprints."""
        import hashlib  # noqa: PLC0415 (checking a flow needs no fingerprint)

        parts = [self.name, repr(self.pool), repr(self.initial)]
        parts += sorted(f"{position!r} {_row_text(row)}" for position, row in self.positions.items())
        parts += sorted(map(repr, self.edges))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    @property
    def states(self) -> tuple[str, ...]:
        """The names of the states that can be reached, in the order in which they were found."""
        return tuple(dict.fromkeys(position.state for position in self.positions))

    def step(self, position: Position, event: str, outcome: str) -> Position:
        """
        Return the position that an outcome leads to.

        Args:
            position: Where the session stands.
            event: What was sent, or `expire`.
            outcome: What came back. One that the flow did not predict keeps the position, and ends a chain.

        Raises:
            KeyError: The flow has no such position.
        """
        edge = self.edge(position, event, outcome)
        if edge is None:
            return self._by_name[self.names[position]].resting
        target = self._steps.get(edge)
        if target is None:
            target = self._steps[edge] = self._trigger(edge)
        return target

    def _trigger(self, edge: Edge) -> Position:
        """Let the machine take an edge. The flow is immutable, so where it leads is kept."""
        carrier = _Carrier(self.names[edge.source])
        self._machine.events[_trigger(edge.event, edge.outcome)].trigger(carrier)
        return self._by_name[carrier.state]

    def edge(self, position: Position, event: str, outcome: str) -> Edge | None:
        """Return the step that an outcome is, or None if the flow does not know that it can come back here."""
        return self._edges.get((position, event, outcome))

    def accepts(self, position: Position) -> Mapping[str, tuple[Field, ...]]:
        """Return the events that a position accepts, each with its fields."""
        return self._accepts[position]

    @cached_property
    def _accepts(self) -> Mapping[Position, Mapping[str, tuple[Field, ...]]]:
        return {
            position: MappingProxyType({name: event.fields for name, event in row.events.items()})
            for position, row in self.positions.items()
        }

    @cached_property
    def _edges(self) -> Mapping[tuple[Position, str, str], Edge]:
        return {(edge.source, edge.event, edge.outcome): edge for edge in self.edges}

    @cached_property
    def _steps(self) -> dict[Edge, Position]:
        return {}

    @cached_property
    def names(self) -> Mapping[Position, str]:
        """Every position, written out."""
        return {position: str(position) for position in self.positions}

    @cached_property
    def _by_name(self) -> Mapping[str, Position]:
        return {name: position for position, name in self.names.items()}

    @cached_property
    def _machine(self) -> Any:
        from transitions import Machine  # noqa: PLC0415 (checking and drawing a flow takes no step)

        return Machine(
            model=None,
            states=list(self._by_name),
            transitions=[_transition(edge) for edge in self.edges],
            initial=None,
            auto_transitions=False,
        )


def _trigger(event: str, outcome: str) -> str:
    return f"{event}/{outcome}"


def _transition(edge: Edge) -> dict[str, str]:
    return {"trigger": _trigger(edge.event, edge.outcome), "source": str(edge.source), "dest": str(edge.target)}


def _row_text(row: PositionRow) -> str:
    return f"{row.meaning} {row.expires_after} {sorted(row.facts)} {_sorted(row.events.items())}"


def _sorted(items: Iterable[tuple[str, AcceptedEvent]]) -> list[str]:
    return sorted(f"{name} {event!r}" for name, event in items)
