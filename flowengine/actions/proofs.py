"""What a proof takes: the SRP values of a sign-in, and the secret of a device. Computed aside, never stored."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from flowengine.actions.model import DEVICE, PARAMETERS, Call, Surroundings
from flowengine.errors import SrpRefused
from flowengine.fields import is_unicode
from flowengine.session import Device

if TYPE_CHECKING:
    from flowengine.srp import Ephemeral

__all__ = ["device_claim", "device_secret", "ephemeral", "password_claim", "srp_a"]

EPHEMERAL_BYTES: Final = 128
SALT_BYTES: Final = 16
DEVICE_PASSWORD_BYTES: Final = 40
"""As many as Amplify's clients draw."""


def ephemeral(_call: Call, around: Surroundings) -> Mapping[str, Any]:
    """Compute the key pair that the next two calls of this send share."""
    from flowengine import srp  # noqa: PLC0415 (compiling a flow proves nothing)

    return {"ephemeral": srp.ephemeral(around.random(EPHEMERAL_BYTES))}


def srp_a(call: Call) -> dict[str, str]:
    """Return the public half, and the device's key where the user signs in on a remembered one."""
    pair: Ephemeral | None = call.computed.get("ephemeral")
    device = {"DEVICE_KEY": call.device.key} if call.device else {}
    return {"SRP_A": pair.public, **device} if pair else device


def password_claim(call: Call, around: Surroundings) -> Mapping[str, Any]:
    """
    Compute the answer to PASSWORD_VERIFIER.

    Raises:
        SrpRefused: The server's values are not those of a sincere server.
    """
    pool_name = around.user_pool_id.partition("_")[2]
    responses = _claim(call, around, pool_name, _parameter(call, "USER_ID_FOR_SRP"), call.inputs.get("password", ""))
    return {"responses": responses | ({"DEVICE_KEY": call.device.key} if call.device else {})}


def device_claim(call: Call, around: Surroundings) -> Mapping[str, Any]:
    """
    Compute the answer to DEVICE_PASSWORD_VERIFIER.

    Raises:
        SrpRefused: The server's values are not those of a sincere server.
    """
    device = call.device or Device(key="", group_key="")
    responses = _claim(call, around, device.group_key, device.key, device.password or "")
    return {"responses": responses | {"DEVICE_KEY": device.key}}


def _claim(call: Call, around: Surroundings, group: str, identity: str, password: str) -> dict[str, str]:
    from flowengine import srp  # noqa: PLC0415 (compiling a flow proves nothing)

    pair: Ephemeral | None = call.computed.get("ephemeral")
    if pair is None:
        raise SrpRefused("the server proves a password that nobody offered to prove")
    secret_block = _parameter(call, "SECRET_BLOCK")
    now = srp.timestamp(around.now)
    signature = srp.claim(
        ephemeral=pair,
        group=group,
        identity=identity,
        password=password,
        salt=_parameter(call, "SALT"),
        srp_b=_parameter(call, "SRP_B"),
        secret_block=secret_block,
        timestamp=now,
    )
    return {
        "PASSWORD_CLAIM_SIGNATURE": signature,
        "PASSWORD_CLAIM_SECRET_BLOCK": secret_block,
        "TIMESTAMP": now,
    }


def _parameter(call: Call, name: str) -> str:
    """A text of the challenge; a username in it may be of any script."""
    value = call.facts[PARAMETERS].get(name, "")
    if not (isinstance(value, str) and is_unicode(value)):
        raise SrpRefused(f"{name} is no text")
    return value


def device_secret(call: Call, around: Surroundings) -> Mapping[str, Any]:
    """Compute a password for the device that the user signed in on, and the verifier that the pool keeps of it."""
    from flowengine import srp  # noqa: PLC0415 (compiling a flow proves nothing)

    device: Device = call.facts[DEVICE]
    password = base64.b64encode(around.random(DEVICE_PASSWORD_BYTES)).decode()
    verifier = srp.device_verifier(
        group_key=device.group_key, key=device.key, password=password, random=around.random(SALT_BYTES)
    )
    return {"verifier": verifier, "device": attrs.evolve(device, password=password)}
