"""The calls that the package promises, as its users write them."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

import flowengine as fe

PASSWORD = "Staple-7"
SPEC = "{flowengine: 1, name: login, extends: standard, pool: {verification: {auto_verified_attributes: [email]}}}"


def test_load_by_name_path_and_pool(tmp_path: Path) -> None:
    """A flow is loaded by a shipped name or a path, for its own settings or others."""
    path = tmp_path / "login.yaml"
    path.write_text(SPEC)
    pool = fe.PoolSettings(verification=fe.Verification(auto_verified_attributes=("phone_number",)))
    assert fe.load("phone-sms-mfa").name == "phone-sms-mfa"
    assert fe.load(path) is fe.load(str(path))
    assert fe.load(path, pool=pool).pool == pool


def test_valid_pools_are_enumerated() -> None:
    """Valid combinations come one by one, differ, compile, and break no rule."""
    pools = list(itertools.islice(fe.valid_pools(), 0, 20_000, 500))
    assert len(pools) == len(set(pools)) == 40
    for pool in pools:
        assert fe.load("standard", pool=pool).pool is not None
        assert all(rule.severity == "warning" for rule, _ in fe.broken_rules(pool))


def test_bad_specs_raise_every_problem() -> None:
    """What cannot be loaded raises all its problems at once."""
    pool = fe.PoolSettings(mfa=fe.Mfa(mode="required"), client=fe.Client(auth_session_validity=99))
    with pytest.raises(fe.SpecError) as caught:
        fe.load("standard", pool=pool)
    codes = {problem.code for problem in caught.value.problems if problem.severity == "error"}
    assert codes == {"mfa-needs-factor", "session-validity"}


async def test_walk_on_cognito() -> None:
    """The driver, an engine on it with a store, and what a snapshot shows."""
    flow = fe.load("phone-sms-mfa")
    assert flow.pool is not None
    async with (
        fe.Simulator(flow.pool, seed=1) as simulator,
        fe.Cognito(
            client_id=simulator.client_id,
            user_pool_id=simulator.user_pool_id,
            client_secret=None,
            region=simulator.region,
            session=simulator.session(),
        ) as cognito,
    ):
        engine = fe.Engine(flow, cognito, store=fe.MemoryStore(), clock=simulator.clock)
        snapshot = await engine.start()
        snapshot = await engine.send(snapshot.id, "sign_up", username="+15555550100", password=PASSWORD, attributes={})
        assert snapshot.state == "unconfirmed"
        assert [(name, [field.name for field in fields]) for name, fields in snapshot.accepts.items()] == [
            ("confirm", ["code"]),
            ("resend", []),
        ]
        assert snapshot.delivery == fe.Delivery(medium="SMS", destination="+*******0100", attribute="phone_number")
        snapshot = await engine.send(snapshot.id, "confirm", code="000000")
        assert snapshot.error == fe.Error(
            code="CodeMismatchException",
            retryable=True,
            message="Invalid verification code provided, please try again.",
        )
        assert snapshot.tokens is None


async def test_walk_on_the_embedded_pool() -> None:
    """The same engine without AWS: the outbox, the clock, an idempotency key, and tokens at the end."""
    flow = fe.load("phone-sms-mfa")
    assert flow.pool is not None
    async with fe.Simulator(flow.pool, seed=1) as simulator:
        engine = fe.Engine(flow, simulator.cognito(), clock=simulator.clock)
        session = (await engine.start()).id
        await engine.send(session, "sign_up", username="+15555550100", password=PASSWORD)
        first = await engine.send(session, "resend", key="request-7")
        assert await engine.send(session, "resend", key="request-7") == first
        assert len(simulator.outbox) == 2
        await engine.send(session, "confirm", code=simulator.outbox[-1].code)
        await engine.send(session, "sign_in", password=PASSWORD)
        simulator.clock.advance(minutes=4)
        expired = await engine.get(session)
        assert (expired.state, expired.error and expired.error.code) == ("signed_out", "EXPIRED")
        await engine.send(session, "sign_in", username="+15555550100", password=PASSWORD)
        snapshot = await engine.send(session, "answer", code=simulator.outbox[-1].code)
        assert snapshot.state == "signed_in"
        assert snapshot.tokens is not None
        assert snapshot.tokens.id_token not in repr(snapshot)
        await engine.end(session)
        await engine.close()


def test_errors_descend_from_one() -> None:
    """Whatever is raised on purpose can be caught by one name."""
    names = ["SpecError", "PoolMissing", "EventNotAccepted", "InputInvalid", "SessionNotFound", "SessionConflict",
             "CognitoUnavailable", "StoreUnavailable", "TokenInvalid", "CassetteError"]  # fmt: skip
    assert all(issubclass(getattr(fe, name), fe.FlowEngineError) for name in names)
