"""What descriptions mean as settings, where they say little or say it in another form."""

from __future__ import annotations

from typing import Any

import pytest

from flowengine.settings import DEFAULT_AUTH_FLOWS, PasswordPolicy, setting, settings_of

BARE = {"Id": "us-east-1_x", "Name": "x"}
ARN = "arn:aws:lambda:us-east-1:123456789012:function:any"


def test_bare_descriptions() -> None:
    """A pool that shows nothing but its name stands at the service's own defaults."""
    settings = settings_of(BARE, {}, {"ClientId": "c", "ClientName": "c"})
    assert settings.region == "us-east-1"
    assert settings.client.explicit_auth_flows == DEFAULT_AUTH_FLOWS
    assert settings.client.prevent_user_existence_errors == "LEGACY"
    assert settings.password_policy == PasswordPolicy()
    assert settings.sms_configuration is False


@pytest.mark.parametrize(
    ("said", "path", "value"),
    [
        ({"Policies": {"PasswordPolicy": {"MinimumLength": 9}}}, "password_policy.require_symbols", False),
        ({"SmsVerificationMessage": "Code {####}"}, "verification.sms_message", "Code {####}"),
        (
            {"AdminCreateUserConfig": {"UnusedAccountValidityDays": 3}},
            "admin_create_user.unused_account_validity_days",
            3,
        ),
        ({"DeviceConfiguration": None}, "devices.remembered", "never"),
        ({"LambdaConfig": {"PreTokenGenerationConfig": {"LambdaArn": ARN}}}, "lambda_triggers", (
            "pre_token_generation",
        )),
        ({"LambdaConfig": {"CustomMessage": ARN}}, "lambda_triggers", ()),
        ({"Domain": "own", "CustomDomain": "login.example.com"}, "domain", "login.example.com"),
        ({"SmsConfiguration": {"EumsSms": {"Region": "eu-west-1"}}}, "sms_region", "eu-west-1"),
    ],
)  # fmt: skip
def test_pool(said: dict[str, Any], path: str, value: object) -> None:
    """A setting of a pool is found wherever the pool says it."""
    assert setting(settings_of(BARE | said, {}), path) == value


@pytest.mark.parametrize(
    ("said", "factors"),
    [
        ({"MfaConfiguration": "OFF", "SmsMfaConfiguration": {}}, ()),
        ({"MfaConfiguration": "ON", "SmsMfaConfiguration": {}}, ("sms",)),
        ({"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": False}}, ()),
        ({"MfaConfiguration": "OPTIONAL", "EmailMfaConfiguration": {}}, ("email",)),
    ],
)
def test_factors(said: dict[str, Any], factors: tuple[str, ...]) -> None:
    """A factor is offered where it is shown and on, and none is where MFA is off."""
    assert settings_of(BARE, said).mfa.factors == factors


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ({}, 60),
        ({"AccessTokenValidity": 2}, 120),
        ({"AccessTokenValidity": 600, "TokenValidityUnits": {"AccessToken": "seconds"}}, 10),
        ({"AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": "days", "IdToken": "minutes"}}, 1440),
    ],
)
def test_life_of_tokens(said: dict[str, Any], minutes: int) -> None:
    """The life of a token counts in its own unit."""
    assert settings_of(BARE, {}, said).client.access_token_validity == minutes
