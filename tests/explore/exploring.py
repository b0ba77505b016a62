"""What the tests of exploration share: families of pools, and walks on the stage."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from typing import Any, Final

import attrs
from attrs import frozen
from pools import sample

from flowengine.explore.family import Family, Pools, members
from flowengine.explore.moves import Move, Offer, interventions, user_moves, waits
from flowengine.explore.people import Person, people
from flowengine.explore.performance import Performance
from flowengine.explore.stage import Stage
from flowengine.explore.world import World, told_apart
from flowengine.library import read
from flowengine.settings import Client, Devices, PasswordPolicy, PoolSettings, is_valid

STANDARD: Final = read("standard")
PHONE_SPEC: Final = read("phone-sms-mfa")
JO: Final = Person(origin="newcomer", identity="phone_number", contacts=("phone_number",))
MEMBER: Final = Person(
    origin="member", identity="phone_number", contacts=("phone_number",), verified=("phone_number",)
)  # fmt: skip
CUSTOM: Final = ("create_auth_challenge", "define_auth_challenge", "verify_auth_challenge_response")
CHANGES: Final[tuple[dict[str, Any], ...]] = (
    {"client": Client(prevent_user_existence_errors="LEGACY")},
    {"client": Client(generate_secret=True)},
    {"client": Client(auth_session_validity=15, refresh_token_rotation="ENABLED")},
    {"lambda_triggers": CUSTOM},
    {"account_recovery": ("admin_only",)},
    {"devices": Devices(remembered="always", challenge_required_on_new_device=True)},
    {"required_attributes": ("given_name",)},
    {"user_pool_tier": "PLUS"},
    {"password_policy": PasswordPolicy(minimum_length=12)},
    {"sms_transport": "END_USER_MESSAGING", "region": "eu-west-1"},
)
"""What pools may differ in, one thing at a time."""


def changed(pool: PoolSettings, change: dict[str, Any]) -> PoolSettings:
    """Return a pool with something changed; of a client, only that which is no default."""
    change = dict(change)
    if "client" in change:
        plain, wanted = attrs.asdict(Client(), recurse=False), attrs.asdict(change["client"], recurse=False)
        other = {name: value for name, value in wanted.items() if value != plain[name]}
        change["client"] = attrs.evolve(pool.client, **other)
    settings: PoolSettings = attrs.evolve(pool, **change)
    return settings


def neighbours(number: int, seed: int = 1) -> tuple[PoolSettings, ...]:
    """Return so many valid pools of many kinds, each beside a few that differ from it in one thing."""
    draw = random.Random(seed)  # noqa: S311 (a sample, not a secret)
    found: list[PoolSettings] = []
    for pool in sample(number, seed):
        kin = [changed(pool, change) for change in draw.sample(CHANGES, 4)]
        found += [pool, *(one for one in kin if is_valid(one))]
    return tuple(found)


@functools.cache
def family(number: int = 16) -> Family:
    """Return a family of many kinds of pools, for the flow that serves all of them."""
    return Family(STANDARD, neighbours(number))


@functools.cache
def phone_stage() -> Stage:
    """Return a stage for the single pool of a flow that asks for a code by SMS at every sign-in."""
    assert PHONE_SPEC.pool is not None
    return Stage(Family(PHONE_SPEC, [PHONE_SPEC.pool]))


def outside(performance: Performance) -> tuple[object, ...]:
    """Return everything that can be told of a performance, but for who else it holds for."""
    assert performance.world is not None
    return (
        told_apart(performance.world),
        performance.world.now,
        performance.steps,
        performance.calls,
        performance.seen,
        performance.suspensions,
        performance.complaints,
        tuple(map(told_apart, performance.cuts)),
    )


def eligible(kin: Family, person: Person) -> Pools:
    """Return the pools that may hold such a user."""
    pools = kin.everything
    for path, holds in person.needs():
        pools &= kin.where(path, holds)
    return pools


def possible(stage: Stage, world: World, offer: Offer, index: int) -> list[Move]:
    """Return what can happen next, trouble included."""
    moves = [*user_moves(world, offer), *waits(world)]
    right = [move for move in moves if move.kind == "send" and move.answer.manner == "right"]
    points = {}
    for move in right[:2]:
        tried = stage.perform(world, move, index)
        points[move] = range(len(tried.calls)), range(tried.suspensions)
    disturbed = list(interventions(world, offer, points))
    crashes = [
        attrs.evolve(move, kind="crash", at=at) for move, (_, suspensions) in points.items() for at in suspensions
    ]
    return [*moves, *disturbed, *crashes]


@frozen
class Taken:
    """A step of a walk: where, what, for which pool, and what came of it."""

    world: World
    move: Move
    index: int
    performance: Performance


def walk(stage: Stage, person: Person, index: int, draw: random.Random, length: int) -> Iterator[Taken]:
    """Walk at random; right answers are taken as often as everything else together."""
    begun = stage.begin(person, index)
    if begun is None:
        return
    world = begun.reached
    for _ in range(length):
        offer, _ = stage.offer(world, index)
        moves = possible(stage, world, offer, index)
        right = [move for move in moves if move.kind == "send" and move.answer.manner == "right"]
        chosen = draw.choice(right if right and draw.random() < 0.5 else moves)
        performance = stage.perform(world, chosen, index, cuts=draw.random() < 0.2)
        yield Taken(world, chosen, index, performance)
        world = performance.reached


def walks(stage: Stage, number: int, length: int, seed: int = 1) -> Iterator[Taken]:
    """Walk as so many people, in pools that hold such a user."""
    draw = random.Random(seed)  # noqa: S311 (a sample, not a secret)
    crowd = draw.choices(people(), k=number)
    for person in crowd:
        pools = list(members(eligible(stage.family, person)))
        if pools:
            yield from walk(stage, person, draw.choice(pools), draw, length)
