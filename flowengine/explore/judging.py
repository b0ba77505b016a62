"""What a search has found, held against the properties that no single move can break."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from flowengine.explore.excuses import beyond_help, stranded_by_pool
from flowengine.explore.family import Pools
from flowengine.explore.goals import dead_ends, reaching
from flowengine.explore.likeness import unlike
from flowengine.explore.moves import Move
from flowengine.explore.properties import Finding
from flowengine.explore.search import Node, Search
from flowengine.explore.world import World
from flowengine.session import Position
from flowengine.settings import PoolSettings

__all__ = ["findings", "unexcused"]


def findings(search: Search) -> Iterator[Finding]:
    """
    Yield everything that is wrong, each thing once: in the world that was reached first.

    Args:
        search: A search that is over.
    """
    yield from _of_moves(search)
    yield from _of_dead_ends(search)
    yield from _of_strangers(search)


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


def _of_strangers(search: Search) -> Iterator[Finding]:
    told: set[tuple[Move | None, str]] = set()
    for finding in unlike(search):
        if (finding.move, finding.message) not in told:
            told.add((finding.move, finding.message))
            yield finding


def _of_dead_ends(search: Search) -> Iterator[Finding]:
    """Yield where users are stranded, and then where only trouble strands them."""
    dead = unexcused(search)
    calm: dict[Position, Pools] = defaultdict(int)
    for node, stranded in dead:
        calm[node.world.session.position] |= stranded & node.calm
    yield from _first_ones("no dead end", ((node, stranded & node.calm) for node, stranded in dead))
    yield from _first_ones(
        "recovery", ((node, stranded & ~calm[node.world.session.position]) for node, stranded in dead)
    )


def _first_ones(name: str, dead: Iterable[tuple[Node, Pools]]) -> Iterator[Finding]:
    told: set[Position] = set()
    for node, pools in dead:
        position = node.world.session.position
        if pools and position not in told:
            told.add(position)
            message = f"no right answer leads from {position} to the goal"
            yield Finding(property=name, message=message, pools=pools, node=node)


def unexcused(search: Search) -> list[tuple[Node, Pools]]:
    """
    Return the dead ends but for those users whom nobody needs to help, or who can only come to be such a user.

    Args:
        search: A search that is over.
    """
    dead = [*dead_ends(search.nodes.values())]
    stranded = {node: _excused(search, node, pools, stranded_by_pool) for node, pools in dead}
    coming = reaching(search.nodes.values(), {node: pools for node, pools in stranded.items() if pools})
    return [(node, pools & ~coming.get(node, 0) & ~_excused(search, node, pools, beyond_help)) for node, pools in dead]


def _excused(search: Search, node: Node, pools: Pools, why: Callable[[World, PoolSettings], str | None]) -> Pools:
    told_apart = search.family.told_apart(pools, lambda pool: why(node.world, pool))
    return sum(alike for reason, alike in told_apart if reason is not None)
