"""A finding as a story: the walk that leads to it, from the beginning, in one pool."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
from attrs import field, frozen

from flowengine.compile import compile_flow
from flowengine.explore.moves import Move
from flowengine.explore.people import Person
from flowengine.explore.properties import Finding
from flowengine.explore.search import Search
from flowengine.explore.stage import Stage
from flowengine.explore.world import World
from flowengine.replay import Cassette, Recorder, Step
from flowengine.settings import PoolSettings

__all__ = ["Violation", "retold"]


@frozen(kw_only=True)
class Violation:
    """
    A property that a flow breaks, with the shortest walk that was found to it.

    Args:
        property: The name of the property.
        message: What is wrong.
        pools: In how many pools.
        pool: One of them, in which the walk goes.
        person: Who walks; None where it is about the flow as a whole.
        moves: What happens, in order.
        story: The same for people, a line for each thing.
        cassette: The walk as it was recorded, for `replay`.
    """

    property: str
    message: str
    pools: int
    pool: PoolSettings | None = field(default=None, repr=False)
    person: str | None = None
    moves: tuple[str, ...] = ()
    story: tuple[str, ...] = field(default=(), repr=False)
    cassette: Cassette | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Render as the property and what is wrong, with the story beneath."""
        return "\n".join([f"{self.property}: {self.message}", *self.story])


def retold(search: Search, finding: Finding) -> Violation:
    """
    Walk to a finding once more, from the beginning, and tell it.

    Args:
        search: The search that came upon it.
        finding: What is wrong.
    """
    family, pools = search.family, search.family.count(finding.pools)
    if finding.node is None:
        return Violation(property=finding.property, message=finding.message, pools=pools)
    index = (finding.pools & -finding.pools).bit_length() - 1
    person, way = search.path(finding.node, index)
    moves, pool = [*way, *([finding.move] if finding.move is not None else [])], family.pools[index]
    recorder = Recorder(compile_flow(family.spec, pool))
    story = list(_walked(search.stage, person, moves, index, recorder))
    return Violation(
        property=finding.property,
        message=finding.message,
        pools=pools,
        pool=pool,
        person=str(person),
        moves=tuple(map(str, moves)),
        story=tuple(story),
        cassette=recorder.cassette(),
    )


def _walked(stage: Stage, person: Person, moves: list[Move], index: int, recorder: Recorder) -> Iterator[str]:
    yield f"{person}:"
    begun = stage.begin(person, index)
    if begun is None:
        return
    world = begun.reached
    for number, move in enumerate(moves, 1):
        reached = stage.perform(world, move, index).reached
        yield f"{number}. {move}"
        for step in _committed(stage, world, move, index, reached):
            recorder.record(step)
            yield f"   {_told(step)}"
        world = reached
    yield f"   the session stands at {world.session.position}"


def _committed(stage: Stage, world: World, move: Move, index: int, reached: World) -> tuple[Step, ...]:
    """The steps of a move that was just performed, with the one that a process committed and did not live to tell."""
    steps = stage.steps
    told = steps[-1].target if steps else world.session.position
    if move.kind != "crash" or told == reached.session.position:
        return steps
    stage.perform(world, attrs.evolve(move, kind="send"), index)
    return stage.steps[: len(steps) + 1]


def _told(step: Step) -> str:
    call = f"{step.operation} answers {step.outcome}" if step.operation else step.outcome
    return f"{call}: {step.source} -> {step.target}"
