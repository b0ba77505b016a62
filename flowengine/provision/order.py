"""In which order a pool's settings can change, so that the service takes every step."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, Final

import attrs

from flowengine.provision.changes import change_of
from flowengine.settings import PoolSettings, broken_rules, is_valid, setting

__all__ = ["Step", "replaced", "steps"]

Step = tuple[str, tuple[str, ...], PoolSettings]
"""An operation, the settings that it changes, and what the settings are after it."""

COUPLED: Final = (
    "sms_configuration", "email_sending_account", "user_pool_tier", "allowed_first_auth_factors", "account_recovery",
    "verification.email_subject", "verification.email_message", "password_policy.password_history_size",
    "advanced_security_mode",
)  # fmt: skip
"""The settings of UpdateUserPool that rules hold against those of SetUserPoolMfaConfig, or against one of these."""
_UPDATE: Final = "UpdateUserPool"
_FACTORS: Final = "SetUserPoolMfaConfig"


def steps(before: PoolSettings, after: PoolSettings, changed: Iterable[str]) -> tuple[Step, ...] | None:
    """
    Return the fewest steps from settings to others, through none that the service refuses; None if there are none.

    UpdateUserPool and SetUserPoolMfaConfig each check the whole pool, so what one of them takes away may have to wait
    for the other, and what it needs may have to come first.

    Args:
        before: The settings that the pool has.
        after: The settings that it is to have.
        changed: The settings that differ and that the two operations change.
    """
    names: dict[str | None, list[str]] = {_UPDATE: [], _FACTORS: []}
    for path in changed:
        operation = change_of(path, _value(before, path), _value(after, path)).operation
        if operation in names:
            names[operation].append(path)
    known = _complaints(before)
    for order in _orders(tuple(names[_UPDATE]), tuple(names[_FACTORS]), before, after):
        if all(is_valid(settings) or _complaints(settings) <= known for _, _, settings in order):
            return order
    return None


def _complaints(settings: PoolSettings) -> frozenset[str]:
    """What the service would refuse, were it not so already."""
    return frozenset(rule.id for rule, _ in broken_rules(settings) if rule.severity == "error")


def replaced(settings: PoolSettings, others: PoolSettings, paths: Iterable[str]) -> PoolSettings:
    """Return settings with those at some paths taken from others."""
    for path in paths:
        if path.startswith("resources."):
            continue
        section, _, name = path.partition(".")
        value = setting(others, path)
        if name:
            value = attrs.evolve(getattr(settings, section), **{name: value})
        settings = attrs.evolve(settings, **{section: value})
    return settings


def _value(settings: PoolSettings, path: str) -> Any:
    return None if path.startswith("resources.") else setting(settings, path)


def _orders(
    update: tuple[str, ...], factors: tuple[str, ...], before: PoolSettings, after: PoolSettings
) -> Iterator[tuple[Step, ...]]:
    """The orders to try, shorter ones first."""
    yield _order(before, (_UPDATE, update, after), (_FACTORS, factors, after))
    yield _order(before, (_FACTORS, factors, after), (_UPDATE, update, after))
    coupled = [path for path in update if path in COUPLED]
    parts = [early for size in range(1, len(coupled) + 1) for early in itertools.combinations(coupled, size)]
    for early in parts:
        late = tuple(path for path in update if path not in early)
        yield _order(before, (_UPDATE, early, after), (_FACTORS, factors, after), (_UPDATE, late, after))
    # A way to recover may be out of place both before and after: then users have both ways for a moment.
    recovery = tuple(dict.fromkeys(before.account_recovery + after.account_recovery))
    widened = attrs.evolve(after, account_recovery=recovery)
    for early in (part for part in parts if "account_recovery" in part):
        late = tuple(path for path in update if path not in early or path == "account_recovery")
        yield _order(before, (_UPDATE, early, widened), (_FACTORS, factors, after), (_UPDATE, late, after))


def _order(before: PoolSettings, *parts: tuple[str, tuple[str, ...], PoolSettings]) -> tuple[Step, ...]:
    order: list[Step] = []
    settings = before
    for operation, paths, values in parts:
        if paths:
            settings = replaced(settings, values, paths)
            order.append((operation, paths, settings))
    return tuple(order)
