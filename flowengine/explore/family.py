"""Many pools at once: sets of pools as numbers, and what decides that pools share a step.

Whoever walks for one pool notes each question that it asked about the pool: a setting that was read, a position or a
step of the pool's flow that was looked up. All pools that answer these questions alike would have walked the same way.
A set of pools is an integer: its bits are the pools, by their index in the family.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from operator import attrgetter
from typing import Any, Final, TypeAlias, TypeVar

import attrs
from attrs import frozen

from flowengine.compile.rows import Targets, accepted, kept_facts, structure, targets
from flowengine.compile.shared import SharedWalks
from flowengine.compile.work import SESSION_MINUTES, Work
from flowengine.compile.work import Question as WorkQuestion
from flowengine.errors import SpecError
from flowengine.machine import Edge, PositionRow
from flowengine.session import Position
from flowengine.settings import Asked, Note, PoolSettings, answer, noting
from flowengine.spec import FlowSpec

__all__ = ["FOLDED", "Family", "Pools", "Question", "members"]

T = TypeVar("T")
Pools: TypeAlias = int
"""A set of pools of one family, as the bits of a number."""

Question: TypeAlias = tuple[Any, ...]
"""`("setting", note)`, `("row", position)`, `("events", position)`, `("event", position, name)` or `("edge", position,
event, outcome)`."""

AT_ONCE: Final = 64
"""How many sets of pools are compared at once."""

FOLDED: Final = frozenset({
    "advanced_security_mode", "email_sending_account", "region", "sms_configuration", "sms_region", "sms_transport",
    "user_pool_tier", "verification.attributes_require_verification_before_update",
})  # fmt: skip
"""The settings that decide which pools are valid, and nothing that happens in one: pools that differ in them alone
are the same pool. Reading one of them while exploring is an error."""


def members(pools: Pools) -> Iterator[int]:
    """Yield the indices of the pools in a set."""
    while pools:
        lowest = pools & -pools
        yield lowest.bit_length() - 1
        pools ^= lowest


class Family:
    """
    Pools that one flow is explored for together.

    Args:
        spec: The spec, after `extends`.
        pools: The pools. Those that differ in `FOLDED` settings alone become one.

    Attributes:
        spec: The spec.
        pools: One pool for each that became one.
        counts: How many pools each of them stands for.
        everything: The set of all of them.
    """

    def __init__(self, spec: FlowSpec, pools: Iterable[PoolSettings]) -> None:
        self.spec = spec
        self.pools, self.counts = self._folded(pools)
        self.everything: Pools = (1 << len(self.pools)) - 1
        self.works = self._compiled()
        distinct = {id(work): work for work in self.works}
        members_of = _grouped(id(work) for work in self.works)
        self._flows = [
            (_CompiledFlow(number, work), members_of[key]) for number, (key, work) in enumerate(distinct.items())
        ]
        self._flow_of = {id(flow.work): flow for flow, _ in self._flows}
        self._answers: dict[Question, dict[Any, Pools]] = {}
        self._rows: dict[tuple[int, Position], tuple[PositionRow, Mapping[str, frozenset[Note]]]] = {}

    def _folded(self, pools: Iterable[PoolSettings]) -> tuple[tuple[PoolSettings, ...], tuple[int, ...]]:
        counts: dict[Any, int] = defaultdict(int)
        first: dict[Any, PoolSettings] = {}
        for pool in pools:
            key = _WHAT_SETS_APART(pool)
            counts[key] += 1
            first.setdefault(key, pool)
        return tuple(first.values()), tuple(counts[key] for key in first)

    def _compiled(self) -> list[Work]:
        walks = SharedWalks(self.spec)
        return [walks.of(pool) for pool in self.pools]

    @property
    def flows(self) -> int:
        """How many different flows the spec becomes."""
        return len(self._flows)

    def check(self) -> None:
        """
        Refuse a spec that becomes no flow.

        Raises:
            SpecError: With every problem of severity `error` that it has in any of the pools.
        """
        found = (problem for flow, _ in self._flows for problem in flow.work.problems)
        errors = dict.fromkeys(problem for problem in found if problem.severity == "error")
        if errors:
            raise SpecError(errors)

    def distinct(self) -> int:
        """Return into how many kinds the pools fall by all that was asked of them so far."""
        kinds = [self._flow_of[id(work)].number for work in self.works]
        told_apart = (
            pools
            for question, answers in self._answers.items()
            if question[0] == "setting"
            for pools in [*answers.values()][1:]
        )
        while some := [*itertools.islice(told_apart, AT_ONCE)]:
            numbers: dict[Any, int] = {}
            rows = zip(kinds, *(self._column(pools) for pools in some), strict=True)
            kinds = [numbers.setdefault(row, len(numbers)) for row in rows]
        return len({*kinds})

    def _column(self, pools: Pools) -> str:
        """Whether each pool is in a set, as `1` or `0`."""
        return f"{pools:0{len(self.pools)}b}"[::-1]

    def count(self, pools: Pools) -> int:
        """Return how many pools a set stands for."""
        return sum(self.counts[index] for index in members(pools))

    def where(self, path: str, holds: Callable[[Any], bool]) -> Pools:
        """Return the pools in which something holds of a setting."""
        return _union(pools for value, pools in self._of(("setting", path)).items() if holds(value))

    def agreeing(self, question: Question, index: int) -> Pools:
        """Return the pools that answer a question as one of them does."""
        return self._of(question)[self._answer(question, index)]

    def row(self, position: Position, index: int) -> tuple[PositionRow, Mapping[str, frozenset[Note]]] | None:
        """
        Return the row of a position in a pool's flow, None where it has no such position.

        With it come the settings that its parts depend on: the fields of each event by its name, and, by an empty one,
        how long a session may stay.
        """
        flow, key = self._flow_of[id(self.works[index])], (index, position)
        if position not in flow.work.known:
            return None
        if key not in self._rows:
            self._rows[key] = flow.row(position, self.pools[index])
        return self._rows[key]

    def edge(self, position: Position, event: str, outcome: str, index: int) -> Edge | None:
        """Return a step of a pool's flow."""
        return self._flow_of[id(self.works[index])].edges.get((position, event, outcome))

    def told_apart(self, pools: Pools, learn: Callable[[PoolSettings], T]) -> Iterator[tuple[T, Pools]]:
        """
        Yield what is learnt of pools, each time with pools of which the same is learnt.

        Args:
            pools: The pools.
            learn: Learns something of one pool, from its settings alone.
        """
        left = pools
        while left:
            index, notes = (left & -left).bit_length() - 1, set[Note]()
            learnt = learn(noting(self.pools[index], notes, finely=True))
            agreeing = left
            for note in notes:
                agreeing &= self.agreeing(("setting", note), index)
            yield learnt, agreeing
            left &= ~agreeing

    def initial(self) -> Position:
        """Return the position that sessions start in."""
        return self.works[0].initial

    def edges(self) -> Iterator[tuple[Edge, Pools]]:
        """Yield every step of every flow, with the pools whose flow has it."""
        found: dict[Edge, Pools] = defaultdict(int)
        for flow, pools in self._flows:
            for edge in flow.edges.values():
                found[edge] |= pools
        yield from found.items()

    def _of(self, question: Question) -> dict[Any, Pools]:
        answers = self._answers.get(question)
        if answers is None:
            answers = self._answers[question] = self._asked(question)
        return answers

    def _asked(self, question: Question) -> dict[Any, Pools]:
        if question[0] == "setting":
            return self._learnt(question[1])
        answers: dict[Any, Pools] = defaultdict(int)
        for flow, pools in self._flows:
            answers[flow.answer(question)] |= pools
        return answers

    def _learnt(self, note: Note) -> dict[Any, Pools]:
        """The pools by what is learnt of them; a question is put once to all that agree on what its answer takes."""
        if not isinstance(note, Asked):
            return _grouped(answer(pool, note) for pool in self.pools)
        answers: dict[Any, Pools] = defaultdict(int)
        for learnt, pools in self.told_apart(self.everything, lambda pool: note.function(pool, *note.arguments)):
            answers[learnt] |= pools
        return answers

    def _answer(self, question: Question, index: int) -> Any:
        if question[0] == "setting":
            return answer(self.pools[index], question[1])
        return self._flow_of[id(self.works[index])].answer(question)


class _CompiledFlow:
    """What a spec becomes for some pools."""

    def __init__(self, number: int, work: Work) -> None:
        self.number = number
        self.work = work
        self.asked = {question: answer for question, answer in work.asked.items() if question != SESSION_MINUTES}
        self._parts: dict[Position, _Parts] = {}

    @cached_property
    def targets(self) -> Targets:
        """Where the steps from each position lead."""
        return targets(self.work)

    @cached_property
    def edges(self) -> Mapping[tuple[Position, str, str], Edge]:
        """The steps, by where they set out from, the event and the outcome."""
        return {(edge.source, edge.event, edge.outcome): edge for edge in self.work.edges}

    def row(self, position: Position, pool: PoolSettings) -> tuple[PositionRow, Mapping[str, frozenset[Note]]]:
        """The row of a position for a pool, and the settings that its parts depend on."""
        paths = set[Note]()
        work = attrs.evolve(
            self.work, pool=noting(pool, paths, finely=True), answer=WorkQuestion.of, asked={**self.asked}
        )
        after, read = work.expires_after(position), {"": frozenset(paths)}
        events = {}
        for event in work.events_at(position):
            paths.clear()
            events[event.name] = accepted(work, event, position)
            read[event.name] = frozenset(paths)
        facts = kept_facts(work, position, self.targets)
        return PositionRow(work.spec.states[position.state].meaning, after, facts, events), read

    def answer(self, question: Question) -> Any:
        kind, *about = question
        if kind == "edge":
            return self.edges.get(tuple(about))
        if about[0] not in self.work.known:
            return None
        parts = self._parts_of(about[0])
        if kind == "event":
            return parts.events.get(about[1])
        return parts.facts if kind == "row" else tuple(parts.events)

    def _parts_of(self, position: Position) -> _Parts:
        if position not in self._parts:
            events = {event.name: structure(self.work, event, position) for event in self.work.events_at(position)}
            self._parts[position] = _Parts(kept_facts(self.work, position, self.targets), events)
        return self._parts[position]


@frozen
class _Parts:
    """
    What can be asked about a position.

    Args:
        facts: The facts that a session keeps there.
        events: What decides what each event becomes, by its name.
    """

    facts: frozenset[str]
    events: Mapping[str, Any]


def _unfolded(settings: Any, prefix: str = "") -> Iterator[str]:
    """Yield the paths of what sets pools apart, as few as possible."""
    for attribute in attrs.fields(type(settings)):
        path = f"{prefix}{attribute.name}"
        if any(folded.startswith(f"{path}.") for folded in FOLDED):
            yield from _unfolded(getattr(settings, attribute.name), f"{path}.")
        elif path not in FOLDED:
            yield path


_WHAT_SETS_APART: Final = attrgetter(*_unfolded(PoolSettings()))


def _grouped(values: Iterable[Any]) -> dict[Any, Pools]:
    """Return for each value the set of the indices that have it."""
    indices: dict[Any, list[int]] = defaultdict(list)
    for index, value in enumerate(values):
        indices[value].append(index)
    return {value: _set_of(found) for value, found in indices.items()}


def _set_of(indices: list[int]) -> Pools:
    octets = bytearray(indices[-1] // 8 + 1)
    for index in indices:
        octets[index >> 3] |= 1 << (index & 7)
    return int.from_bytes(octets, "little")


def _union(sets: Iterable[Pools]) -> Pools:
    union = 0
    for pools in sets:
        union |= pools
    return union
