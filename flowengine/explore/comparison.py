"""Mutants held against what they are mutants of, in every kind of pool."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from flowengine.compile import walk
from flowengine.compile.shared import SharedWalks
from flowengine.compile.work import Work
from flowengine.explore.bisimulation import bisimilar
from flowengine.explore.coverage import possible, unused
from flowengine.explore.mutants import Mutant, mutated
from flowengine.explore.sayings import contradictions
from flowengine.machine import EXPIRE
from flowengine.settings import PoolSettings
from flowengine.spec import FlowSpec, Place

__all__ = ["Comparison", "Seen", "look"]


@frozen
class Seen:
    """
    What is wrong with a spec at first sight, compiled for the union of all pools.

    Args:
        problems: The codes of the problems for which it does not compile, in order.
        unused: What no pool can use, since not even the union does.
        contradictions: Where states mean something else than the outcome says that leads there.
    """

    problems: tuple[str, ...]
    unused: frozenset[str]
    contradictions: frozenset[str]


def look(spec: FlowSpec) -> Seen:
    """
    Look at a spec without a walk through it.

    Args:
        spec: The spec, after `extends`.
    """
    work = walk(spec, None)
    errors = dict.fromkeys(problem.code for problem in work.problems if problem.severity == "error")
    return Seen(
        problems=tuple(errors),
        unused=frozenset(finding.message for finding in unused(spec, possible(work))),
        contradictions=frozenset(message for _, message in contradictions(spec, work.edges)),
    )


class Comparison:
    """
    A spec in every kind of pool.

    Args:
        spec: The spec, after `extends`.
        pools: A pool of each kind.
    """

    def __init__(self, spec: FlowSpec, pools: Iterable[PoolSettings]) -> None:
        self._spec = spec
        walks = SharedWalks(spec)
        self._works = [(pool, walks.of(pool)) for pool in pools]
        self._used = {id(work): _used(work) for _, work in self._works}

    def tells_apart(self, mutant: Mutant) -> PoolSettings | None:
        """
        Return a pool in which a mutant does not behave as the spec does, None if there is none.

        Args:
            mutant: A mutant of the spec.
        """
        walks = SharedWalks(mutated(self._spec, mutant))
        for pool, work in self._works:
            # Where no step goes along its route, a mutant is compiled to the same steps.
            if not self._used[id(work)].isdisjoint(mutant.changes) and not bisimilar(work, walks.of(pool)):
                return pool
        return None


def _used(work: Work) -> frozenset[tuple[str, Place]]:
    """The routes along which some step goes, by outcome and place."""
    events = {(position, event.name): event for position in work.known for event in work.events_at(position)}
    taken = {(events[edge.source, edge.event], edge.outcome) for edge in work.edges if edge.event != EXPIRE}
    found = ((outcome, event.routes.get(outcome)) for event, outcome in taken)
    return frozenset((outcome, text.place) for outcome, text in found if text is not None)
