"""Doing what a plan says, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs
from attrs import frozen

from flowengine.errors import ProvisionError
from flowengine.provision.live import LivePool
from flowengine.provision.plan import against_deletion, plan_pool
from flowengine.provision.planned import Operation, Plan
from flowengine.provision.reading import Service

__all__ = ["Made", "apply_plan"]

_PLAN_AGAIN: Final = "look at it, and make a new plan"


@frozen(kw_only=True)
class Made:
    """
    How far a plan has come.

    Args:
        pool_id: The pool that it is about; None before it is made.
        client_id: Its app client; None before it is made.
        done: How many of its operations are done.
        operation: The operation that was done last; None at the beginning.
    """

    pool_id: str | None
    client_id: str | None
    done: int = 0
    operation: str | None = None


async def apply_plan(
    plan: Plan, service: Service, *, told: Callable[[Made], None] = lambda _: None, deletes: str | None = None
) -> Made:
    """
    Do what a plan says, from where it stopped the last time.

    Before each operation the pool is read, and must be what the plan expects there; so nothing is done twice, and
    what somebody else changes is not undone.

    Args:
        plan: The plan.
        service: Cognito.
        told: Is told how far it has come, at the beginning and after each operation.
        deletes: The name of the pool that may be deleted, where a plan replaces one.

    Raises:
        ProvisionError: An operation failed, or the pool is not what the plan expects. What was done stays done, and
            applying the plan again goes on from there.
    """
    if plan.obstacles:
        raise ProvisionError("plan-blocked", "the plan has errors, so nothing is done", "mend what it names")
    if service.region != plan.region:
        message = f"the plan is for {plan.region}, and this is {service.region}"
        raise ProvisionError("region-differs", message, "leave --region out, or make a plan for the other Region")
    old = await _old_pool(plan, service)
    if old is not None:
        _check_deletion(old, deletes)
    stand = await _begun(plan, service)
    told(stand.made)
    while stand.needed:
        made = await _call(stand.needed[0], stand.made, service)
        told(made)
        stand = await _expected(plan, made, service)
    if old is None or not plan.replaces:
        return stand.made
    await service.call("DeleteUserPool", UserPoolId=old.pool_id)
    made = attrs.evolve(stand.made, done=len(plan.operations), operation="DeleteUserPool")
    told(made)
    return made


@frozen
class _Stand:
    """How far a plan has come, and the operations that are still needed."""

    made: Made
    needed: tuple[Operation, ...]


async def _begun(plan: Plan, service: Service) -> _Stand:
    """How far the plan has come already."""
    if not plan.creates:
        return await _expected(plan, Made(pool_id=plan.pool_id, client_id=plan.client_id), service)
    known = (*plan.namesakes, plan.pool_id)
    appeared = [pool for pool in await service.namesakes(plan.resources.pool_name) if pool not in known]
    if not appeared:
        return _Stand(Made(pool_id=None, client_id=None), _without_deletion(plan))
    if len(appeared) > 1:  # none of them is known to be this plan's own
        raise _appeared(plan, appeared)
    try:
        return await _expected(plan, Made(pool_id=appeared[0], client_id=None, done=1), service)
    except ProvisionError as error:
        if error.code != "pool-changed":
            raise
        raise _appeared(plan, appeared) from error


def _appeared(plan: Plan, pools: Sequence[str]) -> ProvisionError:
    message = f"since the plan was made, a pool called {plan.resources.pool_name!r} has appeared: {', '.join(pools)}"
    hint = "give its id with --pool-id to change it, or choose another --name"
    return ProvisionError("pool-appeared", message, hint)


async def _call(operation: Operation, made: Made, service: Service) -> Made:
    ids = {} if operation.name == "CreateUserPool" else {"UserPoolId": made.pool_id}
    if operation.name == "UpdateUserPoolClient":
        ids["ClientId"] = made.client_id
    answer = await service.call(operation.name, **ids, **operation.arguments)
    if operation.name == "CreateUserPool":
        made = attrs.evolve(made, pool_id=answer["UserPool"]["Id"])
    elif operation.name == "CreateUserPoolClient":
        made = attrs.evolve(made, client_id=answer["UserPoolClient"]["ClientId"])
    return attrs.evolve(made, done=made.done + 1, operation=operation.name)


def _without_deletion(plan: Plan) -> tuple[Operation, ...]:
    return tuple(operation for operation in plan.operations if operation.name != "DeleteUserPool")


async def _expected(plan: Plan, made: Made, service: Service) -> _Stand:
    """
    Find out how much of the plan is done, from what the pool still needs.

    Raises:
        ProvisionError: What it needs is not the rest of the plan.
    """
    live = await service.pool(str(made.pool_id), client_id=made.client_id, client_name=plan.resources.client_name)
    left = plan_pool(plan.spec, plan.resources, region=plan.region, live=live)
    planned = _without_deletion(plan)
    for done in range(made.done, len(planned) + 1):
        if _same(planned[done:], left.operations, strictly=done == 0) and not left.obstacles:
            return _Stand(attrs.evolve(made, done=done, client_id=left.client_id), left.operations)
    raise _changed(plan, left, made)


def _same(planned: Sequence[Operation], needed: Sequence[Operation], *, strictly: bool) -> bool:
    """Whether the pool needs what is planned; before anything is done, down to every member that is said again."""
    if len(planned) != len(needed):
        return False
    return all(
        one.name == other.name
        and set(one.settings) == set(other.settings)
        and (not strictly or _unordered(one.arguments) == _unordered(other.arguments))
        for one, other in zip(planned, needed, strict=True)
    )


def _unordered(value: Any) -> Any:
    """A value with its lists in a fixed order, since the service keeps none."""
    if isinstance(value, Mapping):
        return {name: _unordered(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return sorted(map(_unordered, value), key=repr)
    return value


def _changed(plan: Plan, left: Plan, made: Made) -> ProvisionError:
    needed = {change.setting for change in left.changes}
    if made.operation is not None:
        names = ", ".join(sorted(needed)) or "what an update says again"
        message = f"after {made.operation}, {made.pool_id} is not what the plan expects: {names}"
        return ProvisionError("pool-changed", message, f"what was done stays; {_PLAN_AGAIN}")
    names = ", ".join(sorted(needed ^ {change.setting for change in plan.changes})) or "what an update says again"
    message = f"{made.pool_id} has changed since the plan was made: {names}"
    return ProvisionError("pool-changed", message, f"nothing was done; {_PLAN_AGAIN}")


def _check_deletion(old: LivePool, name: str | None) -> None:
    """Refuse what would end with two pools: a deletion that nobody confirms, or that Cognito would not take."""
    if name != old.name:
        message = f"{old.pool_id} is deleted only where its name is given"
        raise ProvisionError("deletion-unconfirmed", message, "type the name of the pool that is to be deleted")
    reasons = against_deletion(old)
    if reasons:
        raise ProvisionError("plan-blocked", f"nothing is done: {reasons[0].message}", reasons[0].hint)


async def _old_pool(plan: Plan, service: Service) -> LivePool | None:
    """The pool that is to be replaced, None where it is gone already or none is."""
    if not plan.replaces:
        return None
    try:
        return await service.pool(str(plan.pool_id))
    except ProvisionError as error:
        if error.code == "pool-gone":
            return None
        raise
