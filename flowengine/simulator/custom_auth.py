"""Custom authentication: as many challenges as the pool's triggers want.

Source: user-pool-lambda-challenge, user-pool-lambda-define-auth-challenge, user-pool-lambda-create-auth-challenge,
user-pool-lambda-verify-auth-challenge-response.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from flowengine.simulator.challenges import Answer, Parameters, SignIn, required, spend
from flowengine.simulator.completion import complete
from flowengine.simulator.password_sign_in import ask_for_proof
from flowengine.simulator.refusals import CREDENTIALS_WRONG, CUSTOM_AUTH_MISSING, TRIGGER_ANSWER_INVALID
from flowengine.simulator.state import Challenge, ChallengeResult
from flowengine.simulator.triggers import has_trigger, run_trigger, texts, trigger_attributes

__all__ = ["answer_custom_challenge", "define", "passed", "start_custom_auth"]

TRIGGERS: Final = ("define_auth_challenge", "create_auth_challenge", "verify_auth_challenge_response")
CUSTOM_CHALLENGE: Final = "CUSTOM_CHALLENGE"


def start_custom_auth(sign_in: SignIn, parameters: Parameters) -> Answer:
    """
    Ask the triggers for the first challenge; a client that begins with SRP has passed `SRP_A` by sending it.

    Source: InitiateAuth.
    """
    if not all(has_trigger(sign_in.call, name) for name in TRIGGERS):
        raise CUSTOM_AUTH_MISSING.error()
    if parameters.get("CHALLENGE_NAME") != "SRP_A":
        return define(sign_in)
    return define(passed(sign_in, "SRP_A"), srp_a=required(parameters, "SRP_A"))


def passed(sign_in: SignIn, name: str) -> SignIn:
    """Return the sign-in with one more challenge that was answered correctly."""
    return _answered(sign_in, ChallengeResult(name=name, result=True))


def _answered(sign_in: SignIn, result: ChallengeResult) -> SignIn:
    return attrs.evolve(sign_in, history=(*sign_in.history, result))


def define(sign_in: SignIn, srp_a: str | None = None) -> Answer:
    """
    Do what DefineAuthChallenge decides: tokens, the end, or another challenge.

    Args:
        sign_in: The sign-in.
        srp_a: The client's public value, where the request has brought one.
    """
    decision = _run(sign_in, "define", {}, {"challengeName": None, "issueTokens": None, "failAuthentication": None})
    if decision.get("failAuthentication"):
        raise CREDENTIALS_WRONG.error()
    if decision.get("issueTokens"):
        return complete(sign_in)
    if decision.get("challengeName") == CUSTOM_CHALLENGE:
        return _create(sign_in)
    if decision.get("challengeName") == "PASSWORD_VERIFIER" and srp_a is not None:
        return ask_for_proof(sign_in, srp_a)
    raise TRIGGER_ANSWER_INVALID.error(trigger="DefineAuthChallenge")


def _create(sign_in: SignIn) -> Answer:
    empty = {"publicChallengeParameters": None, "privateChallengeParameters": None, "challengeMetadata": None}
    created = _run(sign_in, "create", {"challengeName": CUSTOM_CHALLENGE}, empty)
    return sign_in.ask(
        CUSTOM_CHALLENGE,
        texts("create_auth_challenge", created, "publicChallengeParameters"),
        private_parameters=texts("create_auth_challenge", created, "privateChallengeParameters"),
        metadata=created.get("challengeMetadata"),
    )


def answer_custom_challenge(sign_in: SignIn, challenge: Challenge, responses: Parameters) -> Answer:
    """Let the triggers judge an answer and decide what follows; right or wrong, it spends the session."""
    request = {
        "privateChallengeParameters": challenge.private_parameters,
        "challengeAnswer": required(responses, "ANSWER"),
    }
    verdict = _run(sign_in, "verify", request, {"answerCorrect": None}).get("answerCorrect")
    if not isinstance(verdict, bool):
        raise TRIGGER_ANSWER_INVALID.error(trigger="VerifyAuthChallengeResponse")
    spend(sign_in.call, sign_in.call.params["Session"])
    sign_in.call.keep()
    answered = _answered(sign_in, ChallengeResult(name=CUSTOM_CHALLENGE, result=verdict, metadata=challenge.metadata))
    return define(answered.proving(CUSTOM_CHALLENGE) if verdict else answered)


STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "define": ("define_auth_challenge", "DefineAuthChallenge_Authentication"),
    "create": ("create_auth_challenge", "CreateAuthChallenge_Authentication"),
    "verify": ("verify_auth_challenge_response", "VerifyAuthChallengeResponse_Authentication"),
}
"""The trigger of each step, and its `triggerSource`."""


def _run(sign_in: SignIn, step: str, more: Mapping[str, Any], empty: Mapping[str, Any]) -> dict[str, Any]:
    name, source = STEPS[step]
    request: dict[str, Any] = {"userAttributes": {} if sign_in.pretended else trigger_attributes(sign_in.user), **more}
    if step != "verify":
        request["session"] = [
            {"challengeName": past.name, "challengeResult": past.result, "challengeMetadata": past.metadata}
            for past in sign_in.history
        ]
    if sign_in.pretended:
        request["userNotFound"] = True
    return run_trigger(sign_in.call, name, source, sign_in.user.username, request=request, response=empty)
