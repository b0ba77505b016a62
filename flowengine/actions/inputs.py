"""The inputs that operations take, as fields that a caller can be asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

from flowengine.session import Field
from flowengine.settings import STANDARD_ATTRIBUTES, PoolSettings, required_sign_up_attributes

__all__ = ["CODE", "PASSWORD", "TYPED_USERNAME", "check_sign_up", "fixed", "sign_up_fields"]

Identifier = Literal["username", "email", "phone_number"]

_E164: Final = r"\+[1-9][0-9]{1,14}"
_EMAIL: Final = r"[^@\s]+@[^@\s]+\.[^@\s]+"
_CUSTOM_ATTRIBUTE: Final = r"custom:\S{1,20}"
"""Shape `CustomAttributeNameType`, behind its prefix."""
_CONTACT_PATTERNS: Final[Mapping[str, str]] = {"email": _EMAIL, "phone_number": _E164}
_CONTACT_HINTS: Final[Mapping[str, str]] = {
    "email": "an e-mail address",
    "phone_number": "a phone number in E.164 form, such as +15555550100",
}
CODE: Final = Field("code", secret=True, pattern=r"\S+", hint="the code that was sent")
PASSWORD: Final = Field("password", secret=True, pattern=r"\S+", max_length=256, hint="a password without spaces")
TYPED_USERNAME: Final = Field("username", pattern=r"\S+", max_length=128, hint="what the user signs in with")


def _new_username(pool: PoolSettings | None) -> Field:
    contacts = [name for name in pool.sign_in.username_attributes if name in _CONTACT_PATTERNS] if pool else []
    if not contacts:
        return Field("username", pattern=r"\S+", max_length=128, hint="a username without spaces")
    return Field(
        "username",
        pattern="|".join(_CONTACT_PATTERNS[name] for name in contacts),
        max_length=128,
        hint=" or ".join(_CONTACT_HINTS[name] for name in contacts),
    )


def _signs_up_with(pool: PoolSettings, username: str) -> Identifier:
    contacts = pool.sign_in.username_attributes
    if not contacts:
        return "username"
    return "phone_number" if "email" not in contacts or username.startswith("+") else "email"


def sign_up_fields(pool: PoolSettings | None, _pending: str | None) -> tuple[Field, ...]:
    """Return the fields of SignUp: for any pool, or with the attributes that one pool asks for."""
    needed = _needed_attributes(pool) if pool else [frozenset[str]()]
    always, sometimes = frozenset.intersection(*needed), frozenset.union(*needed)
    members = tuple(
        Field(name, required=name in always, pattern=_CONTACT_PATTERNS.get(name), hint=_CONTACT_HINTS.get(name, ""))
        for name in sorted(sometimes | set(_CONTACT_PATTERNS))
    )
    attributes = Field("attributes", required=bool(always), kind="attributes", members=members, hint="user attributes")
    return (_new_username(pool), PASSWORD, attributes)


def _needed_attributes(pool: PoolSettings) -> list[frozenset[str]]:
    """The attributes that sign-up needs, for each way to sign up."""
    contacts: tuple[Identifier, ...] = ("email", "phone_number")
    ways = [name for name in contacts if name in pool.sign_in.username_attributes]
    return [required_sign_up_attributes(pool, signs_up_with=way) for way in ways or ["username"]]


def check_sign_up(pool: PoolSettings, inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name the attributes that this username needs beside it, unknown attributes, and a username like an alias."""
    attributes = inputs.get("attributes", {})
    username = inputs["username"]
    needed = required_sign_up_attributes(pool, signs_up_with=_signs_up_with(pool, username))
    for name in sorted(needed - set(attributes)):
        yield f"attributes.{name}", f"attributes: this pool needs {name!r} at sign-up"
    for name in sorted(set(attributes) - set(STANDARD_ATTRIBUTES)):
        if not re.fullmatch(_CUSTOM_ATTRIBUTE, name):
            yield f"attributes.{name}", f"attributes: {name!r} is neither a standard attribute nor a custom: one"
    for alias in sorted(set(pool.sign_in.alias_attributes) & set(_CONTACT_PATTERNS)):
        if re.fullmatch(_CONTACT_PATTERNS[alias], username):
            yield "username", f"username: it may not be {_CONTACT_HINTS[alias]}, since {alias} is an alias in this pool"


def fixed(*fields: Field) -> Callable[[PoolSettings | None, str | None], tuple[Field, ...]]:
    """Return a function that gives these fields for every pool."""
    return lambda _pool, _pending: fields
