"""AdminInitiateAuth and AdminRespondToAuthChallenge, and how the two sides of sign-in meet."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from simulated import EMAIL, LEGACY, NAME, PASSWORD, PHONE, PHONE_POOL, VERIFY_EMAIL, WRONG_PASSWORD, Caller, refused

from flowengine.settings import Client, PoolSettings

FLOWS = ("ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH")
BY_ADMIN = Client(explicit_auth_flows=FLOWS)
POOL = PoolSettings(verification=VERIFY_EMAIL, client=BY_ADMIN)
PHONES = attrs.evolve(PHONE_POOL, client=BY_ADMIN)
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
UNSUPPORTED = ("InvalidParameterException", "Initiate Auth method not supported.")


async def admin_start(
    pool: Caller, username: str = NAME, password: str = PASSWORD, flow: str = "ADMIN_USER_PASSWORD_AUTH"
) -> dict[str, Any]:
    """Call AdminInitiateAuth with a password."""
    parameters = {"USERNAME": username, "PASSWORD": password}
    return await pool.call("AdminInitiateAuth", AuthFlow=flow, AuthParameters=parameters)


async def admin_respond(pool: Caller, challenge: dict[str, Any], **responses: str) -> dict[str, Any]:
    """Call AdminRespondToAuthChallenge."""
    return await pool.call(
        "AdminRespondToAuthChallenge",
        ChallengeName=challenge["ChallengeName"],
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": PHONE, **responses},
    )


@pytest.mark.parametrize("flow", ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])
async def test_password(flow: str) -> None:
    """An administrator signs a user in with the password, under either name of the flow."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    with refused(*INCORRECT):
        await admin_start(pool, password=WRONG_PASSWORD, flow=flow)
    assert "AuthenticationResult" in await admin_start(pool, flow=flow)


async def test_flow_of_the_public() -> None:
    """The password flow for anybody is not one for administrators."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    with refused(*UNSUPPORTED):
        await admin_start(pool, flow="USER_PASSWORD_AUTH")


async def test_flow_that_client_does_not_allow() -> None:
    """A flow for administrators, too, has to be allowed by the client."""
    pool = Caller()
    with refused("InvalidParameterException", "ADMIN_NO_SRP_AUTH flow not enabled for this client"):
        await admin_start(pool, flow="ADMIN_NO_SRP_AUTH")


@pytest.mark.parametrize(
    ("client", "refusal"), [(BY_ADMIN, INCORRECT), (LEGACY, ("UserNotFoundException", "User does not exist."))]
)
async def test_unknown_user(client: Client, refusal: tuple[str, str]) -> None:
    """Whether users are hidden from administrators follows the client."""
    pool = Caller(attrs.evolve(POOL, client=attrs.evolve(client, explicit_auth_flows=FLOWS)))
    with refused(*refusal):
        await admin_start(pool)


async def test_challenge() -> None:
    """A challenge of one side is answered on the same side."""
    pool = Caller(PHONES)
    await pool.confirmed(PHONE)
    challenge = await admin_start(pool, PHONE)
    assert challenge["ChallengeName"] == "SMS_MFA"
    assert "AuthenticationResult" in await admin_respond(pool, challenge, SMS_MFA_CODE=pool.code)


async def test_either_side_answers_the_other() -> None:
    """A session that one side began is taken by the other."""
    pool = Caller(PHONES)
    await pool.confirmed(PHONE)
    challenge = await admin_start(pool, PHONE)
    assert "AuthenticationResult" in await pool.respond(challenge, PHONE, SMS_MFA_CODE=pool.code)
    challenge = await pool.sign_in(PHONE)
    assert "AuthenticationResult" in await admin_respond(pool, challenge, SMS_MFA_CODE=pool.code)


async def test_challenge_for_administrators() -> None:
    """The challenge that administrators answer is not supported on the public side; no session stands for it."""
    pool = Caller(PHONES)
    await pool.confirmed(PHONE)
    challenge = await admin_start(pool, PHONE) | {"ChallengeName": "ADMIN_NO_SRP_AUTH"}
    with refused("InvalidParameterException", "Challenge not supported by this operation."):
        await pool.respond(challenge, PHONE, PASSWORD=PASSWORD)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        await admin_respond(pool, challenge, PASSWORD=PASSWORD)


async def test_another_pool() -> None:
    """An administrator of another pool is told that it does not exist."""
    pool = Caller(POOL)
    other = "us-east-1_ABCDEFGHI"
    request = {"UserPoolId": other, "AuthFlow": "ADMIN_NO_SRP_AUTH", "AuthParameters": {}}
    with refused("ResourceNotFoundException", f"User pool {other} does not exist."):
        await pool.call("AdminInitiateAuth", **request)


async def test_client_with_a_secret() -> None:
    """The direct driver proves the client's secret on this side too."""
    pool = Caller(attrs.evolve(PHONES, client=attrs.evolve(BY_ADMIN, generate_secret=True)))
    await pool.confirmed(PHONE)
    challenge = await admin_start(pool, PHONE)
    assert "AuthenticationResult" in await admin_respond(pool, challenge, SMS_MFA_CODE=pool.code)


@pytest.mark.parametrize("operation", ["InitiateAuth", "AdminInitiateAuth"])
@pytest.mark.parametrize("flow", ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"])
async def test_refresh(operation: str, flow: str) -> None:
    """Both sides refresh under both names of the flow, with access and ID tokens alone."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    parameters = {"REFRESH_TOKEN": (await pool.tokens())["RefreshToken"]}
    answer = await pool.call(operation, AuthFlow=flow, AuthParameters=parameters)
    assert sorted(answer["AuthenticationResult"]) == ["AccessToken", "ExpiresIn", "IdToken", "TokenType"]


async def test_refresh_of_a_client_with_a_secret() -> None:
    """The secret hash of a refresh is that of the username that comes along; without one it is missed."""
    pool = Caller(attrs.evolve(POOL, client=attrs.evolve(BY_ADMIN, generate_secret=True)))
    await pool.confirmed(email=EMAIL)
    parameters = {"REFRESH_TOKEN": (await pool.tokens())["RefreshToken"]}
    request = {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters}
    with refused("NotAuthorizedException", "Client *** is configured with secret but SECRET_HASH was not received"):
        await pool.call("InitiateAuth", **request)
    assert "AuthenticationResult" in await pool.start("REFRESH_TOKEN_AUTH", **parameters)


async def test_refresh_of_a_rotating_client() -> None:
    """A client that rotates refresh tokens refuses the flow."""
    client = Client(explicit_auth_flows=("ALLOW_USER_PASSWORD_AUTH",), refresh_token_rotation="ENABLED")
    pool = Caller(attrs.evolve(POOL, client=client))
    await pool.confirmed(email=EMAIL)
    token = (await pool.tokens())["RefreshToken"]
    with refused("InvalidParameterException", "REFRESH_TOKEN_AUTH flow not enabled for this client"):
        await pool.start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token)


async def test_refresh_needs_the_token() -> None:
    """A refresh without a token is asked for one."""
    with refused("InvalidParameterException", "Missing required parameter REFRESH_TOKEN"):
        await Caller(POOL).start("REFRESH_TOKEN_AUTH")
