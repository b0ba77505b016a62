"""Creating, changing, showing and deleting user pools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flowengine.settings import settings_of
from flowengine.simulator.cloud.factors import MFA_BLOCKS, sms_block
from flowengine.simulator.cloud.pages import page
from flowengine.simulator.cloud.refusals import (
    INVITE_INCOMPLETE,
    MESSAGE_TWICE,
    MFA_ON_LATER,
    MFA_WITHOUT_SMS,
    POOL_HAS_DOMAIN,
    POOL_PROTECTED,
    SOURCE_MISSING,
    VALIDITY_TWICE,
    VERIFICATION_DROPPED,
)
from flowengine.simulator.cloud.roles import check_role, role_forbids
from flowengine.simulator.cloud.rules import check_settings
from flowengine.simulator.cloud.schema import created_schema, with_custom_attributes
from flowengine.simulator.cloud.state import Answer, PoolRecord, Request
from flowengine.simulator.state import PoolState

__all__ = [
    "add_custom_attributes", "check_present", "create_user_pool", "delete_user_pool", "describe_user_pool",
    "list_user_pools", "update_user_pool",
]  # fmt: skip

Block = dict[str, Any]

PASSWORD_POLICY: Final = {
    "MinimumLength": 8, "RequireUppercase": True, "RequireLowercase": True, "RequireNumbers": True,
    "RequireSymbols": True, "TemporaryPasswordValidityDays": 7,
}  # fmt: skip
"""The policy of a pool that is created without one (CreateUserPool)."""
UNREQUIRED: Final = {
    "MinimumLength": 8, "RequireUppercase": False, "RequireLowercase": False, "RequireNumbers": False,
    "RequireSymbols": False, "TemporaryPasswordValidityDays": 7,
}  # fmt: skip
"""What a given policy says of what it leaves out (shape PasswordPolicyType)."""
SIGN_IN_POLICY: Final = {"AllowedFirstAuthFactors": ["PASSWORD"]}
ON_CREATION: Final = ("AliasAttributes", "UsernameAttributes", "UsernameConfiguration")
"""What no other operation can set (CreateUserPool; UpdateUserPool has no such members)."""
RESET: Final = (
    "AdminCreateUserConfig", "AutoVerifiedAttributes", "DeletionProtection", "DeviceConfiguration", "LambdaConfig",
    "SmsAuthenticationMessage", "UserAttributeUpdateSettings", "UserPoolAddOns", "VerificationMessageTemplate",
)  # fmt: skip
"""
What an update resets that leaves it out.

Source: cognito-user-pool-updating, and what was measured; what was not measured counts as reset.
"""
KEPT: Final = ("AccountRecoverySetting", "EmailConfiguration", "SmsConfiguration", "UserPoolTags", "UserPoolTier")
"""What an update keeps that leaves it out, as was measured; e-mail through the account's own identity is reset."""
LEGACY_TEXTS: Final = {
    "SmsVerificationMessage": "SmsMessage",
    "EmailVerificationMessage": "EmailMessage",
    "EmailVerificationSubject": "EmailSubject",
}
"""The former names of members of VerificationMessageTemplate."""
ALWAYS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "DeletionProtection": lambda given: given or "INACTIVE",
    "LambdaConfig": lambda given: given or {},
    "UserPoolTags": lambda given: given or {},
    "UserPoolTier": lambda given: given or "ESSENTIALS",
    "EmailConfiguration": lambda given: {"EmailSendingAccount": "COGNITO_DEFAULT", **(given or {})},
    "UserAttributeUpdateSettings": lambda given: {"AttributesRequireVerificationBeforeUpdate": [], **(given or {})},
    "AdminCreateUserConfig": lambda given: {"AllowAdminCreateUserOnly": False, **(given or {})},
    "VerificationMessageTemplate": lambda given: {"DefaultEmailOption": "CONFIRM_WITH_CODE", **(given or {})},
}
"""What a pool always shows, made from what was given."""
PRESENT: Final = ("Id", "Name", "MfaConfiguration", "Policies", "SchemaAttributes", *ALWAYS)
"""All that every pool has from its creation on."""


def create_user_pool(request: Request) -> Answer:
    """
    Make a user pool.

    Source: CreateUserPool.
    """
    params = request.params
    _check_given(request)
    mode = params.get("MfaConfiguration", "OFF")
    if mode != "OFF" and "SmsConfiguration" not in params:
        raise MFA_WITHOUT_SMS.error()
    pool_id = f"{request.region}_{request.letters(9)}"
    description = {
        "Id": pool_id,
        "Arn": f"arn:aws:cognito-idp:{request.region}:{request.account_id}:userpool/{pool_id}",
        "Name": params["PoolName"],
        "CreationDate": request.now,
        "SchemaAttributes": created_schema(params.get("Schema", ())),
        "MfaConfiguration": mode,
        **{name: params[name] for name in ON_CREATION if params.get(name)},
        **_configured(params, {}),
    }
    record = PoolRecord(
        description=description | {"LastModifiedDate": request.now},
        factors=sms_block(description) if mode != "OFF" else {},
        users=PoolState(seed=request.random().getrandbits(32)),
    )
    check_settings(settings_of(record.description, record.factors))
    request.state.pools[pool_id] = record
    return {"UserPool": _shown(request, record)}


def update_user_pool(request: Request) -> Answer:
    """
    Change a user pool; what is left out is reset or kept, member by member.

    Source: UpdateUserPool.
    """
    record, params = request.pool(), request.params
    _check_given(request)
    before = record.description
    mode = params.get("MfaConfiguration", before["MfaConfiguration"])
    if mode == "ON" != before["MfaConfiguration"]:
        raise MFA_ON_LATER.error()
    if "AutoVerifiedAttributes" not in params and _verifies_updates(params, before):
        raise VERIFICATION_DROPPED.error()
    description = {
        **{name: value for name, value in before.items() if name not in (*RESET, *KEPT)},
        "Name": params.get("PoolName", before["Name"]),
        "MfaConfiguration": mode,
        "LastModifiedDate": request.now,
        **_configured(params, before),
    }
    factors = _factors(record, description)
    check_settings(
        settings_of(description, factors), tier_changes=description["UserPoolTier"] != before["UserPoolTier"]
    )
    record.description, record.factors = description, factors
    return {}


def describe_user_pool(request: Request) -> Answer:
    """
    Show a user pool.

    Source: DescribeUserPool.
    """
    return {"UserPool": _shown(request, request.pool())}


def delete_user_pool(request: Request) -> Answer:
    """
    Delete a user pool, with all of its users, unless it is protected or has a domain.

    Source: DeleteUserPool; cognito-user-pools-assign-domain.
    """
    description = request.pool().description
    if description["DeletionProtection"] == "ACTIVE":
        raise POOL_PROTECTED.error()
    if description.get("Domain") or description.get("CustomDomain"):
        raise POOL_HAS_DOMAIN.error()
    del request.state.pools[request.params["UserPoolId"]]
    return {}


def list_user_pools(request: Request) -> Answer:
    """
    List the user pools of the Region.

    Source: ListUserPools.
    """
    names = ("Id", "Name", "LambdaConfig", "LastModifiedDate", "CreationDate")
    pools = [
        {name: record.description[name] for name in names}
        for pool_id, record in request.state.pools.items()
        if pool_id.startswith(f"{request.region}_")
    ]
    return page(pools, "UserPools", request.params)


def add_custom_attributes(request: Request) -> Answer:
    """
    Add attributes to the schema of a user pool.

    Source: AddCustomAttributes.
    """
    record = request.pool()
    schema = with_custom_attributes(record.description["SchemaAttributes"], request.params["CustomAttributes"])
    record.description = record.description | {"SchemaAttributes": schema, "LastModifiedDate": request.now}
    return {}


def check_present(description: Mapping[str, Any]) -> None:
    """
    Refuse a description that lacks what every pool has.

    Raises:
        KeyError: It lacks a member.
    """
    for name in PRESENT:
        if description.get(name) is None:
            raise KeyError(name)


def _check_given(request: Request) -> None:
    """Refuse members that do not go together, and a role that cannot send."""
    params = request.params
    template = params.get("VerificationMessageTemplate", {})
    if "EmailMessage" in template and "EmailMessageByLink" in template:
        raise MESSAGE_TWICE.error()
    policy = params.get("Policies", {}).get("PasswordPolicy", {})
    admin = params.get("AdminCreateUserConfig", {})
    if "UnusedAccountValidityDays" in admin and "TemporaryPasswordValidityDays" in policy:
        raise VALIDITY_TWICE.error()
    email = params.get("EmailConfiguration", {})
    if email.get("EmailSendingAccount") == "DEVELOPER" and not email.get("SourceArn"):
        raise SOURCE_MISSING.error()
    invitation = admin.get("InviteMessageTemplate", {})
    for text in (invitation.get(name) for name in ("SMSMessage", "EmailMessage")):
        if text is not None and "{username}" not in text:
            raise INVITE_INCOMPLETE.error(places="{username} and {####}")
    if "SmsConfiguration" in params:
        check_role(request.state.roles, params["SmsConfiguration"])


def _verifies_updates(params: Mapping[str, Any], before: Block) -> bool:
    block = params.get("UserAttributeUpdateSettings", before["UserAttributeUpdateSettings"])
    return bool(block.get("AttributesRequireVerificationBeforeUpdate"))


def _configured(params: Mapping[str, Any], before: Block) -> Block:
    """What a pool is configured to do after a request."""
    given = {name: params[name] for name in (*RESET, *KEPT) if params.get(name)}
    kept = {name: before[name] for name in KEPT if name in before and params.get(name) is None}
    if kept.get("EmailConfiguration", {}).get("EmailSendingAccount") == "DEVELOPER":
        del kept["EmailConfiguration"]
    configured = kept | given
    texts = {new: params[old] for old, new in LEGACY_TEXTS.items() if params.get(old)}
    configured["VerificationMessageTemplate"] = texts | params.get("VerificationMessageTemplate", {})
    configured |= {name: complete(configured.get(name)) for name, complete in ALWAYS.items()}
    return configured | {"Policies": _policies(params, before.get("Policies", {}))}


def _policies(params: Mapping[str, Any], before: Block) -> Block:
    """The policies after a request; one that is left out is kept."""
    given = params.get("Policies", {})
    password = before.get("PasswordPolicy", PASSWORD_POLICY)
    if "PasswordPolicy" in given:
        password = UNREQUIRED | given["PasswordPolicy"]
    days = params.get("AdminCreateUserConfig", {}).get("UnusedAccountValidityDays")
    if days is not None:
        password = password | {"TemporaryPasswordValidityDays": days}
    sign_in = given.get("SignInPolicy") or before.get("SignInPolicy", SIGN_IN_POLICY)
    return {"PasswordPolicy": password, "SignInPolicy": sign_in}


def _factors(record: PoolRecord, description: Block) -> Block:
    """The MFA blocks after an update: none where MFA is off, SMS where it is switched on."""
    mode = description["MfaConfiguration"]
    factors = record.factors
    if mode == "OFF":
        return {name: block for name, block in factors.items() if name not in MFA_BLOCKS}
    if record.description["MfaConfiguration"] != "OFF":
        return factors
    if "SmsConfiguration" not in description:
        raise MFA_WITHOUT_SMS.error()
    return factors | sms_block(description)


def _shown(request: Request, record: PoolRecord) -> Block:
    """A description as it is shown, with what is found out only now."""
    pool = record.description
    days = pool["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"]
    template = pool["VerificationMessageTemplate"]
    return {
        **pool,
        **{old: template[new] for old, new in LEGACY_TEXTS.items() if new in template},
        "AdminCreateUserConfig": {"UnusedAccountValidityDays": days, **pool["AdminCreateUserConfig"]},
        "EstimatedNumberOfUsers": len(record.users.users),
        **_sms_failure(request, pool.get("SmsConfiguration")),
    }


def _sms_failure(request: Request, sms: Block | None) -> dict[str, str]:
    """
    Why SMS cannot go out.

    Source: shape UserPoolType (SmsConfigurationFailure).
    """
    if not sms:
        return {}
    forbidden = ["InvalidSmsRoleAccessPolicyException"] if role_forbids(request.state.roles, sms) else []
    sandbox = ["SNSSandbox"] if request.sms(sms.get("SnsRegion")).sandbox else []
    failures = ",".join(forbidden + sandbox)
    return {"SmsConfigurationFailure": failures} if failures else {}
