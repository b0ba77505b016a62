"""Refreshing: lives that the client sets, rotation, devices, the trigger that changes tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from simulated import EMAIL, NAME, VERIFY_EMAIL, Caller, refused

from flowengine.settings import Client, Devices, PoolSettings

INVALID = ("NotAuthorizedException", "Invalid Refresh Token.")
EXPIRED = ("NotAuthorizedException", "Refresh Token has expired")
REVOKED = ("NotAuthorizedException", "Refresh Token has been revoked")
REUSED = ("RefreshTokenReuseException", "Refresh Token was replaced by a newer one")

LIVES = PoolSettings(
    verification=VERIFY_EMAIL,
    client=Client(access_token_validity=5, id_token_validity=10, refresh_token_validity=90),
)
DEVICES = PoolSettings(verification=VERIFY_EMAIL, devices=Devices(remembered="always"))
TRIGGERED = PoolSettings(verification=VERIFY_EMAIL, lambda_triggers=("pre_token_generation",))


def rotating(grace: int = 0) -> PoolSettings:
    """Return a pool whose client rotates refresh tokens, with a period of grace in seconds."""
    client = Client(
        explicit_auth_flows=("ALLOW_USER_PASSWORD_AUTH",),
        refresh_token_rotation="ENABLED",
        retry_grace_period_seconds=grace,
        refresh_token_validity=60,
    )
    return PoolSettings(verification=VERIFY_EMAIL, client=client)


async def signed_in(settings: PoolSettings, **more: Any) -> tuple[Caller, dict[str, Any]]:
    """Return a pool with a user who has signed in, and the tokens."""
    pool = Caller(settings, **more)
    await pool.confirmed(email=EMAIL)
    return pool, await pool.tokens()


async def refreshed(pool: Caller, tokens: Mapping[str, Any], **more: str) -> dict[str, Any]:
    """Call GetTokensFromRefreshToken; return the `AuthenticationResult`."""
    answer = await pool.call("GetTokensFromRefreshToken", RefreshToken=tokens["RefreshToken"], **more)
    result: dict[str, Any] = answer["AuthenticationResult"]
    return result


async def test_lives() -> None:
    """Each token lives as long as the client says."""
    pool, tokens = await signed_in(LIVES)
    now = int(pool.simulator.clock.now())
    access = await pool.driver.verify(tokens["AccessToken"], "access")
    identity = await pool.driver.verify(tokens["IdToken"])
    assert (access["exp"] - now, identity["exp"] - now, tokens["ExpiresIn"]) == (300, 600, 300)
    pool.pass_time(minutes=90, seconds=-1)
    await refreshed(pool, tokens)
    pool.pass_time(seconds=1)
    with refused(*EXPIRED):
        await refreshed(pool, tokens)


async def test_both_ways_to_refresh() -> None:
    """REFRESH_TOKEN_AUTH refreshes as GetTokensFromRefreshToken does, and keeps the refresh token."""
    pool, tokens = await signed_in(PoolSettings(verification=VERIFY_EMAIL))
    pool.pass_time(minutes=1)
    answer = await pool.start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=tokens["RefreshToken"])
    results = [answer["AuthenticationResult"], await refreshed(pool, tokens)]
    for result in results:
        assert result.keys() == {"AccessToken", "ExpiresIn", "IdToken", "TokenType"}
        claims = await pool.driver.verify(result["IdToken"])
        assert claims["iat"] - claims["auth_time"] == 60


async def test_rotation() -> None:
    """A rotating client gets a new refresh token with each refresh; the old one is refused from then on."""
    pool, tokens = await signed_in(rotating())
    newer = await refreshed(pool, tokens)
    assert newer["RefreshToken"] != tokens["RefreshToken"]
    with refused(*REUSED):
        await refreshed(pool, tokens)
    await refreshed(pool, newer)


async def test_grace() -> None:
    """A replaced refresh token stays good for the period of grace, which a second use does not prolong."""
    pool, tokens = await signed_in(rotating(grace=30))
    first = await refreshed(pool, tokens)
    pool.pass_time(seconds=29)
    second = await refreshed(pool, tokens)
    assert first["RefreshToken"] != second["RefreshToken"]
    pool.pass_time(seconds=1)
    with refused(*REUSED):
        await refreshed(pool, tokens)
    await refreshed(pool, first)


async def test_rotation_does_not_prolong() -> None:
    """A new refresh token has what remained of the life of the old one."""
    pool, tokens = await signed_in(rotating())
    pool.pass_time(minutes=59)
    newer = await refreshed(pool, tokens)
    pool.pass_time(minutes=1)
    with refused(*EXPIRED):
        await refreshed(pool, newer)


async def test_revoking_ends_the_whole_chain() -> None:
    """Revoking any refresh token of a sign-in ends all of them."""
    pool, tokens = await signed_in(rotating(grace=60))
    newer = await refreshed(pool, tokens)
    await pool.call("RevokeToken", Token=tokens["RefreshToken"])
    with refused(*REVOKED):
        await refreshed(pool, newer)


async def test_device_has_to_be_named() -> None:
    """Where devices are remembered, a refresh token works on its own device alone."""
    pool, tokens = await signed_in(DEVICES)
    key = tokens["NewDeviceMetadata"]["DeviceKey"]
    for named in ({}, {"DeviceKey": (await pool.tokens())["NewDeviceMetadata"]["DeviceKey"]}):
        with refused(*INVALID):
            await refreshed(pool, tokens, **named)
    result = await refreshed(pool, tokens, DeviceKey=key)
    assert (await pool.driver.verify(result["AccessToken"], "access"))["device_key"] == key
    assert "NewDeviceMetadata" not in result
    parameters = {"REFRESH_TOKEN": tokens["RefreshToken"]}
    with refused(*INVALID):
        await pool.start("REFRESH_TOKEN_AUTH", **parameters)
    await pool.start("REFRESH_TOKEN_AUTH", DEVICE_KEY=key, **parameters)


async def test_trigger_changes_the_id_token() -> None:
    """The trigger adds, overrides and suppresses claims of the ID token, but not those that are reserved."""

    def change(event: dict[str, Any], _context: object) -> dict[str, Any]:
        details = {
            "claimsToAddOrOverride": {"team": "red", "name": "Countess", "sub": "somebody else"},
            "claimsToSuppress": ["email", "team", "iss"],
        }
        return event | {"response": {"claimsOverrideDetails": details}}

    pool = Caller(TRIGGERED, triggers={"pre_token_generation": change})
    sub = await pool.confirmed(email=EMAIL, name="Ada")
    tokens = await pool.tokens()
    claims = await pool.driver.verify(tokens["IdToken"])
    assert (claims["name"], claims["sub"], claims["iss"]) == ("Countess", sub, pool.simulator.issuer)
    assert claims.keys().isdisjoint({"email", "team"})
    assert claims["email_verified"] is True
    assert "name" not in await pool.driver.verify(tokens["AccessToken"], "access")


async def test_events_of_the_trigger() -> None:
    """The trigger hears of each generation, with the user and the groups, and may leave the token as it is."""
    events: list[dict[str, Any]] = []

    def record(event: dict[str, Any], _context: object) -> dict[str, Any]:
        events.append(event)
        return event

    pool, tokens = await signed_in(TRIGGERED, triggers={"pre_token_generation": record})
    await refreshed(pool, tokens)
    sources = [event["triggerSource"] for event in events]
    assert sources == ["TokenGeneration_Authentication", "TokenGeneration_RefreshTokens"]
    request = events[0]["request"]
    assert (events[0]["userName"], request["userAttributes"]["email"]) == (NAME, EMAIL)
    assert request["groupConfiguration"] == {"groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": None}
    assert events[0]["response"] == {"claimsOverrideDetails": None}


@pytest.mark.parametrize("details", [{}, {"claimsToAddOrOverride": None, "claimsToSuppress": None}])
async def test_trigger_without_changes(details: dict[str, None]) -> None:
    """Details without content change nothing."""

    def leave(event: dict[str, Any], _context: object) -> dict[str, Any]:
        return event | {"response": {"claimsOverrideDetails": details}}

    pool, tokens = await signed_in(TRIGGERED, triggers={"pre_token_generation": leave})
    assert (await pool.driver.verify(tokens["IdToken"]))["email"] == EMAIL


async def test_trigger_with_a_useless_answer() -> None:
    """Details that are no map are no usable answer."""

    def confuse(event: dict[str, Any], _context: object) -> dict[str, Any]:
        return event | {"response": {"claimsOverrideDetails": "none"}}

    pool = Caller(TRIGGERED, triggers={"pre_token_generation": confuse})
    await pool.confirmed(email=EMAIL)
    message = "PreTokenGeneration returned no event with a usable response."
    with refused("InvalidLambdaResponseException", message):
        await pool.tokens()
