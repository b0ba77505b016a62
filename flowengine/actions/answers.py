"""Small readers of answers that several operations share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flowengine.actions.model import Call, Result
from flowengine.session import Delivery

__all__ = ["code_sent", "constant", "delivery_of"]


def delivery_of(answer: Mapping[str, Any]) -> Delivery | None:
    """
    Return where an answer says that a code went, or None.

    Source: shape CodeDeliveryDetailsType.
    """
    details = answer.get("CodeDeliveryDetails")
    if not details:
        return None
    return Delivery(details.get("DeliveryMedium", ""), details.get("Destination", ""), details.get("AttributeName"))


def constant(outcome: str) -> Callable[[Mapping[str, Any], Call], Result]:
    """Return a reader for which every answer means the same."""
    return lambda _answer, _call: Result(outcome)


def code_sent(answer: Mapping[str, Any], _call: Call) -> Result:
    """Read the answer of an operation that sends a code."""
    return Result("CODE_SENT", delivery=delivery_of(answer))
