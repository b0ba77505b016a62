"""Custom authentication: as many challenges as the Lambda functions pose, with and without the password before."""

from __future__ import annotations

from typing import Any, Final

import pytest
from functions import ANSWERS, functions
from journey import PASSWORD, WRONG, Journey, asked, pool_of, reason, stand

from flowengine.settings import TRIGGERS

CUSTOM: Final = pool_of(lambda_triggers=[name for name in TRIGGERS if "challenge" in name])
BEGINNINGS: Final[list[tuple[str, dict[str, Any]]]] = [
    ("sign_in_with_custom_challenge", {}),
    ("sign_in_with_srp_and_custom_challenge", {"password": PASSWORD}),
]
WAITS: Final = ("custom_challenge", "CUSTOM_CHALLENGE")


def journey() -> Journey:
    """Return the journey of a user who is asked three questions."""
    return Journey(CUSTOM, triggers=functions(CUSTOM, rounds=3))


@pytest.mark.parametrize(("event", "inputs"), BEGINNINGS)
async def test_three_challenges_in_a_row(event: str, inputs: dict[str, Any]) -> None:
    """Each right answer brings the next question with its own parameters, and the third one signs in."""
    async with journey() as ada:
        await ada.register()
        assert asked(ada.snapshot, event) == ("username", *inputs) or asked(ada.snapshot, event) == (*inputs,)
        snapshot = await ada.sign_in(event, **inputs)
        for answer in ANSWERS:
            assert (*stand(snapshot), snapshot.parameters) == (*WAITS, {"question": answer})
            snapshot = await ada.send("answer", answer=answer)
        assert stand(snapshot) == ("signed_in", None)
        assert ("PASSWORD_VERIFIER" in ada.wire.posed) == bool(inputs)
        assert (await ada.claims())["cognito:username"] == "ada"


@pytest.mark.parametrize(("event", "inputs"), BEGINNINGS)
@pytest.mark.parametrize("right", [0, 1, 2])
async def test_wrong_answer_ends_the_sign_in(event: str, inputs: dict[str, Any], right: int) -> None:
    """A wrong answer, after however many right ones, leads back to where the user can sign in and does."""
    async with journey() as ada:
        await ada.register()
        await ada.sign_in(event, **inputs)
        for answer in ANSWERS[:right]:
            await ada.send("answer", answer=answer)
        snapshot = await ada.send("answer", answer="wrong")
        assert (*stand(snapshot), reason(snapshot)) == ("signed_out", None, "INCORRECT_USERNAME_OR_PASSWORD")
        await ada.sign_in(event, **inputs)
        for answer in ANSWERS:
            await ada.send("answer", answer=answer)
        assert ada.snapshot.state == "signed_in"


async def test_wrong_password_poses_no_challenge() -> None:
    """Where the password comes first, a wrong one keeps the user where the sign-in began."""
    async with journey() as ada:
        await ada.register()
        snapshot = await ada.sign_in("sign_in_with_srp_and_custom_challenge", password=WRONG)
        assert (snapshot.state, reason(snapshot)) == ("confirmed", "INCORRECT_USERNAME_OR_PASSWORD")
        assert "CUSTOM_CHALLENGE" not in ada.wire.posed


async def test_function_that_fails_is_told() -> None:
    """What a Lambda function raises is the reason, and the challenge waits on."""
    failing = True

    def verify(event: dict[str, Any], _context: object) -> dict[str, Any]:
        if failing:
            raise ValueError("the phone is off")
        event["response"]["answerCorrect"] = True
        return event

    triggers = functions(CUSTOM) | {"verify_auth_challenge_response": verify}
    async with Journey(CUSTOM, triggers=triggers) as ada:
        await ada.register()
        await ada.sign_in("sign_in_with_custom_challenge")
        snapshot = await ada.send("answer", answer=ANSWERS[0])
        assert (*stand(snapshot), reason(snapshot)) == (*WAITS, "UserLambdaValidationException")
        failing = False
        assert (await ada.send("answer", answer=ANSWERS[0])).state == "signed_in"


async def test_stranger_is_asked_as_a_user_is() -> None:
    """Where the pool hides users, the functions pose their question to a stranger as well."""
    async with Journey(CUSTOM, triggers=functions(CUSTOM), username="grace") as nobody:
        snapshot = await nobody.sign_in("sign_in_with_custom_challenge")
        assert (*stand(snapshot), snapshot.parameters) == (*WAITS, {"question": ANSWERS[0]})
        snapshot = await nobody.send("answer", answer=ANSWERS[0])
        assert (snapshot.state, reason(snapshot)) == ("signed_out", "INCORRECT_USERNAME_OR_PASSWORD")
