"""Passwords that are not for good: temporary ones, and those that an administrator resets."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from simulated import (
    EMAIL,
    LEGACY,
    NAME,
    PASSWORD,
    PHONE,
    SMS_REQUIRED,
    VERIFY_EMAIL,
    WRONG_PASSWORD,
    Caller,
    refused,
)

from flowengine.settings import Client, PasswordPolicy, PoolSettings

NEW = "Brand-new-horse-8"
POOL = PoolSettings(verification=VERIFY_EMAIL)
DEMANDING = attrs.evolve(POOL, required_attributes=("email", "given_name"))
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
RESET = ("PasswordResetRequiredException", "Password reset required for the user")


async def invited(settings: PoolSettings = POOL, **more: str) -> tuple[Caller, dict[str, Any]]:
    """Return a pool with an invited user, and what the first sign-in asks for."""
    pool = Caller(settings)
    pool.simulator.create_user(NAME, attributes={"email": EMAIL, **more}, temporary_password=PASSWORD)
    return pool, await pool.sign_in()


async def test_challenge() -> None:
    """A temporary password leads to the challenge for a new one, which shows the attributes."""
    _, challenge = await invited(email_verified="true")
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    parameters = challenge["ChallengeParameters"]
    assert parameters["USER_ID_FOR_SRP"] == NAME
    assert json.loads(parameters["userAttributes"]) == {"email": EMAIL, "email_verified": "true"}
    assert json.loads(parameters["requiredAttributes"]) == []


async def test_new_password() -> None:
    """The new password signs in at once, and again; the temporary one no longer does."""
    pool, challenge = await invited()
    assert "AuthenticationResult" in await pool.respond(challenge, NEW_PASSWORD=NEW)
    with refused(*INCORRECT):
        await pool.sign_in()
    assert "AuthenticationResult" in await pool.sign_in(password=NEW)


async def test_same_password() -> None:
    """The new password may be the temporary one."""
    pool, challenge = await invited()
    await pool.respond(challenge, NEW_PASSWORD=PASSWORD)
    assert "AuthenticationResult" in await pool.sign_in()


async def test_refused_passwords() -> None:
    """A weak password and none at all are refused, and the challenge stays open."""
    pool, challenge = await invited()
    with refused("InvalidPasswordException", "Password did not conform with policy: Password not long enough"):
        await pool.respond(challenge, NEW_PASSWORD="Short-7")
    with refused("InvalidParameterException", "Missing required parameter NEW_PASSWORD"):
        await pool.respond(challenge)
    assert "AuthenticationResult" in await pool.respond(challenge, NEW_PASSWORD=NEW)


async def test_history_counts_no_temporary_password() -> None:
    """A temporary password is none of the passwords that may not be used again."""
    policy = PasswordPolicy(password_history_size=3)
    pool, challenge = await invited(attrs.evolve(POOL, password_policy=policy))
    assert "AuthenticationResult" in await pool.respond(challenge, NEW_PASSWORD=PASSWORD)
    pool.simulator.set_user_password(NAME, NEW, permanent=False)
    with refused(
        "PasswordHistoryPolicyViolationException",
        "The password was used before, and the pool's history forbids it",
    ):
        await pool.respond(await pool.sign_in(password=NEW), NEW_PASSWORD=PASSWORD)


async def test_missing_attributes() -> None:
    """The required attributes that the user lacks are asked for, demanded and stored."""
    pool, challenge = await invited(DEMANDING)
    assert json.loads(challenge["ChallengeParameters"]["requiredAttributes"]) == ["userAttributes.given_name"]
    with refused("InvalidParameterException", "Invalid attributes given, given_name is missing"):
        await pool.respond(challenge, NEW_PASSWORD=NEW)
    answer = await pool.respond(challenge, NEW_PASSWORD=NEW, **{"userAttributes.given_name": "Ada"})
    assert (await pool.attributes(answer["AuthenticationResult"]["AccessToken"]))["given_name"] == "Ada"


@pytest.mark.parametrize(
    ("attribute", "value", "refusal"),
    [
        ("email", "other@example.com", ("InvalidParameterException", "Cannot modify an already provided email")),
        ("phone_number", "555", ("InvalidParameterException", "Invalid phone number format.")),
        ("email_verified", "true", ("NotAuthorizedException", "A client attempted to write unauthorized attribute")),
    ],
)
async def test_refused_attributes(attribute: str, value: str, refusal: tuple[str, str]) -> None:
    """Attributes that the user has, that are malformed or not the client's to write are refused."""
    pool, challenge = await invited()
    with refused(*refusal):
        await pool.respond(challenge, NEW_PASSWORD=NEW, **{f"userAttributes.{attribute}": value})
    assert "AuthenticationResult" in await pool.respond(challenge, NEW_PASSWORD=NEW)


async def test_second_factor_follows() -> None:
    """The second factor is asked for after the new password is set."""
    pool, challenge = await invited(attrs.evolve(POOL, mfa=SMS_REQUIRED), phone_number=PHONE)
    challenge = await pool.respond(challenge, NEW_PASSWORD=NEW)
    assert challenge["ChallengeName"] == "SMS_MFA"
    assert "AuthenticationResult" in await pool.respond(challenge, SMS_MFA_CODE=pool.code)


@pytest.mark.parametrize(("days", "good"), [(7, False), (6, True)])
async def test_temporary_password_expires(days: int, good: bool) -> None:  # noqa: FBT001 (what is expected)
    """A temporary password is good for a week, then an administrator has to set another one."""
    pool, _ = await invited()
    pool.pass_time(days=days)
    if good:
        assert (await pool.sign_in())["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
        return
    with refused("NotAuthorizedException", "Temporary password has expired and must be reset by an administrator."):
        await pool.sign_in()
    pool.simulator.set_user_password(NAME, NEW)
    assert "AuthenticationResult" in await pool.sign_in(password=NEW)


async def reset(client: Client) -> Caller:
    """Return a pool in which an administrator has reset the user's password."""
    pool = Caller(attrs.evolve(POOL, client=client))
    await pool.confirmed(email=EMAIL)
    pool.simulator.reset_user_password(NAME)
    return pool


async def test_reset_shows_after_the_password() -> None:
    """Where users are hidden, that the password was reset shows only to who knew it."""
    pool = await reset(Client())
    with refused(*INCORRECT):
        await pool.sign_in(password=WRONG_PASSWORD)
    with refused(*RESET):
        await pool.sign_in()


async def test_reset_shows_at_once() -> None:
    """Where users are not hidden, that the password was reset shows to anybody."""
    pool = await reset(LEGACY)
    with refused(*RESET):
        await pool.sign_in(password=WRONG_PASSWORD)
