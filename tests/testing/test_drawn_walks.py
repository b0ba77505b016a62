"""Drawn users, flows, events and walks: such as there can be, and walks that show what is wrong."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from drawing import SEEKING, WALKS
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from planted import ALONE, Planted, planted_spec

from flowengine import Engine, InputInvalid, Simulator, load
from flowengine.errors import SpecError
from flowengine.explore.people import people
from flowengine.library import shipped_names
from flowengine.machine import Flow
from flowengine.replay import replay
from flowengine.settings import Mfa, Passkey, PoolSettings, SignIn
from flowengine.testing.company import companies
from flowengine.testing.strategies import Walk, events, flows, pools, users, walks

PASSKEYS = PoolSettings(
    allowed_first_auth_factors=("PASSWORD", "WEB_AUTHN"), passkey=Passkey(relying_party_id="example.com")
)
PHONES = PoolSettings(sign_in=SignIn(username_attributes=("phone_number",)))
SMS = PoolSettings(mfa=Mfa(mode="optional", factors=("sms",)))
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def kinds(pool: PoolSettings) -> set[str]:
    """Return the users that come up in a pool, as they are written."""
    found = set()

    @settings(SEEKING)
    @given(users(pool))
    def collect(person: object) -> None:
        found.add(str(person))

    collect()
    return found


def test_users_are_such_as_the_pool_holds() -> None:
    """They sign in with what the pool has for a username, and have factors that it offers; all origins come up."""
    by_phone, with_sms, plain = kinds(PHONES), kinds(SMS), kinds(PoolSettings())
    assert all("by phone_number" in user for user in by_phone)
    assert {user.partition(" ")[0] for user in by_phone} == {"newcomer", "member", "invited", "stranger"}
    assert all("by username" in user for user in with_sms)
    assert any("SMS_MFA preferred" in user for user in with_sms)
    assert not any("SMS_MFA" in user or "passkey" in user or "device" in user for user in plain)
    assert not any("SOFTWARE_TOKEN_MFA" in user for user in with_sms)


def test_users_have_no_passkeys_without_their_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where passkeys cannot be made, nobody has one, also in a pool that allows them."""
    assert any("passkey" in user for user in kinds(PASSKEYS))
    monkeypatch.setitem(sys.modules, "webauthn", None)
    assert kinds(PASSKEYS)
    assert not any("passkey" in user for user in kinds(PASSKEYS))


@pytest.mark.parametrize("pool", [PASSKEYS, PHONES, SMS, PoolSettings(user_pool_tier="LITE")], ids=["1", "2", "3", "4"])
def test_every_user_gets_in(pool: PoolSettings) -> None:
    """Whoever is drawn for a pool is held by it."""
    company_in = companies("standard")

    @settings(SEEKING, max_examples=25)
    @given(users(pool))
    def joins(person: Any) -> None:
        assert person in people()
        assert company_in(pool).join(person) is not None

    joins()


@settings(WALKS, suppress_health_check=SLOW)
@given(flows("phone-sms-mfa", pool=pools(mfa=Mfa(mode="required", factors=("sms",)))))
def test_flows_are_compiled(flow: Flow) -> None:
    """A flow is compiled for pools that are drawn."""
    assert flow.name == "phone-sms-mfa"
    assert flow.pool is not None
    assert flow.pool.mfa == Mfa(mode="required", factors=("sms",))


def test_specs_are_refused(tmp_path: Path) -> None:
    """A spec that cannot be read is refused at once, one with problems for its pool when it is drawn."""
    path = tmp_path / "login.yaml"
    path.write_text("flowengine: 1\nname: login\nextends: phone-sms-mfa\nroutes: {authentication: {SMS_MFA: null}}\n")
    with pytest.raises(SpecError, match="no spec with the name 'no-such-flow' is shipped"):
        walks("no-such-flow")
    with pytest.raises(SpecError, match="SMS_MFA"):
        find(walks(path), lambda _walk: True, settings=SEEKING)


@settings(WALKS, suppress_health_check=SLOW)
@given(st.data())
async def test_events_are_accepted(data: st.DataObject) -> None:
    """Whatever is drawn for a snapshot, fields take it; what comes of it is a snapshot again, or what is documented."""
    flow = data.draw(flows(pool=pools(lambda_triggers=())))
    assert flow.name in shipped_names()
    assert flow.pool is not None
    async with Simulator(flow.pool, seed=1) as simulator:
        engine = Engine(flow, simulator.cognito(), clock=simulator.clock)
        snapshot = await engine.start()
        for _ in range(3):
            event, inputs = data.draw(events(snapshot))
            assert event in snapshot.accepts
            try:
                snapshot = await engine.send(snapshot.id, event, **inputs)
            except InputInvalid as error:
                assert re.search("takes it along|beside", str(error))  # noqa: PT017 (most sends raise nothing)
        await engine.close()


@settings(WALKS, suppress_health_check=SLOW)
@given(st.sampled_from(shipped_names()).flatmap(walks))
def test_walks_find_nothing_in_what_ships(walk: Walk) -> None:
    """A walk tells what happened: a snapshot for each move, a cassette that replays, and nothing that is wrong."""
    assert not walk.complaints, walk
    assert len(walk.snapshots) == len(walk.moves) + 1
    assert walk.snapshot == walk.snapshots[-1]
    assert walk.cassette.flow == walk.flow.name
    assert replay(walk.cassette, walk.flow).ok
    assert repr(walk).splitlines()[1] == f"session 1 comes: {walk.person}"


@pytest.mark.parametrize("planted", ALONE.values(), ids=ALONE)
def test_walks_find_what_is_planted(planted: Planted, tmp_path: Path) -> None:
    """A defect of a flow or an engine shows in a walk, as the law that it breaks."""
    drawn = walks(planted_spec(tmp_path, planted), engine=planted.engine)
    found = find(drawn, lambda walk: any(one.property == planted.law for one in walk.complaints), settings=SEEKING)
    assert f"   {planted.law}: " in repr(found)


def test_walks_shrink(tmp_path: Path) -> None:
    """What Hypothesis tells in the end is what is needed: who, and one move."""
    drawn = walks(planted_spec(tmp_path, ALONE["takes a sign-up for a confirmation"]))
    shrinking = settings(SEEKING, phases=settings().phases, max_examples=30)
    found = find(drawn, lambda walk: bool(walk.complaints), settings=shrinking)
    assert [str(move) for move in found.moves] == ["send sign_up"]


def test_walks_are_as_they_were_asked_for() -> None:
    """The person, the kinds of moves and their number are those that were given."""
    person = next(one for one in people() if one.origin == "member" and one.identity == "phone_number")
    drawn = walks("phone-sms-mfa", user=person, kinds=["right"], most=3)

    @settings(SEEKING, max_examples=25)
    @given(drawn)
    def right(walk: Walk) -> None:
        assert walk.person == person
        assert walk.pool == load("phone-sms-mfa").pool
        assert len(walk.moves) <= 3
        assert all((move.kind, move.answer.manner) == ("send", "right") for move in walk.moves)

    right()
