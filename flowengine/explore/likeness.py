"""Whether an outsider can tell a known user from an unknown one where the pool itself does not say.

An outsider knows no secret. The walks of a user who has an account and of one who has none are held side by side: the
same moves, as long as the pool answers both alike; then what the caller sees must be alike, too.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator

from flowengine.explore.family import Pools
from flowengine.explore.moves import SECRETS, Move
from flowengine.explore.properties import Finding
from flowengine.explore.search import Node, Run, Search

__all__ = ["unlike"]

HIDES = "client.prevent_user_existence_errors"


def unlike(search: Search) -> Iterator[Finding]:
    """
    Yield the first world in which a known user looks otherwise than an unknown one, for each way to look otherwise.

    The same way is yielded again for pools in which it was not met before.

    Args:
        search: A search that is over, in which strangers walked, too.
    """
    seen: dict[tuple[Node, Node], Pools] = defaultdict(int)
    told: dict[tuple[Move, str], Pools] = defaultdict(int)
    queue = deque(_beginnings(search))
    while queue:
        known, unknown, pools = queue.popleft()
        fresh = pools & ~seen[known, unknown]
        seen[known, unknown] |= fresh
        for move in known.runs if fresh else ():
            for ours, theirs, shared in _side_by_side(known, unknown, move, fresh):
                difference = _difference(ours, theirs)
                if difference is None:
                    queue.append((ours.target, theirs.target, shared))
                elif shared & ~told[move, difference]:
                    told[move, difference] |= shared
                    yield Finding(property="no enumeration", message=difference, pools=shared, node=known, move=move)


def _beginnings(search: Search) -> Iterator[tuple[Node, Node, Pools]]:
    hiding = search.family.where(HIDES, lambda value: value == "ENABLED")
    strangers = [beginning for beginning in search.beginnings if beginning[0].origin == "stranger"]
    for person, node, pools in search.beginnings:
        for stranger, unknown, others in strangers:
            shared = pools & others & hiding
            if person.origin != "stranger" and node.world.user is not None and stranger.identity == person.identity:
                yield node, unknown, shared


def _side_by_side(known: Node, unknown: Node, move: Move, pools: Pools) -> Iterator[tuple[Run, Run, Pools]]:
    """Yield what comes of a move of an outsider for both, with the pools, where the pool answers alike."""
    if move.kind != "send" or not _needs_no_secret(known, move):
        return
    for ours in known.runs[move]:
        for theirs in unknown.runs.get(move, ()):
            shared = pools & ours.pools & theirs.pools
            if shared and _answers(ours) == _answers(theirs):
                yield ours, theirs, shared


def _needs_no_secret(node: Node, move: Move) -> bool:
    if move.answer.manner != "right":
        return move.answer.manner == "wrong"
    offered = next((offer.events[move.event] for _, offer in node.offers if move.event in offer.events), None)
    if offered is None or move.answer.device:
        return False
    secrets = {entry.name for entry in offered.fields if entry.name in SECRETS or (entry.secret and not entry.choices)}
    return not (secrets - {"device"} - (set() if move.answer.password else {"password"}))


def _answers(run: Run) -> list[tuple[str, str]]:
    return [(call.operation, call.answer) for call in run.performance.calls]


def _difference(ours: Run, theirs: Run) -> str | None:
    first, second = ours.performance.seen, theirs.performance.seen
    if first == second:
        return None
    names = ("state", "pending", "error", "delivery", "parameters", "choices", "tokens", "exception")
    parts = [name for name, one, other in zip(names, first, second, strict=True) if one != other]
    return f"a known user looks otherwise than an unknown one ({', '.join(parts)}), though the pool answers both alike"
