"""What pools can differ in beside the axes of `valid_pools`: clients, devices, assumptions, triggers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import attrs

from flowengine.settings.assumptions import Assumptions
from flowengine.settings.client import AUTH_FLOWS, Client
from flowengine.settings.model import TRIGGERS, AdminCreateUser, Devices, Mfa, PoolSettings
from flowengine.settings.pools import valid_clients
from flowengine.settings.rules import is_valid

__all__ = ["EVERY_FLOW", "rich_pools", "variants"]

EVERY_FLOW: Final = Client(explicit_auth_flows=AUTH_FLOWS)
"""The client that lets every outcome of a pool come about."""


def rich_pools(pools: Iterable[PoolSettings]) -> tuple[PoolSettings, ...]:
    """
    Return, for each setting of MFA, the pool that offers the most first factors, contacts and ways to sign in.

    Args:
        pools: The pools to choose from; of equals the first is taken.
    """
    richest: dict[Mfa, PoolSettings] = {}
    for pool in pools:
        known = richest.setdefault(pool.mfa, pool)
        if _riches(pool) > _riches(known):
            richest[pool.mfa] = pool
    return tuple(richest.values())


def _riches(pool: PoolSettings) -> tuple[int, ...]:
    return (
        len(pool.allowed_first_auth_factors),
        int(pool.passkey.relying_party_id is not None),
        len(pool.verification.auto_verified_attributes),
        len(pool.sign_in.alias_attributes),
        len(pool.account_recovery),
    )


def variants(pools: Iterable[PoolSettings]) -> Iterator[PoolSettings]:
    """
    Yield pools with every client, device setting and assumption, one after the other; only those that are valid then.

    Args:
        pools: The pools.
    """
    for pool in pools:
        yield from (attrs.evolve(pool, client=client) for client in valid_clients())
        yield from (attrs.evolve(pool, devices=devices) for devices in _devices())
        yield from filter(is_valid, (attrs.evolve(pool, assumptions=assumptions) for assumptions in _assumptions()))
        yield attrs.evolve(pool, lambda_triggers=TRIGGERS)
        yield attrs.evolve(pool, admin_create_user=AdminCreateUser(allow_admin_create_user_only=True))


def _devices() -> Iterator[Devices]:
    for remembered in ("always", "opt_in"):
        for challenged in (False, True):
            yield Devices(remembered=remembered, challenge_required_on_new_device=challenged)


def _assumptions() -> Iterator[Assumptions]:
    """Every switch at each other value that it has."""
    usual = Assumptions()
    for switch in attrs.fields(Assumptions):
        choices = (False, True) if isinstance(switch.default, bool) else switch.metadata.get("choices", ())
        for other in choices:
            change: dict[str, Any] = {switch.name: other}
            yield attrs.evolve(usual, **change)
