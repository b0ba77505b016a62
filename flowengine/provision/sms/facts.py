"""What was observed of an account, a Region and a pool, before anything is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, TypeVar

from attrs import field, frozen

__all__ = ["Facts", "Number", "Observed", "Pool", "Role", "SenderId", "Unknown"]

T = TypeVar("T")


@frozen
class Unknown:
    """
    What could not be observed.

    Args:
        action: The IAM action that observes it.
        reason: Why it did not, as what follows "unknown: ".
        step: What to do about it.
    """

    action: str
    reason: str
    step: str


Observed: TypeAlias = T | Unknown


@frozen(kw_only=True)
class Number:
    """
    A phone number that messages may come from.

    Args:
        number: The number.
        country: The country that it may send to, as two letters.
        status: Its status, in capitals; only an `ACTIVE` number sends.
        sms: Whether it can carry SMS.
        kind: What number it is, in the spelling of End User Messaging; empty if that was not observed.
    """

    number: str
    country: str
    status: str
    sms: bool
    kind: str = ""

    @property
    def sends(self) -> bool:
        """Whether an SMS to a phone can come from it now; a simulator's reaches no phone."""
        return self.status == "ACTIVE" and self.sms and self.kind != "SIMULATOR"


@frozen
class SenderId:
    """
    A name that messages may come from.

    Args:
        name: The name.
        country: The country that it is for, as two letters.
        registered: Whether it is registered there.
    """

    name: str
    country: str
    registered: bool


@frozen(kw_only=True)
class Role:
    """
    The role that a pool sends SMS with.

    Args:
        trust: The policy on who may take it on.
        policies: The policies on what it allows.
    """

    trust: Mapping[str, Any] = field(repr=False)
    policies: tuple[Mapping[str, Any], ...] = field(repr=False)


@frozen(kw_only=True)
class Pool:
    """
    What of a user pool matters to SMS.

    Args:
        id: The pool's id.
        way: Through what it sends; None if SMS are not configured, `other` if its configuration cannot be read.
        role_arn: The role that it sends with.
        external_id: What it identifies itself to the role with.
        region: The AWS Region that it sends from.
        failures: What Cognito itself says is wrong with it.
        role: The role; None for one that does not exist.
        messages: Its texts of messages, by what they are for.

    Source: shapes SmsConfigurationType, UserPoolType (SmsConfigurationFailure).
    """

    id: str
    way: Literal["sns", "eums", "other"] | None
    role_arn: str = ""
    external_id: str | None = None
    region: str
    failures: tuple[str, ...] = ()
    role: Observed[Role | None] = None
    messages: Mapping[str, str]


@frozen(kw_only=True)
class Facts:
    """
    What was observed.

    Args:
        region: The AWS Region that messages would be sent from.
        to: The number to reach; None to ask of none in particular.
        pool: The user pool; None to ask of none.
        sandbox: Whether the account is in the sandbox of that Region.
        destinations: The numbers that the sandbox may send to, and whether each is verified.
        numbers: The account's numbers there.
        sender_ids: Its sender ids there.
        opted_out: Whether the number to reach asked for no more messages.
        limit: What may be spent in a month, in dollars.
        spent: What was spent this month, in dollars.
    """

    region: str
    to: str | None = None
    pool: Observed[Pool] | None = None
    sandbox: Observed[bool]
    destinations: Observed[Mapping[str, bool]]
    numbers: Observed[tuple[Number, ...]]
    sender_ids: Observed[tuple[SenderId, ...]]
    opted_out: Observed[bool] = False
    limit: Observed[float]
    spent: Observed[float]
