"""Several people in one pool, each with a session, one move after the other: the same steps that exploration takes.

A `Company` keeps the pool and the time, which all share, and a `Walker` for each session. Whoever decides what happens
next, chance or a person, asks for the moves that are possible and performs one; every move is held against the
properties, and all of it is told as a story.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal

import attrs
from attrs import define, field

from flowengine.compile import compile_flow
from flowengine.engine import Engine
from flowengine.explore.family import Family
from flowengine.explore.moves import Move, Offer, Points, interventions, user_moves, waits
from flowengine.explore.people import Person
from flowengine.explore.performance import Performance
from flowengine.explore.steps import Complaint
from flowengine.explore.world import World
from flowengine.library import read
from flowengine.machine import Flow
from flowengine.replay import Recorder, Step, replay
from flowengine.session import Session, Snapshot
from flowengine.settings import PoolSettings
from flowengine.spec import FlowSpec
from flowengine.testing.shared_stage import SharedStage

__all__ = ["KINDS", "Company", "Kind", "Source", "Walker", "companies", "spec_of"]

Source = str | os.PathLike[str] | FlowSpec
"""A shipped name, a path, or a spec that was read."""
Kind = Literal["right", "other", "wait", "trouble", "meddling"]

CROSSTALK: Final = "no crosstalk"
"""Beside the properties of a flow: what one does is nothing to anybody else."""
KEPT: Final = 32
"""For how many pools what was compiled is kept."""


@define(eq=False)
class Walker:
    """
    One session of somebody.

    Args:
        world: Where it stands; its pool and its time are those of the last move that was made in it.
        recorder: What was recorded of it.
        whole: Whether all of it was recorded: a process that dies between two writes does not get to it.
    """

    world: World
    recorder: Recorder
    whole: bool = True

    @property
    def person(self) -> Person:
        """Who walks."""
        return self.world.person


@define(eq=False)
class Company:
    """
    The people in one pool.

    Args:
        stage: Where moves are performed, for this pool alone.
        flow: The flow that they walk.

    Attributes:
        walkers: Their sessions, in the order in which they came.
        story: What has happened, a line for each thing.
        complaints: What was wrong with it.
    """

    _stage: SharedStage = field(repr=False)
    flow: Flow
    walkers: list[Walker] = field(factory=list, init=False)
    story: list[str] = field(factory=list, init=False)
    complaints: list[Complaint] = field(factory=list, init=False)
    _now: World | None = field(default=None, init=False, repr=False)

    @property
    def pool(self) -> PoolSettings:
        """The pool."""
        return self._stage.family.pools[0]

    def join(self, person: Person) -> Walker | None:
        """
        Let somebody begin a session, or one more session in another browser; None if the pool refuses such a user.

        Args:
            person: Who. People who are to be different ones need different numbers.
        """
        same = next((walker for walker in self.walkers if walker.person == person), None)
        other = next(iter(self.walkers), None)
        beside = None if other is None else self._at(same or other)
        performance = self._stage.begin(person, 0, beside=beside)
        if performance is None:
            return None
        walker = Walker(performance.reached, Recorder(self.flow))
        self._now = walker.world
        self.walkers.append(walker)
        self.story.append(f"{self._name(walker)} comes: {person}")
        return walker

    def moves(self, walker: Walker, kind: Kind) -> tuple[Move, ...]:
        """
        Return the moves of one kind that are possible now.

        Args:
            walker: In whose session.
            kind: `right` and `other` answers, a `wait`, `trouble` on the way, `meddling` by the administrator or in
                another browser.
        """
        world = self._at(walker)
        offer, _ = self._stage.offer(world, 0)
        return tuple(_MOVES[kind](self, world, offer))

    def points(self, world: World, offer: Offer) -> Points:
        """
        Return for each right answer the calls that may fail, and the points at which the process may die: it is tried.

        Args:
            world: Where.
            offer: The events that are accepted.
        """
        tried = {move: self._stage.perform(world, move, 0) for move in _answers(world, offer, right=True)}
        return {move: (range(len(one.calls)), range(one.suspensions)) for move, one in tried.items()}

    def perform(self, walker: Walker, move: Move) -> tuple[Complaint, ...]:
        """
        Perform a move, and return what is wrong with it.

        Args:
            walker: In whose session.
            move: One of the moves that are possible.
        """
        before = self._at(walker)
        self.story.append(f"{self._name(walker)}: {move}")
        performance = self._stage.perform(before, move, 0)
        self._came(walker, performance, self._stage.steps)
        return self._found([*performance.complaints, *_crosstalk(before, walker.world), *self._parting(walker, move)])

    def weave(self, sends: Sequence[tuple[Walker, Move]], turns: Iterable[int]) -> tuple[Complaint, ...]:
        """
        Let different people send at the same time, and return what is wrong with it: nobody may notice the others.

        Args:
            sends: In whose session, and what is sent: moves of the kind `send` that are possible.
            turns: Which one goes on next, until it is suspended again; afterwards all go on by turns.
        """
        worlds = [self._at(walker) for walker, _ in sends]
        alone = [self._stage.perform(world, move, 0) for world, (_, move) in zip(worlds, sends, strict=True)]
        woven = self._stage.weave([(world, move) for world, (_, move) in zip(worlds, sends, strict=True)], turns)
        for (walker, move), one in zip(sends, woven, strict=True):
            self.story.append(f"{self._name(walker)}, at the same time: {move}")
            self._came(walker, one.performance, one.steps)
        reached = [walker.world for walker, _ in sends]
        found: list[Complaint] = []
        for (walker, move), before, one, other in zip(sends, worlds, woven, alone, strict=True):
            found += [*one.performance.complaints, *_crosstalk(before, walker.world, reached)]
            found += [*_unlike(one.performance, other), *self._parting(walker, move)]
        return self._found(found)

    def _came(self, walker: Walker, performance: Performance, steps: Iterable[Step]) -> None:
        """Let what came of a move be so, for the person's other sessions, too."""
        self._now = walker.world = performance.reached
        self._record(walker, performance, steps)
        for other in self.walkers:
            if other.person == walker.person:
                hands = attrs.evolve(walker.world.hands, device=other.world.hands.device)
                other.world = attrs.evolve(other.world, hands=hands)

    def _found(self, found: Sequence[Complaint]) -> tuple[Complaint, ...]:
        self.story += [f"   {complaint.property}: {complaint.message}" for complaint in found]
        self.complaints += found
        return tuple(found)

    def snapshot(self, walker: Walker) -> Snapshot:
        """
        Return what a caller sees of a session.

        Args:
            walker: Whose.
        """
        return self._stage.snapshot(self._at(walker), 0)

    def _at(self, walker: Walker) -> World:
        """The world of a session in the pool as it is now, with what the person has come to hold."""
        if self._now is None:
            return walker.world
        others = tuple(other.world.session for other in self.walkers if other is not walker)
        return attrs.evolve(walker.world, state=self._now.state, now=self._now.now, others=others)

    def _name(self, walker: Walker) -> str:
        place = next((at for at, known in enumerate(self.walkers, 1) if known is walker), len(self.walkers) + 1)
        return f"session {place}"

    def _record(self, walker: Walker, performance: Performance, steps: Iterable[Step]) -> None:
        raised = performance.seen[-1]
        for step in steps:
            self.story.append(f"   {step.event} gives {step.outcome}: {step.source} -> {step.target}")
            if walker.whole:
                walker.recorder.record(step)
        self.story += [f"   raised: {raised}"] if raised else []

    def _parting(self, walker: Walker, move: Move) -> Iterator[Complaint]:
        """What is wrong with the cassette: it must replay to where the session stands."""
        if not walker.whole:
            return
        replayed, stands = replay(walker.recorder.cassette(), self.flow), walker.world.session.position
        if replayed.parting is not None:
            yield Complaint("replay", replayed.parting.reason)
        elif replayed.final != stands and move.kind == "crash":
            walker.whole = False
        elif replayed.final != stands:
            yield Complaint("replay", f"the cassette replays to {replayed.final}, and the session stands at {stands}")


def _crosstalk(before: World, after: World, together: Sequence[World] = ()) -> Iterator[Complaint]:
    """What a move has done to the accounts and sessions of others, but for those that moved at the same time."""
    own = {world.user.sub for world in (before, after) if world.user is not None}
    moved = own | {world.user.sub for world in together if world.user is not None}
    others = {*before.state.users, *after.state.users} - moved
    if any(before.state.users.get(sub) != after.state.users.get(sub) for sub in others):
        yield Complaint(CROSSTALK, f"a move of {after.person} has changed the account of somebody else")
    if _sessions_of_others(before, together) != _sessions_of_others(after, together):
        yield Complaint(CROSSTALK, f"a move of {after.person} has changed another session")
    if after.grant is not None and after.grant.sub in after.state.users.keys() - own:
        yield Complaint(CROSSTALK, f"{after.person} holds the tokens of somebody else")


def _sessions_of_others(world: World, together: Sequence[World]) -> dict[str, Session]:
    moved = {world.session.key for world in together}
    return {session.key: session for session in world.others if session.key not in moved}


def _unlike(together: Performance, alone: Performance) -> Iterator[Complaint]:
    """What a send has noticed of those at the same time."""
    if (together.seen, together.steps) != (alone.seen, alone.steps):
        came, comes = (one.seen[-1] or ", ".join(step.outcome for step in one.steps) for one in (together, alone))
        yield Complaint(CROSSTALK, f"at the same time as another send, {came} came of it, and alone {comes} comes")


def _answers(world: World, offer: Offer, *, right: bool) -> Iterator[Move]:
    return (move for move in user_moves(world, offer) if (move.answer.manner == "right") is right)


def _trouble(company: Company, world: World, offer: Offer) -> Iterator[Move]:
    points = company.points(world, offer)
    yield from (move for move in interventions(world, offer, points) if not _by_others(move))
    for move, (_, suspensions) in points.items():
        yield from (attrs.evolve(move, kind="crash", at=at) for at in suspensions)


def _meddling(world: World, offer: Offer) -> Iterator[Move]:
    return filter(_by_others, interventions(world, offer, {}))


def _by_others(move: Move) -> bool:
    return move.kind in ("administrator", "elsewhere")


_MOVES: Final[Mapping[Kind, Callable[[Company, World, Offer], Iterator[Move]]]] = {
    "right": lambda _company, world, offer: _answers(world, offer, right=True),
    "other": lambda _company, world, offer: _answers(world, offer, right=False),
    "wait": lambda _company, world, _offer: waits(world),
    "trouble": _trouble,
    "meddling": lambda _company, world, offer: _meddling(world, offer),
}
KINDS: Final[tuple[Kind, ...]] = tuple(_MOVES)
"""The kinds of moves."""


def spec_of(source: Source) -> FlowSpec:
    """
    Return a spec.

    Args:
        source: A shipped name, a path, or the spec itself.

    Raises:
        SpecError: It cannot be read.
    """
    return source if isinstance(source, FlowSpec) else read(source)


def companies(source: Source, engine: Callable[..., Engine] = Engine) -> Callable[[PoolSettings], Company]:
    """
    Return what makes a company in a pool.

    Args:
        source: What they walk: a shipped name, a path, or a spec.
        engine: What makes the engine, to walk with another one than `Engine`.

    Raises:
        SpecError: The spec cannot be read; or, once a pool is given, it has problems for that pool.
    """
    spec = spec_of(source)

    @lru_cache(maxsize=KEPT)
    def compiled(pool: PoolSettings) -> tuple[Family, Flow]:
        flow = compile_flow(spec, pool)
        return Family(spec, [pool]), flow

    def company(pool: PoolSettings) -> Company:
        family, flow = compiled(pool)
        return Company(SharedStage(family, engine), flow)

    return company
