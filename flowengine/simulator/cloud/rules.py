"""Refusing what a pool and a client are not allowed to be configured to do."""

from __future__ import annotations

import attrs

from flowengine.settings import PoolSettings, broken_rules
from flowengine.simulator.cloud.refusals import ANY_RULE, BROKEN_RULES, TIER_LACKS, TIER_UNCHANGEABLE

__all__ = ["check_settings"]


def check_settings(settings: PoolSettings, *, tier_changes: bool = False) -> None:
    """
    Refuse settings that break a rule of the service.

    Args:
        settings: The settings.
        tier_changes: Whether the request takes the pool to another tier, which is then what is refused.
    """
    for rule, detail in broken_rules(settings):
        if rule.severity == "error":
            refusal = BROKEN_RULES.get(rule.id, ANY_RULE)
            if tier_changes and refusal.exception == TIER_LACKS:
                refusal = attrs.evolve(refusal, exception=TIER_UNCHANGEABLE)
            raise refusal.error(rule=rule.complaint(detail))
