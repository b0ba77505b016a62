"""User attributes: which exist, who may write them, how their values look, how contacts are masked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from flowengine.settings import CONTACTS, STANDARD_ATTRIBUTES, PoolSettings, question
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
from flowengine.simulator.state import Medium, User

__all__ = [
    "MEDIA", "attributes_of_sign_up", "check_required", "check_username", "contact_kind", "delivered_to", "flags_of",
    "listed", "masked", "pretended", "readable", "shown", "with_username", "written_by_admin",
]  # fmt: skip

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
    Return the attributes of a user who signs up, checked, with a contact that is the username among them.

    Source: user-pool-settings-attributes; user-pool-settings-client-apps (write permissions).
    """
    written = {item["Name"]: item.get("Value") or "" for item in given}
    check_writable(settings, written)
    attributes = with_username(settings, username, written)
    _check_schema(settings, attributes)
    check_required(settings, attributes)
    return attributes


def check_writable(settings: PoolSettings, written: Mapping[str, str]) -> None:
    """
    Refuse attributes that the app client may not write, or not with these values.

    Source: user-pool-settings-client-apps (write permissions).
    """
    writable = settings.client.write_attributes or written.keys()
    if READ_ONLY & written.keys() or written.keys() - {*writable}:
        raise ATTRIBUTE_UNWRITABLE.error()
    _check_schema(settings, written)


def written_by_admin(
    settings: PoolSettings, given: Iterable[Mapping[str, Any]]
) -> tuple[dict[str, str], dict[str, bool]]:
    """
    Return what an administrator writes, checked: the attributes, and whether contacts are to count as verified.

    Source: AdminCreateUser, AdminUpdateUserAttributes.
    """
    written = {item["Name"]: item.get("Value") or "" for item in given}
    flags = {name: written.pop(_flag(name)).lower() == "true" for name in CONTACTS if _flag(name) in written}
    if READ_ONLY & written.keys():
        raise ATTRIBUTE_UNWRITABLE.error()
    _check_schema(settings, {name: value for name, value in written.items() if value})
    return written, flags


def with_username(settings: PoolSettings, username: str, attributes: Mapping[str, str]) -> dict[str, str]:
    """
    Return attributes with a contact that is the username copied to its attribute.

    Source: user-pool-settings-attributes.
    """
    if not settings.sign_in.username_attributes:
        return dict(attributes)
    return {**attributes, str(contact_kind(username)): username}


def _check_schema(settings: PoolSettings, attributes: Mapping[str, str]) -> None:
    """
    Refuse attributes that the schema does not have, and values of the wrong form.

    Source: user-pool-settings-attributes; shape AttributeValueType.
    """
    known = {*STANDARD_ATTRIBUTES, *(f"custom:{name}" for name in settings.custom_attributes)}
    unknown = [name for name in attributes if name not in known]
    if unknown:
        raise OFF_SCHEMA.error(problems=f"Type for attribute {{{unknown[0]}}} could not be determined")
    for name, pattern, refusal in FORMATS:
        if name in attributes and not pattern.fullmatch(attributes[name]):
            raise refusal.error()


def check_required(settings: PoolSettings, attributes: Mapping[str, str]) -> None:
    """
    Refuse attributes that lack one that the pool requires.

    Source: shape SchemaAttributeType (Required).
    """
    missing = [name for name in settings.required_attributes if not attributes.get(name)]
    if missing:
        raise OFF_SCHEMA.error(problems="".join(f"{name}: The attribute is required\n" for name in missing))


def _flag(contact: str) -> str:
    return f"{contact}_verified"


def flags_of(user: User) -> dict[str, bool]:
    """Return, by name, the attributes that say which of a user's contacts are verified."""
    return {_flag(name): name in user.verified for name in CONTACTS if name in user.attributes}


def shown(user: User) -> dict[str, str]:
    """
    Return all attributes of a user as text, with `sub` and the flags of the contacts.

    Source: GetUser, AdminGetUser.
    """
    return {"sub": user.sub, **user.attributes, **{name: str(flag).lower() for name, flag in flags_of(user).items()}}


def readable(settings: PoolSettings, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return those of a user's attributes that the app client may read.

    Source: user-pool-settings-client-apps (read permissions).
    """
    allowed = settings.client.read_attributes or attributes.keys()
    return {name: value for name, value in attributes.items() if name in allowed or name == "sub"}


def listed(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    """
    Return attributes as answers list them.

    Source: shape AttributeListType.
    """
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


@question(frozenset)
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


@question()
def pretended(settings: PoolSettings, username: str, attribute: str | None = None) -> tuple[str, str]:
    """
    Return a contact attribute and a destination for a user who does not exist: always the same for the same name.

    A contact that users can sign in with is the destination itself, as it would be for a user who has it.

    Args:
        settings: How the pool is configured.
        username: The name that was typed, as the pool compares it.
        attribute: The contact attribute to pretend; by default the one that sign-up would verify.

    Source: cognito-user-pool-managing-errors (simulated delivery of ResendConfirmationCode, ForgotPassword).
    """
    verifiable = settings.verification.auto_verified_attributes
    attribute = attribute or next((name for name in MEDIA if name in verifiable), "email")
    sign_in = settings.sign_in
    if attribute == contact_kind(username) and (
        attribute in sign_in.username_attributes or attribute in sign_in.alias_attributes
    ):
        return attribute, username
    digest = hashlib.sha256(username.encode()).hexdigest()
    if attribute == "phone_number":
        return attribute, f"+1555{int(digest, 16) % 10_000_000:07}"
    letters = digest.translate(str.maketrans("0123456789", "ghijklmnop"))
    return attribute, f"{letters[:8]}@{letters[8:16]}.com"
