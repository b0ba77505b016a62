"""What AWS End User Messaging tells about SMS: tier, limits, numbers, sender ids, destinations, opt-outs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from flowengine.simulator.cloud.pages import page
from flowengine.simulator.cloud.refusals import FILTER_UNKNOWN, NEXT_TOKEN_INVALID, RESOURCE_UNKNOWN
from flowengine.simulator.cloud.sms_state import MOST_DESTINATIONS, Destination, OriginationNumber, SenderId
from flowengine.simulator.cloud.state import Answer, Request

__all__ = [
    "describe_account_attributes", "describe_account_limits", "describe_opt_out_lists", "describe_opted_out_numbers",
    "describe_phone_numbers", "describe_sender_ids", "describe_spend_limits", "describe_verified_destination_numbers",
]  # fmt: skip

Item = dict[str, Any]
Filters = Mapping[str, str]

MOST: Final = 100
"""How many items a page has at the most (shape MaxResults)."""
OPT_OUT_LIST: Final = "Default"
"""The list that every account has (DescribeOptOutLists)."""
NUMBER_FILTERS: Final[Filters] = {
    "status": "Status",
    "iso-country-code": "IsoCountryCode",
    "message-type": "MessageType",
    "number-capability": "NumberCapabilities",
    "number-type": "NumberType",
    "two-way-enabled": "TwoWayEnabled",
    "self-managed-opt-outs-enabled": "SelfManagedOptOutsEnabled",
    "opt-out-list-name": "OptOutListName",
    "deletion-protection-enabled": "DeletionProtectionEnabled",
}
SENDER_FILTERS: Final[Filters] = {
    "sender-id": "SenderId",
    "iso-country-code": "IsoCountryCode",
    "message-type": "MessageTypes",
    "deletion-protection-enabled": "DeletionProtectionEnabled",
    "registered": "Registered",
}


def describe_account_attributes(request: Request) -> Answer:
    """
    Tell whether the account is in the sandbox.

    Source: DescribeAccountAttributes (the literal values are not documented).
    """
    tier = "SANDBOX" if request.sms().sandbox else "PRODUCTION"
    return _page(request, [{"Name": "ACCOUNT_TIER", "Value": tier}], "AccountAttributes")


def describe_account_limits(request: Request) -> Answer:
    """
    Tell how much the account has of what is limited.

    Source: DescribeAccountLimits.
    """
    sms = request.sms()
    used = {
        "PHONE_NUMBERS": (len(sms.numbers), 25),
        "SENDER_IDS": (len(sms.sender_ids), 25),
        "OPT_OUT_LISTS": (1, 25),
        "VERIFIED_DESTINATION_NUMBERS": (len(sms.destinations), MOST_DESTINATIONS),
    }
    limits = [{"Name": name, "Used": count, "Max": most} for name, (count, most) in used.items()]
    return _page(request, limits, "AccountLimits")


def describe_spend_limits(request: Request) -> Answer:
    """
    Tell how much the account may spend in a month, in whole dollars.

    Source: DescribeSpendLimits.
    """
    sms = request.sms()
    limits = [
        {
            "Name": f"{kind}_MESSAGE_MONTHLY_SPEND_LIMIT",
            "EnforcedLimit": enforced,
            "MaxLimit": most,
            "Overridden": enforced != most,
        }
        for kind, enforced, most in (
            ("TEXT", sms.spend_limit, sms.most_spend_limit),
            ("VOICE", 1, 1),
            ("MEDIA", 1, 1),
        )
    ]
    return _page(request, limits, "SpendLimits")


def describe_phone_numbers(request: Request) -> Answer:
    """
    List the account's own numbers.

    Source: DescribePhoneNumbers.
    """
    numbers = [_number(request, index, number) for index, number in enumerate(request.sms().numbers)]
    chosen = _chosen(numbers, request.params.get("PhoneNumberIds"), ("PhoneNumberId", "PhoneNumberArn"))
    return _filtered(request, chosen, "PhoneNumbers", NUMBER_FILTERS)


def describe_sender_ids(request: Request) -> Answer:
    """
    List the account's own sender ids.

    Source: DescribeSenderIds.
    """
    senders = [_sender(request, sender) for sender in request.sms().sender_ids]
    for wanted in request.params.get("SenderIds", ()):
        if not any(_is_sender(item, wanted) for item in senders):
            raise RESOURCE_UNKNOWN.error(name=wanted["SenderId"])
    wanted_ones = request.params.get("SenderIds")
    chosen = [item for item in senders if not wanted_ones or any(_is_sender(item, one) for one in wanted_ones)]
    return _filtered(request, chosen, "SenderIds", SENDER_FILTERS)


def describe_verified_destination_numbers(request: Request) -> Answer:
    """
    List the numbers that the sandbox may send to.

    Source: DescribeVerifiedDestinationNumbers.
    """
    items = [_destination(request, index, one) for index, one in enumerate(request.sms().destinations.values())]
    names = ("VerifiedDestinationNumberId", "VerifiedDestinationNumberArn")
    chosen = _chosen(items, request.params.get("VerifiedDestinationNumberIds"), names)
    chosen = _chosen(chosen, request.params.get("DestinationPhoneNumbers"), ("DestinationPhoneNumber",))
    return _filtered(request, chosen, "VerifiedDestinationNumbers", {"status": "Status"})


def describe_opt_out_lists(request: Request) -> Answer:
    """
    List the lists of phones that asked for no more messages: there is one.

    Source: DescribeOptOutLists.
    """
    lists = [{"OptOutListArn": _opt_out_arn(request), "OptOutListName": OPT_OUT_LIST, "CreatedTimestamp": 0.0}]
    chosen = _chosen(lists, request.params.get("OptOutListNames"), ("OptOutListName", "OptOutListArn"))
    return _page(request, chosen, "OptOutLists")


def describe_opted_out_numbers(request: Request) -> Answer:
    """
    List the phones that asked for no more messages.

    Source: DescribeOptedOutNumbers.
    """
    arn = _opt_out_arn(request)
    if request.params["OptOutListName"] not in (OPT_OUT_LIST, arn):
        raise RESOURCE_UNKNOWN.error(name=request.params["OptOutListName"])
    numbers = [
        {"OptedOutNumber": number, "OptedOutTimestamp": at, "EndUserOptedOut": True}
        for number, at in request.sms().opted_out.items()
    ]
    chosen = _chosen(numbers, request.params.get("OptedOutNumbers"), ("OptedOutNumber",))
    answer = _filtered(request, chosen, "OptedOutNumbers", {"end-user-opted-out": "EndUserOptedOut"})
    return {"OptOutListArn": arn, "OptOutListName": OPT_OUT_LIST, **answer}


# Items


def _arn(request: Request, kind: str, name: str) -> str:
    return f"arn:aws:sms-voice:{request.region}:{request.account_id}:{kind}/{name}"


def _opt_out_arn(request: Request) -> str:
    return _arn(request, "opt-out-list", OPT_OUT_LIST)


def _number(request: Request, index: int, number: OriginationNumber) -> Item:
    identity = f"phone-{index}"
    return {
        "PhoneNumberArn": _arn(request, "phone-number", identity),
        "PhoneNumberId": identity,
        "PhoneNumber": number.number,
        "Status": number.status,
        "IsoCountryCode": number.country,
        "MessageType": number.message_type,
        "NumberCapabilities": [*number.capabilities],
        "NumberType": number.kind,
        "MonthlyLeasingPrice": "1.00",
        "TwoWayEnabled": False,
        "SelfManagedOptOutsEnabled": False,
        "OptOutListName": OPT_OUT_LIST,
        "DeletionProtectionEnabled": False,
        "CreatedTimestamp": number.created_at,
    }


def _sender(request: Request, sender: SenderId) -> Item:
    return {
        "SenderIdArn": _arn(request, "sender-id", f"{sender.name}/{sender.country}"),
        "SenderId": sender.name,
        "IsoCountryCode": sender.country,
        "MessageTypes": [*sender.message_types],
        "MonthlyLeasingPrice": "0.00",
        "DeletionProtectionEnabled": False,
        "Registered": sender.registered,
    }


def _is_sender(item: Item, wanted: Mapping[str, str]) -> bool:
    names = (item["SenderId"], item["SenderIdArn"])
    return wanted["SenderId"] in names and item["IsoCountryCode"] == wanted["IsoCountryCode"]


def _destination(request: Request, index: int, one: Destination) -> Item:
    identity = f"destination-{index}"
    return {
        "VerifiedDestinationNumberArn": _arn(request, "verified-destination-number", identity),
        "VerifiedDestinationNumberId": identity,
        "DestinationPhoneNumber": one.number,
        "Status": "VERIFIED" if one.verified else "PENDING",
        "CreatedTimestamp": one.added_at,
    }


# Choosing


def _chosen(items: Sequence[Item], wanted: Iterable[str] | None, members: Sequence[str]) -> Sequence[Item]:
    """The items that are asked for by name; one that does not exist is an error."""
    if not wanted:
        return items
    named = {item[member]: item for item in items for member in members}
    for name in wanted:
        if name not in named:
            raise RESOURCE_UNKNOWN.error(name=name)
    return [named[name] for name in wanted]


def _filtered(request: Request, items: Sequence[Item], name: str, filters: Filters) -> Answer:
    """A page of the items that pass every filter of the request."""
    tests = [_test(one, filters) for one in request.params.get("Filters", ())]
    passed = [item for item in items if all(test(item) for test in tests)]
    return _page(request, passed, name)


def _page(request: Request, items: Sequence[Item], name: str) -> Answer:
    return page(items, name, request.params, most=MOST, invalid=NEXT_TOKEN_INVALID)


def _test(given: Mapping[str, Any], filters: Filters) -> Callable[[Item], bool]:
    if given["Name"] not in filters:
        raise FILTER_UNKNOWN.error(name=given["Name"])
    member, values = filters[given["Name"]], {*given["Values"]}

    def test(item: Item) -> bool:
        value = item[member]
        found = value if isinstance(value, list) else [str(value).lower() if isinstance(value, bool) else value]
        return bool(values & {*found})

    return test
