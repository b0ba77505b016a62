"""Devices: confirmed, listed, remembered, forgotten."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Any

import attrs

from flowengine.simulator import users
from flowengine.simulator.attributes import listed
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import DEVICE_KNOWN, DEVICE_UNKNOWN, DEVICE_VERIFIER_INVALID, DEVICES_OFF
from flowengine.simulator.state import Device, User
from flowengine.simulator.tokens import signed_in, user_of_access_token

__all__ = [
    "admin_forget_device", "confirm_device", "forget_device", "get_device", "list_devices", "update_device_status",
]  # fmt: skip

Answer = dict[str, Any]


def confirm_device(call: Call) -> Answer:
    """
    Confirm the device that the user has just signed in on, with the verifier of a password of its own.

    Source: ConfirmDevice; amazon-cognito-user-pools-device-tracking.
    """
    user, grant = signed_in(call)
    remembered = call.settings.devices.remembered
    if remembered == "never":
        raise DEVICES_OFF.error()
    key = call.params["DeviceKey"]
    if user.device(key) is not None:
        raise DEVICE_KNOWN.error()
    if grant.device_key != key:
        raise DEVICE_UNKNOWN.error()
    config = call.params.get("DeviceSecretVerifierConfig") or {}
    device = Device(
        key=key,
        group_key=grant.device_group_key or "",
        verifier=_base64(config.get("PasswordVerifier")),
        salt=_base64(config.get("Salt")),
        remembered=remembered == "always",
        name=call.params.get("DeviceName") or "",
        created_at=call.now,
        used_at=call.now,
    )
    users.store(call.state, attrs.evolve(user, devices=(*user.devices, device)))
    return {"UserConfirmationNecessary": remembered == "opt_in"}


def _base64(given: str | None) -> str:
    text = given or ""
    try:
        decoded = b64decode(text, validate=True)
    except binascii.Error as error:
        raise DEVICE_VERIFIER_INVALID.error() from error
    if not decoded:
        raise DEVICE_VERIFIER_INVALID.error()
    return text


def _owned(call: Call, user: User) -> Device:
    device = user.device(call.params["DeviceKey"])
    if device is None:
        raise DEVICE_UNKNOWN.error()
    return device


def _forget(call: Call, user: User) -> Answer:
    gone = _owned(call, user)
    users.store(call.state, attrs.evolve(user, devices=tuple(known for known in user.devices if known != gone)))
    return {}


def forget_device(call: Call) -> Answer:
    """
    Forget a device of the user.

    Source: ForgetDevice.
    """
    return _forget(call, user_of_access_token(call))


def admin_forget_device(call: Call) -> Answer:
    """
    Forget a device of a user.

    Source: AdminForgetDevice.
    """
    return _forget(call, users.existing(call))


def update_device_status(call: Call) -> Answer:
    """
    Remember a device, or do not; without a status nothing changes.

    Source: UpdateDeviceStatus.
    """
    user = user_of_access_token(call)
    device = _owned(call, user)
    status = call.params.get("DeviceRememberedStatus")
    if status is not None:
        changed = attrs.evolve(device, remembered=status == "remembered")
        devices = tuple(changed if known == device else known for known in user.devices)
        users.store(call.state, attrs.evolve(user, devices=devices))
    return {}


def get_device(call: Call) -> Answer:
    """
    Return a device of the user.

    Source: GetDevice.
    """
    return {"Device": _shown(_owned(call, user_of_access_token(call)))}


def list_devices(call: Call) -> Answer:
    """
    Return the devices of the user, all on one page.

    Source: ListDevices.
    """
    return {"Devices": [_shown(device) for device in user_of_access_token(call).devices]}


def _shown(device: Device) -> Answer:
    """
    Return a device as answers show it.

    Source: shape DeviceType.
    """
    status = "remembered" if device.remembered else "not_remembered"
    attributes = {"device_status": "valid", "device_name": device.name, "dev:device_remembered_status": status}
    return {
        "DeviceKey": device.key,
        "DeviceAttributes": listed(attributes),
        "DeviceCreateDate": device.created_at,
        "DeviceLastModifiedDate": device.created_at,
        "DeviceLastAuthenticatedDate": device.used_at,
    }
