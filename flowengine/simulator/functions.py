"""Made-up Lambda functions, for walks on the pool."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flowengine.settings import PoolSettings

__all__ = ["PARAMETER", "functions_for"]

Event = dict[str, Any]
Function = Callable[[Event, object], Event]

PARAMETER: Final = "type_this"
"""The public parameter of the made-up challenge: what answers it."""
_WORD: Final = "staple"
_ROUNDS: Final = 2


def _unchanged(event: Event, _context: object) -> Event:
    return event


def _define(event: Event, _context: object) -> Event:
    """Ask who begins with SRP for the password, then so often for a word, and issue tokens; what is wrong ends it."""
    names = [entry["challengeName"] for entry in event["request"]["session"]]
    results = [entry["challengeResult"] for entry in event["request"]["session"]]
    custom = [name for name in names if name == "CUSTOM_CHALLENGE"]
    event["response"] = {
        "challengeName": "PASSWORD_VERIFIER" if names[-1:] == ["SRP_A"] else "CUSTOM_CHALLENGE",
        "failAuthentication": not all(results),
        "issueTokens": all(results) and len(custom) == _ROUNDS,
    }
    return event


def _create(event: Event, _context: object) -> Event:
    event["response"] = {
        "publicChallengeParameters": {PARAMETER: _WORD},
        "privateChallengeParameters": {"answer": _WORD},
        "challengeMetadata": _WORD,
    }
    return event


def _verify(event: Event, _context: object) -> Event:
    given, expected = event["request"]["challengeAnswer"], event["request"]["privateChallengeParameters"]["answer"]
    event["response"]["answerCorrect"] = given == expected
    return event


_FUNCTIONS: Final[Mapping[str, Function]] = {
    "create_auth_challenge": _create,
    "define_auth_challenge": _define,
    "verify_auth_challenge_response": _verify,
}


def functions_for(pool: PoolSettings) -> dict[str, Function]:
    """Return a function for each of a pool's Lambda triggers; those that pose no challenge change nothing."""
    return {name: _FUNCTIONS.get(name, _unchanged) for name in pool.lambda_triggers}
