"""The end of a sign-in: who may have tokens, on which device, and the tokens."""

from __future__ import annotations

from flowengine.simulator.challenges import Answer, SignIn, refuse_disabled
from flowengine.simulator.refusals import (
    CREDENTIALS_WRONG,
    DEVICE_UNKNOWN,
    PASSWORD_RESET_NEEDED,
    USER_UNCONFIRMED,
)
from flowengine.simulator.state import Device, User
from flowengine.simulator.tokens import grant_tokens

__all__ = ["check_account", "complete", "known_device"]


def check_account(user: User) -> None:
    """Refuse a user who is disabled, unconfirmed, or has to reset the password."""
    refuse_disabled(user)
    if user.status == "UNCONFIRMED":
        raise USER_UNCONFIRMED.error()
    if user.status == "RESET_REQUIRED":
        raise PASSWORD_RESET_NEEDED.error()


def known_device(sign_in: SignIn) -> Device | None:
    """
    Return the device that the client says it is, None where it does not say or the pool remembers no devices.

    Raises:
        PoolError: It is none of the user's devices.

    Source: amazon-cognito-user-pools-device-tracking.
    """
    if sign_in.device_key is None or sign_in.call.settings.devices.remembered == "never":
        return None
    device = sign_in.user.device(sign_in.device_key)
    if device is None:
        raise DEVICE_UNKNOWN.error()
    return device


def complete(sign_in: SignIn) -> Answer:
    """
    Give the user tokens.

    Raises:
        PoolError: The user does not exist or may not sign in, or the device is unknown.
    """
    if sign_in.pretended:
        raise CREDENTIALS_WRONG.error()
    check_account(sign_in.user)
    known_device(sign_in)
    user = sign_in.stored(signed_in_before=True).user
    tokens = grant_tokens(sign_in.call, user, sign_in.device_key, sign_in.proved)
    return {"ChallengeParameters": {}, "AuthenticationResult": tokens}
