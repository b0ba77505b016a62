"""The password as first factor: given as it is, or proven by the Secure Remote Password protocol."""

from __future__ import annotations

from flowengine.simulator.attempts import begin_attempt, forget_failures, note_failure
from flowengine.simulator.challenges import Answer, Parameters, SignIn
from flowengine.simulator.device_sign_in import SRP_LIFE
from flowengine.simulator.refusals import CREDENTIALS_WRONG
from flowengine.simulator.srp import begin_exchange, is_proof, password_verifier, public_value, stable_salt
from flowengine.simulator.state import Challenge

__all__ = ["ask_for_proof", "check_given", "check_proof"]


def check_given(sign_in: SignIn, password: str) -> SignIn:
    """
    Return the sign-in with the password proved; refuse one that is not the user's, and count it.

    Source: authentication (lockout behavior).
    """
    begin_attempt(sign_in.call, sign_in.user.sub)
    # A user without a password has none that could be right; nor has one that does not exist.
    return _judge(sign_in, right=sign_in.user.password == password)


def _judge(sign_in: SignIn, *, right: bool) -> SignIn:
    if not right:
        note_failure(sign_in.call, sign_in.user.sub, "passwords")
        raise CREDENTIALS_WRONG.error()
    forget_failures(sign_in.call, sign_in.user.sub, "passwords")
    return sign_in.proving("PASSWORD")


def ask_for_proof(sign_in: SignIn, srp_a: str) -> Answer:
    """
    Begin the exchange about the user's password. Where there is none, the exchange looks the same and must fail.

    Source: RespondToAuthChallenge; cognito-user-pool-managing-errors.
    """
    call, user = sign_in.call, sign_in.user
    identity = call.pool.user_pool_id.partition("_")[2] + user.username
    salt = stable_salt(call.pool.user_pool_id, user.sub)
    password = user.password if user.password is not None else call.opaque(32)
    srp = begin_exchange(call, identity, salt, password_verifier(identity, password, salt), srp_a)
    parameters = {
        "SALT": f"{srp.salt:x}",
        "SECRET_BLOCK": srp.secret_block,
        "SRP_B": f"{public_value(srp):x}",
        "USERNAME": user.username,
        "USER_ID_FOR_SRP": user.username,
    }
    return sign_in.ask("PASSWORD_VERIFIER", parameters, life=SRP_LIFE, srp=srp)


def check_proof(sign_in: SignIn, challenge: Challenge, responses: Parameters) -> SignIn:
    """Return the sign-in with the password proved; refuse an answer that does not prove it, and count it."""
    begin_attempt(sign_in.call, sign_in.user.sub)
    return _judge(sign_in, right=challenge.srp is not None and is_proof(challenge.srp, responses))
