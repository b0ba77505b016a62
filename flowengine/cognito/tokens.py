"""Verifying the tokens of a user pool."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Literal

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from flowengine.errors import CognitoUnavailable, TokenInvalid

__all__ = ["TokenVerifier"]

REFETCH_SECONDS: Final = 300.0
"""How long an unknown key id is taken to be a forgery before the keys are fetched again: rotated keys are rare."""

_UNREADABLE: Final = (JoseError, ValueError, TypeError, AttributeError, KeyError)
"""What reading a token or a key set of a stranger's making can raise."""

_CLIENT_CLAIM: Final = {"id": "aud", "access": "client_id"}


class TokenVerifier:
    """
    Verifies the ID and access tokens of one pool and app client.

    Args:
        issuer: The pool's issuer, `https://cognito-idp.REGION.amazonaws.com/POOL_ID`.
        client_id: The app client's id.
        fetch_keys: Fetches the pool's public keys, as a JSON Web Key Set.
        now: Gives the time in seconds since the epoch.

    Source: amazon-cognito-user-pools-using-tokens-verifying-a-jwt.
    """

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        fetch_keys: Callable[[], Awaitable[Mapping[str, Any]]],
        now: Callable[[], float],
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._fetch_keys = fetch_keys
        self._now = now
        self._keys: KeySet | None = None
        self._fetched_at = 0.0

    async def verify(self, token: str, token_use: Literal["id", "access"]) -> dict[str, Any]:
        """
        Return the claims of a token.

        Raises:
            TokenInvalid: The signature, issuer, client, use or expiry is wrong.
            CognitoUnavailable: What was fetched are no public keys.
        """
        keys = await self._keys_for(token)
        expected: dict[str, Any] = {
            "exp": {"essential": True},
            "iss": {"essential": True, "value": self._issuer},
            "token_use": {"essential": True, "value": token_use},
            _CLIENT_CLAIM[token_use]: {"essential": True, "value": self._client_id},
        }
        registry = jwt.JWTClaimsRegistry(now=lambda: int(self._now()), **expected)
        try:
            decoded = jwt.decode(token, keys, algorithms=["RS256"])
            # A pool's clock may be a moment ahead of ours, and nothing asks for a token to be issued in the past.
            registry.validate({name: value for name, value in decoded.claims.items() if name != "iat"})
        except _UNREADABLE as error:
            raise TokenInvalid(f"the {token_use} token does not verify: {error}") from None
        return decoded.claims

    async def _keys_for(self, token: str) -> KeySet:
        try:
            key_id = extract_compact(token.encode()).protected.get("kid")
        except _UNREADABLE:
            raise TokenInvalid("this is no signed token") from None
        known = self._keys and any(key.kid == key_id for key in self._keys.keys)
        if self._keys is None or (not known and self._now() - self._fetched_at >= REFETCH_SECONDS):
            self._keys = _key_set(await self._fetch_keys())
            self._fetched_at = self._now()
        return self._keys


def _key_set(fetched: Mapping[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(dict(fetched))  # type: ignore[arg-type]
    except _UNREADABLE:
        raise CognitoUnavailable("what was fetched are no public keys") from None
