"""Who walks: every kind of user that a pool can hold, as far as a sign-in can tell them apart."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

from attrs import frozen

__all__ = ["FACTORS", "MADE_UP", "PASSWORD", "Person", "people"]

Origin = Literal["newcomer", "member", "invited", "stranger"]
Identity = Literal["username", "email", "phone_number"]

MADE_UP: Final[Mapping[str, str]] = {
    "birthdate": "1990-02-28",
    "email": "jo@example.com",
    "phone_number": "+15555550100",
    "preferred_username": "jo-the-second",
    "updated_at": "1767225600",
    "username": "jo",
    "website": "https://example.com",
}
"""What people type for an attribute; their name for any other."""
PASSWORD: Final = "Staple-77".ljust(99, "x")
"""Long enough for every policy: a minimum is 99 characters at most (shape `PasswordPolicyType`)."""
FACTORS: Final[Mapping[str, str]] = {"SMS_MFA": "sms", "SOFTWARE_TOKEN_MFA": "totp", "EMAIL_OTP": "email"}
"""The second factors of users, by the name that pool settings have for them."""
_CONTACTS: Final = ("email", "phone_number")
_NUMBERED: Final[Mapping[str, Callable[[str, int], str]]] = {
    "email": lambda value, number: value.replace("@", f"-{number}@"),
    "phone_number": lambda value, number: f"+{int(value) + number}",
    "preferred_username": lambda value, number: f"{value}-{number}",
    "username": lambda value, number: f"{value}-{number}",
}
"""What no two people have alike."""
_NEEDS: Final = {"SMS_MFA": "phone_number", "EMAIL_OTP": "email"}


@frozen(kw_only=True)
class Person:
    """
    One kind of user.

    Args:
        origin: Whether they are about to sign up (`newcomer`), are confirmed already (`member`), were created by an
            administrator (`invited`), or have no account and sign in nevertheless (`stranger`).
        identity: What they sign in with.
        contacts: The contact attributes that they have.
        verified: Those that are verified.
        factors: Their active second factors, such as `SMS_MFA`.
        preferred: The preferred one, if there is one.
        passkey: Whether they have registered a passkey.
        device: Whether they have a remembered device.
        number: Which one of several such people, each with a name and contacts of their own.
    """

    origin: Origin
    identity: Identity = "username"
    contacts: tuple[str, ...] = ()
    verified: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    preferred: str | None = None
    passkey: bool = False
    device: bool = False
    number: int = 0

    def __str__(self) -> str:
        """Render as `member by username, with email (verified) and phone_number, SMS_MFA preferred`."""
        contacts = [f"{name} (verified)" if name in self.verified else name for name in self.contacts]
        factors = [f"{name} preferred" if name == self.preferred else name for name in self.factors]
        extras = [name for name, has in (("passkey", self.passkey), ("remembered device", self.device)) if has]
        which = f" {self.number}" if self.number else ""
        return ", ".join([f"{self.origin}{which} by {self.identity}", *contacts, *factors, *extras])

    @property
    def username(self) -> str:
        """What they type as their username."""
        return self.types(self.identity)

    @property
    def attributes(self) -> dict[str, str]:
        """Their contacts, with values, but for the one that is their username."""
        return {name: self.types(name) for name in self.contacts if name != self.identity}

    def types(self, attribute: str) -> str:
        """
        Return what they type for an attribute.

        Args:
            attribute: Its name.
        """
        value = MADE_UP.get(attribute, "Jo")
        return _NUMBERED[attribute](value, self.number) if self.number and attribute in _NUMBERED else value

    def needs(self) -> Iterator[tuple[str, Callable[[Any], bool]]]:
        """Yield what a pool must be like to have such a user: settings, each with what must hold of it."""
        if self.identity == "username":
            yield "sign_in.username_attributes", lambda names: not names
        else:
            yield "sign_in.username_attributes", lambda names: self.identity in names
        if self.origin == "member":
            yield "required_attributes", lambda names: {*_CONTACTS}.intersection(names) <= {*self.contacts}
        for factor in self.factors:
            yield "mfa.factors", _offers(FACTORS[factor])
        if self.passkey:
            yield "allowed_first_auth_factors", lambda names: "WEB_AUTHN" in names
            yield "passkey.relying_party_id", lambda domain: domain is not None
        if self.device:
            yield "devices.remembered", lambda remembered: remembered != "never"


def _offers(factor: str) -> Callable[[Any], bool]:
    return lambda factors: factor in factors


def people() -> tuple[Person, ...]:
    """Return every kind of user, in a stable order."""
    return tuple(dict.fromkeys(itertools.chain(_newcomers(), _invited(), _members(), _strangers())))


def _identified() -> Iterator[tuple[Identity, tuple[str, ...]]]:
    """Every way to sign in, with the contacts that such a user can have."""
    identities: tuple[Identity, ...] = ("username", "email", "phone_number")
    for identity in identities:
        for contacts in _subsets(_CONTACTS):
            if identity == "username" or identity in contacts:
                yield identity, contacts


def _newcomers() -> Iterator[Person]:
    for identity, contacts in _identified():
        yield Person(origin="newcomer", identity=identity, contacts=contacts)


def _invited() -> Iterator[Person]:
    for identity, contacts in _identified():
        for verified in dict.fromkeys(((), contacts)):
            yield Person(origin="invited", identity=identity, contacts=contacts, verified=verified)


def _members() -> Iterator[Person]:
    for identity, contacts in _identified():
        yield Person(origin="member", identity=identity, contacts=contacts)
        possible = tuple(factor for factor in FACTORS if _NEEDS.get(factor, factor) in (*contacts, factor))
        for factors in _subsets(possible):
            for preferred in (None, *factors):
                yield Person(
                    origin="member", identity=identity, contacts=contacts, verified=contacts,
                    factors=factors, preferred=preferred,
                )  # fmt: skip
        for passkey, device in ((True, False), (False, True)):
            for factors in ((), ("SOFTWARE_TOKEN_MFA",)):
                yield Person(
                    origin="member", identity=identity, contacts=contacts, verified=contacts,
                    factors=factors, passkey=passkey, device=device,
                )  # fmt: skip


def _strangers() -> Iterator[Person]:
    for identity, contacts in _identified():
        if len(contacts) == (identity != "username"):
            yield Person(origin="stranger", identity=identity, contacts=contacts)


def _subsets(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [subset for size in range(len(names) + 1) for subset in itertools.combinations(names, size)]
