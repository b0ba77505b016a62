"""The calls that make a pool, and those that change one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flowengine.provision.app_client import CLIENT_WRITERS, READ_ONLY, client_arguments
from flowengine.provision.factors import mfa_arguments
from flowengine.provision.live import LivePool
from flowengine.provision.mapping import POOL_WRITERS, custom_attributes, identity_arguments, write
from flowengine.provision.normal import normal
from flowengine.provision.order import steps
from flowengine.provision.planned import Operation, PlannedChange
from flowengine.provision.resources import Resources
from flowengine.settings import Client, Passkey, PoolSettings, changed_settings

__all__ = ["creating", "creating_client", "echoed", "updating"]

MOST_ATTRIBUTES: Final = 25
"""How many attributes one call of AddCustomAttributes takes (shape CustomAttributesListType)."""
SHOWN_ONLY: Final = frozenset({
    "AliasAttributes", "Arn", "CreationDate", "CustomDomain", "Domain", "EmailConfigurationFailure",
    "EstimatedNumberOfUsers", "Id", "LastModifiedDate", "Name", "SchemaAttributes", "SmsConfigurationFailure", "Status",
    "UsernameAttributes", "UsernameConfiguration",
})  # fmt: skip
"""What DescribeUserPool shows and UpdateUserPool does not take (cognito-user-pool-updating)."""
FORMER_TEXTS: Final = {
    "SmsVerificationMessage": "SmsMessage",
    "EmailVerificationMessage": "EmailMessage",
    "EmailVerificationSubject": "EmailSubject",
}
"""The former names of members of VerificationMessageTemplate (CreateUserPool: no longer used)."""


def echoed(description: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the arguments of an UpdateUserPool that changes nothing: all that a description shows and an update takes.

    What an update leaves out is reset, for many members: so every one is named, also those that the engine does not
    know. Former names of members go over into the present ones, since the service takes no two of them together.

    Source: cognito-user-pool-updating; UpdateUserPool.
    """
    arguments = {name: value for name, value in description.items() if name not in SHOWN_ONLY}
    arguments["PoolName"] = description["Name"]
    texts = {new: arguments.pop(old) for old, new in FORMER_TEXTS.items() if old in arguments}
    arguments["VerificationMessageTemplate"] = texts | (arguments.get("VerificationMessageTemplate") or {})
    admin, policies = dict(arguments.get("AdminCreateUserConfig") or {}), dict(arguments.get("Policies") or {})
    if "PasswordPolicy" in policies and "UnusedAccountValidityDays" in admin:
        days = {"TemporaryPasswordValidityDays": admin.pop("UnusedAccountValidityDays")}
        policies["PasswordPolicy"] = days | policies["PasswordPolicy"]
        arguments["Policies"] = policies
    return arguments | {"AdminCreateUserConfig": admin}


def creating(target: PoolSettings, resources: Resources) -> tuple[Operation, ...]:
    """
    Return the calls that make a pool and its client.

    MFA is set by a call of its own: CreateUserPool knows SMS alone.

    Args:
        target: The settings, in their plainest form.
        resources: What else it is made of.
    """
    differing = changed_settings(target, normal(PoolSettings(sms_configuration=False), target.region))
    told = [path for path in POOL_WRITERS if path.startswith("password_policy.") or path in differing]
    arguments = {
        "PoolName": resources.pool_name,
        "UserPoolTier": target.user_pool_tier,
        "MfaConfiguration": "OFF",
        **identity_arguments(target),
        **write({}, tuple(told), target, resources),
    }
    later = [path for path in differing if path.startswith(("mfa.", "passkey.", "client.")) and path not in told]
    names = tuple(path for path in differing if path not in later and path != "domain")
    operations = [Operation(name="CreateUserPool", arguments=arguments, settings=names)]
    if target.mfa.mode != "off" or target.passkey != Passkey():
        factors = mfa_arguments(target, arguments, {})
        names = tuple(path for path in later if not path.startswith("client."))
        operations.append(Operation(name="SetUserPoolMfaConfig", arguments=factors, settings=names))
    return (*operations, creating_client(target.client, resources))


def creating_client(client: Client, resources: Resources) -> Operation:
    """Return the call that makes an app client."""
    arguments = client_arguments({"ClientName": resources.client_name}, tuple(CLIENT_WRITERS), client)
    secret = {"GenerateSecret": True} if client.generate_secret else {}
    return Operation(name="CreateUserPoolClient", arguments=arguments | secret, settings=("client",))


def updating(
    changes: Iterable[PlannedChange], target: PoolSettings, resources: Resources, live: LivePool
) -> tuple[Operation, ...] | None:
    """
    Return the calls that change a pool and its client; None where there is no order of them.

    Args:
        changes: The settings that differ.
        target: What the pool is to be, those settings that cannot change left as they are.
        resources: What else it is to be made of.
        live: The pool as it is.
    """
    by_operation: dict[str | None, list[str]] = {}
    for change in changes:
        by_operation.setdefault(change.rule.operation, []).append(change.setting)
    paths = by_operation.get("UpdateUserPool", []) + by_operation.get("SetUserPoolMfaConfig", [])
    order = steps(live.settings, target, paths)
    if order is None:
        return None
    operations = _attributes(target, live)
    state = live
    for name, settings, reached in order:
        operation = _step(state, name, settings, reached, resources)
        operations.append(operation)
        state = state.after(name, operation.arguments)
    return (*operations, *_client(tuple(by_operation.get("UpdateUserPoolClient", ())), target, resources, live))


def _attributes(target: PoolSettings, live: LivePool) -> list[Operation]:
    known = live.settings.custom_attributes
    added = [name for name in target.custom_attributes if name not in known]
    batches = [added[start : start + MOST_ATTRIBUTES] for start in range(0, len(added), MOST_ATTRIBUTES)]
    return [
        Operation(
            name="AddCustomAttributes",
            arguments={"CustomAttributes": custom_attributes(tuple(batch))},
            settings=("custom_attributes",),
        )
        for batch in batches
    ]


def _step(live: LivePool, name: str, paths: tuple[str, ...], reached: PoolSettings, resources: Resources) -> Operation:
    if name == "SetUserPoolMfaConfig":
        before: Mapping[str, Any] = live.mfa
        arguments = mfa_arguments(reached, live.description, before)
    else:
        before = echoed(live.description)
        arguments = write(dict(before), paths, reached, resources)
    return Operation(name=name, arguments=arguments, settings=paths, echoed=_same(before, arguments))


def _client(paths: tuple[str, ...], target: PoolSettings, resources: Resources, live: LivePool) -> list[Operation]:
    if live.client is None:
        return [creating_client(target.client, resources)]
    if not paths:
        return []
    before = {name: value for name, value in live.client.items() if name not in READ_ONLY}
    arguments = client_arguments(before, paths, target.client)
    return [
        Operation(name="UpdateUserPoolClient", arguments=arguments, settings=paths, echoed=_same(before, arguments))
    ]


def _same(before: Mapping[str, Any], arguments: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(member for member, value in arguments.items() if before.get(member) == value))
