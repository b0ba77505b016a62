"""One spec for many pools: walked once for all pools that give the same answers."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from functools import partial
from operator import attrgetter
from typing import Any, cast

import attrs
from attrs import define, field, frozen

from flowengine.actions.model import Action
from flowengine.compile import walk
from flowengine.compile.work import Question, Work
from flowengine.extensions import Hook
from flowengine.settings import PoolSettings
from flowengine.spec import FlowSpec

__all__ = ["SharedWalks"]


class _Reader:
    """Stands for settings, and notes the path of each one that is read."""

    def __init__(self, settings: Any, paths: dict[str, None], prefix: str = "") -> None:
        self._settings = settings
        self._paths = paths
        self._prefix = prefix

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._settings, name)
        if inspect.ismethod(value):
            return value.__func__.__get__(self)
        path = f"{self._prefix}{name}"
        if attrs.has(type(value)):
            return _Reader(value, self._paths, f"{path}.")
        self._paths[path] = None
        return value


@frozen
class _Leaf:
    work: Work


@define
class _Fork:
    """A question that the passes ask here, and what follows each answer that was met."""

    question: Question
    answers: dict[Any, _Fork | _Leaf] = field(factory=dict)


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
        self._walk_for = partial(walk, spec, actions=tuple(actions), hooks=tuple(hooks))
        self._root: _Fork | _Leaf | None = None
        self._paths: dict[str, None] = {}
        self._by_settings: dict[Any, Work] = {}

    @property
    def settings_read(self) -> tuple[str, ...]:
        """The settings that were read so far, by their dotted paths."""
        return tuple(sorted(self._paths))

    def of(self, pool: PoolSettings) -> Work:
        """Return what the passes find for a pool, or have found for one that agrees with it."""
        if self._paths:
            known = self._by_settings.get(attrgetter(*self._paths)(pool))
            if known is not None:
                return known
        before = len(self._paths)
        work = self._by_answers(cast("PoolSettings", _Reader(pool, self._paths)))
        if len(self._paths) > before:
            self._by_settings.clear()
        if self._paths:
            self._by_settings[attrgetter(*self._paths)(pool)] = work
        return work

    def _by_answers(self, pool: PoolSettings) -> Work:
        node, fork, answer = self._root, None, None
        while isinstance(node, _Fork):
            fork, answer = node, node.question.of(pool)
            node = fork.answers.get(answer)
        return (node or self._walk(pool, fork, answer)).work

    def _walk(self, pool: PoolSettings, fork: _Fork | None, answer: Any) -> _Leaf:
        """Walk for a pool that answers as no other did, and remember its answers behind those that are known."""
        self.distinct += 1
        leaf = _Leaf(self._walk_for(pool))
        asked = list(leaf.work.asked.items())
        first = 0 if fork is None else 1 + list(leaf.work.asked).index(fork.question)
        branch: _Fork | _Leaf = leaf
        for question, given in reversed(asked[first:]):
            branch = _Fork(question, {given: branch})
        if fork is None:
            self._root = branch
        else:
            fork.answers[answer] = branch
        return leaf
