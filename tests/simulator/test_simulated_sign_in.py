"""InitiateAuth: the ladder of refusals, the flows, the lock-out, the client's secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import attrs
import pytest
from simulated import (
    EMAIL,
    LEGACY,
    NAME,
    PASSWORD,
    PHONE,
    PHONE_POOL,
    VERIFY_EMAIL,
    WITH_SECRET,
    WRONG_PASSWORD,
    Caller,
    refused,
)

from flowengine.errors import CognitoRefusal
from flowengine.settings import Assumptions, Client, PoolSettings
from flowengine.simulator.pool import secret_hash
from flowengine.simulator.refusals import PoolError

WRONG_CREDENTIALS = ("NotAuthorizedException", "Incorrect username or password.")
DISABLED = ("NotAuthorizedException", "User is disabled.")
UNCONFIRMED = ("UserNotConfirmedException", "User is not confirmed.")
LOCKED = ("NotAuthorizedException", "Password attempts exceeded")
NO_USER = ("UserNotFoundException", "User does not exist.")

LEGACY_EMAIL = PoolSettings(verification=VERIFY_EMAIL, client=LEGACY)
SECRET_EMAIL = PoolSettings(verification=VERIFY_EMAIL, client=WITH_SECRET)


async def fail(pool: Caller, times: int, username: str = NAME) -> None:
    """Try a wrong password some times, waiting out each lock-out and trying once too early."""
    for number in range(1, times + 1):
        with refused(*WRONG_CREDENTIALS):
            await pool.sign_in(username, WRONG_PASSWORD)
        if 5 <= number < times:
            await wait_out(pool, min(2 ** (number - 5), 900), username)


async def wait_out(pool: Caller, seconds: float, username: str = NAME) -> None:
    """Expect that the user is locked out for exactly so long."""
    pool.pass_time(seconds=seconds - 0.5)
    with refused(*LOCKED):
        await pool.sign_in(username)
    pool.pass_time(seconds=0.5)


async def test_right_password_gives_tokens() -> None:
    """Without MFA the password is enough."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    answer = await pool.sign_in()
    assert answer.keys() == {"ChallengeParameters", "AuthenticationResult"}
    assert answer["ChallengeParameters"] == {}
    result = answer["AuthenticationResult"]
    assert result.keys() == {"AccessToken", "IdToken", "RefreshToken", "TokenType", "ExpiresIn"}
    assert (result["TokenType"], result["ExpiresIn"]) == ("Bearer", 3600)


async def test_sub_signs_in() -> None:
    """The `sub` serves as a username."""
    pool = Caller()
    sub = await pool.confirmed(email=EMAIL)
    assert "AuthenticationResult" in await pool.sign_in(sub)


async def test_unknown_user() -> None:
    """An unknown user is told apart only where the client does not hide users."""
    with refused(*WRONG_CREDENTIALS):
        await Caller().sign_in()
    with refused(*NO_USER):
        await Caller(LEGACY_EMAIL).sign_in()


async def test_unconfirmed_user() -> None:
    """That a user is unconfirmed shows after the right password only."""
    pool = Caller()
    await pool.sign_up(email=EMAIL)
    with refused(*WRONG_CREDENTIALS):
        await pool.sign_in(password=WRONG_PASSWORD)
    with refused(*UNCONFIRMED):
        await pool.sign_in()


async def test_disabled_user_hidden() -> None:
    """Where the client hides users, that one is disabled shows after the right password only."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    pool.simulator.disable_user(NAME)
    with refused(*WRONG_CREDENTIALS):
        await pool.sign_in(password=WRONG_PASSWORD)
    with refused(*DISABLED):
        await pool.sign_in()
    pool.simulator.enable_user(NAME)
    assert "AuthenticationResult" in await pool.sign_in()


async def test_disabled_user_legacy() -> None:
    """Where the client does not hide users, a disabled one shows whatever the password, and before the status."""
    pool = Caller(LEGACY_EMAIL)
    await pool.sign_up(email=EMAIL)
    pool.simulator.disable_user(NAME)
    for password in (PASSWORD, WRONG_PASSWORD):
        with refused(*DISABLED):
            await pool.sign_in(password=password)


async def test_deleted_user() -> None:
    """A deleted user is unknown, and the username free."""
    pool = Caller(LEGACY_EMAIL)
    await pool.confirmed(email=EMAIL)
    pool.simulator.delete_user(NAME)
    with refused(*NO_USER):
        await pool.sign_in()
    await pool.confirmed(email=EMAIL)


async def test_deleted_contact() -> None:
    """Deleting a user frees the contact that was the username, and no other user's."""
    pool = Caller(PHONE_POOL)
    await pool.confirmed(PHONE)
    await pool.confirmed("+15555550199")
    pool.simulator.delete_user(PHONE)
    with refused(*WRONG_CREDENTIALS):
        await pool.sign_in(PHONE)
    assert (await pool.sign_in("+15555550199"))["ChallengeName"] == "SMS_MFA"
    await pool.sign_up(PHONE)


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"])
async def test_flow_that_client_does_not_allow(flow: str) -> None:
    """A flow that the client does not allow is refused by name."""
    pool = Caller(PoolSettings(client=Client(explicit_auth_flows=("ALLOW_USER_PASSWORD_AUTH",))))
    with refused("InvalidParameterException", f"{flow} flow not enabled for this client"):
        await pool.start(flow)


async def test_flow_refused_in_another_way() -> None:
    """The exception for a flow that the client does not allow is an assumption that can be changed."""
    assumptions = Assumptions(flow_not_enabled_exception="NotAuthorizedException")
    with refused("NotAuthorizedException", "Auth flow not enabled for this client"):
        await Caller(PoolSettings(assumptions=assumptions)).start("USER_SRP_AUTH")


@pytest.mark.parametrize("flow", ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])
async def test_flow_of_administrators(flow: str) -> None:
    """A flow that belongs to AdminInitiateAuth is refused here."""
    with refused("InvalidParameterException", "Initiate Auth method not supported."):
        await Caller().call("InitiateAuth", AuthFlow=flow, AuthParameters={"USERNAME": NAME})


@pytest.mark.parametrize(
    ("parameters", "missing"),
    [(None, "USERNAME"), ({"PASSWORD": PASSWORD}, "USERNAME"), ({"USERNAME": NAME, "PASSWORD": ""}, "PASSWORD")],
)
async def test_missing_parameter(parameters: dict[str, str] | None, missing: str) -> None:
    """A parameter that the flow needs is asked for by name."""
    with refused("InvalidParameterException", f"Missing required parameter {missing}"):
        await Caller().call("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)


@pytest.mark.parametrize(("failures", "wait"), [(5, 1), (6, 2), (7, 4), (10, 32), (14, 512), (15, 900), (17, 900)])
async def test_each_failure_doubles_the_wait(failures: int, wait: int) -> None:
    """After five failures the right password has to wait a second, then twice as long each time, up to 15 minutes."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    await fail(pool, failures)
    with refused(*LOCKED):
        await pool.sign_in()
    await wait_out(pool, wait)
    assert "AuthenticationResult" in await pool.sign_in()


async def test_attempts_while_locked_do_not_count() -> None:
    """What is tried during the wait makes it no longer."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    await fail(pool, 5)
    for _ in range(10):
        with refused(*LOCKED):
            await pool.sign_in(password=WRONG_PASSWORD)
    pool.pass_time(seconds=1)
    assert "AuthenticationResult" in await pool.sign_in()


async def test_right_password_resets_the_count() -> None:
    """After the right password four wrong ones are free again."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    for _ in range(3):
        await fail(pool, 4)
        await pool.sign_in()


@pytest.mark.parametrize(("idle", "wait"), [(899, 1), (900, 0)])
async def test_quiet_quarter_of_an_hour_resets_the_count(idle: int, wait: int) -> None:
    """After 15 minutes without an attempt the next failure is the first again."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    await fail(pool, 4)
    pool.pass_time(seconds=idle)
    await fail(pool, 1)
    if wait:
        await wait_out(pool, wait)
    assert "AuthenticationResult" in await pool.sign_in()


async def test_one_user_does_not_lock_another() -> None:
    """The lock-out is the user's own."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    await pool.confirmed("two", email="two@example.com")
    await fail(pool, 5)
    assert "AuthenticationResult" in await pool.sign_in("two")


async def test_other_name_of_the_same_user_is_locked_too() -> None:
    """Failures count for the user, under whatever name they were made."""
    pool = Caller()
    sub = await pool.confirmed(email=EMAIL)
    await fail(pool, 5)
    with refused(*LOCKED):
        await pool.sign_in(sub)


async def test_unknown_user_locks_alike() -> None:
    """Five wrong passwords tell a known user from an unknown one in no way."""
    transcripts = []
    for known in (True, False):
        pool = Caller()
        if known:
            await pool.confirmed(email=EMAIL)
        transcript = []
        for wait in (0, 0, 0, 0, 0, 0.5, 0.5, 0, 1, 1, 0, 900, 0, 0, 0, 0, 0):
            pool.pass_time(seconds=wait)
            with pytest.raises(CognitoRefusal) as caught:
                await pool.sign_in(password=WRONG_PASSWORD)
            transcript.append(str(caught.value))
        transcripts.append(transcript)
    assert transcripts[0] == transcripts[1]
    assert {str(CognitoRefusal(*LOCKED)), str(CognitoRefusal(*WRONG_CREDENTIALS))} == set(transcripts[0])


async def raw(pool: Caller, operation: str, **request: object) -> dict[str, object]:
    """Call without the members that the driver adds."""
    return pool.simulator.handle(operation, {"ClientId": pool.simulator.client_id, **request})


@pytest.mark.parametrize(
    ("operation", "request_", "within", "member"),
    [
        ("SignUp", {"Username": NAME, "Password": PASSWORD}, None, "SecretHash"),
        ("ConfirmSignUp", {"Username": NAME, "ConfirmationCode": "123456"}, None, "SecretHash"),
        ("ResendConfirmationCode", {"Username": NAME}, None, "SecretHash"),
        (
            "InitiateAuth",
            {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": NAME, "PASSWORD": PASSWORD}},
            "AuthParameters",
            "SECRET_HASH",
        ),
        (
            "RespondToAuthChallenge",
            {
                "ChallengeName": "SMS_MFA",
                "Session": "s" * 20,
                "ChallengeResponses": {"USERNAME": NAME, "SMS_MFA_CODE": "123456"},
            },
            "ChallengeResponses",
            "SECRET_HASH",
        ),
    ],
)
async def test_secret_hash_is_demanded(
    operation: str, request_: dict[str, Any], within: str | None, member: str
) -> None:
    """A client with a secret has to prove it; the proof is bound to the username."""
    pool = Caller(SECRET_EMAIL)
    client = pool.simulator.client_id
    with pytest.raises(PoolError) as missing:
        await raw(pool, operation, **request_)
    assert str(missing.value) == (
        f"NotAuthorizedException: Client {client} is configured with secret but SECRET_HASH was not received"
    )
    proof = {member: secret_hash("another secret", NAME, client)}
    with pytest.raises(PoolError) as wrong:
        await raw(pool, operation, **(request_ | ({within: request_[within] | proof} if within else proof)))
    assert str(wrong.value) == f"NotAuthorizedException: Unable to verify secret hash for client {client}"


async def test_driver_proves_the_secret() -> None:
    """The direct driver computes every secret hash, from the username that is sent."""
    settings = attrs.evolve(PHONE_POOL, client=WITH_SECRET)
    pool = Caller(settings)
    sub = await pool.confirmed(PHONE)
    assert pool.simulator.client_secret is not None
    for name in (PHONE, sub):
        session = (await pool.sign_in(PHONE))["Session"]
        assert "AuthenticationResult" in await pool.answer(session, username=name)


def test_secret_hash_value() -> None:
    """The secret hash is the Base64 of an HMAC-SHA256 of username and client id."""
    digest = hmac.new(b"secret", b"adaclient", hashlib.sha256).digest()
    assert secret_hash("secret", "ada", "client") == base64.b64encode(digest).decode()
