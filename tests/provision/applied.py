"""What the tests of real clients share: an embedded account that notes what is called in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import attrs
from attrs import define, field
from provisioned import REGION, account, given

from flowengine.provision.apply import apply_plan
from flowengine.provision.plan import plan_pool
from flowengine.provision.planned import Plan
from flowengine.provision.reading import Service, opened
from flowengine.provision.resources import Resources
from flowengine.settings import Client, Mfa, PoolSettings, Verification
from flowengine.simulator.cloud import Cloud

__all__ = ["PLAIN", "SECRET", "WITH_MFA", "Account", "opened_account"]

PLAIN = PoolSettings(verification=Verification(auto_verified_attributes=("email",)))
WITH_MFA = PoolSettings(
    verification=Verification(auto_verified_attributes=("phone_number",)),
    mfa=Mfa(mode="required", factors=("sms", "totp")),
    custom_attributes=("team",),
    client=Client(generate_secret=True, auth_session_validity=15),
)
SECRET = attrs.evolve(PLAIN, client=Client(generate_secret=True))


@define(kw_only=True)
class Noting(Service):
    """A service that notes what is called."""

    called: list[str] = field(factory=list)

    async def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Note an operation, and call it."""
        self.called.append(operation)
        return await super().call(operation, **arguments)


class Account:
    """An embedded account, what is called in it, and a service on it."""

    def __init__(self, cloud: Cloud, service: Service) -> None:
        self.cloud = cloud
        self.service = Noting(
            client=service.client, region=service.region, unknown=service.unknown, sleep=service.sleep
        )

    @property
    def called(self) -> list[str]:
        """What was called."""
        return self.service.called

    @property
    def changes(self) -> list[str]:
        """What was called and may have changed something."""
        return [name for name in self.called if not name.startswith(("Describe", "Get", "List"))]

    async def plan(self, spec: PoolSettings, pool_id: str | None = None, **options: Any) -> Plan:
        """Plan a pool, or a change of one."""
        resources: Resources = options.pop("resources", None) or given()
        live = None
        if pool_id is not None:
            live = await self.service.pool(pool_id, client_name=resources.client_name)
        names = await self.service.namesakes(resources.pool_name)
        others = [name for name in names if name != pool_id]
        return plan_pool(spec, resources, region=REGION, live=live, namesakes=others, **options)

    async def make(self, spec: PoolSettings, **options: Any) -> str:
        """Make a pool, and return its id."""
        made = await apply_plan(await self.plan(spec, **options), self.service)
        self.called.clear()
        return str(made.pool_id)


@asynccontextmanager
async def opened_account(**options: Any) -> AsyncIterator[Account]:
    """Open a client of a new account."""
    cloud = account()
    async with opened(cloud.session(**options), REGION, sleep=cloud.clock.sleep) as service:
        yield Account(cloud, service)
