"""SRP: a password proven without being sent, against a client written on its own."""

from __future__ import annotations

import attrs
import pytest
from pycognito.aws_srp import AWSSRP
from simulated import (
    EMAIL,
    EMAIL_POOL,
    LEGACY,
    NAME,
    PASSWORD,
    PHONE,
    PHONE_POOL,
    WRONG_PASSWORD,
    Caller,
    refused,
)
from srp_client import SRP_A, N, proof, signed

from flowengine.settings import Client

FLOWS = ("ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH")
BY_SRP = Client(explicit_auth_flows=FLOWS)
POOL = attrs.evolve(EMAIL_POOL, client=BY_SRP)
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")


def identity(pool: Caller, username: str) -> str:
    """Return what a user's password is hashed with: the pool's name and the username."""
    return pool.driver.user_pool_id.partition("_")[2] + username


async def prove(pool: Caller, username: str = NAME, password: str = PASSWORD) -> dict[str, object]:
    """Sign in by SRP."""
    challenge = await pool.start("USER_SRP_AUTH", username, SRP_A=SRP_A)
    parameters = challenge["ChallengeParameters"]
    user_id = parameters["USER_ID_FOR_SRP"]
    return await pool.respond(challenge, user_id, **proof(parameters, identity(pool, user_id), password))


async def test_challenge() -> None:
    """The first answer carries all that a client needs to prove the password."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    answer = await pool.start("USER_SRP_AUTH", SRP_A=SRP_A)
    assert answer["ChallengeName"] == "PASSWORD_VERIFIER"
    parameters = answer["ChallengeParameters"]
    assert sorted(parameters) == ["SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "USER_ID_FOR_SRP"]
    assert (parameters["USERNAME"], parameters["USER_ID_FOR_SRP"]) == (NAME, NAME)


async def test_right_password() -> None:
    """The proof of the right password gives tokens."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    assert "AuthenticationResult" in await prove(pool)


async def test_right_password_for_pycognito() -> None:
    """The arithmetic is that of a client library in use with the service."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    client = AWSSRP(NAME, PASSWORD, pool.driver.user_pool_id, "client", client=object())
    challenge = await pool.start("USER_SRP_AUTH", SRP_A=client.get_auth_params()["SRP_A"])
    parameters = challenge["ChallengeParameters"]
    server = int(parameters["SRP_B"], 16)
    key = client.get_password_authentication_key(NAME, PASSWORD, server, parameters["SALT"])
    responses = signed(parameters["SECRET_BLOCK"], identity(pool, NAME), key)
    assert "AuthenticationResult" in await pool.respond(challenge, **responses)


async def test_wrong_password() -> None:
    """The proof of another password is refused like the password itself."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    with refused(*INCORRECT):
        await prove(pool, password=WRONG_PASSWORD)


async def test_tampered_proof() -> None:
    """Each part of a proof counts: the secret block has to be the one that was sent, the timestamp the one signed."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    challenge = await pool.start("USER_SRP_AUTH", SRP_A=SRP_A)
    right = proof(challenge["ChallengeParameters"], identity(pool, NAME), PASSWORD)
    for change in ({"PASSWORD_CLAIM_SECRET_BLOCK": "QUJD"}, {"TIMESTAMP": "Fri Jan 2 00:00:00 UTC 2026"}):
        with refused(*INCORRECT):
            await pool.respond(challenge, **(right | change))
    assert "AuthenticationResult" in await pool.respond(challenge, **right)


async def test_wrong_proofs_lock_out() -> None:
    """Five wrong proofs make the next one wait, whichever way the password then comes."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    for _ in range(5):
        with refused(*INCORRECT):
            await prove(pool, password=WRONG_PASSWORD)
    for attempt in (pool.sign_in, lambda: prove(pool)):
        with refused("NotAuthorizedException", "Password attempts exceeded"):
            await attempt()
    pool.pass_time(seconds=1)
    assert "AuthenticationResult" in await prove(pool)


async def test_secret_block_in_place_of_a_session() -> None:
    """A proof without the session is found by its secret block, a made-up block by nothing."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    challenge = await pool.start("USER_SRP_AUTH", SRP_A=SRP_A)
    right = proof(challenge["ChallengeParameters"], identity(pool, NAME), PASSWORD)
    responses = {"USERNAME": NAME, **right}
    made_up = responses | {"PASSWORD_CLAIM_SECRET_BLOCK": "QUJD"}
    with refused("NotAuthorizedException", "Invalid session for the user."):
        await pool.call("RespondToAuthChallenge", ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=made_up)
    answer = await pool.call("RespondToAuthChallenge", ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses)
    assert "AuthenticationResult" in answer


async def test_few_seconds() -> None:
    """The proof has to come within ten seconds."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    challenge = await pool.start("USER_SRP_AUTH", SRP_A=SRP_A)
    right = proof(challenge["ChallengeParameters"], identity(pool, NAME), PASSWORD)
    pool.pass_time(seconds=10)
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        await pool.respond(challenge, **right)


@pytest.mark.parametrize("srp_a", ["0", f"{N:x}", f"{2 * N:x}", "not a number"])
async def test_unusable_public_value(srp_a: str) -> None:
    """A public value that would make the password superfluous, or is no number, is refused at once."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    with refused("InvalidParameterException", "SRP_A is not a usable public value"):
        await pool.start("USER_SRP_AUTH", SRP_A=srp_a)


@pytest.mark.parametrize("timestamp", ["2026-01-01T00:00:00Z", "Thu Jan 01 00:00:00 UTC 2026"])
async def test_timestamp_format(timestamp: str) -> None:
    """A timestamp in another form than Cognito's is refused, with the form."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    challenge = await pool.start("USER_SRP_AUTH", SRP_A=SRP_A)
    responses = proof(challenge["ChallengeParameters"], identity(pool, NAME), PASSWORD, timestamp)
    with refused("InvalidParameterException", "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."):
        await pool.respond(challenge, **responses)


async def test_missing_parameters() -> None:
    """What the flow and its challenge need is asked for by name."""
    pool = Caller(POOL)
    await pool.confirmed(email=EMAIL)
    with refused("InvalidParameterException", "Missing required parameter SRP_A"):
        await pool.start("USER_SRP_AUTH")
    challenge = await pool.start("USER_SRP_AUTH", SRP_A=SRP_A)
    with refused("InvalidParameterException", "Missing required parameter PASSWORD_CLAIM_SIGNATURE"):
        await pool.respond(challenge)


async def test_stranger_looks_like_a_user() -> None:
    """Where users are hidden, an unknown one gets a challenge too: stable, with a UUID, and never met by a proof."""
    pool = Caller(POOL)
    first, second = [(await pool.start("USER_SRP_AUTH", SRP_A=SRP_A))["ChallengeParameters"] for _ in range(2)]
    other = (await pool.start("USER_SRP_AUTH", "grace", SRP_A=SRP_A))["ChallengeParameters"]
    assert (first["SALT"], first["USER_ID_FOR_SRP"]) == (second["SALT"], second["USER_ID_FOR_SRP"])
    assert first["USER_ID_FOR_SRP"].count("-") == 4
    assert (first["SRP_B"], first["SALT"]) != (second["SRP_B"], other["SALT"])
    with refused(*INCORRECT):
        await prove(pool)


async def test_stranger_may_answer_by_the_typed_name() -> None:
    """The made-up user takes the typed name as well as its own, and no other."""
    pool = Caller(POOL)
    challenge = await pool.start("USER_SRP_AUTH", SRP_A=SRP_A)
    responses = proof(challenge["ChallengeParameters"], identity(pool, NAME), PASSWORD)
    with refused(*INCORRECT):
        await pool.respond(challenge, **responses)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        await pool.respond(challenge, "grace", **responses)


async def test_stranger_in_the_open() -> None:
    """Where users are not hidden, an unknown one is refused at once."""
    pool = Caller(attrs.evolve(POOL, client=attrs.evolve(LEGACY, explicit_auth_flows=FLOWS)))
    with refused("UserNotFoundException", "User does not exist."):
        await pool.start("USER_SRP_AUTH", SRP_A=SRP_A)


async def test_unconfirmed_after_the_proof() -> None:
    """That a user is unconfirmed shows only once the password is proven."""
    pool = Caller(POOL)
    await pool.sign_up(email=EMAIL)
    with refused(*INCORRECT):
        await prove(pool, password=WRONG_PASSWORD)
    with refused("UserNotConfirmedException", "User is not confirmed."):
        await prove(pool)


async def test_second_factor_follows() -> None:
    """After the proof the second factor is asked for, and either username answers."""
    pool = Caller(attrs.evolve(PHONE_POOL, client=BY_SRP))
    await pool.confirmed(PHONE)
    challenge = await prove(pool, PHONE)
    assert challenge["ChallengeName"] == "SMS_MFA"
    assert "AuthenticationResult" in await pool.respond(challenge, PHONE, SMS_MFA_CODE=pool.code)


async def test_client_with_a_secret() -> None:
    """The secret hash of the answer is that of the username in it."""
    pool = Caller(attrs.evolve(PHONE_POOL, client=attrs.evolve(BY_SRP, generate_secret=True)))
    await pool.confirmed(PHONE)
    assert (await prove(pool, PHONE))["ChallengeName"] == "SMS_MFA"
