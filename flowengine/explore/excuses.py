"""Who cannot get on, and need not: users whom only an administrator can help, and those that pool rules name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flowengine.explore.world import World
from flowengine.settings import PoolSettings

__all__ = ["EXCUSES", "excuse"]

Excuse = Callable[[World, PoolSettings], bool]


def _has_no_account(world: World, settings: PoolSettings) -> bool:
    closed = settings.admin_create_user.allow_admin_create_user_only
    return world.user is None and (world.person.origin != "newcomer" or closed)


def _is_disabled(world: World, _settings: PoolSettings) -> bool:
    return world.user is not None and not world.user.enabled


def _temporary_password_is_over(world: World, _settings: PoolSettings) -> bool:
    user = world.user
    if user is None or user.status != "FORCE_CHANGE_PASSWORD" or user.temporary_password_expires_at is None:
        return False
    return user.temporary_password_expires_at <= world.now


EXCUSES: Final[Mapping[str, Excuse]] = {
    "who has no account, and cannot get one": _has_no_account,
    "whom an administrator has disabled": _is_disabled,
    "whose temporary password has run out": _temporary_password_is_over,
}


def excuse(world: World, settings: PoolSettings) -> str | None:
    """Return why it is nobody's fault that a user cannot get on, None if it is."""
    return next((why for why, holds in EXCUSES.items() if holds(world, settings)), None)
