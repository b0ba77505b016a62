"""Plans applied on another implementation of Cognito: the same requests lead to the same settings there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import aioboto3
import attrs
import pytest
from moto.server import ThreadedMotoServer
from provisioned import REGION, Pool, given

from flowengine.provision.apply import apply_plan
from flowengine.provision.differences import wanted
from flowengine.provision.live import LivePool
from flowengine.provision.operations import FORMER_TEXTS
from flowengine.provision.plan import plan_pool
from flowengine.provision.reading import Service, opened
from flowengine.settings import Client, Mfa, PasswordPolicy, PoolSettings, Verification

EMAIL = PoolSettings(
    verification=Verification(auto_verified_attributes=("email",)),
    account_recovery=("verified_email",),
    password_policy=PasswordPolicy(minimum_length=12),
    custom_attributes=("team",),
    client=Client(auth_session_validity=15),
)
SMS = attrs.evolve(
    EMAIL,
    verification=Verification(auto_verified_attributes=("phone_number",), sms_message="Your code is {####}"),
    mfa=Mfa(mode="required", factors=("sms", "totp")),
    custom_attributes=("plan", "team"),
    client=Client(auth_session_validity=15, explicit_auth_flows=("ALLOW_USER_SRP_AUTH",)),
)
WALK = (EMAIL, SMS, attrs.evolve(SMS, mfa=Mfa(mode="optional", factors=("totp",))), EMAIL)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A moto server on this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
async def service(address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    """A client of the server."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    session = aioboto3.Session(aws_access_key_id="moto", aws_secret_access_key="moto")
    async with opened(session, REGION) as opened_one:
        yield opened_one


def untouched(live: LivePool, names: set[str]) -> dict[str, Any]:
    """
    Return the members of a pool that are not among some.

    Where the server is wrong, it is not asked: it forgets with an update what only creation sets, and shows, under
    their former names, texts and the life of temporary passwords as they were last written.
    """
    wrong = {"UsernameConfiguration", *FORMER_TEXTS}
    described = {name: value for name, value in live.description.items() if name not in names | wrong}
    described["AdminCreateUserConfig"] = {
        name: value for name, value in described["AdminCreateUserConfig"].items() if name != "UnusedAccountValidityDays"
    }
    return {name: value for name, value in described.items() if name != "LastModifiedDate"}


async def test_the_same_walk(service: Service) -> None:
    """From spec to spec, the plans for both are the same, reach the target, and touch nothing else."""
    made = await apply_plan(plan_pool(EMAIL, given(), region=REGION), service)
    pool = Pool(EMAIL)
    for spec in WALK:
        live = await service.pool(str(made.pool_id), client_id=made.client_id)
        plan = plan_pool(spec, given(), region=REGION, live=live)
        embedded = pool.plan(spec)
        assert [(one.name, one.settings) for one in plan.operations] == [
            (one.name, one.settings) for one in embedded.operations
        ]
        assert plan.obstacles == ()
        await apply_plan(plan, service)
        pool.apply(embedded)
        after = await service.pool(str(made.pool_id), client_id=made.client_id)
        touched = {name for one in plan.operations for name in {*one.arguments} - {*one.echoed}}
        touched |= {"SchemaAttributes"} if "AddCustomAttributes" in {one.name for one in plan.operations} else set()
        assert untouched(after, touched) == untouched(live, touched)
        assert after.settings == pool.live.settings
        assert after.settings.mfa == wanted(spec, given(), REGION).mfa
