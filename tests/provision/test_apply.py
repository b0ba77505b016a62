"""Applying plans through a real client of the embedded account: what is done, what is not, and what goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import attrs
import pytest
from applied import PLAIN, SECRET, WITH_MFA, Account, opened_account
from provisioned import given

from flowengine.errors import ProvisionError
from flowengine.provision.apply import Made, apply_plan
from flowengine.provision.plan_file import plan_as_json, plan_from_json
from flowengine.settings import Mfa, SignIn
from flowengine.simulator.cloud import Cloud


@pytest.fixture
async def aws() -> AsyncIterator[Account]:
    """An embedded account with a client."""
    async with opened_account() as opened_one:
        yield opened_one


async def test_new_pool(aws: Account) -> None:
    """A pool and a client are made, step by step, and nothing is left to do."""
    told: list[Made] = []
    plan = await aws.plan(WITH_MFA)
    made = await apply_plan(plan, aws.service, told=told.append)
    assert aws.changes == [operation.name for operation in plan.operations]
    assert [one.operation for one in told] == [None, *aws.changes]
    assert [one.done for one in told] == [0, 1, 2, 3]
    assert (await aws.plan(WITH_MFA, made.pool_id)).operations == ()


async def test_change_and_again(aws: Account) -> None:
    """A change calls what was planned; the same plan again, and a fresh one, call nothing."""
    pool_id = await aws.make(SECRET)
    plan = await aws.plan(WITH_MFA, pool_id)
    await apply_plan(plan, aws.service)
    assert aws.changes == ["AddCustomAttributes", "UpdateUserPool", "SetUserPoolMfaConfig", "UpdateUserPoolClient"]
    aws.called.clear()
    await apply_plan(plan, aws.service)
    await apply_plan(await aws.plan(WITH_MFA, pool_id), aws.service)
    assert aws.changes == []


async def test_plan_from_a_file(aws: Account) -> None:
    """A plan that was written and read does the same."""
    pool_id = await aws.make(SECRET)
    plan = plan_from_json(plan_as_json(await aws.plan(WITH_MFA, pool_id)))
    await apply_plan(plan, aws.service)
    assert (await aws.plan(WITH_MFA, pool_id)).operations == ()


@pytest.mark.parametrize(
    "operation", ["AddCustomAttributes", "UpdateUserPool", "SetUserPoolMfaConfig", "UpdateUserPoolClient"]
)
async def test_half_applied_plan(aws: Account, operation: str) -> None:
    """Wherever a change is interrupted, the same plan goes on from there, and does nothing twice."""
    codes = {"throttled": "throttled", "unreachable": "unreachable", "lost_before": "answer-lost",
             "lost_after": "answer-lost"}  # fmt: skip
    for fault, code in codes.items():
        resources = given(pool_name=fault)
        pool_id = await aws.make(SECRET, resources=resources)
        plan = await aws.plan(WITH_MFA, pool_id, resources=resources)
        aws.cloud.fail_next(operation, fault)
        with pytest.raises(ProvisionError) as caught:
            await apply_plan(plan, aws.service)
        assert caught.value.code == code
        await apply_plan(plan, aws.service)
        assert (await aws.plan(WITH_MFA, pool_id, resources=resources)).operations == ()
        assert aws.changes.count(operation) == (1 if fault == "lost_after" else 2)


@pytest.mark.parametrize("operation", ["CreateUserPool", "SetUserPoolMfaConfig", "CreateUserPoolClient"])
async def test_half_made_pool(aws: Account, operation: str) -> None:
    """Wherever the making of a pool is interrupted, the same plan goes on with that pool: there is only one."""
    for fault in ("throttled", "lost_before", "lost_after"):
        aws.cloud.state.pools.clear()
        plan = await aws.plan(WITH_MFA)
        aws.cloud.fail_next(operation, fault)
        with pytest.raises(ProvisionError):
            await apply_plan(plan, aws.service)
        made = await apply_plan(plan, aws.service)
        assert len(aws.cloud.state.pools) == 1
        assert len(next(iter(aws.cloud.state.pools.values())).clients) == 1
        assert (await aws.plan(WITH_MFA, made.pool_id)).operations == ()


def _tagged(cloud: Cloud, pool_id: str) -> None:
    """Change what no setting knows."""
    cloud.state.pools[pool_id].description["UserPoolTags"] = {"team": "blue"}


def _optional(cloud: Cloud, pool_id: str) -> None:
    """Change what the plan changes, too."""
    blocks = {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    cloud.handle("SetUserPoolMfaConfig", {"UserPoolId": pool_id, **blocks})


@pytest.mark.parametrize(("meddle", "names"), [(_tagged, "what an update says again"), (_optional, "mfa.factors")])
async def test_pool_changed_since(aws: Account, meddle: Callable[[Cloud, str], None], names: str) -> None:
    """What somebody else changes between plan and apply stops it before the first call."""
    pool_id = await aws.make(SECRET)
    plan = await aws.plan(attrs.evolve(WITH_MFA, mfa=Mfa(), user_pool_tier="PLUS"), pool_id)
    meddle(aws.cloud, pool_id)
    with pytest.raises(ProvisionError, match=f"has changed since the plan was made: .*{names}") as caught:
        await apply_plan(plan, aws.service)
    assert caught.value.code == "pool-changed"
    assert aws.changes == []


async def test_pool_changed_meanwhile(aws: Account) -> None:
    """What somebody else changes between two calls stops it there, and is told."""
    pool_id = await aws.make(SECRET)
    plan = await aws.plan(WITH_MFA, pool_id)

    def meddle(made: Made) -> None:
        if made.operation == "AddCustomAttributes":
            aws.cloud.state.pools[pool_id].description["UserPoolTier"] = "PLUS"

    with pytest.raises(
        ProvisionError, match=r"after AddCustomAttributes, .* is not what the plan expects: .*user_pool_tier"
    ):
        await apply_plan(plan, aws.service, told=meddle)
    assert aws.changes == ["AddCustomAttributes"]
    assert aws.cloud.state.pools[pool_id].description["UserPoolTier"] == "PLUS"


async def test_pool_appeared(aws: Account) -> None:
    """A pool of the same name that somebody else made since the plan is not taken for our own."""
    plan = await aws.plan(WITH_MFA)
    aws.cloud.handle("CreateUserPool", {"PoolName": "tests", "UserPoolTier": "LITE"})
    with pytest.raises(
        ProvisionError, match=r"a pool called 'tests' has appeared: .*\n    hint: give its id"
    ) as caught:
        await apply_plan(plan, aws.service)
    assert caught.value.code == "pool-appeared"
    assert aws.changes == []


async def test_several_pools_appeared(aws: Account) -> None:
    """Of two pools that were made since the plan, by two runs of it say, none is taken, and no old one deleted."""
    pool_id = await aws.make(PLAIN)
    spec = attrs.evolve(PLAIN, sign_in=SignIn(alias_attributes=("email",)))
    plan = await aws.plan(spec, pool_id, replace=True)
    request = dict(plan.operations[0].arguments)
    for _ in range(2):
        aws.cloud.handle("CreateUserPool", request)
    with pytest.raises(ProvisionError, match=r"has appeared: us-east-1_.*, us-east-1_") as caught:
        await apply_plan(plan, aws.service, deletes="tests")
    assert caught.value.code == "pool-appeared"
    assert aws.changes == []


async def test_another_region(aws: Account) -> None:
    """A plan makes nothing in another Region than its own."""
    plan = attrs.evolve(await aws.plan(PLAIN), region="eu-west-1")
    with pytest.raises(ProvisionError, match="the plan is for eu-west-1, and this is us-east-1") as caught:
        await apply_plan(plan, aws.service)
    assert caught.value.code == "region-differs"
    assert aws.changes == []


async def test_pool_gone(aws: Account) -> None:
    """A pool that is deleted between plan and apply is told so."""
    pool_id = await aws.make(PLAIN)
    plan = await aws.plan(WITH_MFA, pool_id)
    plan = attrs.evolve(plan, obstacles=())
    aws.cloud.handle("DeleteUserPool", {"UserPoolId": pool_id})
    with pytest.raises(ProvisionError, match="DescribeUserPool finds no such pool or client") as caught:
        await apply_plan(plan, aws.service)
    assert caught.value.code == "pool-gone"


async def test_namesakes_are_found(aws: Account) -> None:
    """A plan for a new pool names those that have its name, beyond the first page."""
    for number in range(70):
        aws.cloud.handle("CreateUserPool", {"PoolName": "tests" if number in (3, 65) else f"tests-{number}"})
    assert len((await aws.plan(PLAIN)).namesakes) == 2


async def test_deletion_needs_the_name(aws: Account) -> None:
    """A pool is deleted only after the new one is complete, and only by its name."""
    pool_id = await aws.make(PLAIN)
    plan = await aws.plan(attrs.evolve(PLAIN, sign_in=SignIn(alias_attributes=("email",))), pool_id, replace=True)
    for name in (None, "", "test", pool_id):
        with pytest.raises(ProvisionError) as caught:
            await apply_plan(plan, aws.service, deletes=name)
        assert caught.value.code == "deletion-unconfirmed"
    assert aws.changes == []
    aws.cloud.fail_next("DeleteUserPool", "throttled")
    with pytest.raises(ProvisionError):
        await apply_plan(plan, aws.service, deletes="tests")
    made = await apply_plan(plan, aws.service, deletes="tests")
    assert [*aws.cloud.state.pools] == [made.pool_id]
    assert made.pool_id != pool_id
    assert await apply_plan(plan, aws.service) == attrs.evolve(made, done=2, operation=None)


@pytest.mark.parametrize(
    ("member", "value", "why"),
    [
        ("Domain", "shop", r"the pool has the domain shop, which .*\n.* delete-user-pool-domain .* --domain shop"),
        ("CustomDomain", "login.example.com", r"the pool has the domain login\.example\.com"),
        ("DeletionProtection", "ACTIVE", "the pool has deletion protection"),
    ],
)
async def test_old_pool_that_stays(aws: Account, member: str, value: str, why: str) -> None:
    """What Cognito would not delete in the end is found before the first call, also when it came after the plan."""
    pool_id = await aws.make(PLAIN)
    plan = await aws.plan(attrs.evolve(PLAIN, sign_in=SignIn(alias_attributes=("email",))), pool_id, replace=True)
    aws.cloud.state.pools[pool_id].description[member] = value
    with pytest.raises(ProvisionError, match=f"^nothing is done: {why}") as caught:
        await apply_plan(plan, aws.service, deletes="tests")
    assert caught.value.code == "plan-blocked"
    assert aws.changes == []
    del aws.cloud.state.pools[pool_id].description[member]
    aws.cloud.state.pools[pool_id].description.setdefault("DeletionProtection", "INACTIVE")
    made = await apply_plan(plan, aws.service, deletes="tests")
    assert [*aws.cloud.state.pools] == [made.pool_id]


async def test_blocked_plan_does_nothing(aws: Account) -> None:
    """A plan with errors is not begun."""
    pool_id = await aws.make(PLAIN)
    plan = await aws.plan(SECRET, pool_id)
    with pytest.raises(ProvisionError) as caught:
        await apply_plan(plan, aws.service)
    assert caught.value.code == "plan-blocked"
    assert aws.changes == []


async def test_another_client_beside_it(aws: Account) -> None:
    """What needs a new client gets one under another name, and the first one stays."""
    pool_id = await aws.make(PLAIN)
    plan = await aws.plan(SECRET, pool_id, resources=given(client_name="second"))
    await apply_plan(plan, aws.service)
    assert aws.changes == ["CreateUserPoolClient"]
    assert len(aws.cloud.state.pools[pool_id].clients) == 2


async def test_ambiguous_client(aws: Account) -> None:
    """Of two clients of the same name, none is taken."""
    pool_id = await aws.make(PLAIN)
    aws.cloud.handle("CreateUserPoolClient", {"UserPoolId": pool_id, "ClientName": "tests-client"})
    with pytest.raises(ProvisionError, match=r"2 app clients of .* are called 'tests-client': .*") as caught:
        await aws.plan(PLAIN, pool_id)
    assert caught.value.code == "client-ambiguous"
