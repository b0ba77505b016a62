"""Codes: issued, delivered to the outbox, and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flowengine.settings import CODE_PLACEHOLDER, PoolSettings
from flowengine.simulator.attributes import MEDIA, masked
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import CODE_EXPIRED, Refusal
from flowengine.simulator.state import Code, Medium, Message, Purpose

__all__ = ["check_code", "delivery_details", "issue_code", "sign_in_validity"]

CODE_LENGTH: Final = 6
"""Digits of a verification or SMS MFA code (page quotas)."""
SIGN_UP_VALIDITY: Final = 24 * 3600.0
"""Life of a sign-up code, in seconds (page quotas: 24 hours)."""

VERIFICATION_TEXT: Final = f"Your verification code is {CODE_PLACEHOLDER}."
VERIFICATION_SUBJECT: Final = "Your verification code"
AUTHENTICATION_TEXT: Final = f"Your authentication code is {CODE_PLACEHOLDER}."


def sign_in_validity(settings: PoolSettings) -> float:
    """
    Return the life of challenge sessions and of the codes that answer them, in seconds.

    Source: shape AuthSessionValidityType.
    """
    return settings.client.auth_session_validity * 60.0


Template = tuple[str | None, str]
"""A subject and a body."""

_TEMPLATES: Final[Mapping[tuple[Purpose, Medium], Callable[[PoolSettings], Template]]] = {
    ("sign_up", "SMS"): lambda settings: (None, settings.verification.sms_message or VERIFICATION_TEXT),
    ("sign_up", "EMAIL"): lambda settings: (
        settings.verification.email_subject or VERIFICATION_SUBJECT,
        settings.verification.email_message or VERIFICATION_TEXT,
    ),
    ("sms_mfa", "SMS"): lambda settings: (None, settings.mfa.sms_message or AUTHENTICATION_TEXT),
}
_VALIDITIES: Final[Mapping[Purpose, Callable[[PoolSettings], float]]] = {
    "sign_up": lambda _: SIGN_UP_VALIDITY,
    "sms_mfa": sign_in_validity,
}


def issue_code(call: Call, purpose: Purpose, attribute: str, destination: str, *, deliver: bool = True) -> Code:
    """
    Return a new code, and put the message that carries it into the outbox.

    Args:
        call: The request that asks for it.
        purpose: What it will be good for.
        attribute: The contact attribute that it goes to.
        destination: The value of that attribute.
        deliver: False to pretend, for a user who does not exist: nothing is sent, and nothing matches the code.
    """
    value = call.digits(CODE_LENGTH)
    if deliver:
        medium = MEDIA[attribute]
        subject, body = _TEMPLATES[purpose, medium](call.settings)
        call.state.outbox.append(
            Message(
                medium=medium,
                destination=destination,
                attribute=attribute,
                purpose=purpose,
                code=value,
                text=body.replace(CODE_PLACEHOLDER, value),
                subject=subject,
                at=call.now,
            )
        )
    return Code(
        value=value if deliver else "",
        attribute=attribute,
        destination=destination,
        expires_at=call.now + _VALIDITIES[purpose](call.settings),
    )


def check_code(call: Call, code: Code | None, given: str, wrong: Refusal) -> Code:
    """
    Return the code if it was issued, still lives and is the one given.

    Args:
        call: The request that gives it.
        code: What was issued, if anything was.
        given: What the user typed.
        wrong: How to refuse another code.
    """
    if code is None or call.now >= code.expires_at:
        raise CODE_EXPIRED.error()
    if given != code.value:
        raise wrong.error()
    return code


def delivery_details(code: Code) -> dict[str, str]:
    """
    Return what the caller is told about a delivery.

    Source: shape CodeDeliveryDetailsType.
    """
    return {
        "Destination": masked(code.attribute, code.destination),
        "DeliveryMedium": MEDIA[code.attribute],
        "AttributeName": code.attribute,
    }
