"""Passwords that are forgotten or must be reset, and users who are disabled."""

from __future__ import annotations

from typing import Final

import pytest
from journey import NEW_PASSWORD, PASSWORD, Journey, asked, pool_of, reason, stand

import flowengine as fe

PLAIN: Final = pool_of()
RESETTING: Final = ("resetting_password", None)


@pytest.mark.parametrize("event", ["sign_in", "sign_in_with_srp"])
async def test_reset_that_the_administrator_wants(event: str) -> None:
    """Whoever must reset the password is led there by signing in, and signs in with the new one."""
    async with Journey(PLAIN) as ada:
        await ada.register()
        ada.simulator.reset_user_password("ada")
        snapshot = await ada.sign_in(event, password=PASSWORD)
        assert (*stand(snapshot), reason(snapshot)) == (*RESETTING, "PasswordResetRequiredException")
        assert asked(snapshot, "confirm_reset") == ("code", "new_password")
        assert stand(await ada.send("confirm_reset", code=ada.code, new_password=NEW_PASSWORD)) == ("confirmed", None)
        assert stand(await ada.sign_in(event, password=NEW_PASSWORD)) == ("signed_in", None)
        assert (await ada.claims())["cognito:username"] == "ada"


async def test_reset_while_signed_in() -> None:
    """A user who is signed in is led to the reset by the next event that needs the access token."""
    async with Journey(pool_of("totp", mode="optional")) as ada:
        await ada.register()
        await ada.with_password()
        ada.simulator.reset_user_password("ada")
        snapshot = await ada.send("enable_totp_mfa")
        assert (*stand(snapshot), reason(snapshot)) == (*RESETTING, "PasswordResetRequiredException")
        await ada.send("confirm_reset", code=ada.code, new_password=NEW_PASSWORD)
        assert (await ada.with_password(NEW_PASSWORD)).state == "signed_in"


async def test_forgotten_password() -> None:
    """A code that was sent takes a new password, and the old one is of no use any more."""
    async with Journey(PLAIN) as ada:
        await ada.register()
        await ada.start_over()
        snapshot = await ada.send("forgot_password", username="ada")
        assert (*stand(snapshot), snapshot.delivery) == (*RESETTING, fe.Delivery("EMAIL", "a***@e***", "email"))
        assert (await ada.send("confirm_reset", code=ada.code, new_password=NEW_PASSWORD)).state == "confirmed"
        assert reason(await ada.with_password(PASSWORD)) == "INCORRECT_USERNAME_OR_PASSWORD"
        assert (await ada.with_password(NEW_PASSWORD)).state == "signed_in"


async def test_reset_can_be_mended() -> None:
    """A wrong code and a weak password keep the reset, another code voids the first, and then it goes on."""
    async with Journey(PLAIN) as ada:
        await ada.register()
        await ada.send("forgot_password")
        first = ada.code
        assert reason(await ada.send("confirm_reset", code="no-code", new_password=NEW_PASSWORD)) == (
            "CodeMismatchException"
        )
        assert reason(await ada.send("confirm_reset", code=first, new_password="weakhorse")) == (
            "InvalidPasswordException"
        )
        assert stand(await ada.send("resend")) == RESETTING
        assert reason(await ada.send("confirm_reset", code=first, new_password=NEW_PASSWORD)) == "CodeMismatchException"
        assert (await ada.send("confirm_reset", code=ada.code, new_password=NEW_PASSWORD)).state == "confirmed"


async def test_reset_expires() -> None:
    """After an hour the code is no longer waited for, and the old password still signs in."""
    async with Journey(PLAIN) as ada:
        await ada.register()
        await ada.send("forgot_password")
        ada.clock.advance(hours=1)
        snapshot = await ada.send("confirm_reset", code=ada.code, new_password=NEW_PASSWORD)
        assert (snapshot.state, reason(snapshot)) == ("signed_out", "EXPIRED")
        assert (await ada.with_password()).state == "signed_in"


async def test_chosen_password_is_forgotten() -> None:
    """Whoever has chosen the password and does not know it sets another one, and signs in with it."""
    async with Journey(pool_of(allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP"))) as ada:
        await ada.register()
        await ada.sign_in("sign_in_with_choice")
        assert (await ada.send("answer", answer="PASSWORD")).state == "password_challenge"
        assert stand(await ada.send("forgot_password")) == RESETTING
        assert (await ada.send("confirm_reset", code=ada.code, new_password=NEW_PASSWORD)).state == "confirmed"
        assert (await ada.with_password(NEW_PASSWORD)).state == "signed_in"


async def test_stranger_forgets_as_a_user_does() -> None:
    """Where the pool hides users, a stranger who forgot a password is told the same as a user."""
    async with Journey(pool_of(account_recovery=("verified_email",))) as ada:
        await ada.register()
        shown = []
        for name in ("ada", "grace"):
            await ada.start_over()
            snapshot = await ada.send("forgot_password", username=name)
            assert snapshot.delivery is not None
            shown.append((*stand(snapshot), reason(snapshot), snapshot.delivery.medium, snapshot.delivery.attribute))
        assert shown[0] == shown[1]


async def test_user_without_verified_contact_cannot_reset() -> None:
    """Where users are not hidden, one whom no code can reach is told that trying again is of no use."""
    client = fe.Client(prevent_user_existence_errors="LEGACY")
    async with Journey(pool_of(client=client)) as ada:
        ada.invite(password=PASSWORD)
        snapshot = await ada.send("forgot_password", username="ada")
        assert snapshot.state == "signed_out"
        assert snapshot.error is not None
        assert (snapshot.error.code, snapshot.error.retryable) == ("NO_RECOVERY_CHANNEL", False)


async def test_disabled_user_comes_back() -> None:
    """A disabled user stays outside until enabled again, and is told that trying again is of no use."""
    async with Journey(PLAIN) as ada:
        await ada.register()
        ada.simulator.disable_user("ada")
        snapshot = await ada.with_password()
        assert snapshot.state == "confirmed"
        assert snapshot.error is not None
        assert (snapshot.error.code, snapshot.error.retryable) == ("USER_DISABLED", False)
        ada.simulator.enable_user("ada")
        assert (await ada.with_password()).state == "signed_in"


async def test_user_is_disabled_while_signed_in() -> None:
    """A user who is disabled while signed in is signed out by the next event, with the reason."""
    async with Journey(PLAIN) as ada:
        await ada.register()
        await ada.with_password()
        ada.simulator.disable_user("ada")
        snapshot = await ada.send("refresh")
        assert (*stand(snapshot), reason(snapshot), snapshot.tokens) == ("signed_out", None, "USER_DISABLED", None)


async def test_user_is_deleted_while_signed_in() -> None:
    """A user who is deleted while signed in is signed out by the next event, and may sign up anew."""
    async with Journey(PLAIN) as ada:
        await ada.register()
        await ada.with_password()
        ada.simulator.delete_user("ada")
        snapshot = await ada.send("refresh")
        assert (snapshot.state, reason(snapshot)) == ("signed_out", "UserNotFoundException")
        assert (await ada.register()).state == "confirmed"
