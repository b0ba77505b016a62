"""Settings as the arguments of the operations: each setting writes the members that it stands for, and no others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flowengine.provision.resources import Resources
from flowengine.settings import TRIGGER_MEMBERS, PoolSettings, setting

__all__ = ["POOL_WRITERS", "SCHEMA_TYPES", "Arguments", "custom_attributes", "identity_arguments", "write"]

Arguments = dict[str, Any]
Writer = Callable[[Arguments, PoolSettings, Resources], None]

SCHEMA_TYPES: Final = {"updated_at": "Number"}
"""The standard attributes that are no texts (user-pool-settings-attributes)."""


def write(arguments: Arguments, paths: tuple[str, ...], pool: PoolSettings, resources: Resources) -> Arguments:
    """
    Return arguments of CreateUserPool or UpdateUserPool with settings written into them.

    Args:
        arguments: What the other members stand at.
        paths: The settings to write, those of resources among them.
        pool: Their values.
        resources: What else the pool is made of.
    """
    written = dict(arguments)
    for path in paths:
        POOL_WRITERS[path](written, pool, resources)
    return written


def identity_arguments(pool: PoolSettings) -> Arguments:
    """
    Return what only CreateUserPool can set.

    Source: CreateUserPool; shape SchemaAttributeType.
    """
    sign_in = pool.sign_in
    arguments: Arguments = {"UsernameConfiguration": {"CaseSensitive": sign_in.case_sensitive}}
    if sign_in.username_attributes:
        arguments["UsernameAttributes"] = list(sign_in.username_attributes)
    if sign_in.alias_attributes:
        arguments["AliasAttributes"] = list(sign_in.alias_attributes)
    schema = [_required(name) for name in pool.required_attributes] + custom_attributes(pool.custom_attributes)
    return arguments | ({"Schema": schema} if schema else {})


def custom_attributes(names: tuple[str, ...]) -> list[Arguments]:
    """Return custom attributes as a schema declares them: texts that can be changed."""
    return [{"Name": name, "AttributeDataType": "String", "Mutable": True} for name in names]


def _required(name: str) -> Arguments:
    return {"Name": name, "AttributeDataType": SCHEMA_TYPES.get(name, "String"), "Mutable": True, "Required": True}


def _part(arguments: Arguments, *names: str) -> Arguments:
    """A nested member to write into, which is no longer the one that it was read from."""
    part = arguments
    for name in names:
        part[name] = dict(part.get(name) or {})
        part = part[name]
    return part


def _put(part: Arguments, name: str, value: object) -> None:
    """Write a member, or leave it out where there is no value."""
    if value is None:
        part.pop(name, None)
    else:
        part[name] = value


def _member(path: str, *names: str) -> Writer:
    """The writer of a setting that is one member."""

    def write_member(arguments: Arguments, pool: PoolSettings, _resources: Resources) -> None:
        value = setting(pool, path)
        _put(_part(arguments, *names[:-1]), names[-1], list(value) if isinstance(value, tuple) else value)

    return write_member


def _email_message(arguments: Arguments, pool: PoolSettings, _resources: Resources) -> None:
    template = _part(arguments, "VerificationMessageTemplate")
    _put(template, "EmailMessage", pool.verification.email_message)
    if pool.verification.email_message is not None:
        template.pop("EmailMessageByLink", None)  # the two exclude each other


def _password_history(arguments: Arguments, pool: PoolSettings, _resources: Resources) -> None:
    policy = _part(arguments, "Policies", "PasswordPolicy")
    size = pool.password_policy.password_history_size
    # A pool of the LITE plan takes the member not even with 0.
    _put(policy, "PasswordHistorySize", size if size or "PasswordHistorySize" in policy else None)


def _recovery(arguments: Arguments, pool: PoolSettings, _resources: Resources) -> None:
    mechanisms = [{"Priority": rank, "Name": name} for rank, name in enumerate(pool.account_recovery, start=1)]
    arguments["AccountRecoverySetting"] = {"RecoveryMechanisms": mechanisms} if mechanisms else {}


def _devices(arguments: Arguments, pool: PoolSettings, _resources: Resources) -> None:
    devices = pool.devices
    block = {
        "ChallengeRequiredOnNewDevice": devices.challenge_required_on_new_device,
        "DeviceOnlyRememberedOnUserPrompt": devices.remembered == "opt_in",
    }
    _put(arguments, "DeviceConfiguration", None if devices.remembered == "never" else block)


def _triggers(arguments: Arguments, pool: PoolSettings, resources: Resources) -> None:
    config = _part(arguments, "LambdaConfig")
    for trigger, member in TRIGGER_MEMBERS.items():
        arn = resources.trigger_arns.get(trigger)
        if trigger not in pool.lambda_triggers:
            config.pop(member, None)
            config.pop(f"{member}Config", None)
        elif f"{member}Config" in config:
            config[f"{member}Config"] = {**config[f"{member}Config"], **({"LambdaArn": arn} if arn else {})}
            _put(config, member, arn if member in config and arn else config.get(member))
        elif arn:
            config[member] = arn


def _email(arguments: Arguments, pool: PoolSettings, resources: Resources) -> None:
    email = _part(arguments, "EmailConfiguration")
    email["EmailSendingAccount"] = pool.email_sending_account
    if pool.email_sending_account == "DEVELOPER":
        _put(email, "SourceArn", resources.email_identity_arn or email.get("SourceArn"))
    else:
        for name in ("SourceArn", "From", "ConfigurationSet"):
            email.pop(name, None)


def _sms(arguments: Arguments, pool: PoolSettings, resources: Resources) -> None:
    before = arguments.get("SmsConfiguration") or {}
    if not pool.sms_configuration:
        arguments.pop("SmsConfiguration", None)
        return
    eums = before.get("EumsSms") or {}
    role = resources.sms_role_arn or before.get("SnsCallerArn") or eums.get("CallerArn")
    external_id = resources.sms_external_id or before.get("ExternalId") or eums.get("ExternalId")
    common = {"ExternalId": external_id} if external_id else {}
    if pool.sms_transport == "SNS":
        region = {"SnsRegion": pool.sms_region} if pool.sms_region else {}
        arguments["SmsConfiguration"] = {"SnsCallerArn": role, **common, **region}
    else:
        others = {name: value for name, value in eums.items() if name != "Region"}
        region = {"Region": pool.sms_region} if pool.sms_region else {}
        arguments["SmsConfiguration"] = {"EumsSms": {**others, "CallerArn": role, **common, **region}}


_TEMPLATE: Final = "VerificationMessageTemplate"

POOL_WRITERS: Final[Mapping[str, Writer]] = {
    "verification.auto_verified_attributes": _member(
        "verification.auto_verified_attributes", "AutoVerifiedAttributes"
    ),
    "verification.attributes_require_verification_before_update": _member(
        "verification.attributes_require_verification_before_update",
        "UserAttributeUpdateSettings", "AttributesRequireVerificationBeforeUpdate",
    ),
    "verification.default_email_option": _member(
        "verification.default_email_option", _TEMPLATE, "DefaultEmailOption"
    ),
    "verification.sms_message": _member("verification.sms_message", _TEMPLATE, "SmsMessage"),
    "verification.email_subject": _member("verification.email_subject", _TEMPLATE, "EmailSubject"),
    "verification.email_message": _email_message,
    "mfa.sms_message": _member("mfa.sms_message", "SmsAuthenticationMessage"),
    "allowed_first_auth_factors": _member(
        "allowed_first_auth_factors", "Policies", "SignInPolicy", "AllowedFirstAuthFactors"
    ),
    "account_recovery": _recovery,
    "devices.remembered": _devices,
    "devices.challenge_required_on_new_device": _devices,
    **{
        f"password_policy.{name}": _member(f"password_policy.{name}", "Policies", "PasswordPolicy", member)
        for name, member in {
            "minimum_length": "MinimumLength",
            "require_lowercase": "RequireLowercase",
            "require_uppercase": "RequireUppercase",
            "require_numbers": "RequireNumbers",
            "require_symbols": "RequireSymbols",
            "temporary_password_validity_days": "TemporaryPasswordValidityDays",
        }.items()
    },
    "password_policy.password_history_size": _password_history,
    "admin_create_user.allow_admin_create_user_only": _member(
        "admin_create_user.allow_admin_create_user_only", "AdminCreateUserConfig", "AllowAdminCreateUserOnly"
    ),
    "lambda_triggers": _triggers,
    "user_pool_tier": _member("user_pool_tier", "UserPoolTier"),
    "advanced_security_mode": _member("advanced_security_mode", "UserPoolAddOns", "AdvancedSecurityMode"),
    "email_sending_account": _email,
    "sms_configuration": _sms,
    "sms_transport": _sms,
    "sms_region": _sms,
    "resources.sms_role_arn": _sms,
    "resources.sms_external_id": _sms,
    "resources.email_identity_arn": _email,
    "resources.trigger_arns": _triggers,
}  # fmt: skip
"""What writes each setting into the arguments of CreateUserPool and UpdateUserPool."""
