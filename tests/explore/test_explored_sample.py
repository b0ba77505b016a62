"""`standard` in a sample of pools, one for each mode of MFA; `nox -s explore` has them all."""

from __future__ import annotations

import random
from typing import Final

from flowengine.explore import Person, explore_spec
from flowengine.library import read
from flowengine.settings import POOL_AXES, Mfa, PoolSettings, SignIn, valid_pools
from flowengine.settings.variants import EVERY_FLOW

BOTH: Final = ("email", "phone_number")
MFA: Final = (Mfa(), *(Mfa(mode=mode, factors=("sms", "totp")) for mode in ("optional", "required")))
CROWD: Final = (
    Person(origin="stranger"),
    Person(origin="newcomer", contacts=BOTH),
    Person(origin="invited", contacts=BOTH, verified=BOTH),
    Person(origin="member", contacts=BOTH, verified=BOTH, factors=("SMS_MFA", "SOFTWARE_TOKEN_MFA")),
)


def _stratified() -> list[PoolSettings]:
    """One pool for each mode of MFA, with both factors of the crowd where it is on, drawn the same way each time."""
    axes = {**POOL_AXES, "mfa": MFA, "sign_in": (SignIn(), SignIn(alias_attributes=("email",)))}
    pools = list(valid_pools(EVERY_FLOW, axes=axes))
    random.Random(7).shuffle(pools)  # noqa: S311 (a sample)
    strata: dict[Mfa, PoolSettings] = {}
    for pool in pools:
        strata.setdefault(pool.mfa, pool)
    return list(strata.values())


def test_sample_of_pools() -> None:
    """Nothing is wrong with `standard` in any of them."""
    explored = explore_spec(read("standard"), _stratified(), crowd=CROWD)
    assert [str(violation) for violation in explored.violations] == []
    assert explored.users == len(CROWD)
    assert explored.flows > 1
