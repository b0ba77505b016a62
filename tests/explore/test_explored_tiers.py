"""Pools of the LITE plan, by themselves and among others: what they lack is no mistake of theirs."""

from __future__ import annotations

from typing import Any, Final

import attrs
import pytest

from flowengine.explore import Person, explore_spec
from flowengine.explore.family import Family
from flowengine.library import read
from flowengine.settings import Mfa, Passkey, PoolSettings

STANDARD: Final = read("standard")
PHONE: Final = read("phone-username-sms-verification")
MEMBER: Final = Person(origin="member", identity="phone_number", contacts=("phone_number",), verified=("phone_number",))
LITE: Final = PoolSettings(user_pool_tier="LITE")
LITE_WITH_MFA: Final = PoolSettings(user_pool_tier="LITE", mfa=Mfa(mode="optional", factors=("sms", "totp")))
RICH_PARTS: Final[dict[str, Any]] = {
    "allowed_first_auth_factors": ("PASSWORD", "WEB_AUTHN"), "passkey": Passkey(relying_party_id="example.com"),
}  # fmt: skip
RICH: Final = PoolSettings(**RICH_PARTS)


@pytest.mark.parametrize(
    ("pools", "kinds"),
    [
        ([LITE], 1),
        ([LITE_WITH_MFA], 1),
        ([PoolSettings(), LITE, PoolSettings(user_pool_tier="PLUS")], 1),
        ([RICH, LITE, LITE_WITH_MFA], 3),
    ],
    ids=["alone", "alone, with MFA", "among those that differ in the plan alone", "among others"],
)
def test_lite_pools_become_flows(pools: list[PoolSettings], kinds: int) -> None:
    """The spec becomes a flow for each of them, and plans alone make no kinds."""
    family = Family(STANDARD, pools)
    family.check()
    assert (len(family.pools), sum(family.counts)) == (kinds, len(pools))


@pytest.mark.parametrize("others", [[], [{"user_pool_tier": "PLUS"}, RICH_PARTS]], ids=["alone", "among others"])
def test_lite_pools_are_explored(others: list[dict[str, Any]]) -> None:
    """A member of such a pool gets on as a member of any pool."""
    assert PHONE.pool is not None
    pools = [attrs.evolve(PHONE.pool, user_pool_tier="LITE"), *(attrs.evolve(PHONE.pool, **parts) for parts in others)]
    explored = explore_spec(PHONE, pools, crowd=[MEMBER])
    assert (explored.pools, explored.users) == (len(pools), 1)
    assert [(violation.property, violation.message) for violation in explored.violations] == []
