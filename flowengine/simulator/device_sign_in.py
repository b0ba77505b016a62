"""A remembered device in place of the second factor: DEVICE_SRP_AUTH, DEVICE_PASSWORD_VERIFIER.

Source: amazon-cognito-user-pools-device-tracking; RespondToAuthChallenge.
"""

from __future__ import annotations

import base64
from typing import Final

from flowengine.simulator.challenges import Answer, Parameters, SignIn, required
from flowengine.simulator.completion import complete, known_device
from flowengine.simulator.refusals import CREDENTIALS_WRONG, DEVICE_UNKNOWN
from flowengine.simulator.srp import begin_exchange, is_proof, public_value
from flowengine.simulator.state import Challenge, Device

__all__ = ["SRP_LIFE", "answer_device_proof", "answer_device_srp", "ask_for_device", "remembered_device"]

SRP_LIFE: Final = 10.0
"""Seconds in which a proof of the password has to come: Cognito allows "a few" (RespondToAuthChallenge)."""


def remembered_device(sign_in: SignIn) -> Device | None:
    """
    Return the remembered device that the client says it is, if the pool takes one in place of a second factor.

    Raises:
        PoolError: The pool remembers devices, and this is none of the user's.
    """
    device = known_device(sign_in)
    stands_in = sign_in.call.settings.devices.challenge_required_on_new_device
    return device if device is not None and device.remembered and stands_in else None


def _challenged(sign_in: SignIn, challenge: Challenge, responses: Parameters) -> Device:
    """Return the device that was asked for, if the answer is about it and the user still has it."""
    device = sign_in.user.device(required(responses, "DEVICE_KEY"))
    if device is None or device.key != challenge.device_key:
        raise DEVICE_UNKNOWN.error()
    return device


def ask_for_device(sign_in: SignIn, device: Device) -> Answer:
    """Ask the client to prove that it is the device."""
    return sign_in.ask("DEVICE_SRP_AUTH", {"DEVICE_KEY": device.key, "USER_ID_FOR_SRP": sign_in.user.username})


def answer_device_srp(sign_in: SignIn, challenge: Challenge, responses: Parameters) -> Answer:
    """Begin the exchange about the device's password."""
    device = _challenged(sign_in, challenge, responses)
    srp_a = required(responses, "SRP_A")
    salt, verifier = _number(device.salt), _number(device.verifier)
    srp = begin_exchange(sign_in.call, device.group_key + device.key, salt, verifier, srp_a)
    parameters = {
        "DEVICE_KEY": device.key,
        "SALT": f"{srp.salt:x}",
        "SECRET_BLOCK": srp.secret_block,
        "SRP_B": f"{public_value(srp):x}",
        "USERNAME": sign_in.user.username,
    }
    return sign_in.ask("DEVICE_PASSWORD_VERIFIER", parameters, life=SRP_LIFE, srp=srp)


def _number(encoded: str) -> int:
    return int.from_bytes(base64.b64decode(encoded), "big")


def answer_device_proof(sign_in: SignIn, challenge: Challenge, responses: Parameters) -> Answer:
    """Give tokens if the client has proven the device's password."""
    _challenged(sign_in, challenge, responses)
    if challenge.srp is None or not is_proof(challenge.srp, responses):
        raise CREDENTIALS_WRONG.error()
    return complete(sign_in.proving("DEVICE_PASSWORD_VERIFIER"))
