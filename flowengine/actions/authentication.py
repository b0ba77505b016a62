"""Signing in: the requests that begin it and answer its challenges, and what an authentication answer means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flowengine.actions.challenges import CHALLENGES, PENDING
from flowengine.actions.conditions import AFTER_CHOICE, AFTER_PASSWORD, DONE, allows, both, custom_challenge
from flowengine.actions.model import (
    CHALLENGE_FACTS,
    CHALLENGE_SESSION,
    DEVICE,
    PARAMETERS,
    TOKENS,
    UNKNOWN_CHALLENGE,
    USER_ID,
    Call,
    Computation,
    Condition,
    Options,
    Result,
    Results,
    always,
)
from flowengine.actions.proofs import ephemeral, srp_a
from flowengine.fields import Field
from flowengine.session import Delivery, Device, Tokens
from flowengine.settings import PoolSettings

__all__ = [
    "GIVES", "answer_compute", "answer_fields", "answer_results", "begin_compute", "begin_results",
    "classify_authentication", "request_answer", "request_begin", "tokens_of",
]  # fmt: skip

GIVES: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(CHALLENGES, CHALLENGE_FACTS),
    "TOKENS": frozenset({TOKENS}),
    "TOKENS_ON_NEW_DEVICE": frozenset({TOKENS, DEVICE}),
}
"""For an outcome of an authentication, the facts that it surely brings."""


# What an answer means


def classify_authentication(answer: Mapping[str, Any], call: Call) -> Result:
    """Return tokens, a challenge with the facts that its answer needs, or `UNKNOWN_CHALLENGE`."""
    tokens = answer.get("AuthenticationResult")
    if tokens:
        return _tokens(tokens, call)
    name, session = answer.get("ChallengeName", "nothing"), answer.get("Session")
    challenge = CHALLENGES.get(name)
    if challenge is None or not (session or challenge.at_once):
        return Result(UNKNOWN_CHALLENGE, detail=f"Cognito asks for {name}, which this flow cannot answer.")
    parameters = answer.get("ChallengeParameters") or {}
    user_id = parameters.get("USER_ID_FOR_SRP") or parameters.get("USERNAME") or call.facts.get(USER_ID)
    facts = {
        CHALLENGE_SESSION: session or "",
        USER_ID: user_id or call.username,
        PARAMETERS: challenge.shown(answer),
        DEVICE: call.device,
    }
    return Result(name, facts, _sign_in_delivery(parameters))


def _sign_in_delivery(parameters: Mapping[str, Any]) -> Delivery | None:
    medium = parameters.get("CODE_DELIVERY_DELIVERY_MEDIUM")
    return Delivery(medium, parameters.get("CODE_DELIVERY_DESTINATION", "")) if medium else None


def _tokens(answer: Mapping[str, Any], call: Call) -> Result:
    tokens, new = tokens_of(answer, call), answer.get("NewDeviceMetadata")
    if not new:
        return Result("TOKENS", {TOKENS: tokens, DEVICE: call.device})
    device = Device(key=new["DeviceKey"], group_key=new["DeviceGroupKey"])
    return Result("TOKENS_ON_NEW_DEVICE", {TOKENS: tokens, DEVICE: device})


def tokens_of(answer: Mapping[str, Any], call: Call) -> Tokens:
    """Return the tokens of an answer; a refresh without rotation brings no refresh token: the one used stays good."""
    earlier: Tokens | None = call.facts.get(TOKENS)
    kept = earlier.refresh_token if earlier else None
    return Tokens(
        access_token=answer["AccessToken"],
        id_token=answer["IdToken"],
        refresh_token=answer.get("RefreshToken") or kept,
        expires_in=answer["ExpiresIn"],
    )


# Beginning a sign-in


def begin_results(auth_flows: tuple[str, ...]) -> Results:
    """Return the results of InitiateAuth or its twin, of which each takes only some flows."""

    def results(options: Options, _pending: str | None) -> Mapping[str, Condition]:
        flow = options["auth_flow"]
        if flow not in auth_flows or (options["challenge_name"] == "SRP_A" and flow != "CUSTOM_AUTH"):
            return {}
        after = _SRP_FIRST if options["challenge_name"] == "SRP_A" else _AFTER_FLOW[flow]
        allowed = allows(flow)
        return {name: both(allowed, when) for name, when in {**after, UNKNOWN_CHALLENGE: always}.items()}

    return results


def _legacy_admin(pool: PoolSettings) -> bool:
    return "ADMIN_NO_SRP_AUTH" in pool.client.explicit_auth_flows


_SRP_FIRST: Final[Mapping[str, Condition]] = {"PASSWORD_VERIFIER": always}
_AFTER_FLOW: Final[Mapping[str, Mapping[str, Condition]]] = {
    "ADMIN_USER_PASSWORD_AUTH": {**AFTER_PASSWORD, "ADMIN_NO_SRP_AUTH": _legacy_admin},
    "CUSTOM_AUTH": {"CUSTOM_CHALLENGE": custom_challenge, **DONE},
    "USER_AUTH": {**AFTER_CHOICE, "SELECT_CHALLENGE": always},
    "USER_PASSWORD_AUTH": AFTER_PASSWORD,
    "USER_SRP_AUTH": _SRP_FIRST,
}
"""What may come first, by authentication flow (InitiateAuth, AdminInitiateAuth)."""


def begin_compute(call: Call) -> Computation | None:
    """Return what computes the proof that the first call of a flow begins, where it begins one."""
    return ephemeral if _proves_at_once(call) else None


def _proves_at_once(call: Call) -> bool:
    return (
        call.options["auth_flow"] == "USER_SRP_AUTH"
        or call.options["challenge_name"] == "SRP_A"
        or call.inputs.get("preferred_challenge") == "PASSWORD_SRP"
    )


def request_begin(call: Call) -> dict[str, Any]:
    """Build InitiateAuth or AdminInitiateAuth."""
    flow = call.options["auth_flow"]
    device = {"DEVICE_KEY": call.device.key} if call.device else {}
    parameters = {"USERNAME": call.username, **device, **srp_a(call), **_PARAMETERS.get(flow, _password)(call)}
    return {"AuthFlow": flow, "AuthParameters": parameters}


def _password(call: Call) -> dict[str, str]:
    return {"PASSWORD": call.inputs["password"]}


def _custom(call: Call) -> dict[str, str]:
    return {"CHALLENGE_NAME": "SRP_A"} if call.options["challenge_name"] == "SRP_A" else {}


def _preferred(call: Call) -> dict[str, str]:
    preferred = call.inputs.get("preferred_challenge")
    if preferred is None:
        return {}
    return {"PREFERRED_CHALLENGE": preferred, **(_password(call) if preferred == "PASSWORD" else {})}


_PARAMETERS: Final[Mapping[str, Callable[[Call], dict[str, str]]]] = {
    "CUSTOM_AUTH": _custom,
    "USER_AUTH": _preferred,
    "USER_SRP_AUTH": lambda _call: {},
}


# Answering a challenge


def answer_fields(pool: PoolSettings | None, options: Options, pending: str | None) -> tuple[Field, ...]:
    """Return the fields that answer the pending challenge."""
    challenge = PENDING.get(pending or "")
    return challenge.fields(pool, options, pending) if challenge else ()


def answer_results(options: Options, pending: str | None) -> Mapping[str, Condition]:
    """Return what may come after an answer to the pending challenge."""
    challenge = PENDING.get(pending or "")
    return {**challenge.results(options, pending), UNKNOWN_CHALLENGE: always} if challenge else {}


def answer_compute(call: Call) -> Computation | None:
    """Return what computes the answer to the pending challenge, where it is a proof."""
    return PENDING[str(call.pending)].compute(call)


def request_answer(call: Call) -> dict[str, Any]:
    """Build RespondToAuthChallenge or its twin, under the username that the challenge names."""
    challenge = PENDING[str(call.pending)]
    session = call.facts[CHALLENGE_SESSION]
    return {
        "ChallengeName": challenge.answered_as or call.pending,
        **({"Session": session} if session else {}),
        "ChallengeResponses": {"USERNAME": call.facts.get(USER_ID) or call.username, **challenge.responses(call)},
    }
