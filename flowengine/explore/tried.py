"""How often what can come between is tried: everywhere, or once in each situation, which many worlds share.

Beginning anew where a challenge waits is tried in each world; where one pool speaks for all, in one pool.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import Protocol

from flowengine.explore.family import Pools
from flowengine.explore.moves import Move
from flowengine.explore.world import World, situation

__all__ = ["EachOnce", "Everywhere", "OneSpeaksForAll", "Tried"]


class Tried(Protocol):
    """
    What was tried, and so need not be tried again.

    Attributes:
        anew: Whether there is trouble, too, with beginning anew where a challenge waits, as there is elsewhere.
    """

    anew: bool

    def speaking(self, pools: Pools, *, taken: bool) -> Pools:
        """
        Return the pools in which to begin anew where a challenge waits.

        Args:
            pools: The pools in which that can be done.
            taken: Whether it was done in this world before.
        """
        ...

    def fresh(self, world: World, moves: Iterable[Move], pools: Pools) -> dict[Move, Pools]:
        """
        Return the pools in which moves are to be tried, and remember that they were.

        Args:
            world: Where.
            moves: The moves.
            pools: The pools in which they can be taken there.
        """
        ...


class Everywhere:
    """
    Everything is tried in every world: for a single pool.

    Only what two equal sends do to each other, at each of many points, is tried once in each situation: they meet in
    the session and its claim, and in nothing that its user has.
    """

    anew = True

    def __init__(self) -> None:
        self._raced: dict[Hashable, set[Move]] = defaultdict(set)

    def speaking(self, pools: Pools, *, taken: bool) -> Pools:  # noqa: ARG002 (each pool speaks for itself)
        """Return them all."""
        return pools

    def fresh(self, world: World, moves: Iterable[Move], pools: Pools) -> dict[Move, Pools]:
        """Return them all, for each move."""
        raced = self._raced[situation(world)]
        fresh = dict.fromkeys((move for move in moves if move not in raced), pools)
        raced.update(move for move in fresh if move.kind == "race")
        return fresh


class OneSpeaksForAll:
    """Everything is tried once in each situation, in one of the pools: for many pools."""

    anew = False

    def __init__(self) -> None:
        self._tried: dict[Hashable, set[Move]] = defaultdict(set)

    def speaking(self, pools: Pools, *, taken: bool) -> Pools:
        """Return one of them, once in a world."""
        return 0 if taken else pools & -pools

    def fresh(self, world: World, moves: Iterable[Move], pools: Pools) -> dict[Move, Pools]:
        """Return one of them, for each move that was not tried where the session stands alike."""
        tried = self._tried[situation(world)]
        fresh = dict.fromkeys((move for move in moves if move not in tried), pools & -pools)
        tried.update(fresh)
        return fresh


class EachOnce:
    """Everything is tried once in each situation in each of the pools: for mutants."""

    anew = True

    def __init__(self) -> None:
        self._tried: dict[Hashable, dict[Move, Pools]] = defaultdict(lambda: defaultdict(int))

    def speaking(self, pools: Pools, *, taken: bool) -> Pools:  # noqa: ARG002 (each pool speaks for itself)
        """Return them all."""
        return pools

    def fresh(self, world: World, moves: Iterable[Move], pools: Pools) -> dict[Move, Pools]:
        """Return for each move those in which it was not tried where the session stands alike."""
        tried = self._tried[situation(world)]
        fresh = {move: pools & ~tried[move] for move in moves}
        for move, left in fresh.items():
            tried[move] |= left
        return fresh
