"""The arguments of CreateUserPoolClient and UpdateUserPoolClient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flowengine.settings import Client

__all__ = ["CLIENT_WRITERS", "READ_ONLY", "client_arguments", "life"]

Arguments = dict[str, Any]

READ_ONLY: Final = ("ClientId", "ClientSecret", "CreationDate", "LastModifiedDate", "UserPoolId")
"""What DescribeUserPoolClient shows and UpdateUserPoolClient does not take, but for the ids of pool and client."""
UNITS: Final = (("days", 24 * 60), ("hours", 60), ("minutes", 1))


def life(minutes: int) -> tuple[int, str]:
    """Return a number of minutes as a length and its largest whole unit (`TimeUnitsType`)."""
    return next((minutes // size, unit) for unit, size in UNITS if minutes % size == 0)


def client_arguments(arguments: Mapping[str, Any], paths: tuple[str, ...], client: Client) -> Arguments:
    """
    Return arguments with settings of an app client written into them.

    Args:
        arguments: What the other members stand at.
        paths: The settings to write, such as `client.read_attributes`.
        client: Their values.
    """
    written = dict(arguments)
    for path in paths:
        CLIENT_WRITERS[path](written, client)
    return written


def _value(name: str, member: str) -> Callable[[Arguments, Client], None]:
    def write(arguments: Arguments, client: Client) -> None:
        value = getattr(client, name)
        arguments[member] = list(value) if isinstance(value, tuple) else value

    return write


def _names(name: str, member: str) -> Callable[[Arguments, Client], None]:
    """A list whose absence stands for all attributes."""

    def write(arguments: Arguments, client: Client) -> None:
        arguments.pop(member, None)
        if names := getattr(client, name):
            arguments[member] = list(names)

    return write


def _validity(name: str, token: str) -> Callable[[Arguments, Client], None]:
    def write(arguments: Arguments, client: Client) -> None:
        length, unit = life(getattr(client, name))
        arguments[f"{token}Validity"] = length
        arguments["TokenValidityUnits"] = {**(arguments.get("TokenValidityUnits") or {}), token: unit}

    return write


def _rotation(arguments: Arguments, client: Client) -> None:
    if client.rotates_refresh_tokens:
        seconds = client.retry_grace_period_seconds
        arguments["RefreshTokenRotation"] = {"Feature": "ENABLED", "RetryGracePeriodSeconds": seconds}
    elif "RefreshTokenRotation" in arguments:
        arguments["RefreshTokenRotation"] = {"Feature": "DISABLED"}


CLIENT_WRITERS: Final[Mapping[str, Callable[[Arguments, Client], None]]] = {
    "client.explicit_auth_flows": _value("explicit_auth_flows", "ExplicitAuthFlows"),
    "client.auth_session_validity": _value("auth_session_validity", "AuthSessionValidity"),
    "client.access_token_validity": _validity("access_token_validity", "AccessToken"),
    "client.id_token_validity": _validity("id_token_validity", "IdToken"),
    "client.refresh_token_validity": _validity("refresh_token_validity", "RefreshToken"),
    "client.refresh_token_rotation": _rotation,
    "client.retry_grace_period_seconds": _rotation,
    "client.enable_token_revocation": _value("enable_token_revocation", "EnableTokenRevocation"),
    "client.prevent_user_existence_errors": _value("prevent_user_existence_errors", "PreventUserExistenceErrors"),
    "client.read_attributes": _names("read_attributes", "ReadAttributes"),
    "client.write_attributes": _names("write_attributes", "WriteAttributes"),
}
"""What writes each setting of a client that can be changed."""
