"""Which function answers which operation of which service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flowengine.simulator.cloud import app_clients, factors, pools
from flowengine.simulator.cloud.state import Answer, Request

__all__ = ["OPERATIONS", "service_of"]

Handler = Callable[[Request], Answer]

OPERATIONS: Final[Mapping[str, Mapping[str, Handler]]] = {
    "cognito-idp": {
        "AddCustomAttributes": pools.add_custom_attributes,
        "CreateUserPool": pools.create_user_pool,
        "CreateUserPoolClient": app_clients.create_user_pool_client,
        "DeleteUserPool": pools.delete_user_pool,
        "DeleteUserPoolClient": app_clients.delete_user_pool_client,
        "DescribeUserPool": pools.describe_user_pool,
        "DescribeUserPoolClient": app_clients.describe_user_pool_client,
        "GetUserPoolMfaConfig": factors.get_user_pool_mfa_config,
        "ListUserPoolClients": app_clients.list_user_pool_clients,
        "ListUserPools": pools.list_user_pools,
        "SetUserPoolMfaConfig": factors.set_user_pool_mfa_config,
        "UpdateUserPool": pools.update_user_pool,
        "UpdateUserPoolClient": app_clients.update_user_pool_client,
    },
}
"""The handler of each operation, by service and name. No two services share an operation's name."""


def service_of(operation: str) -> str:
    """Return the service that an operation belongs to; the user operations of a pool are `cognito-idp`'s."""
    return next((service for service, handlers in OPERATIONS.items() if operation in handlers), "cognito-idp")
