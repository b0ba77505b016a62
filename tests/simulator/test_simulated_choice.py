"""USER_AUTH: what each user can begin with, and the one-time passwords that it can be."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from simulated import (
    EMAIL,
    NAME,
    PASSWORD,
    PHONE,
    VERIFY_BOTH,
    VERIFY_EMAIL,
    WRONG_PASSWORD,
    Caller,
    refused,
    wrong,
)
from srp_client import SRP_A, proof

from flowengine.settings import Assumptions, Client, Mfa, PoolSettings

BY_CHOICE = Client(explicit_auth_flows=("ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"))
OPEN = attrs.evolve(BY_CHOICE, prevent_user_existence_errors="LEGACY")
POOL = PoolSettings(
    verification=VERIFY_EMAIL,
    allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP", "SMS_OTP"),
    client=BY_CHOICE,
)
PASSWORDS = ["PASSWORD_SRP", "PASSWORD"]
MISMATCH = ("CodeMismatchException", "Invalid code or auth state for the user.")
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")


async def offered(pool: Caller, username: str = NAME) -> list[str]:
    """Return what a user can choose from."""
    answer = await pool.start("USER_AUTH", username)
    assert (answer["ChallengeName"], answer["ChallengeParameters"]) == ("SELECT_CHALLENGE", {})
    available: list[str] = answer["AvailableChallenges"]
    return available


@pytest.mark.parametrize(
    ("attributes", "available"),
    [
        ({"email": EMAIL}, [*PASSWORDS, "EMAIL_OTP"]),
        ({"email": EMAIL, "phone_number": PHONE}, [*PASSWORDS, "EMAIL_OTP", "SMS_OTP"]),
    ],
)
async def test_available(attributes: dict[str, str], available: list[str]) -> None:
    """A user can begin with what the pool allows and the user has."""
    pool = Caller(POOL)
    await pool.confirmed(**attributes)
    assert await offered(pool) == available


@pytest.mark.parametrize("mfa", [Mfa(), Mfa(mode="optional", factors=("sms",))])
async def test_available_without_active_mfa(mfa: Mfa) -> None:
    """As long as the user has no active second factor, one-time passwords are offered."""
    pool = Caller(attrs.evolve(POOL, mfa=mfa))
    await pool.confirmed(email=EMAIL)
    assert await offered(pool) == [*PASSWORDS, "EMAIL_OTP"]


async def test_available_with_active_mfa() -> None:
    """A user with an active second factor begins with a password, and the second factor follows."""
    pool = Caller(attrs.evolve(POOL, mfa=Mfa(mode="optional", factors=("sms",))))
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    token = (await pool.tokens())["AccessToken"]
    await pool.call("SetUserMFAPreference", AccessToken=token, SMSMfaSettings={"Enabled": True})
    assert await offered(pool) == PASSWORDS
    answer = await pool.start("USER_AUTH", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert answer["ChallengeName"] == "SMS_MFA"


async def test_available_with_required_mfa() -> None:
    """Where MFA is required, one-time passwords are no first factor."""
    settings = PoolSettings(verification=VERIFY_BOTH, mfa=Mfa(mode="required", factors=("sms",)), client=BY_CHOICE)
    pool = Caller(settings)
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    assert await offered(pool) == PASSWORDS


async def test_available_before_the_first_password() -> None:
    """A user with a temporary password begins with it."""
    pool = Caller(POOL)
    pool.simulator.create_user(NAME, attributes={"email": EMAIL}, temporary_password=PASSWORD)
    assert await offered(pool) == PASSWORDS
    answer = await pool.start("USER_AUTH", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


async def test_available_without_a_password() -> None:
    """A user without a password is offered none, and one with nothing to begin with is refused."""
    pool = Caller(POOL)
    pool.simulator.create_user(NAME, attributes={"email": EMAIL})
    assert await offered(pool) == ["EMAIL_OTP"]
    pool.simulator.update_user_attributes(NAME, {"email": ""})
    with refused("InvalidParameterException", "The user has no factor to sign in with"):
        await pool.start("USER_AUTH")


@pytest.mark.parametrize("preferred", ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP"])
async def test_preferred_challenge(preferred: str) -> None:
    """A preferred challenge that is available is the answer, without a choice."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    answer = await pool.start("USER_AUTH", PREFERRED_CHALLENGE=preferred)
    assert answer["ChallengeName"] == preferred
    assert "AvailableChallenges" not in answer


@pytest.mark.parametrize("preferred", ["SMS_OTP", "WEB_AUTHN", "SOMETHING"])
async def test_preferred_challenge_that_is_unavailable(preferred: str) -> None:
    """A preferred challenge that is not available leads to the choice."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    answer = await pool.start("USER_AUTH", PREFERRED_CHALLENGE=preferred)
    assert (answer["ChallengeName"], answer["AvailableChallenges"]) == ("SELECT_CHALLENGE", [*PASSWORDS, "EMAIL_OTP"])


async def test_password_at_once() -> None:
    """A password that comes along is checked at once; a wrong one counts as at any sign-in."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    for _ in range(5):
        with refused(*INCORRECT):
            await pool.start("USER_AUTH", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=WRONG_PASSWORD)
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        await pool.sign_in()
    pool.pass_time(seconds=1)
    answer = await pool.start("USER_AUTH", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert "AuthenticationResult" in answer


async def test_srp_at_once() -> None:
    """A public value that comes along begins SRP at once."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    challenge = await pool.start("USER_AUTH", PREFERRED_CHALLENGE="PASSWORD_SRP", SRP_A=SRP_A)
    identity = pool.driver.user_pool_id.partition("_")[2] + NAME
    responses = proof(challenge["ChallengeParameters"], identity, PASSWORD)
    assert "AuthenticationResult" in await pool.respond(challenge, **responses)


async def test_password_later() -> None:
    """A password can be chosen first and given later; the choice, too, can carry it."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    choice = await pool.start("USER_AUTH")
    challenge = await pool.respond(choice, ANSWER="PASSWORD")
    assert challenge["ChallengeName"] == "PASSWORD"
    with refused(*INCORRECT):
        await pool.respond(challenge, PASSWORD=WRONG_PASSWORD)
    assert "AuthenticationResult" in await pool.respond(challenge, PASSWORD=PASSWORD)
    choice = await pool.start("USER_AUTH")
    assert "AuthenticationResult" in await pool.respond(choice, ANSWER="PASSWORD", PASSWORD=PASSWORD)


async def test_srp_later() -> None:
    """SRP can be chosen first and begun later; the choice, too, can begin it."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    challenge = await pool.respond(await pool.start("USER_AUTH"), ANSWER="PASSWORD_SRP")
    assert challenge["ChallengeName"] == "PASSWORD_SRP"
    assert (await pool.respond(challenge, SRP_A=SRP_A))["ChallengeName"] == "PASSWORD_VERIFIER"
    choice = await pool.start("USER_AUTH")
    assert (await pool.respond(choice, ANSWER="PASSWORD_SRP", SRP_A=SRP_A))["ChallengeName"] == "PASSWORD_VERIFIER"


async def test_choice_of_something_else() -> None:
    """What is not available cannot be chosen."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    with refused("InvalidParameterException", "ANSWER must be one of PASSWORD_SRP, PASSWORD, EMAIL_OTP"):
        await pool.respond(await pool.start("USER_AUTH"), ANSWER="SMS_OTP")


@pytest.mark.parametrize(
    ("name", "medium", "purpose", "length"),
    [("EMAIL_OTP", "EMAIL", "email_otp", 8), ("SMS_OTP", "SMS", "sms_otp", 6)],
)
async def test_one_time_password(name: str, medium: str, purpose: str, length: int) -> None:
    """A one-time password is sent when it is chosen, and signs in."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    choice = await pool.start("USER_AUTH")
    before = len(pool.simulator.outbox)
    challenge = await pool.respond(choice, ANSWER=name)
    (message,) = pool.simulator.outbox[before:]
    assert (message.medium, message.purpose, len(message.code)) == (medium, purpose, length)
    parameters = challenge["ChallengeParameters"]
    assert (parameters["CODE_DELIVERY_DELIVERY_MEDIUM"], parameters["USER_ID_FOR_SRP"]) == (medium, NAME)
    assert "AuthenticationResult" in await pool.respond(challenge, **{f"{name}_CODE": pool.code})


async def test_choice_that_is_gone() -> None:
    """What the user no longer has cannot be chosen, though it was offered."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    challenge = await pool.start("USER_AUTH")
    pool.simulator.update_user_attributes(NAME, {"email": ""})
    with refused("InvalidParameterException", "ANSWER must be one of PASSWORD_SRP, PASSWORD"):
        await pool.respond(challenge, ANSWER="EMAIL_OTP")


async def test_length_of_sms_codes() -> None:
    """How long a one-time password by SMS is, is an assumption that can be changed."""
    pool = Caller(attrs.evolve(POOL, assumptions=Assumptions(sms_otp_length=8)))
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    await pool.start("USER_AUTH", PREFERRED_CHALLENGE="SMS_OTP")
    assert len(pool.code) == 8


async def test_wrong_one_time_passwords() -> None:
    """Wrong one-time passwords keep the session, and lock nobody out."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    challenge = await pool.start("USER_AUTH", PREFERRED_CHALLENGE="EMAIL_OTP")
    for _ in range(6):
        with refused(*MISMATCH):
            await pool.respond(challenge, EMAIL_OTP_CODE=wrong(pool.code))
    assert "AuthenticationResult" in await pool.respond(challenge, EMAIL_OTP_CODE=pool.code)


async def test_one_time_password_confirms() -> None:
    """A one-time password confirms a user who has not confirmed the sign-up, and verifies the contact."""
    pool = Caller(POOL)
    await pool.sign_up(email=EMAIL)
    with refused("UserNotConfirmedException", "User is not confirmed."):
        await pool.sign_in()
    challenge = await pool.start("USER_AUTH", PREFERRED_CHALLENGE="EMAIL_OTP")
    answer = await pool.respond(challenge, EMAIL_OTP_CODE=pool.code)
    attributes = await pool.attributes(answer["AuthenticationResult"]["AccessToken"])
    assert attributes["email_verified"] == "true"
    assert "AuthenticationResult" in await pool.sign_in()


async def test_one_time_password_verifies() -> None:
    """A one-time password verifies a confirmed user's contact that was not verified yet."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    challenge = await pool.start("USER_AUTH", PREFERRED_CHALLENGE="SMS_OTP")
    answer = await pool.respond(challenge, SMS_OTP_CODE=pool.code)
    attributes = await pool.attributes(answer["AuthenticationResult"]["AccessToken"])
    assert attributes["phone_number_verified"] == "true"


async def signed_up(pool: Caller) -> dict[str, Any]:
    """Sign up and confirm with the session in hand; return the confirmation."""
    session = (await pool.sign_up(email=EMAIL))["Session"]
    return await pool.confirm(Session=session)


async def test_session_of_a_sign_up() -> None:
    """The session of a confirmation signs in, once, and nobody else."""
    pool = Caller(POOL)
    session = (await signed_up(pool))["Session"]
    await pool.confirmed("grace", email="grace@example.com")
    request = {"AuthFlow": "USER_AUTH", "Session": session}
    with refused("NotAuthorizedException", "Invalid session for the user."):
        await pool.call("InitiateAuth", **request, AuthParameters={"USERNAME": "grace"})
    answer = await pool.call("InitiateAuth", **request, AuthParameters={"USERNAME": NAME})
    assert "AuthenticationResult" in answer
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        await pool.call("InitiateAuth", **request, AuthParameters={"USERNAME": NAME})


async def test_stranger_looks_like_a_user() -> None:
    """Where users are hidden, nobody is offered what somebody is, gets no message, and is never let in."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    assert await offered(pool, "grace") == await offered(pool)
    before = len(pool.simulator.outbox)
    first, second = [await pool.start("USER_AUTH", "grace", PREFERRED_CHALLENGE="EMAIL_OTP") for _ in range(2)]
    assert first["ChallengeParameters"] == second["ChallengeParameters"]
    assert len(pool.simulator.outbox) == before
    for code in ("00000000", " "):
        with refused(*MISMATCH):
            await pool.respond(first, "grace", EMAIL_OTP_CODE=code)
    with refused(*INCORRECT):
        await pool.start("USER_AUTH", "grace", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)


async def test_stranger_in_the_open() -> None:
    """Where users are not hidden, an unknown one is refused at once."""
    with refused("UserNotFoundException", "User does not exist."):
        await Caller(attrs.evolve(POOL, client=OPEN)).start("USER_AUTH")


async def test_disabled_user() -> None:
    """Where users are hidden, a disabled one shows as such only at the end, by whichever factor."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    pool.simulator.disable_user(NAME)
    assert await offered(pool) == [*PASSWORDS, "EMAIL_OTP"]
    with refused("NotAuthorizedException", "User is disabled."):
        await pool.start("USER_AUTH", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    challenge = await pool.start("USER_AUTH", PREFERRED_CHALLENGE="EMAIL_OTP")
    with refused("NotAuthorizedException", "User is disabled."):
        await pool.respond(challenge, EMAIL_OTP_CODE=pool.code)


async def test_disabled_user_is_not_confirmed() -> None:
    """The right one-time password does not confirm a user who was disabled before the sign-up was confirmed."""
    pool = Caller(POOL)
    await pool.sign_up(email=EMAIL)
    pool.simulator.disable_user(NAME)
    challenge = await pool.start("USER_AUTH", PREFERRED_CHALLENGE="EMAIL_OTP")
    with refused("NotAuthorizedException", "User is disabled."):
        await pool.respond(challenge, EMAIL_OTP_CODE=pool.code)
    assert (await pool.user())["UserStatus"] == "UNCONFIRMED"


async def test_disabled_user_in_the_open() -> None:
    """Where users are not hidden, a disabled one is refused at once."""
    pool = Caller(attrs.evolve(POOL, client=OPEN))
    await pool.confirmed(email=EMAIL)
    pool.simulator.disable_user(NAME)
    with refused("NotAuthorizedException", "User is disabled."):
        await pool.start("USER_AUTH")


async def test_lite_plan() -> None:
    """The LITE plan has choice-based sign-in, with a password."""
    lite = attrs.evolve(POOL, allowed_first_auth_factors=("PASSWORD",), user_pool_tier="LITE")
    pool = Caller(lite)
    await pool.confirmed(email=EMAIL)
    assert await offered(pool) == PASSWORDS
