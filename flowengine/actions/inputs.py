"""The inputs that operations take, as fields that a caller can be asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

import attrs

from flowengine.actions.conditions import remembers_devices, signs_up_without_password
from flowengine.actions.model import Fields, Options
from flowengine.fields import Field
from flowengine.phone import E164
from flowengine.settings import FIRST_FACTORS, STANDARD_ATTRIBUTES, PoolSettings, required_sign_up_attributes

__all__ = [
    "ANSWER",
    "CODE",
    "CREDENTIAL",
    "DEVICE_INPUT",
    "EMAIL",
    "NEW_PASSWORD",
    "PASSWORD",
    "TYPED_USERNAME",
    "attribute_field",
    "check_first_factor",
    "check_sign_up",
    "chosen",
    "first_factor_fields",
    "first_factors",
    "fixed",
    "password_fields",
    "sign_up_fields",
]  # fmt: skip

Identifier = Literal["username", "email", "phone_number"]

_EMAIL: Final = r"[^@\s]+@[^@\s]+\.[^@\s]+"
_CUSTOM_ATTRIBUTE: Final = r"custom:\S{1,20}"
"""Shape `CustomAttributeNameType`, behind its prefix."""
_CONTACT_PATTERNS: Final[Mapping[str, str]] = {"email": _EMAIL, "phone_number": E164}
_CONTACT_HINTS: Final[Mapping[str, str]] = {
    "email": "an e-mail address",
    "phone_number": "a phone number in E.164 form, such as +15555550100",
}
_CREDENTIAL_LENGTH: Final = 65_536
"""Enough for an attestation with its certificates."""

ANSWER: Final = Field("answer", secret=True, hint="the answer to the challenge")
CREDENTIAL: Final = Field(
    "credential", secret=True, kind="object", max_length=_CREDENTIAL_LENGTH,
    hint="what the browser's WebAuthn call returned, in its JSON form",
)  # fmt: skip
DEVICE_INPUT: Final = Field(
    "device", required=False, secret=True, kind="object",
    members=(Field("key"), Field("group_key"), Field("password", secret=True)),
    hint="the remembered device, as an earlier snapshot gave it",
)  # fmt: skip
EMAIL: Final = Field("email", pattern=_EMAIL, hint="an e-mail address")
NEW_PASSWORD: Final = Field(
    "new_password", secret=True, pattern=r"\S+", max_length=256, hint="a new password without spaces"
)
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
        phone="phone_number" in contacts,
    )


def _signs_up_with(pool: PoolSettings, username: str) -> Identifier:
    contacts = pool.sign_in.username_attributes
    if not contacts:
        return "username"
    return "phone_number" if "email" not in contacts or username.startswith("+") else "email"


def attribute_field(name: str, *, required: bool) -> Field:
    """Return the field of a user attribute; contacts have a form."""
    pattern, hint = _CONTACT_PATTERNS.get(name), _CONTACT_HINTS.get(name, "")
    return Field(name, required=required, pattern=pattern, hint=hint, phone=name == "phone_number")


def sign_up_fields(pool: PoolSettings | None, _options: Options, _pending: str | None) -> tuple[Field, ...]:
    """Return the fields of SignUp: for any pool, or with the attributes that one pool asks for."""
    password = attrs.evolve(PASSWORD, required=False) if pool and signs_up_without_password(pool) else PASSWORD
    needed = _needed_attributes(pool) if pool else [frozenset[str]()]
    always, sometimes = frozenset.intersection(*needed), frozenset.union(*needed)
    members = tuple(
        attribute_field(name, required=name in always) for name in sorted(sometimes | set(_CONTACT_PATTERNS))
    )
    attributes = Field("attributes", required=bool(always), kind="attributes", members=members, hint="user attributes")
    return (_new_username(pool), password, attributes)


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
    for alias, pattern in _CONTACT_PATTERNS.items():
        if re.fullmatch(pattern, username) and alias in pool.sign_in.alias_attributes:
            yield "username", f"username: it may not be {_CONTACT_HINTS[alias]}, since {alias} is an alias in this pool"


def fixed(*fields: Field) -> Fields:
    """Return a function that gives these fields for every pool, option and challenge."""
    return lambda _pool, _options, _pending: fields


def chosen(entry: Field, choices: tuple[str, ...]) -> Field:
    """Return a field that takes one of these choices."""
    return attrs.evolve(entry, secret=False, choices=choices, hint="one of the choices")


def _with_device(pool: PoolSettings | None, *fields: Field) -> tuple[Field, ...]:
    return (*fields, DEVICE_INPUT) if pool is None or remembers_devices(pool) else fields


def password_fields(pool: PoolSettings | None, options: Options, pending: str | None) -> tuple[Field, ...]:
    """Return the fields that begin a sign-in, beside the username."""
    if options.get("auth_flow") == "USER_AUTH":
        return _with_device(pool, *first_factor_fields(pool, options, pending))
    proves_password = options.get("auth_flow") != "CUSTOM_AUTH" or options.get("challenge_name") == "SRP_A"
    return _with_device(pool, *((PASSWORD,) if proves_password else ()))


def first_factors(pool: PoolSettings | None) -> tuple[str, ...]:
    """Return the challenges that a choice-based sign-in may begin with."""
    factors = pool.allowed_first_auth_factors if pool else FIRST_FACTORS
    return tuple(name for factor in factors for name in _CHALLENGES_OF.get(factor, (factor,)))


_CHALLENGES_OF: Final = {"PASSWORD": ("PASSWORD", "PASSWORD_SRP")}


def first_factor_fields(pool: PoolSettings | None, _options: Options, _pending: str | None) -> tuple[Field, ...]:
    """Return the fields of a choice-based sign-in: the factor that the user prefers, and the password it may take."""
    names = first_factors(pool)
    preferred = Field("preferred_challenge", required=False, choices=names, hint="the first factor that is preferred")
    return (preferred, attrs.evolve(PASSWORD, required=False))


def check_first_factor(_pool: PoolSettings, inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name the password if the preferred first factor takes one and it is missing."""
    preferred = inputs.get("preferred_challenge", "")
    if preferred in ("PASSWORD", "PASSWORD_SRP") and not inputs.get("password"):
        yield "password", f"password is missing: {preferred} takes it along"
