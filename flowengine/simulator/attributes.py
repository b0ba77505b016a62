"""User attributes: which exist, who may write them, how their values look, how contacts are masked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from flowengine.settings import STANDARD_ATTRIBUTES, PoolSettings
from flowengine.simulator.refusals import (
    ATTRIBUTE_UNWRITABLE,
    BIRTHDATE_FORMAT,
    EMAIL_FORMAT,
    OFF_SCHEMA,
    PHONE_FORMAT,
    USERNAME_LIKE_EMAIL,
    USERNAME_LIKE_PHONE,
    USERNAME_NOT_CONTACT,
    USERNAME_NOT_EMAIL,
    USERNAME_NOT_PHONE,
    Refusal,
)
from flowengine.simulator.state import Medium

__all__ = ["MEDIA", "attributes_of_sign_up", "check_username", "contact_kind", "delivered_to", "masked", "pretended"]

MEDIA: Final[Mapping[str, Medium]] = {"phone_number": "SMS", "email": "EMAIL"}
"""The medium of each contact attribute, the one that wins first (user-pool-settings-email-phone-verification)."""

READ_ONLY: Final = frozenset({"sub", "email_verified", "phone_number_verified", "identities"})

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE: Final = re.compile(r"\+[1-9][0-9]{1,14}")  # E.164
_BIRTHDATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FORMATS: Final[tuple[tuple[str, re.Pattern[str], Refusal], ...]] = (
    ("email", _EMAIL, EMAIL_FORMAT),
    ("phone_number", _PHONE, PHONE_FORMAT),
    ("birthdate", _BIRTHDATE, BIRTHDATE_FORMAT),
)
NOT_A_CONTACT: Final[Mapping[tuple[str, ...], Refusal]] = {
    ("email",): USERNAME_NOT_EMAIL,
    ("phone_number",): USERNAME_NOT_PHONE,
    ("email", "phone_number"): USERNAME_NOT_CONTACT,
}
LIKE_AN_ALIAS: Final[Mapping[str, Refusal]] = {"email": USERNAME_LIKE_EMAIL, "phone_number": USERNAME_LIKE_PHONE}


def contact_kind(text: str) -> str | None:
    """Return the contact attribute that a text looks like a value of."""
    if _PHONE.fullmatch(text):
        return "phone_number"
    return "email" if _EMAIL.fullmatch(text) else None


def check_username(settings: PoolSettings, username: str) -> None:
    """
    Refuse a new username that does not suit what the pool's users sign in with.

    Source: user-pool-settings-attributes.
    """
    kind = contact_kind(username)
    wanted = settings.sign_in.username_attributes
    if wanted and kind not in wanted:
        raise NOT_A_CONTACT[wanted].error()
    if kind in LIKE_AN_ALIAS and kind in settings.sign_in.alias_attributes:
        raise LIKE_AN_ALIAS[kind].error()


def attributes_of_sign_up(settings: PoolSettings, username: str, given: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """
    Return a new user's attributes, checked, with a contact that is the username copied to its attribute.

    Source: user-pool-settings-attributes.
    """
    attributes = {item["Name"]: item.get("Value") or "" for item in given}
    if READ_ONLY & attributes.keys():
        raise ATTRIBUTE_UNWRITABLE.error()
    if settings.sign_in.username_attributes:
        attributes[str(contact_kind(username))] = username
    _check_schema(settings, attributes)
    for name, pattern, refusal in FORMATS:
        if name in attributes and not pattern.fullmatch(attributes[name]):
            raise refusal.error()
    return attributes


def _check_schema(settings: PoolSettings, attributes: Mapping[str, str]) -> None:
    unknown = [name for name in attributes if name not in STANDARD_ATTRIBUTES]
    if unknown:
        raise OFF_SCHEMA.error(problems=f"Type for attribute {{{unknown[0]}}} could not be determined")
    missing = [name for name in settings.required_attributes if not attributes.get(name)]
    if missing:
        raise OFF_SCHEMA.error(problems="".join(f"{name}: The attribute is required\n" for name in missing))


def delivered_to(settings: PoolSettings, attributes: Mapping[str, str]) -> str | None:
    """
    Return the contact attribute that the one message of a sign-up goes to: the phone, if both could be verified.

    Source: user-pool-settings-email-phone-verification.
    """
    verifiable = settings.verification.auto_verified_attributes
    return next((name for name in MEDIA if name in verifiable and name in attributes), None)


def _masked_email(address: str) -> str:
    local, _, domain = address.partition("@")
    return f"{local[0]}***@{domain[0]}***"


def _masked_phone(number: str) -> str:
    return f"+{'*' * (len(number) - 5)}{number[1:][-4:]}"


_MASKS: Final[Mapping[str, Callable[[str], str]]] = {"email": _masked_email, "phone_number": _masked_phone}


def masked(attribute: str, destination: str) -> str:
    """
    Return a destination as Cognito shows it: `t***@t***`, `+*******9934`.

    Source: shape CodeDeliveryDetailsType.
    """
    return _MASKS[attribute](destination)


def pretended(settings: PoolSettings, username: str) -> tuple[str, str]:
    """
    Return a contact attribute and a destination for a user who does not exist: always the same for the same name.

    Source: cognito-user-pool-managing-errors (simulated delivery of ResendConfirmationCode).
    """
    verifiable = settings.verification.auto_verified_attributes
    attribute = next(name for name in (*MEDIA, "email") if name in verifiable or name == "email")
    if attribute == contact_kind(username) and attribute in settings.sign_in.username_attributes:
        return attribute, username
    digest = hashlib.sha256(username.encode()).hexdigest()
    if attribute == "phone_number":
        return "phone_number", f"+1555{int(digest, 16) % 10_000_000:07}"
    letters = digest.translate(str.maketrans("0123456789", "ghijklmnop"))
    return "email", f"{letters[:8]}@{letters[8:16]}.com"
