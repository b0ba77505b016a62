"""The made-up person, in every kind of pool."""

from __future__ import annotations

import pytest
from pools import sample

import flowengine as fe
from flowengine.cli.scripted import Scripted
from flowengine.simulator.functions import functions_for

DEAD_ENDS = {"custom-auth-needs-triggers", "nothing-verified", "otp-hidden-by-mfa", "recovery-is-mfa-channel"}
"""The rules of pools in which such a person gets stuck, with everything given and every answer right."""
POOLS = [pool for pool in sample(600, seed=3) if not DEAD_ENDS & {rule.id for rule, _ in fe.broken_rules(pool)}]


async def walked(pool: fe.PoolSettings) -> fe.Snapshot:
    """Return where the person ends in a pool."""
    flow = fe.load("standard", pool=pool)
    simulator = fe.Simulator(pool, seed=1, triggers=functions_for(pool))
    engine = fe.Engine(flow, simulator.cognito(), clock=simulator.clock)
    person = Scripted(flow, simulator)
    snapshot = await engine.start()
    while (choice := person.choose(snapshot)) is not None:
        event, inputs = choice
        snapshot = await engine.send(snapshot.id, event, **inputs)
    await engine.close()
    return snapshot


def test_sample_is_worth_its_name() -> None:
    """Enough pools are left, with every mode of MFA and each first factor among them."""
    assert len(POOLS) > 100
    assert {pool.mfa.mode for pool in POOLS} == {"off", "optional", "required"}
    assert {name for pool in POOLS for name in pool.allowed_first_auth_factors} == {
        "PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN",
    }  # fmt: skip


@pytest.mark.parametrize("pool", POOLS, ids=fe.pool_name)
async def test_person_signs_in(pool: fe.PoolSettings) -> None:
    """Where no rule warns of a dead end, whoever gives everything and answers rightly ends signed in, without error."""
    snapshot = await walked(pool)
    assert (snapshot.meaning, snapshot.error) == ("signed_in", None)
    assert snapshot.tokens is not None
