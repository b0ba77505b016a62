"""The sample of pools that other tests go through."""

from __future__ import annotations

from pools import SAMPLED_POOLS, sample

from flowengine.settings import broken_rules


def test_sampled_pools_are_valid() -> None:
    """No pool of the sample breaks a rule that refuses it."""
    for pool in SAMPLED_POOLS:
        assert [rule.id for rule, _ in broken_rules(pool) if rule.severity == "error"] == []


def test_sample_holds_every_kind_of_setting() -> None:
    """Each MFA mode with each set of factors, each set of first factors, each form of sign-in, each recovery."""
    pools = sample(50)
    assert len({(pool.mfa.mode, pool.mfa.factors) for pool in pools}) == 1 + 7 + 7
    assert len({pool.allowed_first_auth_factors for pool in pools}) == 8
    assert len({(pool.sign_in.username_attributes, pool.sign_in.alias_attributes) for pool in pools}) == 8 + 3
    assert len({pool.account_recovery for pool in pools}) == 6


def test_sample_repeats() -> None:
    """The same seed gives the same pools, another one gives others, and none of them comes twice."""
    assert sample(80) == sample(80)
    assert sample(80) != sample(80, seed=2)
    assert len(set(sample(80))) == 80
