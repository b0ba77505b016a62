"""Sign-ups that lead straight on: signed in by their code, without a password, or with another user's address."""

from __future__ import annotations

from typing import Any, Final

import pytest
from journey import EMAIL, NEW_PASSWORD, PASSWORD, WRONG, Journey, asked, pool_of, reason, stand

import flowengine as fe

CODES: Final = pool_of(allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP"))
ALIASES: Final = pool_of(sign_in=fe.SignIn(alias_attributes=("email",)))
BY_EMAIL: Final = pool_of(
    sign_in=fe.SignIn(username_attributes=("email",)), allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP")
)
PLAIN: Final[dict[str, Any]] = {"attributes": {"email": EMAIL}}


async def test_code_of_the_sign_up_signs_in() -> None:
    """Where users can sign in by a code, the one that confirmed them spares another."""
    async with Journey(CODES, **PLAIN) as ada:
        assert stand(await ada.register()) == ("confirmed", "AUTO_SIGN_IN")
        assert asked(ada.snapshot, "auto_sign_in") == ()
        assert stand(await ada.send("auto_sign_in")) == ("signed_in", None)
        assert (await ada.claims())["email_verified"] is True
        assert len(ada.simulator.outbox) == 1


async def test_session_of_the_sign_up_expires() -> None:
    """Whoever waits too long is still confirmed, is told why, and signs in with the password."""
    async with Journey(CODES, **PLAIN) as ada:
        await ada.register()
        ada.clock.advance(minutes=4)
        snapshot = await ada.send("auto_sign_in")
        assert (*stand(snapshot), reason(snapshot)) == ("confirmed", None, "SESSION_EXPIRED")
        assert "auto_sign_in" not in snapshot.accepts
        assert (await ada.with_password()).state == "signed_in"


async def test_sign_up_may_be_left_for_a_sign_in() -> None:
    """Nobody has to be signed in by the code: any other sign-in works as well."""
    async with Journey(CODES, **PLAIN) as ada:
        await ada.register()
        assert reason(await ada.with_password(WRONG)) == "INCORRECT_USERNAME_OR_PASSWORD"
        assert (await ada.with_password()).state == "signed_in"


async def test_disabled_user_is_not_signed_in_by_the_code() -> None:
    """A user who is disabled right after the sign-up is led outside, with the reason."""
    async with Journey(CODES, **PLAIN) as ada:
        await ada.register()
        ada.simulator.disable_user("ada")
        snapshot = await ada.send("auto_sign_in")
        assert (snapshot.state, reason(snapshot)) == ("signed_out", "USER_DISABLED")


async def test_sign_up_without_password() -> None:
    """A user without a password is confirmed by a code, signed in by it, and later by another."""
    async with Journey(BY_EMAIL, username=EMAIL, attributes={}) as ada:
        password = ada.snapshot.accepts["sign_up"][1]
        assert (password.name, password.required) == ("password", False)
        snapshot = await ada.send("sign_up", username=EMAIL)
        assert (*stand(snapshot), snapshot.delivery) == (
            "unconfirmed", None, fe.Delivery("EMAIL", "a***@e***", "email"),
        )  # fmt: skip
        await ada.send("confirm", code=ada.code)
        assert (await ada.send("auto_sign_in")).state == "signed_in"
        await ada.send("sign_out")
        snapshot = await ada.sign_in("sign_in_with_choice", preferred_challenge="EMAIL_OTP")
        assert stand(snapshot) == ("one_time_password", "EMAIL_OTP")
        assert (await ada.send("answer", code=ada.code)).state == "signed_in"
        assert (await ada.claims())["email"] == EMAIL


async def test_user_without_password_has_no_right_one() -> None:
    """Whoever signed up without a password is offered none, and any is wrong."""
    async with Journey(BY_EMAIL, username=EMAIL, attributes={}) as ada:
        await ada.send("sign_up", username=EMAIL)
        await ada.send("confirm", code=ada.code)
        assert reason(await ada.with_password()) == "INCORRECT_USERNAME_OR_PASSWORD"
        snapshot = await ada.sign_in("sign_in_with_choice")
        assert snapshot.parameters["choices"] == ("EMAIL_OTP",)


async def test_unconfirmed_user_is_confirmed_by_a_code_to_sign_in() -> None:
    """Whoever never typed the code of the sign-up can prove the address by a code that signs in."""
    async with Journey(CODES, **PLAIN) as ada:
        await ada.sign_up()
        await ada.start_over()
        await ada.sign_in("sign_in_with_choice", preferred_challenge="EMAIL_OTP")
        assert (await ada.send("answer", code=ada.code)).state == "signed_in"
        assert (await ada.claims())["email_verified"] is True


async def take_alias(ada: Journey) -> fe.Snapshot:
    """Let Ada have the address first, and grace sign up with it and take it."""
    await ada.register()
    ada.username = "grace"
    await ada.start_over()
    await ada.sign_up(NEW_PASSWORD)
    return await ada.send("confirm_taking_alias", code=ada.code)


async def test_taken_alias_is_refused() -> None:
    """An address by which another user signs in is not given away by itself: the user is asked whether to take it."""
    async with Journey(ALIASES, **PLAIN) as ada:
        await ada.register()
        ada.username = "grace"
        await ada.start_over()
        await ada.sign_up(NEW_PASSWORD)
        snapshot = await ada.send("confirm", code=ada.code)
        assert snapshot.error is not None
        assert (*stand(snapshot), snapshot.error.code) == ("unconfirmed", None, "AliasExistsException")
        assert not snapshot.error.retryable
        assert (await ada.send("confirm_taking_alias", code=ada.code)).state == "confirmed"


async def test_alias_is_taken() -> None:
    """Whoever takes an address signs in with it, and its former holder does so no more, but still by username."""
    async with Journey(ALIASES, **PLAIN) as ada:
        assert (await take_alias(ada)).state == "confirmed"
        await ada.start_over()
        ada.username = EMAIL
        assert (await ada.with_password(NEW_PASSWORD)).state == "signed_in"
        assert (await ada.claims())["cognito:username"] == "grace"
        await ada.start_over()
        assert reason(await ada.with_password(PASSWORD)) == "INCORRECT_USERNAME_OR_PASSWORD"
        ada.username = "ada"
        assert (await ada.with_password(PASSWORD)).state == "signed_in"
        assert (await ada.claims())["email_verified"] is False


@pytest.mark.parametrize(("pool", "offered"), [(ALIASES, True), (CODES, False)])
async def test_alias_can_be_taken_where_there_are_aliases(pool: fe.PoolSettings, offered: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    """Only a pool with aliases offers to take one."""
    async with Journey(pool, **PLAIN) as ada:
        assert ("confirm_taking_alias" in (await ada.sign_up()).accepts) == offered
