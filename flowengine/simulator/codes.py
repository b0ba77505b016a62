"""Codes: issued, delivered to the outbox, and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from flowengine.settings import CODE_PLACEHOLDER, PoolSettings
from flowengine.simulator.attributes import MEDIA, masked
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import CODE_EXPIRED, Refusal
from flowengine.simulator.state import Code, Message, Purpose

__all__ = ["check_code", "delivery_details", "issue_code", "send_message", "sign_in_validity"]

CODE_LENGTH: Final = 6
"""Digits of a code, unless it is a one-time password of a sign-in (page quotas)."""
EMAIL_OTP_LENGTH: Final = 8
"""Digits of a one-time password by e-mail (measured)."""
SIGN_UP_VALIDITY: Final = 24 * 3600.0
"""Life of a code that verifies a contact, in seconds (page quotas: 24 hours)."""
RESET_VALIDITY: Final = 3600.0
"""Life of a password reset code, in seconds (page quotas: 1 hour)."""

VERIFICATION_TEXT: Final = f"Your verification code is {CODE_PLACEHOLDER}."
VERIFICATION_SUBJECT: Final = "Your verification code"
AUTHENTICATION_TEXT: Final = f"Your authentication code is {CODE_PLACEHOLDER}."
AUTHENTICATION_SUBJECT: Final = "Your authentication code"

Template: TypeAlias = tuple[str | None, str]
"""A subject and a body."""


def sign_in_validity(settings: PoolSettings) -> float:
    """
    Return the life of challenge sessions and of the codes that answer them, in seconds.

    Source: shape AuthSessionValidityType.
    """
    return settings.client.auth_session_validity * 60.0


def _verification(settings: PoolSettings, attribute: str) -> Template:
    texts = settings.verification
    if attribute == "phone_number":
        return None, texts.sms_message or VERIFICATION_TEXT
    return texts.email_subject or VERIFICATION_SUBJECT, texts.email_message or VERIFICATION_TEXT


def _authentication(settings: PoolSettings, attribute: str) -> Template:
    """Return the MFA texts, which one-time passwords share (user-pool-settings-mfa-sms-email-message)."""
    texts = settings.mfa
    if attribute == "phone_number":
        return None, texts.sms_message or AUTHENTICATION_TEXT
    return texts.email_subject or AUTHENTICATION_SUBJECT, texts.email_message or AUTHENTICATION_TEXT


_TEMPLATES: Final[Mapping[Purpose, Callable[[PoolSettings, str], Template]]] = {
    "sign_up": _verification,
    "password_reset": _verification,
    "sms_mfa": _authentication,
    "email_mfa": _authentication,
    "sms_otp": _authentication,
    "email_otp": _authentication,
}
_VALIDITIES: Final[Mapping[Purpose, Callable[[PoolSettings], float]]] = {
    "sign_up": lambda _: SIGN_UP_VALIDITY,
    "password_reset": lambda _: RESET_VALIDITY,
}


def _length(settings: PoolSettings, purpose: Purpose) -> int:
    if purpose == "sms_otp":
        return settings.assumptions.sms_otp_length
    return EMAIL_OTP_LENGTH if purpose in {"email_mfa", "email_otp"} else CODE_LENGTH


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
    settings = call.settings
    value = call.digits(_length(settings, purpose))
    if deliver:
        subject, body = _TEMPLATES[purpose](settings, attribute)
        text = body.replace(CODE_PLACEHOLDER, value)
        send_message(call, purpose, attribute, destination, code=value, text=text, subject=subject)
    return Code(
        value=value if deliver else "",
        attribute=attribute,
        destination=destination,
        expires_at=call.now + _VALIDITIES.get(purpose, sign_in_validity)(settings),
    )


def send_message(
    call: Call, purpose: Purpose, attribute: str, destination: str, *, code: str, text: str, subject: str | None
) -> None:
    """Put a message into the outbox; the arguments are those of `Message`, whose medium follows the attribute."""
    message = Message(
        medium=MEDIA[attribute],
        destination=destination,
        attribute=attribute,
        purpose=purpose,
        code=code,
        text=text,
        subject=subject,
        at=call.now,
    )
    call.state.outbox.append(message)


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
