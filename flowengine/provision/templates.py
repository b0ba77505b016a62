"""What the outputs for other tools share: a pool that is to be made, with a parameter for all that is not given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
from attrs import frozen

from flowengine.provision.differences import wanted
from flowengine.provision.factors import mfa_arguments
from flowengine.provision.operations import creating, creating_client
from flowengine.provision.resources import Resources, uses_sms
from flowengine.settings import TRIGGER_MEMBERS, PoolSettings

__all__ = ["PARAMETERS", "Template", "parameter_of", "template_of"]

PARAMETERS: Final = {
    "SmsRoleArn": "The role that Amazon Cognito takes on to send SMS.",
    "SmsExternalId": "The external id that the role for SMS asks for.",
    "EmailIdentityArn": "The Amazon SES identity that e-mail comes from.",
    **{f"{member}Arn": f"The Lambda function of {name}." for name, member in TRIGGER_MEMBERS.items()},
}
"""Every parameter that there can be, with its description."""
_MARK: Final = "parameter:"


@frozen(kw_only=True)
class Template:
    """
    A pool that is to be made.

    Args:
        settings: Its settings, in their plainest form.
        pool: The arguments of CreateUserPool; what is a parameter is told by `parameter_of`.
        factors: The arguments of SetUserPoolMfaConfig.
        client: The arguments of CreateUserPoolClient.
        parameters: The names of the parameters that it has.
    """

    settings: PoolSettings
    pool: Mapping[str, Any]
    factors: Mapping[str, Any]
    client: Mapping[str, Any]
    parameters: tuple[str, ...]


def template_of(spec: PoolSettings, resources: Resources, region: str) -> Template:
    """
    Return the pool that a spec needs.

    Args:
        spec: The settings.
        resources: What else it is made of; what it lacks becomes a parameter.
        region: Its Region.
    """
    wishes = _completed(resources) if uses_sms(spec) else attrs.evolve(_completed(resources), sms_role_arn=None)
    if resources.sms_role_arn:
        wishes = attrs.evolve(wishes, sms_role_arn=resources.sms_role_arn, sms_external_id=resources.sms_external_id)
    settings = wanted(spec, wishes, region)
    pool = creating(settings, wishes)[0].arguments
    factors = mfa_arguments(settings, pool, {})
    text = repr(pool)
    return Template(
        settings=settings,
        pool=pool,
        factors=factors,
        client=creating_client(settings.client, resources).arguments,
        parameters=tuple(name for name in PARAMETERS if f"'{_MARK}{name}'" in text),
    )


def parameter_of(value: Any) -> str | None:
    """Return the name of the parameter that stands for a value, None where it is given."""
    return value.removeprefix(_MARK) if isinstance(value, str) and value.startswith(_MARK) else None


def _completed(resources: Resources) -> Resources:
    """The resources, with parameters for those that are not given."""
    return attrs.evolve(
        resources,
        sms_role_arn=resources.sms_role_arn or f"{_MARK}SmsRoleArn",
        sms_external_id=resources.sms_external_id or f"{_MARK}SmsExternalId",
        email_identity_arn=resources.email_identity_arn or f"{_MARK}EmailIdentityArn",
        trigger_arns={
            name: resources.trigger_arns.get(name, f"{_MARK}{member}Arn") for name, member in TRIGGER_MEMBERS.items()
        },
    )
