"""The one reader: asks AWS for what decides whether an SMS arrives. Nothing is changed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
from aiobotocore.config import AioConfig
from botocore.exceptions import BotoCoreError, ClientError

from flowengine.cognito.service_model import API_VERSION, add_newer_members
from flowengine.provision.sms.facts import Facts, Number, Observed, Pool, Role, SenderId, Unknown
from flowengine.provision.sms.trouble import SmsUnavailable, asked, code_of, ended

__all__ = ["CONFIG", "destinations_of", "observe", "region_of"]

CONFIG: Final = AioConfig(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1, "mode": "standard"})
"""One try: a check that is throttled says so, and is run again."""

POOL_ID: Final = r"[\w-]+_[0-9a-zA-Z]+"
"""Shape UserPoolIdType."""
DAY: Final = 24 * 60 * 60
NO_SUCH_POOL: Final = "ResourceNotFoundException"
NO_SUCH_ROLE: Final = frozenset({"NoSuchEntity", "NoSuchEntityException"})


async def observe(
    session: Any,
    *,
    now: Callable[[], float],
    pool_id: str | None = None,
    region: str | None = None,
    to: str | None = None,
) -> Facts:
    """
    Return what there is to know of an account, a Region, a pool and a number.

    Args:
        session: An aioboto3 session.
        now: Gives the time in seconds since the epoch.
        pool_id: The pool that is to send; None for none.
        region: The AWS Region to look at; None for the one that the pool sends from, or else the session's.
        to: The number to reach; None for none.

    Raises:
        SmsUnavailable: AWS could not be asked, or there is no such pool.
    """
    if pool_id is not None and not re.fullmatch(POOL_ID, pool_id):
        raise SmsUnavailable(f"{pool_id!r} is no id of a user pool, such as eu-west-1_AbCdEf123")
    pool = None if pool_id is None else await _pool(session, pool_id)
    if region is None:
        region = pool.region if isinstance(pool, Pool) else region_of(session, pool_id)
    try:
        return Facts(region=region, to=to, pool=pool, **await _of_account(session, region, to, now))
    except BotoCoreError as error:
        raise ended(error) from None


def region_of(session: Any, pool_id: str | None = None) -> str:
    """
    Return the AWS Region of a pool, or else of a session.

    Raises:
        SmsUnavailable: There is none.
    """
    region = session.region_name if pool_id is None else pool_id.partition("_")[0]
    if not region:
        raise SmsUnavailable("no Region is known: name it with --region")
    return str(region)


# The pool and its role


async def _pool(session: Any, pool_id: str) -> Observed[Pool]:
    region = region_of(session, pool_id)
    add_newer_members(session)
    try:
        async with (
            session.client("cognito-idp", region_name=region, api_version=API_VERSION, config=CONFIG) as cognito,
            session.client("iam", region_name=region, config=CONFIG) as iam,
        ):
            described = await asked("cognito-idp:DescribeUserPool", _described(cognito, pool_id))
            if isinstance(described, Unknown):
                return described
            pool = _read_pool(described, region)
            if not pool.role_arn:
                return pool
            return attrs.evolve(pool, role=await asked("iam:GetRole", _role(iam, pool.role_arn.rpartition("/")[2])))
    except BotoCoreError as error:
        raise ended(error) from None


async def _described(cognito: Any, pool_id: str) -> Mapping[str, Any]:
    try:
        answer: Mapping[str, Any] = await cognito.describe_user_pool(UserPoolId=pool_id)
    except ClientError as error:
        if code_of(error) != NO_SUCH_POOL:
            raise
        raise SmsUnavailable(f"there is no user pool {pool_id} in this account") from None
    pool: Mapping[str, Any] = answer["UserPool"]
    return pool


def _read_pool(described: Mapping[str, Any], region: str) -> Pool:
    sms = described.get("SmsConfiguration")
    eums = (sms or {}).get("EumsSms") or {}
    known = Pool(
        id=described["Id"],
        way=None,
        region=region,
        failures=tuple(filter(None, described.get("SmsConfigurationFailure", "").split(","))),
        messages=_messages(described),
    )
    if sms is None:
        return known
    if eums:
        found = {
            "role_arn": eums["CallerArn"],
            "external_id": eums.get("ExternalId"),
            "region": eums.get("Region", region),
        }
        return attrs.evolve(known, way="eums", **found)
    if "SnsCallerArn" not in sms:
        return attrs.evolve(known, way="other")
    found = {
        "role_arn": sms["SnsCallerArn"],
        "external_id": sms.get("ExternalId"),
        "region": sms.get("SnsRegion", region),
    }
    return attrs.evolve(known, way="sns", **found)


def _messages(described: Mapping[str, Any]) -> dict[str, str]:
    template = described.get("VerificationMessageTemplate", {})
    texts = {
        "verification message": template.get("SmsMessage") or described.get("SmsVerificationMessage"),
        "authentication message": described.get("SmsAuthenticationMessage"),
    }
    return {purpose: text for purpose, text in texts.items() if text}


async def _role(iam: Any, name: str) -> Role | None:
    try:
        trust = (await iam.get_role(RoleName=name))["Role"]["AssumeRolePolicyDocument"]
    except ClientError as error:
        if code_of(error) not in NO_SUCH_ROLE:
            raise
        return None
    policies = [
        (await iam.get_role_policy(RoleName=name, PolicyName=inline))["PolicyDocument"]
        for inline in (await iam.list_role_policies(RoleName=name))["PolicyNames"]
    ]
    for attached in (await iam.list_attached_role_policies(RoleName=name))["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        version = (await iam.get_policy(PolicyArn=arn))["Policy"]["DefaultVersionId"]
        document = await iam.get_policy_version(PolicyArn=arn, VersionId=version)
        policies.append(document["PolicyVersion"]["Document"])
    return Role(trust=trust, policies=tuple(policies))


# The account


async def _of_account(session: Any, region: str, to: str | None, now: Callable[[], float]) -> dict[str, Any]:
    """What `Facts` has of an account in a Region, by name."""
    async with (
        session.client("sns", region_name=region, config=CONFIG) as sns,
        session.client("pinpoint-sms-voice-v2", region_name=region, config=CONFIG) as eums,
        session.client("cloudwatch", region_name=region, config=CONFIG) as cloudwatch,
    ):
        return {
            "sandbox": await asked("sns:GetSMSSandboxAccountStatus", _sandbox(sns)),
            "destinations": await asked("sns:ListSMSSandboxPhoneNumbers", destinations_of(sns)),
            "numbers": await _numbers(sns, eums),
            "sender_ids": await asked("sms-voice:DescribeSenderIds", _sender_ids(eums)),
            "opted_out": to is not None and await asked("sns:CheckIfPhoneNumberIsOptedOut", _opted_out(sns, to)),
            "limit": await _limit(sns, eums),
            "spent": await asked("cloudwatch:GetMetricStatistics", _spent(cloudwatch, now())),
        }


async def _listed(client: Any, operation: str, member: str) -> list[Mapping[str, Any]]:
    return [item async for page in client.get_paginator(operation).paginate() for item in page[member]]


async def _sandbox(sns: Any) -> bool:
    return bool((await sns.get_sms_sandbox_account_status())["IsInSandbox"])


async def destinations_of(sns: Any) -> Mapping[str, bool]:
    """Return whether each number of the sandbox is verified, from a client of Amazon SNS."""
    found = await _listed(sns, "list_sms_sandbox_phone_numbers", "PhoneNumbers")
    return {item["PhoneNumber"]: item["Status"] == "Verified" for item in found}


async def _numbers(sns: Any, eums: Any) -> Observed[tuple[Number, ...]]:
    """The numbers that End User Messaging shows, and those that SNS alone does; one of them is enough."""
    shown = await asked("sms-voice:DescribePhoneNumbers", _numbers_of_eums(eums))
    listed = await asked("sns:ListOriginationNumbers", _numbers_of_sns(sns))
    if isinstance(shown, Unknown) or isinstance(listed, Unknown):
        return listed if isinstance(shown, Unknown) else shown
    known = {number.number for number in shown}
    return (*shown, *(number for number in listed if number.number not in known))


async def _numbers_of_eums(eums: Any) -> tuple[Number, ...]:
    return tuple(
        Number(
            number=item["PhoneNumber"],
            country=item["IsoCountryCode"],
            status=item["Status"],
            sms="SMS" in item["NumberCapabilities"],
            kind=item["NumberType"],
        )
        for item in await _listed(eums, "describe_phone_numbers", "PhoneNumbers")
    )


async def _numbers_of_sns(sns: Any) -> tuple[Number, ...]:
    return tuple(
        Number(
            number=item["PhoneNumber"],
            country=item["Iso2CountryCode"],
            status=item["Status"].upper(),
            sms="SMS" in item["NumberCapabilities"],
        )
        for item in await _listed(sns, "list_origination_numbers", "PhoneNumbers")
    )


async def _sender_ids(eums: Any) -> tuple[SenderId, ...]:
    found = await _listed(eums, "describe_sender_ids", "SenderIds")
    return tuple(SenderId(item["SenderId"], item["IsoCountryCode"], bool(item.get("Registered"))) for item in found)


async def _opted_out(sns: Any, to: str) -> bool:
    return bool((await sns.check_if_phone_number_is_opted_out(phoneNumber=to))["isOptedOut"])


async def _limit(sns: Any, eums: Any) -> Observed[float]:
    """The limit that SNS shows, or that of End User Messaging where SNS shows none."""
    shown = await asked("sns:GetSMSAttributes", _limit_of_sns(sns))
    if shown is not None and not isinstance(shown, Unknown):
        return shown
    enforced = await asked("sms-voice:DescribeSpendLimits", _limit_of_eums(eums))
    return shown if isinstance(shown, Unknown) and isinstance(enforced, Unknown) else enforced


async def _limit_of_sns(sns: Any) -> float | None:
    answer = await sns.get_sms_attributes(attributes=["MonthlySpendLimit"])
    limit = answer.get("attributes", {}).get("MonthlySpendLimit")
    return float(limit) if limit else None


async def _limit_of_eums(eums: Any) -> float:
    limits = await _listed(eums, "describe_spend_limits", "SpendLimits")
    return float(next(item["EnforcedLimit"] for item in limits if item["Name"] == "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT"))


async def _spent(cloudwatch: Any, now: float) -> float:
    """What was spent since the month began; nothing where nothing was sent."""
    present = dt.datetime.fromtimestamp(now, dt.UTC)
    statistics = await cloudwatch.get_metric_statistics(
        Namespace="AWS/SNS",
        MetricName="SMSMonthToDateSpentUSD",
        StartTime=present.replace(day=1, hour=0, minute=0, second=0, microsecond=0),
        EndTime=present + dt.timedelta(seconds=1),
        Period=DAY,
        Statistics=["Maximum"],
    )
    return max((float(point["Maximum"]) for point in statistics["Datapoints"]), default=0.0)
