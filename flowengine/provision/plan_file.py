"""A plan as JSON: for machines to read, and to be applied later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import attrs

from flowengine.errors import ProvisionError, SpecError
from flowengine.provision.changes import change_of
from flowengine.provision.consequences import Consequence
from flowengine.provision.planned import Obstacle, Operation, Plan, PlannedChange
from flowengine.provision.resources import Resources
from flowengine.settings import parse_pool, pool_name

__all__ = ["VERSION", "plan_as_json", "plan_from_json"]

VERSION: Final = 1
"""The form of the file."""
_ASK_AGAIN: Final = "make the plan again with `flowengine pool plan SPEC --json`"


def plan_as_json(plan: Plan) -> str:
    """
    Return a plan as JSON. It holds names and ARNs, and no secret.

    `UserPoolId` and `ClientId` stand beside the operations, since those of a new pool are known only later.
    """
    return json.dumps(
        {
            "flowengine_plan": VERSION,
            "region": plan.region,
            "pool_id": plan.pool_id,
            "client_id": plan.client_id,
            "replaces": plan.replaces,
            "namesakes": list(plan.namesakes),
            "spec": pool_name(plan.spec),
            "resources": attrs.asdict(plan.resources),
            "changes": [_change(change) for change in plan.changes],
            "obstacles": [attrs.asdict(obstacle) for obstacle in plan.obstacles],
            "consequences": [attrs.asdict(consequence) for consequence in plan.consequences],
            "operations": [attrs.asdict(operation) for operation in plan.operations],
        },
        indent=2,
    )


def plan_from_json(text: str) -> Plan:
    """
    Return the plan that was written as JSON.

    Args:
        text: What `plan_as_json` returned.

    Raises:
        ProvisionError: It is no plan, or one of another form.
    """
    try:
        given = json.loads(text)
        if not isinstance(given, dict) or given.get("flowengine_plan") != VERSION:
            raise ProvisionError("not-a-plan", "this is no plan of this version of flowengine", _ASK_AGAIN)
        return _plan(given)
    except KeyError as error:
        raise ProvisionError("not-a-plan", f"the plan cannot be read: it lacks {error}", _ASK_AGAIN) from None
    except (ValueError, TypeError, AttributeError, StopIteration, SpecError) as error:
        raise ProvisionError("not-a-plan", f"the plan cannot be read: {error}", _ASK_AGAIN) from None


def _change(change: PlannedChange) -> dict[str, Any]:
    rule = change.rule
    return {
        "setting": change.setting,
        "before": change.before,
        "after": change.after,
        "verdict": rule.verdict,
        "operation": rule.operation,
        "reason": rule.reason,
        "source": rule.source,
        "tools": dict(rule.tools),
    }


def _plan(given: Mapping[str, Any]) -> Plan:
    _texts([given["region"], *(given[name] for name in ("pool_id", "client_id") if given[name] is not None)])
    return Plan(
        region=given["region"],
        pool_id=given["pool_id"],
        client_id=given["client_id"],
        replaces=given["replaces"],
        namesakes=_texts(given["namesakes"]),
        spec=parse_pool(given["spec"]),
        resources=_resources(given["resources"]),
        changes=tuple(map(_planned_change, given["changes"])),
        obstacles=tuple(Obstacle(**_told(one)) for one in given["obstacles"]),
        consequences=tuple(Consequence(**_told(one)) for one in given["consequences"]),
        operations=tuple(map(_operation, given["operations"])),
    )


def _planned_change(given: Mapping[str, Any]) -> PlannedChange:
    before, after = (tuple(one) if isinstance(one, list) else one for one in (given["before"], given["after"]))
    return PlannedChange(
        setting=given["setting"], before=before, after=after, rule=change_of(given["setting"], before, after)
    )


def _operation(given: Mapping[str, Any]) -> Operation:
    return Operation(
        name=given["name"],
        arguments=given["arguments"],
        settings=_texts(given["settings"]),
        echoed=_texts(given["echoed"]),
    )


def _resources(given: Mapping[str, Any]) -> Resources:
    resources = Resources(**given)
    _texts([resources.pool_name, resources.client_name])
    _told(resources.trigger_arns)
    return resources


def _texts(values: Any) -> tuple[str, ...]:
    """Some texts, and nothing else: what is not would be stumbled over only while the plan is applied."""
    for value in values:
        if not isinstance(value, str):
            raise TypeError(f"{value!r} is no text")
    return tuple(values)


def _told(given: Mapping[str, Any]) -> Mapping[str, Any]:
    _texts(given.values())
    return given
