"""Lost answers: wherever one is lost, before or after it took effect, the session goes on and ends signed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal

import pytest
from challenges import CHALLENGES, CHOICE, Waiting, register_passkey, set_app_up
from journey import NEW_PASSWORD, PASSWORD, Journey, pool_of, reason, stand

from flowengine.settings import Devices

Fault = Literal["lost_before", "lost_after"]
FAULTS: Final[tuple[Fault, ...]] = ("lost_before", "lost_after")
OPTIONAL: Final = pool_of("sms", "totp", mode="optional")
CODES: Final = pool_of(allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP"))
OPT_IN: Final = pool_of("sms", devices=Devices(remembered="opt_in", challenge_required_on_new_device=True))


async def sign_in_again(ada: Journey) -> None:
    """Sign in with the password that is known, or with the one that may have become the user's meanwhile."""
    await ada.with_password()
    if reason(ada.snapshot) == "INCORRECT_USERNAME_OR_PASSWORD":
        await ada.with_password(NEW_PASSWORD)


async def confirm(ada: Journey) -> None:
    """Ask for another code, unless the user is confirmed by now, and type it."""
    if (await ada.send("resend")).state == "unconfirmed":
        await ada.send("confirm", code=ada.code)


async def reset(ada: Journey) -> None:
    """Ask for another code, and set the new password."""
    await ada.send("resend")
    await ada.send("confirm_reset", code=ada.code, new_password=NEW_PASSWORD)


async def second_factor(ada: Journey) -> None:
    """Type the code that is asked for."""
    app = ada.snapshot.pending == "SOFTWARE_TOKEN_MFA"
    await ada.send("answer", code=ada.app_code() if app else ada.code)


async def set_up(ada: Journey) -> None:
    """Set an authenticator app up."""
    await ada.send("set_up_totp")
    await set_app_up(ada)


MOVES: Final[dict[str, Callable[[Journey], Awaitable[Any]]]] = {
    "confirmed": sign_in_again,
    "mfa_challenge": second_factor,
    "mfa_setup": set_up,
    "one_time_password": second_factor,
    "resetting_password": reset,
    "signed_out": sign_in_again,
    "totp_setup": set_app_up,
    "unconfirmed": confirm,
}
"""What a user with the right answers does, by state."""


async def finish(ada: Journey) -> None:
    """Go on until signed in, in a few moves, and verify the tokens."""
    for _ in range(5):
        if ada.snapshot.state == "signed_in":
            break
        await MOVES[ada.snapshot.state](ada)
    assert ada.snapshot.state == "signed_in"
    assert (await ada.claims())["cognito:username"] == "ada"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("waiting", CHALLENGES, ids=str)
async def test_answer_to_a_challenge(waiting: Waiting, fault: Fault) -> None:
    """A lost answer to a challenge leads back, with the reason, to where the user can sign in, and then does."""
    async with waiting.journey() as ada:
        await waiting.begin(ada)
        place = stand(ada.snapshot)
        ada.simulator.fail_next(fault, waiting.operation)
        snapshot = await waiting.answer(ada)
        assert (*stand(snapshot), reason(snapshot)) == ("signed_out", None, "ANSWER_LOST")
        await waiting.begin_again(ada)
        if stand(ada.snapshot) == place:
            await waiting.answer(ada)
        await finish(ada)


@pytest.mark.parametrize("fault", FAULTS)
async def test_end_of_a_set_up(fault: Fault) -> None:
    """The last call of a set-up may be lost: then the app is set up and is asked for, or it is set up once more."""
    async with Journey(pool_of("totp")) as ada:
        await ada.register()
        await ada.with_password()
        await ada.send("set_up_totp")
        ada.simulator.fail_next(fault, "RespondToAuthChallenge")
        await set_app_up(ada)
        assert (*stand(ada.snapshot), reason(ada.snapshot)) == ("signed_out", None, "ANSWER_LOST")
        await ada.with_password()
        expected = {"lost_before": "MFA_SETUP", "lost_after": "SOFTWARE_TOKEN_MFA"}
        assert ada.snapshot.pending == expected[fault]
        await finish(ada)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("event", "password", "operation"),
    [
        ("sign_in", PASSWORD, "InitiateAuth"),
        ("sign_in_with_srp", PASSWORD, "InitiateAuth"),
        ("sign_in_with_srp", PASSWORD, "RespondToAuthChallenge"),
    ],
)
async def test_beginning_of_a_sign_in(event: str, password: str, operation: str, fault: Fault) -> None:
    """A lost answer at the beginning leaves the user where the sign-in began."""
    async with Journey(pool_of("sms")) as ada:
        await ada.register()
        ada.simulator.fail_next(fault, operation)
        snapshot = await ada.sign_in(event, password=password)
        assert (*stand(snapshot), reason(snapshot)) == ("confirmed", None, "ANSWER_LOST")
        assert stand(await ada.sign_in(event, password=password)) == ("mfa_challenge", "SMS_MFA")
        await finish(ada)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", ["SignUp", "ConfirmSignUp", "ResendConfirmationCode"])
async def test_sign_up(operation: str, fault: Fault) -> None:
    """Whatever is lost on the way of a sign-up, signing in tells where the user stands, and leads on."""
    async with Journey(pool_of()) as ada:
        ada.simulator.fail_next(fault, operation)
        await ada.sign_up()
        if ada.snapshot.state == "signed_out":
            await ada.with_password()
            await (ada.sign_up() if reason(ada.snapshot) == "INCORRECT_USERNAME_OR_PASSWORD" else confirm(ada))
        else:
            await confirm(ada)
        await finish(ada)


@pytest.mark.parametrize("fault", FAULTS)
async def test_auto_sign_in(fault: Fault) -> None:
    """A lost automatic sign-in leaves a confirmed user, who signs in with the password."""
    async with Journey(CODES) as ada:
        await ada.register()
        ada.simulator.fail_next(fault, "InitiateAuth")
        snapshot = await ada.send("auto_sign_in")
        assert (*stand(snapshot), reason(snapshot)) == ("confirmed", None, "ANSWER_LOST")
        assert "auto_sign_in" not in snapshot.accepts
        await finish(ada)


@pytest.mark.parametrize("fault", FAULTS)
async def test_forgotten_password(fault: Fault) -> None:
    """A lost answer to a forgotten password leaves the user outside, and asking again sends a code."""
    async with Journey(pool_of()) as ada:
        await ada.register()
        ada.simulator.fail_next(fault, "ForgotPassword")
        snapshot = await ada.send("forgot_password")
        assert (*stand(snapshot), reason(snapshot)) == ("confirmed", None, "ANSWER_LOST")
        assert (await ada.send("forgot_password")).state == "resetting_password"
        await ada.send("confirm_reset", code=ada.code, new_password=NEW_PASSWORD)
        await finish(ada)


@pytest.mark.parametrize("fault", FAULTS)
async def test_confirmed_reset(fault: Fault) -> None:
    """A reset whose answer is lost can be sent again, or signed in after, whichever password holds."""
    async with Journey(pool_of()) as ada:
        await ada.register()
        await ada.send("forgot_password")
        ada.simulator.fail_next(fault, "ConfirmForgotPassword")
        snapshot = await ada.send("confirm_reset", code=ada.code, new_password=NEW_PASSWORD)
        assert (*stand(snapshot), reason(snapshot)) == ("resetting_password", None, "ANSWER_LOST")
        await ada.send("confirm_reset", code=ada.code, new_password=NEW_PASSWORD)
        assert reason(ada.snapshot) == {"lost_before": None, "lost_after": "ExpiredCodeException"}[fault]
        await finish(ada)
        assert reason(await ada.send("refresh")) is None


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", ["AssociateSoftwareToken", "VerifySoftwareToken", "SetUserMFAPreference"])
async def test_app_of_a_signed_in_user(operation: str, fault: Fault) -> None:
    """Whatever is lost while an app is registered, the user stays signed in and registers it anew."""
    async with Journey(OPTIONAL) as ada:
        await ada.register()
        await ada.with_password()
        ada.simulator.fail_next(fault, operation)
        await ada.send("register_totp")
        if ada.snapshot.error is None:
            ada.scan()
            await ada.send("verify_totp", code=ada.app_code())
        assert (ada.snapshot.state, reason(ada.snapshot)) == ("signed_in", "ANSWER_LOST")
        assert reason(await ada.enrol_app()) is None
        await ada.send("sign_out")
        assert (await ada.with_password()).pending == "SOFTWARE_TOKEN_MFA"
        await finish(ada)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("event", ["register_passkey", "finish_passkey"])
async def test_passkey_of_a_signed_in_user(event: str, fault: Fault) -> None:
    """Whatever is lost while a passkey is registered, the user stays signed in, and one more passkey signs in."""
    operations = {"register_passkey": "StartWebAuthnRegistration", "finish_passkey": "CompleteWebAuthnRegistration"}
    async with Journey(CHOICE) as ada:
        await ada.register()
        await ada.with_password()
        ada.simulator.fail_next(fault, operations[event])
        options = (await ada.send("register_passkey")).parameters.get("credential_creation_options")
        if options:
            await ada.send("finish_passkey", credential=ada.authenticator.create(options))
        assert (ada.snapshot.state, reason(ada.snapshot)) == ("signed_in", "ANSWER_LOST")
        await finish(ada)
        options = (await ada.send("register_passkey")).parameters["credential_creation_options"]
        await ada.send("finish_passkey", credential=ada.authenticator.create(options))
        assert (*stand(ada.snapshot), reason(ada.snapshot)) == ("signed_in", None, None)
        await ada.start_over()
        options = (await ada.sign_in("sign_in_with_choice", preferred_challenge="WEB_AUTHN")).parameters
        await ada.send("answer", credential=ada.authenticator.get(options["credential_request_options"]))
        await finish(ada)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", ["ConfirmDevice", "UpdateDeviceStatus"])
async def test_device_of_a_signed_in_user(operation: str, fault: Fault) -> None:
    """Whatever is lost while a device is remembered, the user stays signed in and can refresh, and later sign in."""
    async with Journey(OPT_IN) as ada:
        await ada.register()
        await ada.with_password()
        await ada.send("answer", code=ada.code)
        ada.simulator.fail_next(fault, operation)
        snapshot = await ada.send("remember_device")
        assert (snapshot.state, reason(snapshot)) == ("signed_in", "ANSWER_LOST")
        assert reason(await ada.send("refresh")) is None
        await ada.send("sign_out")
        await finish(ada)
        if "remember_device" in ada.snapshot.accepts:
            assert reason(await ada.send("remember_device")) is None


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("nth", [1, 2], ids=["DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"])
async def test_proof_of_a_device(nth: int, fault: Fault) -> None:
    """A lost answer to a device's proof leaves the user where the sign-in began, and the device works again."""
    async with Journey(OPT_IN) as ada:
        await ada.register()
        await ada.with_password()
        await ada.send("answer", code=ada.code)
        device = (await ada.send("remember_device")).device
        await ada.start_over()

        async def lose(request: Any) -> Any:
            nonlocal nth
            nth -= 1
            if not nth:
                ada.simulator.fail_next(fault, "RespondToAuthChallenge")
            return await ada.wire.inner.call("RespondToAuthChallenge", request)

        ada.wire.stand_ins["RespondToAuthChallenge"] = lose
        snapshot = await ada.with_password(device=device)
        assert (*stand(snapshot), reason(snapshot)) == ("signed_out", None, "ANSWER_LOST")
        assert stand(await ada.with_password(device=device)) == ("signed_in", None)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("event", "operation"),
    [
        ("refresh", "GetTokensFromRefreshToken"),
        ("sign_out", "GlobalSignOut"),
        ("enable_sms_mfa", "SetUserMFAPreference"),
    ],
)
async def test_signed_in_user(event: str, operation: str, fault: Fault) -> None:
    """Whatever is lost, a signed-in user stays so, or is signed out for good by sending it again."""
    async with Journey(OPTIONAL) as ada:
        await ada.register()
        await ada.with_password()
        ada.simulator.fail_next(fault, operation)
        snapshot = await ada.send(event)
        assert (*stand(snapshot), reason(snapshot)) == ("signed_in", None, "ANSWER_LOST")
        await ada.send(event)
        assert ada.snapshot.state == ("signed_out" if event == "sign_out" else "signed_in")
        await finish(ada)


async def test_passkey_survives() -> None:
    """A passkey that was registered before works on after a lost answer."""
    async with Journey(CHOICE) as ada:
        await register_passkey(ada)
        ada.simulator.fail_next("lost_after", "InitiateAuth")
        snapshot = await ada.sign_in("sign_in_with_choice", preferred_challenge="WEB_AUTHN")
        assert (*stand(snapshot), reason(snapshot)) == ("signed_out", None, "ANSWER_LOST")
        options = (await ada.sign_in("sign_in_with_choice", preferred_challenge="WEB_AUTHN")).parameters
        await ada.send("answer", credential=ada.authenticator.get(options["credential_request_options"]))
        await finish(ada)
