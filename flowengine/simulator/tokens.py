"""Tokens: signed, verified, refreshed, revoked.

Source of lifetimes and claims: amazon-cognito-user-pools-using-tokens-with-identity-providers and its pages on each
token; CreateUserPoolClient for the defaults.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Container, Mapping
from typing import Any, Final

import attrs
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey

from flowengine.simulator import users
from flowengine.simulator.attributes import flags_of, readable
from flowengine.simulator.pool import Call, Pool, letters
from flowengine.simulator.refusals import (
    ACCESS_TOKEN_EXPIRED,
    ACCESS_TOKEN_INVALID,
    ACCESS_TOKEN_REVOKED,
    CLIENT_UNAUTHORIZED,
    NOT_A_REFRESH_TOKEN,
    PASSWORD_RESET_NEEDED,
    REFRESH_TOKEN_EXPIRED,
    REFRESH_TOKEN_INVALID,
    REFRESH_TOKEN_REUSED,
    REFRESH_TOKEN_REVOKED,
    REVOCATION_OFF,
    SECRET_MISSING,
    SECRET_WRONG,
    TRIGGER_ANSWER_INVALID,
    USER_DISABLED,
    USER_NOT_FOUND,
    USER_UNCONFIRMED,
    PoolError,
    Refusal,
)
from flowengine.simulator.state import Grant, User
from flowengine.simulator.triggers import run_trigger, texts, trigger_attributes

__all__ = [
    "HASHED", "SIGNED", "grant_tokens", "mismatches", "public_keys", "refresh", "refresh_auth", "revoke_token",
    "signed_in", "user_of_access_token", "verified_claims",
]  # fmt: skip

SIGNED: Final = "RS256"
"""How the tokens of a pool are signed."""
HASHED: Final = "HS256"
"""How they are signed where nobody outside of the pool verifies them: twenty times as fast."""
MINUTE: Final = 60
SCOPE: Final = "aws.cognito.signin.user.admin"
RESERVED_CLAIMS: Final = frozenset({
    "acr", "amr", "at_hash", "aud", "auth_time", "azp", "cognito:username", "exp", "iat", "identities", "iss", "jti",
    "nbf", "nonce", "origin_jti", "sub", "token_use",
})  # fmt: skip
"""Claims of the ID token that no trigger can change (user-pool-lambda-pre-token-generation)."""
UNFIT: Final[Mapping[str, Refusal]] = {"UNCONFIRMED": USER_UNCONFIRMED, "RESET_REQUIRED": PASSWORD_RESET_NEEDED}
"""The statuses in which an access token is of no use."""


@functools.cache
def _key(algorithm: str) -> RSAKey | OctKey:
    """The one signing key of this process: making one takes a tenth of a second."""
    if algorithm == HASHED:
        return OctKey.generate_key(256, {"alg": HASHED}, private=True, auto_kid=True)
    return RSAKey.generate_key(2048, {"alg": SIGNED, "use": "sig"}, private=True, auto_kid=True)


def public_keys() -> dict[str, Any]:
    """Return the JSON Web Key Set that the tokens verify against."""
    return {"keys": [_key(SIGNED).as_dict(private=False)]}


@functools.lru_cache(maxsize=4096)
def _signed(claims: str, algorithm: str) -> str:
    """Sign claims; remembered, as equal walks sign the same claims again and RSA takes a millisecond."""
    key = _key(algorithm)
    return jwt.encode({"alg": algorithm, "kid": key.kid}, json.loads(claims), key)


def verified_claims(token: str, algorithm: str = SIGNED) -> dict[str, Any] | None:
    """Return the claims of a token that this process signed, None for any other text."""
    try:
        return dict(jwt.decode(token, _key(algorithm), algorithms=[algorithm]).claims)
    except (JoseError, ValueError, TypeError, AttributeError, KeyError):
        return None


def mismatches(claims: Mapping[str, Any], expected: Mapping[str, str]) -> list[str]:
    """Return the names of the claims that are not as expected."""
    return [name for name, value in expected.items() if claims.get(name) != value]


def grant_tokens(call: Call, user: User, device_key: str | None = None, proved: tuple[str, ...] = ()) -> dict[str, Any]:
    """
    Return the `AuthenticationResult` of a completed sign-in.

    Args:
        call: The request that completes it.
        user: Who signed in.
        device_key: The confirmed device that this happened on, if it is one.
        proved: What the sign-in has proved.

    Source: shape AuthenticationResultType; amazon-cognito-user-pools-device-tracking (NewDeviceMetadata).
    """
    device = _device(call, user, device_key)
    grant = Grant(
        origin_jti=call.uuid(),
        sub=user.sub,
        auth_time=int(call.now),
        expires_at=call.now + call.settings.client.refresh_token_validity * MINUTE,
        device_key=device.get("DeviceKey"),
        device_group_key=device.get("DeviceGroupKey"),
        proved=proved,
    )
    call.state.grants[grant.origin_jti] = grant
    user = users.store(call.state, _seen_on(user, grant.device_key, call.now))
    result = _tokens(call, user, grant, "TokenGeneration_Authentication")
    result["RefreshToken"] = _refresh_token(call, grant)
    if device and user.device(grant.device_key) is None:
        result["NewDeviceMetadata"] = device
    return result


def _device(call: Call, user: User, key: str | None) -> dict[str, str]:
    """The device that a sign-in happens on: the confirmed one, or a new one where the pool remembers devices."""
    known = user.device(key)
    if known is not None:
        return {"DeviceKey": known.key, "DeviceGroupKey": known.group_key}
    if call.settings.devices.remembered == "never":
        return {}
    return {"DeviceKey": f"{call.pool.region}_{call.uuid()}", "DeviceGroupKey": f"-{letters(call.random, 8)}"}


def _seen_on(user: User, device_key: str | None, now: float) -> User:
    devices = (attrs.evolve(known, used_at=now) if known.key == device_key else known for known in user.devices)
    return attrs.evolve(user, devices=tuple(devices))


def _refresh_token(call: Call, grant: Grant) -> str:
    token = call.opaque(96)
    call.state.refresh_tokens[token] = grant.origin_jti
    return token


def _tokens(call: Call, user: User, grant: Grant, source: str) -> dict[str, Any]:
    client = call.settings.client
    shared = {
        "sub": user.sub,
        "iss": call.pool.issuer,
        "origin_jti": grant.origin_jti,
        "event_id": call.uuid(),
        "auth_time": grant.auth_time,
        "iat": int(call.now),
    }
    access = {
        "jti": call.uuid(),
        "token_use": "access",
        "client_id": call.pool.client_id,
        "scope": SCOPE,
        "username": user.username,
        "exp": int(call.now) + client.access_token_validity * MINUTE,
        **({"device_key": grant.device_key} if grant.device_key is not None else {}),
    }
    identity = {
        "jti": call.uuid(),
        "token_use": "id",
        "aud": call.pool.client_id,
        "cognito:username": user.username,
        "exp": int(call.now) + client.id_token_validity * MINUTE,
        **readable(call.settings, user.attributes | flags_of(user)),
    }
    return {
        "AccessToken": _signed(json.dumps(shared | access), call.pool.algorithm),
        "ExpiresIn": client.access_token_validity * MINUTE,
        "TokenType": "Bearer",
        "IdToken": _signed(json.dumps(_as_triggered(call, user, source, shared | identity)), call.pool.algorithm),
    }


def _as_triggered(call: Call, user: User, source: str, claims: dict[str, Any]) -> dict[str, Any]:
    """
    Return the claims of an ID token as the pre token generation trigger wants them.

    Source: user-pool-lambda-pre-token-generation (version one).
    """
    request: dict[str, Any] = {
        "userAttributes": trigger_attributes(user),
        "groupConfiguration": {"groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": None},
    }
    response = {"claimsOverrideDetails": None}
    answer = run_trigger(call, "pre_token_generation", source, user.username, request=request, response=response)
    override = answer.get("claimsOverrideDetails") or {}
    if not isinstance(override, Mapping):
        raise TRIGGER_ANSWER_INVALID.error(trigger="PreTokenGeneration")
    added = texts("pre_token_generation", override, "claimsToAddOrOverride")
    gone = override.get("claimsToSuppress") or ()
    if not isinstance(gone, list | tuple):
        raise TRIGGER_ANSWER_INVALID.error(trigger="PreTokenGeneration")
    changed = {name: value for name, value in (claims | added).items() if name not in gone}
    return changed | {name: value for name, value in claims.items() if name in RESERVED_CLAIMS}


def user_of_access_token(call: Call, *, undeclared: Container[str] = ()) -> User:
    """
    Return the user of the request's access token.

    Args:
        call: The request.
        undeclared: The exceptions for a user in another situation that the operation does not declare; there the token
            counts as revoked.

    Source: GetUser and the other operations that take an access token; AdminDisableUser, GlobalSignOut.
    """
    try:
        return signed_in(call)[0]
    except PoolError as error:
        if error.exception in undeclared:
            raise ACCESS_TOKEN_REVOKED.error() from error
        raise


def signed_in(call: Call) -> tuple[User, Grant]:
    """
    Return the user of the request's access token, and the sign-in that it comes from.

    Source: GetUser and the other operations that take an access token; AdminDisableUser, GlobalSignOut.
    """
    claims = verified_claims(call.params.get("AccessToken") or "", call.pool.algorithm) or {}
    grant = call.state.grants.get(claims.get("origin_jti", ""))
    if grant is None or mismatches(claims, {"token_use": "access", "iss": call.pool.issuer}):
        raise ACCESS_TOKEN_INVALID.error()
    if call.now >= claims["exp"]:
        raise ACCESS_TOKEN_EXPIRED.error()
    user = _living_user(call, grant)
    if grant.revoked:
        raise ACCESS_TOKEN_REVOKED.error()
    if user.status in UNFIT:
        raise UNFIT[user.status].error()
    return user, grant


def _living_user(call: Call, grant: Grant) -> User:
    user = call.state.users.get(grant.sub)
    if user is None:
        raise USER_NOT_FOUND.error()
    if not user.enabled:
        raise USER_DISABLED.error()
    return user


def refresh(call: Call) -> dict[str, Any]:
    """
    Return new tokens for a refresh token, which a new one replaces where the client rotates them.

    Source: GetTokensFromRefreshToken; amazon-cognito-user-pools-using-the-refresh-token.
    """
    _check_secret(call.pool, call.params.get("ClientSecret"))
    token = call.params["RefreshToken"]
    grant = _refreshable(call, token, call.params.get("DeviceKey"))
    result = _refreshed(call, grant)
    client = call.settings.client
    if client.refresh_token_rotation == "ENABLED":  # noqa: S105 (no password)
        call.state.replaced.setdefault(token, call.now + client.retry_grace_period_seconds)
        result["RefreshToken"] = _refresh_token(call, grant)
    return {"AuthenticationResult": result}


def refresh_auth(call: Call, token: str, device_key: str | None = None) -> dict[str, Any]:
    """
    Answer a sign-in by a refresh token, which stays as it is, with new access and ID tokens.

    Args:
        call: The request.
        token: The refresh token.
        device_key: The device that the client says it is.

    Source: InitiateAuth (REFRESH_TOKEN_AUTH); amazon-cognito-user-pools-using-the-refresh-token.
    """
    grant = _refreshable(call, token, device_key)
    return {"ChallengeParameters": {}, "AuthenticationResult": _refreshed(call, grant)}


def _refreshed(call: Call, grant: Grant) -> dict[str, Any]:
    return _tokens(call, call.state.users[grant.sub], grant, "TokenGeneration_RefreshTokens")


def _refreshable(call: Call, token: str, device_key: str | None) -> Grant:
    """Return the grant that a refresh token stands for, if it is still good, on the device it was given to."""
    grant = call.state.grants.get(call.state.refresh_tokens.get(token, ""))
    if grant is None:
        raise REFRESH_TOKEN_INVALID.error()
    _living_user(call, grant)
    if grant.revoked:
        raise REFRESH_TOKEN_REVOKED.error()
    if call.now >= grant.expires_at:
        raise REFRESH_TOKEN_EXPIRED.error()
    if call.now >= call.state.replaced.get(token, math.inf):
        raise REFRESH_TOKEN_REUSED.error()
    if grant.device_key is not None and device_key != grant.device_key:
        raise REFRESH_TOKEN_INVALID.error()
    return grant


def _check_secret(pool: Pool, given: str | None) -> None:
    if pool.client_secret is None:
        return
    if not given:
        raise SECRET_MISSING.error(client=pool.client_id)
    if given != pool.client_secret:
        raise SECRET_WRONG.error(client=pool.client_id)


def revoke_token(call: Call) -> dict[str, Any]:
    """
    Revoke a refresh token with all tokens that come from the same sign-in; one that is unknown or revoked is fine.

    Source: RevokeToken; token-revocation.
    """
    if not call.settings.client.enable_token_revocation:
        raise REVOCATION_OFF.error()
    if call.pool.client_secret not in (None, call.params.get("ClientSecret")):
        raise CLIENT_UNAUTHORIZED.error()
    token = call.params["Token"]
    if verified_claims(token, call.pool.algorithm) is not None:
        raise NOT_A_REFRESH_TOKEN.error()
    grant = call.state.grants.get(call.state.refresh_tokens.get(token, ""))
    if grant is not None:
        call.state.grants[grant.origin_jti] = attrs.evolve(grant, revoked=True)
    return {}
