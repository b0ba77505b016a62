"""Second factors: chosen among several, and switched on and off by the signed-in user."""

from __future__ import annotations

from typing import Any, Final

import pytest
from journey import EMAIL, Journey, pool_of, reason, stand

import flowengine as fe

THREE: Final = ("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP")
PLACES: Final = {
    "EMAIL_OTP": "one_time_password", "SMS_MFA": "mfa_challenge", "SOFTWARE_TOKEN_MFA": "mfa_challenge",
}  # fmt: skip
REQUIRED: Final = pool_of("sms", "totp", "email")
OPTIONAL: Final = pool_of("sms", "totp", "email", mode="optional")


async def with_three_factors(ada: Journey) -> None:
    """Register, set an authenticator app up beside phone and mailbox without preferring it, and come back."""
    await ada.register()
    await ada.with_password()
    await ada.send("answer", answer="SMS_MFA")
    await ada.send("answer", code=ada.code)
    await ada.enrol_app()
    await ada.operate("SetUserMFAPreference", SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": False})
    await ada.start_over()


async def prove(ada: Journey) -> fe.Snapshot:
    """Answer with the code of the factor that waits."""
    app = ada.snapshot.pending == "SOFTWARE_TOKEN_MFA"
    return await ada.send("answer", code=ada.app_code() if app else ada.code)


@pytest.mark.parametrize("factor", THREE)
async def test_factor_is_chosen_among_three(factor: str) -> None:
    """A user with three factors and no preference chooses one, and its code signs in."""
    async with Journey(REQUIRED) as ada:
        await with_three_factors(ada)
        snapshot = await ada.with_password()
        assert (*stand(snapshot), snapshot.parameters["choices"]) == ("mfa_selection", "SELECT_MFA_TYPE", THREE)
        assert stand(await ada.send("answer", answer=factor)) == (PLACES[factor], factor)
        assert stand(await prove(ada)) == ("signed_in", None)
        assert (await ada.claims())["email"] == EMAIL


async def test_factor_that_the_user_lacks_cannot_be_chosen() -> None:
    """Only what this user has is offered, whatever the pool has, and nothing else is sent."""
    async with Journey(REQUIRED) as ada:
        await ada.register()
        snapshot = await ada.with_password()
        assert {*snapshot.accepts["answer"][0].choices} == {"SMS_MFA", "EMAIL_OTP"}
        with pytest.raises(fe.InputInvalid, match="answer is none of"):
            await ada.send("answer", answer="SOFTWARE_TOKEN_MFA")
        assert ada.wire.calls[-1] == "InitiateAuth"


@pytest.mark.parametrize(
    ("event", "factor"),
    [("enable_sms_mfa", "SMS_MFA"), ("enable_email_mfa", "EMAIL_OTP"), ("app", "SOFTWARE_TOKEN_MFA")],
)
async def test_factor_is_switched_on_and_off(event: str, factor: str) -> None:
    """Where MFA is optional, the factor that a user prefers is asked for until it is switched off."""
    async with Journey(OPTIONAL) as ada:
        await ada.register()
        assert (await ada.with_password()).state == "signed_in"
        switched = await (ada.enrol_app() if event == "app" else ada.send(event))
        assert (*stand(switched), reason(switched)) == ("signed_in", None, None)
        await ada.send("sign_out")
        assert stand(await ada.with_password()) == (PLACES[factor], factor)
        assert (await prove(ada)).state == "signed_in"
        off = {"SMS_MFA": "disable_sms_mfa", "EMAIL_OTP": "disable_email_mfa"}.get(factor, "disable_totp_mfa")
        assert reason(await ada.send(off)) is None
        await ada.send("sign_out")
        assert (await ada.with_password()).state == "signed_in"


async def test_last_preference_wins() -> None:
    """A user with every factor is asked for the one that was preferred last, and may change that as often as wanted."""
    async with Journey(OPTIONAL) as ada:
        await ada.register()
        await ada.with_password()
        await ada.enrol_app()
        switches = {"enable_sms_mfa": "SMS_MFA", "enable_email_mfa": "EMAIL_OTP", "enable_totp_mfa": THREE[1]}
        for event, factor in switches.items():
            assert reason(await ada.send(event)) is None
            await ada.send("sign_out")
            assert (await ada.with_password()).pending == factor
            assert (await prove(ada)).state == "signed_in"
        assert {*(await ada.operate("GetUser"))["UserMFASettingList"]} == {*THREE}


@pytest.mark.parametrize(
    ("attributes", "event", "code"),
    [
        ({"email": EMAIL}, "enable_sms_mfa", "PHONE_NUMBER_MISSING"),
        ({"email": EMAIL}, "enable_totp_mfa", "SOFTWARE_TOKEN_NOT_VERIFIED"),
    ],
)
async def test_factor_that_is_missing_cannot_be_switched_on(attributes: dict[str, Any], event: str, code: str) -> None:
    """Whoever lacks what a factor needs stays signed in, and is told that trying again is of no use."""
    async with Journey(OPTIONAL, attributes=attributes) as ada:
        await ada.register()
        await ada.with_password()
        snapshot = await ada.send(event)
        assert stand(snapshot) == ("signed_in", None)
        assert snapshot.error is not None
        assert (snapshot.error.code, snapshot.error.retryable) == (code, False)


async def test_required_factor_cannot_be_switched_off() -> None:
    """Where MFA is required, a factor can be preferred, and none can be switched off."""
    async with Journey(REQUIRED) as ada:
        await ada.register()
        await ada.with_password()
        await ada.send("answer", answer="EMAIL_OTP")
        snapshot = await ada.send("answer", code=ada.code)
        assert not {"disable_sms_mfa", "disable_totp_mfa", "disable_email_mfa"} & {*snapshot.accepts}
        assert reason(await ada.send("enable_sms_mfa")) is None
        await ada.send("sign_out")
        assert stand(await ada.with_password()) == ("mfa_challenge", "SMS_MFA")


async def test_app_is_replaced() -> None:
    """An app that is registered again shows codes of the new secret, and the old one's are refused."""
    async with Journey(OPTIONAL) as ada:
        await ada.register()
        await ada.with_password()
        await ada.enrol_app()
        old = ada.secret
        await ada.enrol_app()
        new, ada.secret = ada.secret, old
        await ada.send("sign_out")
        await ada.with_password()
        assert reason(await ada.send("answer", code=ada.app_code())) == "CodeMismatchException"
        ada.secret = new
        assert (await ada.send("answer", code=ada.app_code())).state == "signed_in"


async def test_code_of_the_app_is_good_once() -> None:
    """A code of the app that was used is refused and can be followed by the next one."""
    async with Journey(OPTIONAL) as ada:
        await ada.register()
        await ada.with_password()
        await ada.enrol_app()
        await ada.send("sign_out")
        await ada.with_password()
        code = ada.app_code()
        await ada.send("answer", code=code)
        await ada.send("sign_out")
        await ada.with_password()
        snapshot = await ada.send("answer", code=code)
        assert (*stand(snapshot), reason(snapshot)) == ("mfa_challenge", "SOFTWARE_TOKEN_MFA", "SOFTWARE_TOKEN_USED")
        assert (await ada.send("answer", code=ada.app_code())).state == "signed_in"
