"""Holding a pool against a spec and against what its flow needs."""

from __future__ import annotations

import attrs
import pytest
from provisioned import Pool, given

import flowengine as fe
from flowengine.provision.check import Difference, check_pool
from flowengine.provision.live import LivePool
from flowengine.settings import Client, Mfa, PoolSettings, Verification

SPEC = PoolSettings(
    verification=Verification(auto_verified_attributes=("email",)), mfa=Mfa(mode="optional", factors=("totp",))
)
NO_SMS = given(sms_role_arn=None, sms_external_id=None)


def checked(spec: PoolSettings, live: LivePool) -> tuple[Difference, ...]:
    """Hold a pool against `standard`, compiled for a spec."""
    flow = fe.load("standard", pool=spec)
    return check_pool(flow, live, NO_SMS, lambda pool: fe.load("standard", pool=pool))


def errors(spec: PoolSettings, live: LivePool) -> dict[str, str]:
    """Return the messages of errors by setting."""
    return {one.setting: one.message for one in checked(spec, live) if one.severity == "error"}


def test_pool_of_the_spec_is_fine() -> None:
    """What was made for a spec has no difference from it."""
    assert checked(SPEC, Pool(SPEC, NO_SMS).live) == ()


@pytest.mark.parametrize(
    ("other", "setting", "message"),
    [
        ({"mfa": Mfa(mode="required", factors=("totp",))}, "mfa.mode",
         "mfa.mode is required, and the spec says optional"),
        ({"user_pool_tier": "LITE"}, "user_pool_tier", "user_pool_tier is LITE, and the spec says ESSENTIALS"),
        ({"client": Client(generate_secret=True)}, "client.generate_secret",
         "client.generate_secret is true, and the spec says false"),
        ({"client": Client(auth_session_validity=15)}, "client.auth_session_validity",
         "client.auth_session_validity is 15, and the spec says 3"),
    ],
)  # fmt: skip
def test_drift(other: dict[str, object], setting: str, message: str) -> None:
    """Each setting that is another one is told, with both values."""
    live = Pool(attrs.evolve(SPEC, **other), NO_SMS).live  # type: ignore[arg-type]
    found = errors(SPEC, live)
    assert found.pop(setting) == message
    assert {*found} <= {"flow"}


def test_events_that_a_client_does_not_allow() -> None:
    """A client that allows too little takes events from the flow, each told once with its states."""
    live = Pool(attrs.evolve(SPEC, client=Client(explicit_auth_flows=("ALLOW_USER_SRP_AUTH",))), NO_SMS).live
    found = [one for one in checked(SPEC, live) if one.code == "event-impossible"]
    assert [one.message.partition(" in ")[0] for one in found] == ["the flow offers sign_in"]


def test_attributes_of_others_are_fine() -> None:
    """Custom attributes that the spec does not name do no harm."""
    assert checked(SPEC, Pool(attrs.evolve(SPEC, custom_attributes=("team",)), NO_SMS).live) == ()
    assert set(errors(attrs.evolve(SPEC, custom_attributes=("team",)), Pool(SPEC, NO_SMS).live)) == {
        "custom_attributes"
    }


def test_no_client() -> None:
    """A pool without the client is told so, and held against the rest."""
    live = attrs.evolve(Pool(SPEC, NO_SMS).live, client=None)
    assert errors(SPEC, live) == {"client": "the pool has no such app client"}


def test_sms_that_fail() -> None:
    """What the pool says of its SMS is passed on."""
    spec = attrs.evolve(SPEC, mfa=Mfa(mode="optional", factors=("sms",)))
    found = checked(spec, Pool(spec).live)
    assert [one.code for one in found if one.setting == "sms_configuration"] == ["sms-fails"]


def test_states_that_outlast_the_session() -> None:
    """A state that waits longer than the client's sessions live is told."""
    spec = attrs.evolve(SPEC, client=Client(auth_session_validity=15))
    live = Pool(spec, NO_SMS).live
    flow = fe.load("standard", pool=spec)
    slow = {
        position: attrs.evolve(row, expires_after=1200.0) if position.pending else row
        for position, row in flow.positions.items()
    }
    found = check_pool(flow, live, NO_SMS, lambda _: attrs.evolve(flow, positions=slow))
    assert {one.code for one in found} == {"session-too-short"}
    assert "1200 seconds for an answer, and the client's sessions end after 900" in found[0].message
