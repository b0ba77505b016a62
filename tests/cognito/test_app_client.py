"""What identifies the app client in a request."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from flowengine.cognito.app_client import secret_hash, with_app_client

SECRET = "an-app-client-secret-of-its-own"


def expected_hash(username: str) -> str:
    """The documented formula, written out: Base64(HMAC-SHA256(secret, username + client id))."""
    return base64.b64encode(hmac.new(SECRET.encode(), f"{username}abc".encode(), hashlib.sha256).digest()).decode()


def test_secret_hash_follows_the_formula() -> None:
    """The hash covers the username and the client's id, under the secret."""
    assert secret_hash("jo", "abc", SECRET) == expected_hash("jo")


@pytest.mark.parametrize("operation", ["SignUp", "ConfirmSignUp", "ResendConfirmationCode"])
def test_sign_up_operations_carry_the_hash_beside_the_username(operation: str) -> None:
    """These operations have a member of their own for it."""
    completed = with_app_client(operation, {"Username": "jo"}, "abc", SECRET)
    assert completed == {"ClientId": "abc", "Username": "jo", "SecretHash": expected_hash("jo")}


@pytest.mark.parametrize(
    ("operation", "member"), [("InitiateAuth", "AuthParameters"), ("RespondToAuthChallenge", "ChallengeResponses")]
)
def test_authentication_carries_the_hash_among_its_parameters(operation: str, member: str) -> None:
    """These operations carry it beside the username that they name, and the request is left as it was."""
    request = {member: {"USERNAME": "jo"}}
    completed = with_app_client(operation, request, "abc", SECRET)
    assert completed == {"ClientId": "abc", member: {"USERNAME": "jo", "SECRET_HASH": expected_hash("jo")}}
    assert request == {member: {"USERNAME": "jo"}}


def test_refresh_carries_the_secret_itself() -> None:
    """GetTokensFromRefreshToken takes the plain secret."""
    completed = with_app_client("GetTokensFromRefreshToken", {"RefreshToken": "r"}, "abc", SECRET)
    assert completed == {"ClientId": "abc", "RefreshToken": "r", "ClientSecret": SECRET}


@pytest.mark.parametrize("secret", [None, SECRET])
def test_access_token_operations_carry_nothing(secret: str | None) -> None:
    """An access token knows its client."""
    assert with_app_client("GlobalSignOut", {"AccessToken": "a"}, "abc", secret) == {"AccessToken": "a"}


def test_public_client_carries_its_id_alone() -> None:
    """A client without a secret proves nothing."""
    assert with_app_client("SignUp", {"Username": "jo"}, "abc", None) == {"ClientId": "abc", "Username": "jo"}
