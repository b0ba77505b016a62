"""What the policies of a role say: whether Cognito may take it on, and what it may do then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from flowengine.provision.sms.facts import Role

__all__ = ["SENDING", "is_trusted", "may", "wants_other_id"]

COGNITO: Final = "cognito-idp.amazonaws.com"
EXTERNAL_ID: Final = "sts:externalid"

SENDING: Final[Mapping[str, str]] = {"sns": "sns:Publish", "eums": "sms-voice:SendTextMessage"}
"""The action that a role must allow, by the way that a pool sends (user-pool-sms-settings)."""


def is_trusted(role: Role) -> bool:
    """Tell whether a role lets Cognito take it on, whatever external id it shows."""
    return any(True for _ in _for_cognito(role))


def wants_other_id(role: Role, external_id: str | None) -> bool:
    """
    Tell whether a role lets Cognito take it on, but for another external id than a pool's.

    Args:
        role: The role.
        external_id: The pool's external id, if it has one.
    """
    asked = [_external_ids(statement) for statement in _for_cognito(role)]
    return bool(asked) and not any(
        not ids or any(fnmatchcase(external_id or "", pattern) for pattern in ids) for ids in asked
    )


def may(role: Role, action: str) -> bool:
    """Tell whether the policies of a role allow an action on some resource, and none denies it on all."""
    statements = [each for policy in role.policies for each in _statements(policy) if _names(each, action)]
    allowed = any(each["Effect"] == "Allow" for each in statements)
    denied = any(
        each["Effect"] == "Deny" and "*" in _listed(each.get("Resource", [])) and not each.get("Condition")
        for each in statements
    )
    return allowed and not denied


def _for_cognito(role: Role) -> Iterator[Mapping[str, Any]]:
    """The statements that let Cognito take a role on."""
    for statement in _statements(role.trust):
        principal = statement.get("Principal", {})
        services = ["*"] if principal == "*" else _listed(principal.get("Service", []))
        if statement["Effect"] == "Allow" and {COGNITO, "*"} & {*services} and _names(statement, "sts:AssumeRole"):
            yield statement


def _external_ids(statement: Mapping[str, Any]) -> list[str]:
    return [
        pattern
        for tests in statement.get("Condition", {}).values()
        for key, values in tests.items()
        if key.lower() == EXTERNAL_ID
        for pattern in _listed(values)
    ]


def _statements(policy: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return _listed(policy.get("Statement", []))


def _names(statement: Mapping[str, Any], action: str) -> bool:
    patterns: Iterable[str] = _listed(statement.get("Action", []))
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
