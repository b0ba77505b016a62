"""What the service models demand of requests about SMS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flowengine.simulator.shapes import DIGITS, PHONE, Shape, choice, mapping, number, sequence, structure, text

__all__ = ["REQUESTS"]

NUMBER: Final = {"PhoneNumber": text(0, 20, PHONE)}
NAME_OR_ARN: Final = text(1, 256)
PAGE: Final[Mapping[str, Shape]] = {"NextToken": text(1, 1024), "MaxResults": number(1, 100)}
FILTERS: Final = sequence(structure({"Name": text(), "Values": sequence(text(1, 128), 1, 20)}), 0, 20)
OWNER: Final = choice("SELF", "SHARED")
LANGUAGES: Final = (
    "en-US", "en-GB", "es-419", "es-ES", "de-DE", "fr-CA", "fr-FR", "it-IT", "ja-JP", "pt-BR", "kr-KR", "zh-CN",
    "zh-TW",
)  # fmt: skip


def _described(**members: Any) -> Shape:
    return structure({}, {**PAGE, **members})


def _few(items: Shape) -> Shape:
    return sequence(items, 0, 5)


REQUESTS: Final[Mapping[str, Shape]] = {
    "GetSMSSandboxAccountStatus": structure({}),
    "ListSMSSandboxPhoneNumbers": structure({}, {"NextToken": text(), "MaxResults": number(1, 100)}),
    "CreateSMSSandboxPhoneNumber": structure(NUMBER, {"LanguageCode": choice(*LANGUAGES)}),
    "VerifySMSSandboxPhoneNumber": structure({**NUMBER, "OneTimePassword": text(5, 8, DIGITS)}),
    "DeleteSMSSandboxPhoneNumber": structure(NUMBER),
    "ListOriginationNumbers": structure({}, {"NextToken": text(), "MaxResults": number(1, 30)}),
    "GetSMSAttributes": structure({}, {"attributes": sequence(text())}),
    "SetSMSAttributes": structure({"attributes": mapping(text())}),
    "CheckIfPhoneNumberIsOptedOut": structure({"phoneNumber": text()}),
    "ListPhoneNumbersOptedOut": structure({}, {"nextToken": text()}),
    "DescribeAccountAttributes": _described(),
    "DescribeAccountLimits": _described(),
    "DescribeSpendLimits": _described(),
    "DescribeSenderIds": _described(
        SenderIds=_few(structure({"SenderId": NAME_OR_ARN, "IsoCountryCode": text(2, 2)})), Filters=FILTERS, Owner=OWNER
    ),
    "DescribePhoneNumbers": _described(PhoneNumberIds=_few(NAME_OR_ARN), Filters=FILTERS, Owner=OWNER),
    "DescribeVerifiedDestinationNumbers": _described(
        VerifiedDestinationNumberIds=_few(NAME_OR_ARN), DestinationPhoneNumbers=_few(text(1, 20)), Filters=FILTERS
    ),
    "DescribeOptOutLists": _described(OptOutListNames=_few(NAME_OR_ARN), Owner=OWNER),
    "DescribeOptedOutNumbers": structure(
        {"OptOutListName": NAME_OR_ARN}, {**PAGE, "OptedOutNumbers": _few(text(1, 20)), "Filters": FILTERS}
    ),
}
"""The input shape of each operation, named as in the models of `sns` and `pinpoint-sms-voice-v2`."""
