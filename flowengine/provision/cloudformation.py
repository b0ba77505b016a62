"""A pool as a CloudFormation template, for those who provision with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from flowengine.provision.resources import Resources
from flowengine.provision.templates import PARAMETERS, Template, parameter_of, template_of
from flowengine.settings import PoolSettings

__all__ = ["cloudformation"]

_FACTORS: Final = {"sms": "SMS_MFA", "totp": "SOFTWARE_TOKEN_MFA", "email": "EMAIL_OTP"}
"""`EnabledMfas` of AWS::Cognito::UserPool, by factor."""
_RENAMED: Final = {"PoolName": "UserPoolName"}


def cloudformation(spec: PoolSettings, resources: Resources, region: str) -> str:
    """
    Return a CloudFormation template, as JSON, of the pool and the client that a spec needs.

    The pool is retained when the stack is deleted or replaces it, for its users' sake. A domain is made apart, as by a
    plan; the description says so.

    Args:
        spec: The settings.
        resources: What else the pool is made of; what it lacks becomes a parameter.
        region: Its Region.

    Source: AWS::Cognito::UserPool, AWS::Cognito::UserPoolClient.
    """
    template = template_of(spec, resources, region)
    parameters = {name: {"Type": "String", "Description": PARAMETERS[name]} for name in template.parameters}
    return json.dumps(
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": _description(template, resources),
            **({"Parameters": parameters} if parameters else {}),
            "Resources": _resources(template),
            "Outputs": {
                "UserPoolId": {"Value": {"Ref": "UserPool"}},
                "UserPoolClientId": {"Value": {"Ref": "UserPoolClient"}},
            },
        },
        indent=2,
    )


def _resources(template: Template) -> dict[str, Any]:
    return {
        "UserPool": {
            "Type": "AWS::Cognito::UserPool",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": _referring(_pool(template)),
        },
        "UserPoolClient": {
            "Type": "AWS::Cognito::UserPoolClient",
            "Properties": {"UserPoolId": {"Ref": "UserPool"}, **template.client},
        },
        **_permissions(template),
    }


def _description(template: Template, resources: Resources) -> str:
    domain = template.settings.domain
    apart = f" Its domain {domain} is to be made apart (AWS::Cognito::UserPoolDomain)." if domain else ""
    return f"The user pool {resources.pool_name}, with an app client.{apart}"


def _pool(template: Template) -> dict[str, Any]:
    settings, factors = template.settings, template.factors
    properties = {_RENAMED.get(name, name): value for name, value in template.pool.items()}
    properties["MfaConfiguration"] = factors["MfaConfiguration"]
    if settings.mfa.factors:
        properties["EnabledMfas"] = [_FACTORS[name] for name in settings.mfa.factors]
    email = factors.get("EmailMfaConfiguration", {})
    passkey = factors.get("WebAuthnConfiguration", {})
    more = {
        "EmailAuthenticationSubject": email.get("Subject"),
        "EmailAuthenticationMessage": email.get("Message"),
        "WebAuthnRelyingPartyID": passkey.get("RelyingPartyId"),
        "WebAuthnUserVerification": passkey.get("UserVerification"),
        "WebAuthnFactorConfiguration": passkey.get("FactorConfiguration"),
    }
    return properties | {name: value for name, value in more.items() if value is not None}


def _permissions(template: Template) -> dict[str, Any]:
    """What lets Amazon Cognito invoke the functions."""
    functions: Mapping[str, Any] = template.pool.get("LambdaConfig", {})
    return {
        f"{member}Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": _referring(arn),
                "Principal": "cognito-idp.amazonaws.com",
                "SourceArn": {"Fn::GetAtt": ["UserPool", "Arn"]},
            },
        }
        for member, arn in functions.items()
    }


def _referring(value: Any) -> Any:
    """A value with references in place of its parameters."""
    if isinstance(value, Mapping):
        return {name: _referring(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_referring(inner) for inner in value]
    name = parameter_of(value)
    return value if name is None else {"Ref": name}
