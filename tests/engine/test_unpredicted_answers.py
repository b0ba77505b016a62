"""What an engine makes of answers that the flow did not predict, and of what refusals quote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from drivers import (
    EMAIL,
    NAME,
    PASSWORD,
    PHONE,
    VERIFY_EMAIL,
    VERIFY_PHONE,
    walk_to,
)

import flowengine as fe
from flowengine.errors import CognitoRefusal

EMAIL_FLOW = fe.load("standard", pool=fe.PoolSettings(verification=VERIFY_EMAIL))
MFA_OFF = fe.load("standard", pool=fe.PoolSettings(verification=VERIFY_PHONE))
SMS_CHALLENGE = {"ChallengeName": "SMS_MFA", "Session": "s" * 40, "ChallengeParameters": {"USER_ID_FOR_SRP": "u"}}
AUTHENTICATION = {
    "AuthenticationResult": {"AccessToken": "a", "IdToken": "i", "RefreshToken": "r", "ExpiresIn": 3600},
    "ChallengeParameters": {},
}


def signing_up(**changes: Any) -> dict[str, Any]:
    """Return what a user types into a sign-up form, with changes; None leaves a field out."""
    inputs = {"username": PHONE, "password": PASSWORD, "attributes": {}} | changes
    return {name: value for name, value in inputs.items() if value is not None}


async def test_challenge_that_pool_excludes() -> None:
    """A challenge that cannot come from this pool moves nothing, and says where to look."""
    walk = await walk_to("confirmed", MFA_OFF, username=NAME, attributes={"phone_number": PHONE})
    walk.line.answers.append(SMS_CHALLENGE)
    snapshot = await walk.send("sign_in", password=PASSWORD)
    assert (snapshot.state, snapshot.pending, snapshot.delivery) == ("confirmed", None, None)
    assert snapshot.error == fe.Error(
        "SMS_MFA",
        retryable=False,
        message="SMS_MFA (these pool settings exclude it: does the pool match the flow?)",
    )
    assert (await walk.send("sign_in", password=PASSWORD)).state == "signed_in"


async def test_tokens_that_pool_excludes() -> None:
    """Tokens without the second factor that the flow requires sign nobody in, and are dropped."""
    walk = await walk_to("confirmed")
    walk.line.answers.append(AUTHENTICATION)
    snapshot = await walk.send("sign_in", password=PASSWORD)
    assert (snapshot.state, snapshot.tokens) == ("confirmed", None)
    assert snapshot.error is not None
    assert (snapshot.error.code, snapshot.error.retryable) == ("TOKENS", False)
    assert "tokens" not in (await walk.stored()).facts


async def test_unknown_challenge() -> None:
    """A challenge that nothing here can answer is named, and leaves the user signed out."""
    walk = await walk_to("confirmed")
    walk.line.answers.append({"ChallengeName": "DANCE_A_JIG", "Session": "s" * 40, "ChallengeParameters": {}})
    snapshot = await walk.send("sign_in", password=PASSWORD)
    assert (snapshot.state, snapshot.pending) == ("signed_out", None)
    assert snapshot.error == fe.Error(
        "UNKNOWN_CHALLENGE",
        retryable=False,
        message="Cognito asks for DANCE_A_JIG, which this flow cannot answer.",
    )


async def test_user_without_phone() -> None:
    """A user who cannot have the second factor that is required is told which challenge stands in the way."""
    mfa = fe.Mfa(mode="required", factors=("sms",))
    flow = fe.load("standard", pool=fe.PoolSettings(verification=VERIFY_EMAIL, mfa=mfa))
    walk = await walk_to("signed_out", flow)
    walk.simulator.handle(
        "SignUp",
        {
            "ClientId": walk.simulator.client_id,
            "Username": NAME,
            "Password": PASSWORD,
            "UserAttributes": [{"Name": "email", "Value": EMAIL}],
        },
    )
    await walk.send("sign_in", username=NAME, password=PASSWORD)
    await walk.send("confirm", code=walk.code)
    snapshot = await walk.send("sign_in", password=PASSWORD)
    assert (snapshot.state, snapshot.pending) == ("mfa_setup", "MFA_SETUP")
    assert snapshot.parameters == {"choices": ("SMS_MFA",)}
    assert list(snapshot.accepts) == ["sign_in"]


@pytest.mark.parametrize(
    ("state", "event", "inputs"),
    [
        ("signed_out", "sign_up", signing_up()),
        ("unconfirmed", "resend", {}),
        ("confirmed", "sign_in", {"password": PASSWORD}),
        ("mfa_challenge", "answer", {"code": "123456"}),
        ("signed_in", "refresh", {}),
    ],
)
async def test_unknown_exception(state: str, event: str, inputs: dict[str, Any]) -> None:
    """An exception of tomorrow's Cognito keeps the position and is passed on by name."""
    walk = await walk_to(state)
    walk.line.answers.append(CognitoRefusal("BrandNewException", "Not today."))
    snapshot = await walk.send(event, **inputs)
    assert snapshot.state == state
    assert snapshot.error == fe.Error(
        "BrandNewException",
        retryable=False,
        message="Not today. (these pool settings exclude it: does the pool match the flow?)",
    )
    assert (await walk.finish()).state == "signed_in"


async def test_second_challenge_in_place_of_tokens() -> None:
    """A challenge after a challenge, which no pool of this kind poses, keeps the walk where it can go on."""
    walk = await walk_to("mfa_challenge")
    walk.line.answers.append(SMS_CHALLENGE)
    snapshot = await walk.send("answer", code=walk.code)
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("mfa_challenge", "SMS_MFA")
    assert (await walk.send("answer", code=walk.code)).state == "signed_in"


@pytest.mark.parametrize("answer", [{}, {"ChallengeName": "SMS_MFA"}])
async def test_answer_with_too_little_in_it(answer: Mapping[str, Any]) -> None:
    """An answer without what the next call needs does not lead to where that call would be made."""
    walk = await walk_to("confirmed")
    walk.line.answers.append(answer)
    await walk.send("sign_in", password=PASSWORD)
    assert (await walk.finish()).state == "signed_in"


async def test_refusal_does_not_repeat_what_was_typed() -> None:
    """What Cognito quotes of a request is blanked out of the error."""
    walk = await walk_to("signed_out")
    quoting = f"1 validation error detected: Value '{PASSWORD}' at 'password' of '{PHONE}' failed"
    walk.line.answers.append(CognitoRefusal("InvalidParameterException", quoting))
    snapshot = await walk.sign_up()
    assert snapshot.error == fe.Error(
        "InvalidParameterException",
        retryable=True,
        message="1 validation error detected: Value '***' at 'password' of '***' failed",
    )


async def test_refusal_with_one_input_in_another() -> None:
    """Where the password begins with the username, nothing of the password is left over."""
    walk = await walk_to("signed_out", EMAIL_FLOW)
    password = NAME + PASSWORD
    walk.line.answers.append(CognitoRefusal("InvalidParameterException", f"{password} of {NAME} is bad"))
    snapshot = await walk.send("sign_in", username=NAME, password=password)
    assert snapshot.error is not None
    assert snapshot.error.message == "*** of *** is bad"


async def test_refusal_keeps_names() -> None:
    """What is no value of the user's, such as an attribute's name, stays in the error, or nobody understands it."""
    walk = await walk_to("signed_out", EMAIL_FLOW)
    snapshot = await walk.send("sign_up", username=NAME, password=PASSWORD, attributes={"email": "ada@example..com"})
    assert snapshot.error is not None
    assert snapshot.error.message == "Invalid email address format."
