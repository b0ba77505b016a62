"""A move that was taken, as those who judge it see it."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from flowengine.explore.moves import Move
from flowengine.explore.stepped import Called
from flowengine.explore.world import World
from flowengine.settings import PoolSettings

__all__ = ["Taken"]


@frozen(kw_only=True)
class Taken:
    """
    A move that was taken.

    Args:
        move: The move.
        before: The world before.
        after: The world after.
        settings: The pool.
        calls: The calls that reached it, in order.
        messages: How many messages went out.
        unpredicted: The outcomes that the flow did not predict, each with where it came.
        again: What came of a second send of the same with the same key: the calls, and whether it looks the same.
        unexpected: The exception that was raised, if it is one that no caller has to expect.
        expired: Whether the session's time was said to be over.
        told: The last outcome, if the flow says where it leads.
        honoured: Whether the pool goes on to honour the tokens that the session held before.
    """

    move: Move
    before: World
    after: World
    settings: PoolSettings
    calls: Sequence[Called] = ()
    messages: int = 0
    unpredicted: Sequence[str] = ()
    again: tuple[int, bool] | None = None
    unexpected: str | None = None
    expired: bool = False
    told: str | None = None
    honoured: bool = False

    @property
    def late(self) -> bool:
        """Whether the session's time was over, and nobody was working on it."""
        session = self.before.session
        return session.claim is None and session.deadline is not None and self.before.now >= session.deadline

    @property
    def enters(self) -> bool:
        """Whether the session has come to claim something else, and rests there."""
        before, after = self.before.session.position, self.after.session.position
        waits = after.pending is not None and self.after.meaning == "challenge"
        other = before != after if waits else self.before.meaning != self.after.meaning
        return self.after.session.claim is None and other
