"""The account behind real aioboto3 clients: shapes of requests and answers, faults, credentials."""

from __future__ import annotations

import pytest
from accounts import NO_RETRIES, PASSWORD, PHONE, caller, client_error, sms_configuration
from botocore.exceptions import (
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from flowengine.cognito.service_model import add_newer_members
from flowengine.simulator.cloud import Cloud


async def test_pool_over_the_wire() -> None:
    """A pool and a client are made, shown, changed and used through one real client."""
    cloud = Cloud(region="eu-west-1")
    async with caller(cloud) as call:
        created = (
            await call(
                "CreateUserPool",
                PoolName="tests",
                AutoVerifiedAttributes=["phone_number"],
                SmsConfiguration=sms_configuration(cloud),
            )
        )["UserPool"]
        pool = {"UserPoolId": created["Id"]}
        assert (await call("DescribeUserPool", **pool))["UserPool"] == created
        client = (await call("CreateUserPoolClient", ClientName="tests", **pool))["UserPoolClient"]
        phone = [{"Name": "phone_number", "Value": PHONE}]
        await call("SignUp", ClientId=client["ClientId"], Username="ada", Password=PASSWORD, UserAttributes=phone)
        await call("UpdateUserPool", **pool)
        shown = (await call("DescribeUserPool", **pool))["UserPool"]
    assert "AutoVerifiedAttributes" not in shown
    assert shown["EstimatedNumberOfUsers"] == 1
    assert created["Id"].startswith("eu-west-1_")


async def test_region_of_a_client() -> None:
    """A client of another Region sees none of this Region's pools."""
    cloud = Cloud(region="eu-west-1")
    async with caller(cloud) as call:
        await call("CreateUserPool", PoolName="tests")
    async with caller(cloud, region_name="eu-central-1") as call:
        assert (await call("ListUserPools", MaxResults=1))["UserPools"] == []


async def test_what_cannot_change_is_refused_by_botocore() -> None:
    """What an update has no member for is refused before it is sent."""
    async with caller(Cloud()) as call:
        with pytest.raises(ParamValidationError, match="AliasAttributes"):
            await call("UpdateUserPool", UserPoolId="us-east-1_none", AliasAttributes=["email"])


async def test_newer_members() -> None:
    """What an earlier botocore does not know of pools is sent and shown once a session knows of it."""
    cloud = Cloud()
    sms = {"EumsSms": {"CallerArn": cloud.add_sms_role(), "Region": cloud.region, "OriginationIdentity": "TESTS"}}
    session = cloud.session()
    add_newer_members(session)
    passkeys = {"RelyingPartyId": "example.com", "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}
    async with session.client("cognito-idp", config=NO_RETRIES) as client:
        pool = (await client.create_user_pool(PoolName="tests", SmsConfiguration=sms))["UserPool"]
        await client.set_user_pool_mfa_config(UserPoolId=pool["Id"], WebAuthnConfiguration=passkeys)
        shown = await client.get_user_pool_mfa_config(UserPoolId=pool["Id"])
    assert pool["SmsConfiguration"] == sms
    assert shown["WebAuthnConfiguration"] == passkeys


async def test_no_credentials() -> None:
    """A session without credentials looks for none, and can make no signed call."""
    async with Cloud().session(credentials=None).client("cognito-idp", config=NO_RETRIES) as client:
        with pytest.raises(NoCredentialsError):
            await client.list_user_pools(MaxResults=1)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("throttled", "TooManyRequestsException"),
        ("denied", "AccessDeniedException"),
        ("ConcurrentModificationException", "ConcurrentModificationException"),
    ],
)
async def test_planted_refusal(error: str, code: str) -> None:
    """A planted error answers as often as it was planted, the operation that it waits for alone."""
    cloud = Cloud()
    cloud.fail_next("CreateUserPool", error, times=2)
    async with caller(cloud) as call:
        await call("ListUserPools", MaxResults=1)
        for _ in range(2):
            with client_error(code):
                await call("CreateUserPool", PoolName="tests")
        await call("CreateUserPool", PoolName="tests")
    assert len(cloud.state.pools) == 1


@pytest.mark.parametrize(
    ("error", "raised", "made"),
    [
        ("lost_before", ReadTimeoutError, 0),
        ("lost_after", ReadTimeoutError, 1),
        ("unreachable", EndpointConnectionError, 0),
    ],
)
async def test_planted_loss(error: str, raised: type[Exception], made: int) -> None:
    """A lost answer took effect or did not."""
    cloud = Cloud()
    cloud.fail_next(None, error)
    async with caller(cloud) as call:
        with pytest.raises(raised):
            await call("CreateUserPool", PoolName="tests")
    assert len(cloud.state.pools) == made
