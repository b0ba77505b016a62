"""Every challenge that Cognito can pose: where a session rests on it, what it asks for, where its answer leads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import pytest
from attrs import field, frozen
from botocore.session import get_session
from functions import ANSWERS, functions
from journey import (
    BOTH,
    NEW_PASSWORD,
    PASSWORD,
    PHONE,
    VERIFY_PHONE,
    Journey,
    Stand,
    Wire,
    asked,
    pool_of,
    reason,
    stand,
)

import flowengine as fe
from flowengine.settings import FIRST_FACTORS, TRIGGERS, Devices, Passkey
from flowengine.testing import SoftwareAuthenticator

Move = Callable[[Journey], Awaitable[Any]]

SIGNED_IN: Final[Stand] = ("signed_in", None)
NEW_DEVICE: Final[Stand] = ("signed_in", "TOKENS_ON_NEW_DEVICE")
SMS_ONLY = pool_of("sms")
CHOICE = pool_of(allowed_first_auth_factors=FIRST_FACTORS, passkey=Passkey(relying_party_id="example.com"))
CUSTOM = pool_of(lambda_triggers=[name for name in TRIGGERS if "challenge" in name])
REMEMBERING = pool_of("sms", devices=Devices(remembered="always", challenge_required_on_new_device=True))
BY_PHONE = pool_of("email", verification=VERIFY_PHONE, account_recovery=("verified_phone_number",))
LEGACY = pool_of(client=fe.Client(explicit_auth_flows=("ADMIN_NO_SRP_AUTH",)))


@frozen(kw_only=True)
class Row:
    """
    One challenge, or one end of a sign-in.

    Args:
        name: What the row is called.
        poses: The challenges that the pool poses on the way.
        pool: The pool.
        begin: What the user does until the challenge waits.
        rests: Where the session stands then.
        asks: The events that go on, with their fields.
        parameters: What the snapshot says with the challenge; the passkey's options are left to other tests.
        answer: What the user does then.
        ends: Where that ends.
    """

    name: str
    poses: tuple[str, ...] = ()
    pool: fe.PoolSettings = SMS_ONLY
    begin: Move
    rests: Stand
    asks: Mapping[str, tuple[str, ...]] = field(factory=dict)
    parameters: Mapping[str, Any] | None = field(factory=dict)
    answer: Move | None = None
    ends: Stand = SIGNED_IN


# How users get to a challenge


async def by_password(ada: Journey) -> None:
    """Register, and sign in with the password."""
    await ada.register()
    await ada.with_password()


def preferring(challenge: str) -> Move:
    """Register, and prefer a challenge."""

    async def begin(ada: Journey) -> None:
        await ada.register()
        await ada.sign_in("sign_in_with_choice", preferred_challenge=challenge)

    return begin


def choosing(challenge: str) -> Move:
    """Register, and choose a challenge among those that are offered."""

    async def begin(ada: Journey) -> None:
        await ada.register()
        await ada.sign_in("sign_in_with_choice")
        await ada.send("answer", answer=challenge)

    return begin


async def by_choice(ada: Journey) -> None:
    """Register, and prefer nothing."""
    await ada.register()
    await ada.sign_in("sign_in_with_choice")


async def with_app(ada: Journey) -> None:
    """Set an authenticator app up at the first sign-in, and sign in again."""
    await by_password(ada)
    await set_up_app(ada)
    await ada.send("sign_out")
    await ada.with_password()


def invited(attributes: Mapping[str, str], password: str | None = None) -> Move:
    """Come with the administrator's invitation, and sign in."""

    async def begin(ada: Journey) -> None:
        ada.invite(attributes, password=password)
        await ada.with_password(password or PASSWORD)

    return begin


async def by_custom_challenge(ada: Journey) -> None:
    """Register, and let the Lambda functions ask."""
    await ada.register()
    await ada.sign_in("sign_in_with_custom_challenge")


async def by_proof(ada: Journey) -> None:
    """Register, and prove the password."""
    await ada.register()
    await ada.sign_in("sign_in_with_srp", password=PASSWORD)


async def on_known_device(ada: Journey) -> None:
    """Sign in with a code, let the device be remembered, and sign in on it again."""
    await by_password(ada)
    await ada.send("answer", code=ada.code)
    device = (await ada.send("remember_device")).device
    await ada.send("sign_out")
    await ada.with_password(device=device)


async def with_passkey(ada: Journey) -> None:
    """Register a passkey, and prefer it at the next sign-in."""
    await by_password(ada)
    options = (await ada.send("register_passkey")).parameters["credential_creation_options"]
    ada.authenticator = SoftwareAuthenticator()
    await ada.send("finish_passkey", credential=ada.authenticator.create(options))
    await ada.send("sign_out")
    await ada.sign_in("sign_in_with_choice", preferred_challenge="WEB_AUTHN")


async def asked_for_password(ada: Journey) -> None:
    """Sign in through a pool that answers AdminInitiateAuth with the legacy challenge."""
    await ada.register()
    ada.wire.stand_ins.update(older_pool(ada.wire))
    await ada.sign_in("sign_in_server_side", password=PASSWORD)


def older_pool(wire: Wire) -> dict[str, Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]]:
    """Pose ADMIN_NO_SRP_AUTH before the password counts, which the embedded pool never does."""

    async def pose(_request: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"ChallengeName": "ADMIN_NO_SRP_AUTH", "Session": "s" * 20, "ChallengeParameters": {}}

    async def judge(request: Mapping[str, Any]) -> Mapping[str, Any]:
        parameters = request["ChallengeResponses"]
        return await wire.inner.call(
            "AdminInitiateAuth", {"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": parameters}
        )

    return {"AdminInitiateAuth": pose, "AdminRespondToAuthChallenge": judge}


async def unconfirmed(ada: Journey) -> None:
    """Sign up, leave, and sign in."""
    await ada.sign_up()
    await ada.start_over()
    await ada.with_password()


async def to_be_reset(ada: Journey) -> None:
    """Sign in after the administrator has asked for another password."""
    await ada.register()
    ada.simulator.reset_user_password(ada.username)
    await ada.with_password()


# How they go on


async def give_code(ada: Journey) -> None:
    """Type the code that was sent."""
    await ada.send("answer", code=ada.code)


async def give_app_code(ada: Journey) -> None:
    """Type the code that the authenticator app shows."""
    await ada.send("answer", code=ada.app_code())


async def give_password(ada: Journey) -> None:
    """Type the password."""
    await ada.send("answer", password=PASSWORD)


def choose(challenge: str) -> Move:
    """Choose a factor, and type the code that was sent."""

    async def answer(ada: Journey) -> None:
        assert (await ada.send("answer", answer=challenge)).pending == challenge
        await give_code(ada)

    return answer


async def set_up_app(ada: Journey) -> None:
    """Set an authenticator app up."""
    snapshot = await ada.send("set_up_totp")
    assert (*stand(snapshot), asked(snapshot, "verify_totp")) == ("totp_setup", "SECRET_CODE", ("code",))
    ada.scan()
    await ada.send("verify_totp", code=ada.app_code())


async def set_up_email(ada: Journey) -> None:
    """Set an e-mail address up."""
    assert stand(await ada.send("set_up_email", email="ada@example.org")) == ("one_time_password", "EMAIL_OTP")
    await give_code(ada)


async def renew_password(ada: Journey) -> None:
    """Choose a password of one's own, then type the code that was sent."""
    await ada.send("answer", new_password=NEW_PASSWORD)
    await give_code(ada)


async def answer_function(ada: Journey) -> None:
    """Give the Lambda functions the answer that they want."""
    await ada.send("answer", answer=ANSWERS[0])


async def sign_with_passkey(ada: Journey) -> None:
    """Sign with the passkey."""
    options = ada.snapshot.parameters["credential_request_options"]
    await ada.send("answer", credential=ada.authenticator.get(options))


async def confirm(ada: Journey) -> None:
    """Ask for another code, confirm, and sign in."""
    await ada.send("resend")
    await ada.send("confirm", code=ada.code)
    await ada.with_password()


async def reset(ada: Journey) -> None:
    """Choose another password, and sign in with it."""
    await ada.send("confirm_reset", code=ada.code, new_password=NEW_PASSWORD)
    await ada.with_password(NEW_PASSWORD)


CODE: Final = {"answer": ("code",)}
WITH_PASSWORD: Final = {"answer": ("password",)}
ONLY_PHONE: Final = {"phone_number": PHONE}

ROWS: Final = (
    Row(name="SMS_MFA", poses=("SMS_MFA",), begin=by_password,
        rests=("mfa_challenge", "SMS_MFA"), asks=CODE, answer=give_code),
    Row(name="SMS_OTP", poses=("SMS_OTP",), pool=CHOICE, begin=preferring("SMS_OTP"),
        rests=("one_time_password", "SMS_OTP"), asks=CODE, answer=give_code),
    Row(name="EMAIL_OTP as MFA", poses=("EMAIL_OTP",), pool=BY_PHONE, begin=by_password,
        rests=("one_time_password", "EMAIL_OTP"), asks=CODE, answer=give_code),
    Row(name="EMAIL_OTP as first factor", poses=("EMAIL_OTP",), pool=CHOICE, begin=preferring("EMAIL_OTP"),
        rests=("one_time_password", "EMAIL_OTP"), asks=CODE, answer=give_code),
    Row(name="SOFTWARE_TOKEN_MFA", poses=("MFA_SETUP", "SOFTWARE_TOKEN_MFA"), pool=pool_of("totp"), begin=with_app,
        rests=("mfa_challenge", "SOFTWARE_TOKEN_MFA"), asks=CODE, parameters={"friendly_device_name": ""},
        answer=give_app_code),
    Row(name="SELECT_MFA_TYPE", poses=("SELECT_MFA_TYPE",), pool=pool_of("sms", "email"), begin=by_password,
        rests=("mfa_selection", "SELECT_MFA_TYPE"), asks={"answer": ("answer",)},
        parameters={"choices": ("SMS_MFA", "EMAIL_OTP")}, answer=choose("EMAIL_OTP")),
    Row(name="MFA_SETUP with TOTP and e-mail: TOTP", poses=("MFA_SETUP",), pool=pool_of("totp", "email"),
        begin=invited(ONLY_PHONE, PASSWORD), rests=("mfa_setup", "MFA_SETUP"),
        asks={"set_up_totp": (), "set_up_email": ("email",)},
        parameters={"choices": ("SOFTWARE_TOKEN_MFA", "EMAIL_OTP")}, answer=set_up_app),
    Row(name="MFA_SETUP with TOTP and e-mail: e-mail", poses=("MFA_SETUP",), pool=pool_of("totp", "email"),
        begin=invited(ONLY_PHONE, PASSWORD), rests=("mfa_setup", "MFA_SETUP"),
        asks={"set_up_totp": (), "set_up_email": ("email",)},
        parameters={"choices": ("SOFTWARE_TOKEN_MFA", "EMAIL_OTP")}, answer=set_up_email),
    Row(name="MFA_SETUP with TOTP only", poses=("MFA_SETUP",), pool=pool_of("totp"), begin=by_password,
        rests=("mfa_setup", "MFA_SETUP"), asks={"set_up_totp": ()},
        parameters={"choices": ("SOFTWARE_TOKEN_MFA",)}, answer=set_up_app),
    Row(name="MFA_SETUP with e-mail only", poses=("MFA_SETUP",), pool=BY_PHONE, begin=invited(ONLY_PHONE, PASSWORD),
        rests=("mfa_setup", "MFA_SETUP"), asks={"set_up_email": ("email",)},
        parameters={"choices": ("EMAIL_OTP",)}, answer=set_up_email),
    Row(name="MFA_SETUP with SMS only", poses=("MFA_SETUP",), begin=invited({"email": BOTH["email"]}, PASSWORD),
        rests=("mfa_setup", "MFA_SETUP"), parameters={"choices": ("SMS_MFA",)}, ends=("mfa_setup", "MFA_SETUP")),
    Row(name="NEW_PASSWORD_REQUIRED", poses=("NEW_PASSWORD_REQUIRED", "SMS_MFA"), begin=invited(BOTH),
        rests=("new_password", "NEW_PASSWORD_REQUIRED"), asks={"answer": ("new_password", "attributes")},
        parameters=None, answer=renew_password),
    Row(name="CUSTOM_CHALLENGE", poses=("CUSTOM_CHALLENGE",), pool=CUSTOM, begin=by_custom_challenge,
        rests=("custom_challenge", "CUSTOM_CHALLENGE"), asks={"answer": ("answer",)},
        parameters={"question": ANSWERS[0]}, answer=answer_function),
    Row(name="SELECT_CHALLENGE", poses=("SELECT_CHALLENGE",), pool=CHOICE, begin=by_choice,
        rests=("factor_selection", "SELECT_CHALLENGE"), asks={"answer": ("answer", "password")},
        parameters={"choices": ("PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "SMS_OTP")}, answer=choose("SMS_OTP")),
    Row(name="PASSWORD", poses=("PASSWORD",), pool=CHOICE, begin=choosing("PASSWORD"),
        rests=("password_challenge", "PASSWORD"), asks=WITH_PASSWORD, answer=give_password),
    Row(name="PASSWORD_SRP", poses=("PASSWORD_SRP", "PASSWORD_VERIFIER"), pool=CHOICE, begin=choosing("PASSWORD_SRP"),
        rests=("password_challenge", "PASSWORD_SRP"), asks=WITH_PASSWORD, answer=give_password),
    Row(name="WEB_AUTHN", poses=("WEB_AUTHN",), pool=CHOICE, begin=with_passkey,
        rests=("passkey_challenge", "WEB_AUTHN"), asks={"answer": ("credential",)}, parameters=None,
        answer=sign_with_passkey),
    Row(name="PASSWORD_VERIFIER", poses=("PASSWORD_VERIFIER",), pool=pool_of(), begin=by_proof, rests=SIGNED_IN),
    Row(name="DEVICE_SRP_AUTH", poses=("DEVICE_SRP_AUTH",), pool=REMEMBERING, begin=on_known_device, rests=SIGNED_IN),
    Row(name="DEVICE_PASSWORD_VERIFIER", poses=("DEVICE_PASSWORD_VERIFIER",), pool=REMEMBERING,
        begin=on_known_device, rests=SIGNED_IN),
    Row(name="ADMIN_NO_SRP_AUTH", poses=("ADMIN_NO_SRP_AUTH",), pool=LEGACY, begin=asked_for_password,
        rests=("server_side_password", "ADMIN_NO_SRP_AUTH"), asks=WITH_PASSWORD, answer=give_password),
    Row(name="confirm sign-up", pool=pool_of(), begin=unconfirmed, rests=("unconfirmed", None),
        asks={"confirm": ("code",), "resend": ()}, answer=confirm),
    Row(name="reset password", pool=pool_of(), begin=to_be_reset, rests=("resetting_password", None),
        asks={"confirm_reset": ("code", "new_password"), "resend": ()}, answer=reset),
    Row(name="done", pool=pool_of(), begin=by_password, rests=SIGNED_IN),
)  # fmt: skip
"""Every row of a client library's table from challenges to steps."""

AGAIN: Final = frozenset({
    "forgot_password", "sign_in", "sign_in_server_side", "sign_in_with_choice", "sign_in_with_custom_challenge",
    "sign_in_with_srp", "sign_in_with_srp_and_custom_challenge", "confirm_taking_alias",
})  # fmt: skip
"""The events that begin anew, or are for other pools."""


def test_no_challenge_is_missing() -> None:
    """Between them, the rows pose every challenge of the service model."""
    shape: Any = get_session().get_service_model("cognito-idp").shape_for("ChallengeNameType")
    assert {name for row in ROWS for name in row.poses} == {*shape.enum}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_row(row: Row) -> None:
    """The session rests on the challenge, asks for what answers it, and the answer leads to verified tokens."""
    async with Journey(row.pool, triggers=functions(row.pool), signed=True) as ada:
        await row.begin(ada)
        assert stand(ada.snapshot) == row.rests
        if row.rests != SIGNED_IN:
            events = ada.snapshot.accepts.keys() - AGAIN
            assert {event: asked(ada.snapshot, event) for event in events} == row.asks
        assert row.parameters in (None, ada.snapshot.parameters)
        if row.answer:
            await row.answer(ada)
            assert reason(ada.snapshot) is None
        assert stand(ada.snapshot) == row.ends
        assert {*row.poses} <= {*ada.wire.posed}
        if row.ends == SIGNED_IN:
            assert (await ada.claims())["cognito:username"] == ada.username
