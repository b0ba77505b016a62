"""Who calls, and the roles that a readiness check of SMS looks at: AWS STS and IAM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from flowengine.simulator.cloud.pages import PREFIX, start_of
from flowengine.simulator.cloud.refusals import MARKER_INVALID, POLICY_UNKNOWN, ROLE_POLICY_UNKNOWN, ROLE_UNKNOWN
from flowengine.simulator.cloud.roles import Role
from flowengine.simulator.cloud.state import Answer, Request

__all__ = [
    "get_caller_identity", "get_policy", "get_policy_version", "get_role", "get_role_policy",
    "list_attached_role_policies", "list_role_policies",
]  # fmt: skip

MOST: Final = 100
"""How many items a page has by itself (ListRolePolicies)."""
VERSION: Final = "v1"


def get_caller_identity(request: Request) -> Answer:
    """
    Tell who calls.

    Source: GetCallerIdentity.
    """
    return {"UserId": "AIDASIMULATEDOPERATOR", "Account": request.account_id, "Arn": request.caller}


def get_role(request: Request) -> Answer:
    """
    Show a role, with the policy on who may take it on.

    Source: GetRole (policies come URL-encoded).
    """
    role = _role(request)
    shown = {
        "Path": "/",
        "RoleName": role.name,
        "RoleId": f"AROA{role.name.upper():X<17.17}".replace("-", "X"),
        "Arn": role.arn,
        "CreateDate": role.created_at,
        "AssumeRolePolicyDocument": quote(role.trust),
        "MaxSessionDuration": 3600,
    }
    return {"Role": shown}


def list_role_policies(request: Request) -> Answer:
    """
    List the names of a role's inline policies.

    Source: ListRolePolicies.
    """
    return _page(request, "PolicyNames", [*_role(request).policies])


def get_role_policy(request: Request) -> Answer:
    """
    Show an inline policy of a role.

    Source: GetRolePolicy.
    """
    role, name = _role(request), request.params["PolicyName"]
    if name not in role.policies:
        raise ROLE_POLICY_UNKNOWN.error(name=name)
    return {"RoleName": role.name, "PolicyName": name, "PolicyDocument": quote(role.policies[name])}


def list_attached_role_policies(request: Request) -> Answer:
    """
    List the managed policies of a role.

    Source: ListAttachedRolePolicies.
    """
    attached = [{"PolicyName": _name(arn), "PolicyArn": arn} for arn in _role(request).attached]
    return _page(request, "AttachedPolicies", attached)


def get_policy(request: Request) -> Answer:
    """
    Show a managed policy, without its document.

    Source: GetPolicy.
    """
    arn = request.params["PolicyArn"]
    _document(request, arn)
    return {"Policy": {"PolicyName": _name(arn), "Arn": arn, "Path": "/", "DefaultVersionId": VERSION}}


def get_policy_version(request: Request) -> Answer:
    """
    Show the document of a managed policy.

    Source: GetPolicyVersion.
    """
    arn, version = request.params["PolicyArn"], request.params["VersionId"]
    document = _document(request, arn)
    if version != VERSION:
        raise POLICY_UNKNOWN.error(arn=f"{arn} version {version}")
    return {"PolicyVersion": {"Document": quote(document), "VersionId": VERSION, "IsDefaultVersion": True}}


def _role(request: Request) -> Role:
    name = request.params["RoleName"]
    if name not in request.state.roles:
        raise ROLE_UNKNOWN.error(name=name)
    return request.state.roles[name]


def _document(request: Request, arn: str) -> str:
    for role in request.state.roles.values():
        if arn in role.attached:
            return role.attached[arn]
    raise POLICY_UNKNOWN.error(arn=arn)


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]


def _page(request: Request, name: str, items: Sequence[object]) -> Answer:
    """A page as IAM makes one, which says of itself whether it is the last."""
    start = start_of(request.params.get("Marker"), len(items), MARKER_INVALID)
    end = start + request.params.get("MaxItems", MOST)
    more = end < len(items)
    return {name: list(items[start:end]), "IsTruncated": more, **({"Marker": f"{PREFIX}{end}"} if more else {})}
