"""The driver on a real aioboto3 client, answered by the embedded pool."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import aioboto3
import attrs
import pytest
from aiobotocore.session import AioSession
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)

import flowengine as fe
from flowengine.errors import CognitoAnswerLost, CognitoRefusal

PHONE = "+15555550100"
PASSWORD = "Staple-7"
URL = "https://cognito-idp.us-east-1.amazonaws.com/"
CRITICAL = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"a","crit":3}').decode().rstrip("=") + ".e30.e30"
SIGN_UP = {"Username": PHONE, "Password": PASSWORD, "UserAttributes": []}


def open_cognito(simulator: fe.Simulator, **changes: Any) -> fe.Cognito:
    """A driver on a simulator's session."""
    known = {
        "client_id": simulator.client_id,
        "client_secret": simulator.client_secret,
        "user_pool_id": simulator.user_pool_id,
        "session": simulator.session(),
        "jwks": simulator.jwks(),
        "now": simulator.clock.now,
    }
    return fe.Cognito(**{**known, **changes})


@pytest.fixture(name="flow", params=[False, True], ids=["public client", "client with a secret"])
def _flow(request: pytest.FixtureRequest) -> fe.Flow:
    pool = fe.load("phone-sms-mfa").pool
    assert pool is not None
    return fe.load("phone-sms-mfa", pool=attrs.evolve(pool, client=fe.Client(generate_secret=request.param)))


@pytest.fixture(name="simulator")
def _simulator(flow: fe.Flow) -> fe.Simulator:
    assert flow.pool is not None
    return fe.Simulator(flow.pool)


@pytest.fixture(name="tokens")
async def _tokens(flow: fe.Flow, simulator: fe.Simulator, cognito: fe.Cognito) -> fe.Tokens:
    """Walk a user to tokens."""
    engine = fe.Engine(flow, cognito, clock=simulator.clock)
    session_id = (await engine.start()).id
    await engine.send(session_id, "sign_up", username=PHONE, password=PASSWORD)
    await engine.send(session_id, "confirm", code=simulator.outbox[-1].code)
    await engine.send(session_id, "sign_in", password=PASSWORD)
    snapshot = await engine.send(session_id, "answer", code=simulator.outbox[-1].code)
    assert snapshot.tokens is not None
    return snapshot.tokens


@pytest.fixture(name="cognito")
async def _cognito(simulator: fe.Simulator) -> AsyncIterator[fe.Cognito]:
    async with open_cognito(simulator) as cognito:
        yield cognito


async def test_answers_are_returned(cognito: fe.Cognito) -> None:
    """A call brings Cognito's answer, with the client's id and secret hash added on the way."""
    answer = await cognito.call("SignUp", SIGN_UP)
    assert answer["UserConfirmed"] is False
    assert answer["CodeDeliveryDetails"]["Destination"] == "+*******0100"


async def test_refusals_carry_name_and_message(cognito: fe.Cognito) -> None:
    """A modelled exception is a refusal with its name and message."""
    with pytest.raises(CognitoRefusal) as caught:
        await cognito.call("SignUp", {**SIGN_UP, "Password": "staple-7"})
    assert caught.value.exception == "InvalidPasswordException"
    assert caught.value.message == "Password did not conform with policy: Password must have uppercase characters"


async def test_wrong_secret_is_refused() -> None:
    """A client with another secret is told so by the pool."""
    simulator = fe.Simulator(fe.PoolSettings(client=fe.Client(generate_secret=True)))
    async with open_cognito(simulator, client_secret="x" * 40) as cognito:
        with pytest.raises(CognitoRefusal, match=r"Unable to verify secret hash for client \*\*\*"):
            await cognito.call("ConfirmSignUp", {"Username": "jo", "ConfirmationCode": "123456"})


async def test_invalid_request_is_a_refusal_without_its_values(cognito: fe.Cognito) -> None:
    """What botocore itself refuses does not quote the value."""
    with pytest.raises(CognitoRefusal) as caught:
        await cognito.call("ConfirmSignUp", {"Username": PHONE, "ConfirmationCode": 123456})
    assert str(caught.value) == "InvalidParameterException: the request does not fit ConfirmSignUp"
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


@pytest.mark.parametrize("fault", ["lost_before", "lost_after"])
async def test_unanswered_call_is_lost(simulator: fe.Simulator, cognito: fe.Cognito, fault: Any) -> None:
    """A time-out while waiting leaves open whether the call took effect, and it is made once."""
    simulator.fail_next(fault)
    with pytest.raises(CognitoAnswerLost, match="SignUp was not answered: ReadTimeoutError"):
        await cognito.call("SignUp", SIGN_UP)
    assert len(simulator.outbox) == (fault == "lost_after")


async def test_unreachable_service_is_unavailable(simulator: fe.Simulator, cognito: fe.Cognito) -> None:
    """A refused connection had no effect."""
    simulator.fail_next("unreachable")
    with pytest.raises(fe.CognitoUnavailable, match="us-east-1 cannot be reached: EndpointConnectionError"):
        await cognito.call("SignUp", SIGN_UP)
    assert not simulator.outbox


async def test_throttled_call_is_made_once(simulator: fe.Simulator, cognito: fe.Cognito) -> None:
    """Botocore repeats nothing by itself."""
    simulator.fail_next("throttled")
    with pytest.raises(CognitoRefusal) as caught:
        await cognito.call("SignUp", SIGN_UP)
    assert caught.value.exception == "TooManyRequestsException"
    assert not simulator.outbox


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ConnectTimeoutError(endpoint_url=URL), fe.CognitoUnavailable),
        (EndpointConnectionError(endpoint_url=URL), fe.CognitoUnavailable),
        (SSLError(endpoint_url=URL, error=ValueError("bad certificate")), fe.CognitoUnavailable),
        (ReadTimeoutError(endpoint_url=URL), CognitoAnswerLost),
        (ConnectionClosedError(endpoint_url=URL), CognitoAnswerLost),
        (HTTPClientError(error="payload cut short"), CognitoAnswerLost),
        (ClientError({"Error": {"Code": "ForbiddenException", "Message": ""}}, "SignUp"), CognitoRefusal),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
async def test_errors_are_sorted_by_whether_the_call_was_sent(error: Exception, expected: type[Exception]) -> None:
    """Only what fails before the request leaves counts as unavailable, and each call is tried once."""
    calls = []

    async def fail(**_: object) -> None:
        calls.append(error)
        raise error

    core = AioSession()
    core.register("before-send.cognito-identity-provider", fail)
    session = aioboto3.Session(botocore_session=core)
    async with fe.Cognito(client_id="abc", user_pool_id="us-east-1_abc", session=session) as cognito:
        with pytest.raises(expected):
            await cognito.call("SignUp", SIGN_UP)
    assert len(calls) == 1


async def test_region_is_read_off_the_pool_id() -> None:
    """The Region need not be given."""
    assert fe.Cognito(client_id="abc", user_pool_id="eu-west-1_AbC").issuer == (
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC"
    )


async def test_closed_client_is_refused() -> None:
    """A driver that was not opened says what to do."""
    cognito = fe.Cognito(client_id="abc", user_pool_id="eu-west-1_AbC")
    with pytest.raises(fe.FlowEngineError, match="open the Cognito client first: async with Cognito"):
        await cognito.call("SignUp", SIGN_UP)


async def test_impossible_region_is_told() -> None:
    """A Region that is no host name is refused when the client is opened."""
    with pytest.raises(fe.CognitoUnavailable, match="no client for the region 'no region'"):
        async with fe.Cognito(client_id="abc", user_pool_id="no region_abc"):
            pass


async def test_secrets_do_not_show(simulator: fe.Simulator, cognito: fe.Cognito) -> None:
    """Neither the client's id nor its secret is in a repr."""
    shown = repr(cognito) + repr(vars(cognito)["_verifier"])
    assert simulator.client_id not in shown
    assert (simulator.client_secret or "no secret") not in shown


@pytest.mark.parametrize("use", ["id", "access"])
async def test_tokens_verify(tokens: fe.Tokens, cognito: fe.Cognito, use: Any) -> None:
    """A token of the pool verifies for its own use, and for no other."""
    token, other = (tokens.id_token, tokens.access_token)[:: 1 if use == "id" else -1]
    claims = await cognito.verify(token, use)
    assert claims["token_use"] == use
    with pytest.raises(fe.TokenInvalid, match=f"the {use} token does not verify"):
        await cognito.verify(other, use)


async def test_expired_token_is_refused(tokens: fe.Tokens, simulator: fe.Simulator, cognito: fe.Cognito) -> None:
    """A token is good for an hour."""
    simulator.clock.advance(minutes=59)
    assert await cognito.verify(tokens.id_token)
    simulator.clock.advance(minutes=2)
    with pytest.raises(fe.TokenInvalid, match="expired"):
        await cognito.verify(tokens.id_token)


async def test_token_of_another_client_is_refused(tokens: fe.Tokens, simulator: fe.Simulator) -> None:
    """The audience is checked."""
    async with open_cognito(simulator, client_id="another") as other:
        with pytest.raises(fe.TokenInvalid, match="aud"):
            await other.verify(tokens.id_token)


@pytest.mark.parametrize("token", [None, 3, b"a.b.c", "", "a", "a.b.c", "é.é.é", "e30.e30.e30", CRITICAL])
async def test_nonsense_is_no_token(cognito: fe.Cognito, token: Any) -> None:
    """Whatever is no token is refused as such, without quoting it."""
    with pytest.raises(fe.TokenInvalid) as caught:
        await cognito.verify(token)
    assert str(caught.value).startswith(("this is no signed token", "the id token does not verify: "))


async def test_forged_token_is_refused(tokens: fe.Tokens, cognito: fe.Cognito) -> None:
    """A changed signature and a changed payload are refused."""
    header, payload, signature = tokens.id_token.split(".")
    swapped = signature[:-9] + ("A" if signature[-9] != "A" else "B") + signature[-8:]
    for forged in (f"{header}.{payload}.{swapped}", f"{header}.{payload[:-4]}AAAA.{signature}"):
        with pytest.raises(fe.TokenInvalid, match="does not verify"):
            await cognito.verify(forged)
