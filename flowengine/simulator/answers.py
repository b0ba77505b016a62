"""RespondToAuthChallenge and AdminRespondToAuthChallenge: what each challenge is answered with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flowengine.simulator import users
from flowengine.simulator.challenges import (
    Answer,
    Parameters,
    SignIn,
    open_session,
    required,
    spend,
    user_of,
)
from flowengine.simulator.choice import (
    answer_choice,
    answer_one_time_password,
    answer_passkey,
    answer_password,
    answer_srp,
)
from flowengine.simulator.custom_auth import answer_custom_challenge
from flowengine.simulator.device_sign_in import answer_device_proof, answer_device_srp
from flowengine.simulator.mfa import answer_code, answer_mfa_choice, answer_set_up, answer_totp
from flowengine.simulator.order import answer_new_password, answer_proof
from flowengine.simulator.pool import Call, check_secret_hash
from flowengine.simulator.refusals import CHALLENGE_NOT_SUPPORTED, SESSION_INVALID
from flowengine.simulator.state import Challenge, User
from flowengine.simulator.strangers import stranger

__all__ = ["admin_respond_to_auth_challenge", "respond_to_auth_challenge"]


def respond_to_auth_challenge(call: Call) -> Answer:
    """
    Check the answer to a challenge; a wrong one leaves the session as it is, a right one spends it.

    Sessions of AdminInitiateAuth are taken too: no page says that they are not.

    Source: RespondToAuthChallenge; authentication.
    """
    if call.params["ChallengeName"] == "ADMIN_NO_SRP_AUTH":
        raise CHALLENGE_NOT_SUPPORTED.error()
    return _respond(call)


def admin_respond_to_auth_challenge(call: Call) -> Answer:
    """
    Check the answer to a challenge, as `respond_to_auth_challenge` does.

    Source: AdminRespondToAuthChallenge.
    """
    return _respond(call)


def _respond(call: Call) -> Answer:
    responses = call.params.get("ChallengeResponses") or {}
    name = required(responses, "USERNAME")
    session = _session(call, responses)
    check_secret_hash(call.pool, name, responses.get("SECRET_HASH"))
    challenge = open_session(call, session, call.params["ChallengeName"])
    answer = ANSWERS[challenge.name](_resumed(call, challenge, name, responses), challenge, responses)
    spend(call, session)
    return answer


def _session(call: Call, responses: Parameters) -> str:
    """
    Return the session string of the answer; the secret block that a client sends back is as good as one.

    Source: RespondToAuthChallenge (Session, which is not required).
    """
    block = responses.get("PASSWORD_CLAIM_SECRET_BLOCK")
    if not call.params.get("Session") and block:
        for session, challenge in call.state.challenges.items():
            if challenge.srp is not None and challenge.srp.secret_block == block:
                return session
        raise SESSION_INVALID.error()
    return required(call.params, "Session")


def _resumed(call: Call, challenge: Challenge, name: str, responses: Parameters) -> SignIn:
    """Return the sign-in that waits for this answer, if the name is that of its user."""
    user = stranger(call, challenge.sub) if challenge.pretended else user_of(call, challenge)
    if challenge.sub != _subject(call, user, name):
        raise SESSION_INVALID.error()
    return SignIn(
        call=call,
        user=user,
        auth_flow=challenge.auth_flow,
        pretended=challenge.pretended,
        device_key=responses.get("DEVICE_KEY") or challenge.device_key,
        history=challenge.history,
        proved=challenge.proved,
    )


def _subject(call: Call, user: User, name: str) -> str:
    """Return whom a name stands for; a made-up user has a username too, by which no user is found."""
    return user.sub if name == user.username else users.subject(call, users.find(call, name), name)


def _answer_email_code(sign_in: SignIn, challenge: Challenge, responses: Parameters) -> Answer:
    """Take a code that went to a mailbox for the factor that it is, as both factors have this challenge."""
    answer = answer_code if challenge.mfa else answer_one_time_password
    return answer(sign_in, challenge, responses)


ANSWERS: Final[Mapping[str, Callable[[SignIn, Challenge, Parameters], Answer]]] = {
    "CUSTOM_CHALLENGE": answer_custom_challenge,
    "DEVICE_PASSWORD_VERIFIER": answer_device_proof,
    "DEVICE_SRP_AUTH": answer_device_srp,
    "EMAIL_OTP": _answer_email_code,
    "MFA_SETUP": answer_set_up,
    "NEW_PASSWORD_REQUIRED": answer_new_password,
    "PASSWORD": answer_password,
    "PASSWORD_SRP": answer_srp,
    "PASSWORD_VERIFIER": answer_proof,
    "SELECT_CHALLENGE": answer_choice,
    "SELECT_MFA_TYPE": answer_mfa_choice,
    "SMS_MFA": answer_code,
    "SMS_OTP": answer_one_time_password,
    "SOFTWARE_TOKEN_MFA": answer_totp,
    "WEB_AUTHN": answer_passkey,
}
"""How each challenge is answered, by its name."""
