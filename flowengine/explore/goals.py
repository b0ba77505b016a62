"""From where a user who answers rightly can still get to the goal."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from flowengine.explore.family import Pools
from flowengine.explore.search import Node, Search

__all__ = ["dead_ends", "explore_to_the_end", "reaching"]

HOPEFUL = frozenset({"send", "wait"})
"""The moves of a user who wants to get on."""


def reaching(nodes: Iterable[Node], goals: Mapping[Node, Pools]) -> dict[Node, Pools]:
    """
    Return for each world the pools in which a user can get from it to a goal.

    Only right answers and the passing of time count, and only what was explored.

    Args:
        nodes: The worlds.
        goals: Those that are goals, with the pools in which they are.
    """
    behind: dict[Node, list[tuple[Node, Pools]]] = defaultdict(list)
    for node in nodes:
        for target, pools in _steps(node):
            behind[target].append((node, pools))
    found, queue = dict(goals), deque(goals)
    while queue:
        node = queue.popleft()
        for source, pools in behind[node]:
            fresh = pools & source.reached & found[node] & ~found.get(source, 0)
            if fresh:
                found[source] = found.get(source, 0) | fresh
                queue.append(source)
    return found


def _steps(node: Node) -> Iterator[tuple[Node, Pools]]:
    for move, runs in node.runs.items():
        if move.kind in HOPEFUL and move.answer.manner == "right":
            yield from ((run.target, run.pools) for run in runs)


def explore_to_the_end(search: Search, progress: Callable[[int, int], None] = lambda _done, _open: None) -> None:
    """
    Explore until no new world appears, and nobody seems stranded for want of a step that was not tried.

    Args:
        search: The search.
        progress: Called with the number of worlds that were worked on, and that still wait.
    """
    search.run(progress)
    while sum(search.go_back(node, pools) for node, pools in [*dead_ends(search.nodes.values())]):
        search.go_on(progress)


def dead_ends(nodes: Iterable[Node]) -> Iterator[tuple[Node, Pools]]:
    """Yield each world from which no right answer leads to the goal, with the pools in which that is so."""
    known = list(nodes)
    found = reaching(known, {node: node.reached for node in known if node.world.meaning == "signed_in"})
    for node in known:
        dead = node.reached & ~found.get(node, 0)
        if dead:
            yield node, dead
