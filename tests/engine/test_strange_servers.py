"""Answers of a server that is broken or worse: nothing but a snapshot comes of them."""

from __future__ import annotations

from typing import Any

import pytest
from drivers import NAME, PASSWORD, Walk

import flowengine as fe

POOL = fe.PoolSettings(
    verification=fe.Verification(auto_verified_attributes=("email",)),
    allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP"),
    client=fe.Client(explicit_auth_flows=("ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH")),
)
FLOW = fe.load("standard", pool=POOL)
SRP = {"SALT": "ab", "SRP_B": "ab", "SECRET_BLOCK": "QQ==", "USER_ID_FOR_SRP": "ada"}
ALL_FACTORS = ("EMAIL_OTP", "PASSWORD", "PASSWORD_SRP")


async def answered(event: str, answer: dict[str, Any], **inputs: str) -> tuple[Walk, fe.Snapshot]:
    """Return a walk, and the snapshot after a sign-in that was answered so."""
    walk = Walk(FLOW)
    walk.id = (await walk.engine.start()).id
    walk.line.answers.append({"Session": "session", **answer})
    return walk, await walk.send(event, username=NAME, **inputs)


@pytest.mark.parametrize(
    ("listed", "required"),
    [
        ('["userAttributes.name", 5, {"a": 1}, null]', ("name",)),
        ("no JSON", ()),
        ('{"name": 1}', ()),
        ("[" * 100_000, ()),
        (5, ()),
        (["userAttributes.name"], ()),
    ],
)
async def test_required_attributes_are_texts(listed: object, required: tuple[str, ...]) -> None:
    """Whatever else is listed is left out, and what is no list lists nothing."""
    parameters = {"requiredAttributes": listed, "userAttributes": listed}
    answer = {"ChallengeName": "NEW_PASSWORD_REQUIRED", "ChallengeParameters": parameters}
    _, snapshot = await answered("sign_in", answer, password=PASSWORD)
    assert snapshot.pending == "NEW_PASSWORD_REQUIRED"
    assert snapshot.parameters["required_attributes"] == required


@pytest.mark.parametrize(
    ("available", "choices"),
    [
        ("PASSWORD", ALL_FACTORS),
        ([1, None, {"PASSWORD": 1}, ["PASSWORD"]], ALL_FACTORS),
        ([1, "EMAIL_OTP"], ("EMAIL_OTP",)),
        ({"PASSWORD": 1}, ALL_FACTORS),
        (["SMOKE_SIGNAL"], ("SMOKE_SIGNAL",)),
        (7, ALL_FACTORS),
    ],
)
async def test_choices_are_texts(available: object, choices: tuple[str, ...]) -> None:
    """Whatever else is offered is left out; where nothing is left, the pool's settings say what can be chosen."""
    answer = {"ChallengeName": "SELECT_CHALLENGE", "AvailableChallenges": available}
    walk, snapshot = await answered("sign_in_with_choice", answer)
    assert snapshot.accepts["answer"][0].choices == choices
    with pytest.raises(fe.InputInvalid, match=f"^answer: answer is none of {', '.join(choices)}$"):
        await walk.send("answer", answer="NONSENSE")


@pytest.mark.parametrize("value", [5, None, ["ab"], {}, "\ud800"], ids=repr)
@pytest.mark.parametrize("name", sorted(SRP))
async def test_proof_takes_texts(name: str, value: object) -> None:
    """No password is proved to a server whose values are no texts."""
    answer = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": {**SRP, name: value}}
    walk, snapshot = await answered("sign_in_with_srp", answer, password=PASSWORD)
    assert (snapshot.state, walk.calls) == ("signed_out", ["InitiateAuth"])
    message = f"{name} is no text. The challenge may be spent. Sign in again."
    assert snapshot.error == fe.Error("ANSWER_LOST", retryable=True, message=message)


async def test_proof_takes_usernames_of_any_script() -> None:
    """A username in the challenge is hashed as it is."""
    answer = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": {**SRP, "USER_ID_FOR_SRP": "Łucja"}}
    walk, _ = await answered("sign_in_with_srp", answer, password=PASSWORD)
    assert walk.calls == ["InitiateAuth", "RespondToAuthChallenge"]
