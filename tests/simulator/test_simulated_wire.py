"""The same pool behind a real aioboto3 client: modelled exceptions, equal answers, faults, no network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import attrs
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from simulated import (
    EMAIL,
    EMAIL_POOL,
    LEGACY,
    NAME,
    PASSWORD,
    PHONE,
    PHONE_POOL,
    VERIFY_EMAIL,
    WITH_SECRET,
    WRONG_PASSWORD,
    Caller,
    wrong,
)

from flowengine.errors import CognitoRefusal
from flowengine.settings import Client, PoolSettings, SignIn
from flowengine.simulator import Simulator
from flowengine.simulator.pool import secret_hash

NO_RETRIES = Config(retries={"total_max_attempts": 1, "mode": "standard"})


class WireCaller(Caller):
    """A caller whose requests go through a real aioboto3 client."""

    client: Any

    async def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Call any operation, adding what the direct driver would add."""
        full = self.driver._completed(operation, request)
        answer: dict[str, Any] = await getattr(self.client, xform_name(operation))(**full)
        assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
        return answer


@asynccontextmanager
async def wired(settings: PoolSettings = EMAIL_POOL) -> AsyncIterator[WireCaller]:
    """Open a client of a new pool."""
    pool = WireCaller(settings)
    async with pool.simulator.session().client("cognito-idp", config=NO_RETRIES) as client:
        pool.client = client
        yield pool


async def walk(pool: Caller) -> list[Any]:
    """Do every operation successfully; return the answers."""
    seen: list[Any] = [await pool.sign_up(PHONE), await pool.resend(PHONE), await pool.confirm(PHONE)]
    seen.append(await pool.sign_in(PHONE))
    seen.append(await pool.answer(seen[-1]["Session"]))
    tokens = seen[-1]["AuthenticationResult"]
    access = {"AccessToken": tokens["AccessToken"]}
    seen.append(await pool.call("GetTokensFromRefreshToken", RefreshToken=tokens["RefreshToken"]))
    seen.append(await pool.call("SetUserMFAPreference", **access, SMSMfaSettings={"Enabled": True}))
    seen.append(await pool.call("GetUser", **access))
    seen.append(await pool.call("GlobalSignOut", **access))
    return seen


@pytest.mark.parametrize("client", [PHONE_POOL.client, WITH_SECRET], ids=["public", "with a secret"])
async def test_answers_equal_the_direct_drivers(client: Any) -> None:
    """Every operation answers over the wire what it answers the direct driver, for the same seed."""
    settings = attrs.evolve(PHONE_POOL, client=client)
    async with wired(settings) as pool:
        assert await walk(pool) == await walk(Caller(settings))


async def test_signed_requests() -> None:
    """Operations for administrators, whose requests are signed, are answered alike."""
    client = Client(explicit_auth_flows=("ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH"))
    settings = PoolSettings(verification=VERIFY_EMAIL, client=client)
    parameters = {"USERNAME": NAME, "PASSWORD": PASSWORD}
    async with wired(settings) as pool:
        for caller in (pool, Caller(settings)):
            await caller.confirmed(email=EMAIL)
            request = {"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters}
            assert "AuthenticationResult" in await caller.call("AdminInitiateAuth", **request)
            choice = await caller.start("USER_AUTH")
            assert choice["AvailableChallenges"] == ["PASSWORD_SRP", "PASSWORD"]


async def taken(pool: Caller) -> None:
    """Sign up a username twice."""
    await pool.sign_up()
    await pool.sign_up()


async def weak(pool: Caller) -> None:
    """Sign up with a weak password."""
    await pool.sign_up(password="password")


async def short(pool: Caller) -> None:
    """Sign up with a password that is too short for the model."""
    await pool.sign_up(password="pass")


async def mistyped(pool: Caller) -> None:
    """Confirm with a wrong code."""
    await pool.sign_up(email=EMAIL)
    await pool.confirm(code=wrong(pool.code))


async def late(pool: Caller) -> None:
    """Confirm with an expired code."""
    await pool.sign_up(email=EMAIL)
    pool.pass_time(hours=24)
    await pool.confirm()


async def insistent(pool: Caller) -> None:
    """Ask for a code too often."""
    await pool.sign_up(email=EMAIL)
    for _ in range(6):
        await pool.resend()


async def unconfirmed(pool: Caller) -> None:
    """Sign in before the confirmation."""
    await pool.sign_up(email=EMAIL)
    await pool.sign_in()


async def unauthorized(pool: Caller) -> None:
    """Sign in with a wrong password."""
    await pool.confirmed(email=EMAIL)
    await pool.sign_in(password=WRONG_PASSWORD)


async def unknown(pool: Caller) -> None:
    """Sign in as nobody."""
    await pool.sign_in()


async def astray(pool: Caller) -> None:
    """Call as a client that the pool does not have."""
    await pool.call("ResendConfirmationCode", ClientId="stranger", Username=NAME)


async def contested(pool: Caller) -> None:
    """Confirm with an alias that is taken."""
    await pool.confirmed("one", email=EMAIL)
    await pool.confirmed("two", email=EMAIL)


async def throttled(pool: Caller) -> None:
    """Meet the rate limit."""
    pool.simulator.fail_next("throttled")
    await pool.sign_up()


LEGACY_POOL = PoolSettings(verification=VERIFY_EMAIL, client=LEGACY)
ALIAS_POOL = PoolSettings(sign_in=SignIn(alias_attributes=("email",)), verification=VERIFY_EMAIL)


@pytest.mark.parametrize(
    ("act", "exception", "settings"),
    [
        (taken, "UsernameExistsException", EMAIL_POOL),
        (weak, "InvalidPasswordException", EMAIL_POOL),
        (short, "InvalidParameterException", EMAIL_POOL),
        (mistyped, "CodeMismatchException", EMAIL_POOL),
        (late, "ExpiredCodeException", EMAIL_POOL),
        (insistent, "LimitExceededException", EMAIL_POOL),
        (unconfirmed, "UserNotConfirmedException", EMAIL_POOL),
        (unauthorized, "NotAuthorizedException", EMAIL_POOL),
        (unknown, "UserNotFoundException", LEGACY_POOL),
        (astray, "ResourceNotFoundException", EMAIL_POOL),
        (contested, "AliasExistsException", ALIAS_POOL),
        (throttled, "TooManyRequestsException", EMAIL_POOL),
    ],
)
async def test_modelled_exceptions(act: Any, exception: str, settings: PoolSettings) -> None:
    """A refusal raises the client's own exception class, with the message that the direct driver gives."""
    with pytest.raises(CognitoRefusal) as direct:
        await act(Caller(settings))
    async with wired(settings) as pool:
        with pytest.raises(getattr(pool.client.exceptions, exception)) as caught:
            await act(pool)
    error = caught.value.response
    assert (error["Error"]["Code"], error["Error"]["Message"]) == (exception, direct.value.message)
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(
    ("fault", "error", "effects"),
    [
        ("lost_before", ReadTimeoutError, 0),
        ("lost_after", ReadTimeoutError, 1),
        ("unreachable", EndpointConnectionError, 0),
    ],
)
async def test_faults(fault: Any, error: type[Exception], effects: int) -> None:
    """A fault is raised as botocore would raise it; what takes effect takes it once."""
    async with wired() as pool:
        pool.simulator.fail_next(fault)
        with pytest.raises(error):
            await pool.sign_up(email=EMAIL)
        assert len(pool.simulator.outbox) == effects


async def test_unknown_operation() -> None:
    """An operation that the pool does not answer raises a modelled exception, signed requests included."""
    async with wired() as pool:
        with pytest.raises(pool.client.exceptions.UnsupportedOperationException):
            await pool.client.list_users(UserPoolId=pool.simulator.user_pool_id)


async def test_machine_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No profile, configuration file or credential of the machine is looked for."""
    monkeypatch.setenv("AWS_PROFILE", "missing")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/missing")
    async with wired() as pool:
        assert (await pool.sign_up())["UserConfirmed"] is False


async def test_one_session_serves_many_clients() -> None:
    """Clients of one session call the same pool, and those of another session do not."""
    simulator, other = Simulator(EMAIL_POOL), Simulator(EMAIL_POOL)
    session = simulator.session()
    for number in range(2):
        async with session.client("cognito-idp") as client:
            await client.sign_up(ClientId=simulator.client_id, Username=f"user-{number}", Password=PASSWORD)
    async with other.session().client("cognito-idp") as client:
        await client.sign_up(ClientId=other.client_id, Username="user-0", Password=PASSWORD)


async def test_secret_hash_over_the_wire() -> None:
    """A client with a secret is told when the proof is missing, and let in with it."""
    simulator = Simulator(PoolSettings(client=WITH_SECRET))
    assert simulator.client_secret is not None
    request = {"ClientId": simulator.client_id, "Username": NAME, "Password": PASSWORD}
    async with simulator.session().client("cognito-idp", config=NO_RETRIES) as client:
        with pytest.raises(ClientError, match="is configured with secret but SECRET_HASH was not received"):
            await client.sign_up(**request)
        proof = secret_hash(simulator.client_secret, NAME, simulator.client_id)
        assert (await client.sign_up(**request, SecretHash=proof))["UserConfirmed"] is False
