"""When a pool's public keys are fetched."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

import flowengine as fe
from flowengine.cognito.tokens import REFETCH_SECONDS, TokenVerifier

ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc"
NOW = 1_000_000.0
OLD, NEW = (RSAKey.generate_key(2048, {"kid": name}, auto_kid=False) for name in ("old", "new"))


class Keys:
    """A pool whose keys can be rotated, and that counts how often they are fetched."""

    def __init__(self) -> None:
        self.keys: list[Any] = [OLD]
        self.fetched = 0
        self.now = NOW
        self.verifier = TokenVerifier(issuer=ISSUER, client_id="abc", fetch_keys=self.fetch, now=lambda: self.now)

    async def fetch(self) -> Mapping[str, Any]:
        """Return the public keys."""
        self.fetched += 1
        return dict(KeySet(self.keys).as_dict(private=False))


def token(key: RSAKey, **changes: Any) -> str:
    """An ID token."""
    claims = {"iss": ISSUER, "aud": "abc", "token_use": "id", "exp": NOW + 3600, **changes}
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


async def test_keys_are_fetched_once() -> None:
    """Later tokens are verified with the keys at hand."""
    pool = Keys()
    for _ in range(3):
        await pool.verifier.verify(token(OLD), "id")
    assert pool.fetched == 1


async def test_rotated_keys_are_fetched_again() -> None:
    """A token of a new key is verified after the pool's keys were rotated."""
    pool = Keys()
    await pool.verifier.verify(token(OLD), "id")
    pool.keys, pool.now = [NEW], NOW + REFETCH_SECONDS
    assert (await pool.verifier.verify(token(NEW), "id"))["aud"] == "abc"


async def test_forged_key_ids_do_not_fetch_each_time() -> None:
    """Unknown keys cannot make the service fetch on every request."""
    pool = Keys()
    await pool.verifier.verify(token(OLD), "id")
    for _ in range(5):
        with pytest.raises(fe.TokenInvalid):
            await pool.verifier.verify(token(NEW), "id")
    assert pool.fetched == 1


@pytest.mark.parametrize("change", [{"iss": "https://evil.example"}, {"aud": "other"}, {"exp": NOW - 1}, {"exp": None}])
async def test_wrong_claims_are_refused(change: dict[str, Any]) -> None:
    """Issuer, client and expiry are checked."""
    with pytest.raises(fe.TokenInvalid, match="the id token does not verify"):
        await Keys().verifier.verify(token(OLD, **change), "id")


async def test_symmetric_signature_is_refused() -> None:
    """A token with another algorithm than the pool's is refused, also under a known key id."""
    header = {"alg": "HS256", "kid": "old"}
    claims = {"iss": ISSUER, "aud": "abc", "token_use": "id", "exp": NOW + 3600}
    forged = jwt.encode(header, claims, OctKey.import_key(b"x" * 32), algorithms=["HS256"])
    with pytest.raises(fe.TokenInvalid):
        await Keys().verifier.verify(forged, "id")


async def test_token_from_a_clock_ahead_is_good() -> None:
    """The pool's clock may be a moment ahead of the service's."""
    assert (await Keys().verifier.verify(token(OLD, iat=NOW + 1), "id"))["iat"] == NOW + 1


@pytest.mark.parametrize("fetched", [{}, {"keys": []}, {"keys": [{}]}, {"keys": 3}, {"message": "log in first"}])
async def test_nonsense_is_no_key_set(fetched: dict[str, Any]) -> None:
    """Whatever stands between service and pool may answer in the pool's place; no token is judged by that."""

    async def fetch() -> Mapping[str, Any]:
        return fetched

    verifier = TokenVerifier(issuer=ISSUER, client_id="abc", fetch_keys=fetch, now=lambda: NOW)
    with pytest.raises(fe.CognitoUnavailable, match="what was fetched are no public keys"):
        await verifier.verify(token(OLD), "id")


@pytest.mark.parametrize("header", ["[" * 100_000, '{"kid":' * 100_000, "\x00", "3", '"kid"'])
async def test_header_of_a_stranger_is_no_trouble(header: str) -> None:
    """Whatever stands in the place of a header, the token is no token."""
    forged = base64.urlsafe_b64encode(header.encode()).decode().rstrip("=") + ".e30.e30"
    with pytest.raises(fe.TokenInvalid, match=r"^this is no signed token$"):
        await Keys().verifier.verify(forged, "id")
