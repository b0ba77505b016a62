"""What a pool uses and a spec does not name: its name, roles, identities and functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from flowengine.settings import TRIGGER_MEMBERS, PoolSettings

__all__ = ["TRIGGER_MEMBERS", "Resources", "resources_of", "sends_sms", "uses_sms"]


_MOST_LETTERS: Final = 128
_NAME: Final = rf"[\w\s+=,.@-]{{1,{_MOST_LETTERS}}}"


@frozen(kw_only=True)
class Resources:
    """
    What a pool is made of beside its settings.

    Args:
        pool_name: Its name (`PoolName`).
        client_name: The name of its app client (`ClientName`).
        sms_role_arn: The role that Cognito takes on to send SMS.
        sms_external_id: The external id that the role asks for.
        email_identity_arn: The Amazon SES identity that e-mail comes from (`EmailConfiguration.SourceArn`).
        trigger_arns: The Lambda function of each trigger.

    Source: shapes SmsConfigurationType, EmailConfigurationType, LambdaConfigType.
    """

    pool_name: str
    client_name: str
    sms_role_arn: str | None = None
    sms_external_id: str | None = None
    email_identity_arn: str | None = None
    trigger_arns: Mapping[str, str] = field(factory=dict)

    def missing(self, pool: PoolSettings, description: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
        """
        Return what settings need and neither these resources nor the pool itself has: setting, need, and what to give.

        Args:
            pool: The settings that the pool is to have.
            description: The pool as DescribeUserPool shows it; empty for a pool that is still to be made.
        """
        there = resources_of(description)
        lacking = []
        if pool.sms_configuration and not (self.sms_role_arn or there.sms_role_arn):
            lacking.append(("sms_configuration", "sending SMS needs a role", "give its ARN with --sms-role-arn"))
        if pool.email_sending_account == "DEVELOPER" and not (self.email_identity_arn or there.email_identity_arn):
            need = "sending e-mail on one's own account needs an Amazon SES identity"
            lacking.append(("email_sending_account", need, "give its ARN with --email-identity-arn"))
        lacking += [
            ("lambda_triggers", f"{name} needs a Lambda function", f"give its ARN with --trigger {name}=ARN")
            for name in pool.lambda_triggers
            if name in TRIGGER_MEMBERS and name not in {*self.trigger_arns, *there.trigger_arns}
        ]
        return tuple(lacking)

    def misnamed(self) -> tuple[tuple[str, str, str], ...]:
        """
        Return the names that Cognito refuses: setting, why, and what to give.

        Source: shapes UserPoolNameType, ClientNameType.
        """
        names = {"pool": (self.pool_name, "--name"), "client": (self.client_name, "--client-name")}
        rule = f"a name has 1 to {_MOST_LETTERS} letters, digits, spaces and any of +=,.@-_"
        return tuple(
            (what, f"{name!r} is no name for a {what}: {rule}", f"give another {option}")
            for what, (name, option) in names.items()
            if not re.fullmatch(_NAME, name)
        )


def resources_of(description: Mapping[str, Any]) -> Resources:
    """
    Return what a pool is made of.

    Args:
        description: The pool as DescribeUserPool shows it; empty for none.
    """
    sms = description.get("SmsConfiguration") or {}
    block = sms.get("EumsSms", sms)
    config = description.get("LambdaConfig") or {}
    arns = {
        name: config.get(member) or (config.get(f"{member}Config") or {}).get("LambdaArn")
        for name, member in TRIGGER_MEMBERS.items()
    }
    return Resources(
        pool_name=description.get("Name", ""),
        client_name="",
        sms_role_arn=block.get("SnsCallerArn") or block.get("CallerArn"),
        sms_external_id=block.get("ExternalId"),
        email_identity_arn=(description.get("EmailConfiguration") or {}).get("SourceArn"),
        trigger_arns={name: arn for name, arn in arns.items() if arn},
    )


def uses_sms(pool: PoolSettings) -> bool:
    """Tell whether any setting sends SMS."""
    return (
        "phone_number" in pool.verification.auto_verified_attributes
        or "sms" in pool.mfa.factors
        or "SMS_OTP" in pool.allowed_first_auth_factors
        or "verified_phone_number" in pool.account_recovery
    )


def sends_sms(pool: PoolSettings, resources: Resources, description: Mapping[str, Any]) -> bool:
    """
    Tell whether a pool is to have an SMS configuration.

    A spec allows one by itself; where nothing uses it, no role is given and the pool has none, it is left out.
    """
    wished = uses_sms(pool) or resources.sms_role_arn is not None or bool(description.get("SmsConfiguration"))
    return pool.sms_configuration and wished
