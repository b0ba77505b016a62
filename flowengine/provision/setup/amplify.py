"""The auth parameters of an Amplify project of the first generation, as settings; what they do not cover is told.

What a parameter does to the pool is taken from the CLI's own template (`auth-cognito-stack-builder`, `configure-sms`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from attrs import define, field, frozen

from flowengine.provision.setup.amplify_parameters import OUTSIDE, TRIGGERS, UNKNOWN
from flowengine.settings import (
    ALIASES,
    CONTACTS,
    DEFAULT_AUTH_FLOWS,
    STANDARD_ATTRIBUTES,
    Client,
    Mfa,
    PasswordPolicy,
    PoolSettings,
    SignIn,
    Verification,
)

__all__ = ["CarriedOver", "LeftOut", "carry_over"]

Parameters = Mapping[str, Any]

_MODES: Final = {"OFF": "off", "OPTIONAL": "optional", "ON": "required"}
_FACTORS: Final = {"SMS Text Message": "sms", "SMS": "sms", "TOTP": "totp"}
_CHARACTERS: Final = ("lowercase", "uppercase", "numbers", "symbols")
_MINUTES_A_DAY: Final = 24 * 60
_MFA_OFF: Final = "has no effect while MFA is off"
_EMAIL_TEXT: Final = "Cognito's own e-mail takes no text; with email_sending_account: DEVELOPER it can be set"


@frozen
class LeftOut:
    """A parameter that the settings do not hold, or not all of it, and why."""

    parameter: str
    reason: str


@frozen
class CarriedOver:
    """The settings that parameters stand for, and what they leave out."""

    pool: PoolSettings
    left_out: tuple[LeftOut, ...]


def carry_over(parameters: Parameters, *, older: bool = False) -> CarriedOver:
    """
    Return the settings that parameters stand for. Every parameter is carried over or told.

    Args:
        parameters: The `cognitoConfig` of a `cli-inputs.json`, or a `parameters.json`.
        older: Whether it is the latter: what wrote that did not keep old contacts until new ones are verified.

    Source: amplify-cli, awsCognito-user-input-types, auth-cognito-stack-builder, configure-sms.
    """
    reader = _Reader(parameters)
    verified = reader.names("autoVerifiedAttributes", CONTACTS)
    mfa = _mfa(reader)
    sms = _sends_sms(reader, verified, mfa)
    pool = PoolSettings(
        sign_in=SignIn(
            username_attributes=reader.names("usernameAttributes", CONTACTS, nothing=("username",)),
            alias_attributes=reader.names("aliasAttributes", ALIASES),
            case_sensitive=reader.truth("usernameCaseSensitive", default=True),
        ),
        verification=Verification(
            auto_verified_attributes=verified,
            attributes_require_verification_before_update=() if older else verified,
            sms_message=reader.text("smsVerificationMessage", None if sms else "has no effect without SMS"),
        ),
        mfa=mfa,
        required_attributes=reader.names("requiredAttributes", STANDARD_ATTRIBUTES),
        password_policy=_password_policy(reader),
        lambda_triggers=_triggers(reader),
        client=_client(reader),
        sms_configuration=sms,
    )
    for name in ("emailVerificationSubject", "emailVerificationMessage"):
        reader.text(name, _EMAIL_TEXT)
    reader.leave_rest()
    return CarriedOver(pool, tuple(reader.left_out))


@define
class _Reader:
    """Takes parameters one by one, and remembers which were not taken as they are."""

    parameters: Parameters
    left_out: list[LeftOut] = field(factory=list)
    taken: set[str] = field(factory=set)

    def value(self, name: str) -> Any:
        """A parameter; what an older project keeps as JSON in a text is read."""
        self.taken.add(name)
        return _unpacked(self.parameters.get(name))

    def leave(self, name: str, reason: str) -> None:
        self.left_out.append(LeftOut(name, reason))

    def names(self, name: str, known: tuple[str, ...], *, nothing: tuple[str, ...] = ()) -> tuple[str, ...]:
        found = _listed(self.value(name))
        strange = [one for one in found if one not in known and one not in nothing]
        if strange:
            self.leave(name, f"{', '.join(strange)}: {UNKNOWN}")
        return tuple(one for one in found if one in known)

    def text(self, name: str, reason: str | None) -> str | None:
        """A text, unless there is a reason to leave it out."""
        found = self.value(name)
        if not found:
            return None
        if reason is None and isinstance(found, str):
            return found
        self.leave(name, reason or f"no text: {UNKNOWN}")
        return None

    def truth(self, name: str, *, default: bool) -> bool:
        found = self.value(name)
        if found is not None and str(found).lower() not in ("true", "false"):
            self.leave(name, f"neither true nor false: {UNKNOWN}")
            return default
        return default if found is None else str(found).lower() == "true"

    def number(self, name: str, default: int) -> int:
        found = self.value(name)
        try:
            return default if found is None else int(found)
        except (TypeError, ValueError):
            self.leave(name, f"no number: {UNKNOWN}")
            return default

    def leave_rest(self) -> None:
        for name, value in self.parameters.items():
            if name not in self.taken and _unpacked(value) not in _NOTHING:
                self.leave(name, OUTSIDE.get(name, UNKNOWN))


_NOTHING: Final[tuple[Any, ...]] = (None, False, "", "false", [], {})


def _unpacked(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _listed(value: Any) -> list[str]:
    """Names as a list, also those that share a text: `email, phone_number` is one choice of the CLI."""
    texts = value if isinstance(value, list) else [] if value is None else [value]
    return [name.strip() for text in texts for name in str(text).split(",") if name.strip()]


def _mfa(reader: _Reader) -> Mfa:
    given = str(reader.value("mfaConfiguration") or "OFF")
    if given not in _MODES:
        reader.leave("mfaConfiguration", f"{given}: {UNKNOWN}")
    mode = _MODES.get(given, "off")
    types = reader.names("mfaTypes", tuple(_FACTORS))
    factors = tuple(_FACTORS[name] for name in types) if mode != "off" else ()
    if types and mode == "off":
        reader.leave("mfaTypes", _MFA_OFF)
    reason = None if "sms" in factors else _MFA_OFF if mode == "off" else "has no effect without SMS MFA"
    return Mfa(mode=mode, factors=factors, sms_message=reader.text("smsAuthenticationMessage", reason))


def _sends_sms(reader: _Reader, verified: tuple[str, ...], mfa: Mfa) -> bool:
    if not reader.truth("useEnabledMfas", default=False):
        return True
    uses = (*verified, *_listed(reader.value("requiredAttributes")), *_listed(reader.value("usernameAttributes")))
    return "phone_number" in uses or "sms" in mfa.factors


def _password_policy(reader: _Reader) -> PasswordPolicy:
    length = reader.number("passwordPolicyMinLength", 8)
    if "passwordPolicyCharacters" not in reader.parameters:
        return PasswordPolicy(minimum_length=length)
    # Each is one of: Requires Lowercase, REQUIRES_LOWERCASE, requireLowercase.
    given = [name.lower() for name in _listed(reader.value("passwordPolicyCharacters"))]
    strange = [name for name in given if not name.endswith(_CHARACTERS)]
    if strange:
        reader.leave("passwordPolicyCharacters", f"{', '.join(strange)}: {UNKNOWN}")
    required = {kind: any(name.endswith(kind) for name in given) for kind in _CHARACTERS}
    return PasswordPolicy(
        minimum_length=length,
        require_lowercase=required["lowercase"],
        require_uppercase=required["uppercase"],
        require_numbers=required["numbers"],
        require_symbols=required["symbols"],
    )


def _triggers(reader: _Reader) -> tuple[str, ...]:
    given = reader.value("triggers") or {}
    if not isinstance(given, dict):
        reader.leave("triggers", UNKNOWN)
        return ()
    for name in given:
        if name not in TRIGGERS:
            reader.leave(f"triggers.{name}", "this trigger decides nothing of where a user stands")
    carried = [name for name in given if name in TRIGGERS]
    if carried:
        reader.leave("triggers", f"the spec names {', '.join(carried)}; their functions are no settings")
    return tuple(TRIGGERS[name] for name in carried)


def _client(reader: _Reader) -> Client:
    restricted = reader.truth("userpoolClientSetAttributes", default=False)
    lists = {}
    for kind in ("Read", "Write"):
        name = f"userpoolClient{kind}Attributes"
        found = _listed(reader.value(name))
        lists[kind] = tuple(found) if restricted else ()
        if found and not restricted:
            reader.leave(name, "has no effect without userpoolClientSetAttributes: the clients have all attributes")
    secret = reader.truth("userpoolClientGenerateSecret", default=False)
    reader.leave(
        "userpoolClientGenerateSecret",
        "the CLI makes two app clients, one for the web without a secret; the spec has one, "
        + ("with a secret" if secret else "without a secret"),
    )
    return Client(
        generate_secret=secret,
        explicit_auth_flows=DEFAULT_AUTH_FLOWS,
        refresh_token_validity=reader.number("userpoolClientRefreshTokenValidity", 30) * _MINUTES_A_DAY,
        prevent_user_existence_errors="LEGACY",
        read_attributes=lists["Read"],
        write_attributes=lists["Write"],
    )
