"""Applying plans through a real client of the embedded account: what is done, what is not, and what goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aioboto3
import attrs
import pytest
from attrs import define, field
from botocore.awsrequest import AWSPreparedRequest
from provisioned import REGION, account, given

from flowengine.errors import ProvisionError
from flowengine.provision.apply import Made, apply_plan
from flowengine.provision.plan import plan_pool
from flowengine.provision.plan_file import plan_as_json, plan_from_json
from flowengine.provision.planned import Plan
from flowengine.provision.reading import Service, opened
from flowengine.provision.resources import Resources
from flowengine.settings import Client, Mfa, Passkey, PoolSettings, SignIn, Verification
from flowengine.simulator.cloud import Cloud
from flowengine.simulator.wire import response

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
        self.service = Noting(client=service.client, region=service.region, unknown=service.unknown)

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
    async with opened(cloud.session(**options), REGION) as service:
        yield Account(cloud, service)


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


TROUBLE = {
    "denied": "no-permission",
    "throttled": "throttled",
    "unreachable": "unreachable",
    "lost_before": "answer-lost",
    "InternalErrorException": "answer-lost",
    "ConcurrentModificationException": "pool-busy",
    "InvalidSmsRoleTrustRelationshipException": "sms-role",
    "ExpiredTokenException": "credentials-refused",
    "ResourceNotFoundException": "pool-gone",
    "InvalidParameterException": "refused",
}


async def test_trouble(aws: Account) -> None:
    """Each kind of trouble has its message, with the operation and what to do."""
    for error, code in TROUBLE.items():
        aws.cloud.fail_next("ListUserPools", error)
        with pytest.raises(ProvisionError, match=r"ListUserPools.*\n    hint: ") as caught:
            await aws.service.namesakes("tests")
        assert caught.value.code == code


async def test_what_was_signed_is_not_told(aws: Account) -> None:
    """A refusal of credentials names its code alone: AWS quotes in it what was signed, and the session's token."""
    aws.cloud.fail_next("ListUserPools", "InvalidSignatureException")
    with pytest.raises(ProvisionError) as caught:
        await aws.service.namesakes("tests")
    assert caught.value.code == "credentials-refused"
    assert "ListUserPools: InvalidSignatureException" in str(caught.value)
    assert "planted" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_no_credentials() -> None:
    """Without credentials, nothing is called, and it is said where they come from."""
    async with opened_account(credentials=None) as aws:
        with pytest.raises(ProvisionError, match=r"no AWS credentials .*\n.*aws sso login") as caught:
            await aws.service.namesakes("tests")
    assert caught.value.code == "no-credentials"


@pytest.mark.parametrize("region", [None, "no region"])
async def test_no_region(region: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing says in which Region, or no Region is called so, it is said how to."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "missing")
    with pytest.raises(ProvisionError, match="give --region") as caught:
        async with opened(aioboto3.Session(), region):
            raise AssertionError
    assert caught.value.code == "no-region"


async def test_too_old_sdk(aws: Account) -> None:
    """A member that botocore does not know is refused before it is sent."""
    with pytest.raises(ProvisionError) as caught:
        await aws.service.call("CreateUserPool", PoolName="tests", Unheard="of")
    assert caught.value.code == "sdk-too-old"


async def test_unknown_members_are_told(aws: Account) -> None:
    """What the service shows and botocore drops is told before an update that may reset it."""
    pool_id = await aws.make(PLAIN)
    aws.cloud.state.pools[pool_id].description["KeyConfiguration"] = {"KeyType": "AWS_OWNED_KEY"}
    plan = await aws.plan(attrs.evolve(PLAIN, user_pool_tier="PLUS"), pool_id)
    assert [one.id for one in plan.consequences] == ["members-unknown"]
    assert plan.consequences[0].message.startswith("the pool has KeyConfiguration, which the installed botocore")
    assert (await aws.plan(PLAIN, pool_id)).consequences == ()


async def test_unknown_members_of_a_client_are_told(aws: Account) -> None:
    """An update of a client resets all that it leaves out, and says so of what it cannot name."""
    pool_id = await aws.make(PLAIN)
    (client,) = aws.cloud.state.pools[pool_id].clients.values()
    client["Novelty"] = {"Of": "tomorrow"}
    plan = await aws.plan(attrs.evolve(PLAIN, client=Client(auth_session_validity=9)), pool_id)
    assert [one.source for one in plan.consequences] == ["UpdateUserPoolClient"]
    assert "Novelty" in plan.consequences[0].message
    assert (await aws.plan(attrs.evolve(PLAIN, user_pool_tier="PLUS"), pool_id)).consequences == ()


async def test_errors_that_are_no_json(aws: Account) -> None:
    """What stands between here and the service may answer in its own way."""
    pool_id = await aws.make(PLAIN)

    def answer(request: AWSPreparedRequest, **_: object) -> Any:
        return response(request, 502, "text/html", b"<html>")

    aws.service.client.meta.events.register_first("before-send.cognito-identity-provider", answer)
    with pytest.raises(ProvisionError) as caught:
        await aws.service.pool(pool_id)
    assert caught.value.code == "answer-lost"


async def test_users_are_counted(aws: Account) -> None:
    """Users are counted over all pages, with what they lack; without permission, nobody is; when throttled, some."""
    pool_id = await aws.make(PLAIN)
    for number in range(70):
        email = [{"Name": "email", "Value": f"u{number}@example.com"}, {"Name": "email_verified", "Value": "true"}]
        phone = [{"Name": "phone_number", "Value": f"+155555501{number:02}"}]
        attributes = (email if number % 2 else []) + (phone if number < 10 else [])
        request = {"UserPoolId": pool_id, "Username": f"u{number}", "UserAttributes": attributes,
                   "MessageAction": "SUPPRESS"}  # fmt: skip
        aws.cloud.handle("AdminCreateUser", request)
    users = await aws.service.users(pool_id)
    assert users is not None
    assert (users.total, users.complete) == (70, True)
    assert (users.without_phone, users.without_email, users.without_contact) == (60, 35, 30)
    assert (users.phone_unverified, users.email_unverified, users.contact_unverified) == (70, 35, 35)
    aws.cloud.fail_next("ListUsers", "denied")
    assert await aws.service.users(pool_id) is None
    aws.cloud.fail_next("ListUsers", "throttled")
    with pytest.raises(ProvisionError):
        await aws.service.users(pool_id)

    def throttle(**_: object) -> None:
        aws.cloud.fail_next("ListUsers", "throttled")

    aws.service.client.meta.events.register_first("after-call.cognito-identity-provider.ListUsers", throttle)
    some = await aws.service.users(pool_id)
    assert some is not None
    assert (some.total, some.complete) == (60, False)


async def test_secrets_are_dropped(aws: Account) -> None:
    """A client's secret is nowhere in what was read."""
    pool_id = await aws.make(SECRET)
    secret = next(iter(aws.cloud.state.pools[pool_id].clients.values()))["ClientSecret"]
    live = await aws.service.pool(pool_id, client_name="tests-client")
    plan = await aws.plan(WITH_MFA, pool_id)
    assert live.settings.client.generate_secret
    assert secret not in str(attrs.asdict(live)) + plan_as_json(plan) + repr(plan)


async def test_members_that_are_new(aws: Account) -> None:
    """What an earlier botocore does not know by itself is sent and shown all the same."""
    spec = attrs.evolve(
        WITH_MFA,
        sms_transport="END_USER_MESSAGING",
        passkey=Passkey(user_verification="required", factor_configuration="MULTI_FACTOR_WITH_USER_VERIFICATION"),
    )
    pool_id = await aws.make(spec)
    live = await aws.service.pool(pool_id, client_name="tests-client")
    assert live.settings.sms_transport == "END_USER_MESSAGING"
    assert live.settings.passkey == spec.passkey
    assert [*live.unknown.values()] == [(), (), ()]
