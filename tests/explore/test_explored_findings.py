"""Walks by which exploration found users whom a pool strands: a rule names each of these pools since."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

import flowengine as fe
from flowengine.settings import broken_rules

FOUND: Final = Path(__file__).parent / "found"
RULES: Final = {"mfa-with-unverified-phone": "mfa_setup(MFA_SETUP)", "otp-hidden-by-mfa": "signed_out"}
"""The rules, with where the walk ends from which nothing led on."""


@pytest.mark.parametrize(("rule", "end"), RULES.items())
def test_walk_is_still_walked(rule: str, end: str) -> None:
    """The flow still leads there, and the pool is warned of."""
    flow = fe.load(FOUND / f"{rule}.flow.yaml")
    cassette = fe.Cassette.from_yaml((FOUND / f"{rule}.yaml").read_text(encoding="utf-8"))
    replayed = fe.replay(cassette, flow)
    assert (replayed.ok, str(replayed.final)) == (True, end)
    assert flow.pool is not None
    assert rule in {broken.id for broken, _ in broken_rules(flow.pool)}
