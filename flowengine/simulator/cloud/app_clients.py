"""Creating, changing, showing and deleting app clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flowengine.settings import settings_of
from flowengine.simulator.cloud.pages import page
from flowengine.simulator.cloud.refusals import SECRET_NEEDED, SECRET_TWICE, VALIDITY_RANGE
from flowengine.simulator.cloud.rules import check_settings
from flowengine.simulator.cloud.shapes import CLIENT
from flowengine.simulator.cloud.state import Answer, Request
from flowengine.simulator.pool import SECRET_LENGTH

__all__ = [
    "create_user_pool_client", "delete_user_pool_client", "describe_user_pool_client", "list_user_pool_clients",
    "update_user_pool_client",
]  # fmt: skip

DEFAULTS: Final[Mapping[str, Any]] = {
    "RefreshTokenValidity": 30,
    "TokenValidityUnits": {},
    "AllowedOAuthFlowsUserPoolClient": False,
    "EnableTokenRevocation": True,
    "EnablePropagateAdditionalUserContextData": False,
    "AuthSessionValidity": 3,
}
"""What an app client shows where its request leaves it out (CreateUserPoolClient)."""
SECONDS: Final = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
RANGES: Final = {
    "AccessToken": ("hours", 300, 86_400), "IdToken": ("hours", 300, 86_400),
    "RefreshToken": ("days", 3600, 3650 * 86_400),
}  # fmt: skip
"""The unit that holds by itself, and the bounds in seconds, of each token's life (CreateUserPoolClient)."""


def create_user_pool_client(request: Request) -> Answer:
    """
    Make an app client.

    Source: CreateUserPoolClient.
    """
    record, params = request.pool(), request.params
    secret = params.get("ClientSecret")
    if params.get("GenerateSecret"):
        if secret:
            raise SECRET_TWICE.error()
        secret = request.letters(SECRET_LENGTH)
    client = {
        "UserPoolId": params["UserPoolId"],
        "ClientId": request.letters(26),
        "ClientName": params["ClientName"],
        "CreationDate": request.now,
        **({"ClientSecret": secret} if secret else {}),
    }
    client |= _configured(request, client)
    record.clients[client["ClientId"]] = client
    return {"UserPoolClient": client}


def update_user_pool_client(request: Request) -> Answer:
    """
    Change an app client; what is left out goes back to its default.

    Source: UpdateUserPoolClient, and what was measured.
    """
    before = request.client()
    names = ("UserPoolId", "ClientId", "ClientName", "CreationDate", "ClientSecret")
    client = {name: before[name] for name in names if name in before}
    if "ClientName" in request.params:
        client["ClientName"] = request.params["ClientName"]
    client |= _configured(request, client)
    request.pool().clients[client["ClientId"]] = client
    return {"UserPoolClient": client}


def describe_user_pool_client(request: Request) -> Answer:
    """
    Show an app client.

    Source: DescribeUserPoolClient.
    """
    return {"UserPoolClient": request.client()}


def delete_user_pool_client(request: Request) -> Answer:
    """
    Delete an app client.

    Source: DeleteUserPoolClient.
    """
    del request.pool().clients[request.client()["ClientId"]]
    return {}


def list_user_pool_clients(request: Request) -> Answer:
    """
    List the app clients of a user pool.

    Source: ListUserPoolClients.
    """
    names = ("ClientId", "UserPoolId", "ClientName")
    clients = [{name: client[name] for name in names} for client in request.pool().clients.values()]
    return page(clients, "UserPoolClients", request.params)


def _configured(request: Request, identity: Mapping[str, Any]) -> dict[str, Any]:
    """What a client is configured to do after a request, checked."""
    params, record = request.params, request.pool()
    given = {name: params[name] for name in CLIENT if params.get(name) not in (None, [])}
    configured = {**DEFAULTS, **given, "LastModifiedDate": request.now}
    configured["RefreshTokenValidity"] = configured["RefreshTokenValidity"] or DEFAULTS["RefreshTokenValidity"]
    _check_validities(configured)
    if configured["EnablePropagateAdditionalUserContextData"] and "ClientSecret" not in identity:
        raise SECRET_NEEDED.error()
    check_settings(settings_of(record.description, record.factors, {**identity, **configured}))
    return configured


def _check_validities(client: Mapping[str, Any]) -> None:
    for token, (unit, least, most) in RANGES.items():
        length = client.get(f"{token}Validity")
        unit = client["TokenValidityUnits"].get(token, unit)  # noqa: PLW2901
        if length is not None and not least <= length * SECONDS[unit] <= most:
            raise VALIDITY_RANGE.error()
