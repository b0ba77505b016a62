"""Tokens: signed, verified, refreshed, revoked.

Source of lifetimes and claims: amazon-cognito-user-pools-using-tokens-with-identity-providers and its pages on each
token; CreateUserPoolClient for the defaults.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from flowengine.settings import CONTACTS
from flowengine.simulator.pool import Call, Pool
from flowengine.simulator.refusals import (
    ACCESS_TOKEN_EXPIRED,
    ACCESS_TOKEN_INVALID,
    ACCESS_TOKEN_REVOKED,
    REFRESH_TOKEN_EXPIRED,
    REFRESH_TOKEN_INVALID,
    REFRESH_TOKEN_REVOKED,
    SECRET_MISSING,
    SECRET_WRONG,
    USER_DISABLED,
    USER_NOT_FOUND,
)
from flowengine.simulator.state import Grant, User

__all__ = ["grant_tokens", "mismatches", "public_keys", "refresh", "user_of_access_token", "verified_claims"]

ACCESS_VALIDITY: Final = 3600
"""Life of access and ID tokens, in seconds (AccessTokenValidity, IdTokenValidity: 60 minutes)."""
REFRESH_VALIDITY: Final = 30 * 24 * 3600
"""Life of refresh tokens, in seconds (RefreshTokenValidity: 30 days)."""
SCOPE: Final = "aws.cognito.signin.user.admin"


@functools.cache
def _key() -> RSAKey:
    """The one signing key of this process: making one takes a tenth of a second."""
    return RSAKey.generate_key(2048, {"alg": "RS256", "use": "sig"}, private=True, auto_kid=True)


def public_keys() -> dict[str, Any]:
    """Return the JSON Web Key Set that the tokens verify against."""
    return {"keys": [_key().as_dict(private=False)]}


@functools.lru_cache(maxsize=4096)
def _signed(claims: str) -> str:
    """Sign claims; remembered, as equal walks sign the same claims again and RSA takes a millisecond."""
    return jwt.encode({"alg": "RS256", "kid": _key().kid}, json.loads(claims), _key())


def verified_claims(token: str) -> dict[str, Any] | None:
    """Return the claims of a token that this process signed, None for any other text."""
    try:
        return dict(jwt.decode(token, _key(), algorithms=["RS256"]).claims)
    except (JoseError, ValueError, TypeError, AttributeError, KeyError):
        return None


def mismatches(claims: Mapping[str, Any], expected: Mapping[str, str]) -> list[str]:
    """Return the names of the claims that are not as expected."""
    return [name for name, value in expected.items() if claims.get(name) != value]


def grant_tokens(call: Call, user: User) -> dict[str, Any]:
    """Return the `AuthenticationResult` of a completed sign-in."""
    grant = Grant(
        origin_jti=call.uuid(),
        sub=user.sub,
        auth_time=int(call.now),
        expires_at=call.now + REFRESH_VALIDITY,
    )
    refresh_token = call.opaque(96)
    call.state.grants[grant.origin_jti] = grant
    call.state.refresh_tokens[refresh_token] = grant.origin_jti
    return _tokens(call, user, grant) | {"RefreshToken": refresh_token}


def _tokens(call: Call, user: User, grant: Grant) -> dict[str, Any]:
    shared = {
        "sub": user.sub,
        "iss": call.pool.issuer,
        "origin_jti": grant.origin_jti,
        "event_id": call.uuid(),
        "auth_time": grant.auth_time,
        "iat": int(call.now),
        "exp": int(call.now) + ACCESS_VALIDITY,
    }
    access = {
        "jti": call.uuid(),
        "token_use": "access",
        "client_id": call.pool.client_id,
        "scope": SCOPE,
        "username": user.username,
    }
    identity = {
        "jti": call.uuid(),
        "token_use": "id",
        "aud": call.pool.client_id,
        "cognito:username": user.username,
        **_attribute_claims(user),
    }
    return {
        "AccessToken": _signed(json.dumps(shared | access)),
        "ExpiresIn": ACCESS_VALIDITY,
        "TokenType": "Bearer",
        "IdToken": _signed(json.dumps(shared | identity)),
    }


def _attribute_claims(user: User) -> dict[str, Any]:
    verified = {f"{name}_verified": name in user.verified for name in CONTACTS if name in user.attributes}
    return user.attributes | verified


def user_of_access_token(call: Call) -> User:
    """
    Return the user of the request's access token.

    Source: GetUser and the other operations that take an access token; AdminDisableUser, GlobalSignOut.
    """
    claims = verified_claims(call.params["AccessToken"]) or {}
    grant = call.state.grants.get(claims.get("origin_jti", ""))
    if grant is None or mismatches(claims, {"token_use": "access", "iss": call.pool.issuer}):
        raise ACCESS_TOKEN_INVALID.error()
    if call.now >= claims["exp"]:
        raise ACCESS_TOKEN_EXPIRED.error()
    user = _living_user(call, grant)
    if grant.revoked:
        raise ACCESS_TOKEN_REVOKED.error()
    return user


def _living_user(call: Call, grant: Grant) -> User:
    user = call.state.users.get(grant.sub)
    if user is None:
        raise USER_NOT_FOUND.error()
    if not user.enabled:
        raise USER_DISABLED.error()
    return user


def refresh(call: Call) -> dict[str, Any]:
    """
    Return new access and ID tokens for a refresh token, which stays as it is.

    Source: GetTokensFromRefreshToken; amazon-cognito-user-pools-using-the-refresh-token.
    """
    _check_secret(call.pool, call.params.get("ClientSecret"))
    grant = call.state.grants.get(call.state.refresh_tokens.get(call.params["RefreshToken"], ""))
    if grant is None:
        raise REFRESH_TOKEN_INVALID.error()
    user = _living_user(call, grant)
    if grant.revoked:
        raise REFRESH_TOKEN_REVOKED.error()
    if call.now >= grant.expires_at:
        raise REFRESH_TOKEN_EXPIRED.error()
    return {"AuthenticationResult": _tokens(call, user, grant)}


def _check_secret(pool: Pool, given: str | None) -> None:
    if pool.client_secret is None:
        return
    if not given:
        raise SECRET_MISSING.error(client=pool.client_id)
    if given != pool.client_secret:
        raise SECRET_WRONG.error(client=pool.client_id)
