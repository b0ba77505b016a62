"""Devices: offered at sign-in, confirmed, remembered, listed, forgotten."""

from __future__ import annotations

import re
from typing import Any

import pytest
from simulated import EMAIL, NAME, VERIFY_EMAIL, Caller, refused

from flowengine.settings import Devices, PoolSettings

UNKNOWN = ("ResourceNotFoundException", "Device does not exist.")
VERIFIER = {"PasswordVerifier": "dmVyaWZpZXI=", "Salt": "c2FsdA=="}
ALWAYS = PoolSettings(verification=VERIFY_EMAIL, devices=Devices(remembered="always"))
OPT_IN = PoolSettings(verification=VERIFY_EMAIL, devices=Devices(remembered="opt_in"))


async def new_device(settings: PoolSettings = ALWAYS) -> tuple[Caller, dict[str, str]]:
    """Return a pool, and a user's access token with the key of a new device, as a request needs them."""
    pool = Caller(settings)
    await pool.confirmed(email=EMAIL)
    tokens = await pool.tokens()
    key = tokens["NewDeviceMetadata"]["DeviceKey"]
    return pool, {"AccessToken": tokens["AccessToken"], "DeviceKey": key}


async def confirmed_device(settings: PoolSettings = ALWAYS) -> tuple[Caller, dict[str, str]]:
    """Return the same after the device was confirmed."""
    pool, device = await new_device(settings)
    await pool.call("ConfirmDevice", DeviceSecretVerifierConfig=VERIFIER, DeviceName="laptop", **device)
    return pool, device


async def test_new_device() -> None:
    """Where devices are remembered, each sign-in without one brings a new key, which its tokens name."""
    pool = Caller(ALWAYS)
    await pool.confirmed(email=EMAIL)
    first, second = await pool.tokens(), await pool.tokens()
    keys = [tokens["NewDeviceMetadata"]["DeviceKey"] for tokens in (first, second)]
    assert all(re.fullmatch(r"us-east-1_[0-9a-f-]{36}", key) for key in keys)
    assert keys[0] != keys[1]
    claims = await pool.driver.verify(first["AccessToken"], "access")
    assert claims["device_key"] == keys[0]
    assert first["NewDeviceMetadata"]["DeviceGroupKey"]


async def test_no_device() -> None:
    """Where devices are not remembered, there is none to confirm."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    tokens = await pool.tokens()
    assert "NewDeviceMetadata" not in tokens
    assert "device_key" not in await pool.driver.verify(tokens["AccessToken"], "access")
    with refused("InvalidUserPoolConfigurationException", "The user pool does not remember devices"):
        await pool.call(
            "ConfirmDevice",
            AccessToken=tokens["AccessToken"],
            DeviceKey="us-east-1_0",
            DeviceSecretVerifierConfig=VERIFIER,
        )


@pytest.mark.parametrize(
    ("settings", "asks", "status"), [(ALWAYS, False, "remembered"), (OPT_IN, True, "not_remembered")]
)
async def test_confirmed_device(settings: PoolSettings, asks: bool, status: str) -> None:  # noqa: FBT001 (a case)
    """A confirmed device is remembered, unless that is up to the user."""
    pool, device = await new_device(settings)
    confirm = {"DeviceSecretVerifierConfig": VERIFIER, "DeviceName": "laptop", **device}
    assert await pool.call("ConfirmDevice", **confirm) == {"UserConfirmationNecessary": asks}
    now = pool.simulator.clock.now()
    shown = {
        "DeviceKey": device["DeviceKey"],
        "DeviceAttributes": [
            {"Name": "device_status", "Value": "valid"},
            {"Name": "device_name", "Value": "laptop"},
            {"Name": "dev:device_remembered_status", "Value": status},
        ],
        "DeviceCreateDate": now,
        "DeviceLastModifiedDate": now,
        "DeviceLastAuthenticatedDate": now,
    }
    assert await pool.call("GetDevice", **device) == {"Device": shown}
    assert await pool.call("ListDevices", AccessToken=device["AccessToken"]) == {"Devices": [shown]}


async def test_known_device() -> None:
    """A sign-in on a confirmed device brings no new one, and shows as the device's latest use."""
    pool, device = await confirmed_device()
    pool.pass_time(hours=1)
    answer = await pool.start("USER_PASSWORD_AUTH", PASSWORD="Correct-horse-7", DEVICE_KEY=device["DeviceKey"])
    tokens = answer["AuthenticationResult"]
    assert "NewDeviceMetadata" not in tokens
    assert (await pool.driver.verify(tokens["AccessToken"], "access"))["device_key"] == device["DeviceKey"]
    device["AccessToken"] = tokens["AccessToken"]
    shown = (await pool.call("GetDevice", **device))["Device"]
    assert shown["DeviceLastAuthenticatedDate"] - shown["DeviceCreateDate"] == 3600


async def test_confirmed_once() -> None:
    """A device is confirmed once, and only by the sign-in that brought its key."""
    pool, device = await confirmed_device()
    with refused("DeviceKeyExistsException", "The device is confirmed already"):
        await pool.call("ConfirmDevice", DeviceSecretVerifierConfig=VERIFIER, **device)
    other = await pool.tokens()
    foreign = {"AccessToken": device["AccessToken"], "DeviceKey": other["NewDeviceMetadata"]["DeviceKey"]}
    with refused(*UNKNOWN):
        await pool.call("ConfirmDevice", DeviceSecretVerifierConfig=VERIFIER, **foreign)


@pytest.mark.parametrize("broken", [None, {}, {"Salt": ""}, {"PasswordVerifier": "no base64!"}])
async def test_verifier(broken: dict[str, str] | None) -> None:
    """A device needs a verifier and a salt in Base64."""
    pool, device = await new_device()
    config = broken if not broken else VERIFIER | broken
    with refused("InvalidParameterException", "The device needs a password verifier and a salt in Base64"):
        await pool.call("ConfirmDevice", DeviceSecretVerifierConfig=config, **device)
    await pool.call("ConfirmDevice", DeviceSecretVerifierConfig=VERIFIER, **device)


async def status_of(pool: Caller, device: dict[str, str]) -> str:
    """Return whether GetDevice shows the device as remembered."""
    shown = (await pool.call("GetDevice", **device))["Device"]
    return str(shown["DeviceAttributes"][-1]["Value"])


async def test_status() -> None:
    """The user says whether a device is remembered; saying nothing changes nothing."""
    pool, device = await confirmed_device(OPT_IN)
    for given, shown in (("remembered", "remembered"), (None, "remembered"), ("not_remembered", "not_remembered")):
        await pool.call("UpdateDeviceStatus", DeviceRememberedStatus=given, **device)
        assert await status_of(pool, device) == shown


async def test_others_stay_as_they_are() -> None:
    """What happens to one device leaves the others alone, in their order."""
    pool, first = await confirmed_device()
    tokens = await pool.tokens()
    second = {"AccessToken": tokens["AccessToken"], "DeviceKey": tokens["NewDeviceMetadata"]["DeviceKey"]}
    await pool.call("ConfirmDevice", DeviceSecretVerifierConfig=VERIFIER, **second)
    await pool.call("UpdateDeviceStatus", DeviceRememberedStatus="not_remembered", **first)
    listed = (await pool.call("ListDevices", AccessToken=first["AccessToken"]))["Devices"]
    assert [device["DeviceKey"] for device in listed] == [first["DeviceKey"], second["DeviceKey"]]
    assert (await status_of(pool, first), await status_of(pool, second)) == ("not_remembered", "remembered")
    await pool.call("ForgetDevice", **first)
    listed = (await pool.call("ListDevices", AccessToken=first["AccessToken"]))["Devices"]
    assert [device["DeviceKey"] for device in listed] == [second["DeviceKey"]]


async def test_forgotten_by_administrator() -> None:
    """An administrator forgets a device of a user."""
    pool, device = await confirmed_device()
    request = {"Username": NAME, "DeviceKey": device["DeviceKey"]}
    assert await pool.call("AdminForgetDevice", **request) == {}
    with refused(*UNKNOWN):
        await pool.call("AdminForgetDevice", **request)


@pytest.mark.parametrize("operation", ["ForgetDevice", "GetDevice", "UpdateDeviceStatus"])
async def test_device_of_another_user(operation: str) -> None:
    """A device that is not the user's does not exist; neither does one that was not confirmed."""
    pool, device = await confirmed_device()
    await pool.confirmed("bob", email=EMAIL)
    tokens = await pool.tokens("bob")
    for key in (device["DeviceKey"], tokens["NewDeviceMetadata"]["DeviceKey"]):
        with refused(*UNKNOWN):
            await pool.call(operation, AccessToken=tokens["AccessToken"], DeviceKey=key)


@pytest.mark.parametrize("operation", ["ForgetDevice", "GetDevice"])
async def test_access_token_is_needed(operation: str) -> None:
    """An access token is needed, though the model does not say so."""
    pool, device = await confirmed_device()
    request: dict[str, Any] = {"DeviceKey": device["DeviceKey"]}
    with refused("NotAuthorizedException", "Invalid Access Token"):
        await pool.call(operation, **request)
