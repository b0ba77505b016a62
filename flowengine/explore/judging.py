"""What a search has found, held against the properties that no single move can break."""

from __future__ import annotations

from collections.abc import Iterator

from flowengine.explore.excuses import excuse
from flowengine.explore.family import Pools
from flowengine.explore.goals import dead_ends
from flowengine.explore.likeness import unlike
from flowengine.explore.properties import Finding
from flowengine.explore.search import Node, Search

__all__ = ["findings"]


def findings(search: Search) -> Iterator[Finding]:
    """
    Yield everything that is wrong, each thing once: in the world that was reached first.

    Args:
        search: A search that is over.
    """
    yield from _of_moves(search)
    yield from _of_dead_ends(search)
    yield from unlike(search)


def _of_moves(search: Search) -> Iterator[Finding]:
    found: dict[tuple[str, str], Finding] = {}
    for node in search.nodes.values():
        for move, runs in node.runs.items():
            for run in runs:
                pools = run.pools & node.reached
                for complaint in run.performance.complaints if pools else ():
                    key = complaint.property, complaint.message
                    if key not in found:
                        found[key] = Finding(
                            property=complaint.property, message=complaint.message, pools=pools, node=node, move=move
                        )
    yield from found.values()


def _of_dead_ends(search: Search) -> Iterator[Finding]:
    told: set[tuple[str, bool]] = set()
    for node, pools in dead_ends(search.nodes.values()):
        stranded = _unexcused(search, node, pools)
        calm = stranded & node.calm
        key = str(node.world.session.position), bool(calm)
        if stranded and key not in told:
            told.add(key)
            name = "no dead end" if calm else "recovery"
            message = f"no right answer leads from {node.world.session.position} to the goal"
            yield Finding(property=name, message=message, pools=calm or stranded, node=node)


def _unexcused(search: Search, node: Node, pools: Pools) -> Pools:
    told_apart = search.family.told_apart(pools, lambda pool: excuse(node.world, pool))
    return sum(alike for why, alike in told_apart if why is None)
