"""What an account may send by SMS from one Region: sandbox, numbers, sender ids, money."""

from __future__ import annotations

from typing import Final, Literal

from attrs import define, field, frozen

__all__ = ["MOST_DESTINATIONS", "Destination", "OriginationNumber", "SenderId", "SmsRegion"]

MOST_DESTINATIONS: Final = 10
"""How many numbers the sandbox may send to (sns-sms-sandbox)."""

NumberStatus = Literal["PENDING", "ACTIVE", "ASSOCIATING", "DISASSOCIATING", "DELETED"]
NumberType = Literal["SHORT_CODE", "LONG_CODE", "TOLL_FREE", "TEN_DLC", "SIMULATOR"]
MessageType = Literal["TRANSACTIONAL", "PROMOTIONAL"]


@frozen(kw_only=True)
class Destination:
    """
    A number that the sandbox may send to.

    Args:
        number: The phone number.
        code: The code that was sent to it, and verifies it.
        verified: Whether the code came back.
        added_at: When it was added, in seconds since the epoch.
        language: The language of the message with the code.
    """

    number: str
    code: str = field(repr=False)
    verified: bool
    added_at: float
    language: str


@frozen(kw_only=True)
class OriginationNumber:
    """
    A phone number of the account's own.

    Args:
        number: The phone number, or short code.
        country: The country that it may send to, as two letters (ISO 3166).
        kind: What number it is.
        status: Whether it can be used; only an active one can.
        capabilities: What it can carry: `SMS`, `VOICE`, `MMS`.
        message_type: What it may carry.
        created_at: When it was leased, in seconds since the epoch.
    """

    number: str
    country: str
    kind: NumberType = "LONG_CODE"
    status: NumberStatus = "ACTIVE"
    capabilities: tuple[str, ...] = ("SMS",)
    message_type: MessageType = "TRANSACTIONAL"
    created_at: float = 0.0


@frozen(kw_only=True)
class SenderId:
    """
    A name that messages may come from.

    Args:
        name: The name.
        country: The country that it is for, as two letters (ISO 3166).
        registered: Whether it is registered, as some countries demand.
        message_types: What it may carry.
    """

    name: str
    country: str
    registered: bool = False
    message_types: tuple[str, ...] = ("TRANSACTIONAL",)


@define(kw_only=True)
class SmsRegion:
    """
    What the account may send by SMS from one Region. A new account is in the sandbox, and may spend a dollar a month.

    Args:
        sandbox: Whether only verified numbers can be reached.
        destinations: The numbers of the sandbox, by number.
        numbers: The account's own numbers.
        sender_ids: The account's own sender ids.
        opted_out: When a phone asked for no more messages, in seconds since the epoch, by number.
        attributes: What SetSMSAttributes set.
        spend_limit: The limit in whole dollars a month that is in force.
        most_spend_limit: The limit that AWS allows to set.
        spent: What this month's messages cost so far, in dollars.

    Source: sns-sms-sandbox; SetSMSAttributes; DescribeSpendLimits.
    """

    sandbox: bool = True
    destinations: dict[str, Destination] = field(factory=dict)
    numbers: list[OriginationNumber] = field(factory=list)
    sender_ids: list[SenderId] = field(factory=list)
    opted_out: dict[str, float] = field(factory=dict)
    attributes: dict[str, str] = field(factory=dict)
    spend_limit: int = 1
    most_spend_limit: int = 1
    spent: float = 0.0
