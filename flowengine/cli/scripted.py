"""A made-up person, who walks a flow to its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from flowengine.cli.people import Choice
from flowengine.errors import FlowEngineError
from flowengine.fields import Field
from flowengine.machine import AcceptedEvent, Flow
from flowengine.session import Device, Position, Snapshot
from flowengine.settings import PasswordPolicy, PoolSettings, required_sign_up_attributes
from flowengine.simulator import Simulator
from flowengine.simulator.functions import PARAMETER

__all__ = ["Scripted"]

Identifier = Literal["username", "email", "phone_number"]

_MOST_MOVES: Final = 30
"""After so many moves a flow gets nowhere."""

_MADE_UP: Final[Mapping[str, str]] = {
    "birthdate": "1990-02-28",
    "email": "jo@example.com",
    "phone_number": "+15555550100",
    "preferred_username": "jo-the-second",
    "updated_at": "1767225600",
    "username": "jo",
    "website": "https://example.com",
}
_TOTP_SECONDS: Final = 30
"""After so long an authenticator app shows another code (RFC 6238)."""

_FIRST_FACTORS: Final = ("WEB_AUTHN", "EMAIL_OTP", "SMS_OTP", "PASSWORD")
"""The first factors that a person would show off, best first."""


class Scripted:
    """
    A made-up person who signs up, proves whatever is asked and signs in, and shows what else the pool can do.

    Where MFA is optional, the person switches it on; where passkeys are allowed, registers one; where there are
    aliases, uses one. Each time, the person signs in once more.

    Args:
        flow: The flow to walk.
        simulator: The embedded pool, whose outbox the person reads.
    """

    def __init__(self, flow: Flow, simulator: Simulator | None) -> None:
        if simulator is None or flow.pool is None:
            raise FlowEngineError("only the embedded pool has a made-up person's phone")
        self._flow = flow
        self._pool = flow.pool
        self._simulator = simulator
        self._done: set[str] = set()
        self._moves = 0
        self._seed = ""
        self._passkey: Any = None
        self._device_kept: Device | None = None
        self._password = _password(flow.pool.password_policy)
        self._typed: Mapping[str, Callable[[Snapshot], Any]] = {
            "answer": self._answer,
            "attributes": self._attributes,
            "code": self._code,
            "credential": self._credential,
            "device": lambda _snapshot: self._device_kept,
            "new_password": self._new_password,
            "password": self._any_password,
            "preferred_challenge": lambda _snapshot: self._factor(),
            "username": self._name,
        }
        if flow.pool.admin_create_user.allow_admin_create_user_only:
            self._be_invited()

    def _be_invited(self) -> None:
        """Let the administrator create the person, with an e-mail address or a phone number alone."""
        self._done.add("sign_up")
        name = _username(self._pool)
        attributes = {"email": _MADE_UP["email"]} if name != _MADE_UP["email"] else {}
        self._simulator.create_user(name, attributes=attributes)

    def choose(self, snapshot: Snapshot) -> Choice | None:
        """Return the next event and its inputs, or None when signed in for good or out of moves."""
        if snapshot.error is not None or self._moves == _MOST_MOVES:
            return None
        self._moves += 1
        if snapshot.device is not None and snapshot.device.password is not None:
            self._device_kept = snapshot.device
        position = Position(snapshot.state, snapshot.pending)
        events = self._flow.positions[position].events
        own = [row.action for row in events.values() if row.row.operation is None and row.action not in self._done]
        for action in (*self._wanted(snapshot), *own):
            for event, accepted in events.items():
                if accepted.action == action and "disabled" not in accepted.options.values():
                    self._done.add(action)
                    return event, self._inputs(snapshot, accepted)
        return None

    def _wanted(self, snapshot: Snapshot) -> tuple[str, ...]:
        """The actions that would help from here, best first."""
        if snapshot.meaning == "signed_in":
            return self._wishes(snapshot)
        if snapshot.meaning == "challenge":
            return _ANSWERS.get(snapshot.pending or "", _ANSWER)
        if snapshot.meaning == "unconfirmed":
            return ("confirm_sign_up",)
        entry = ("initiate_auth_with_session", "initiate_auth", "admin_initiate_auth")
        return entry if "sign_up" in self._done else ("sign_up", *entry)

    def _wishes(self, snapshot: Snapshot) -> tuple[str, ...]:
        """What a signed-in person still does: finish what was begun, then one thing more, then sign in again."""
        begun = _FINISHES.get(snapshot.pending or "")
        if begun:
            return begun
        for action in self._curiosities():
            if action not in self._done:
                return (action,)
        return ("global_sign_out",) if self._signs_in_again() and "global_sign_out" not in self._done else ()

    def _signs_in_again(self) -> bool:
        """Whether another sign-in would show what the first one did not."""
        first_only = {"initiate_auth_with_session", "associate_software_token_with_session", "confirm_device"}
        return bool(self._curiosities() or self._alias() or first_only & self._done)

    def _curiosities(self) -> tuple[str, ...]:
        """What a signed-in person tries in this pool."""
        tried = []
        if self._pool.mfa.mode == "optional":
            tried.append("associate_software_token" if "totp" in self._pool.mfa.factors else "set_user_mfa_preference")
        if "WEB_AUTHN" in self._pool.allowed_first_auth_factors and self._pool.passkey.relying_party_id:
            tried.append("start_web_authn_registration")
        return tuple(tried)

    # what is typed

    def _inputs(self, snapshot: Snapshot, accepted: AcceptedEvent) -> dict[str, Any]:
        inputs = {entry.name: self._value(snapshot, entry) for entry in accepted.fields}
        return {name: value for name, value in inputs.items() if value is not None}

    def _value(self, snapshot: Snapshot, entry: Field) -> Any:
        if entry.name == "password" and not entry.required and self._factor() not in (None, "PASSWORD"):
            return None
        typed = self._typed.get(entry.name)
        return typed(snapshot) if typed else _MADE_UP.get(entry.name, "Jo")

    def _attributes(self, snapshot: Snapshot) -> dict[str, str]:
        asked = snapshot.parameters.get("required_attributes")
        if asked is None:
            contact: Identifier = next(iter(_contacts(self._pool)), "username")
            asked = required_sign_up_attributes(self._pool, signs_up_with=contact, mfa_for_user=True)
        return {name: _MADE_UP.get(name, "Jo") for name in sorted(asked)}

    def _name(self, snapshot: Snapshot) -> str:
        alias = self._alias()
        signs_in_again = snapshot.state == self._flow.initial.state and "global_sign_out" in self._done
        return _MADE_UP[alias] if alias and signs_in_again else _username(self._pool)

    def _alias(self) -> str | None:
        """The alias that sign-up verifies, if there is one: the phone goes first."""
        verified = [
            name for name in ("phone_number", "email") if name in self._pool.verification.auto_verified_attributes
        ]
        return verified[0] if verified and verified[0] in self._pool.sign_in.alias_attributes else None

    def _any_password(self, _snapshot: Snapshot) -> str:
        """The password; the one of an invitation until it was replaced."""
        invitations = [message.code for message in self._simulator.outbox if message.purpose == "invitation"]
        return invitations[-1] if invitations and "new_password" not in self._done else self._password

    def _new_password(self, _snapshot: Snapshot) -> str:
        self._done.add("new_password")
        return self._password

    def _factor(self) -> str | None:
        """The first factor that is preferred, where no flow begins with a password."""
        client = self._pool.client
        if not client.allows("USER_AUTH") or client.allows("USER_PASSWORD_AUTH") or client.allows("USER_SRP_AUTH"):
            return None
        usable = [name for name in _FIRST_FACTORS if name in self._pool.allowed_first_auth_factors]
        return next((name for name in usable if name != "WEB_AUTHN" or self._passkey), None)

    def _code(self, snapshot: Snapshot) -> str:
        if snapshot.pending in ("SECRET_CODE", "SOFTWARE_TOKEN_MFA"):
            return self._totp(snapshot)
        return self._simulator.outbox[-1].code if self._simulator.outbox else "000000"

    def _totp(self, snapshot: Snapshot) -> str:
        from pyotp import TOTP  # noqa: PLC0415 (few walks need it)

        if "totp" in self._done:
            self._simulator.clock.advance(seconds=_TOTP_SECONDS)
        self._done.add("totp")
        self._seed = snapshot.parameters.get("secret_code", self._seed)
        return str(TOTP(self._seed).at(int(self._simulator.clock.now())))

    def _answer(self, snapshot: Snapshot) -> str:
        choices = snapshot.parameters.get("choices", ())
        return str(choices[0]) if choices else str(snapshot.parameters.get(PARAMETER, "Jo"))

    def _credential(self, snapshot: Snapshot) -> dict[str, Any]:
        from flowengine.testing import SoftwareAuthenticator  # noqa: PLC0415 (few walks need it)

        creation = snapshot.parameters.get("credential_creation_options")
        if creation:
            self._passkey = SoftwareAuthenticator()
            made: dict[str, Any] = self._passkey.create(creation)
            return made
        signed: dict[str, Any] = self._passkey.get(snapshot.parameters["credential_request_options"])
        return signed


_ANSWER: Final = ("respond_to_auth_challenge", "admin_respond_to_auth_challenge")
"""The actions that answer a challenge."""
_ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "MFA_SETUP": ("associate_software_token_with_session", "respond_to_auth_challenge"),
    "SECRET_CODE": ("verify_software_token_with_session",),
}
"""For a pending challenge, the actions that answer it, where it is not the usual one."""

_FINISHES: Final[Mapping[str, tuple[str, ...]]] = {
    "CREATION_OPTIONS": ("complete_web_authn_registration",),
    "SECRET_CODE": ("verify_software_token",),
    "TOKENS_ON_NEW_DEVICE": ("confirm_device",),
}
"""For what a signed-in person has begun, the action that finishes it."""


def _contacts(pool: PoolSettings) -> list[Identifier]:
    """The contacts that are usernames in a pool, the phone first."""
    contacts: tuple[Identifier, ...] = ("phone_number", "email")
    return [name for name in contacts if name in pool.sign_in.username_attributes]


def _username(pool: PoolSettings) -> str:
    return _MADE_UP[next(iter(_contacts(pool)), "username")]


def _password(policy: PasswordPolicy) -> str:
    return "Staple-7" + "x" * max(0, policy.minimum_length - len("Staple-7"))
