"""A stage on which several sessions send at the same time, each going on when it is its turn."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Iterator, Sequence
from typing import Any

from attrs import define, evolve, field, frozen

from flowengine.explore.inputs import prepared
from flowengine.explore.moves import Move
from flowengine.explore.performance import Notes, Performance
from flowengine.explore.stage import MOST_POINTS, Stage
from flowengine.explore.stepped import Called
from flowengine.explore.world import Hands, World
from flowengine.replay import Step
from flowengine.simulator.state import Message

__all__ = ["SharedStage", "Woven"]


@frozen
class Woven:
    """
    What came of one of several sends at the same time.

    Args:
        performance: The same as if it had been the only one.
        steps: The steps that were committed, secrets and all.
    """

    performance: Performance
    steps: tuple[Step, ...] = field(repr=False)


@define(eq=False)
class _Strand:
    """One of the sends, and what is noted of it alone."""

    world: World
    move: Move
    hands: Hands
    notes: Notes
    coroutine: Coroutine[Any, Any, Any]
    going: bool = True
    calls: list[Called] = field(factory=list)
    messages: list[Message] = field(factory=list)


class SharedStage(Stage):
    """A stage for several sessions in one pool."""

    def weave(self, sends: Sequence[tuple[World, Move]], turns: Iterable[int]) -> tuple[Woven, ...]:
        """
        Let sessions of different people send at the same time; each is suspended wherever a single send is.

        Args:
            sends: Each session as it stands, in the same pool at the same time, and what is sent in it.
            turns: Which one goes on next, until it is suspended again; afterwards all go on by turns.

        Returns:
            What came of each.
        """
        self._enter_world(sends[0][0], 0)
        strands = [self._strand(world, move) for world, move in sends]
        for strand in _taking_turns(strands, turns):
            self._go_on(strand)
        return tuple(map(self._woven, strands))

    def _strand(self, world: World, move: Move) -> _Strand:
        self._notes = notes = Notes()
        hands = prepared(world)
        return _Strand(world, move, hands, notes, self._sending(evolve(world, hands=hands), move.event, move.answer))

    def _go_on(self, strand: _Strand) -> None:
        outbox = self._simulator.state.outbox
        sent = len(outbox)
        self._notes, self._driver.calls = strand.notes, strand.calls
        strand.going = self._goes_on(strand.coroutine)
        strand.messages += outbox[sent:]

    def _woven(self, strand: _Strand) -> Woven:
        self._notes, self._driver.calls = strand.notes, strand.calls
        state = self._simulator.state.fork()
        state.outbox = strand.messages
        return Woven(self._judged(strand.world, strand.move, strand.hands, state), self.steps)


def _taking_turns(strands: Sequence[_Strand], turns: Iterable[int]) -> Iterator[_Strand]:
    for turn in turns:
        strand = strands[turn % len(strands)]
        if strand.going:
            yield strand
    for _ in range(MOST_POINTS):
        going = [strand for strand in strands if strand.going]
        if not going:
            return
        yield from going
    raise AssertionError("the sends wait for each other")
