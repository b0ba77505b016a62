"""CUSTOM_AUTH: challenges as the pool's triggers want them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from simulated import EMAIL, NAME, PASSWORD, VERIFY_EMAIL, WRONG_PASSWORD, Caller, Trigger, refused
from srp_client import SRP_A, proof

from flowengine.settings import Client, PoolSettings

TRIGGERS = ("create_auth_challenge", "define_auth_challenge", "verify_auth_challenge_response")
POOL = PoolSettings(
    verification=VERIFY_EMAIL,
    lambda_triggers=TRIGGERS,
    client=Client(explicit_auth_flows=("ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH")),
)
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
INVALID = ("InvalidLambdaResponseException", "{} returned no event with a usable response.")


class Riddles:
    """The triggers of a pool that asks two riddles in a row, and lets each be missed once in all."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def triggers(self, **others: Trigger) -> dict[str, Trigger]:
        """Return the triggers, some of them replaced."""
        return {
            "define_auth_challenge": self.define,
            "create_auth_challenge": self.create,
            "verify_auth_challenge_response": self.verify,
            **others,
        }

    def define(self, event: dict[str, Any], _: object) -> dict[str, Any]:
        """Ask until two riddles are solved; give up after two misses."""
        self.events.append(event)
        past = event["request"]["session"]
        riddles = [item["challengeResult"] for item in past if item["challengeName"] == "CUSTOM_CHALLENGE"]
        if past and past[-1]["challengeName"] == "SRP_A":
            event["response"] = {"challengeName": "PASSWORD_VERIFIER", "issueTokens": False}
        elif riddles.count(False) > 1:
            event["response"]["failAuthentication"] = True
        elif riddles.count(True) > 1:
            event["response"]["issueTokens"] = True
        else:
            event["response"]["challengeName"] = "CUSTOM_CHALLENGE"
        return event

    def create(self, event: dict[str, Any], _: object) -> dict[str, Any]:
        """Make up a riddle, numbered."""
        self.events.append(event)
        number = len(event["request"]["session"]) + 1
        event["response"] = {
            "publicChallengeParameters": {"riddle": f"What is {number} and {number}?"},
            "privateChallengeParameters": {"solution": str(2 * number)},
            "challengeMetadata": f"RIDDLE_{number}",
        }
        return event

    def verify(self, event: dict[str, Any], _: object) -> dict[str, Any]:
        """Compare with the solution."""
        self.events.append(event)
        request = event["request"]
        event["response"]["answerCorrect"] = (
            request["challengeAnswer"] == request["privateChallengeParameters"]["solution"]
        )
        return event


async def riddled(**others: Trigger) -> tuple[Caller, Riddles]:
    """Return a pool of riddles with a confirmed user, and the riddles."""
    riddles = Riddles()
    pool = Caller(POOL, triggers=riddles.triggers(**others))
    await pool.confirmed(email=EMAIL)
    return pool, riddles


async def test_challenges_in_a_row() -> None:
    """Each right answer leads to the next challenge, the last one to tokens; nothing private shows."""
    pool, _ = await riddled()
    first = await pool.start("CUSTOM_AUTH")
    assert first == {
        "ChallengeName": "CUSTOM_CHALLENGE",
        "Session": first["Session"],
        "ChallengeParameters": {"riddle": "What is 1 and 1?"},
    }
    second = await pool.respond(first, ANSWER="2")
    assert second["ChallengeParameters"] == {"riddle": "What is 2 and 2?"}
    assert "AuthenticationResult" in await pool.respond(second, ANSWER="4")


async def test_wrong_answers() -> None:
    """Whether a wrong answer ends the sign-in is up to the triggers; each answer spends its session."""
    pool, _ = await riddled()
    first = await pool.start("CUSTOM_AUTH")
    second = await pool.respond(first, ANSWER="3")
    assert second["ChallengeName"] == "CUSTOM_CHALLENGE"
    with refused(*INCORRECT):
        await pool.respond(second, ANSWER="3")
    for spent in (first, second):
        with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
            await pool.respond(spent, ANSWER="4")


async def test_wrong_answers_lock_nobody_out() -> None:
    """Wrong answers to custom challenges do not count towards the lock-out."""
    pool, _ = await riddled()
    for _ in range(3):
        second = await pool.respond(await pool.start("CUSTOM_AUTH"), ANSWER="3")
        with refused(*INCORRECT):
            await pool.respond(second, ANSWER="3")
    assert "AuthenticationResult" in await pool.sign_in()


async def test_events() -> None:
    """The triggers get the events that Lambda would: what has been answered, with its metadata, and the user."""
    pool, riddles = await riddled()
    await pool.respond(await pool.start("CUSTOM_AUTH"), ANSWER="2")
    sources = [event["triggerSource"].partition("AuthChallenge")[0] for event in riddles.events]
    assert sources == ["Define", "Create", "Verify", "Define", "Create"]
    verify, define = riddles.events[2]["request"], riddles.events[3]["request"]
    assert (verify["challengeAnswer"], verify["privateChallengeParameters"]) == ("2", {"solution": "2"})
    past = {"challengeName": "CUSTOM_CHALLENGE", "challengeResult": True, "challengeMetadata": "RIDDLE_1"}
    assert define["session"] == [past]
    assert define["userAttributes"]["cognito:user_status"] == "CONFIRMED"
    assert "userNotFound" not in define


async def test_beginning_with_srp() -> None:
    """A client that begins with SRP proves the password before the first custom challenge."""
    pool, riddles = await riddled()
    challenge = await pool.start("CUSTOM_AUTH", CHALLENGE_NAME="SRP_A", SRP_A=SRP_A)
    assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    identity = pool.driver.user_pool_id.partition("_")[2] + NAME
    with refused(*INCORRECT):
        await pool.respond(challenge, **proof(challenge["ChallengeParameters"], identity, WRONG_PASSWORD))
    right = proof(challenge["ChallengeParameters"], identity, PASSWORD)
    assert (await pool.respond(challenge, **right))["ChallengeName"] == "CUSTOM_CHALLENGE"
    past = [item["challengeName"] for item in riddles.events[-1]["request"]["session"]]
    assert past == ["SRP_A", "PASSWORD_VERIFIER"]


async def test_temporary_password() -> None:
    """A temporary password that is proven has to be replaced before the triggers go on."""
    pool = Caller(POOL, triggers=Riddles().triggers())
    pool.simulator.create_user(NAME, attributes={"email": EMAIL}, temporary_password=PASSWORD)
    challenge = await pool.start("CUSTOM_AUTH", CHALLENGE_NAME="SRP_A", SRP_A=SRP_A)
    identity = pool.driver.user_pool_id.partition("_")[2] + NAME
    challenge = await pool.respond(challenge, **proof(challenge["ChallengeParameters"], identity, PASSWORD))
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    challenge = await pool.respond(challenge, NEW_PASSWORD="Brand-new-horse-8")
    assert challenge["ChallengeName"] == "CUSTOM_CHALLENGE"


async def test_missing_parameters() -> None:
    """SRP needs the public value, and a custom challenge an answer."""
    pool, _ = await riddled()
    with refused("InvalidParameterException", "Missing required parameter SRP_A"):
        await pool.start("CUSTOM_AUTH", CHALLENGE_NAME="SRP_A")
    with refused("InvalidParameterException", "Missing required parameter ANSWER"):
        await pool.respond(await pool.start("CUSTOM_AUTH"))


async def test_pool_without_triggers() -> None:
    """A pool without the triggers has no custom authentication."""
    pool = Caller(attrs.evolve(POOL, lambda_triggers=()))
    await pool.confirmed(email=EMAIL)
    with refused("InvalidParameterException", "Custom auth lambda trigger is not configured for the user pool."):
        await pool.start("CUSTOM_AUTH")


async def test_unconfirmed_user() -> None:
    """The triggers cannot let in a user who is not confirmed."""
    pool = Caller(POOL, triggers=Riddles().triggers(define_auth_challenge=deciding({"issueTokens": True})))
    await pool.sign_up(email=EMAIL)
    with refused("UserNotConfirmedException", "User is not confirmed."):
        await pool.start("CUSTOM_AUTH")


async def test_stranger() -> None:
    """Where users are hidden, the triggers are told of an unknown one, and cannot let it in."""
    riddles = Riddles()
    pool = Caller(POOL, triggers=riddles.triggers())
    challenge = await pool.start("CUSTOM_AUTH")
    assert riddles.events[-1]["request"]["userNotFound"] is True
    challenge = await pool.respond(challenge, ANSWER="2")
    with refused(*INCORRECT):
        await pool.respond(challenge, ANSWER="4")


async def test_stranger_in_the_open() -> None:
    """Where users are not hidden, the triggers are not asked about an unknown one."""
    client = attrs.evolve(POOL.client, prevent_user_existence_errors="LEGACY")
    riddles = Riddles()
    pool = Caller(attrs.evolve(POOL, client=client), triggers=riddles.triggers())
    with refused("UserNotFoundException", "User does not exist."):
        await pool.start("CUSTOM_AUTH")
    assert riddles.events == []


def deciding(response: Mapping[str, Any]) -> Trigger:
    """Return a trigger with this response, whatever it is asked."""

    def trigger(event: dict[str, Any], _: object) -> dict[str, Any]:
        return {**event, "response": dict(response)}

    return trigger


@pytest.mark.parametrize(
    ("name", "response", "spelled"),
    [
        ("define_auth_challenge", {}, "DefineAuthChallenge"),
        ("define_auth_challenge", {"challengeName": "PASSWORD_VERIFIER"}, "DefineAuthChallenge"),
        ("define_auth_challenge", {"challengeName": "SMS_MFA"}, "DefineAuthChallenge"),
        ("create_auth_challenge", {"publicChallengeParameters": ["riddle"]}, "CreateAuthChallenge"),
        ("create_auth_challenge", {"privateChallengeParameters": {"solution": 2}}, "CreateAuthChallenge"),
    ],
)
async def test_unusable_decision(name: str, response: dict[str, Any], spelled: str) -> None:
    """A trigger that decides nothing the pool can do, or in another form, is refused by name."""
    pool, _ = await riddled(**{name: deciding(response)})
    with refused(INVALID[0], INVALID[1].format(spelled)):
        await pool.start("CUSTOM_AUTH")


async def test_unusable_verdict() -> None:
    """A verdict that is neither true nor false is refused, and the challenge stays open."""
    pool, _ = await riddled(verify_auth_challenge_response=deciding({"answerCorrect": "yes"}))
    challenge = await pool.start("CUSTOM_AUTH")
    for _ in range(2):
        with refused(INVALID[0], INVALID[1].format("VerifyAuthChallengeResponse")):
            await pool.respond(challenge, ANSWER="2")
