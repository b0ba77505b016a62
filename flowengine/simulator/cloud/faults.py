"""Trouble that can be planted in an account's answers, in each service's own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flowengine.simulator.cloud.state import Answer, PlantedFault
from flowengine.simulator.faults import FAULTS
from flowengine.simulator.refusals import PoolError

__all__ = ["answered", "taken"]

Handle = Callable[[], Answer]

THROTTLED: Final = {
    "cognito-idp": ("TooManyRequestsException", "Too many requests"),
    "sns": ("ThrottledException", "Rate exceeded"),
    "pinpoint-sms-voice-v2": ("ThrottlingException", "Rate exceeded"),
}
DENIED: Final = {"cognito-idp": "AccessDeniedException", "sns": "AuthorizationErrorException",
                 "pinpoint-sms-voice-v2": "AccessDeniedException"}  # fmt: skip
ANY_THROTTLED: Final = ("Throttling", "Rate exceeded")
ANY_DENIED: Final = "AccessDenied"


def taken(faults: list[PlantedFault], operation: str) -> str | None:
    """Take the first fault out of the queue that waits for this operation, or for any."""
    for planted in faults:
        if planted.operation in {operation, None}:
            faults.remove(planted)
            return planted.error
    return None


def answered(error: str, service: str, operation: str, caller: str, handle: Handle) -> Answer:
    """
    Answer a request under a fault.

    Args:
        error: The fault: that of a Simulator, `denied`, or the name of an exception.
        service: The service, as botocore names it.
        operation: The operation.
        caller: Who calls, as an ARN.
        handle: Answers without the fault.
    """
    if error == "throttled":
        raise PoolError(*THROTTLED.get(service, ANY_THROTTLED))
    if error == "denied":
        message = f"User: {caller} is not authorized to perform: {PREFIXES.get(service, service)}:{operation}"
        raise PoolError(DENIED.get(service, ANY_DENIED), message)
    if error in FAULTS:
        return FAULTS[error](handle)
    raise PoolError(error, "This error was planted")


PREFIXES: Final[Mapping[str, str]] = {"pinpoint-sms-voice-v2": "sms-voice"}
"""The name of a service in IAM policies, where it is another."""
