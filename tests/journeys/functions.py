"""Lambda functions that pose challenges: three questions in a row, each with an answer of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import flowengine as fe

Event = dict[str, Any]
Function = Callable[[Event, object], Event]

ANSWERS: Final = ("granite-1", "walnut-2", "saffron-3")
"""The answers, each of which its question gives away."""


def _custom(event: Event) -> list[dict[str, Any]]:
    return [entry for entry in event["request"]["session"] if entry["challengeName"] == "CUSTOM_CHALLENGE"]


def _define(rounds: int) -> Function:
    """Ask for so many right answers, after the password where the client begins with it; one wrong answer ends it."""

    def define(event: Event, _context: object) -> Event:
        session = event["request"]["session"]
        results = [entry["challengeResult"] for entry in session]
        proves = [entry["challengeName"] for entry in session] == ["SRP_A"]
        event["response"] = {
            "challengeName": "PASSWORD_VERIFIER" if proves else "CUSTOM_CHALLENGE",
            "failAuthentication": not all(results),
            "issueTokens": all(results) and len(_custom(event)) == rounds,
        }
        return event

    return define


def _create(event: Event, _context: object) -> Event:
    answer = ANSWERS[len(_custom(event))]
    event["response"] = {
        "publicChallengeParameters": {"question": answer},
        "privateChallengeParameters": {"answer": answer},
        "challengeMetadata": answer,
    }
    return event


def _verify(event: Event, _context: object) -> Event:
    given, expected = event["request"]["challengeAnswer"], event["request"]["privateChallengeParameters"]["answer"]
    event["response"]["answerCorrect"] = given == expected
    return event


def functions(pool: fe.PoolSettings, rounds: int = 1) -> dict[str, Function]:
    """Return the functions of a pool's triggers, which ask for so many answers."""
    known = {
        "create_auth_challenge": _create,
        "define_auth_challenge": _define(rounds),
        "verify_auth_challenge_response": _verify,
    }
    return {name: known[name] for name in pool.lambda_triggers}
