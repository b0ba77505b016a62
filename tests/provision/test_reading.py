"""Reading pools through a real client of the embedded account, and what can go wrong on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aioboto3
import attrs
import pytest
from applied import PLAIN, SECRET, WITH_MFA, Account, opened_account

from flowengine.errors import ProvisionError
from flowengine.provision.apply import apply_plan
from flowengine.provision.plan_file import plan_as_json
from flowengine.provision.reading import opened
from flowengine.settings import Client, Passkey


@pytest.fixture
async def aws() -> AsyncIterator[Account]:
    """An embedded account with a client."""
    async with opened_account() as opened_one:
        yield opened_one


TROUBLE = {
    "denied": "no-permission",
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


@pytest.mark.parametrize("error", ["throttled", "ThrottlingException", "LimitExceededException"])
async def test_throttled_reads(aws: Account, error: str) -> None:
    """A read that is throttled is tried again after a longer pause each time, and given up in the end."""
    pool_id = await aws.make(PLAIN)
    for times, pauses in ((1, 0.5), (3, 3.5)):
        began = aws.cloud.clock.now()
        aws.cloud.fail_next("DescribeUserPool", error, times=times)
        assert (await aws.plan(PLAIN, pool_id)).operations == ()
        assert aws.cloud.clock.now() - began == pauses
    aws.cloud.fail_next("DescribeUserPool", error, times=4)
    with pytest.raises(
        ProvisionError, match=r"^DescribeUserPool was tried 4 times, and each time too many calls were made: "
    ) as caught:
        await aws.plan(PLAIN, pool_id)
    assert caught.value.code == "throttled"
    assert aws.cloud.state.faults == []


async def test_throttled_changes(aws: Account) -> None:
    """A change that is throttled is not tried again, and a limit of what can be made is no throttling."""
    for error, code in (("throttled", "throttled"), ("LimitExceededException", "refused")):
        began = aws.cloud.clock.now()
        aws.cloud.fail_next("CreateUserPool", error)
        with pytest.raises(ProvisionError) as caught:
            await apply_plan(await aws.plan(PLAIN), aws.service)
        assert (caught.value.code, aws.cloud.clock.now()) == (code, began)
    assert aws.cloud.state.pools == {}


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
    aws.cloud.fail_next("ListUsers", "throttled", times=4)
    with pytest.raises(ProvisionError):
        await aws.service.users(pool_id)

    def throttle(**_: object) -> None:
        aws.cloud.fail_next("ListUsers", "throttled", times=4)

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
