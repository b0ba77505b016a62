"""App clients of the embedded account's pools, and the users behind them."""

from __future__ import annotations

from typing import Any

import pytest
from accounts import PASSWORD, Pool, refused

INVALID = "InvalidParameterException"
FULL: dict[str, Any] = {
    "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    "ReadAttributes": ["email", "name"],
    "WriteAttributes": ["email"],
    "AccessTokenValidity": 30,
    "TokenValidityUnits": {"AccessToken": "minutes"},
    "RefreshTokenValidity": 2,
    "PreventUserExistenceErrors": "ENABLED",
    "EnableTokenRevocation": False,
    "AuthSessionValidity": 10,
    "CallbackURLs": ["https://example.com/"],
}


def test_created_client_is_described_as_given() -> None:
    """What was given is shown, beside an id and what holds by itself."""
    pool = Pool()
    client = pool.client(**FULL)
    assert {name: client[name] for name in FULL} == FULL
    assert pool.call("DescribeUserPoolClient", ClientId=client["ClientId"]) == {"UserPoolClient": client}
    assert "ClientSecret" not in client


def test_update_replaces_everything() -> None:
    """An update that names one member resets all others, but for what cannot change."""
    pool = Pool()
    client = pool.client(**FULL, GenerateSecret=True)
    plain = pool.client()
    updated = pool.call("UpdateUserPoolClient", ClientId=client["ClientId"], ClientName="another")["UserPoolClient"]
    kept = {name: client[name] for name in ("ClientId", "ClientSecret")} | {"ClientName": "another"}
    assert updated == plain | kept


def test_echoed_update_changes_nothing() -> None:
    """An update that repeats what a client is leaves it as it was."""
    pool = Pool()
    client = pool.client(**FULL)
    assert pool.call("UpdateUserPoolClient", ClientId=client["ClientId"], **FULL)["UserPoolClient"] == client


@pytest.mark.parametrize(
    "given",
    [
        {"ExplicitAuthFlows": ["USER_PASSWORD_AUTH", "ALLOW_USER_AUTH"]},
        {"ExplicitAuthFlows": ["MAGIC"]},
        {"RefreshTokenRotation": {"Feature": "ENABLED"}, "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"]},
        {"AccessTokenValidity": 25},
        {"AccessTokenValidity": 100, "TokenValidityUnits": {"AccessToken": "seconds"}},
        {
            "RefreshTokenValidity": 60,
            "AccessTokenValidity": 2,
            "TokenValidityUnits": {"RefreshToken": "minutes", "AccessToken": "hours"},
        },
        {"AuthSessionValidity": 2},
        {"ReadAttributes": ["custom:none"]},
        {"WriteAttributes": ["email_verified"]},
        {"GenerateSecret": True, "ClientSecret": "x" * 24},
        {"EnablePropagateAdditionalUserContextData": True},
    ],
)
def test_refused_client(given: dict[str, Any]) -> None:
    """A client that the service would not make is refused, and not made."""
    pool = Pool()
    with refused(INVALID):
        pool.client(**given)
    assert pool.call("ListUserPoolClients")["UserPoolClients"] == []


def test_clients_are_listed_and_deleted() -> None:
    """A deleted client is not listed, nor shown."""
    pool = Pool()
    first, second = (pool.client()["ClientId"] for _ in range(2))
    pool.call("DeleteUserPoolClient", ClientId=first)
    assert [item["ClientId"] for item in pool.call("ListUserPoolClients")["UserPoolClients"]] == [second]
    with refused("ResourceNotFoundException", f"User pool client {first} does not exist."):
        pool.call("DescribeUserPoolClient", ClientId=first)


def test_users_survive_an_update() -> None:
    """A pool's users are there whatever client is asked for, and stay when the pool changes."""
    pool = Pool(AutoVerifiedAttributes=["email"])
    client = pool.client(ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])["ClientId"]
    email = [{"Name": "email", "Value": "ada@example.com"}]
    pool.cloud.handle("SignUp", {"ClientId": client, "Username": "ada", "Password": PASSWORD, "UserAttributes": email})
    code = pool.cloud.simulator(pool.id, client).outbox[-1].code
    pool.call("UpdateUserPool", Policies={"PasswordPolicy": {"MinimumLength": 20}})
    pool.cloud.handle("ConfirmSignUp", {"ClientId": client, "Username": "ada", "ConfirmationCode": code})
    request = {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "ada", "PASSWORD": PASSWORD}}
    tokens = pool.cloud.handle("InitiateAuth", {"ClientId": client, **request})["AuthenticationResult"]
    assert pool.shown["EstimatedNumberOfUsers"] == 1
    assert pool.cloud.handle("GetUser", {"AccessToken": tokens["AccessToken"]})["Username"] == "ada"
    with refused("InvalidPasswordException"):
        pool.call("AdminSetUserPassword", Username="ada", Password=PASSWORD)


def test_settings_of_pool_and_client_reach_the_users() -> None:
    """A client's secret and the pool's schema hold for its users."""
    pool = Pool(Schema=[{"Name": "name", "Required": True}])
    client = pool.client(GenerateSecret=True)
    with refused("NotAuthorizedException"):
        pool.cloud.handle("SignUp", {"ClientId": client["ClientId"], "Username": "ada", "Password": PASSWORD})
    assert pool.cloud.simulator(pool.id, client["ClientId"]).client_secret == client["ClientSecret"]


@pytest.mark.parametrize(
    ("exception", "operation", "request_"),
    [
        ("ResourceNotFoundException", "SignUp", {"ClientId": "nobody", "Username": "ada", "Password": PASSWORD}),
        ("ResourceNotFoundException", "AdminGetUser", {"UserPoolId": "us-east-1_none", "Username": "ada"}),
        ("NotAuthorizedException", "GetUser", {"AccessToken": "a.b.c"}),
        ("NotAuthorizedException", "GetUser", {"AccessToken": "none"}),
        ("UnsupportedOperationException", "MakeTea", {}),
    ],
)
def test_requests_to_nobody(exception: str, operation: str, request_: dict[str, Any]) -> None:
    """A request that no pool is for is refused."""
    with refused(exception):
        Pool().cloud.handle(operation, request_)
