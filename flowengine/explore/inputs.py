"""What a user types for the fields of an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from flowengine.actions.model import PARAMETERS
from flowengine.explore.moves import Answer, Offered
from flowengine.explore.people import PASSWORD
from flowengine.explore.world import TOTP_SECONDS, Hands, World
from flowengine.fields import Field
from flowengine.session import NOTHING
from flowengine.settings import PoolSettings, required_sign_up_attributes
from flowengine.simulator.functions import PARAMETER

__all__ = ["inputs_of", "prepared"]

WRONG: Final = "Wrong-88"
WEAK: Final = "staple-79"
NEW_PASSWORDS: Final = ("Staple-78".ljust(99, "x"), "Staple-79".ljust(99, "x"))
PURPOSES: Final[Mapping[str, tuple[str, ...]]] = {
    "EMAIL_OTP": ("email_mfa", "email_otp"),
    "SMS_MFA": ("sms_mfa",),
    "SMS_OTP": ("sms_otp",),
}
"""For a pending challenge, the purposes of the messages that may carry its code."""


def inputs_of(world: World, offered: Offered, answer: Answer, pool: PoolSettings) -> dict[str, Any]:
    """
    Return what the user types.

    Args:
        world: The world before.
        offered: The event, as the session offers it.
        answer: How it is filled in.
        pool: The pool, which says what a sign-up needs.
    """
    action = offered.action
    typed = {entry.name: _TYPED[entry.name](_Typing(world, action, entry, answer, pool)) for entry in offered.fields}
    return {name: value for name, value in typed.items() if value is not None}


def prepared(world: World) -> Hands:
    """
    Return the user's hands, with a new passkey in them where one is to be registered.

    Args:
        world: The world before.
    """
    if "credential_creation_options" not in (world.session.facts.get(PARAMETERS) or {}):
        return world.hands
    from flowengine.simulator.authenticator import SoftwareAuthenticator  # noqa: PLC0415 (few walks need it)

    return attrs.evolve(world.hands, passkey=SoftwareAuthenticator())


@attrs.frozen
class _Typing:
    world: World
    action: str
    entry: Field
    answer: Answer
    pool: PoolSettings

    @property
    def wrong(self) -> bool:
        return self.answer.manner == "wrong"

    @property
    def parameters(self) -> Mapping[str, Any]:
        shown: Mapping[str, Any] = self.world.session.facts.get(PARAMETERS) or NOTHING
        return shown

    @property
    def pending(self) -> str | None:
        return self.world.session.position.resting.pending


def _username(typing: _Typing) -> str:
    return typing.world.person.username


def _password(typing: _Typing) -> str | None:
    if not typing.entry.required and not typing.answer.password:
        return None
    if typing.action == "sign_up":
        return WEAK if typing.wrong else PASSWORD
    user = typing.world.user
    right = user.password if user is not None and user.password is not None else PASSWORD
    return WRONG if typing.wrong else right


def _new_password(typing: _Typing) -> str:
    user = typing.world.user
    taken = user.password if user is not None else None
    return WEAK if typing.wrong else next(password for password in NEW_PASSWORDS if password != taken)


def _code(typing: _Typing) -> str:
    if typing.pending in ("SOFTWARE_TOKEN_MFA", "SECRET_CODE"):
        return _totp(typing)
    codes = typing.world.hands.codes
    received = next((codes[purpose] for purpose in _purposes(typing) if purpose in codes), ())
    right = received[0] if received else "000000"
    if typing.answer.manner == "stale":
        return received[1] if len(received) > 1 else _other(right)
    return _other(right) if typing.wrong else right


def _purposes(typing: _Typing) -> tuple[str, ...]:
    if typing.pending in PURPOSES and typing.action not in ("confirm_sign_up", "confirm_forgot_password"):
        challenge = typing.world.challenge
        both = PURPOSES[str(typing.pending)]
        return both if challenge is None or challenge.mfa else both[::-1]
    return ("password_reset",) if typing.action == "confirm_forgot_password" else ("sign_up",)


def _other(code: str) -> str:
    """Another code of the same length."""
    return "".join(str((int(digit) + 1) % 10) if digit.isdigit() else "0" for digit in code)


def _totp(typing: _Typing) -> str:
    from pyotp import TOTP  # noqa: PLC0415 (few walks need it)

    user = typing.world.user
    secret = typing.parameters.get("secret_code")
    if typing.pending == "SOFTWARE_TOKEN_MFA" and user is not None and user.totp is not None:
        secret = user.totp.secret
    if secret is None:
        return "000000"
    moment = int(typing.world.now)
    if user is not None and user.totp is not None and typing.answer.manner == "right":
        moment = max(moment, (user.totp.last_step + 1) * TOTP_SECONDS)
    code = str(TOTP(secret).at(moment))
    return code if typing.answer.manner != "wrong" else _other(code)


def _answer(typing: _Typing) -> str:
    if typing.entry.choices:
        return str(typing.answer.choice)
    return WRONG if typing.wrong else str(typing.parameters.get(PARAMETER, "Jo"))


def _device(typing: _Typing) -> Any:
    return attrs.asdict(typing.world.hands.device) if typing.answer.device and typing.world.hands.device else None


def _attributes(typing: _Typing) -> dict[str, str] | None:
    person = typing.world.person
    if typing.action == "sign_up":
        needed = required_sign_up_attributes(typing.pool, signs_up_with=person.identity)
        return {**{name: person.types(name) for name in sorted(needed)}, **person.attributes}
    asked = typing.entry.members if typing.entry.required else ()
    return {member.name: person.types(member.name) for member in asked} or None


def _credential(typing: _Typing) -> dict[str, Any]:
    origin = "https://elsewhere.example" if typing.wrong else None
    passkey, options, user = typing.world.hands.passkey, typing.parameters, typing.world.user
    if "credential_creation_options" in options:
        made: dict[str, Any] = passkey.create(options["credential_creation_options"], origin=origin)
        return made
    count = user.passkeys[-1].sign_count if user is not None and user.passkeys else 0
    signed: dict[str, Any] = passkey.with_counter(count).get(options["credential_request_options"], origin=origin)
    return signed


_TYPED: Final[Mapping[str, Callable[[_Typing], Any]]] = {
    "answer": _answer,
    "attributes": _attributes,
    "code": _code,
    "credential": _credential,
    "device": _device,
    "email": lambda typing: typing.world.person.types("email"),
    "new_password": _new_password,
    "password": _password,
    "preferred_challenge": lambda typing: typing.answer.choice,
    "username": _username,
}
"""What is typed, by the field's name."""
