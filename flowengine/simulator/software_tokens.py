"""Authenticator apps: AssociateSoftwareToken and VerifySoftwareToken, by access token or within a sign-in."""

from __future__ import annotations

from base64 import b32encode
from typing import Any, Final

import attrs
import pyotp

from flowengine.simulator import users
from flowengine.simulator.challenges import open_session, renew_session, user_of
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import TOKEN_OR_SESSION, TOTP_OFF, TOTP_SET_UP_WRONG
from flowengine.simulator.state import Totp
from flowengine.simulator.tokens import user_of_access_token

__all__ = ["associate_software_token", "matching_step", "verify_software_token"]

Answer = dict[str, Any]

SECRET_BYTES: Final = 32
STEP: Final = 30
"""Life of a code, in seconds (user-pool-settings-mfa-totp)."""
SET_UP: Final = "MFA_SETUP"
"""The challenge within which an authenticator app can be set up."""
SITUATION: Final = frozenset({
    "PasswordResetRequiredException", "UserNotConfirmedException", "UserNotFoundException",
})  # fmt: skip


def matching_step(secret: str, code: str, now: float) -> int | None:
    """
    Return the time step that a code belongs to: the present one, the one before or the one after.

    Args:
        secret: The shared secret, in Base32.
        code: What the user typed.
        now: The present instant, in seconds since the epoch.

    Source: user-pool-settings-mfa-totp.
    """
    present = int(now) // STEP
    codes = pyotp.TOTP(secret, interval=STEP)
    return next((step for step in (present, present - 1, present + 1) if codes.at(step * STEP) == code), None)


def associate_software_token(call: Call) -> Answer:
    """
    Return a new secret for an authenticator app, which takes the place of one that was not verified.

    Source: AssociateSoftwareToken, which declares no exception for a user in another situation.
    """
    session = _check_request(call)
    secret = b32encode(call.random.randbytes(SECRET_BYTES)).decode().rstrip("=")
    if session is None:
        user = user_of_access_token(call, undeclared=SITUATION)
        users.store(call.state, attrs.evolve(user, pending_totp_secret=secret))
        return {"SecretCode": secret}
    user_of(call, open_session(call, session, SET_UP))
    return {"SecretCode": secret, "Session": renew_session(call, session, totp_secret=secret, totp=None)}


def verify_software_token(call: Call) -> Answer:
    """
    Register an authenticator app that shows the right code; it is not active as a second factor by that alone.

    Within a sign-in, the user gets it when MFA_SETUP is answered.

    Source: VerifySoftwareToken.
    """
    session = _check_request(call)
    if session is None:
        user = user_of_access_token(call)
        totp = _verified(call, user.pending_totp_secret)
        users.store(call.state, attrs.evolve(user, totp=totp, pending_totp_secret=None))
        return {"Status": "SUCCESS"}
    challenge = open_session(call, session, SET_UP)
    user_of(call, challenge)
    totp = _verified(call, challenge.totp_secret)
    return {"Status": "SUCCESS", "Session": renew_session(call, session, totp_secret=None, totp=totp)}


def _check_request(call: Call) -> str | None:
    """Return the session of a request, None where it has an access token instead."""
    session = call.params.get("Session")
    if bool(session) == bool(call.params.get("AccessToken")):
        raise TOKEN_OR_SESSION.error()
    if "totp" not in call.settings.mfa.factors:
        raise TOTP_OFF.error()
    return session


def _verified(call: Call, secret: str | None) -> Totp:
    code = call.params["UserCode"]
    step = matching_step(secret, code, call.now) if secret is not None else None
    if secret is None or step is None:
        raise TOTP_SET_UP_WRONG.error()
    return Totp(secret=secret, name=call.params.get("FriendlyDeviceName") or "", last_step=step)
