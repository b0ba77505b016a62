"""AssociateSoftwareToken and VerifySoftwareToken, by access token and within a sign-in."""

from __future__ import annotations

import re
from typing import Any

import attrs
import pyotp
import pytest
from simulated import EMAIL, LEGACY, NAME, SMS_OPTIONAL, VERIFY_EMAIL, Caller, refused, wrong

from flowengine.settings import Mfa, PoolSettings

MISMATCH = ("EnableSoftwareTokenMFAException", "Code mismatch")
NOT_OFFERED = ("SoftwareTokenMFANotFoundException", "Software Token MFA has not been enabled by the userPool")
EITHER = ("InvalidParameterException", "The request needs either an access token or a session")
SESSION_USED = ("NotAuthorizedException", "Invalid session for the user, session can only be used once.")

TOTP_OPTIONAL = PoolSettings(verification=VERIFY_EMAIL, mfa=Mfa(mode="optional", factors=("totp",)))
TOTP_REQUIRED = PoolSettings(verification=VERIFY_EMAIL, mfa=Mfa(mode="required", factors=("totp",)))


def shown_code(pool: Caller, secret: str, *, later: float = 0) -> str:
    """Return what the authenticator app shows, at the pool's time or some seconds later."""
    return pyotp.TOTP(secret).at(int(pool.simulator.clock.now() + later))


async def asked_to_set_up(pool: Caller) -> str:
    """Sign a user up and in, up to MFA_SETUP; return the session."""
    await pool.confirmed(email=EMAIL)
    answer = await pool.sign_in()
    assert answer["ChallengeName"] == "MFA_SETUP"
    return str(answer["Session"])


async def test_registered_by_access_token() -> None:
    """The right code registers the app, which is not yet a second factor; switched on, it is."""
    pool = Caller(TOTP_OPTIONAL)
    who = {"AccessToken": await pool.signed_in(email=EMAIL)}
    answer = await pool.call("AssociateSoftwareToken", **who)
    assert answer.keys() == {"SecretCode"}
    code = shown_code(pool, answer["SecretCode"])
    assert await pool.call("VerifySoftwareToken", UserCode=code, **who) == {"Status": "SUCCESS"}
    assert "AuthenticationResult" in await pool.sign_in()
    await pool.call("SetUserMFAPreference", SoftwareTokenMfaSettings={"Enabled": True}, **who)
    assert (await pool.sign_in())["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


async def test_secret() -> None:
    """Each secret is another one, in Base32 and long enough for its shape."""
    pool = Caller(TOTP_OPTIONAL)
    who = {"AccessToken": await pool.signed_in(email=EMAIL)}
    first, second = [(await pool.call("AssociateSoftwareToken", **who))["SecretCode"] for _ in range(2)]
    assert first != second
    assert re.fullmatch(r"[A-Z2-7]{32,}", first)


async def test_new_secret_voids_old() -> None:
    """Only the newest secret can be verified."""
    pool = Caller(TOTP_OPTIONAL)
    who = {"AccessToken": await pool.signed_in(email=EMAIL)}
    old, new = [(await pool.call("AssociateSoftwareToken", **who))["SecretCode"] for _ in range(2)]
    with refused(*MISMATCH):
        await pool.call("VerifySoftwareToken", UserCode=shown_code(pool, old), **who)
    await pool.call("VerifySoftwareToken", UserCode=shown_code(pool, new), **who)


async def test_nothing_to_verify() -> None:
    """Without a secret no code is right, also once it has been verified."""
    pool = Caller(TOTP_OPTIONAL)
    who = {"AccessToken": await pool.signed_in(email=EMAIL)}
    with refused(*MISMATCH):
        await pool.call("VerifySoftwareToken", UserCode="123456", **who)
    code = shown_code(pool, (await pool.call("AssociateSoftwareToken", **who))["SecretCode"])
    await pool.call("VerifySoftwareToken", UserCode=code, **who)
    with refused(*MISMATCH):
        await pool.call("VerifySoftwareToken", UserCode=code, **who)


@pytest.mark.parametrize(("later", "accepted"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
async def test_clocks_may_differ_by_a_step(later: float, accepted: bool) -> None:  # noqa: FBT001 (a case of the test)
    """A code is accepted one step early or late, no more."""
    pool = Caller(TOTP_OPTIONAL)
    who = {"AccessToken": await pool.signed_in(email=EMAIL)}
    secret = (await pool.call("AssociateSoftwareToken", **who))["SecretCode"]
    request = {"UserCode": shown_code(pool, secret, later=later), **who}
    if accepted:
        await pool.call("VerifySoftwareToken", **request)
        return
    with refused(*MISMATCH):
        await pool.call("VerifySoftwareToken", **request)


async def test_code_of_the_registration_does_not_sign_in() -> None:
    """The code that registered the app was used, and is not good for a sign-in as well."""
    pool = Caller(TOTP_OPTIONAL)
    who = {"AccessToken": await pool.signed_in(email=EMAIL)}
    secret = (await pool.call("AssociateSoftwareToken", **who))["SecretCode"]
    code = shown_code(pool, secret)
    await pool.call("VerifySoftwareToken", UserCode=code, FriendlyDeviceName="phone", **who)
    await pool.call("SetUserMFAPreference", SoftwareTokenMfaSettings={"Enabled": True}, **who)
    asked = await pool.sign_in()
    assert asked["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"] == "phone"
    with refused("ExpiredCodeException", "Your software token has already been used once."):
        await pool.respond(asked, SOFTWARE_TOKEN_MFA_CODE=code)
    pool.pass_time(seconds=30)
    answer = await pool.respond(asked, SOFTWARE_TOKEN_MFA_CODE=shown_code(pool, secret))
    assert "AuthenticationResult" in answer


async def test_set_up_within_a_sign_in() -> None:
    """A user without factor sets up an app within the sign-in, each step with the session of the one before."""
    pool = Caller(TOTP_REQUIRED)
    session = await asked_to_set_up(pool)
    associated = await pool.call("AssociateSoftwareToken", Session=session)
    code = shown_code(pool, associated["SecretCode"])
    verified = await pool.call("VerifySoftwareToken", Session=associated["Session"], UserCode=code)
    assert verified["Status"] == "SUCCESS"
    answer = await pool.respond({"ChallengeName": "MFA_SETUP", "Session": verified["Session"]})
    assert "AuthenticationResult" in answer
    assert (await pool.user())["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
    assert len({session, associated["Session"], verified["Session"]}) == 3


async def test_sessions_are_spent() -> None:
    """A session leads on once; a wrong code leaves it good."""
    pool = Caller(TOTP_REQUIRED)
    session = await asked_to_set_up(pool)
    associated = await pool.call("AssociateSoftwareToken", Session=session)
    with refused(*SESSION_USED):
        await pool.call("AssociateSoftwareToken", Session=session)
    code = shown_code(pool, associated["SecretCode"])
    request = {"Session": associated["Session"], "UserCode": code}
    with refused(*MISMATCH):
        await pool.call("VerifySoftwareToken", **request | {"UserCode": wrong(code)})
    await pool.call("VerifySoftwareToken", **request)
    with refused(*SESSION_USED):
        await pool.call("VerifySoftwareToken", **request)


async def test_session_of_another_challenge() -> None:
    """A session that asks for something else sets up nothing."""
    pool = Caller(PoolSettings(verification=VERIFY_EMAIL, mfa=Mfa(mode="optional", factors=("totp",))))
    pool.simulator.create_user(NAME, attributes={"email": EMAIL})
    asked = await pool.sign_in(password=pool.code)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        await pool.call("AssociateSoftwareToken", Session=asked["Session"])


@pytest.mark.parametrize("operation", ["AssociateSoftwareToken", "VerifySoftwareToken"])
async def test_user_is_gone(operation: str) -> None:
    """The session of a user who was disabled meanwhile is of no use."""
    pool = Caller(TOTP_REQUIRED)
    session = await asked_to_set_up(pool)
    pool.simulator.disable_user(NAME)
    with refused("NotAuthorizedException", "User is disabled."):
        await pool.call(operation, Session=session, UserCode="123456")


@pytest.mark.parametrize(
    ("operation", "refusal"),
    [
        ("AssociateSoftwareToken", ("NotAuthorizedException", "Invalid session for the user.")),
        ("VerifySoftwareToken", ("UserNotFoundException", "User does not exist.")),
    ],
)
async def test_user_was_deleted(operation: str, refusal: tuple[str, str]) -> None:
    """Where users are not hidden, a deleted one is told with an exception that the operation declares."""
    pool = Caller(attrs.evolve(TOTP_REQUIRED, client=LEGACY))
    session = await asked_to_set_up(pool)
    pool.simulator.delete_user(NAME)
    with refused(*refusal):
        await pool.call(operation, Session=session, UserCode="123456")


@pytest.mark.parametrize("operation", ["AssociateSoftwareToken", "VerifySoftwareToken"])
async def test_pool_without_apps(operation: str) -> None:
    """A pool that does not offer authenticator apps says so."""
    pool = Caller(PoolSettings(verification=VERIFY_EMAIL, mfa=SMS_OPTIONAL))
    access_token = await pool.signed_in(email=EMAIL)
    with refused(*NOT_OFFERED):
        await pool.call(operation, AccessToken=access_token, UserCode="123456")


@pytest.mark.parametrize("operation", ["AssociateSoftwareToken", "VerifySoftwareToken"])
@pytest.mark.parametrize("who", [{}, {"AccessToken": "some.access.token", "Session": "a session of twenty characters"}])
async def test_token_or_session(operation: str, who: dict[str, Any]) -> None:
    """A request comes by an access token or within a session, not by neither and not by both."""
    with refused(*EITHER):
        await Caller(TOTP_OPTIONAL).call(operation, UserCode="123456", **who)


async def test_administrator_takes_the_app_away() -> None:
    """Without the app the user signs in by the password alone, and cannot prefer the app any more."""
    pool = Caller(TOTP_OPTIONAL)
    who = {"AccessToken": await pool.signed_in(email=EMAIL)}
    secret = (await pool.call("AssociateSoftwareToken", **who))["SecretCode"]
    await pool.call("VerifySoftwareToken", UserCode=shown_code(pool, secret), **who)
    wanted = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    await pool.call("SetUserMFAPreference", **wanted, **who)
    await pool.call("AdminDeleteSoftwareToken", Username=NAME)
    assert "PreferredMfaSetting" not in await pool.user()
    assert "AuthenticationResult" in await pool.sign_in()
    with refused("InvalidParameterException", "User has not verified software token mfa"):
        await pool.call("SetUserMFAPreference", **wanted, **who)
