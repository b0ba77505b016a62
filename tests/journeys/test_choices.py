"""Choice-based sign-in: each first factor, preferred or chosen, and what happens where it is not to be had."""

from __future__ import annotations

from typing import Any, Final

import pytest
from journey import EMAIL, PASSWORD, WRONG, Journey, asked, pool_of, reason, stand

import flowengine as fe
from flowengine.settings import FIRST_FACTORS, Passkey

CHOICE: Final = pool_of(allowed_first_auth_factors=FIRST_FACTORS, passkey=Passkey(relying_party_id="example.com"))
PLACES: Final = {
    "EMAIL_OTP": "one_time_password", "PASSWORD": "password_challenge", "PASSWORD_SRP": "password_challenge",
    "SMS_OTP": "one_time_password", "WEB_AUTHN": "passkey_challenge",
}  # fmt: skip


async def registered(ada: Journey) -> None:
    """Register, with a passkey, and come back."""
    await ada.register()
    await ada.with_password()
    options = (await ada.send("register_passkey")).parameters["credential_creation_options"]
    await ada.send("finish_passkey", credential=ada.authenticator.create(options))
    await ada.start_over()


async def prove(ada: Journey) -> fe.Snapshot:
    """Answer the challenge that waits."""
    snapshot = ada.snapshot
    answers: dict[str, Any] = {
        "one_time_password": lambda: {"code": ada.code},
        "password_challenge": lambda: {"password": PASSWORD},
        "passkey_challenge": lambda: {
            "credential": ada.authenticator.get(snapshot.parameters["credential_request_options"])
        },
    }
    return await ada.send("answer", **answers[snapshot.state]())


@pytest.mark.parametrize("factor", sorted(PLACES))
async def test_factor_is_chosen(factor: str) -> None:
    """Each factor that is offered can be chosen, and signs in."""
    async with Journey(CHOICE) as ada:
        await registered(ada)
        snapshot = await ada.sign_in("sign_in_with_choice")
        assert {*snapshot.parameters["choices"]} == {*snapshot.accepts["answer"][0].choices} == {*PLACES}
        assert stand(await ada.send("answer", answer=factor)) == (PLACES[factor], factor)
        assert stand(await prove(ada)) == ("signed_in", None)
        assert (await ada.claims())["email"] == EMAIL


@pytest.mark.parametrize("factor", ["EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"])
async def test_factor_is_preferred(factor: str) -> None:
    """A factor that is preferred is asked for at once."""
    async with Journey(CHOICE) as ada:
        await registered(ada)
        snapshot = await ada.sign_in("sign_in_with_choice", preferred_challenge=factor)
        assert stand(snapshot) == (PLACES[factor], factor)
        assert stand(await prove(ada)) == ("signed_in", None)
        assert "SELECT_CHALLENGE" not in ada.wire.posed
        assert (await ada.claims())["email"] == EMAIL


@pytest.mark.parametrize("factor", ["PASSWORD", "PASSWORD_SRP"])
@pytest.mark.parametrize("chosen", [False, True], ids=["preferred", "chosen"])
async def test_password_comes_along(factor: str, chosen: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    """A password that comes with the preference or the choice signs in without another question."""
    async with Journey(CHOICE) as ada:
        await registered(ada)
        if chosen:
            await ada.sign_in("sign_in_with_choice")
            snapshot = await ada.send("answer", answer=factor, password=PASSWORD)
        else:
            snapshot = await ada.sign_in("sign_in_with_choice", preferred_challenge=factor, password=PASSWORD)
        assert stand(snapshot) == ("signed_in", None)
        assert (factor == "PASSWORD_SRP") == ("PASSWORD_VERIFIER" in ada.wire.posed)
        assert (await ada.claims())["email"] == EMAIL


@pytest.mark.parametrize("factor", ["PASSWORD", "PASSWORD_SRP"])
async def test_preferred_password_must_come_along(factor: str) -> None:
    """Who prefers the password and does not send it has made a mistake, and nothing is sent."""
    async with Journey(CHOICE) as ada:
        with pytest.raises(fe.InputInvalid, match=f"password is missing: {factor} takes it along"):
            await ada.sign_in("sign_in_with_choice", preferred_challenge=factor)
        assert ada.wire.calls == []


async def test_preferred_factor_that_is_missing_leaves_the_choice() -> None:
    """A user without the preferred factor is asked to choose among those that the user has."""
    async with Journey(CHOICE, attributes={"email": EMAIL}) as ada:
        await ada.register()
        snapshot = await ada.sign_in("sign_in_with_choice", preferred_challenge="WEB_AUTHN")
        assert stand(snapshot) == ("factor_selection", "SELECT_CHALLENGE")
        assert snapshot.parameters["choices"] == ("PASSWORD_SRP", "PASSWORD", "EMAIL_OTP")
        assert stand(await ada.send("answer", answer="EMAIL_OTP")) == ("one_time_password", "EMAIL_OTP")
        assert (await ada.send("answer", code=ada.code)).state == "signed_in"


async def test_choice_that_is_not_offered_is_a_mistake() -> None:
    """What is not offered cannot be chosen; nothing is sent, and the choice waits on."""
    async with Journey(CHOICE, attributes={"email": EMAIL}) as ada:
        await ada.register()
        before = await ada.sign_in("sign_in_with_choice")
        calls = len(ada.wire.calls)
        with pytest.raises(fe.InputInvalid, match="answer is none of EMAIL_OTP, PASSWORD, PASSWORD_SRP"):
            await ada.send("answer", answer="SMS_OTP")
        assert (await ada.engine.get(before.id), len(ada.wire.calls)) == (before, calls)


@pytest.mark.parametrize("factor", ["EMAIL_OTP", "SMS_OTP"])
async def test_wrong_code_keeps_the_challenge(factor: str) -> None:
    """A wrong code can be mended by the right one."""
    async with Journey(CHOICE) as ada:
        await ada.register()
        await ada.sign_in("sign_in_with_choice", preferred_challenge=factor)
        snapshot = await ada.send("answer", code="no-code")
        assert (*stand(snapshot), reason(snapshot)) == ("one_time_password", factor, "CodeMismatchException")
        assert (await prove(ada)).state == "signed_in"


@pytest.mark.parametrize("factor", ["PASSWORD", "PASSWORD_SRP"])
async def test_wrong_password_ends_the_challenge(factor: str) -> None:
    """A wrong password leads back to where the user can sign in, with the reason, and the right one then does."""
    async with Journey(CHOICE) as ada:
        await ada.register()
        await ada.sign_in("sign_in_with_choice")
        await ada.send("answer", answer=factor)
        snapshot = await ada.send("answer", password=WRONG)
        assert (*stand(snapshot), reason(snapshot)) == ("signed_out", None, "INCORRECT_USERNAME_OR_PASSWORD")
        assert "username" in asked(snapshot, "sign_in_with_choice")
        assert (await ada.with_password()).state == "signed_in"


async def test_second_factor_hides_codes() -> None:
    """A user with a second factor cannot begin with a code: the password is offered, and the second factor follows."""
    pool = pool_of("totp", mode="optional", allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP"))
    async with Journey(pool) as ada:
        await ada.register()
        await ada.with_password()
        await ada.enrol_app()
        await ada.send("sign_out")
        snapshot = await ada.sign_in("sign_in_with_choice", preferred_challenge="EMAIL_OTP")
        assert snapshot.parameters["choices"] == ("PASSWORD_SRP", "PASSWORD")
        assert (await ada.send("answer", answer="PASSWORD_SRP", password=PASSWORD)).pending == "SOFTWARE_TOKEN_MFA"
        assert (await ada.send("answer", code=ada.app_code())).state == "signed_in"


async def test_stranger_may_choose_as_a_user_does() -> None:
    """Where the pool hides users, a stranger is asked for a password, as one who has nothing else is."""
    async with Journey(CHOICE, username="grace") as nobody:
        snapshot = await nobody.sign_in("sign_in_with_choice", preferred_challenge="PASSWORD_SRP", password=PASSWORD)
        assert (snapshot.state, reason(snapshot)) == ("signed_out", "INCORRECT_USERNAME_OR_PASSWORD")
