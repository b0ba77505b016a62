"""A flow that notes what is looked up in it, for the pool that is on the stage, and no more than is looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs

from flowengine.actions.model import Action, Call, Computation, Surroundings
from flowengine.explore.family import Family, Question
from flowengine.fields import Field
from flowengine.machine import AcceptedEvent, Edge, PositionRow
from flowengine.session import Position
from flowengine.settings import Note, PoolSettings, noting

__all__ = ["WatchedFlow"]


class WatchedFlow:
    """
    Stands for the flow of one pool of a family, and notes every position, step and setting that is looked up.

    Args:
        family: The family.

    Attributes:
        index: The pool.
        pool: Its settings, which note what is read of them in `paths`.
        questions: The positions and steps that were looked up.
        paths: The settings that were read.
    """

    name = fingerprint = "explored"

    def __init__(self, family: Family) -> None:
        self.family = family
        self._pools: dict[int, PoolSettings] = {}
        self._actions: dict[Action, Action] = {}
        self._rows: dict[tuple[int, Position], _Row] = {}
        self.hooks: Mapping[str, Any] = {}
        self.initial = family.initial()
        self.questions: set[Question] = set()
        self.paths: set[Note] = set()
        self.positions = _Rows(self)
        self.names = _Names()
        self.enter(0)

    def enter(self, index: int) -> None:
        """Stand for another pool, and forget what was noted."""
        if index not in self._pools:
            self._pools[index] = noting(self.family.pools[index], self.paths, finely=True)
        self.index, self.pool = index, self._pools[index]
        self.questions = set()
        self.paths.clear()

    @property
    def noted(self) -> tuple[frozenset[Question], frozenset[Note]]:
        """All that was noted: the positions and steps, and the settings."""
        return frozenset(self.questions), frozenset(self.paths)

    def row(self, position: Position) -> _Row | None:
        """Return the row of a position, None where the pool's flow has no such position."""
        self.questions.add(("row", position))
        row = self._rows.get((self.index, position))
        if row is None:
            found = self.family.row(position, self.index)
            if found is None:
                return None
            row = self._rows[self.index, position] = _Row(self, position, *found)
        return row

    def edge(self, position: Position, event: str, outcome: str) -> Edge | None:
        """Return the step that an outcome is, or None if the pool's flow does not know that it can come back here."""
        self.questions.add(("edge", position, event, outcome))
        return self.family.edge(position, event, outcome, self.index)

    def step(self, position: Position, event: str, outcome: str) -> Position:
        """Return the position that an outcome leads to."""
        edge = self.edge(position, event, outcome)
        return position.resting if edge is None else edge.target

    def accepts(self, position: Position) -> Mapping[str, tuple[Field, ...]]:
        """Return the events that a position accepts, each with its fields."""
        return _Fields(self.positions[position])

    def remembering(self, action: Action) -> Action:
        """Return an action that computes what it has computed before no second time."""
        if action not in self._actions:
            self._actions[action] = attrs.evolve(action, compute=_Memory(action.compute).compute)
        return self._actions[action]


class _Row:
    """A row of a position whose parts are noted as they are read."""

    def __init__(
        self, flow: WatchedFlow, position: Position, row: PositionRow, paths: Mapping[str, frozenset[Note]]
    ) -> None:
        self._flow = flow
        self._position = position
        self._row = row
        self._paths = paths
        self.meaning = row.meaning
        self.facts = row.facts
        self.events = _Events(self, {name: _Event(self, event, name) for name, event in row.events.items()})

    @property
    def expires_after(self) -> float | None:
        self.note("")
        return self._row.expires_after

    def note(self, part: str) -> None:
        """Note the settings that a part depends on."""
        self._flow.paths |= self._paths[part]

    def look_up(self, name: str | None = None) -> None:
        """Note that an event is looked up, or which ones there are."""
        position = self._position
        self._flow.questions.add(("events", position) if name is None else ("event", position, name))

    def remembering(self, action: Action) -> Action:
        return self._flow.remembering(action)


class _Events(Mapping[str, "_Event"]):
    """The events of a row, each noted as it is looked up."""

    def __init__(self, row: _Row, events: Mapping[str, _Event]) -> None:
        self._row = row
        self._events = events

    def __getitem__(self, name: str) -> _Event:
        self._row.look_up(name)
        return self._events[name]

    def __iter__(self) -> Iterator[str]:
        self._row.look_up()
        return iter(self._events)

    def __len__(self) -> int:
        self._row.look_up()
        return len(self._events)


class _Event:
    """An event that a position accepts, whose fields are noted as they are read."""

    def __init__(self, row: _Row, event: AcceptedEvent, name: str) -> None:
        self._row = row
        self._event = event
        self._name = name
        self.action, self.chain, self.options, self.checks = event.action, event.chain, event.options, event.checks

    @property
    def fields(self) -> tuple[Field, ...]:
        self._row.note(self._name)
        return self._event.fields

    @cached_property
    def rows(self) -> tuple[Action, ...]:
        return tuple(map(self._row.remembering, self._event.rows))

    @property
    def row(self) -> Action:
        return self.rows[0]


class _Fields(Mapping[str, tuple[Field, ...]]):
    """The events of a row with their fields, which are read when they are asked for."""

    def __init__(self, row: _Row) -> None:
        self._row = row

    def __getitem__(self, name: str) -> tuple[Field, ...]:
        return self._row.events[name].fields

    def __contains__(self, name: object) -> bool:
        return name in self._row.events

    def __iter__(self) -> Iterator[str]:
        return iter(self._row.events)

    def __len__(self) -> int:
        return len(self._row.events)


class _Rows:
    def __init__(self, flow: WatchedFlow) -> None:
        self._flow = flow

    def __getitem__(self, position: Position) -> _Row:
        row = self._flow.row(position)
        if row is None:
            raise KeyError(position)
        return row


class _Names:
    def __getitem__(self, position: Position) -> str:
        return str(position)


class _Memory:
    """Remembers what an action has computed: many moves begin with the same computation, and one takes milliseconds."""

    def __init__(self, compute: Callable[[Call], Computation | None]) -> None:
        self._compute = compute
        self._known: dict[Any, Mapping[str, Any]] = {}

    def compute(self, call: Call) -> Computation | None:
        computation = self._compute(call)
        if computation is None:
            return None

        def remembered(call: Call, around: Surroundings) -> Mapping[str, Any]:
            # The time is a part of what is signed, and nobody on the stage looks at it.
            still = attrs.evolve(around, now=0.0)
            key = (computation, _frozen(call.inputs), _frozen(call.facts), _frozen(call.computed))
            if key not in self._known:
                self._known[key] = computation(call, still)
            return self._known[key]

        return remembered


def _frozen(tree: Any) -> Any:
    if isinstance(tree, Mapping):
        return tuple((name, _frozen(child)) for name, child in sorted(tree.items()))
    return tuple(map(_frozen, tree)) if isinstance(tree, list | tuple) else tree
