"""Listing the users of a pool."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from flowengine.simulator.attributes import listed, shown
from flowengine.simulator.cloud.pages import page
from flowengine.simulator.cloud.refusals import FILTER_INVALID
from flowengine.simulator.cloud.state import Answer, Request
from flowengine.simulator.state import User

__all__ = ["list_users"]

FILTER: Final = re.compile(r'\s*([\w:]+)\s*(\^?=)\s*\\?"(.*?)\\?"\s*')
"""An attribute, `=` or `^=`, and a value in quotation marks (ListUsers)."""
SEARCHED: Final = (
    "username", "email", "phone_number", "name", "given_name", "family_name", "preferred_username",
    "cognito:user_status", "status", "sub",
)  # fmt: skip
"""What users can be searched by (how-to-manage-user-accounts); no custom attributes."""


def list_users(request: Request) -> Answer:
    """
    List the users of a pool, all of them or those that a filter finds.

    Source: ListUsers; how-to-manage-user-accounts.
    """
    params = request.params
    users = request.pool().users.users.values()
    found = [user for user in users if _matches(user, params.get("Filter") or "")]
    answer = page(found, "Users", params, token="PaginationToken", limit="Limit")  # noqa: S106 (no password)
    answer["Users"] = [_listed(user, params.get("AttributesToGet")) for user in answer["Users"]]
    return answer


def _matches(user: User, given: str) -> bool:
    if not given:
        return True
    parts = FILTER.fullmatch(given)
    if parts is None or parts[1] not in SEARCHED:
        raise FILTER_INVALID.error(filter=given)
    name, relation, wanted = parts.groups()
    value = _searched(user).get(name)
    return value is not None and (value == wanted if relation == "=" else value.startswith(wanted))


def _searched(user: User) -> Mapping[str, str]:
    return {
        **shown(user),
        "username": user.username,
        "cognito:user_status": user.status,
        "status": "Enabled" if user.enabled else "Disabled",
    }


def _listed(user: User, wanted: list[str] | None) -> dict[str, Any]:
    attributes = {name: value for name, value in shown(user).items() if not wanted or name in wanted}
    return {
        "Username": user.username,
        "Attributes": listed(attributes),
        "Enabled": user.enabled,
        "UserStatus": user.status,
    }
