"""Several users and several sessions in one pool, in any order: a state machine for Hypothesis.

    TestLogin = walks_machine("login.yaml").TestCase

Each move is one of exploration's own, by one of the sessions: a send that is filled in rightly, wrongly or with an
earlier code, a wait, a fault, a crash, a race, an administrator or another browser. After each, no property may be
broken, nobody else's account or session may have changed, and the recorded cassette of the session must replay. Two
people also send at the same time, each suspended while the other one goes on: neither may notice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import attrs
from attrs import frozen

from flowengine.engine import Engine
from flowengine.explore.people import Person
from flowengine.explore.steps import Complaint
from flowengine.replay import Cassette, replay
from flowengine.settings import PoolSettings, pool_name
from flowengine.testing.company import KINDS, Company, Kind, Source, Walker, companies, spec_of
from flowengine.testing.needed import RuleBasedStateMachine, initialize, note, precondition, reject, rule, st
from flowengine.testing.strategies import Choice, resolve, users
from flowengine.testing.strategies import pools as drawn_pools

__all__ = ["walks_machine"]

ANY = st.integers(0, 10_000)
SOME = st.lists(ANY, max_size=6)
SENT = st.tuples(st.sampled_from(("right", "right", "other")), ANY)
WHO = st.integers(0, 9)
opened = precondition(lambda machine: hasattr(machine, "company"))
room = precondition(lambda machine: hasattr(machine, "company") and len(machine.company.walkers) < machine.most)
several = precondition(
    lambda machine: hasattr(machine, "company") and len({walker.person for walker in machine.company.walkers}) > 1
)


@frozen
class _Opening:
    """A pool, and who is in it, told in a line."""

    pool: PoolSettings
    people: list[Person]

    def _repr_pretty_(self, printer: Any, _cycle: object) -> None:
        printer.text(f"<{'; '.join(map(str, self.people))}, in the pool {pool_name(self.pool)}>")


def _openings(pools: st.SearchStrategy[PoolSettings], most: int) -> st.SearchStrategy[_Opening]:
    def opening(pool: PoolSettings) -> st.SearchStrategy[_Opening]:
        return st.builds(_Opening, st.just(pool), st.lists(users(pool), min_size=1, max_size=most))

    return pools.flatmap(opening)


class _Walks(RuleBasedStateMachine):
    """Several users, several sessions, any order."""

    drawn: ClassVar[st.SearchStrategy[PoolSettings]]
    company_in: ClassVar[Callable[[PoolSettings], Company]]
    most: ClassVar[int]

    company: Company

    @initialize(drawn=st.runner().flatmap(lambda machine: _openings(machine.drawn, machine.most)))
    def open(self, drawn: _Opening) -> None:
        """Draw a pool, and who walks in it."""
        company = type(self).company_in(drawn.pool)
        for number, person in enumerate(drawn.people):
            if company.join(attrs.evolve(person, number=number)) is None:
                reject()
        self.company = company

    # who comes

    @room
    @rule(person=st.runner().flatmap(lambda machine: users(machine.company.pool)))
    def somebody_else_comes(self, person: Person) -> None:
        """Somebody else begins a session."""
        number = max(walker.person.number for walker in self.company.walkers) + 1
        self.company.join(attrs.evolve(person, number=number))

    @room
    @rule(who=WHO)
    def somebody_opens_another_browser(self, who: int) -> None:
        """Somebody who is there begins one more session."""
        self.company.join(self._walker(who).person)

    # what they do

    @opened
    @rule(who=WHO, picks=SOME, then=st.tuples(st.sampled_from(KINDS), ANY))
    def go_on(self, who: int, picks: list[int], then: Choice) -> None:
        """Answer rightly for a while, and then let anything happen."""
        for choice in (*(("right", pick) for pick in picks), then):
            self._move(self._walker(who), *choice)

    @opened
    @rule(turns=st.lists(st.tuples(WHO, ANY), min_size=2, max_size=8))
    def take_turns(self, turns: list[tuple[int, int]]) -> None:
        """Answer rightly, by turns."""
        for who, pick in turns:
            self._move(self._walker(who), "right", pick)

    @several
    @rule(who=WHO, beside=WHO, what=st.tuples(SENT, SENT), turns=st.lists(st.integers(0, 1), max_size=9))
    def send_at_the_same_time(self, who: int, beside: int, what: tuple[Choice, Choice], turns: list[int]) -> None:
        """Two people send, each suspended while the other one goes on."""
        first = self._walker(who)
        others = [walker for walker in self.company.walkers if walker.person != first.person]
        walkers = first, others[beside % len(others)]
        moves = [resolve(self.company, walker, one) for walker, one in zip(walkers, what, strict=True)]
        sends = [(walker, move) for walker, move in zip(walkers, moves, strict=True) if move is not None]
        if len(sends) == len(walkers):
            self._hold(lambda: self.company.weave(sends, turns))

    @opened
    @rule(who=WHO, pick=ANY)
    def err(self, who: int, pick: int) -> None:
        """Answer wrongly, or with an earlier code."""
        self._move(self._walker(who), "other", pick)

    @opened
    @rule(who=WHO)
    def wait(self, who: int) -> None:
        """Let time pass until the next thing of a session ends."""
        self._move(self._walker(who), "wait", 0)

    @opened
    @rule(who=WHO, pick=ANY)
    def get_into_trouble(self, who: int, pick: int) -> None:
        """Let something go wrong with a send, or send twice."""
        self._move(self._walker(who), "trouble", pick)

    @opened
    @rule(who=WHO, pick=ANY)
    def meddle(self, who: int, pick: int) -> None:
        """Let the administrator do something to a user, or the user something in a browser of another service."""
        self._move(self._walker(who), "meddling", pick)

    # laws

    def _move(self, walker: Walker, kind: Kind, pick: int) -> None:
        move = resolve(self.company, walker, (kind, pick))
        if move is not None:
            self._hold(lambda: self.company.perform(walker, move))

    def _hold(self, move: Callable[[], tuple[Complaint, ...]]) -> None:
        """Make a move, tell it, and hold it against the laws."""
        told = len(self.company.story)
        complaints = move()
        for line in self.company.story[told:]:
            note(line)
        assert not complaints, "\n".join(self.company.story)  # noqa: S101 (a test)

    def _walker(self, who: int) -> Walker:
        return self.company.walkers[who % len(self.company.walkers)]

    def teardown(self) -> None:
        """Written down and read again, the cassette of the first session replays."""
        if hasattr(self, "company") and not self.company.complaints:
            cassette = Cassette.from_yaml(self._walker(0).recorder.cassette().to_yaml())
            replayed = replay(cassette, self.company.flow)
            assert replayed.ok, replayed.parting  # noqa: S101 (a test)


def walks_machine(
    source: Source = "standard",
    *,
    pools: PoolSettings | st.SearchStrategy[PoolSettings] | None = None,
    engine: Callable[..., Engine] = Engine,
    most: int = 4,
) -> type[RuleBasedStateMachine]:
    """
    Make a state machine in which several users walk through a flow at once.

    Its `TestCase` is what unittest and pytest run, and what takes settings, as `machine.TestCase.settings = ...`.

    Args:
        source: A shipped name, a path, or a spec.
        pools: The pools; None for the spec's own, and for any pool where it has none.
        engine: What makes the engine, to walk with another one than `Engine`.
        most: The most sessions in a pool.

    Raises:
        SpecError: The spec cannot be read; when a pool is drawn, it has problems for that pool.
    """
    spec = spec_of(source)
    pools = pools or spec.pool or drawn_pools()
    drawn = st.just(pools) if isinstance(pools, PoolSettings) else pools
    members: dict[str, Any] = {"drawn": drawn, "company_in": staticmethod(companies(spec, engine)), "most": most}
    return type("Walks", (_Walks,), members)
