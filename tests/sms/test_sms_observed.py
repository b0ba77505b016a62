"""Reading an account, the embedded one, through real clients; and the numbers of its sandbox."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import pytest

from flowengine.errors import FlowEngineError
from flowengine.phone import phone_problem
from flowengine.provision.sms import Facts, Pool, Unknown, verdicts
from flowengine.provision.sms.destinations import add_destination, remove_destination, verify_destination
from flowengine.provision.sms.observed import observe
from flowengine.provision.sms.situations import EXTERNAL_ID, NUMBER, READING, simulated
from flowengine.simulator.cloud import Cloud
from flowengine.simulator.cloud.sms_state import SenderId

REGION = "us-east-1"
REASONS = {"denied": "lack the permission", "throttled": "too many requests"}


async def observed(cloud: Cloud, **asked: Any) -> Facts:
    """Return what is observed of an account."""
    return await observe(cloud.session(), now=cloud.clock.now, **asked)


async def blocking(cloud: Cloud, **asked: Any) -> list[str]:
    """Return what keeps an SMS from arriving."""
    return [line.subject for line in verdicts(await observed(cloud, **asked)) if line.verdict == "blocks"]


@pytest.mark.parametrize(
    ("situation", "blocks", "unknown"),
    [
        ("sandbox", ["sandbox", "origination"], []),
        ("production", [], []),
        ("no-identity", ["origination"], []),
        ("opted-out", ["opt-out"], []),
        ("spent", ["spend limit"], []),
        ("denied", [], ["role", "sandbox", "opt-out", "origination", "spend limit"]),
        ("throttled", [], ["role", "sandbox", "opt-out", "origination", "spend limit"]),
    ],
)
async def test_situations(situation: str, blocks: list[str], unknown: list[str]) -> None:
    """Each situation shows in the verdicts that it is about, and in no other."""
    cloud, pool_id = simulated(situation)
    lines = verdicts(await observed(cloud, pool_id=pool_id, to=NUMBER))
    assert [line.subject for line in lines if line.verdict == "blocks"] == blocks
    assert [line.subject for line in lines if line.verdict == "unknown"] == unknown
    assert {line.verdict for line in lines} <= {"ok", "blocks", "unknown"}


async def test_one_refusal_leaves_the_rest_known() -> None:
    """A permission that is missing, or a throttled call, costs one line at the most; some things two calls tell."""
    cloud, pool_id = simulated("production")
    session, told_twice = cloud.session(), []
    for operation, fault in zip(READING, itertools.cycle(("denied", "throttled")), strict=False):
        cloud.fail_next(operation, fault)
        facts = await observe(session, now=cloud.clock.now, pool_id=pool_id, to=NUMBER)
        unknown = [line for line in verdicts(facts) if line.verdict == "unknown"]
        assert not cloud.state.faults or operation == "DescribeSpendLimits"
        cloud.state.faults.clear()
        assert all(REASONS[fault] in line.reason and line.step for line in unknown)
        assert len(unknown) <= 1
        told_twice += [] if unknown else [operation]
    assert told_twice == [
        "DescribePhoneNumbers", "DescribeSenderIds", "DescribeSpendLimits", "GetSMSAttributes",
        "ListOriginationNumbers", "ListSMSSandboxPhoneNumbers",
    ]  # fmt: skip


async def test_a_pool_that_may_not_be_seen() -> None:
    """Without the permission for the pool, the account is judged all the same."""
    cloud, pool_id = simulated("production")
    cloud.fail_next("DescribeUserPool", "denied")
    facts = await observed(cloud, pool_id=pool_id, to=NUMBER)
    assert isinstance(facts.pool, Unknown)
    assert (facts.pool.action, facts.region, facts.sandbox) == ("cognito-idp:DescribeUserPool", REGION, False)


async def test_the_way_out_of_the_sandbox() -> None:
    """A number is added, receives a code, is verified with it, is reached then, and removed a day later."""
    cloud, _ = simulated("sandbox", "+4915112345678")
    session, asked = cloud.session(), {"to": "+4915112345678"}
    assert await blocking(cloud, **asked) == ["sandbox"]
    await add_destination(session, REGION, "+4915112345678", "de-DE")
    assert await blocking(cloud, **asked) == ["sandbox"]
    with pytest.raises(FlowEngineError, match="the code is wrong or too old: flowengine sms destination add"):
        await verify_destination(session, REGION, "+4915112345678", "000000")
    await verify_destination(session, REGION, "+4915112345678", cloud.sms().destinations["+4915112345678"].code)
    assert await blocking(cloud, **asked) == []
    with pytest.raises(FlowEngineError, match="for a day at least"):
        await remove_destination(session, REGION, "+4915112345678")
    cloud.clock.advance(hours=25)
    await remove_destination(session, REGION, "+4915112345678")
    assert await blocking(cloud, **asked) == ["sandbox"]


async def test_what_a_destination_is_refused_for() -> None:
    """What the sandbox refuses is told with what to do."""
    cloud, _ = simulated("opted-out")
    session = cloud.session()
    with pytest.raises(FlowEngineError, match="STOP"):
        await add_destination(session, REGION, NUMBER)
    with pytest.raises(FlowEngineError, match="does not know the number"):
        await verify_destination(session, REGION, NUMBER, "123456")
    for last in range(10):
        await add_destination(session, REGION, f"+1202555011{last}")
    with pytest.raises(FlowEngineError, match="room for ten numbers"):
        await add_destination(session, REGION, "+12025550199")


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("denied", "these credentials lack the permission for CreateSMSSandboxPhoneNumber"),
        ("throttled", "AWS answers too many requests at the moment: try again in a minute"),
        ("unreachable", "cannot be reached: is that a Region, and is there a network"),
        ("lost_before", "AWS cannot be reached: ReadTimeoutError; try again"),
        ("ExpiredToken", r"the AWS credentials were refused \(ExpiredToken\): renew them"),
    ],
)
async def test_trouble_with_a_destination(fault: str, message: str) -> None:
    """Trouble on the way is told in words."""
    cloud = Cloud()
    cloud.fail_next("CreateSMSSandboxPhoneNumber", fault)
    with pytest.raises(FlowEngineError, match=message):
        await add_destination(cloud.session(), REGION, NUMBER)


@pytest.mark.parametrize(
    ("operation", "fault", "message"),
    [
        ("DescribeUserPool", "unreachable", "cannot be reached: is that a Region, and is there a network"),
        ("GetRole", "lost_before", "AWS cannot be reached: ReadTimeoutError; try again"),
        ("ListSMSSandboxPhoneNumbers", "InvalidClientTokenId", "the AWS credentials were refused"),
    ],
)
async def test_trouble_that_ends_a_check(operation: str, fault: str, message: str) -> None:
    """Where nothing else would be answered either, the check ends and says why."""
    cloud, pool_id = simulated("production")
    cloud.fail_next(operation, fault)
    with pytest.raises(FlowEngineError, match=message):
        await observed(cloud, pool_id=pool_id)


async def test_without_credentials_pool_or_region() -> None:
    """What cannot be asked says what is missing."""
    cloud, pool_id = simulated("production")
    session = cloud.session(credentials=None)
    with pytest.raises(FlowEngineError, match="no AWS credentials were found"):
        await observe(session, now=cloud.clock.now, region=REGION)
    with pytest.raises(FlowEngineError, match="no AWS credentials were found"):
        await observe(session, now=cloud.clock.now, pool_id=pool_id)
    with pytest.raises(FlowEngineError, match="there is no user pool us-east-1_Missing in this account"):
        await observed(cloud, pool_id="us-east-1_Missing")
    with pytest.raises(FlowEngineError, match="that is no name of a Region"):
        await observed(cloud, region="not a Region")


@pytest.mark.parametrize("pool_id", ["Missing", "", "_x", "us-east-1"])
async def test_what_is_no_pool_id(pool_id: str) -> None:
    """An id that is none is told as one."""
    cloud, _ = simulated("production")
    with pytest.raises(FlowEngineError, match="is no id of a user pool, such as eu-west-1_AbCdEf123"):
        await observed(cloud, pool_id=pool_id)


ROLE = "cognito-sms"
TRUST = (
    '{"Statement": {"Effect": "Allow", "Principal": {"Service": "cognito-idp.amazonaws.com"},'
    ' "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "%s"}}}}'
)
SENDING = '{"Statement": {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}}'


async def test_role_as_it_became() -> None:
    """A role that was changed after the pool was made is seen as it is: its policies, its trust, its absence."""
    cloud, pool_id = simulated("production")
    cloud.add_role(ROLE, trust=TRUST % EXTERNAL_ID)
    cloud.state.roles[ROLE].attached["arn:aws:iam::123456789012:policy/send"] = SENDING
    assert await blocking(cloud, pool_id=pool_id) == []
    cloud.add_role(ROLE, trust=TRUST % "another", policies={"send": SENDING})
    assert await blocking(cloud, pool_id=pool_id) == ["external id"]
    cloud.add_role(ROLE, trust=TRUST % EXTERNAL_ID)
    assert "role" in await blocking(cloud, pool_id=pool_id)
    del cloud.state.roles[ROLE]
    assert "role" in await blocking(cloud, pool_id=pool_id)


async def test_pool_without_sms() -> None:
    """A pool that was made without SMS sends none."""
    cloud, _ = simulated("production")
    pool_id = cloud.handle("CreateUserPool", {"PoolName": "plain"})["UserPool"]["Id"]
    assert await blocking(cloud, pool_id=pool_id) == ["pool"]


async def test_pool_of_the_other_way() -> None:
    """A pool that sends through End User Messaging needs another permission of its role."""
    cloud, _ = simulated("production")
    role = cloud.add_role("eums", trust=TRUST % EXTERNAL_ID, policies={"send": SENDING.replace("sns:Publish", "*")})
    sms = {"EumsSms": {"CallerArn": role, "ExternalId": EXTERNAL_ID, "Region": REGION}}
    pool_id = cloud.handle("CreateUserPool", {"PoolName": "eums", "SmsConfiguration": sms})["UserPool"]["Id"]
    facts = await observed(cloud, pool_id=pool_id)
    assert isinstance(facts.pool, Pool)
    assert (facts.pool.way, facts.pool.role_arn, facts.pool.region) == ("eums", role, REGION)
    assert await blocking(cloud, pool_id=pool_id) == []
    cloud.add_role("eums", trust=TRUST % EXTERNAL_ID, policies={"send": SENDING})
    assert "role" in await blocking(cloud, pool_id=pool_id)


async def test_sender_ids_and_other_regions() -> None:
    """Sender ids are read, and each Region is an account's sandbox of its own."""
    cloud, _ = simulated("production")
    cloud.sms().sender_ids = [SenderId(name="ACME", country="IN", registered=True)]
    here = await observed(cloud, to="+919876543210")
    there = await observed(cloud, to="+919876543210", region="eu-west-1")
    assert "sender id ACME" in next(line.reason for line in verdicts(here) if line.subject == "origination")
    assert (here.region, here.sandbox, here.spent) == (REGION, False, 12.4)
    assert (there.region, there.sandbox, there.sender_ids) == ("eu-west-1", True, ())


class Reticent(Cloud):
    """An account that shows no attributes of SMS, as one that never set any may."""

    def answer(self, operation: str, params: Mapping[str, Any], *, region: str | None = None) -> dict[str, Any]:
        """Answer a request."""
        return {} if operation == "GetSMSAttributes" else super().answer(operation, params, region=region)


async def test_limit_that_sns_does_not_show() -> None:
    """The limit is then asked of End User Messaging."""
    assert (await observed(Reticent(), region=REGION)).limit == 1.0


def test_made_up_number_can_exist() -> None:
    """The number that is reached by itself passes the engine's own test."""
    assert phone_problem(NUMBER) is None
