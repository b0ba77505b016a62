"""What identifies the app client in a request: its id, and the proof of its secret."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["secret_hash", "with_app_client"]

_HASHED: Final[Mapping[str, tuple[str | None, str, str]]] = {
    "ConfirmSignUp": (None, "Username", "SecretHash"),
    "InitiateAuth": ("AuthParameters", "USERNAME", "SECRET_HASH"),
    "ResendConfirmationCode": (None, "Username", "SecretHash"),
    "RespondToAuthChallenge": ("ChallengeResponses", "USERNAME", "SECRET_HASH"),
    "SignUp": (None, "Username", "SecretHash"),
}
"""Operation -> the member that encloses them (None: the request), the username's name, the secret hash's name."""

_PLAIN: Final = frozenset({"GetTokensFromRefreshToken"})
"""Operations that take the secret itself."""


def secret_hash(username: str, client_id: str, client_secret: str) -> str:
    """
    Return the secret hash of a username.

    Args:
        username: The username as the same request spells it.
        client_id: The app client's id.
        client_secret: The app client's secret.

    Source: signing-up-users-in-your-app, "Computing secret hash values".
    """
    digest = hmac.digest(client_secret.encode(), f"{username}{client_id}".encode(), "sha256")
    return base64.b64encode(digest).decode()


def with_app_client(
    operation: str, request: Mapping[str, Any], client_id: str, client_secret: str | None
) -> dict[str, Any]:
    """
    Return a request with the client's id and, for a client with a secret, its proof.

    Args:
        operation: The operation in Cognito's spelling. Those that take an access token know the client from it.
        request: The request's members.
        client_id: The app client's id.
        client_secret: The app client's secret, or None.
    """
    if operation not in _HASHED and operation not in _PLAIN:
        return dict(request)
    completed = {"ClientId": client_id, **request}
    if client_secret is None:
        return completed
    if operation in _PLAIN:
        return {**completed, "ClientSecret": client_secret}
    enclosing, username, proof = _HASHED[operation]
    members = completed if enclosing is None else completed[enclosing]
    proved = {**members, proof: secret_hash(members[username], client_id, client_secret)}
    return proved if enclosing is None else {**completed, enclosing: proved}
