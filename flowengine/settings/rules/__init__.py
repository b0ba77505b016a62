"""The validity rules of a user pool and its app client: one row each, one module a topic.

What the sources disagree about is told by two rows: one for the recommended reading, one that a switch of
`Assumptions` turns on.
"""

from __future__ import annotations

from typing import Final

from flowengine.settings.model import PoolSettings
from flowengine.settings.rules.attributes import ATTRIBUTE_RULES
from flowengine.settings.rules.client import CLIENT_RULES
from flowengine.settings.rules.first_factors import FIRST_FACTOR_RULES
from flowengine.settings.rules.limits import LIMIT_RULES
from flowengine.settings.rules.messages import MESSAGE_RULES
from flowengine.settings.rules.mfa import MFA_RULES
from flowengine.settings.rules.plan import PLAN_RULES
from flowengine.settings.rules.recovery import RECOVERY_RULES
from flowengine.settings.rules.rule import Rule
from flowengine.settings.rules.sign_in import SIGN_IN_RULES
from flowengine.settings.rules.sms import SMS_RULES

__all__ = ["RULES", "Rule", "broken_rules", "is_valid"]

RULES: Final[tuple[Rule, ...]] = (
    *LIMIT_RULES,
    *SIGN_IN_RULES,
    *ATTRIBUTE_RULES,
    *MFA_RULES,
    *FIRST_FACTOR_RULES,
    *RECOVERY_RULES,
    *MESSAGE_RULES,
    *CLIENT_RULES,
    *PLAN_RULES,
    *SMS_RULES,
)
"""Every validity rule, one row each."""

_REFUSALS: Final = tuple(rule.broken for rule in RULES if rule.severity == "error")


def broken_rules(pool: PoolSettings) -> tuple[tuple[Rule, str], ...]:
    """
    Return every rule that the settings break, with the offending values as text (empty where the rule says it all).

    Args:
        pool: Settings in any combination.
    """
    verdicts = ((rule, rule.broken(pool)) for rule in RULES)
    return tuple((rule, detail if isinstance(detail, str) else "") for rule, detail in verdicts if detail)


def is_valid(pool: PoolSettings) -> bool:
    """
    Tell whether the settings break no rule of severity `error`, so that Cognito takes them.

    Args:
        pool: Settings in any combination.
    """
    return not any(broken(pool) for broken in _REFUSALS)
