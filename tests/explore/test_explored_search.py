"""What a search tries, and how often: everything where one pool is explored, what comes between more sparingly else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

import attrs
import pytest
from exploring import JO, PHONE_SPEC, STANDARD

from flowengine.explore.family import Family, members
from flowengine.explore.moves import Move, goes_back, interventions, user_moves
from flowengine.explore.people import Person
from flowengine.explore.performance import Performance
from flowengine.explore.search import Node, Search
from flowengine.explore.stage import Stage
from flowengine.explore.world import World, situation, told_apart
from flowengine.library import read
from flowengine.settings import Client, Devices, PoolSettings, SignIn, is_valid

OPTIONAL: Final = read("sms-mfa-optional")
BETWEEN: Final = ("administrator", "elsewhere", "fault", "insist", "race", "repeat")
PASSWORD_FLOWS: Final = ("ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")


class NotingStage(Stage):
    """Notes the sends that are cut short."""

    def __init__(self, family: Family) -> None:
        super().__init__(family)
        self.cut_short: list[tuple[World, Move]] = []

    def perform(self, world: World, move: Move, index: int, *, cuts: bool = False) -> Performance:
        """Perform a move."""
        performance = super().perform(world, move, index, cuts=cuts)
        if cuts:
            assert len(performance.cuts) == performance.suspensions
            self.cut_short.append((world, move))
        return performance


def searched(pools: list[PoolSettings]) -> Search:
    """Return a search for the newcomer that is over."""
    family = Family(PHONE_SPEC, pools)
    search = Search(family, NotingStage(family), [JO])
    search.run()
    return search


@pytest.fixture(scope="module")
def single() -> Search:
    """Return a search in one pool."""
    assert PHONE_SPEC.pool is not None
    return searched([PHONE_SPEC.pool])


@pytest.fixture(scope="module")
def shared() -> Search:
    """Return a search in two pools that go different ways."""
    assert PHONE_SPEC.pool is not None
    return searched([PHONE_SPEC.pool, attrs.evolve(PHONE_SPEC.pool, account_recovery=("admin_only",))])


@pytest.fixture(scope="module")
def several() -> Search:
    """Return a search for many people in pools that they sign in to with different things."""
    pools = [
        PoolSettings(sign_in=SignIn(username_attributes=names), client=Client(explicit_auth_flows=PASSWORD_FLOWS))
        for names in (("email",), ("phone_number",), ("email", "phone_number"), ())
    ]
    family = Family(STANDARD, [pool for pool in pools if is_valid(pool)])
    both = ("email", "phone_number")
    people = [
        Person(origin=origin, identity=identity, contacts=both, verified=both if origin == "member" else ())
        for identity in ("email", "phone_number", "username")
        for origin in ("stranger", "newcomer", "member")
    ]
    search = Search(family, Stage(family), people)
    search.run()
    return search


def calm(search: Search) -> Iterator[Node]:
    """Yield the worlds that are reached undisturbed."""
    return (node for node in search.nodes.values() if node.calm)


def possible(node: Node) -> set[Move]:
    """Return what can come between in a world, but for trouble with beginning anew."""
    found: set[Move] = set()
    for pools, offer in node.offers:
        points = {}
        for move in user_moves(node.world, offer):
            runs = [run for run in node.runs.get(move, ()) if run.pools & pools & node.calm]
            if runs and move.answer.manner == "right" and not goes_back(move, offer):
                performance = runs[0].performance
                points[move] = range(len(performance.calls)), range(performance.suspensions)
        if pools & node.calm:
            found |= {*interventions(node.world, offer, points)}
    return {move for move in found if move.kind in BETWEEN}


def test_everything_is_tried_everywhere_in_one_pool(single: Search) -> None:
    """In each world whatever can come between is tried; two sends at once, once in each situation."""
    nodes = [*calm(single)]
    assert {move.kind for node in nodes for move in possible(node)} == {*BETWEEN}
    missing = [(node, move) for node in nodes for move in possible(node) - node.runs.keys()]
    assert [str(move) for _, move in missing if move.kind != "race"] == []
    raced = Counter((situation(node.world), move) for node in nodes for move in node.runs if move.kind == "race")
    assert {(situation(node.world), move) for node, move in missing} <= raced.keys()
    assert {*raced.values()} == {1}


def test_everything_is_tried_in_each_situation(shared: Search) -> None:
    """Where pools are explored together, each thing that can come between is tried in every situation, and once."""
    tried: Counter[tuple[object, Move]] = Counter()
    for node in calm(shared):
        tried.update((situation(node.world), move) for move in node.runs if move.kind in BETWEEN)
    wanted = {(situation(node.world), move) for node in calm(shared) for move in possible(node)}
    assert len(wanted) > 500
    assert [str(move) for _, move in wanted - tried.keys()] == []
    assert {*tried.values()} == {1}


def test_processes_die_wherever_calls_may_fail(single: Search, shared: Search) -> None:
    """A send that can fail is also cut short: in every world of one pool, else in every situation."""
    for search, place in ((single, id), (shared, situation)):
        failed = {
            (place(node.world), move.event, str(move.answer))
            for node in calm(search)
            for move in node.runs
            if move.kind == "fault"
        }
        stage = search.stage
        assert isinstance(stage, NotingStage)
        died = {(place(world), move.event, str(move.answer)) for world, move in stage.cut_short}
        assert len(failed) > 20
        assert [event for _, event, _ in failed - died] == []


def test_paths_lead_there(several: Search) -> None:
    """In every pool in which a world is reached, the walk that is told of leads from its beginning to that world."""
    walked: dict[int, int] = Counter()
    for node in several.nodes.values():
        for index in members(node.reached):
            person, moves = several.path(node, index)
            begun = several.stage.begin(person, index)
            assert begun is not None
            world = begun.reached
            for move in moves:
                world = several.stage.perform(world, move, index).reached
            assert told_apart(world) == told_apart(node.world), (person, [*map(str, moves)])
            walked[index] += 1
    assert len(walked) == len(several.family.pools)
    assert min(walked.values()) > 10


def test_strangers_stay_strangers(several: Search) -> None:
    """Only newcomers sign up."""
    origins = {person.origin: set[str]() for person in several.persons}
    for node in several.nodes.values():
        origins[node.world.person.origin] |= {move.event for move in node.runs}
    assert "sign_up" in origins["newcomer"]
    assert "sign_up" not in origins["stranger"]
    assert {"sign_in", "forgot_password"} <= origins["stranger"]


def test_devices_are_not_counted_for_ever() -> None:
    """Where each sign-in is on one more remembered device, exploration ends all the same."""
    pool = attrs.evolve(OPTIONAL.pool or PoolSettings(), devices=Devices(remembered="always"))
    family = Family(OPTIONAL, [pool])
    both = ("email", "phone_number")
    person = Person(origin="member", contacts=both, verified=both, factors=("SMS_MFA",), preferred="SMS_MFA")
    search = Search(family, Stage(family), [person])
    search.run(at_most(5_000))
    assert len({len(node.world.user.devices) for node in search.nodes.values() if node.world.user is not None}) > 1


def at_most(worlds: int) -> Callable[[int, int], None]:
    """Return what stops a search that has worked on so many worlds."""

    def stop(done: int, _waiting: int) -> None:
        assert done < worlds

    return stop
