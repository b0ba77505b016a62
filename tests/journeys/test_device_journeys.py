"""Remembered devices: whoever holds the password skips the second factor on one."""

from __future__ import annotations

from typing import Any, Final

import attrs
import pytest
from journey import PASSWORD, Journey, asked, pool_of, reason, stand

import flowengine as fe
from flowengine.settings import Devices

ALWAYS: Final = pool_of("sms", devices=Devices(remembered="always", challenge_required_on_new_device=True))
OPT_IN: Final = pool_of("sms", devices=Devices(remembered="opt_in", challenge_required_on_new_device=True))
DEVICE_STEPS: Final = ["DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"]


async def first_sign_in(ada: Journey) -> fe.Snapshot:
    """Register, and sign in with password and code."""
    await ada.register()
    await ada.with_password()
    return await ada.send("answer", code=ada.code)


async def remembered(ada: Journey) -> fe.Device:
    """Sign in for the first time, let the device be remembered, and come back later."""
    await first_sign_in(ada)
    device = (await ada.send("remember_device")).device
    assert device is not None
    await ada.start_over()
    ada.wire.posed.clear()
    return device


@pytest.mark.parametrize(
    ("pool", "calls"), [(ALWAYS, ["ConfirmDevice"]), (OPT_IN, ["ConfirmDevice", "UpdateDeviceStatus"])]
)
async def test_device_is_remembered(pool: fe.PoolSettings, calls: list[str]) -> None:
    """A new device is told of, confirmed with a password of its own, and remembered by the user's wish if need be."""
    async with Journey(pool) as ada:
        snapshot = await first_sign_in(ada)
        assert (*stand(snapshot), asked(snapshot, "remember_device")) == ("signed_in", "TOKENS_ON_NEW_DEVICE", ())
        assert snapshot.device is not None
        assert snapshot.device.password is None
        ada.wire.calls.clear()
        snapshot = await ada.send("remember_device")
        assert (*stand(snapshot), ada.wire.calls) == ("signed_in", None, calls)
        assert snapshot.device is not None
        assert snapshot.device.password
        (listed,) = (await ada.operate("ListDevices"))["Devices"]
        assert listed["DeviceKey"] == snapshot.device.key
        assert {"Name": "dev:device_remembered_status", "Value": "remembered"} in listed["DeviceAttributes"]


@pytest.mark.parametrize("pool", [ALWAYS, OPT_IN], ids=["always", "opt_in"])
@pytest.mark.parametrize("event", ["sign_in", "sign_in_with_srp"])
async def test_device_stands_in_for_the_second_factor(pool: fe.PoolSettings, event: str) -> None:
    """On a remembered device the password is enough: the device proves itself with the same send."""
    async with Journey(pool) as ada:
        device = await remembered(ada)
        snapshot = await ada.sign_in(event, password=PASSWORD, device=device)
        assert stand(snapshot) == ("signed_in", None)
        assert [name for name in ada.wire.posed if name != "PASSWORD_VERIFIER"] == DEVICE_STEPS
        assert snapshot.device == device
        assert (await ada.claims())["cognito:username"] == "ada"


async def test_device_is_given_as_it_was_kept() -> None:
    """A device may come back as a plain mapping, as a cookie holds it."""
    async with Journey(ALWAYS) as ada:
        kept: dict[str, Any] = attrs.asdict(await remembered(ada))
        assert stand(await ada.with_password(device=kept)) == ("signed_in", None)


async def test_device_goes_on_where_the_session_does() -> None:
    """A session that knows the device signs in on it again without being told."""
    async with Journey(ALWAYS) as ada:
        await first_sign_in(ada)
        device = (await ada.send("remember_device")).device
        assert (await ada.send("refresh")).error is None
        assert ada.snapshot.device == device


async def test_new_password_comes_before_the_device() -> None:
    """A password that must be replaced is replaced first, and then the device proves itself."""
    async with Journey(ALWAYS) as ada:
        device = await remembered(ada)
        ada.simulator.set_user_password("ada", "Interim-horse-9", permanent=False)
        assert (await ada.with_password("Interim-horse-9", device=device)).state == "new_password"
        snapshot = await ada.send("answer", new_password=PASSWORD)
        assert (*stand(snapshot), ada.wire.posed) == ("signed_in", None, ["NEW_PASSWORD_REQUIRED", *DEVICE_STEPS])


def forget_by_administrator(ada: Journey, device: fe.Device) -> None:
    """Let the administrator forget a device."""
    request = {"UserPoolId": ada.simulator.user_pool_id, "Username": ada.username, "DeviceKey": device.key}
    ada.simulator.handle("AdminForgetDevice", request)


async def forget(ada: Journey) -> None:
    """Let the user forget every device, from another one."""
    await ada.with_password()
    await ada.send("answer", code=ada.code)
    for device in (await ada.operate("ListDevices"))["Devices"]:
        await ada.operate("ForgetDevice", DeviceKey=device["DeviceKey"])
    await ada.start_over()


@pytest.mark.parametrize("event", ["sign_in", "sign_in_with_srp"])
async def test_forgotten_device_leads_back(event: str) -> None:
    """A device that was forgotten is told of where the user can sign in, and without it the second factor is asked."""
    async with Journey(ALWAYS) as ada:
        device = await remembered(ada)
        await forget(ada)
        snapshot = await ada.sign_in(event, password=PASSWORD, device=device)
        assert (snapshot.state, reason(snapshot)) == ("signed_out", "DEVICE_NOT_FOUND")
        assert stand(await ada.sign_in(event, password=PASSWORD)) == ("mfa_challenge", "SMS_MFA")
        assert (await ada.send("answer", code=ada.code)).pending == "TOKENS_ON_NEW_DEVICE"


async def test_device_forgotten_during_the_sign_in_leads_back() -> None:
    """A device that is forgotten between its two proofs ends the sign-in, and the user can begin anew."""
    async with Journey(ALWAYS) as ada:
        device = await remembered(ada)

        async def late(request: Any) -> Any:
            del ada.wire.stand_ins["RespondToAuthChallenge"]
            forget_by_administrator(ada, device)
            return await ada.wire.inner.call("RespondToAuthChallenge", request)

        ada.wire.stand_ins["RespondToAuthChallenge"] = late
        snapshot = await ada.with_password(device=device)
        assert (snapshot.state, reason(snapshot)) == ("signed_out", "DEVICE_NOT_FOUND")
        assert stand(await ada.with_password()) == ("mfa_challenge", "SMS_MFA")


async def test_device_forgotten_during_the_new_password_leads_back() -> None:
    """A device forgotten while a new password is waited for ends the sign-in, and the answer comes to nothing."""
    async with Journey(ALWAYS) as ada:
        device = await remembered(ada)
        ada.simulator.set_user_password("ada", "Interim-horse-9", permanent=False)
        await ada.with_password("Interim-horse-9", device=device)
        forget_by_administrator(ada, device)
        snapshot = await ada.send("answer", new_password=PASSWORD)
        assert (*stand(snapshot), reason(snapshot)) == ("signed_out", None, "DEVICE_NOT_FOUND")
        assert stand(await ada.with_password("Interim-horse-9")) == ("new_password", "NEW_PASSWORD_REQUIRED")


async def test_device_of_another_user_leads_back() -> None:
    """Somebody else's device is as good as none: the sign-in ends, and the second factor is a way on."""
    async with Journey(ALWAYS) as ada:
        device = await remembered(ada)
        ada.username, ada.attributes = "grace", {"email": "grace@example.com", "phone_number": "+15555550101"}
        await ada.register()
        snapshot = await ada.with_password(device=device)
        assert (*stand(snapshot), reason(snapshot)) == ("confirmed", None, "DEVICE_NOT_FOUND")
        assert stand(await ada.with_password()) == ("mfa_challenge", "SMS_MFA")


async def test_wrong_device_password_leads_back() -> None:
    """A device that cannot prove itself ends the sign-in, and the second factor is a way on."""
    async with Journey(ALWAYS) as ada:
        device = attrs.evolve(await remembered(ada), password="d3Jvbmc=")
        snapshot = await ada.with_password(device=device)
        assert (snapshot.state, reason(snapshot)) == ("signed_out", "INCORRECT_USERNAME_OR_PASSWORD")
        assert stand(await ada.with_password()) == ("mfa_challenge", "SMS_MFA")


async def test_device_may_be_left_alone() -> None:
    """Whoever does not want the device remembered goes on, and is asked for the second factor next time."""
    async with Journey(ALWAYS) as ada:
        await first_sign_in(ada)
        assert (await ada.send("refresh")).error is None
        await ada.send("sign_out")
        assert stand(await ada.with_password()) == ("mfa_challenge", "SMS_MFA")
