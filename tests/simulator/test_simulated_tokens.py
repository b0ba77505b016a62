"""Tokens: claims, verification, life, refreshing, signing out."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet
from simulated import EMAIL, EMAIL_POOL, NAME, PHONE, PHONE_POOL, VERIFY_EMAIL, WITH_SECRET, Caller, refused

from flowengine.errors import TokenInvalid
from flowengine.settings import PoolSettings
from flowengine.simulator.refusals import PoolError
from flowengine.simulator.tokens import verified_claims

INVALID = ("NotAuthorizedException", "Invalid Access Token")
EXPIRED = ("NotAuthorizedException", "Access Token has expired")
REVOKED = ("NotAuthorizedException", "Access Token has been revoked")
DISABLED = ("NotAuthorizedException", "User is disabled.")
NO_USER = ("UserNotFoundException", "User does not exist.")


async def signed_in(pool_settings: PoolSettings = EMAIL_POOL, *, seed: int = 0) -> tuple[Caller, dict[str, Any]]:
    """Return a pool with a user who has signed in, and the tokens."""
    pool = Caller(pool_settings, seed=seed)
    await pool.confirmed(email=EMAIL)
    return pool, await pool.tokens()


async def refreshed(pool: Caller, refresh_token: str) -> dict[str, Any]:
    """Call GetTokensFromRefreshToken; return the `AuthenticationResult`."""
    answer = await pool.call("GetTokensFromRefreshToken", RefreshToken=refresh_token)
    result: dict[str, Any] = answer["AuthenticationResult"]
    return result


async def test_access_token_claims() -> None:
    """The access token says who, for which client, by which pool, until when; its key is in the key set."""
    pool, tokens = await signed_in()
    keys: Any = pool.simulator.jwks()
    token = jwt.decode(tokens["AccessToken"], KeySet.import_key_set(keys), algorithms=["RS256"])
    now = int(pool.simulator.clock.now())
    claims = token.claims
    assert token.header["kid"] == keys["keys"][0]["kid"]
    assert claims == {
        "sub": claims["sub"],
        "iss": f"https://cognito-idp.us-east-1.amazonaws.com/{pool.simulator.user_pool_id}",
        "client_id": pool.simulator.client_id,
        "origin_jti": claims["origin_jti"],
        "event_id": claims["event_id"],
        "token_use": "access",
        "scope": "aws.cognito.signin.user.admin",
        "auth_time": now,
        "iat": now,
        "exp": now + 3600,
        "jti": claims["jti"],
        "username": NAME,
    }


async def test_id_token_claims() -> None:
    """The ID token carries the attributes, and shares the grant with the access token."""
    pool, tokens = await signed_in()
    claims = await pool.driver.verify(tokens["IdToken"])
    access = await pool.driver.verify(tokens["AccessToken"], "access")
    now = int(pool.simulator.clock.now())
    assert claims == {
        "sub": access["sub"],
        "aud": pool.simulator.client_id,
        "iss": access["iss"],
        "cognito:username": NAME,
        "origin_jti": access["origin_jti"],
        "event_id": access["event_id"],
        "jti": claims["jti"],
        "token_use": "id",
        "auth_time": now,
        "iat": now,
        "exp": now + 3600,
        "email": EMAIL,
        "email_verified": True,
    }
    assert claims["jti"] != access["jti"]


def test_key_set_is_public() -> None:
    """The key set holds what verifies, nothing that signs."""
    (key,) = Caller().simulator.jwks()["keys"]
    assert key.keys() == {"kty", "kid", "use", "alg", "n", "e"}


async def test_verify_refuses() -> None:
    """A token of another use, pool, key or time does not verify."""
    pool, tokens = await signed_in()
    other, _ = await signed_in(seed=1)
    with pytest.raises(TokenInvalid, match=r"^the token does not verify: token_use, client_id$"):
        await pool.driver.verify(tokens["IdToken"], "access")
    with pytest.raises(TokenInvalid, match=r"^the token does not verify: iss, aud$"):
        await other.driver.verify(tokens["IdToken"])
    with pytest.raises(TokenInvalid, match=r"^the token is not signed by this pool$"):
        await pool.driver.verify(tokens["IdToken"][:-8] + "AAAAAAAA")
    pool.pass_time(hours=1)
    with pytest.raises(TokenInvalid, match=r"^the token does not verify: exp$"):
        await pool.driver.verify(tokens["IdToken"])


@settings(deadline=None)
@given(st.text(string.printable) | st.text(string.ascii_letters + string.digits + "._-="))
def test_any_other_text_is_no_token(text: str) -> None:
    """Whatever is not a signed token is refused, in no other way."""
    assert verified_claims(text) is None


async def test_get_user() -> None:
    """GetUser shows the username and the attributes; without MFA the members for it are absent."""
    pool, tokens = await signed_in()
    sub = (await pool.driver.verify(tokens["IdToken"]))["sub"]
    assert await pool.call("GetUser", AccessToken=tokens["AccessToken"]) == {
        "Username": NAME,
        "UserAttributes": [
            {"Name": "sub", "Value": sub},
            {"Name": "email", "Value": EMAIL},
            {"Name": "email_verified", "Value": "true"},
        ],
    }


@pytest.mark.parametrize("operation", ["GetUser", "SetUserMFAPreference", "GlobalSignOut"])
async def test_access_token_is_checked(operation: str) -> None:
    """Every operation that takes an access token refuses others, and expired ones."""
    pool, tokens = await signed_in()
    other, _ = await signed_in(seed=1)
    for token in (tokens["IdToken"], "made.up"):
        with refused(*INVALID):
            await pool.call(operation, AccessToken=token)
    with refused(*INVALID):
        await other.call(operation, AccessToken=tokens["AccessToken"])
    pool.pass_time(hours=1)
    with refused(*EXPIRED):
        await pool.call(operation, AccessToken=tokens["AccessToken"])


async def test_token_of_equal_pool_without_the_sign_in() -> None:
    """A token that was signed for the same pool and client, but not given out by it, is refused."""
    _, tokens = await signed_in()
    with refused(*INVALID):
        await Caller().call("GetUser", AccessToken=tokens["AccessToken"])


async def test_access_token_lives_an_hour() -> None:
    """An access token works until the last second of its hour."""
    pool, tokens = await signed_in()
    pool.pass_time(minutes=59, seconds=59)
    assert (await pool.attributes(tokens["AccessToken"]))["email"] == EMAIL


async def test_refresh() -> None:
    """A refresh token gives new tokens of the same grant, keeps the time of sign-in, and stays as it is."""
    pool, tokens = await signed_in()
    pool.pass_time(days=2)
    result = await refreshed(pool, tokens["RefreshToken"])
    assert result.keys() == {"AccessToken", "IdToken", "TokenType", "ExpiresIn"}
    claims = await pool.driver.verify(result["IdToken"])
    old = verified_claims(tokens["IdToken"])
    assert old is not None
    assert (claims["auth_time"], claims["origin_jti"]) == (old["auth_time"], old["origin_jti"])
    assert claims["iat"] == old["iat"] + 2 * 24 * 3600
    assert (await pool.attributes(result["AccessToken"]))["email"] == EMAIL
    assert "AccessToken" in await refreshed(pool, tokens["RefreshToken"])


async def test_refresh_token_lives_thirty_days() -> None:
    """A refresh token works for 30 days, not longer."""
    pool, tokens = await signed_in()
    pool.pass_time(days=30, seconds=-1)
    await refreshed(pool, tokens["RefreshToken"])
    pool.pass_time(seconds=1)
    with refused("NotAuthorizedException", "Refresh Token has expired"):
        await refreshed(pool, tokens["RefreshToken"])


async def test_other_text_is_no_refresh_token() -> None:
    """Neither an access token nor a made-up text refreshes."""
    pool, tokens = await signed_in()
    for token in (tokens["AccessToken"], "made-up"):
        with refused("NotAuthorizedException", "Invalid Refresh Token."):
            await refreshed(pool, token)


async def test_refresh_with_secret() -> None:
    """A client with a secret refreshes with the secret in clear, which the direct driver adds."""
    pool, tokens = await signed_in(PoolSettings(verification=VERIFY_EMAIL, client=WITH_SECRET))
    await refreshed(pool, tokens["RefreshToken"])
    client = pool.simulator.client_id
    request = {"ClientId": client, "RefreshToken": tokens["RefreshToken"]}
    with pytest.raises(PoolError) as missing:
        pool.simulator.handle("GetTokensFromRefreshToken", request)
    with pytest.raises(PoolError) as wrong:
        pool.simulator.handle("GetTokensFromRefreshToken", {**request, "ClientSecret": "s" * 24})
    assert [str(error.value) for error in (missing, wrong)] == [
        f"NotAuthorizedException: Client {client} is configured with secret but ClientSecret was not received",
        f"NotAuthorizedException: Unable to verify secret for client {client}",
    ]


async def test_global_sign_out() -> None:
    """Signing out revokes the tokens of every sign-in of the user, and of nobody else."""
    pool, first = await signed_in()
    second = await pool.tokens()
    await pool.confirmed("two", email="two@example.com")
    others = await pool.tokens("two")
    assert await pool.call("GlobalSignOut", AccessToken=first["AccessToken"]) == {}
    for tokens in (first, second):
        with refused(*REVOKED):
            await pool.call("GetUser", AccessToken=tokens["AccessToken"])
        with refused("NotAuthorizedException", "Refresh Token has been revoked"):
            await refreshed(pool, tokens["RefreshToken"])
    assert (await pool.attributes(others["AccessToken"]))["email"] == "two@example.com"
    assert (await pool.attributes((await pool.tokens())["AccessToken"]))["email"] == EMAIL


async def test_disabled_user() -> None:
    """Disabling a user revokes the tokens for good; enabling an enabled one changes nothing."""
    pool, tokens = await signed_in()
    pool.simulator.enable_user(NAME)
    assert (await pool.attributes(tokens["AccessToken"]))["email"] == EMAIL
    pool.simulator.disable_user(NAME)
    with refused(*DISABLED):
        await pool.call("GetUser", AccessToken=tokens["AccessToken"])
    with refused(*DISABLED):
        await refreshed(pool, tokens["RefreshToken"])
    pool.simulator.enable_user(NAME)
    with refused(*REVOKED):
        await pool.call("GetUser", AccessToken=tokens["AccessToken"])


async def test_deleted_user() -> None:
    """The tokens of a deleted user are those of nobody; signing out knows no such refusal and calls them revoked."""
    pool, tokens = await signed_in()
    pool.simulator.delete_user(NAME)
    with refused(*NO_USER):
        await pool.call("GetUser", AccessToken=tokens["AccessToken"])
    with refused(*NO_USER):
        await refreshed(pool, tokens["RefreshToken"])
    with refused(*REVOKED):
        await pool.call("GlobalSignOut", AccessToken=tokens["AccessToken"])


@pytest.mark.parametrize("hand", ["disable_user", "enable_user", "delete_user"])
def test_administrator_names_nobody(hand: str) -> None:
    """The administrator, too, is told when there is no such user."""
    with pytest.raises(PoolError, match=r"^UserNotFoundException: User does not exist\.$"):
        getattr(Caller().simulator, hand)(NAME)


async def test_phone_pool_tokens_name_the_sub() -> None:
    """Where contacts are the usernames, tokens name the `sub` in place of the contact."""
    pool = Caller(PHONE_POOL)
    sub = await pool.confirmed(PHONE)
    tokens = await pool.tokens(PHONE)
    claims = await pool.driver.verify(tokens["IdToken"])
    assert (claims["cognito:username"], claims["phone_number"], claims["phone_number_verified"]) == (sub, PHONE, True)
