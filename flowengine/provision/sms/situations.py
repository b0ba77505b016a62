"""The embedded account in the situations that decide whether SMS arrive, to try a check without AWS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flowengine.simulator.cloud import Cloud
from flowengine.simulator.cloud.sms_state import OriginationNumber

__all__ = ["NUMBER", "SITUATIONS", "simulated"]

NUMBER: Final = "+12025550100"
"""The number to reach, unless another is named."""

EXTERNAL_ID: Final = "flowengine"
TOLL_FREE: Final = OriginationNumber(number="+18005550199", country="US", kind="TOLL_FREE")
LIMIT: Final = 100
SPENT: Final = 12.4

READING: Final = (
    "CheckIfPhoneNumberIsOptedOut", "DescribePhoneNumbers", "DescribeSenderIds", "DescribeSpendLimits",
    "GetMetricStatistics", "GetRole", "GetSMSAttributes", "GetSMSSandboxAccountStatus", "ListOriginationNumbers",
    "ListSMSSandboxPhoneNumbers",
)  # fmt: skip
"""What a check asks for, but for the pool itself."""


def simulated(situation: str, to: str = NUMBER) -> tuple[Cloud, str]:
    """
    Return an embedded account in a situation, and the id of a pool in it that sends SMS.

    Args:
        situation: One of `SITUATIONS`.
        to: The number to reach.
    """
    cloud = Cloud()
    role = cloud.add_sms_role(external_id=EXTERNAL_ID)
    created = cloud.handle(
        "CreateUserPool",
        {
            "PoolName": "simulated",
            "AutoVerifiedAttributes": ["phone_number"],
            "SmsConfiguration": {"SnsCallerArn": role, "ExternalId": EXTERNAL_ID},
            "SmsVerificationMessage": "Your verification code is {####}",
        },
    )
    SITUATIONS[situation](cloud, to)
    return cloud, str(created["UserPool"]["Id"])


def _sandbox(_cloud: Cloud, _to: str) -> None:
    """A new account as it is."""


def _production(cloud: Cloud, _to: str) -> None:
    sms = cloud.sms()
    sms.sandbox, sms.numbers = False, [TOLL_FREE]
    sms.spend_limit = sms.most_spend_limit = LIMIT
    sms.spent = SPENT


def _no_identity(cloud: Cloud, to: str) -> None:
    _production(cloud, to)
    cloud.sms().numbers = []


def _opted_out(cloud: Cloud, to: str) -> None:
    _production(cloud, to)
    cloud.sms().opted_out[to] = cloud.clock.now()


def _spent(cloud: Cloud, to: str) -> None:
    _production(cloud, to)
    cloud.sms().spent = float(LIMIT)


def _in_trouble(error: str) -> Callable[[Cloud, str], None]:
    def trouble(cloud: Cloud, to: str) -> None:
        _production(cloud, to)
        for operation in READING:
            cloud.fail_next(operation, error)

    return trouble


SITUATIONS: Final[Mapping[str, Callable[[Cloud, str], None]]] = {
    "sandbox": _sandbox,
    "production": _production,
    "no-identity": _no_identity,
    "opted-out": _opted_out,
    "spent": _spent,
    "denied": _in_trouble("denied"),
    "throttled": _in_trouble("throttled"),
}
"""The situations, by name."""
