"""Drawn pools: valid because of how they are drawn, of every kind, as they were asked for, and as simple as can be."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from flowengine.settings import POOL_AXES, Client, Mfa, PoolSettings, SignIn, is_valid, parse_pool, pool_name
from flowengine.testing.strategies import pools

DRAWN: Final = settings(
    max_examples=200, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
ONCE: Final = settings(DRAWN, phases=[Phase.generate])
FEW: Final = settings(ONCE, max_examples=20)
APP_MFA: Final = Mfa(mode="required", factors=("totp",))


def collected(strategy: st.SearchStrategy[PoolSettings], drawn: settings = FEW) -> list[PoolSettings]:
    """Return as many pools as are drawn."""
    found = []

    @drawn
    @given(strategy)
    def collect(pool: PoolSettings) -> None:
        found.append(pool)

    collect()
    return found


def sought(name: str, value: object) -> PoolSettings:
    """Return a pool with a setting, as it is drawn and not asked for."""
    return find(pools(), lambda pool: getattr(pool, name) == value, settings=settings(ONCE, max_examples=2_000))


def test_pools_are_valid_and_of_every_kind() -> None:
    """No rule is broken, and every value of every axis comes up, and what `valid_pools` holds still, too."""
    seen = defaultdict[str, set[Any]](set)
    for pool in collected(pools(), ONCE):
        assert is_valid(pool), pool_name(pool)
        for name in (*POOL_AXES, "devices", "required_attributes", "lambda_triggers", "admin_create_user", "client"):
            seen[name].add(getattr(pool, name))
    rare = [(name, value) for name, values in POOL_AXES.items() for value in values if value not in seen[name]]
    assert len(rare) < 5
    for name, value in rare:
        assert getattr(sought(name, value), name) == value
    assert len(seen["devices"]) == 5
    assert len(seen["required_attributes"]) == 4
    assert len(seen["lambda_triggers"]) == len(seen["admin_create_user"]) == 2
    assert {flow for client in seen["client"] for flow in client.explicit_auth_flows} >= {
        "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH",
        "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH",
    }  # fmt: skip
    assert {(client.generate_secret, client.refresh_token_rotation) for client in seen["client"]} == {
        (secret, rotation) for secret in (False, True) for rotation in ("DISABLED", "ENABLED")
    }


@pytest.mark.parametrize(
    "part",
    [{"mfa": APP_MFA}, {"user_pool_tier": "LITE"}, {"sign_in": SignIn(username_attributes=("email",)), "mfa": APP_MFA}],
    ids=str,
)
def test_values_are_kept(part: dict[str, Any]) -> None:
    """A setting that is given stands in every pool, and the others go with it."""
    drawn = collected(pools(**part))
    assert len(drawn) == 20
    assert all(is_valid(pool) and {name: getattr(pool, name) for name in part} == part for pool in drawn)


def test_strategies_are_drawn_from() -> None:
    """A setting for which a strategy is given comes from it."""
    clients = [Client(generate_secret=True), Client(auth_session_validity=15)]
    drawn = collected(pools(client=st.sampled_from(clients), mfa=st.just(APP_MFA)))
    assert {pool.client for pool in drawn} == {*clients}
    assert {pool.mfa for pool in drawn} == {APP_MFA}


def test_strategies_of_impossible_values_are_left_out() -> None:
    """Where a strategy gives what no pool has, something else is drawn."""
    drawn = collected(pools(mfa=st.sampled_from([APP_MFA, Mfa(mode="required")])))
    assert {pool.mfa for pool in drawn} == {APP_MFA}


@pytest.mark.parametrize(
    ("sought", "simplest"),
    [
        (lambda _pool: True, "defaults"),
        (lambda pool: pool.mfa.mode == "required", "mfa.mode=required mfa.factors=sms"),
        (lambda pool: pool.client.generate_secret, "client.generate_secret=true"),
        (lambda pool: pool.devices.remembered != "never", "devices.remembered=always"),
        (
            lambda pool: "email" in pool.mfa.factors,
            "mfa.mode=optional mfa.factors=email email_sending_account=DEVELOPER",
        ),
    ],
)
def test_pools_shrink_to_the_defaults(sought: Callable[[PoolSettings], bool], simplest: str) -> None:
    """The simplest pool differs from the defaults in nothing but what was sought and what that needs."""
    quick = settings(DRAWN, max_examples=15)
    assert find(pools(), sought, settings=quick) == parse_pool("" if simplest == "defaults" else simplest)


def test_impossible_pools_are_refused_at_once() -> None:
    """What no pool has is refused before anything is drawn, with the reason; so is what is no setting."""
    with pytest.raises(ValueError, match=r"no pool has these settings: .*MFA that is optional or required needs a fac"):
        pools(mfa=Mfa(mode="required"))
    with pytest.raises(TypeError, match="pools have no setting 'mfas'"):
        pools(mfas=1)


def test_no_passkeys_without_their_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where passkeys cannot be made, no pool allows them."""
    allowing = [pool for pool in collected(pools()) if "WEB_AUTHN" in pool.allowed_first_auth_factors]
    monkeypatch.setitem(sys.modules, "soft_webauthn", None)
    assert allowing
    assert not any("WEB_AUTHN" in pool.allowed_first_auth_factors for pool in collected(pools()))
