"""Animals whose pool takes its users for others: the engine is sound, and what it walks on is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import attrs
from animal import Animal
from habitats import MEMBERS, NEWCOMERS, SMS_MFA

from flowengine.engine import Engine
from flowengine.explore.stepped import SteppedDriver
from flowengine.machine import Flow
from flowengine.simulator import Simulator
from flowengine.simulator.state import PoolState

__all__ = ["BROKEN_USERS"]


class MistakenPool:
    """
    A pool that takes its users for others while it answers.

    Args:
        pool: The pool.
        changes: What it believes of each user.
    """

    def __init__(self, pool: Simulator, changes: Mapping[str, Any]) -> None:
        self._pool = pool
        self._changes = changes
        self.user_pool_id = pool.user_pool_id

    @property
    def state(self) -> PoolState:
        """All that the pool remembers."""
        return self._pool.state

    def cognito(self) -> MistakenPool:
        """Return what calls the pool."""
        return self

    async def call(self, operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer a call, and see the users again as they are, but for what the call has changed."""
        users = self._pool.state.users
        kept = dict(users)
        users.update({sub: attrs.evolve(user, **self._changes) for sub, user in kept.items()})
        try:
            return await self._pool.cognito().call(operation, request)
        finally:
            for sub, user in kept.items():
                before = {name: getattr(user, name) for name in self._changes}
                users[sub] = attrs.evolve(users[sub], **before)


class MistakenDriver:
    """Calls a pool that is mistaken about its users at a sign-in."""

    def __init__(self, driver: SteppedDriver, changes: Mapping[str, Any]) -> None:
        self._driver = driver
        self._changes = changes

    @property
    def user_pool_id(self) -> str:
        """The id of the pool."""
        return self._driver.user_pool_id

    async def call(self, operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make one call and return its answer."""
        pool = self._driver.simulator
        assert pool is not None
        if operation == "InitiateAuth":
            self._driver.simulator = cast("Simulator", MistakenPool(pool, self._changes))
        try:
            return await self._driver.call(operation, request)
        finally:
            self._driver.simulator = pool


def mistaken(**changes: Any) -> Callable[..., Engine]:
    """Return what makes an engine whose pool is mistaken about its users at a sign-in."""

    def make(flow: Flow, driver: SteppedDriver, **rest: Any) -> Engine:
        return Engine(flow, MistakenDriver(driver, changes), **rest)

    return make


BROKEN_USERS: Final = (
    Animal(
        name="second-factor-not-asked",
        sentence="The pool forgets that a user has asked for a second factor.",
        caught_by={"no token early"},
        habitat=SMS_MFA,
        engine=mistaken(mfa=frozenset()),
    ),
    Animal(
        name="disabled-user-let-in",
        sentence="The pool lets disabled users in.",
        caught_by={"no bypass"},
        habitat=MEMBERS,
        engine=mistaken(enabled=True),
    ),
    Animal(
        name="unconfirmed-user-let-in",
        sentence="The pool lets users in who are not confirmed, or have to reset the password.",
        caught_by={"no bypass"},
        habitat=NEWCOMERS,
        engine=mistaken(status="CONFIRMED"),
    ),
)
