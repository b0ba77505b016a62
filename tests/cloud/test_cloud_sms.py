"""What SMS need: the sandbox, numbers, sender ids, limits, opt-outs, the role, the money spent."""

from __future__ import annotations

from typing import Any

import pytest
from accounts import PHONE, Pool, caller, client_error, refused

from flowengine.simulator.cloud import Cloud
from flowengine.simulator.cloud.sms_state import OriginationNumber, SenderId

OTHER = "+447700900123"
INVALID = "InvalidParameterException"
SPENT = {"Namespace": "AWS/SNS", "MetricName": "SMSMonthToDateSpentUSD"}


def spent_query(metric: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a query for a metric."""
    return [{"Id": "spent", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}]


def test_number_of_the_sandbox() -> None:
    """A number is added, verified by its code, and taken out a day later."""
    cloud = Cloud()
    number = {"PhoneNumber": PHONE}
    cloud.handle("CreateSMSSandboxPhoneNumber", number)
    first = cloud.sms().destinations[PHONE].code
    cloud.handle("CreateSMSSandboxPhoneNumber", number)
    code = cloud.sms().destinations[PHONE].code
    assert code != first
    with refused("VerificationException"):
        cloud.handle("VerifySMSSandboxPhoneNumber", number | {"OneTimePassword": first})
    assert cloud.handle("ListSMSSandboxPhoneNumbers", {})["PhoneNumbers"] == [number | {"Status": "Pending"}]
    cloud.handle("VerifySMSSandboxPhoneNumber", number | {"OneTimePassword": code})
    assert cloud.handle("ListSMSSandboxPhoneNumbers", {})["PhoneNumbers"] == [number | {"Status": "Verified"}]
    verified = cloud.handle("DescribeVerifiedDestinationNumbers", {"DestinationPhoneNumbers": [PHONE]})
    assert [one["Status"] for one in verified["VerifiedDestinationNumbers"]] == ["VERIFIED"]
    with refused("UserErrorException"):
        cloud.handle("DeleteSMSSandboxPhoneNumber", number)
    cloud.clock.advance(hours=24)
    cloud.handle("CreateSMSSandboxPhoneNumber", number)
    assert cloud.handle("ListSMSSandboxPhoneNumbers", {})["PhoneNumbers"] == [number | {"Status": "Verified"}]
    cloud.handle("DeleteSMSSandboxPhoneNumber", number)
    with refused("ResourceNotFoundException"):
        cloud.handle("DeleteSMSSandboxPhoneNumber", number)


def test_sandbox_is_full() -> None:
    """The sandbox holds ten numbers; one of them can get another code."""
    cloud = Cloud()
    numbers = [f"+1555555010{digit}" for digit in range(10)]
    for number in numbers:
        cloud.handle("CreateSMSSandboxPhoneNumber", {"PhoneNumber": number})
    with refused("UserErrorException"):
        cloud.handle("CreateSMSSandboxPhoneNumber", {"PhoneNumber": PHONE.replace("0100", "0199")})
    cloud.handle("CreateSMSSandboxPhoneNumber", {"PhoneNumber": numbers[0]})
    chosen = cloud.handle("DescribeVerifiedDestinationNumbers", {"DestinationPhoneNumbers": numbers[3:5]})
    assert [one["DestinationPhoneNumber"] for one in chosen["VerifiedDestinationNumbers"]] == numbers[3:5]
    limits = {one["Name"]: one for one in cloud.handle("DescribeAccountLimits", {})["AccountLimits"]}
    assert limits["VERIFIED_DESTINATION_NUMBERS"]["Used"] == limits["VERIFIED_DESTINATION_NUMBERS"]["Max"]


def test_phone_that_opted_out() -> None:
    """A phone that opted out is told of by every way, and cannot join the sandbox."""
    cloud = Cloud()
    cloud.sms().opted_out[OTHER] = cloud.clock.now()
    assert cloud.handle("CheckIfPhoneNumberIsOptedOut", {"phoneNumber": OTHER}) == {"isOptedOut": True}
    assert cloud.handle("CheckIfPhoneNumberIsOptedOut", {"phoneNumber": PHONE}) == {"isOptedOut": False}
    assert cloud.handle("ListPhoneNumbersOptedOut", {}) == {"phoneNumbers": [OTHER]}
    listed = cloud.handle("DescribeOptedOutNumbers", {"OptOutListName": "Default"})["OptedOutNumbers"]
    assert [one["OptedOutNumber"] for one in listed] == [OTHER]
    with refused("OptedOutException"):
        cloud.handle("CreateSMSSandboxPhoneNumber", {"PhoneNumber": OTHER})


def test_production_account() -> None:
    """Out of the sandbox, both services say so."""
    cloud = Cloud()
    tiers = []
    for sandbox in (True, False):
        cloud.sms().sandbox = sandbox
        assert cloud.handle("GetSMSSandboxAccountStatus", {}) == {"IsInSandbox": sandbox}
        tiers += [one["Value"] for one in cloud.handle("DescribeAccountAttributes", {})["AccountAttributes"]]
    assert tiers == ["SANDBOX", "PRODUCTION"]


def test_sms_of_another_region() -> None:
    """What is set up in one Region is missing in another."""
    cloud = Cloud(region="eu-central-1")
    cloud.sms("eu-west-1").sandbox = False
    assert cloud.handle("GetSMSSandboxAccountStatus", {})["IsInSandbox"]
    assert not cloud.handle("GetSMSSandboxAccountStatus", {}, region="eu-west-1")["IsInSandbox"]


def test_numbers_and_sender_ids() -> None:
    """Numbers are told by both services, sender ids by one; filters and names choose among them."""
    cloud = Cloud()
    sms = cloud.sms()
    sms.numbers += [
        OriginationNumber(number="+15555550199", country="US", kind="TEN_DLC", status="PENDING"),
        OriginationNumber(number="+447700900199", country="GB", capabilities=("SMS", "VOICE")),
    ]
    sms.sender_ids.append(SenderId(name="TESTS", country="GB"))
    assert [one["Iso2CountryCode"] for one in cloud.handle("ListOriginationNumbers", {})["PhoneNumbers"]] == [
        "US",
        "GB",
    ]

    def found(operation: str, name: str, **filters: list[str]) -> list[str]:
        given = [{"Name": key.replace("_", "-"), "Values": values} for key, values in filters.items()]
        return [one["IsoCountryCode"] for one in cloud.handle(operation, {"Filters": given})[name]]

    assert found("DescribePhoneNumbers", "PhoneNumbers", status=["ACTIVE"]) == ["GB"]
    assert found("DescribePhoneNumbers", "PhoneNumbers", number_capability=["SMS"]) == ["US", "GB"]
    assert found("DescribePhoneNumbers", "PhoneNumbers", number_capability=["VOICE"], number_type=["TEN_DLC"]) == []
    assert found("DescribeSenderIds", "SenderIds", registered=["false"]) == ["GB"]
    assert found("DescribeSenderIds", "SenderIds", registered=["true"]) == []
    chosen = {"SenderIds": [{"SenderId": "TESTS", "IsoCountryCode": "GB"}]}
    assert len(cloud.handle("DescribeSenderIds", chosen)["SenderIds"]) == 1


@pytest.mark.parametrize(
    ("operation", "name"), [("DescribePhoneNumbers", "PhoneNumbers"), ("ListOriginationNumbers", "PhoneNumbers")]
)
def test_numbers_come_in_pages(operation: str, name: str) -> None:
    """A page says where the next one begins; the last one does not."""
    cloud = Cloud()
    cloud.sms().numbers += [OriginationNumber(number=f"+1555555010{digit}", country="US") for digit in range(3)]
    first = cloud.handle(operation, {"MaxResults": 2})
    second = cloud.handle(operation, {"MaxResults": 2, "NextToken": first["NextToken"]})
    assert [len(page[name]) for page in (first, second)] == [2, 1]
    assert "NextToken" not in second


@pytest.mark.parametrize(
    ("exception", "operation", "request_"),
    [
        ("ValidationException", "DescribePhoneNumbers", {"MaxResults": 101}),
        ("ValidationException", "DescribePhoneNumbers", {"NextToken": "nonsense"}),
        ("ValidationException", "DescribePhoneNumbers", {"Filters": [{"Name": "colour", "Values": ["red"]}]}),
        ("ResourceNotFoundException", "DescribePhoneNumbers", {"PhoneNumberIds": ["phone-none"]}),
        (
            "ResourceNotFoundException",
            "DescribeSenderIds",
            {"SenderIds": [{"SenderId": "NONE", "IsoCountryCode": "GB"}]},
        ),
        ("ResourceNotFoundException", "DescribeOptedOutNumbers", {"OptOutListName": "None"}),
        (INVALID, "CreateSMSSandboxPhoneNumber", {"PhoneNumber": "0555"}),
        (INVALID, "CreateSMSSandboxPhoneNumber", {"PhoneNumber": PHONE, "LanguageCode": "tlh"}),
        (INVALID, "VerifySMSSandboxPhoneNumber", {"PhoneNumber": PHONE, "OneTimePassword": "12"}),
        (INVALID, "ListOriginationNumbers", {"MaxResults": 31}),
        (INVALID, "GetSMSAttributes", {"attributes": ["Colour"]}),
        (INVALID, "SetSMSAttributes", {"attributes": {"Colour": "red"}}),
        (INVALID, "SetSMSAttributes", {"attributes": {"MonthlySpendLimit": "2"}}),
        (INVALID, "SetSMSAttributes", {"attributes": {"DefaultSenderID": "123"}}),
        (INVALID, "SetSMSAttributes", {"attributes": {"DeliveryStatusSuccessSamplingRate": "101"}}),
        (INVALID, "SetSMSAttributes", {"attributes": {"DefaultSMSType": "Loud"}}),
        ("NoSuchEntityException", "GetRole", {"RoleName": "none"}),
        ("NoSuchEntityException", "GetPolicy", {"PolicyArn": "arn:aws:iam::123456789012:policy/none"}),
    ],
)
def test_refused_requests_about_sms(exception: str, operation: str, request_: dict[str, Any]) -> None:
    """A request that the service would not take is refused, in the words of its model."""
    with refused(exception):
        Cloud().handle(operation, request_)


def test_attributes_and_limits() -> None:
    """The limit that is set is the one in force; what is left out stays."""
    cloud = Cloud()
    cloud.sms().most_spend_limit = 50
    cloud.handle("SetSMSAttributes", {"attributes": {"MonthlySpendLimit": "20", "DefaultSenderID": "TESTS"}})
    cloud.handle("SetSMSAttributes", {"attributes": {"DefaultSMSType": "Transactional"}})
    assert cloud.handle("GetSMSAttributes", {})["attributes"] == {
        "MonthlySpendLimit": "20",
        "DefaultSenderID": "TESTS",
        "DefaultSMSType": "Transactional",
    }
    wanted = cloud.handle("GetSMSAttributes", {"attributes": ["DefaultSMSType"]})
    assert wanted["attributes"] == {"DefaultSMSType": "Transactional"}
    text = cloud.handle("DescribeSpendLimits", {})["SpendLimits"][0]
    assert (text["EnforcedLimit"], text["MaxLimit"], text["Overridden"]) == (20, 50, True)


def test_money_spent() -> None:
    """What was spent this month is one value of one metric, and none where nothing was spent."""
    cloud = Cloud()
    now = cloud.clock.now()
    span = {"StartTime": now - 3600, "EndTime": now + 60}

    def values(metric: dict[str, Any], **when: float) -> list[float]:
        answer = cloud.handle("GetMetricData", {"MetricDataQueries": spent_query(metric), **span, **when})
        found: list[float] = answer["MetricDataResults"][0]["Values"]
        return found

    assert values(SPENT) == []
    cloud.sms().spent = 0.75
    assert values(SPENT) == [0.75]
    assert values(SPENT | {"MetricName": "NumberOfMessagesPublished"}) == []
    assert values(SPENT | {"Dimensions": [{"Name": "Country", "Value": "US"}]}) == []
    assert values(SPENT, StartTime=now + 30) == values(SPENT, EndTime=now - 60) == []
    points = cloud.handle("GetMetricStatistics", {**SPENT, **span, "Period": 60, "Statistics": ["Maximum"]})
    assert [point["Maximum"] for point in points["Datapoints"]] == [0.75]


async def test_role_over_the_wire() -> None:
    """A role's policies come as documents."""
    cloud = Cloud()
    cloud.add_sms_role("sender", external_id="tests")
    async with caller(cloud, "iam") as call:
        role = (await call("GetRole", RoleName="sender"))["Role"]
        names = (await call("ListRolePolicies", RoleName="sender"))["PolicyNames"]
        policy = await call("GetRolePolicy", RoleName="sender", PolicyName=names[0])
        with client_error("NoSuchEntity") as caught:
            await call("GetRole", RoleName="none")
    trust = role["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Condition"]["StringEquals"]["sts:ExternalId"] == "tests"
    assert "sns:Publish" in policy["PolicyDocument"]["Statement"][0]["Action"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.mark.parametrize(
    ("service", "operation", "error", "code"),
    [
        ("sns", "GetSMSSandboxAccountStatus", "denied", "AuthorizationError"),
        ("sns", "GetSMSSandboxAccountStatus", "throttled", "Throttled"),
        ("pinpoint-sms-voice-v2", "DescribeSpendLimits", "denied", "AccessDeniedException"),
        ("pinpoint-sms-voice-v2", "DescribeSpendLimits", "throttled", "ThrottlingException"),
        ("sts", "GetCallerIdentity", "denied", "AccessDenied"),
        ("sts", "GetCallerIdentity", "throttled", "Throttling"),
    ],
)
async def test_trouble_in_each_services_words(service: str, operation: str, error: str, code: str) -> None:
    """Denied and throttled calls come as each service's own errors."""
    cloud = Cloud()
    cloud.fail_next(operation, error)
    async with caller(cloud, service) as call:
        with client_error(code) as caught:
            await call(operation)
        await call(operation)
    assert error != "denied" or f"{cloud.caller} is not authorized to perform" in str(caught.value)


def test_users_are_listed() -> None:
    """Users are listed in pages, found by a filter, and shown as far as is asked for."""
    pool = Pool(Schema=[{"Name": "plan"}])
    for name in ("ada", "alan", "grace"):
        pool.call("AdminCreateUser", Username=name, UserAttributes=[{"Name": "name", "Value": name.title()}])
    pool.call("AdminDisableUser", Username="alan")

    def names(**params: Any) -> list[str]:
        return [user["Username"] for user in pool.call("ListUsers", **params)["Users"]]

    first = pool.call("ListUsers", Limit=2)
    assert names(Limit=2, PaginationToken=first["PaginationToken"]) == ["grace"]
    assert names() == names(Limit=0) == ["ada", "alan", "grace"]
    assert names(Filter='username ^= "a"') == ["ada", "alan"]
    assert names(Filter='name = "Grace"') == ["grace"]
    assert names(Filter='status = "Disabled"') == ["alan"]
    assert names(Filter='cognito:user_status = "CONFIRMED"') == names(Filter='phone_number ^= "+"') == []
    chosen = pool.call("ListUsers", AttributesToGet=["name"], Limit=1)["Users"][0]
    assert chosen["Attributes"] == [{"Name": "name", "Value": "Ada"}]
    for wrong in ("name", 'custom:plan = "free"', 'name > "a"'):
        with refused(INVALID):
            names(Filter=wrong)
