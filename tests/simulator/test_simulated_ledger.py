"""The ledger of proofs: every completed sign-in says what it has proved, in order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs
import pyotp
import pytest
from simulated import (
    EMAIL,
    NAME,
    PASSWORD,
    PHONE,
    SMS_REQUIRED,
    VERIFY_BOTH,
    VERIFY_EMAIL,
    WRONG_PASSWORD,
    Caller,
    refused,
    wrong,
)
from srp_client import SRP_A, proof, verifier_config

from flowengine.settings import Assumptions, Client, Devices, Mfa, Passkey, PoolSettings
from flowengine.simulator.functions import functions_for
from flowengine.simulator.state import Grant
from flowengine.testing import SoftwareAuthenticator

BOTH = {"email": EMAIL, "phone_number": PHONE}
CLIENT = Client(
    explicit_auth_flows=(
        "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
    )
)  # fmt: skip
POOL = PoolSettings(verification=VERIFY_BOTH, client=CLIENT, email_sending_account="DEVELOPER")
BY_CODE = attrs.evolve(POOL, allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP", "SMS_OTP"))
TRIGGERS = ("create_auth_challenge", "define_auth_challenge", "verify_auth_challenge_response")
RELYING_PARTY = "login.example.com"


def requiring(*factors: str, **more: Any) -> PoolSettings:
    """Return a pool that requires one of these second factors."""
    settings: PoolSettings = attrs.evolve(POOL, mfa=Mfa(mode="required", factors=factors), **more)
    return settings


def grants(pool: Caller) -> list[Grant]:
    """Return the completed sign-ins, oldest first."""
    return list(pool.simulator.state.grants.values())


def proved(pool: Caller) -> tuple[str, ...]:
    """Return what the only completed sign-in has proved."""
    (grant,) = grants(pool)
    return grant.proved


def shown(pool: Caller, secret: str) -> str:
    """Return what an authenticator app shows."""
    return pyotp.TOTP(secret).at(int(pool.simulator.clock.now()))


async def by_srp(pool: Caller, challenge: Mapping[str, Any]) -> dict[str, Any]:
    """Answer PASSWORD_VERIFIER rightly."""
    parameters = challenge["ChallengeParameters"]
    identity = pool.driver.user_pool_id.partition("_")[2] + parameters["USER_ID_FOR_SRP"]
    return await pool.respond(challenge, parameters["USER_ID_FOR_SRP"], **proof(parameters, identity, PASSWORD))


async def test_password() -> None:
    """A password proves just that."""
    pool = Caller(POOL)
    await pool.confirmed(**BOTH)
    await pool.sign_in()
    assert proved(pool) == ("PASSWORD",)


async def test_password_by_srp() -> None:
    """A password that is proved without being sent is one all the same."""
    pool = Caller(POOL)
    await pool.confirmed(**BOTH)
    await by_srp(pool, await pool.start("USER_SRP_AUTH", SRP_A=SRP_A))
    assert proved(pool) == ("PASSWORD",)


async def test_nothing_is_granted_before_the_end() -> None:
    """Neither a wrong password nor a sign-in that still waits for its second factor is a completed one."""
    pool = Caller(requiring("sms"))
    await pool.confirmed(**BOTH)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        await pool.sign_in(password=WRONG_PASSWORD)
    challenge = await pool.sign_in()
    with refused("CodeMismatchException", "Invalid code or auth state for the user."):
        await pool.respond(challenge, SMS_MFA_CODE=wrong(pool.code))
    assert grants(pool) == []


@pytest.mark.parametrize(("factor", "name"), [("sms", "SMS_MFA"), ("email", "EMAIL_OTP")])
async def test_second_factor_by_message(factor: str, name: str) -> None:
    """A code that was sent as second factor is proved after the password, under its challenge's name."""
    pool = Caller(requiring(factor))
    await pool.confirmed(**BOTH)
    await pool.respond(await pool.sign_in(), **{f"{name}_CODE": pool.code})
    assert proved(pool) == ("PASSWORD", name)


async def test_chosen_second_factor() -> None:
    """Choosing a second factor proves nothing by itself."""
    pool = Caller(requiring("sms", "email"))
    await pool.confirmed(**BOTH)
    chosen = await pool.respond(await pool.sign_in(), ANSWER="EMAIL_OTP")
    await pool.respond(chosen, EMAIL_OTP_CODE=pool.code)
    assert proved(pool) == ("PASSWORD", "EMAIL_OTP")


async def test_second_factor_after_srp() -> None:
    """What SRP has proved goes along to the second factor."""
    pool = Caller(requiring("sms"))
    await pool.confirmed(**BOTH)
    challenge = await by_srp(pool, await pool.start("USER_SRP_AUTH", SRP_A=SRP_A))
    await pool.respond(challenge, SMS_MFA_CODE=pool.code)
    assert proved(pool) == ("PASSWORD", "SMS_MFA")


@pytest.mark.parametrize("ends_in", ["TOKENS", "SOFTWARE_TOKEN_MFA"])
async def test_set_up_and_later_code_of_an_app(ends_in: str) -> None:
    """The first code of an authenticator app proves it, in the set-up or after it, and so does any later one."""
    pool = Caller(requiring("totp", assumptions=Assumptions(totp_setup_ends_in=ends_in)))
    await pool.confirmed(email=EMAIL)
    challenge = await pool.sign_in()
    begun = await pool.call("AssociateSoftwareToken", Session=challenge["Session"])
    verified = await pool.call(
        "VerifySoftwareToken", Session=begun["Session"], UserCode=shown(pool, begun["SecretCode"])
    )
    assert grants(pool) == []
    answer = await pool.respond(challenge | {"Session": verified["Session"]})
    while "ChallengeName" in answer or len(grants(pool)) < 2:
        pool.pass_time(seconds=30)
        challenge = answer if "ChallengeName" in answer else await pool.sign_in()
        answer = await pool.respond(challenge, SOFTWARE_TOKEN_MFA_CODE=shown(pool, begun["SecretCode"]))
    assert [grant.proved for grant in grants(pool)] == 2 * [("PASSWORD", "SOFTWARE_TOKEN_MFA")]


async def test_set_up_of_an_address() -> None:
    """The code that sets an e-mail address up proves it as second factor."""
    pool = Caller(requiring("email"))
    await pool.confirmed(phone_number=PHONE)
    challenge = await pool.respond(await pool.sign_in(), EMAIL=EMAIL)
    await pool.respond(challenge, EMAIL_OTP_CODE=pool.code)
    assert proved(pool) == ("PASSWORD", "EMAIL_OTP")


async def test_first_sign_in_without_a_factor() -> None:
    """Where the first sign-in is let pass, the ledger says that it has proved a password alone."""
    pool = Caller(requiring("totp", assumptions=Assumptions(first_sign_in_without_factor="TOKENS")))
    await pool.confirmed(email=EMAIL)
    await pool.sign_in()
    assert proved(pool) == ("PASSWORD",)


@pytest.mark.parametrize("name", ["EMAIL_OTP", "SMS_OTP"])
async def test_code_as_first_factor(name: str) -> None:
    """A code that begins a sign-in is all that it proves."""
    pool = Caller(BY_CODE)
    await pool.confirmed(**BOTH)
    challenge = await pool.start("USER_AUTH", PREFERRED_CHALLENGE=name)
    await pool.respond(challenge, **{f"{name}_CODE": pool.code})
    assert proved(pool) == (name,)


@pytest.mark.parametrize("at_once", [True, False])
async def test_chosen_password(*, at_once: bool) -> None:
    """A password that is chosen proves the same, whether it comes with the beginning or with the choice."""
    pool = Caller(BY_CODE)
    await pool.confirmed(**BOTH)
    if at_once:
        await pool.start("USER_AUTH", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    else:
        await pool.respond(await pool.start("USER_AUTH"), ANSWER="PASSWORD", PASSWORD=PASSWORD)
    assert proved(pool) == ("PASSWORD",)


async def test_chosen_password_by_srp() -> None:
    """A password proof can be chosen, too."""
    pool = Caller(BY_CODE)
    await pool.confirmed(**BOTH)
    await by_srp(pool, await pool.respond(await pool.start("USER_AUTH"), ANSWER="PASSWORD_SRP", SRP_A=SRP_A))
    assert proved(pool) == ("PASSWORD",)


async def test_passkey() -> None:
    """A passkey proves itself."""
    settings = attrs.evolve(
        POOL, allowed_first_auth_factors=("PASSWORD", "WEB_AUTHN"), passkey=Passkey(relying_party_id=RELYING_PARTY)
    )
    pool, device = Caller(settings), SoftwareAuthenticator()
    await pool.confirmed(**BOTH)
    token = (await pool.tokens())["AccessToken"]
    options = (await pool.call("StartWebAuthnRegistration", AccessToken=token))["CredentialCreationOptions"]
    await pool.call("CompleteWebAuthnRegistration", AccessToken=token, Credential=device.create(options))
    challenge = await pool.start("USER_AUTH", PREFERRED_CHALLENGE="WEB_AUTHN")
    signed = device.get(json.loads(challenge["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"]))
    await pool.respond(challenge, CREDENTIAL=json.dumps(signed))
    assert [grant.proved for grant in grants(pool)] == [("PASSWORD",), ("WEB_AUTHN",)]


@pytest.mark.parametrize("srp", [False, True])
async def test_custom_challenges(*, srp: bool) -> None:
    """Each right answer to a custom challenge is a proof, after the password where the triggers ask for it."""
    settings = attrs.evolve(POOL, lambda_triggers=TRIGGERS)
    pool = Caller(settings, triggers=functions_for(settings))
    await pool.confirmed(**BOTH)
    answer = await pool.start("CUSTOM_AUTH", **({"CHALLENGE_NAME": "SRP_A", "SRP_A": SRP_A} if srp else {}))
    if srp:
        answer = await by_srp(pool, answer)
    while "ChallengeName" in answer:
        answer = await pool.respond(answer, ANSWER="staple")
    assert proved(pool) == (*(["PASSWORD"] if srp else []), "CUSTOM_CHALLENGE", "CUSTOM_CHALLENGE")


async def test_missed_custom_challenge() -> None:
    """A wrong answer that the triggers let pass is no proof."""

    def lenient(event: dict[str, Any], _context: object) -> dict[str, Any]:
        past = event["request"]["session"]
        event["response"] = {"challengeName": "CUSTOM_CHALLENGE", "issueTokens": len(past) == 2}
        return event

    settings = attrs.evolve(POOL, lambda_triggers=TRIGGERS)
    pool = Caller(settings, triggers={**functions_for(settings), "define_auth_challenge": lenient})
    await pool.confirmed(**BOTH)
    missed = await pool.respond(await pool.start("CUSTOM_AUTH"), ANSWER="something else")
    await pool.respond(missed, ANSWER="staple")
    assert proved(pool) == ("CUSTOM_CHALLENGE",)


async def test_remembered_device() -> None:
    """A device that stands in for the second factor is proved in its place."""
    pool = Caller(requiring("sms", devices=Devices(remembered="always", challenge_required_on_new_device=True)))
    await pool.confirmed(**BOTH)
    result = await pool.tokens()
    device = result["NewDeviceMetadata"]
    key, identity = device["DeviceKey"], device["DeviceGroupKey"] + device["DeviceKey"]
    config = verifier_config(identity, "what the device knows")
    await pool.call(
        "ConfirmDevice", AccessToken=result["AccessToken"], DeviceKey=key, DeviceSecretVerifierConfig=config
    )
    asked = await pool.start("USER_PASSWORD_AUTH", PASSWORD=PASSWORD, DEVICE_KEY=key)
    verifier = await pool.respond(asked, DEVICE_KEY=key, SRP_A=SRP_A)
    responses = proof(verifier["ChallengeParameters"], identity, "what the device knows")
    await pool.respond(verifier, DEVICE_KEY=key, **responses)
    assert [grant.proved for grant in grants(pool)] == [
        ("PASSWORD", "SMS_MFA"),
        ("PASSWORD", "DEVICE_PASSWORD_VERIFIER"),
    ]


async def test_sign_in_after_sign_up() -> None:
    """A sign-in that goes on from a confirmed sign-up says so, and claims no factor."""
    pool = Caller(BY_CODE)
    session = (await pool.sign_up(**BOTH))["Session"]
    session = (await pool.confirm(Session=session))["Session"]
    parameters = {"USERNAME": NAME}
    await pool.call("InitiateAuth", AuthFlow="USER_AUTH", AuthParameters=parameters, Session=session)
    assert proved(pool) == ("CONFIRMED_SIGN_UP",)


async def test_new_password_then_second_factor() -> None:
    """A new password is no proof; the temporary one before it and the code after it are."""
    pool = Caller(requiring("sms"))
    pool.simulator.create_user(NAME, attributes=BOTH, temporary_password=PASSWORD)
    challenge = await pool.respond(await pool.sign_in(), NEW_PASSWORD="Brand-new-horse-8")
    await pool.respond(challenge, SMS_MFA_CODE=pool.code)
    assert proved(pool) == ("PASSWORD", "SMS_MFA")


async def test_new_password_alone() -> None:
    """Where nothing follows a new password, the temporary one is all that was proved."""
    pool = Caller(POOL)
    pool.simulator.create_user(NAME, attributes=BOTH, temporary_password=PASSWORD)
    await pool.respond(await pool.sign_in(), NEW_PASSWORD="Brand-new-horse-8")
    assert proved(pool) == ("PASSWORD",)


async def test_refreshing_proves_nothing_more() -> None:
    """Tokens that are refreshed stand on the sign-in that they come from."""
    pool = Caller(attrs.evolve(POOL, mfa=SMS_REQUIRED))
    await pool.confirmed(**BOTH)
    token = (await pool.tokens())["RefreshToken"]
    await pool.call("InitiateAuth", AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token})
    assert proved(pool) == ("PASSWORD", "SMS_MFA")


async def test_each_sign_in_has_proofs_of_its_own() -> None:
    """What one sign-in has proved is not carried over to another one of the same user."""
    pool = Caller(attrs.evolve(BY_CODE, verification=VERIFY_EMAIL))
    await pool.confirmed(email=EMAIL)
    await pool.sign_in()
    await pool.respond(await pool.start("USER_AUTH", PREFERRED_CHALLENGE="EMAIL_OTP"), EMAIL_OTP_CODE=pool.code)
    assert [grant.proved for grant in grants(pool)] == [("PASSWORD",), ("EMAIL_OTP",)]
