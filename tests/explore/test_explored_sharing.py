"""The law that sharing stands on: what a move comes to in one pool, it comes to in all that agree with it."""

from __future__ import annotations

import random
from typing import Final

import pytest
from exploring import Taken, eligible, family, outside, possible, walk, walks

from flowengine.explore.family import FOLDED, members
from flowengine.explore.moves import Move
from flowengine.explore.people import Person, people
from flowengine.explore.performance import Performance
from flowengine.explore.stage import Stage
from flowengine.explore.world import World, told_apart

WALKERS: Final = 80
LENGTH: Final = 12


@pytest.fixture(scope="module")
def stage() -> Stage:
    """Return a stage for many kinds of pools."""
    return Stage(family(16))


@pytest.fixture(scope="module")
def steps(stage: Stage) -> list[Taken]:
    """Return the steps of many walks."""
    return list(walks(stage, WALKERS, LENGTH))


def others(agreeing: int, index: int, draw: random.Random) -> list[int]:
    """Return two of the other pools in a set."""
    found = [other for other in members(agreeing) if other != index]
    return draw.sample(found, min(2, len(found)))


def test_walks_go_far(steps: list[Taken]) -> None:
    """The walks that these laws are tried on meet every kind of move, and many positions and outcomes."""
    assert {taken.move.kind for taken in steps} == {
        "administrator", "crash", "elsewhere", "fault", "insist", "race", "repeat", "send", "wait",
    }  # fmt: skip
    assert len({taken.world.session.position for taken in steps}) > 15
    assert len({step.outcome for taken in steps for step in taken.performance.steps}) > 30
    assert any(taken.world.meaning == "signed_in" for taken in steps)


def test_move_is_shared(stage: Stage, steps: list[Taken]) -> None:
    """In every other pool that agrees, the same move comes to the same by itself, and is shared alike."""
    draw, tried = random.Random(1), 0  # noqa: S311 (a sample, not a secret)
    for taken in steps:
        for other in others(taken.performance.agreeing, taken.index, draw):
            own = stage.perform(taken.world, taken.move, other, cuts=bool(taken.performance.cuts))
            assert outside(own) == outside(taken.performance), (str(taken.move), taken.index, other)
            assert own.agreeing == taken.performance.agreeing
            tried += 1
    assert tried > len(steps) / 2


def test_offer_is_shared(stage: Stage, steps: list[Taken]) -> None:
    """In every other pool that agrees, a session is offered the same."""
    draw, tried = random.Random(2), 0  # noqa: S311 (a sample, not a secret)
    for taken in steps[::4]:
        offer, agreeing = stage.offer(taken.world, taken.index)
        for other in others(agreeing, taken.index, draw):
            assert stage.offer(taken.world, other) == (offer, agreeing)
            tried += 1
    assert tried > len(steps) / 8


def test_beginning_is_shared(stage: Stage) -> None:
    """In every other pool that agrees, a person stands at the same beginning."""
    draw, held = random.Random(3), 0  # noqa: S311 (a sample, not a secret)
    for person in draw.sample(people(), 40):
        for index in list(members(eligible(stage.family, person)))[::5]:
            begun = stage.begin(person, index)
            assert begun is not None
            held += 1
            for other in others(begun.agreeing & eligible(stage.family, person), index, draw):
                own = stage.begin(person, other)
                assert own is not None
                assert outside(own) == outside(begun)
    assert held > 20


def retraced(stage: Stage, person: Person, moves: list[Move], index: int) -> World:
    """Return where the same moves lead in a pool, from the very beginning."""
    begun = stage.begin(person, index)
    assert begun is not None
    world = begun.reached
    for move in moves:
        world = stage.perform(world, move, index).reached
    return world


def test_whole_walk_is_shared(stage: Stage) -> None:
    """Pools that agree on every step of a walk are led to the same world when each walks by itself."""
    draw, tried = random.Random(4), 0  # noqa: S311 (a sample, not a secret)
    for person in draw.sample(people(), 80):
        pools = eligible(stage.family, person)
        index = draw.choice([*members(pools), -1])
        begun = stage.begin(person, index) if index >= 0 else None
        if begun is None:
            continue
        taken = list(walk(stage, person, index, draw, 8))
        agreeing = begun.agreeing & pools
        for one in taken:
            agreeing &= one.performance.agreeing
        moves = [one.move for one in taken]
        for other in others(agreeing, index, draw):
            assert told_apart(retraced(stage, person, moves, other)) == told_apart(taken[-1].performance.reached)
            tried += 1
    assert tried > 10


def test_settings_that_are_folded_are_not_read(stage: Stage, steps: list[Taken]) -> None:
    """Nothing that happens in a pool depends on a setting that was taken to decide nothing."""
    for taken in steps:
        stage.perform(taken.world, taken.move, taken.index)
        read = {str(note).partition(":")[0] for note in stage._flow.paths}
        assert read.isdisjoint(FOLDED)


def test_equal_worlds_go_on_alike(stage: Stage, steps: list[Taken]) -> None:
    """Worlds of which the same is told come to the same by the same moves, in a pool that both were reached in."""
    first: dict[tuple[object, int], World] = {}
    tried = 0
    draw = random.Random(5)  # noqa: S311 (a sample, not a secret)
    for taken in steps:
        world = taken.performance.reached
        known = first.setdefault((told_apart(world), taken.index), world)
        if known is world:
            continue
        offer, _ = stage.offer(world, taken.index)
        assert stage.offer(known, taken.index)[0] == offer
        moves = [move for move in possible(stage, world, offer, taken.index) if not hinges(move)]
        for move in draw.sample(moves, min(3, len(moves))):
            one, other = (stage.perform(at, move, taken.index) for at in (world, known))
            assert aside(one) == aside(other), (str(move), str(world.person))
            tried += 1
    assert tried > 100


def hinges(move: Move) -> bool:
    """Tell whether a move hinges on what is not told of worlds: how long it is to an end, or who was deleted."""
    return move.kind == "wait" or move.detail in ("throttled", "unreachable", "delete")


def aside(performance: Performance) -> tuple[object, ...]:
    """Return what can be told of a performance; not the instant, nor what an earlier step has left to be seen."""
    world, _, steps, calls, _, *rest = outside(performance)
    state, pending, error, _delivery, *more = performance.seen
    return world, steps, calls, (state, pending, error, more) if steps else more[-1], *rest
