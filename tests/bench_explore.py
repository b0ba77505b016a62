"""What exploration costs: a step, a flow, every pool."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import Any

import flowengine as fe
from flowengine.explore.family import Family
from flowengine.explore.moves import Answer, Move
from flowengine.explore.people import Person
from flowengine.explore.stage import Stage
from flowengine.explore.world import World
from flowengine.library import read

__all__ = ["every_pool_seconds", "flow_seconds", "step_speedup"]

ROUNDS = 9
STEPS = 100
PHONE = "+15555550100"
PASSWORD = "Staple-77"
WRONG = Move("send", "answer", Answer("wrong"))
"""A wrong code for SMS_MFA: a whole step, and no token to sign."""


def flow_seconds() -> float:
    """Return how long it takes to explore one flow, in seconds."""
    started = time.perf_counter()
    fe.explore("phone-sms-mfa")
    return time.perf_counter() - started


def every_pool_seconds() -> float:
    """Return how long it takes to explore every pool, in seconds."""
    return fe.explore_every_pool("standard").seconds


async def step_speedup() -> float:
    """Compare a step that is explored with the same step through aioboto3, by CPU time, rounds taking turns."""
    stage, world = await asyncio.to_thread(_staged)
    flow = fe.load("phone-sms-mfa")
    assert flow.pool is not None
    ratios = []
    async with fe.Simulator(flow.pool) as simulator, _cognito(simulator) as cognito:
        send = await _challenged(flow, simulator, cognito)
        for _ in range(ROUNDS):
            started = time.process_time()
            for _ in range(STEPS):
                await send()
            through = time.process_time() - started
            ratios.append(through / await asyncio.to_thread(_explored, stage, world))
    return statistics.median(ratios)


def _explored(stage: Stage, world: World) -> float:
    started = time.process_time()
    for _ in range(STEPS):
        stage.perform(world, WRONG, 0)
    return time.process_time() - started


def _staged() -> tuple[Stage, World]:
    """A member at the challenge."""
    spec = read("phone-sms-mfa")
    assert spec.pool is not None
    stage = Stage(Family(spec, [spec.pool]))
    contacts = ("phone_number",)
    member = Person(origin="member", identity="phone_number", contacts=contacts, verified=contacts)
    begun = stage.begin(member, 0)
    assert begun is not None
    return stage, stage.perform(begun.reached, Move("send", "sign_in"), 0).reached


def _cognito(simulator: fe.Simulator) -> fe.Cognito:
    return fe.Cognito(client_id=simulator.client_id, user_pool_id=simulator.user_pool_id, session=simulator.session())


async def _challenged(flow: fe.Flow, simulator: fe.Simulator, cognito: fe.Cognito) -> Any:
    """Bring a session to the challenge, and return what answers it wrongly without an end."""
    simulator.create_user(PHONE, attributes={"phone_number_verified": "true"}, temporary_password=PASSWORD)
    simulator.set_user_password(PHONE, PASSWORD)
    engine = fe.Engine(flow, cognito, clock=simulator.clock)
    snapshot = await engine.start()
    await engine.send(snapshot.id, "sign_in", username=PHONE, password=PASSWORD)
    before = simulator.state

    async def send() -> None:
        simulator.state = before.fork()
        await engine.send(snapshot.id, "answer", code="000000")

    return send
