"""In what a pool differs from what a spec wants it to be."""

from __future__ import annotations

from typing import Any

import attrs

from flowengine.provision.changes import change_of
from flowengine.provision.live import LivePool
from flowengine.provision.normal import normal
from flowengine.provision.planned import PlannedChange
from flowengine.provision.resources import Resources, resources_of, sends_sms
from flowengine.settings import PoolSettings, changed_settings, setting

__all__ = ["differences", "wanted"]


def wanted(spec: PoolSettings, resources: Resources, region: str, live: LivePool | None = None) -> PoolSettings:
    """
    Return what a pool is to be like: the settings of a spec in their plainest form.

    Args:
        spec: The settings.
        resources: What else the pool is made of.
        region: The pool's Region.
        live: The pool as it is, if there is one; it keeps its domain where the spec names none.
    """
    description = live.description if live else {}
    target = attrs.evolve(spec, sms_configuration=sends_sms(spec, resources, description))
    if live is not None and target.domain is None:
        target = attrs.evolve(target, domain=live.settings.domain)
    return normal(target, region)


def differences(live: LivePool, target: PoolSettings, resources: Resources) -> tuple[PlannedChange, ...]:
    """
    Return the settings in which a pool differs from what it is to be, those of resources last.

    Args:
        live: The pool as it is; without a client, it differs in no setting of one.
        target: What it is to be, as `wanted` has it.
        resources: What else it is to be made of.
    """
    before = live.settings
    if live.client is None:
        before = attrs.evolve(before, client=target.client)
    changes = [(path, setting(before, path), value) for path, value in changed_settings(target, before).items()]
    changes += _of_resources(live, target, resources)
    return tuple(
        PlannedChange(setting=path, before=old, after=new, rule=change_of(path, old, new)) for path, old, new in changes
    )


def _of_resources(live: LivePool, target: PoolSettings, resources: Resources) -> list[tuple[str, Any, Any]]:
    """The resources that are given in place of those that a pool has already."""
    there, before = resources_of(live.description), live.settings
    kept = {
        "sms_role_arn": before.sms_configuration and target.sms_configuration,
        "sms_external_id": before.sms_configuration and target.sms_configuration,
        "email_identity_arn": before.email_sending_account == target.email_sending_account == "DEVELOPER",
    }
    pairs = [(name, getattr(there, name), getattr(resources, name)) for name, still in kept.items() if still]
    arns = {name: arn for name, arn in resources.trigger_arns.items() if name in target.lambda_triggers}
    known = {name: there.trigger_arns[name] for name in arns if name in there.trigger_arns}
    pairs.append(("trigger_arns", known, {name: arns[name] for name in known}))
    return [(f"resources.{name}", old, new) for name, old, new in pairs if new is not None and old != new]
