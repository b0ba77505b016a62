"""A pool as a Terraform configuration, for those who provision with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from flowengine.provision.resources import Resources
from flowengine.provision.templates import PARAMETERS, Template, parameter_of, template_of
from flowengine.settings import PoolSettings

__all__ = ["terraform"]

_RENAMED: Final = {
    "PoolName": "name",
    "ClientName": "name",
    "RecoveryMechanisms": "recovery_mechanism",
}
"""What the provider calls otherwise than the API in snake case."""
_OWN_LIMITS: Final = {
    "birthdate": {"string_attribute_constraints": [{"min_length": "10", "max_length": "10"}]},
    "updated_at": {"number_attribute_constraints": [{"min_value": "0"}]},
}
_LIMITS: Final = {"string_attribute_constraints": [{"min_length": "0", "max_length": "2048"}]}
"""
What limits an attribute by itself: those that have limits of their own, and any other text. Where the schema does not
say them, the provider replaces the pool (aws_cognito_user_pool, schema).
"""
_SMS_ALWAYS: Final = (
    "The provider offers SMS MFA wherever it finds an sms_configuration and MFA that is not OFF; the spec does not."
)
_MULTI_FACTOR: Final = (
    "The spec wants passkeys to count as several factors (FactorConfiguration), which the provider cannot say."
)
_END_USER_MESSAGING: Final = (
    "The spec sends SMS with AWS End User Messaging (EumsSms), which the provider cannot say: sms_configuration is "
    "left out."
)


def terraform(spec: PoolSettings, resources: Resources, region: str) -> str:
    """
    Return a Terraform configuration, in its JSON syntax (`*.tf.json`), of the pool and the client that a spec needs.

    What the provider cannot say stands in comments (`//`), and so does the domain, which is made apart.

    Args:
        spec: The settings.
        resources: What else the pool is made of; what it lacks becomes a variable.
        region: Its Region.

    Source: aws_cognito_user_pool, aws_cognito_user_pool_client.
    """
    template = template_of(spec, resources, region)
    variables = {_snake(name): {"type": "string", "description": PARAMETERS[name]} for name in template.parameters}
    resource = {
        "aws_cognito_user_pool": {"pool": _pool(template)},
        "aws_cognito_user_pool_client": {
            "client": {"user_pool_id": "${aws_cognito_user_pool.pool.id}", **_blocks(template.client)}
        },
        **_permissions(template),
    }
    return json.dumps({**({"variable": variables} if variables else {}), "resource": resource}, indent=2)


def _pool(template: Template) -> dict[str, Any]:
    comment = " ".join(_unsaid(template.settings))
    schema = [_blocks(item) | _OWN_LIMITS.get(item["Name"], _LIMITS) for item in template.pool.get("Schema", [])]
    return {
        **({"//": comment} if comment else {}),
        **_blocks(_said(template)),
        **({"schema": schema} if schema else {}),
        "lifecycle": [{"prevent_destroy": True}],
    }


def _said(template: Template) -> dict[str, Any]:
    """The arguments that the provider has, but for the schema."""
    arguments = {**template.pool, **template.pool.get("Policies", {}), **template.factors}
    if "WebAuthnConfiguration" in arguments:
        passkey = arguments["WebAuthnConfiguration"].items()
        arguments["WebAuthnConfiguration"] = {name: value for name, value in passkey if name != "FactorConfiguration"}
    left_out = {"Policies", "Schema", "SmsMfaConfiguration"}
    if template.settings.sms_transport != "SNS":
        left_out.add("SmsConfiguration")
    return {name: value for name, value in arguments.items() if name not in left_out}


def _unsaid(settings: PoolSettings) -> Iterator[str]:
    """What is not said here of the settings, most of it because the provider cannot say it."""
    if settings.sms_transport != "SNS":
        yield _END_USER_MESSAGING
    elif settings.mfa.mode != "off" and settings.sms_configuration and "sms" not in settings.mfa.factors:
        yield _SMS_ALWAYS
    if settings.passkey.factor_configuration != "SINGLE_FACTOR":
        yield _MULTI_FACTOR
    if settings.domain is not None:
        yield f"The domain {settings.domain} of the spec is to be made apart, as an aws_cognito_user_pool_domain."


def _permissions(template: Template) -> dict[str, Any]:
    functions: Mapping[str, Any] = template.pool.get("LambdaConfig", {})
    permissions = {
        _snake(member): {
            "action": "lambda:InvokeFunction",
            "function_name": _value(arn),
            "principal": "cognito-idp.amazonaws.com",
            "source_arn": "${aws_cognito_user_pool.pool.arn}",
        }
        for member, arn in functions.items()
    }
    return {"aws_lambda_permission": permissions} if permissions else {}


def _blocks(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of the API as the provider has them: in snake case, and structures as blocks."""
    return {_RENAMED.get(name, _snake(name)): _value(value) for name, value in arguments.items()}


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return [_blocks(value)]
    if isinstance(value, list):
        return [_blocks(one) if isinstance(one, Mapping) else one for one in value]
    name = parameter_of(value)
    if name is not None:
        return f"${{var.{_snake(name)}}}"
    # What looks like a template of Terraform is meant literally.
    return value.replace("${", "$${").replace("%{", "%%{") if isinstance(value, str) else value


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
