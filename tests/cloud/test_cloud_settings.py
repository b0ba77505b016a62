"""What a description means for the pool's users: the settings that it stands for."""

from __future__ import annotations

from typing import Any

import pytest
from accounts import PASSWORD, Pool, sms_configuration

from flowengine.settings import PasswordPolicy, PoolSettings, is_valid, setting, settings_of
from flowengine.simulator.cloud import Cloud

RECOVERY = [{"Priority": 2, "Name": "verified_phone_number"}, {"Priority": 1, "Name": "verified_email"}]
LAMBDAS = dict.fromkeys(("PreSignUp", "CustomMessage"), "arn:aws:lambda:us-east-1:123456789012:function:one")


def settings(pool: Pool, client_id: str | None = None) -> PoolSettings:
    """Return the settings of a pool, and of one of its clients."""
    record = pool.cloud.state.pools[pool.id]
    return settings_of(record.description, record.factors, record.clients[client_id] if client_id else None)


def test_default_pool_is_the_default_settings() -> None:
    """A pool that is given a name alone has the default settings, but for SMS, a validity and the Region."""
    policy = PasswordPolicy(temporary_password_validity_days=7)
    assert settings(Pool()) == PoolSettings(sms_configuration=False, region="us-east-1", password_policy=policy)


@pytest.mark.parametrize(
    ("created", "path", "value"),
    [
        ({"UsernameConfiguration": {"CaseSensitive": False}}, "sign_in.case_sensitive", False),
        ({"UsernameAttributes": ["email"]}, "sign_in.username_attributes", ("email",)),
        ({"AliasAttributes": ["email"]}, "sign_in.alias_attributes", ("email",)),
        (
            {"AccountRecoverySetting": {"RecoveryMechanisms": RECOVERY}},
            "account_recovery",
            ("verified_email", "verified_phone_number"),
        ),
        ({"MfaConfiguration": "ON"}, "mfa.mode", "required"),
        ({"MfaConfiguration": "OPTIONAL"}, "mfa.factors", ("sms",)),
        ({"DeviceConfiguration": {"DeviceOnlyRememberedOnUserPrompt": True}}, "devices.remembered", "opt_in"),
        ({"DeviceConfiguration": {"ChallengeRequiredOnNewDevice": False}}, "devices.remembered", "always"),
        ({"Schema": [{"Name": "plan"}, {"Name": "name", "Required": True}]}, "custom_attributes", ("plan",)),
        ({"Schema": [{"Name": "plan"}, {"Name": "name", "Required": True}]}, "required_attributes", ("name",)),
        ({"LambdaConfig": LAMBDAS}, "lambda_triggers", ("pre_sign_up",)),
        (
            {"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}},
            "admin_create_user.allow_admin_create_user_only",
            True,
        ),
        (
            {"AdminCreateUserConfig": {"UnusedAccountValidityDays": 3}},
            "password_policy.temporary_password_validity_days",
            3,
        ),
        ({"UserPoolTier": "PLUS"}, "user_pool_tier", "PLUS"),
    ],
)
def test_setting_of_a_pool(created: dict[str, Any], path: str, value: object) -> None:
    """What a pool was made with is what its users meet."""
    cloud = Cloud()
    found = settings(Pool(cloud, SmsConfiguration=sms_configuration(cloud), **created))
    assert setting(found, path) == value
    assert is_valid(found)


@pytest.mark.parametrize(
    ("created", "name", "value"),
    [
        ({}, "explicit_auth_flows", ("ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH")),
        ({}, "prevent_user_existence_errors", "LEGACY"),
        ({}, "refresh_token_validity", 30 * 24 * 60),
        ({"RefreshTokenValidity": 0}, "refresh_token_validity", 30 * 24 * 60),
        ({"AccessTokenValidity": 2}, "access_token_validity", 120),
        ({"AccessTokenValidity": 600, "TokenValidityUnits": {"AccessToken": "seconds"}}, "access_token_validity", 10),
        ({"GenerateSecret": True}, "generate_secret", True),
        ({"ClientSecret": "s" * 24}, "generate_secret", True),
        (
            {
                "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 9},
                "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
            },
            "retry_grace_period_seconds",
            9,
        ),
    ],
)
def test_setting_of_a_client(created: dict[str, Any], name: str, value: object) -> None:
    """What a client was made with is what its users meet, what holds by itself included."""
    pool = Pool()
    assert getattr(settings(pool, pool.client(**created)["ClientId"]).client, name) == value


def test_token_stands_for_its_client() -> None:
    """What an access token lets be read is what its client may read, whatever client was made first."""
    pool = Pool()
    pool.client(ReadAttributes=["email"])
    client = pool.client(ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"], ReadAttributes=["name"])["ClientId"]
    named = [{"Name": "name", "Value": "Ada"}, {"Name": "email", "Value": "ada@example.com"}]
    pool.call("AdminCreateUser", Username="ada", UserAttributes=named)
    pool.call("AdminSetUserPassword", Username="ada", Password=PASSWORD, Permanent=True)
    request = {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "ada", "PASSWORD": PASSWORD}}
    tokens = pool.cloud.handle("InitiateAuth", {"ClientId": client, **request})["AuthenticationResult"]
    user = pool.cloud.handle("GetUser", {"AccessToken": tokens["AccessToken"]})
    assert {item["Name"] for item in user["UserAttributes"]} & {"name", "email"} == {"name"}


def test_answers_are_copies() -> None:
    """Who changes an answer, or a request after it was sent, changes no pool."""
    tags = {"team": "identity"}
    pool = Pool(UserPoolTags=tags)
    tags["team"] = pool.created["UserPoolTags"]["team"] = pool.shown["UserPoolTags"]["team"] = "another"
    assert pool.shown["UserPoolTags"] == {"team": "identity"}
