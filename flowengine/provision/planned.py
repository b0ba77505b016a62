"""What a plan consists of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from flowengine.provision.change import Change
from flowengine.provision.consequences import Consequence
from flowengine.provision.resources import Resources
from flowengine.settings import PoolSettings

__all__ = ["Obstacle", "Operation", "Plan", "PlannedChange"]


@frozen(kw_only=True)
class PlannedChange:
    """
    A setting in which a pool differs from a spec.

    Args:
        setting: Its dotted path.
        before: What it is.
        after: What the spec asks for.
        rule: The rule that decides it.
    """

    setting: str
    before: Any
    after: Any
    rule: Change


@frozen(kw_only=True)
class Operation:
    """
    One call.

    Args:
        name: The operation as Cognito spells it.
        arguments: Its members, without `UserPoolId` and `ClientId`.
        settings: The settings that it changes.
        echoed: The members that it names only so that they stay as they are.
    """

    name: str
    arguments: Mapping[str, Any]
    settings: tuple[str, ...] = ()
    echoed: tuple[str, ...] = ()


@frozen(kw_only=True)
class Obstacle:
    """
    Why a plan cannot be applied as it stands.

    Args:
        setting: The setting that it is about.
        message: Why.
        hint: What to do about it.
    """

    setting: str
    message: str
    hint: str


@frozen(kw_only=True)
class Plan:
    """
    What is to be done to a pool.

    Args:
        region: The pool's Region.
        pool_id: The pool that is changed or replaced; None where one is made.
        client_id: Its app client; None where one is made.
        spec: The settings that the spec declares.
        resources: What else the pool is made of.
        changes: The settings that differ, each with the rule that decides it.
        operations: What is called, in this order.
        obstacles: Why it cannot be applied; a plan with any has no operations.
        consequences: What it means for people.
        namesakes: The ids of the pools that had the pool's name already.
        replaces: Whether a pool takes the place of another, which is deleted in the end.
    """

    region: str
    pool_id: str | None
    client_id: str | None
    spec: PoolSettings
    resources: Resources
    changes: tuple[PlannedChange, ...] = ()
    operations: tuple[Operation, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    namesakes: tuple[str, ...] = ()
    replaces: bool = False

    @property
    def creates(self) -> bool:
        """Whether a pool is made."""
        return self.pool_id is None or self.replaces
