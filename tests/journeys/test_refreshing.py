"""Fresh tokens: with rotation, on a remembered device, and where a refresh token was used before."""

from __future__ import annotations

from typing import Final

import attrs
import pytest
from journey import ANY_FLOW, Journey, pool_of, reason, stand

import flowengine as fe
from flowengine.settings import Devices

ROTATING: Final = attrs.evolve(
    ANY_FLOW,
    explicit_auth_flows=("ALLOW_USER_PASSWORD_AUTH",),
    refresh_token_rotation="ENABLED",
    retry_grace_period_seconds=10,
)


def tokens_of(snapshot: fe.Snapshot) -> fe.Tokens:
    """Return the tokens that must be there."""
    assert snapshot.tokens is not None
    return snapshot.tokens


async def signed_in(ada: Journey) -> fe.Tokens:
    """Register, sign in, and wait until new tokens differ from the first."""
    await ada.register()
    tokens = tokens_of(await ada.with_password())
    ada.clock.advance(minutes=1)
    return tokens


@pytest.mark.parametrize("secret", [False, True], ids=["public", "secret"])
async def test_refresh_keeps_the_refresh_token(secret: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    """Without rotation a refresh brings other tokens and leaves the refresh token as it is."""
    async with Journey(pool_of(client=attrs.evolve(ANY_FLOW, generate_secret=secret))) as ada:
        before = await signed_in(ada)
        after = tokens_of(await ada.send("refresh"))
        assert (after.refresh_token, after.access_token != before.access_token) == (before.refresh_token, True)
        assert (await ada.claims())["cognito:username"] == "ada"


async def test_rotation_replaces_the_refresh_token() -> None:
    """With rotation each refresh brings another refresh token, and the session goes on with it."""
    async with Journey(pool_of(client=ROTATING)) as ada:
        seen = {(await signed_in(ada)).refresh_token}
        for _ in range(3):
            ada.clock.advance(minutes=1)
            seen.add(tokens_of(await ada.send("refresh")).refresh_token)
        assert len(seen) == 4
        assert (await ada.claims())["cognito:username"] == "ada"


async def test_refresh_token_that_was_used_elsewhere_signs_out() -> None:
    """A refresh token that somebody else has used is refused once its grace is over, and the user is signed out."""
    async with Journey(pool_of(client=ROTATING)) as ada:
        tokens = await signed_in(ada)
        await ada.cognito.call("GetTokensFromRefreshToken", {"RefreshToken": tokens.refresh_token})
        ada.clock.advance(seconds=11)
        snapshot = await ada.send("refresh")
        assert (*stand(snapshot), reason(snapshot)) == ("signed_out", None, "RefreshTokenReuseException")
        assert (await ada.with_password()).state == "signed_in"


async def test_lost_refresh_can_be_repeated_within_its_grace() -> None:
    """A rotation whose answer is lost can be asked for again with the token that was sent."""
    async with Journey(pool_of(client=ROTATING)) as ada:
        before = await signed_in(ada)
        ada.simulator.fail_next("lost_after", "GetTokensFromRefreshToken")
        snapshot = await ada.send("refresh")
        assert (*stand(snapshot), reason(snapshot)) == ("signed_in", None, "ANSWER_LOST")
        assert tokens_of(snapshot) == before
        assert reason(await ada.send("refresh")) is None
        assert tokens_of(ada.snapshot).refresh_token != before.refresh_token


@pytest.mark.parametrize("remembered", ["always", "opt_in"])
@pytest.mark.parametrize("confirmed", [False, True], ids=["new device", "confirmed device"])
async def test_refresh_names_the_device(remembered: str, confirmed: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    """On a device that the pool tracks, a refresh names the device, confirmed or not."""
    async with Journey(pool_of(devices=Devices(remembered=remembered))) as ada:
        await signed_in(ada)
        if confirmed:
            await ada.send("remember_device")
        device = ada.snapshot.device
        assert reason(await ada.send("refresh")) is None
        assert device is not None
        assert ada.wire.requests[-1]["DeviceKey"] == device.key
        assert ada.snapshot.device == device


async def test_known_device_is_kept_where_nobody_asks_for_it() -> None:
    """A device that the user signs in on without a second factor is kept, and the refresh names it."""
    async with Journey(pool_of(devices=Devices(remembered="always"))) as ada:
        await signed_in(ada)
        device = (await ada.send("remember_device")).device
        await ada.start_over()
        snapshot = await ada.with_password(device=device)
        assert (*stand(snapshot), snapshot.device) == ("signed_in", None, device)
        assert reason(await ada.send("refresh")) is None


async def test_refresh_token_expires() -> None:
    """A refresh token that is too old signs the user out, with the reason."""
    async with Journey(pool_of(client=attrs.evolve(ANY_FLOW, refresh_token_validity=60))) as ada:
        await signed_in(ada)
        ada.clock.advance(hours=1)
        snapshot = await ada.send("refresh")
        assert (snapshot.state, reason(snapshot)) == ("signed_out", "REFRESH_TOKEN_EXPIRED")


async def test_expired_access_token_is_refreshed() -> None:
    """An access token that has run out leaves the user signed in, and a refresh makes the event work."""
    async with Journey(pool_of("sms", mode="optional")) as ada:
        await signed_in(ada)
        ada.clock.advance(hours=1)
        snapshot = await ada.send("enable_sms_mfa")
        assert (*stand(snapshot), reason(snapshot)) == ("signed_in", None, "ACCESS_TOKEN_EXPIRED")
        await ada.send("refresh")
        assert reason(await ada.send("enable_sms_mfa")) is None
