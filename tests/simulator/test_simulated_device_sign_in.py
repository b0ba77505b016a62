"""Remembered devices at sign-in: in place of the second factor, by a real proof of the device's password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from simulated import PASSWORD, PHONE, PHONE_POOL, Caller, refused
from srp_client import SRP_A, proof, verifier_config

from flowengine.settings import Client, Devices, Mfa, PoolSettings

SECRET = "what the device knows"
STANDS_IN = Devices(remembered="always", challenge_required_on_new_device=True)
CLIENT = Client(explicit_auth_flows=("ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"))
POOL = attrs.evolve(PHONE_POOL, devices=STANDS_IN, client=CLIENT)
UNKNOWN = ("ResourceNotFoundException", "Device does not exist.")
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")


async def with_device(settings: PoolSettings = POOL) -> tuple[Caller, dict[str, str], str]:
    """Return a pool, a device that its user has confirmed, and an access token."""
    pool = Caller(settings)
    await pool.confirmed(PHONE)
    result = await pool.tokens(PHONE)
    device: dict[str, str] = result["NewDeviceMetadata"]
    config = verifier_config(device["DeviceGroupKey"] + device["DeviceKey"], SECRET)
    token: str = result["AccessToken"]
    await pool.call(
        "ConfirmDevice", AccessToken=token, DeviceKey=device["DeviceKey"], DeviceSecretVerifierConfig=config
    )
    return pool, device, token


async def start(pool: Caller, key: str) -> dict[str, Any]:
    """Sign in with the password, on a device."""
    return await pool.start("USER_PASSWORD_AUTH", PHONE, PASSWORD=PASSWORD, DEVICE_KEY=key)


async def prove(pool: Caller, challenge: Mapping[str, Any], device: Mapping[str, str], secret: str) -> dict[str, Any]:
    """Answer DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER."""
    key = device["DeviceKey"]
    verifier = await pool.respond(challenge, PHONE, DEVICE_KEY=key, SRP_A=SRP_A)
    responses = proof(verifier["ChallengeParameters"], device["DeviceGroupKey"] + key, secret)
    return await pool.respond(verifier, PHONE, DEVICE_KEY=key, **responses)


async def test_device_stands_in() -> None:
    """A remembered device is asked for a proof of its password, and no code is sent."""
    pool, device, _ = await with_device()
    before = len(pool.simulator.outbox)
    challenge = await start(pool, device["DeviceKey"])
    assert challenge["ChallengeName"] == "DEVICE_SRP_AUTH"
    result = (await prove(pool, challenge, device, SECRET))["AuthenticationResult"]
    assert "NewDeviceMetadata" not in result
    claims = await pool.driver.verify(result["AccessToken"], "access")
    assert claims["device_key"] == device["DeviceKey"]
    assert len(pool.simulator.outbox) == before


async def test_second_challenge() -> None:
    """The second of the two challenges carries what the proof needs."""
    pool, device, _ = await with_device()
    challenge = await start(pool, device["DeviceKey"])
    verifier = await pool.respond(challenge, PHONE, DEVICE_KEY=device["DeviceKey"], SRP_A=SRP_A)
    assert verifier["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    parameters = verifier["ChallengeParameters"]
    assert sorted(parameters) == ["DEVICE_KEY", "SALT", "SECRET_BLOCK", "SRP_B", "USERNAME"]
    assert (parameters["DEVICE_KEY"], parameters["SALT"]) == (device["DeviceKey"], "c0ffee")


async def test_wrong_proof() -> None:
    """Another password than the device's is refused."""
    pool, device, _ = await with_device()
    with refused(*INCORRECT):
        await prove(pool, await start(pool, device["DeviceKey"]), device, "something else")


async def test_after_srp() -> None:
    """The device may be named with the proof of the user's password alone."""
    pool, device, _ = await with_device()
    challenge = await pool.start("USER_SRP_AUTH", PHONE, SRP_A=SRP_A)
    parameters = challenge["ChallengeParameters"]
    identity = pool.driver.user_pool_id.partition("_")[2] + parameters["USER_ID_FOR_SRP"]
    responses = proof(parameters, identity, PASSWORD)
    answer = await pool.respond(challenge, PHONE, DEVICE_KEY=device["DeviceKey"], **responses)
    assert answer["ChallengeName"] == "DEVICE_SRP_AUTH"


async def test_new_device_metadata_without_a_key() -> None:
    """A sign-in that names no device needs the second factor, and is given a new device."""
    pool, device, _ = await with_device()
    result = await pool.tokens(PHONE)
    assert result["NewDeviceMetadata"]["DeviceKey"] != device["DeviceKey"]


async def test_unknown_device() -> None:
    """A device that the user does not have is refused once the password is right, not before."""
    pool, _, _ = await with_device()
    with refused(*INCORRECT):
        await pool.start("USER_PASSWORD_AUTH", PHONE, PASSWORD="Wrong-horse-7", DEVICE_KEY="us-east-1_0")
    with refused(*UNKNOWN):
        await start(pool, "us-east-1_0")


async def test_unknown_device_without_a_password() -> None:
    """A device that the user does not have is refused after a one-time password too."""
    client = Client(explicit_auth_flows=("ALLOW_USER_AUTH",))
    pool = Caller(attrs.evolve(POOL, mfa=Mfa(), allowed_first_auth_factors=("PASSWORD", "SMS_OTP"), client=client))
    await pool.confirmed(PHONE)
    challenge = await pool.start("USER_AUTH", PHONE, PREFERRED_CHALLENGE="SMS_OTP", DEVICE_KEY="us-east-1_0")
    with refused(*UNKNOWN):
        await pool.respond(challenge, PHONE, SMS_OTP_CODE=pool.code)


async def test_another_device_in_the_answer() -> None:
    """The answers have to be about the device that was asked for."""
    pool, device, _ = await with_device()
    challenge = await start(pool, device["DeviceKey"])
    with refused(*UNKNOWN):
        await pool.respond(challenge, PHONE, DEVICE_KEY="us-east-1_0", SRP_A=SRP_A)
    verifier = await pool.respond(challenge, PHONE, DEVICE_KEY=device["DeviceKey"], SRP_A=SRP_A)
    responses = proof(verifier["ChallengeParameters"], device["DeviceGroupKey"] + device["DeviceKey"], SECRET)
    with refused(*UNKNOWN):
        await pool.respond(verifier, PHONE, DEVICE_KEY="us-east-1_0", **responses)


async def test_device_forgotten_meanwhile() -> None:
    """A device that is forgotten during a sign-in no longer stands in."""
    pool, device, token = await with_device()
    challenge = await start(pool, device["DeviceKey"])
    await pool.call("ForgetDevice", AccessToken=token, DeviceKey=device["DeviceKey"])
    with refused(*UNKNOWN):
        await pool.respond(challenge, PHONE, DEVICE_KEY=device["DeviceKey"], SRP_A=SRP_A)


@pytest.mark.parametrize(
    "devices", [Devices(remembered="always"), Devices(remembered="opt_in", challenge_required_on_new_device=True)]
)
async def test_device_that_does_not_stand_in(devices: Devices) -> None:
    """A device stands in only where the pool says so, and the user has let it be remembered."""
    pool, device, _ = await with_device(attrs.evolve(POOL, devices=devices))
    challenge = await start(pool, device["DeviceKey"])
    assert challenge["ChallengeName"] == "SMS_MFA"
    result = (await pool.respond(challenge, PHONE, SMS_MFA_CODE=pool.code))["AuthenticationResult"]
    assert "NewDeviceMetadata" not in result


async def test_pool_that_remembers_nothing() -> None:
    """A pool that remembers no devices does not look at the key."""
    pool = Caller(attrs.evolve(POOL, devices=Devices()))
    await pool.confirmed(PHONE)
    assert (await start(pool, "us-east-1_0"))["ChallengeName"] == "SMS_MFA"


async def test_nothing_to_stand_in_for() -> None:
    """Where no second factor is needed, a remembered device is not asked for, but known again."""
    pool, device, _ = await with_device(attrs.evolve(POOL, mfa=Mfa()))
    result = (await start(pool, device["DeviceKey"]))["AuthenticationResult"]
    assert "NewDeviceMetadata" not in result
