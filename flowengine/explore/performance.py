"""What came of a move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field, frozen

from flowengine.explore.family import Pools
from flowengine.explore.stepped import Called
from flowengine.explore.steps import Complaint
from flowengine.explore.world import World, tidy
from flowengine.machine import Edge
from flowengine.replay import Step
from flowengine.session import Position, Session, Snapshot
from flowengine.simulator.state import PoolState

__all__ = ["Notes", "Performance", "Trodden", "seen"]


@frozen(kw_only=True)
class Trodden:
    """
    One step that was committed.

    Args:
        source: The position before.
        event: The event.
        outcome: What came back.
        target: The position after.
        predicted: Whether the flow knew that it could come back here.
        routed: Whether the flow says where it leads; if not, it keeps the session where it is.
    """

    source: Position
    event: str
    outcome: str
    target: Position
    predicted: bool
    routed: bool

    @classmethod
    def of(cls, step: Step, edge: Edge | None) -> Trodden:
        """
        Return a step without what it carried.

        Args:
            step: The step.
            edge: The step as the flow knows it, if it does.
        """
        return cls(
            source=step.source,
            event=step.event,
            outcome=step.outcome,
            target=step.target,
            predicted=edge is not None,
            routed=edge is not None and edge.routed,
        )


@frozen(kw_only=True)
class Performance:
    """
    What came of a move.

    Args:
        world: The world after, with all that has been left lying about.
        agreeing: The pools for which the same would have come of it.
        steps: The steps that were committed.
        calls: The calls that reached the pool, in order.
        seen: What the caller sees afterwards.
        suspensions: At how many points the send was suspended.
        complaints: What is wrong with it.
        cuts: The worlds that are left behind if the process dies, by the suspension point.
    """

    world: World | None = field(default=None, repr=False)
    agreeing: Pools = field(repr=False)
    steps: tuple[Trodden, ...] = ()
    calls: tuple[Called, ...] = ()
    seen: tuple[Any, ...] = ()
    suspensions: int = 0
    complaints: tuple[Complaint, ...] = ()
    cuts: tuple[World, ...] = field(default=(), repr=False)

    @property
    def after(self) -> World:
        """The world after, with all that has been left lying about."""
        if self.world is None:
            raise AssertionError
        return self.world

    @property
    def reached(self) -> World:
        """The world after, tidied: where to go on from."""
        return tidy(self.after)

    def without_worlds(self) -> Performance:
        """Return what came of it without the worlds, which are kept elsewhere."""
        return Performance(
            agreeing=self.agreeing,
            steps=self.steps,
            calls=self.calls,
            seen=self.seen,
            suspensions=self.suspensions,
            complaints=self.complaints,
        )


@define
class Notes:
    """
    What is noted while a move is performed.

    Args:
        steps: The steps that were committed, secrets and all.
        raised: The name of the exception that the caller met.
        unexpected: The same, if no caller has to expect it.
        suspensions: At how many points the send was suspended.
        typed: What the user typed.
        again: What came of a second send of the same with the same key: the calls, and whether it looks the same.
        cuts: If wanted, what each suspension point leaves behind: the sessions, the pool, the time.
    """

    steps: list[Step] = field(factory=list, repr=False)
    raised: str | None = None
    unexpected: str | None = None
    suspensions: int = 0
    typed: Mapping[str, Any] = field(factory=dict, repr=False)
    again: tuple[int, bool] | None = None
    cuts: list[tuple[dict[str, Session], PoolState, float]] | None = field(default=None, repr=False)


def seen(snapshot: Snapshot, raised: str | None) -> tuple[Any, ...]:
    """
    Return what a caller can tell of a snapshot, but for texts that are new each time.

    The events that are accepted follow from where the session stands, and are left out.

    Args:
        snapshot: The snapshot.
        raised: The name of the exception that came in its place.
    """
    error, delivery = snapshot.error, snapshot.delivery
    return (
        snapshot.state,
        snapshot.pending,
        (error.code, error.retryable, error.message) if error is not None else None,
        (delivery.medium, delivery.attribute) if delivery is not None else None,
        tuple(sorted(snapshot.parameters)),
        str(snapshot.parameters.get("choices")),
        snapshot.tokens is not None,
        raised,
    )
