"""Shared walks: one spec for many pools, walked once for all that give the same answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
import pytest
from compiling import GOOD, OFF, OPTIONAL, REQUIRED
from hypothesis import given, settings
from hypothesis import strategies as st
from pools import CLIENTS, DEVICES, SAMPLED_POOLS, VERIFICATIONS

from flowengine.compile import walk
from flowengine.compile.shared import SharedWalks
from flowengine.compile.work import Work
from flowengine.library import read
from flowengine.settings import (
    TRIGGERS,
    AdminCreateUser,
    Assumptions,
    Client,
    Passkey,
    PasswordPolicy,
    PoolSettings,
    SignIn,
)
from flowengine.settings.paths import SETTINGS
from flowengine.spec import FlowSpec, parse, read_spec

STANDARD: Final = read("standard")


def spec_of(text: str) -> FlowSpec:
    """Return a spec from text."""
    spec, _problems = read_spec(parse(text, "f.yaml").root)
    assert spec is not None
    return spec


GAPS: Final = spec_of(GOOD.replace(", MFA_SETUP: asked", "").replace("SMS_MFA: asked, ", ""))
"""A spec that lacks routes, each of them in some pools only."""


def switched(name: str, choice: Any) -> Assumptions:
    """Return the assumptions with one switch set."""
    assumptions: Assumptions = attrs.evolve(Assumptions(), **{name: choice})
    return assumptions


SWITCHED: Final = tuple(
    switched(switch.name, choice)
    for switch in attrs.fields(Assumptions)
    for choice in ((False, True) if isinstance(switch.default, bool) else switch.metadata.get("choices", ()))
)
CHANGES: Final = st.fixed_dictionaries(
    {},
    optional={
        "account_recovery": st.sampled_from([(), ("admin_only",)]),
        "admin_create_user": st.just(AdminCreateUser(allow_admin_create_user_only=True)),
        "assumptions": st.sampled_from(SWITCHED),
        "client": st.sampled_from([*CLIENTS, Client(explicit_auth_flows=("ADMIN_NO_SRP_AUTH",))]),
        "devices": st.sampled_from(DEVICES),
        "lambda_triggers": st.sampled_from([TRIGGERS, ("pre_sign_up",)]),
        "passkey": st.just(Passkey()),
        "verification": st.sampled_from(VERIFICATIONS),
    },
)
POOLS: Final = st.builds(
    lambda pool, changes: attrs.evolve(pool, **changes),
    st.sampled_from((OFF, OPTIONAL, REQUIRED, *SAMPLED_POOLS)),
    CHANGES,
)


def found(work: Work) -> tuple[Any, ...]:
    """Return what a walk has found, in its order."""
    return list(work.known.items()), work.edges, work.problems, list(work.asked.items())


@settings(deadline=None, max_examples=50)
@given(spec=st.sampled_from([STANDARD, GAPS]), pools=st.lists(POOLS, min_size=1, max_size=8))
def test_shared_walk_is_the_pool_s_own(spec: FlowSpec, pools: list[PoolSettings]) -> None:
    """Whatever pools came before, in whatever order, each gets what a walk of its own finds."""
    walks = SharedWalks(spec)
    shared = [walks.of(pool) for pool in pools]
    for pool, work in zip(pools, shared, strict=True):
        assert found(work) == found(walk(spec, pool))
        assert walks.of(pool) is work


@settings(deadline=None, max_examples=25)
@given(pools=st.lists(POOLS, min_size=2, max_size=8))
def test_order_of_pools_does_not_matter(pools: list[PoolSettings]) -> None:
    """As many walks are needed and the same settings are read when the pools come the other way round."""
    forth, back = SharedWalks(GAPS), SharedWalks(GAPS)
    for pool, other in zip(pools, reversed(pools), strict=True):
        forth.of(pool)
        back.of(other)
    assert (forth.distinct, forth.settings_read) == (back.distinct, back.settings_read)


@pytest.mark.parametrize(
    "change",
    [
        {"client": attrs.evolve(OPTIONAL.client, auth_session_validity=15, prevent_user_existence_errors="LEGACY")},
        {"domain": "login.example.com"},
        {"password_policy": PasswordPolicy(minimum_length=12)},
        {"sign_in": SignIn(username_attributes=("email",))},
        {"user_pool_tier": "PLUS"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_pools_share_a_walk_where_nothing_else_is_read(change: Mapping[str, Any]) -> None:
    """A pool that differs in nothing that decides on steps takes over the walk of another."""
    walks = SharedWalks(STANDARD)
    assert walks.of(attrs.evolve(OPTIONAL, **change)) is walks.of(OPTIONAL)
    assert walks.distinct == 1


@pytest.mark.parametrize("other", [OFF, REQUIRED, attrs.evolve(OPTIONAL, devices=DEVICES[1])])
def test_pools_part_where_they_answer_differently(other: PoolSettings) -> None:
    """A pool that differs in what decides on steps gets a walk of its own, also when it comes second."""
    walks = SharedWalks(STANDARD)
    assert walks.of(OPTIONAL).edges != walks.of(other).edges
    assert walks.distinct == 2


def test_equal_answers_are_shared_by_unequal_settings() -> None:
    """Settings that are read and make no difference cost no walk, such as a second way to recover."""
    walks = SharedWalks(STANDARD)
    both = ("verified_email", "verified_phone_number")
    assert walks.of(attrs.evolve(OFF, account_recovery=both)) is walks.of(OFF)
    assert "account_recovery" in walks.settings_read
    assert walks.distinct == 1


def test_settings_read_are_listed() -> None:
    """The settings that decided so far are listed by their paths, and more of them once a pool makes them matter."""
    walks = SharedWalks(GAPS)
    assert not walks.settings_read
    walks.of(OFF)
    assert list(walks.settings_read) == ["client.explicit_auth_flows", "devices.remembered", "mfa.mode"]
    walks.of(REQUIRED)
    assert list(walks.settings_read) == [
        "assumptions.first_sign_in_without_factor", "client.explicit_auth_flows", "devices.remembered", "mfa.factors",
        "mfa.mode",
    ]  # fmt: skip


def test_every_setting_that_is_read_exists() -> None:
    """What is listed are settings themselves, not what is made of them."""
    walks = SharedWalks(STANDARD)
    for pool in SAMPLED_POOLS:
        walks.of(pool)
    assert {"sign_in.alias_attributes", "client.explicit_auth_flows"} < set(walks.settings_read) < SETTINGS.keys()


def test_problem_comes_with_each_pool_that_has_it() -> None:
    """A pool that shares a walk shares its problems, and the others have none of them."""
    walks = SharedWalks(GAPS)
    codes = [[problem.code for problem in walks.of(pool).problems] for pool in (OFF, OPTIONAL, REQUIRED, OFF)]
    assert codes == [[], ["missing-route"], 3 * ["missing-route"], []]
