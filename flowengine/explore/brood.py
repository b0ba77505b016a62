"""The mutants of a spec in one pool, explored together as if each were a pool of its own.

What came of a step holds for all mutants that lead the same way wherever it looked. So a mutant takes over whatever
never touches its route, and its own steps are shared with all that are wrong in the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from flowengine.compile import explore, resolve
from flowengine.compile.work import Work
from flowengine.explore.family import Family, Pools, Question
from flowengine.explore.mutants import Mutant, mutated
from flowengine.machine import Edge, PositionRow
from flowengine.session import Position
from flowengine.settings import Note, PoolSettings, answer
from flowengine.spec import FlowSpec

__all__ = ["Brood"]

Key = tuple[Position, str, str]


class Brood(Family):
    """
    A spec, and some of its mutants, in one pool.

    Args:
        spec: The spec, after `extends`.
        pool: The pool.
        mutants: The mutants.

    Attributes:
        mutants: The mutants. Each has the index of a pool that is one higher than its own; the spec itself has 0.
    """

    def __init__(self, spec: FlowSpec, pool: PoolSettings, mutants: Sequence[Mutant]) -> None:
        self.mutants = tuple(mutants)
        super().__init__(spec, [pool] * (1 + len(self.mutants)))
        self._steps = {_key(edge): edge for edge in self.works[0].edges}
        self._changed = [_changed(self.works[0], work) for work in self.works]
        self._leading_elsewhere: dict[Key, dict[Edge | None, Pools]] = defaultdict(lambda: defaultdict(int))
        for index, changed in enumerate(self._changed):
            for key, edge in changed.items():
                self._leading_elsewhere[key][edge] |= 1 << index

    def edge(self, position: Position, event: str, outcome: str, index: int) -> Edge | None:
        """Return a step of the spec, or of one of its mutants."""
        key = position, event, outcome
        return self._changed[index].get(key, self._steps.get(key))

    def row(self, position: Position, index: int) -> tuple[PositionRow, Mapping[str, frozenset[Note]]] | None:
        """Return the row of a position, which is one for all in which the position is the same."""
        alike = self.agreeing(("row", position), index)
        return super().row(position, (alike & -alike).bit_length() - 1)

    def _folded(self, pools: Iterable[PoolSettings]) -> tuple[tuple[PoolSettings, ...], tuple[int, ...]]:
        each = tuple(pools)
        return each, (1,) * len(each)

    def _compiled(self) -> list[Work]:
        """The spec and the mutants, compiled; equal steps are one object, since there are many thousand of them."""
        resolved, pool = resolve(self.spec), self.pools[0]
        original = explore(resolved, pool)
        known = {edge: edge for edge in original.edges}
        works = [original]
        for mutant in self.mutants:
            work = explore(resolve(mutated(self.spec, mutant)), pool)
            works.append(attrs.evolve(work, edges=[known.setdefault(edge, edge) for edge in work.edges], steps={}))
        return works

    def _asked(self, question: Question) -> dict[Any, Pools]:
        if question[0] != "edge":
            return super()._asked(question)
        elsewhere = self._leading_elsewhere.get(question[1:], {})
        answers = {self._steps.get(question[1:]): self.everything & ~sum(elsewhere.values())}
        return {**answers, **elsewhere}

    def _answer(self, question: Question, index: int) -> Any:
        if question[0] != "edge":
            return super()._answer(question, index)
        return self._changed[index].get(question[1:], self._steps.get(question[1:]))

    def _learnt(self, note: Note) -> dict[Any, Pools]:
        return {answer(self.pools[0], note): self.everything}


def _key(edge: Edge) -> Key:
    return edge.source, edge.event, edge.outcome


def _changed(original: Work, work: Work) -> dict[Key, Edge | None]:
    """The steps that lead elsewhere than those of the original, and None for each that is missing."""
    before, after = frozenset(original.edges), frozenset(work.edges)
    changed: dict[Key, Edge | None] = {_key(edge): None for edge in before - after}
    changed.update({_key(edge): edge for edge in after - before})
    return changed
