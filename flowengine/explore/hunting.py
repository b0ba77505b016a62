"""A hunt for mutants: all of them are explored at once in one pool, and each is left alone as soon as it is caught."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

import attrs
from attrs import frozen

from flowengine.explore.brood import Brood
from flowengine.explore.family import Pools, members
from flowengine.explore.judging import unexcused
from flowengine.explore.likeness import unlike
from flowengine.explore.moves import Move, Offer, interventions
from flowengine.explore.people import Person
from flowengine.explore.search import Node, Run, Search
from flowengine.explore.stage import Stage
from flowengine.explore.world import situation

__all__ = ["Catch", "Hunt"]


@frozen
class Catch:
    """
    What catches a mutant.

    Args:
        property: The name of the property that it breaks.
        message: What is wrong.
    """

    property: str
    message: str


class Hunt(Search):
    """
    Explores a spec and its mutants until each has broken a property, or nothing new appears.

    Whatever comes between is tried once in each situation with each mutant that comes there.

    Args:
        brood: The spec and its mutants, in one pool.
        crowd: Who walks; None for everybody.
        calm: Whether nothing comes between.

    Attributes:
        caught: What has caught each mutant, by its index in the brood; that of the spec itself is 0.
    """

    def __init__(self, brood: Brood, crowd: Iterable[Person] | None = None, *, calm: bool = False) -> None:
        super().__init__(brood, Stage(brood), crowd)
        self.caught: dict[int, Catch] = {}
        self._left = brood.everything
        self._calm = calm
        self._seen: dict[tuple[Hashable, Move], Pools] = defaultdict(int)

    def run(self, progress: Callable[[int, int], None] = lambda _done, _open: None) -> None:
        """
        Explore, and hold what is left against what only a finished search shows.

        Args:
            progress: Called now and then with the number of worlds that were worked on, and that still wait.
        """
        super().run(progress)
        for node, pools in unexcused(self):
            name = "no dead end" if pools & node.calm else "recovery"
            self._catch(pools, Catch(name, f"no right answer leads from {node.world.session.position} to the goal"))
        for finding in unlike(self):
            self._catch(finding.pools, Catch(finding.property, finding.message))

    def _catch(self, pools: Pools, catch: Catch) -> None:
        fresh = pools & self._left
        self.caught.update(dict.fromkeys(members(fresh), catch))
        self._left &= ~fresh

    def _explore(self, node: Node) -> None:
        node.waiting &= self._left
        node.waiting_calm &= self._left
        super()._explore(node)

    def _perform(self, node: Node, move: Move, pools: Pools, calm: Pools) -> None:
        super()._perform(node, move, pools & self._left, calm)

    def _perform_once(self, node: Node, move: Move, pools: Pools, calm: Pools) -> None:
        self._perform(node, move, pools, calm)

    def _take(self, node: Node, move: Move, run: Run, pools: Pools, calm: Pools) -> None:
        for complaint in run.performance.complaints[:1]:
            self._catch(pools, Catch(complaint.property, complaint.message))
        super()._take(node, move, run, pools & self._left, calm)

    def _disturb(self, node: Node, offer: Offer, pools: Pools) -> None:
        if self._calm:
            return
        points: dict[Move, tuple[Sequence[int], Sequence[int]]] = {}
        for move, runs in self._right(node, offer, pools):
            calls = max(len(run.performance.calls) for run in runs)
            points[move] = range(calls), range(max(run.performance.suspensions for run in runs))
            self._cut(node, move, runs, pools)
        for move in interventions(node.world, offer, points):
            self._perform(node, move, self._untried(node, move, pools), 0)

    def _right(self, node: Node, offer: Offer, pools: Pools) -> Iterator[tuple[Move, list[Run]]]:
        """Yield the right answers that were given in some of the pools, with what came of them there."""
        for move, runs in list(node.runs.items()):
            if move.kind == "send" and move.answer.manner == "right" and move.event in offer.events:
                taken = [run for run in runs if run.pools & pools]
                if taken:
                    yield move, taken

    def _cut(self, node: Node, move: Move, runs: Sequence[Run], pools: Pools) -> None:
        """Let the process die at each suspension point of a send."""
        crash = attrs.evolve(move, kind="crash")
        fresh = self._untried(node, crash, pools)
        for run in runs:
            left = fresh & run.pools
            while left:
                self.steps += 1
                died = self.stage.perform(node.world, move, next(members(left)), cuts=True)
                shared = left & died.agreeing
                left &= ~shared
                for at, world in enumerate(died.cuts):
                    died_at = attrs.evolve(crash, at=at)
                    self._arrive(self._node(world, run.index), shared, node, died_at, calm=False)

    def _untried(self, node: Node, move: Move, pools: Pools) -> Pools:
        """Return the pools in which a move was never tried where the session stands alike."""
        key = situation(node.world), move
        fresh = pools & self._left & ~self._seen[key]
        self._seen[key] |= fresh
        return fresh
