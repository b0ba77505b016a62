"""From a spec to a user pool: what is to be called, in which order, what it means for users, and doing just that.

The core is pure: `plan_pool` takes a spec's settings and the pool as it is, and returns a `Plan`. What can change is
told by one table, `CHANGES`. Only `reading`, `apply` and `trouble` touch the AWS SDK, and are imported on demand.

Every public name is loaded when it is first used, so that `flowengine.provision.sms` loads nothing of planning.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowengine.provision.change import Change as Change
    from flowengine.provision.changes import CHANGES as CHANGES
    from flowengine.provision.changes import change_of as change_of
    from flowengine.provision.check import Difference as Difference
    from flowengine.provision.check import check_pool as check_pool
    from flowengine.provision.cloudformation import cloudformation as cloudformation
    from flowengine.provision.consequences import Consequence as Consequence
    from flowengine.provision.live import LivePool as LivePool
    from flowengine.provision.live import Users as Users
    from flowengine.provision.plan import plan_pool as plan_pool
    from flowengine.provision.plan_file import plan_as_json as plan_as_json
    from flowengine.provision.plan_file import plan_from_json as plan_from_json
    from flowengine.provision.planned import Obstacle as Obstacle
    from flowengine.provision.planned import Operation as Operation
    from flowengine.provision.planned import Plan as Plan
    from flowengine.provision.planned import PlannedChange as PlannedChange
    from flowengine.provision.resources import Resources as Resources
    from flowengine.provision.terraform import terraform as terraform
    from flowengine.provision.text import plan_as_text as plan_as_text

_MODULES = {
    "change": ("Change",),
    "changes": ("CHANGES", "change_of"),
    "check": ("Difference", "check_pool"),
    "cloudformation": ("cloudformation",),
    "consequences": ("Consequence",),
    "live": ("LivePool", "Users"),
    "plan": ("plan_pool",),
    "plan_file": ("plan_as_json", "plan_from_json"),
    "planned": ("Obstacle", "Operation", "Plan", "PlannedChange"),
    "resources": ("Resources",),
    "terraform": ("terraform",),
    "text": ("plan_as_text",),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    module = _HOMES.get(name)
    if module is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


class _Package(ModuleType):
    """A package whose public names win over its submodules: `terraform` is the function, however it was imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _HOMES or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
