"""InitiateAuth and RespondToAuthChallenge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from flowengine.simulator import users
from flowengine.simulator.attempts import begin_attempt, forget_failures, note_failure
from flowengine.simulator.codes import delivery_details, issue_code, sign_in_validity
from flowengine.simulator.pool import Call, check_secret_hash
from flowengine.simulator.refusals import (
    CHALLENGE_UNANSWERABLE,
    CREDENTIALS_WRONG,
    FLOW_NOT_ENABLED,
    FLOW_NOT_SUPPORTED,
    MFA_CODE_WRONG,
    MISSING_PARAMETER,
    SESSION_EXPIRED,
    SESSION_INVALID,
    SESSION_USED,
    USER_DISABLED,
    USER_NOT_FOUND,
    USER_UNCONFIRMED,
)
from flowengine.simulator.state import Challenge, Code, User
from flowengine.simulator.tokens import grant_tokens

__all__ = ["initiate_auth", "respond_to_auth_challenge"]

Answer = dict[str, Any]
SESSION_BYTES: Final = 96
ADMIN_FLOWS: Final = frozenset({"ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"})


def initiate_auth(call: Call) -> Answer:
    """
    Start a sign-in by the flow that the request names.

    Source: InitiateAuth.
    """
    flow = call.params["AuthFlow"]
    if flow in ADMIN_FLOWS:
        raise FLOW_NOT_SUPPORTED.error()
    if flow not in FLOWS:
        raise FLOW_NOT_ENABLED.error(flow=flow)
    return FLOWS[flow](call, call.params.get("AuthParameters") or {})


def _required(parameters: Mapping[str, str], name: str) -> str:
    if not parameters.get(name):
        raise MISSING_PARAMETER.error(name=name)
    return parameters[name]


def _refuse_disabled(user: User) -> None:
    if not user.enabled:
        raise USER_DISABLED.error()


def _sign_in_with_password(call: Call, parameters: Mapping[str, str]) -> Answer:
    """
    Check the password, then the user's status, then ask for what is still needed.

    Where the client hides users, nothing tells one from nobody before the password is right.
    """
    name, password = _required(parameters, "USERNAME"), _required(parameters, "PASSWORD")
    check_secret_hash(call.pool, name, parameters.get("SECRET_HASH"))
    user = users.seen(call, name, USER_NOT_FOUND)
    subject = users.subject(user, name)
    if user is not None and not call.pool.hides_users:
        _refuse_disabled(user)
    begin_attempt(call, subject)
    if user is None or user.password != password:
        note_failure(call, subject, "passwords")
        raise CREDENTIALS_WRONG.error()
    forget_failures(call, subject, "passwords")
    _refuse_disabled(user)
    if not user.confirmed:
        raise USER_UNCONFIRMED.error()
    return _go_on(call, user)


FLOWS: Final[Mapping[str, Callable[[Call, Mapping[str, str]], Answer]]] = {
    "USER_PASSWORD_AUTH": _sign_in_with_password,
}


def _second_factor(call: Call, user: User) -> str | None:
    """
    Return the challenge that stands between a right password and the tokens.

    Source: user-pool-settings-mfa.
    """
    mode = call.settings.mfa.mode
    if mode == "off" or (mode == "optional" and not user.mfa):
        return None
    return "SMS_MFA" if "phone_number" in user.attributes else "MFA_SETUP"


def _go_on(call: Call, user: User) -> Answer:
    challenge = _second_factor(call, user)
    return _tokens(call, user) if challenge is None else CHALLENGES[challenge](call, user)


def _tokens(call: Call, user: User) -> Answer:
    return {"ChallengeParameters": {}, "AuthenticationResult": grant_tokens(call, user)}


def _challenge(call: Call, user: User, name: str, code: Code | None, parameters: Mapping[str, str]) -> Answer:
    session = call.opaque(SESSION_BYTES)
    call.state.challenges[session] = Challenge(
        name=name,
        sub=user.sub,
        auth_flow="USER_PASSWORD_AUTH",
        code=code,
        expires_at=call.now + sign_in_validity(call.settings),
    )
    return {
        "ChallengeName": name,
        "Session": session,
        "ChallengeParameters": {"USER_ID_FOR_SRP": user.username, **parameters},
    }


def _ask_for_sms_code(call: Call, user: User) -> Answer:
    code = issue_code(call, "sms_mfa", "phone_number", user.attributes["phone_number"])
    delivery = delivery_details(code)
    parameters = {
        "CODE_DELIVERY_DELIVERY_MEDIUM": delivery["DeliveryMedium"],
        "CODE_DELIVERY_DESTINATION": delivery["Destination"],
    }
    return _challenge(call, user, "SMS_MFA", code, parameters)


def _ask_for_set_up(call: Call, user: User) -> Answer:
    """Ask for what cannot be given: SMS is not set up within a session, so the user stays outside."""
    return _challenge(call, user, "MFA_SETUP", None, {"MFAS_CAN_SETUP": "[]"})


CHALLENGES: Final[Mapping[str, Callable[[Call, User], Answer]]] = {
    "SMS_MFA": _ask_for_sms_code,
    "MFA_SETUP": _ask_for_set_up,
}


def respond_to_auth_challenge(call: Call) -> Answer:
    """
    Check the answer to a challenge; a wrong one leaves the session as it is, a right one spends it.

    Source: RespondToAuthChallenge; authentication.
    """
    responses = call.params.get("ChallengeResponses") or {}
    name, session = _required(responses, "USERNAME"), _required(call.params, "Session")
    check_secret_hash(call.pool, name, responses.get("SECRET_HASH"))
    challenge = _open_challenge(call, session, name)
    user = call.state.users[challenge.sub]
    _refuse_disabled(user)
    begin_attempt(call, user.sub)
    if challenge.name not in ANSWERS:
        raise CHALLENGE_UNANSWERABLE.error(challenge=challenge.name)
    answered = ANSWERS[challenge.name](call, user, challenge, responses)
    call.state.challenges[session] = attrs.evolve(challenge, used=True)
    return _tokens(call, answered)


def _open_challenge(call: Call, session: str, name: str) -> Challenge:
    """Return what the session stands for, if it is open, of this challenge, and of the user with this name."""
    challenge = call.state.challenges.get(session)
    if challenge is None or challenge.name != call.params["ChallengeName"]:
        raise SESSION_INVALID.error()
    if challenge.sub not in call.state.users:
        raise (CREDENTIALS_WRONG if call.pool.hides_users else USER_NOT_FOUND).error()
    user = users.find(call.state, name)
    if user is None or user.sub != challenge.sub:
        raise SESSION_INVALID.error()
    if challenge.used:
        raise SESSION_USED.error()
    if call.now >= challenge.expires_at:
        raise SESSION_EXPIRED.error()
    return challenge


def _answer_sms_code(call: Call, user: User, challenge: Challenge, responses: Mapping[str, str]) -> User:
    # Session and code end together, so an expired code is refused as an expired session.
    if challenge.code is None or _required(responses, "SMS_MFA_CODE") != challenge.code.value:
        note_failure(call, user.sub, "codes")
        raise MFA_CODE_WRONG.error()
    forget_failures(call, user.sub, "codes")
    return _with_verified_phone(call, user)


def _with_verified_phone(call: Call, user: User) -> User:
    """
    Mark the phone verified that the code went to, unless another user holds it as an alias.

    Source: user-pool-settings-mfa-sms-email-message.
    """
    if "phone_number" in call.settings.sign_in.alias_attributes:
        alias = ("phone_number", user.attributes["phone_number"])
        if call.state.aliases.setdefault(alias, user.sub) != user.sub:
            return user
    return users.store(call.state, attrs.evolve(user, verified=user.verified | {"phone_number"}))


ANSWERS: Final[Mapping[str, Callable[[Call, User, Challenge, Mapping[str, str]], User]]] = {
    "SMS_MFA": _answer_sms_code,
}
