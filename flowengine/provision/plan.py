"""The plan: from a spec's settings and the pool as it is to the operations that change it, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from flowengine.provision.consequences import consequences, domain_to_make, unknown_members
from flowengine.provision.differences import differences, wanted
from flowengine.provision.live import LivePool, Users
from flowengine.provision.operations import creating, updating
from flowengine.provision.order import replaced
from flowengine.provision.planned import Obstacle, Operation, Plan, PlannedChange
from flowengine.provision.resources import Resources
from flowengine.settings import PoolSettings, broken_rules

__all__ = ["against_deletion", "plan_pool"]

HINTS: Final = {
    "needs a new pool": "keep the setting, or make another pool; --replace makes one and deletes this with its users",
    "needs a new client": "keep the setting, or give another --client-name to make a client beside this one",
}
"""What to do about a change that nothing can make to what exists, by the verdict."""
NO_ORDER: Final = Obstacle(
    setting="mfa",
    message="no order of UpdateUserPool and SetUserPoolMfaConfig leads there through settings that Cognito takes",
    hint="apply a spec that lies between the two first",
)
PROTECTED: Final = Obstacle(
    setting="pool",
    message="the pool has deletion protection, so it cannot be replaced",
    hint="switch its deletion protection off yourself, if you are sure",
)


def plan_pool(
    spec: PoolSettings,
    resources: Resources,
    *,
    region: str,
    live: LivePool | None = None,
    users: Users | None = None,
    namesakes: Iterable[str] = (),
    replace: bool = False,
) -> Plan:
    """
    Return the plan that gives a pool the settings of a spec.

    Args:
        spec: The settings.
        resources: What else the pool is made of.
        region: The Region of the pool.
        live: The pool as it is; None to make one.
        users: Its users; None if they were not counted.
        namesakes: The ids of the other pools with the same name.
        replace: Whether a new pool may take its place where a change needs one.
    """
    plan = Plan(
        region=region, pool_id=live.pool_id if live else None, client_id=_client_id(live), spec=spec,
        resources=resources, namesakes=tuple(namesakes),
    )  # fmt: skip
    if live is None:
        return _made(plan)
    target = wanted(spec, resources, region, live)
    plan = attrs.evolve(plan, changes=differences(live, target, resources))
    if replace and any(change.rule.verdict == "needs a new pool" for change in plan.changes):
        return _replacing(plan, live, users)
    return _changed(plan, target, live, users)


def against_deletion(live: LivePool) -> tuple[Obstacle, ...]:
    """
    Return why Cognito would not delete a pool.

    Args:
        live: The pool.

    Source: DeleteUserPool; shape DeletionProtectionType; cognito-user-pools-assign-domain.
    """
    protected = (PROTECTED,) if live.description.get("DeletionProtection") == "ACTIVE" else ()
    return (*protected, *(_has_domain(live, name) for name in _domains(live)))


def _domains(live: LivePool) -> list[str]:
    return [live.description[member] for member in ("CustomDomain", "Domain") if live.description.get(member)]


def _has_domain(live: LivePool, domain: str) -> Obstacle:
    command = f"aws cognito-idp delete-user-pool-domain --user-pool-id {live.pool_id} --domain {domain}"
    return Obstacle(
        setting="pool",
        message=f"the pool has the domain {domain}, which has to be deleted first: Cognito deletes no pool with one",
        hint=f"delete it yourself, if you are sure: {command} --region {live.region}; the new pool gets none by itself",
    )


def _made(plan: Plan) -> Plan:
    target = wanted(plan.spec, plan.resources, plan.region)
    obstacles = (*_broken(target, plan), *_lacking(target, plan.resources, {}))
    if obstacles:
        return attrs.evolve(plan, obstacles=obstacles)
    operations = creating(target, plan.resources)
    return attrs.evolve(plan, operations=operations, consequences=domain_to_make(target.domain))


def _replacing(plan: Plan, live: LivePool, users: Users | None) -> Plan:
    made = _made(attrs.evolve(plan, replaces=True, client_id=None))
    made = attrs.evolve(made, obstacles=(*made.obstacles, *against_deletion(live)))
    if made.obstacles:
        return attrs.evolve(made, operations=())
    delete = Operation(name="DeleteUserPool", arguments={})
    lost = (*consequences(live.settings, None, users), *made.consequences)
    return attrs.evolve(made, operations=(*made.operations, delete), consequences=lost)


def _changed(plan: Plan, target: PoolSettings, live: LivePool, users: Users | None) -> Plan:
    settled = _settled(plan.changes, target, live.settings)
    obstacles = (
        *_broken(settled, plan),
        *(_anew(change) for change in plan.changes if change.rule.verdict in HINTS),
        *_lacking(settled, plan.resources, live.description),
    )
    operations = None if obstacles else updating(plan.changes, settled, plan.resources, live)
    if operations is None:
        return attrs.evolve(plan, obstacles=obstacles or (NO_ORDER,))
    told = consequences(live.settings, settled, users) if operations else ()
    lost = unknown_members(live.unknown, {operation.name for operation in operations})
    return attrs.evolve(plan, operations=operations, consequences=(*lost, *told))


def _settled(changes: Iterable[PlannedChange], target: PoolSettings, before: PoolSettings) -> PoolSettings:
    """What the pool will be: what is refused stays as it is, and attributes are only added."""
    refused = [change.setting for change in changes if change.rule.verdict == "refused"]
    attributes = (*before.custom_attributes, *target.custom_attributes)
    return attrs.evolve(replaced(target, before, refused), custom_attributes=attributes)


def _client_id(live: LivePool | None) -> str | None:
    return str(live.client["ClientId"]) if live is not None and live.client is not None else None


def _broken(target: PoolSettings, plan: Plan) -> list[Obstacle]:
    """What Cognito would refuse, told before a call has changed half of it."""
    obstacles = [
        Obstacle(setting=rule.path, message=rule.complaint(detail), hint="change the spec: Cognito refuses this")
        for rule, detail in broken_rules(target)
        if rule.severity == "error"
    ]
    if plan.spec.region not in (None, plan.region):
        message = f"the spec declares a pool in {plan.spec.region}, and this is {plan.region}"
        obstacles.append(Obstacle(setting="region", message=message, hint="give --region, or change the spec"))
    return obstacles


def _lacking(target: PoolSettings, resources: Resources, description: Mapping[str, Any]) -> list[Obstacle]:
    lacking = (*resources.misnamed(), *resources.missing(target, description))
    return [Obstacle(setting=path, message=need, hint=hint) for path, need, hint in lacking]


def _anew(change: PlannedChange) -> Obstacle:
    verdict = change.rule.verdict
    message = f"{change.setting} {verdict}: {change.rule.reason}"
    return Obstacle(setting=change.setting, message=message, hint=HINTS[verdict])
