"""Authenticator apps: set up by access token or within a sign-in, and taken away by an administrator."""

from __future__ import annotations

from base64 import b32encode
from typing import Any, Final

import attrs

from flowengine.simulator import users
from flowengine.simulator.challenges import open_session, renew_session, user_of
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import (
    SESSION_INVALID,
    TOKEN_OR_SESSION,
    TOTP_OFF,
    TOTP_SET_UP_WRONG,
    USER_NOT_FOUND,
    PoolError,
)
from flowengine.simulator.state import Totp
from flowengine.simulator.tokens import user_of_access_token
from flowengine.simulator.totp import accepted_step

__all__ = ["admin_delete_software_token", "associate_software_token", "verify_software_token"]

Answer = dict[str, Any]

SECRET_BYTES: Final = 32
SET_UP: Final = "MFA_SETUP"
"""The challenge within which an authenticator app can be set up."""
SITUATION: Final = frozenset({
    "PasswordResetRequiredException", "UserNotConfirmedException", "UserNotFoundException",
})  # fmt: skip
"""What becomes of users that this operation does not declare."""


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
    _check_user(call, session)
    return {"SecretCode": secret, "Session": renew_session(call, session, totp_secret=secret, totp=None)}


def _check_user(call: Call, session: str) -> None:
    """Refuse a user who is disabled or gone; for the latter, the operation declares no exception of its own."""
    try:
        user_of(call, open_session(call, session, SET_UP))
    except PoolError as error:
        if error.exception == USER_NOT_FOUND.exception:
            raise SESSION_INVALID.error() from error
        raise


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


def admin_delete_software_token(call: Call) -> Answer:
    """
    Take a user's authenticator app away, also as a second factor.

    Source: AdminDeleteSoftwareToken.
    """
    user = users.existing(call)
    preferred = user.preferred_mfa if user.preferred_mfa != "SOFTWARE_TOKEN_MFA" else None
    left = user.mfa - {"SOFTWARE_TOKEN_MFA"}
    users.store(call.state, attrs.evolve(user, totp=None, pending_totp_secret=None, mfa=left, preferred_mfa=preferred))
    return {}


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
    step = accepted_step(secret, code, call.now) if secret is not None else None
    if secret is None or step is None:
        raise TOTP_SET_UP_WRONG.error()
    return Totp(secret=secret, name=call.params.get("FriendlyDeviceName") or "", last_step=step)
