"""What identifies the pool and the app client in a request."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from flowengine.cognito.app_client import AppClient, secret_hash

SECRET = "an-app-client-secret-of-its-own"
PUBLIC = AppClient("us-east-1_abc", "abc")
CONFIDENTIAL = AppClient("us-east-1_abc", "abc", SECRET)
MODEL = ServiceModel(Loader().load_service_model("cognito-idp", "service-2"))
IDS = {"ClientId": "abc", "UserPoolId": "us-east-1_abc"}


def expected_hash(username: str) -> str:
    """The documented formula, written out: Base64(HMAC-SHA256(secret, username + client id))."""
    return base64.b64encode(hmac.new(SECRET.encode(), f"{username}abc".encode(), hashlib.sha256).digest()).decode()


def members(operation: str) -> set[str]:
    """The members of an operation's request, as botocore's model has them."""
    shape = MODEL.operation_model(operation).input_shape
    assert shape is not None
    return set(shape.members)


def operations(*, users: bool) -> list[str]:
    """The operations that a user's device may call, or those for administrators of users."""
    called = [name for name in MODEL.operation_names if (MODEL.operation_model(name).auth_type == "none") is users]
    return [name for name in called if users or name.startswith("Admin")]


def test_secret_hash_follows_the_formula() -> None:
    """The hash covers the username and the client's id, under the secret."""
    assert secret_hash("jo", "abc", SECRET) == expected_hash("jo")
    assert secret_hash("Mess", "age", "secret") == "qnR8UCqJggD55PohusaBNviGoOJ67HC6Btry4qXLVZc="


@pytest.mark.parametrize("operation", operations(users=True) + operations(users=False))
def test_ids_are_named_wherever_the_operation_has_a_place_for_them(operation: str) -> None:
    """Each operation of sign-up, sign-in and user administration names what the service model asks for."""
    completed = PUBLIC.complete(operation, {})
    assert completed == {name: value for name, value in IDS.items() if name in members(operation)}


@pytest.mark.parametrize("operation", operations(users=True) + operations(users=False))
def test_secret_is_proved_wherever_the_operation_has_a_place_for_it(operation: str) -> None:
    """A client with a secret proves it beside the username, or by telling it, as the service model asks for."""
    enclosing = {"AuthParameters", "ChallengeResponses"} & members(operation)
    request: dict[str, Any] = {"Username": "jo", **{name: {"USERNAME": "jo"} for name in enclosing}}
    completed = CONFIDENTIAL.complete(operation, request)
    proof = {"SecretHash": expected_hash("jo"), "ClientSecret": SECRET}
    assert {name: completed.get(name) for name in proof if name in members(operation)} == {
        name: value for name, value in proof.items() if name in members(operation)
    }
    assert all(completed[name] == {"USERNAME": "jo", "SECRET_HASH": expected_hash("jo")} for name in enclosing)


@pytest.mark.parametrize(
    ("operation", "member"),
    [
        ("InitiateAuth", "AuthParameters"),
        ("AdminInitiateAuth", "AuthParameters"),
        ("RespondToAuthChallenge", "ChallengeResponses"),
        ("AdminRespondToAuthChallenge", "ChallengeResponses"),
    ],
)
def test_request_is_left_as_it_was(operation: str, member: str) -> None:
    """The proof stands in a copy, and covers the username that this request names."""
    request = {member: {"USERNAME": "8a1c7f2e"}}
    assert CONFIDENTIAL.complete(operation, request)[member]["SECRET_HASH"] == expected_hash("8a1c7f2e")
    assert request == {member: {"USERNAME": "8a1c7f2e"}}


@pytest.mark.parametrize("request_", [{}, {"AuthParameters": {"REFRESH_TOKEN": "r"}}], ids=["nothing", "refresh"])
def test_without_a_username_nothing_is_hashed(request_: dict[str, Any]) -> None:
    """A refresh names no user; Cognito says what it lacks."""
    assert CONFIDENTIAL.complete("InitiateAuth", request_) == {"ClientId": "abc", **request_}


@pytest.mark.parametrize("operation", ["GetTokensFromRefreshToken", "RevokeToken"])
def test_token_operations_carry_the_secret_itself(operation: str) -> None:
    """They take the plain secret, if there is one."""
    assert CONFIDENTIAL.complete(operation, {}) == {"ClientId": "abc", "ClientSecret": SECRET}
    assert PUBLIC.complete(operation, {}) == {"ClientId": "abc"}


@pytest.mark.parametrize("client", [PUBLIC, CONFIDENTIAL], ids=["public client", "client with a secret"])
def test_access_token_operations_carry_nothing(client: AppClient) -> None:
    """An access token knows its client, and so does a challenge's session."""
    for operation, request in [
        ("GlobalSignOut", {"AccessToken": "a"}),
        ("AssociateSoftwareToken", {"Session": "s"}),
        ("VerifySoftwareToken", {"Session": "s", "UserCode": "123456"}),
        ("ConfirmDevice", {"AccessToken": "a", "DeviceKey": "k"}),
        ("StartWebAuthnRegistration", {"AccessToken": "a"}),
    ]:
        assert client.complete(operation, request) == request


def test_secrets_do_not_show() -> None:
    """Neither the client's id nor its secret is in a repr."""
    assert repr(CONFIDENTIAL) == "AppClient(user_pool_id='us-east-1_abc')"
