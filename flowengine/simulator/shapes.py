"""What the service model demands of a request's members: presence, length, pattern, choice.

A client library checks some of this before it sends anything; the service checks all of it. Values are never quoted
in a message, as most are secret.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from flowengine.simulator.refusals import INVALID_SHAPE, Refusal

__all__ = [
    "CLIENT_ID", "CLIENT_SECRET", "POOL_ID", "REQUESTS", "Shape", "check_shape", "check_structure", "choice", "flag",
    "mapping", "number", "sequence", "structure", "text",
]  # fmt: skip

Shape = Callable[[str, Any], Iterator[str]]
"""Yields the violations of a value that stands at a path."""

MISSING: Final = "Member must not be null"


def _violation(path: str, demand: str) -> str:
    return f"Value at '{path}' failed to satisfy constraint: {demand}"


def text(least: int = 0, most: int | None = None, pattern: str | None = None) -> Shape:
    """Return the shape of a string with a length in characters, and a pattern of the service model."""

    def check(path: str, value: Any) -> Iterator[str]:
        if not isinstance(value, str):
            yield _violation(path, "Member must be a string")
            return
        if len(value) < least:
            yield _violation(path, f"Member must have length greater than or equal to {least}")
        if most is not None and len(value) > most:
            yield _violation(path, f"Member must have length less than or equal to {most}")
        if pattern is not None and not PATTERNS[pattern](value):
            yield _violation(path, f"Member must satisfy regular expression pattern: {pattern}")

    return check


def choice(*values: str) -> Shape:
    """Return the shape of a string that is one of `values`."""

    def check(path: str, value: Any) -> Iterator[str]:
        if value not in values:
            yield _violation(path, f"Member must satisfy enum value set: [{', '.join(values)}]")

    return check


def flag(path: str, value: Any) -> Iterator[str]:
    """Yield the violation of a value that is no boolean."""
    if not isinstance(value, bool):
        yield _violation(path, "Member must be a boolean")


def number(least: int, most: int | None = None) -> Shape:
    """Return the shape of a whole number within bounds."""

    def check(path: str, value: Any) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield _violation(path, "Member must be an integer")
            return
        if value < least:
            yield _violation(path, f"Member must have value greater than or equal to {least}")
        if most is not None and value > most:
            yield _violation(path, f"Member must have value less than or equal to {most}")

    return check


def or_blank(shape: Shape) -> Shape:
    """Return the shape of a string that has another shape, or is empty."""

    def check(path: str, value: Any) -> Iterator[str]:
        if value != "":
            yield from shape(path, value)

    return check


def mapping(values: Shape) -> Shape:
    """Return the shape of a map from names to `values`."""

    def check(path: str, value: Any) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield _violation(path, "Member must be a map")
            return
        for name, item in value.items():
            yield from values(f"{path}.{name}.member", item)

    return check


def sequence(items: Shape, least: int = 0, most: int | None = None) -> Shape:
    """Return the shape of a list of `items`, with bounds of its length."""

    def check(path: str, value: Any) -> Iterator[str]:
        if not isinstance(value, list | tuple):
            yield _violation(path, "Member must be a list")
            return
        if len(value) < least:
            yield _violation(path, f"Member must have length greater than or equal to {least}")
        if most is not None and len(value) > most:
            yield _violation(path, f"Member must have length less than or equal to {most}")
        for number, item in enumerate(value, start=1):
            yield from items(f"{path}.{number}.member", item)

    return check


def structure(needed: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """Return the shape of a structure; members that are not listed are ignored, as the service does."""
    members = {**needed, **(optional or {})}

    def check(path: str, value: Any) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield _violation(path, "Member must be a structure")
            return
        for name, shape in members.items():
            place = f"{path}.{name[0].lower()}{name[1:]}".removeprefix(".")
            if value.get(name) is not None:
                yield from shape(place, value[name])
            elif name in needed:
                yield _violation(place, MISSING)

    return check


def _is_prose(value: str) -> bool:
    return all(char.isspace() or unicodedata.category(char)[0] in "LMSNP" for char in value)


def _in_categories(initials: str, others: str = "") -> Callable[[str], bool]:
    def matches(value: str) -> bool:
        return all(unicodedata.category(char)[0] in initials or char in others for char in value)

    return matches


PRINTABLE: Final = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+"
PRINTABLE_OR_SPACE: Final = r"[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+"
UNSPACED: Final = r"[\S]+"
WORD: Final = r"[\w+]+"
BASE64: Final = r"[\w+=/]+"
WEB_SAFE: Final = r"[A-Za-z0-9-_=.]+"
DIGITS: Final = "[0-9]+"
POOL: Final = r"[\w-]+_[0-9a-zA-Z]+"
DEVICE: Final = r"[\w-]+_[0-9a-f-]+"
NAME: Final = r"[\w\s+=,.@-]+"
ARN: Final = r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?"
SMS_WITH_CODE: Final = r".*\{####\}.*"
PROSE: Final = r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*"
PROSE_WITH_CODE: Final = rf"{PROSE}\{{####\}}{PROSE}"
PROSE_WITH_LINK: Final = rf"{PROSE}\{{##{PROSE}##\}}{PROSE}"
PHONE: Final = r"^(\+[0-9]{8,}|[0-9]{0,9})$"
PATTERNS: Final[Mapping[str, Callable[[str], object]]] = {
    PRINTABLE: _in_categories("LMSNP"),
    PRINTABLE_OR_SPACE: _in_categories("LMSNP", "\t\n\r "),
    UNSPACED: re.compile(r"\S*").fullmatch,  # emptiness is a matter of length
    WORD: re.compile(r"[\w+]*", re.ASCII).fullmatch,
    BASE64: re.compile(r"[\w+=/]*", re.ASCII).fullmatch,
    WEB_SAFE: re.compile(r"[A-Za-z0-9\-_=.]*").fullmatch,
    DIGITS: re.compile(r"[0-9]*").fullmatch,
    POOL: re.compile(r"[\w-]+_[0-9a-zA-Z]+", re.ASCII).fullmatch,
    DEVICE: re.compile(r"[\w-]+_[0-9a-f-]+", re.ASCII).fullmatch,
    NAME: re.compile(r"[\w\s+=,.@-]*", re.ASCII).fullmatch,
    ARN: re.compile(ARN, re.ASCII).fullmatch,
    SMS_WITH_CODE: re.compile(SMS_WITH_CODE).fullmatch,
    PROSE: _is_prose,
    PROSE_WITH_CODE: lambda value: _is_prose(value) and "{####}" in value,
    PROSE_WITH_LINK: lambda value: _is_prose(value) and re.search(r"\{##.*##\}", value, re.DOTALL),
    PHONE: re.compile(PHONE).match,
}

CLIENT_ID: Final = text(1, 128, WORD)
USERNAME: Final = text(1, 128, PRINTABLE)
SECRET_HASH: Final = text(1, 128, BASE64)
ACCESS_TOKEN: Final = text(pattern=WEB_SAFE)
# The model says 0 to 256; the service refuses fewer than 6 characters as a shape violation, not as a weak password.
PASSWORD: Final = text(6, 256, UNSPACED)
PASSWORD_OR_NONE: Final = or_blank(PASSWORD)
CONFIRMATION_CODE: Final = text(1, 2048, UNSPACED)
SESSION: Final = text(20, 4096)
CLIENT_SECRET: Final = text(24, 64, WORD)
POOL_ID: Final = text(1, 55, POOL)
DEVICE_KEY: Final = text(1, 55, DEVICE)
ATTRIBUTE: Final = structure({"Name": text(1, 32, PRINTABLE_OR_SPACE)}, {"Value": text(0, 2048)})
ATTRIBUTES: Final = sequence(ATTRIBUTE)
PARAMETERS: Final = mapping(text())
MFA_SETTINGS: Final = structure({}, {"Enabled": flag, "PreferredMfa": flag})
MFA_PREFERENCE: Final = {
    "SMSMfaSettings": MFA_SETTINGS,
    "SoftwareTokenMfaSettings": MFA_SETTINGS,
    "EmailMfaSettings": MFA_SETTINGS,
}
VERIFIER: Final = structure({}, {"PasswordVerifier": text(), "Salt": text()})
USER: Final = {"UserPoolId": POOL_ID, "Username": USERNAME}
"""The members with which an administrator names a user."""
AUTH_FLOWS: Final = choice(
    "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", "CUSTOM_AUTH", "ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH",
    "ADMIN_USER_PASSWORD_AUTH", "USER_AUTH",
)  # fmt: skip
CHALLENGES: Final = choice(
    "SMS_MFA", "EMAIL_OTP", "SOFTWARE_TOKEN_MFA", "SELECT_MFA_TYPE", "MFA_SETUP", "PASSWORD_VERIFIER",
    "CUSTOM_CHALLENGE", "SELECT_CHALLENGE", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER", "ADMIN_NO_SRP_AUTH",
    "NEW_PASSWORD_REQUIRED", "SMS_OTP", "PASSWORD", "WEB_AUTHN", "PASSWORD_SRP",
)  # fmt: skip

REQUESTS: Final[Mapping[str, Shape]] = {
    "SignUp": structure(
        {"ClientId": CLIENT_ID, "Username": USERNAME},
        {
            "Password": PASSWORD_OR_NONE,
            "SecretHash": SECRET_HASH,
            "UserAttributes": ATTRIBUTES,
            "ValidationData": ATTRIBUTES,
        },
    ),
    "ConfirmSignUp": structure(
        {"ClientId": CLIENT_ID, "Username": USERNAME, "ConfirmationCode": CONFIRMATION_CODE},
        {"SecretHash": SECRET_HASH, "ForceAliasCreation": flag, "Session": SESSION},
    ),
    "ResendConfirmationCode": structure(
        {"ClientId": CLIENT_ID, "Username": USERNAME},
        {"SecretHash": SECRET_HASH},
    ),
    "InitiateAuth": structure(
        {"ClientId": CLIENT_ID, "AuthFlow": AUTH_FLOWS},
        {"AuthParameters": PARAMETERS, "Session": SESSION},
    ),
    "RespondToAuthChallenge": structure(
        {"ClientId": CLIENT_ID, "ChallengeName": CHALLENGES},
        {"Session": SESSION, "ChallengeResponses": PARAMETERS},
    ),
    "AdminInitiateAuth": structure(
        {"UserPoolId": POOL_ID, "ClientId": CLIENT_ID, "AuthFlow": AUTH_FLOWS},
        {"AuthParameters": PARAMETERS, "Session": SESSION},
    ),
    "AdminRespondToAuthChallenge": structure(
        {"UserPoolId": POOL_ID, "ClientId": CLIENT_ID, "ChallengeName": CHALLENGES},
        {"Session": SESSION, "ChallengeResponses": PARAMETERS},
    ),
    "SetUserMFAPreference": structure(
        {"AccessToken": ACCESS_TOKEN},
        {**MFA_PREFERENCE, "WebAuthnMfaSettings": structure({}, {"Enabled": flag})},
    ),
    "GetTokensFromRefreshToken": structure(
        {"ClientId": CLIENT_ID, "RefreshToken": ACCESS_TOKEN},
        {"ClientSecret": CLIENT_SECRET, "DeviceKey": DEVICE_KEY},
    ),
    "GlobalSignOut": structure({"AccessToken": ACCESS_TOKEN}),
    "GetUser": structure({"AccessToken": ACCESS_TOKEN}),
    "GetUserAuthFactors": structure({"AccessToken": ACCESS_TOKEN}),
    "DeleteUser": structure({"AccessToken": ACCESS_TOKEN}),
    "RevokeToken": structure({"Token": ACCESS_TOKEN, "ClientId": CLIENT_ID}, {"ClientSecret": CLIENT_SECRET}),
    "ForgotPassword": structure({"ClientId": CLIENT_ID, "Username": USERNAME}, {"SecretHash": SECRET_HASH}),
    "ConfirmForgotPassword": structure(
        {
            "ClientId": CLIENT_ID,
            "Username": USERNAME,
            "ConfirmationCode": CONFIRMATION_CODE,
            "Password": PASSWORD,
        },
        {"SecretHash": SECRET_HASH},
    ),
    "ChangePassword": structure(
        {"AccessToken": ACCESS_TOKEN, "ProposedPassword": PASSWORD}, {"PreviousPassword": text(0, 256, UNSPACED)}
    ),
    "AssociateSoftwareToken": structure({}, {"AccessToken": ACCESS_TOKEN, "Session": SESSION}),
    "VerifySoftwareToken": structure(
        {"UserCode": text(6, 6, DIGITS)},
        {"AccessToken": ACCESS_TOKEN, "Session": SESSION, "FriendlyDeviceName": text()},
    ),
    "StartWebAuthnRegistration": structure({"AccessToken": ACCESS_TOKEN}),
    "CompleteWebAuthnRegistration": structure({"AccessToken": ACCESS_TOKEN, "Credential": structure({})}),
    "ListWebAuthnCredentials": structure({"AccessToken": ACCESS_TOKEN}),
    "DeleteWebAuthnCredential": structure({"AccessToken": ACCESS_TOKEN, "CredentialId": text()}),
    "ConfirmDevice": structure(
        {"AccessToken": ACCESS_TOKEN, "DeviceKey": DEVICE_KEY},
        {"DeviceSecretVerifierConfig": VERIFIER, "DeviceName": text(1, 1024)},
    ),
    "ForgetDevice": structure({"DeviceKey": DEVICE_KEY}, {"AccessToken": ACCESS_TOKEN}),
    "GetDevice": structure({"DeviceKey": DEVICE_KEY}, {"AccessToken": ACCESS_TOKEN}),
    "ListDevices": structure({"AccessToken": ACCESS_TOKEN}),
    "UpdateDeviceStatus": structure(
        {"AccessToken": ACCESS_TOKEN, "DeviceKey": DEVICE_KEY},
        {"DeviceRememberedStatus": choice("remembered", "not_remembered")},
    ),
    "AdminCreateUser": structure(
        USER,
        {
            "UserAttributes": ATTRIBUTES,
            "ValidationData": ATTRIBUTES,
            "TemporaryPassword": PASSWORD_OR_NONE,
            "ForceAliasCreation": flag,
            "MessageAction": choice("RESEND", "SUPPRESS"),
            "DesiredDeliveryMediums": sequence(choice("SMS", "EMAIL")),
        },
    ),
    "AdminGetUser": structure(USER),
    "AdminConfirmSignUp": structure(USER),
    "AdminSetUserPassword": structure({**USER, "Password": PASSWORD}, {"Permanent": flag}),
    "AdminResetUserPassword": structure(USER),
    "AdminUpdateUserAttributes": structure({**USER, "UserAttributes": ATTRIBUTES}),
    "AdminDisableUser": structure(USER),
    "AdminEnableUser": structure(USER),
    "AdminDeleteUser": structure(USER),
    "AdminDeleteSoftwareToken": structure(USER),
    "AdminUserGlobalSignOut": structure(USER),
    "AdminSetUserMFAPreference": structure(USER, MFA_PREFERENCE),
    "AdminForgetDevice": structure({**USER, "DeviceKey": DEVICE_KEY}),
}
"""The input shape of each operation, named as in the `cognito-idp` service model."""


def check_shape(operation: str, params: Mapping[str, Any]) -> None:
    """Refuse a request whose members violate the model, naming every violation at once."""
    check_structure(REQUESTS[operation], params)


def check_structure(shape: Shape, params: Mapping[str, Any], invalid: Refusal = INVALID_SHAPE) -> None:
    """Refuse a request that violates its shape, naming every violation at once."""
    violations = list(shape("", params))
    if violations:
        errors = "error" if len(violations) == 1 else "errors"
        raise invalid.error(violations=f"{len(violations)} validation {errors} detected: {'; '.join(violations)}")
