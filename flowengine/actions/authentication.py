"""Authentication: the challenges that can be answered, and what an authentication answer means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from flowengine.actions.inputs import CODE
from flowengine.actions.model import (
    CHALLENGE_FACTS,
    CHALLENGE_SESSION,
    TOKENS,
    USER_ID,
    Call,
    Condition,
    Result,
)
from flowengine.session import Delivery, Field, Tokens
from flowengine.settings import PoolSettings

__all__ = [
    "CHALLENGES",
    "CHALLENGE_RESULTS",
    "GIVES",
    "UNKNOWN_CHALLENGE",
    "Challenge",
    "challenge_fields",
    "classify_authentication",
    "request_initiate_auth",
    "request_respond",
]

UNKNOWN_CHALLENGE: Final = "UNKNOWN_CHALLENGE"


@frozen
class Challenge:
    """
    A challenge that the engine can answer.

    Args:
        fields: The inputs that its answer takes.
        responses: For each input, the name of the challenge response that carries it.
        pools: The pools that can pose it.

    Source: RespondToAuthChallenge, member ChallengeResponses.
    """

    fields: tuple[Field, ...]
    responses: Mapping[str, str]
    pools: Condition


CHALLENGES: Final[Mapping[str, Challenge]] = {
    "SMS_MFA": Challenge((CODE,), {"code": "SMS_MFA_CODE"}, lambda pool, _options: pool.mfa.mode != "off"),
}


def challenge_fields(_pool: PoolSettings | None, pending: str | None) -> tuple[Field, ...]:
    """Return the fields that answer the pending challenge."""
    challenge = CHALLENGES.get(pending or "")
    return challenge.fields if challenge else ()


CHALLENGE_RESULTS: Final = {name: challenge.pools for name, challenge in CHALLENGES.items()}
GIVES: Final = {"TOKENS": frozenset({TOKENS}), **dict.fromkeys(CHALLENGES, CHALLENGE_FACTS)}


def classify_authentication(answer: Mapping[str, Any], call: Call) -> Result:
    """Return tokens, a challenge with the facts that its answer needs, or `UNKNOWN_CHALLENGE`."""
    tokens = answer.get("AuthenticationResult")
    if tokens:
        return Result("TOKENS", {TOKENS: _tokens(tokens, call)})
    challenge, session = answer.get("ChallengeName", "nothing"), answer.get("Session")
    if challenge not in CHALLENGES or not session:
        return Result(UNKNOWN_CHALLENGE, detail=f"Cognito asks for {challenge}, which this flow cannot answer.")
    parameters = answer.get("ChallengeParameters", {})
    facts = {CHALLENGE_SESSION: session, USER_ID: parameters.get("USER_ID_FOR_SRP")}
    medium = parameters.get("CODE_DELIVERY_DELIVERY_MEDIUM")
    delivery = Delivery(medium, parameters.get("CODE_DELIVERY_DESTINATION", "")) if medium else None
    return Result(challenge, facts, delivery)


def _tokens(answer: Mapping[str, Any], call: Call) -> Tokens:
    # A refresh without rotation brings no refresh token: the one that was used stays good.
    earlier: Tokens | None = call.facts.get(TOKENS)
    kept = earlier.refresh_token if earlier else None
    return Tokens(
        access_token=answer["AccessToken"],
        id_token=answer["IdToken"],
        refresh_token=answer.get("RefreshToken") or kept,
        expires_in=answer["ExpiresIn"],
    )


def request_initiate_auth(call: Call) -> dict[str, Any]:
    """Build InitiateAuth."""
    return {
        "AuthFlow": call.options["auth_flow"],
        "AuthParameters": {"USERNAME": call.username, "PASSWORD": call.inputs["password"]},
    }


def request_respond(call: Call) -> dict[str, Any]:
    """Build RespondToAuthChallenge, under the username that the challenge names."""
    challenge = CHALLENGES[str(call.pending)]
    responses = {parameter: call.inputs[name] for name, parameter in challenge.responses.items()}
    return {
        "ChallengeName": call.pending,
        "Session": call.facts[CHALLENGE_SESSION],
        "ChallengeResponses": {"USERNAME": call.facts.get(USER_ID) or call.username, **responses},
    }
