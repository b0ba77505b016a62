"""What identifies the pool and the app client in a request: their ids, and the proof of the client's secret."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from attrs import field, frozen

__all__ = ["AppClient", "secret_hash"]


class _Proof(NamedTuple):
    """Where a request carries a secret hash: the member that encloses it (None: the request), beside the username."""

    enclosing: str | None
    username: str
    name: str


_CLIENT: Final = ("ClientId",)
_CLIENT_AND_SECRET: Final = ("ClientId", "ClientSecret")
_POOL: Final = ("UserPoolId",)
_POOL_AND_CLIENT: Final = ("UserPoolId", "ClientId")

_HASH: Final = _Proof(None, "Username", "SecretHash")
_PARAMETER: Final = _Proof("AuthParameters", "USERNAME", "SECRET_HASH")
_RESPONSE: Final = _Proof("ChallengeResponses", "USERNAME", "SECRET_HASH")

_OPERATIONS: Final[Mapping[str, tuple[tuple[str, ...], _Proof | None]]] = {
    "AdminAddUserToGroup": (_POOL, None),
    "AdminConfirmSignUp": (_POOL, None),
    "AdminCreateUser": (_POOL, None),
    "AdminDeleteUser": (_POOL, None),
    "AdminDeleteUserAttributes": (_POOL, None),
    "AdminDisableProviderForUser": (_POOL, None),
    "AdminDisableUser": (_POOL, None),
    "AdminEnableUser": (_POOL, None),
    "AdminForgetDevice": (_POOL, None),
    "AdminGetDevice": (_POOL, None),
    "AdminGetUser": (_POOL, None),
    "AdminInitiateAuth": (_POOL_AND_CLIENT, _PARAMETER),
    "AdminLinkProviderForUser": (_POOL, None),
    "AdminListDevices": (_POOL, None),
    "AdminListGroupsForUser": (_POOL, None),
    "AdminListUserAuthEvents": (_POOL, None),
    "AdminRemoveUserFromGroup": (_POOL, None),
    "AdminResetUserPassword": (_POOL, None),
    "AdminRespondToAuthChallenge": (_POOL_AND_CLIENT, _RESPONSE),
    "AdminSetUserMFAPreference": (_POOL, None),
    "AdminSetUserPassword": (_POOL, None),
    "AdminSetUserSettings": (_POOL, None),
    "AdminUpdateAuthEventFeedback": (_POOL, None),
    "AdminUpdateDeviceStatus": (_POOL, None),
    "AdminUpdateUserAttributes": (_POOL, None),
    "AdminUserGlobalSignOut": (_POOL, None),
    "ConfirmForgotPassword": (_CLIENT, _HASH),
    "ConfirmSignUp": (_CLIENT, _HASH),
    "ForgotPassword": (_CLIENT, _HASH),
    "GetTokensFromRefreshToken": (_CLIENT_AND_SECRET, None),
    "InitiateAuth": (_CLIENT, _PARAMETER),
    "ResendConfirmationCode": (_CLIENT, _HASH),
    "RespondToAuthChallenge": (_CLIENT, _RESPONSE),
    "RevokeToken": (_CLIENT_AND_SECRET, None),
    "SignUp": (_CLIENT, _HASH),
    "UpdateAuthEventFeedback": (_POOL, None),
}
"""
Operation -> the members that it names pool and client by, and where it carries the secret hash.

The others take an access token or a challenge's session, and know the client from it.
"""


@frozen
class AppClient:
    """
    One app client of one pool.

    Args:
        user_pool_id: The pool's id.
        client_id: The app client's id.
        client_secret: The app client's secret, or None.
    """

    user_pool_id: str
    client_id: str = field(repr=False)
    client_secret: str | None = field(default=None, repr=False)

    def complete(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """
        Return a request with what names the pool and the client and, for a client with a secret, its proof.

        A request without a username is left without a secret hash: there is nothing to compute it from.

        Args:
            operation: The operation in Cognito's spelling.
            request: The request's members.
        """
        members, proof = _OPERATIONS.get(operation, ((), None))
        known = {"UserPoolId": self.user_pool_id, "ClientId": self.client_id, "ClientSecret": self.client_secret}
        named = {member: known[member] for member in members if known[member] is not None}
        completed = {**named, **request}
        return self._proved(completed, proof) if proof else completed

    def _proved(self, request: dict[str, Any], proof: _Proof) -> dict[str, Any]:
        members = request.get(proof.enclosing, {}) if proof.enclosing else request
        if self.client_secret is None or proof.username not in members:
            return request
        hashed = secret_hash(members[proof.username], self.client_id, self.client_secret)
        proved = {**members, proof.name: hashed}
        return {**request, proof.enclosing: proved} if proof.enclosing else proved


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
