"""The roles that Amazon Cognito takes on to send SMS: whom they trust, and what they allow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from attrs import frozen

from flowengine.simulator.cloud.refusals import ROLE_DISTRUSTS, ROLE_FORBIDS, SMS_AMBIGUOUS

__all__ = ["Role", "caller_of", "check_role", "role_forbids", "sms_role"]

COGNITO: Final = "cognito-idp.amazonaws.com"
SENDING: Final = {"sns": "sns:Publish", "eums": "sms-voice:SendTextMessage"}
"""The action that each way to send takes (user-pool-sms-settings)."""


@frozen(kw_only=True)
class Role:
    """
    A role of the account.

    Args:
        name: Its name.
        arn: Its ARN.
        trust: The policy on who may take it on, as JSON.
        policies: Its inline policies, as JSON, by name.
        attached: Its managed policies, as JSON, by ARN.
        created_at: When it was made, in seconds since the epoch.
    """

    name: str
    arn: str
    trust: str
    policies: dict[str, str]
    attached: dict[str, str]
    created_at: float


def sms_role(name: str, arn: str, external_id: str | None, now: float) -> Role:
    """
    Return a role as Cognito needs it to send SMS, by either way.

    Source: user-pool-sms-settings.
    """
    condition = {} if external_id is None else {"Condition": {"StringEquals": {"sts:ExternalId": external_id}}}
    trust = {"Effect": "Allow", "Principal": {"Service": COGNITO}, "Action": "sts:AssumeRole", **condition}
    sending = {"Effect": "Allow", "Action": [*SENDING.values()], "Resource": "*"}
    return Role(
        name=name, arn=arn, trust=_policy(trust), policies={"send-sms": _policy(sending)}, attached={}, created_at=now
    )


def caller_of(sms: Mapping[str, Any]) -> tuple[str, str | None, str]:
    """Return the ARN of the role that an `SmsConfigurationType` names, its external id, and the way to send."""
    if ("SnsCallerArn" in sms) is ("EumsSms" in sms):
        raise SMS_AMBIGUOUS.error()
    way, block, arn = ("sns", sms, "SnsCallerArn") if "SnsCallerArn" in sms else ("eums", sms["EumsSms"], "CallerArn")
    return block[arn], block.get("ExternalId"), way


def check_role(roles: Mapping[str, Role], sms: Mapping[str, Any]) -> None:
    """
    Refuse an SMS configuration whose role Cognito cannot take on, or cannot send with.

    Source: shape SmsConfigurationType; InvalidSmsRoleTrustRelationshipException, InvalidSmsRoleAccessPolicyException.
    """
    arn, external_id, _ = caller_of(sms)
    role = _named(roles, arn)
    if role is None or not any(_trusts(statement, external_id) for statement in _statements(role.trust)):
        raise ROLE_DISTRUSTS.error()
    if role_forbids(roles, sms):
        raise ROLE_FORBIDS.error()


def role_forbids(roles: Mapping[str, Role], sms: Mapping[str, Any]) -> bool:
    """Tell whether the role of an SMS configuration does not allow to send."""
    arn, _, way = caller_of(sms)
    role = _named(roles, arn)
    documents = (*role.policies.values(), *role.attached.values()) if role is not None else ()
    return not any(_allows(statement, SENDING[way]) for text in documents for statement in _statements(text))


def _named(roles: Mapping[str, Role], arn: str) -> Role | None:
    return next((role for role in roles.values() if role.arn == arn), None)


def _policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _statements(policy: str) -> Iterator[Mapping[str, Any]]:
    yield from _listed(json.loads(policy)["Statement"])


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _trusts(statement: Mapping[str, Any], external_id: str | None) -> bool:
    services = _listed(statement.get("Principal", {}).get("Service", []))
    wanted = statement.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId")
    return (
        statement["Effect"] == "Allow"
        and COGNITO in services
        and (wanted is None or external_id in _listed(wanted))
        and _names(statement, "sts:AssumeRole")
    )


def _allows(statement: Mapping[str, Any], action: str) -> bool:
    return statement["Effect"] == "Allow" and _names(statement, action)


def _names(statement: Mapping[str, Any], action: str) -> bool:
    patterns = _listed(statement.get("Action", []))
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)
