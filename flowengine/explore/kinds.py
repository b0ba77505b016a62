"""Kinds of pools: those that answer alike whatever is asked of them to compile a flow, or any of its mutants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from flowengine.compile import resolve
from flowengine.compile.shared import Memory
from flowengine.compile.work import Question
from flowengine.settings import Note, PoolSettings, answer, noting
from flowengine.spec import FlowSpec

__all__ = ["kinds", "questions"]

Answers: TypeAlias = tuple[frozenset[str], ...]


def questions(spec: FlowSpec) -> tuple[Question, ...]:
    """
    Return all that can be asked of a pool to compile a spec, wherever its routes lead.

    Args:
        spec: The spec, after `extends`.
    """
    return tuple(dict.fromkeys(_questions(spec)))


def _questions(spec: FlowSpec) -> Iterator[Question]:
    for event in resolve(spec).events.values():
        for action in event.actions:
            for pending in sorted(action.answers) if action.answers is not None else (None,):
                yield Question(action, event.listed_options, pending)


def kinds(spec: FlowSpec, pools: Iterable[PoolSettings]) -> tuple[PoolSettings, ...]:
    """
    Return the first pool of each kind: what is compiled for it is compiled for all others of its kind.

    Args:
        spec: The spec, after `extends`.
        pools: The pools.
    """
    asking, memory, first = _Asking(questions(spec)), Memory(), dict[Answers, PoolSettings]()
    for pool in pools:
        if memory.find(pool) is None:
            answers = asking.answers(pool)
            memory.keep(pool, asking.paths, answers)
            first.setdefault(answers, pool)
    return tuple(first.values())


class _Asking:
    """Puts questions to pools, and puts them again only to those of which something else is learnt on the way."""

    def __init__(self, asked: tuple[Question, ...]) -> None:
        self.paths: set[str] = set()
        self._asked = asked
        self._notes: dict[Note, None] = {}
        self._known: dict[tuple[object, ...], Answers] = {}

    def answers(self, pool: PoolSettings) -> Answers:
        known = self._known.get(self._learnt(pool))
        return self._ask(pool) if known is None else known

    def _ask(self, pool: PoolSettings) -> Answers:
        notes, paths = set[Note](), set[Note]()
        fine, coarse = noting(pool, notes, finely=True), noting(pool, paths)
        answers = tuple(question.of(fine) for question in self._asked)
        assert answers == tuple(question.of(coarse) for question in self._asked)  # noqa: S101 (notes the paths)
        self.paths |= {path for path in paths if isinstance(path, str)}
        if not notes <= self._notes.keys():
            self._notes.update(dict.fromkeys(sorted(notes, key=str)))
            self._known.clear()
        self._known[self._learnt(pool)] = answers
        return answers

    def _learnt(self, pool: PoolSettings) -> tuple[object, ...]:
        return tuple(answer(pool, note) for note in self._notes)
