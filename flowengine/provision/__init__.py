"""From a spec to a user pool: what is to be called, in which order, what it means for users, and doing just that.

The core is pure: `plan_pool` takes a spec's settings and the pool as it is, and returns a `Plan`. What can change is
told by one table, `CHANGES`. Only `reading`, `apply` and `trouble` touch the AWS SDK, and are imported on demand.
"""

from __future__ import annotations

from flowengine.provision.change import Change
from flowengine.provision.changes import CHANGES, change_of
from flowengine.provision.check import Difference, check_pool
from flowengine.provision.cloudformation import cloudformation
from flowengine.provision.consequences import Consequence
from flowengine.provision.live import LivePool, Users
from flowengine.provision.plan import plan_pool
from flowengine.provision.plan_file import plan_as_json, plan_from_json
from flowengine.provision.planned import Obstacle, Operation, Plan, PlannedChange
from flowengine.provision.resources import Resources
from flowengine.provision.terraform import terraform
from flowengine.provision.text import plan_as_text
from flowengine.settings import settings_of

__all__ = [
    "CHANGES", "Change", "Consequence", "Difference", "LivePool", "Obstacle", "Operation", "Plan", "PlannedChange",
    "Resources", "Users", "change_of", "check_pool", "cloudformation", "plan_as_json", "plan_as_text", "plan_from_json",
    "plan_pool", "settings_of", "terraform",
]  # fmt: skip
