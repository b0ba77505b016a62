"""What Amazon SNS tells and takes about SMS: the sandbox, origination numbers, attributes, opt-outs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import attrs

from flowengine.simulator.cloud.pages import page
from flowengine.simulator.cloud.refusals import (
    DESTINATION_CODE_WRONG,
    DESTINATION_FRESH,
    DESTINATION_OPTED_OUT,
    DESTINATION_UNKNOWN,
    DESTINATIONS_MANY,
    PHONE_INVALID,
    SMS_ATTRIBUTE_INVALID,
    SMS_ATTRIBUTE_UNKNOWN,
)
from flowengine.simulator.cloud.sms_state import MOST_DESTINATIONS, Destination, SmsRegion
from flowengine.simulator.cloud.state import Answer, Request

__all__ = [
    "check_if_phone_number_is_opted_out", "create_sms_sandbox_phone_number", "delete_sms_sandbox_phone_number",
    "get_sms_attributes", "get_sms_sandbox_account_status", "list_origination_numbers", "list_phone_numbers_opted_out",
    "list_sms_sandbox_phone_numbers", "set_sms_attributes", "verify_sms_sandbox_phone_number",
]  # fmt: skip

PHONE: Final = re.compile(r"\+[1-9][0-9]{7,14}")  # E.164
LOCKED_SECONDS: Final = 24 * 60 * 60
"""How long a number of the sandbox cannot be deleted (DeleteSMSSandboxPhoneNumber)."""
CODE_LENGTH: Final = 6
SENDER_ID: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}")


def get_sms_sandbox_account_status(request: Request) -> Answer:
    """
    Tell whether the account is in the sandbox.

    Source: GetSMSSandboxAccountStatus.
    """
    return {"IsInSandbox": request.sms().sandbox}


def list_sms_sandbox_phone_numbers(request: Request) -> Answer:
    """
    List the numbers that the sandbox may send to, verified and not.

    Source: ListSMSSandboxPhoneNumbers.
    """
    numbers = [
        {"PhoneNumber": item.number, "Status": "Verified" if item.verified else "Pending"}
        for item in request.sms().destinations.values()
    ]
    return page(numbers, "PhoneNumbers", request.params, most=100)


def create_sms_sandbox_phone_number(request: Request) -> Answer:
    """
    Add a number to the sandbox and send it a code; a number that waits for its code gets another one.

    Source: CreateSMSSandboxPhoneNumber; sns-sms-sandbox.
    """
    sms, number = request.sms(), _phone(request.params["PhoneNumber"])
    if number in sms.opted_out:
        raise DESTINATION_OPTED_OUT.error(number=number)
    known = sms.destinations.get(number)
    if known is None and len(sms.destinations) >= MOST_DESTINATIONS:
        raise DESTINATIONS_MANY.error(most=str(MOST_DESTINATIONS))
    sms.destinations[number] = Destination(
        number=number,
        code=request.digits(CODE_LENGTH),
        verified=known is not None and known.verified,
        added_at=known.added_at if known is not None else request.now,
        language=request.params.get("LanguageCode", "en-US"),
    )
    return {}


def verify_sms_sandbox_phone_number(request: Request) -> Answer:
    """
    Verify a number of the sandbox with the code that was sent to it.

    Source: VerifySMSSandboxPhoneNumber.
    """
    destination = _destination(request)
    if request.params["OneTimePassword"] != destination.code:
        raise DESTINATION_CODE_WRONG.error()
    request.sms().destinations[destination.number] = attrs.evolve(destination, verified=True)
    return {}


def delete_sms_sandbox_phone_number(request: Request) -> Answer:
    """
    Take a number out of the sandbox, a day after it was added at the earliest.

    Source: DeleteSMSSandboxPhoneNumber; sns-sms-sandbox.
    """
    destination = _destination(request)
    if request.now < destination.added_at + LOCKED_SECONDS:
        raise DESTINATION_FRESH.error()
    del request.sms().destinations[destination.number]
    return {}


def list_origination_numbers(request: Request) -> Answer:
    """
    List the account's own numbers; sender ids are not among them.

    Source: ListOriginationNumbers.
    """
    numbers = [
        {
            "PhoneNumber": number.number,
            "Status": number.status.capitalize(),
            "Iso2CountryCode": number.country,
            "RouteType": number.message_type.capitalize(),
            "NumberCapabilities": [*number.capabilities],
            "CreatedAt": number.created_at,
        }
        for number in request.sms().numbers
    ]
    return page(numbers, "PhoneNumbers", request.params, most=30)


def get_sms_attributes(request: Request) -> Answer:
    """
    Show the attributes for SMS, all of them or those that are asked for.

    Source: GetSMSAttributes.
    """
    sms = request.sms()
    attributes = {"MonthlySpendLimit": str(sms.spend_limit), **sms.attributes}
    wanted = request.params.get("attributes") or attributes
    for name in wanted:
        if name not in ATTRIBUTES:
            raise SMS_ATTRIBUTE_UNKNOWN.error(name=name)
    return {"attributes": {name: value for name, value in attributes.items() if name in wanted}}


def set_sms_attributes(request: Request) -> Answer:
    """
    Set attributes for SMS; what is left out stays.

    Source: SetSMSAttributes.
    """
    sms = request.sms()
    given = dict(request.params["attributes"])
    for name, value in given.items():
        if name not in ATTRIBUTES:
            raise SMS_ATTRIBUTE_UNKNOWN.error(name=name)
        if not ATTRIBUTES[name](sms, value):
            raise SMS_ATTRIBUTE_INVALID.error(name=name)
    sms.spend_limit = int(given.pop("MonthlySpendLimit", sms.spend_limit))
    sms.attributes.update(given)
    return {}


def check_if_phone_number_is_opted_out(request: Request) -> Answer:
    """
    Tell whether a phone asked for no more messages.

    Source: CheckIfPhoneNumberIsOptedOut.
    """
    return {"isOptedOut": _phone(request.params["phoneNumber"]) in request.sms().opted_out}


def list_phone_numbers_opted_out(request: Request) -> Answer:
    """
    List the phones that asked for no more messages.

    Source: ListPhoneNumbersOptedOut.
    """
    return page([*request.sms().opted_out], "phoneNumbers", request.params, token="nextToken", most=100)  # noqa: S106


def _phone(number: str) -> str:
    if not PHONE.fullmatch(number):
        raise PHONE_INVALID.error(number=number)
    return number


def _destination(request: Request) -> Destination:
    number = request.params["PhoneNumber"]
    if number not in request.sms().destinations:
        raise DESTINATION_UNKNOWN.error(number=number)
    return request.sms().destinations[number]


def _percentage(_: SmsRegion, value: str) -> bool:
    return value.isdecimal() and int(value) <= 100  # noqa: PLR2004 (per cent)


ATTRIBUTES: Final[Mapping[str, Callable[[SmsRegion, str], object]]] = {
    "MonthlySpendLimit": lambda sms, value: value.isdecimal() and int(value) <= sms.most_spend_limit,
    "DeliveryStatusIAMRole": lambda _, value: value.startswith("arn:"),
    "DeliveryStatusSuccessSamplingRate": _percentage,
    "DefaultSenderID": lambda _, value: SENDER_ID.fullmatch(value),
    "DefaultSMSType": lambda _, value: value in {"Promotional", "Transactional"},
    "UsageReportS3Bucket": lambda _, value: bool(value),
}
"""What each attribute may be (SetSMSAttributes)."""
