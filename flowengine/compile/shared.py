"""One spec for many pools: walked once for all pools that give the same answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, cast

import attrs
from attrs import define, field

from flowengine.actions.model import Action
from flowengine.compile import explore, resolve
from flowengine.compile.work import Question, Work
from flowengine.extensions import Hook
from flowengine.settings import Note, PoolSettings, noting
from flowengine.spec import FlowSpec

__all__ = ["Memory", "SharedWalks"]


def _nothing(_pool: PoolSettings) -> Any:
    return ()


@define
class Memory:
    """
    What came of pools, by the values of all settings that were ever read for it.

    Args:
        paths: Those settings, by their dotted paths.
        values: Returns their values.
        known: What came of pools, by these values.
    """

    paths: frozenset[str] = frozenset()
    values: Callable[[PoolSettings], Any] = _nothing
    known: dict[Any, Any] = field(factory=dict)

    def find(self, pool: PoolSettings) -> Any:
        """Return what came of a pool that agrees on these settings, or None."""
        return self.known.get(self.values(pool))

    def keep(self, pool: PoolSettings, paths: set[str], found: Any) -> None:
        """Remember what came of a pool, and which settings were read for it; with a new one all else is forgotten."""
        if not paths <= self.paths:
            self.paths |= paths
            self.values = attrgetter(*sorted(self.paths))
            self.known.clear()
        self.known[self.values(pool)] = found


@define
class _Fork:
    """A question that the passes ask here, and what follows each answer that was met."""

    question: Question
    answers: dict[Any, _Fork | Work] = field(factory=dict)


class SharedWalks:
    """
    Walks one spec for any number of pools.

    The passes are deterministic, and all that they learn of a pool are answers to their questions. So pools that agree
    on every setting that was ever read for an answer become the same flow, and so do pools that answer alike,
    question by question, whatever their settings are.

    Args:
        spec: The spec, after `extends`.
        actions: The application's own actions.
        hooks: The application's own hooks.

    Attributes:
        distinct: How many walks were needed.
    """

    def __init__(self, spec: FlowSpec, *, actions: Iterable[Action] = (), hooks: Iterable[Hook] = ()) -> None:
        self.distinct = 0
        self._resolved = attrs.evolve(resolve(spec, actions=actions, hooks=hooks), answer=self._answer)
        self._root: _Fork | Work | None = None
        self._answers: dict[Question, Memory] = defaultdict(Memory)
        self._works = Memory()
        self._read: set[str] = set()

    @property
    def settings_read(self) -> tuple[str, ...]:
        """The settings that were read so far, by their dotted paths."""
        return tuple(sorted(self._read))

    def of(self, pool: PoolSettings) -> Work:
        """Return what the passes find for a pool, or have found for one that agrees with it."""
        work: Work | None = self._works.find(pool)
        if work is None:
            work = self._by_answers(pool)
            self._works.keep(pool, self._read, work)
        return work

    def _answer(self, question: Question, pool: PoolSettings | None) -> Any:
        settings = cast("PoolSettings", pool)
        memory = self._answers[question]
        answer = memory.find(settings)
        if answer is None:
            notes: set[Note] = set()
            answer = question.of(noting(settings, notes))
            paths = {note for note in notes if isinstance(note, str)}
            memory.keep(settings, paths, answer)
            self._read |= paths
        return answer

    def _by_answers(self, pool: PoolSettings) -> Work:
        node, fork, answer = self._root, None, None
        while isinstance(node, _Fork):
            fork, answer = node, self._answer(node.question, pool)
            node = fork.answers.get(answer)
        return node or self._walk(pool, fork, answer)

    def _walk(self, pool: PoolSettings, fork: _Fork | None, answer: Any) -> Work:
        """Walk for a pool that answers as no other did, and remember its answers behind those that are known."""
        self.distinct += 1
        work = explore(self._resolved, pool)
        asked = list(work.asked.items())
        first = 0 if fork is None else 1 + list(work.asked).index(fork.question)
        branch: _Fork | Work = work
        for question, given in reversed(asked[first:]):
            branch = _Fork(question, {given: branch})
        if fork is None:
            self._root = branch
        else:
            fork.answers[answer] = branch
        return work
