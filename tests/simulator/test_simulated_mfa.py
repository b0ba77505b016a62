"""SMS MFA: when it is asked for, how it is answered, and how a user switches it on."""

from __future__ import annotations

import json

import attrs
import pytest
from simulated import (
    EMAIL,
    LEGACY,
    NAME,
    PHONE,
    PHONE_POOL,
    SMS_OPTIONAL,
    SMS_REQUIRED,
    VERIFY_EMAIL,
    Caller,
    refused,
    wrong,
)

from flowengine.settings import Client, Mfa, PoolSettings, SignIn

MISMATCH = ("CodeMismatchException", "Invalid code or auth state for the user.")
INVALID = ("NotAuthorizedException", "Invalid session for the user.")
USED = ("NotAuthorizedException", "Invalid session for the user, session can only be used once.")
EXPIRED = ("NotAuthorizedException", "Invalid session for the user, session is expired.")
LOCKED = ("NotAuthorizedException", "Password attempts exceeded")

OPTIONAL = PoolSettings(verification=VERIFY_EMAIL, mfa=SMS_OPTIONAL)
REQUIRED = PoolSettings(verification=VERIFY_EMAIL, mfa=SMS_REQUIRED)


async def challenged(pool: Caller, username: str = PHONE) -> str:
    """Sign up, confirm and sign in; return the session of the challenge."""
    await pool.confirmed(username)
    return str((await pool.sign_in(username))["Session"])


async def prefer(pool: Caller, access_token: str, *, enabled: bool, preferred: bool = False) -> None:
    """Call SetUserMFAPreference for SMS."""
    settings = {"Enabled": enabled, "PreferredMfa": preferred}
    assert await pool.call("SetUserMFAPreference", AccessToken=access_token, SMSMfaSettings=settings) == {}


async def test_challenge() -> None:
    """Where SMS MFA is required, a right password leads to a code on the phone, then to tokens."""
    pool = Caller(PHONE_POOL)
    sub = await pool.confirmed(PHONE)
    answer = await pool.sign_in(PHONE)
    assert answer == {
        "ChallengeName": "SMS_MFA",
        "Session": answer["Session"],
        "ChallengeParameters": {
            "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
            "CODE_DELIVERY_DESTINATION": "+*******0100",
            "USER_ID_FOR_SRP": sub,
        },
    }
    message = pool.simulator.outbox[-1]
    assert (message.medium, message.destination, message.purpose) == ("SMS", PHONE, "sms_mfa")
    assert message.text == f"Your authentication code is {message.code}."
    assert "AuthenticationResult" in await pool.answer(answer["Session"])


async def test_own_text() -> None:
    """The message follows the pool's template."""
    mfa = Mfa(mode="required", factors=("sms",), sms_message="Come in with {####}!")
    pool = Caller(PoolSettings(verification=VERIFY_EMAIL, mfa=mfa))
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    await pool.sign_in()
    assert pool.simulator.outbox[-1].text == f"Come in with {pool.code}!"


async def test_wrong_code_keeps_the_session() -> None:
    """A wrong code is refused, and the same session then takes the right one."""
    pool = Caller(PHONE_POOL)
    session = await challenged(pool)
    with refused(*MISMATCH):
        await pool.answer(session, wrong(pool.code))
    assert "AuthenticationResult" in await pool.answer(session)


async def test_session_works_once() -> None:
    """An answered session is spent, whatever comes next."""
    pool = Caller(PHONE_POOL)
    session = await challenged(pool)
    await pool.answer(session)
    for code in (pool.code, wrong(pool.code)):
        with refused(*USED):
            await pool.answer(session, code)


@pytest.mark.parametrize("minutes", [3, 15])
async def test_session_expires(minutes: int) -> None:
    """A session and its code live as long as the client's AuthSessionValidity."""
    pool = Caller(attrs.evolve(PHONE_POOL, client=Client(auth_session_validity=minutes)))
    late = await challenged(pool)
    pool.pass_time(minutes=minutes, seconds=-1)
    in_time = (await pool.sign_in(PHONE))["Session"]
    pool.pass_time(seconds=1)
    with refused(*EXPIRED):
        await pool.answer(late)
    assert "AuthenticationResult" in await pool.answer(in_time)


async def test_each_sign_in_has_its_own_code() -> None:
    """The code of one sign-in does not answer another; both sessions stay good for their own."""
    pool = Caller(PHONE_POOL)
    first = await challenged(pool)
    first_code = pool.code
    second = (await pool.sign_in(PHONE))["Session"]
    with refused(*MISMATCH):
        await pool.answer(second, first_code)
    assert "AuthenticationResult" in await pool.answer(first, first_code)
    assert "AuthenticationResult" in await pool.answer(second)


async def test_session_of_another_user() -> None:
    """A session works for the user whom it was given to, with nobody else's name."""
    pool = Caller(PHONE_POOL)
    await pool.confirmed("+15555550199")
    session = await challenged(pool)
    for name in ("+15555550199", "+15555550198"):
        with refused(*INVALID):
            await pool.answer(session, username=name)
    assert "AuthenticationResult" in await pool.answer(session)


async def test_session_of_another_challenge() -> None:
    """A session answers the challenge that it was given for, no other."""
    pool = Caller(PHONE_POOL)
    session = await challenged(pool)
    responses = {"USERNAME": PHONE, "SOFTWARE_TOKEN_MFA_CODE": pool.code}
    with refused(*INVALID):
        await pool.call(
            "RespondToAuthChallenge",
            ChallengeName="SOFTWARE_TOKEN_MFA",
            Session=session,
            ChallengeResponses=responses,
        )


async def test_made_up_session() -> None:
    """A session that the pool never gave out is refused."""
    pool = Caller(PHONE_POOL)
    await challenged(pool)
    with refused(*INVALID):
        await pool.answer("made-up-session-of-some-length")


async def test_user_goes_away_meanwhile() -> None:
    """A session does not outlive its user's right to sign in."""
    for client, refusal in (
        (Client(), ("NotAuthorizedException", "Incorrect username or password.")),
        (LEGACY, ("UserNotFoundException", "User does not exist.")),
    ):
        pool = Caller(attrs.evolve(PHONE_POOL, client=client))
        session = await challenged(pool)
        pool.simulator.disable_user(PHONE)
        with refused("NotAuthorizedException", "User is disabled."):
            await pool.answer(session)
        pool.simulator.delete_user(PHONE)
        with refused(*refusal):
            await pool.answer(session)


@pytest.mark.parametrize(
    ("responses", "session", "missing"),
    [
        ({"SMS_MFA_CODE": "123456"}, "s" * 20, "USERNAME"),
        ({"USERNAME": PHONE, "SMS_MFA_CODE": "123456"}, None, "Session"),
    ],
)
async def test_missing_parameter(responses: dict[str, str], session: str | None, missing: str) -> None:
    """What every answer needs is asked for by name."""
    with refused("InvalidParameterException", f"Missing required parameter {missing}"):
        await Caller(PHONE_POOL).call(
            "RespondToAuthChallenge", ChallengeName="SMS_MFA", Session=session, ChallengeResponses=responses
        )


async def test_missing_code() -> None:
    """An answer without a code is asked for one, and does not count as a wrong one."""
    pool = Caller(PHONE_POOL)
    session = await challenged(pool)
    for _ in range(6):
        with refused("InvalidParameterException", "Missing required parameter SMS_MFA_CODE"):
            await pool.call(
                "RespondToAuthChallenge",
                ChallengeName="SMS_MFA",
                Session=session,
                ChallengeResponses={"USERNAME": PHONE},
            )
    assert "AuthenticationResult" in await pool.answer(session)


async def test_five_wrong_codes_lock_out() -> None:
    """After five wrong codes both codes and passwords have to wait; a right password does not end the count."""
    pool = Caller(PHONE_POOL)
    session = await challenged(pool)
    for _ in range(4):
        with refused(*MISMATCH):
            await pool.answer(session, wrong(pool.code))
    session = (await pool.sign_in(PHONE))["Session"]
    with refused(*MISMATCH):
        await pool.answer(session, wrong(pool.code))
    with refused(*LOCKED):
        await pool.answer(session)
    with refused(*LOCKED):
        await pool.sign_in(PHONE)
    pool.pass_time(seconds=1)
    assert "AuthenticationResult" in await pool.answer(session)


async def test_right_code_resets_the_count() -> None:
    """After the right code four wrong ones are free again."""
    pool = Caller(PHONE_POOL)
    await pool.confirmed(PHONE)
    for _ in range(3):
        session = (await pool.sign_in(PHONE))["Session"]
        for _ in range(4):
            with refused(*MISMATCH):
                await pool.answer(session, wrong(pool.code))
        await pool.answer(session)


async def test_answer_verifies_the_phone() -> None:
    """Answering an SMS code marks the phone number verified, which needs no other verification."""
    pool = Caller(REQUIRED)
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    tokens = await pool.tokens()
    attributes = await pool.attributes(tokens["AccessToken"])
    assert attributes["phone_number_verified"] == "true"


async def test_answer_makes_the_phone_an_alias() -> None:
    """Where the phone is an alias, the one that was answered from signs in; a second holder's stays unverified."""
    settings = PoolSettings(
        sign_in=SignIn(alias_attributes=("phone_number",)), verification=VERIFY_EMAIL, mfa=SMS_REQUIRED
    )
    pool = Caller(settings)
    await pool.confirmed("one", email=EMAIL, phone_number=PHONE)
    await pool.confirmed("two", email="two@example.com", phone_number=PHONE)
    verified = []
    for name in ("one", "two"):
        attributes = await pool.attributes((await pool.tokens(name))["AccessToken"])
        verified.append(attributes["phone_number_verified"])
    assert verified == ["true", "false"]
    assert (await pool.sign_in(PHONE))["ChallengeParameters"]["USER_ID_FOR_SRP"] == "one"


async def test_required_without_phone() -> None:
    """Where SMS MFA is required, a user without a phone is asked to set up what cannot be set up."""
    pool = Caller(REQUIRED)
    await pool.confirmed(email=EMAIL)
    answer = await pool.sign_in()
    parameters = answer["ChallengeParameters"]
    assert (answer["ChallengeName"], parameters["USER_ID_FOR_SRP"]) == ("MFA_SETUP", NAME)
    assert json.loads(parameters["MFAS_CAN_SETUP"]) == ["SMS_MFA"]
    with refused("InvalidParameterException", "No second factor has been set up in this session"):
        await pool.call(
            "RespondToAuthChallenge",
            ChallengeName="MFA_SETUP",
            Session=answer["Session"],
            ChallengeResponses={"USERNAME": NAME},
        )


async def test_optional_is_up_to_the_user() -> None:
    """Where MFA is optional, a code is asked for between switching it on and switching it off."""
    pool = Caller(OPTIONAL)
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    tokens = await pool.tokens()
    await prefer(pool, tokens["AccessToken"], enabled=True, preferred=True)
    answer = await pool.sign_in()
    assert answer["ChallengeName"] == "SMS_MFA"
    assert "AuthenticationResult" in await pool.answer(answer["Session"], username=NAME)
    await prefer(pool, tokens["AccessToken"], enabled=False)
    assert "AuthenticationResult" in await pool.sign_in()


async def test_preference_shows_in_get_user() -> None:
    """GetUser lists the active factor and names the preferred one; without any, the members are absent."""
    pool = Caller(OPTIONAL)
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    token = (await pool.tokens())["AccessToken"]
    seen = []
    for enabled, preferred in ((False, False), (True, False), (True, True), (False, True)):
        await prefer(pool, token, enabled=enabled, preferred=preferred)
        user = await pool.call("GetUser", AccessToken=token)
        seen.append((user.get("UserMFASettingList"), user.get("PreferredMfaSetting")))
    assert seen == [(None, None), (["SMS_MFA"], None), (["SMS_MFA"], "SMS_MFA"), (None, None)]


async def test_omitted_settings_stay() -> None:
    """A preference without SMS settings changes nothing."""
    pool = Caller(OPTIONAL)
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    token = (await pool.tokens())["AccessToken"]
    await prefer(pool, token, enabled=True)
    assert await pool.call("SetUserMFAPreference", AccessToken=token) == {}
    assert (await pool.sign_in())["ChallengeName"] == "SMS_MFA"


async def test_preference_needs_a_phone() -> None:
    """SMS MFA cannot be switched on without a phone number."""
    pool = Caller(OPTIONAL)
    await pool.confirmed(email=EMAIL)
    token = (await pool.tokens())["AccessToken"]
    with refused("InvalidParameterException", "User does not have a phone_number set to turn on SMS MFA"):
        await prefer(pool, token, enabled=True)


async def test_required_cannot_be_switched_off() -> None:
    """Where the pool requires MFA, a user may prefer SMS, but not switch it off."""
    pool = Caller(REQUIRED)
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    token = (await pool.tokens())["AccessToken"]
    await prefer(pool, token, enabled=True, preferred=True)
    with refused("InvalidParameterException", "MFA is required for the user pool and cannot be turned off for a user"):
        await prefer(pool, token, enabled=False)


async def test_pool_without_mfa() -> None:
    """Where MFA is off, there is nothing to prefer."""
    pool = Caller()
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    token = (await pool.tokens())["AccessToken"]
    with refused("InvalidParameterException", "MFA is turned off for the user pool"):
        await prefer(pool, token, enabled=True)


@pytest.mark.parametrize(
    ("member", "factor"), [("SoftwareTokenMfaSettings", "SOFTWARE_TOKEN_MFA"), ("EmailMfaSettings", "EMAIL_OTP")]
)
async def test_factor_that_the_pool_lacks(member: str, factor: str) -> None:
    """A factor that the pool does not offer cannot be switched on; switching it off is no change."""
    pool = Caller(OPTIONAL)
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    token = (await pool.tokens())["AccessToken"]
    with refused("InvalidParameterException", f"User does not have delivery config set to turn on {factor}"):
        await pool.call("SetUserMFAPreference", AccessToken=token, **{member: {"Enabled": True}})
    assert await pool.call("SetUserMFAPreference", AccessToken=token, **{member: {"Enabled": False}}) == {}
