"""A walk: what one person did in one pool, as it was performed."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

from flowengine.explore.moves import Move
from flowengine.explore.people import Person
from flowengine.explore.steps import Complaint
from flowengine.machine import Flow
from flowengine.replay import Cassette
from flowengine.session import Snapshot
from flowengine.settings import PoolSettings, pool_name
from flowengine.testing.company import Company, Walker

__all__ = ["Walk", "walked"]


@frozen(kw_only=True)
class Walk:
    """
    A walk that was performed on the embedded pool. Its repr tells it as a story.

    Args:
        pool: The pool.
        flow: The flow, compiled for it.
        person: Who walked.
        moves: What happened, in order.
        snapshots: What the caller saw before the first move and after each.
        complaints: What was wrong with it: the properties that it breaks.
        story: The same for people, a line for each thing.
        cassette: The walk as it was recorded, for `replay`.
    """

    pool: PoolSettings
    flow: Flow
    person: Person
    moves: tuple[Move, ...]
    snapshots: tuple[Snapshot, ...]
    complaints: tuple[Complaint, ...]
    story: tuple[str, ...]
    cassette: Cassette = field(eq=False)

    def __repr__(self) -> str:
        return "\n".join([f"<Walk of {self.flow.name} in the pool {pool_name(self.pool)}", *self.story, ">"])

    def _repr_pretty_(self, printer: Any, _cycle: object) -> None:
        """Let Hypothesis tell the story, too, in place of every field."""
        printer.text(repr(self))

    @property
    def snapshot(self) -> Snapshot:
        """What the caller sees in the end."""
        return self.snapshots[-1]


def walked(company: Company, walker: Walker, moves: list[Move], snapshots: list[Snapshot]) -> Walk:
    """
    Return the walk of somebody who walked alone.

    Args:
        company: The pool.
        walker: Who.
        moves: The moves that were performed.
        snapshots: What was seen before, between and after them.
    """
    return Walk(
        pool=company.pool,
        flow=company.flow,
        person=walker.person,
        moves=tuple(moves),
        snapshots=tuple(snapshots),
        complaints=tuple(company.complaints),
        story=tuple(company.story),
        cassette=walker.recorder.cassette(),
    )
