"""A hunt for mutants: all of them are explored at once in one pool, and each is left alone as soon as it is caught."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import frozen

from flowengine.explore.brood import Brood
from flowengine.explore.family import Pools, members
from flowengine.explore.judging import unexcused
from flowengine.explore.likeness import unlike
from flowengine.explore.moves import Move
from flowengine.explore.people import Person
from flowengine.explore.search import Node, Run, Search
from flowengine.explore.stage import Stage
from flowengine.explore.tried import EachOnce

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

    Attributes:
        caught: What has caught each mutant, by its index in the brood; that of the spec itself is 0.
    """

    def __init__(self, brood: Brood, crowd: Iterable[Person] | None = None) -> None:
        super().__init__(brood, Stage(brood), crowd, EachOnce())
        self.caught: dict[int, Catch] = {}

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
        fresh = pools & self.open
        self.caught.update(dict.fromkeys(members(fresh), catch))
        self.open &= ~fresh

    def _take(self, node: Node, move: Move, run: Run, pools: Pools, calm: Pools) -> None:
        for complaint in run.performance.complaints[:1]:
            self._catch(pools, Catch(complaint.property, complaint.message))
        super()._take(node, move, run, pools & self.open, calm)
