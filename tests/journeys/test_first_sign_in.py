"""Users whom an administrator created: their first sign-in, up to the second factor."""

from __future__ import annotations

from typing import Final

import pytest
from journey import BOTH, EMAIL, NEW_PASSWORD, PASSWORD, PHONE, VERIFY_EMAIL, Journey, asked, pool_of, reason, stand

import flowengine as fe

REQUIRED: Final = ("email", "family_name", "given_name")
STAFF: Final = pool_of("totp", required_attributes=REQUIRED)
NAMES: Final = {"family_name": "King", "given_name": "Ada"}


async def test_invitation_to_app_to_sign_in() -> None:
    """A temporary password is replaced, missing attributes are added, an app is set up, and its code signs in later."""
    async with Journey(STAFF) as ada:
        ada.invite({"email": EMAIL})
        assert stand(await ada.with_password()) == ("new_password", "NEW_PASSWORD_REQUIRED")
        snapshot = await ada.send("answer", new_password=NEW_PASSWORD, attributes=NAMES)
        assert stand(snapshot) == ("mfa_setup", "MFA_SETUP")
        await ada.send("set_up_totp")
        ada.scan()
        assert (await ada.send("verify_totp", code=ada.app_code())).state == "signed_in"
        assert (await ada.claims()).items() >= {**NAMES, "email": EMAIL}.items()
        await ada.send("sign_out")
        assert stand(await ada.with_password(NEW_PASSWORD)) == ("mfa_challenge", "SOFTWARE_TOKEN_MFA")
        assert (await ada.send("answer", code=ada.app_code())).state == "signed_in"
        assert (await ada.claims())["cognito:username"] == ada.username


async def test_missing_attributes_are_asked_for() -> None:
    """The snapshot says which attributes are known and which are missing, and the field asks for those alone."""
    async with Journey(STAFF) as ada:
        ada.invite({"email": EMAIL, "given_name": "Ada"})
        snapshot = await ada.with_password()
        assert snapshot.parameters["required_attributes"] == ("family_name",)
        assert snapshot.parameters["user_attributes"]["given_name"] == "Ada"
        assert asked(snapshot, "answer") == ("new_password", "attributes")
        (_, attributes) = snapshot.accepts["answer"]
        assert ([member.name for member in attributes.members], attributes.required) == (["family_name"], True)


@pytest.mark.parametrize("given", [{}, {"attributes": {"family_name": "King"}}])
async def test_missing_attributes_do_not_reach_the_pool(given: dict[str, dict[str, str]]) -> None:
    """An answer without a missing attribute is the caller's mistake, and the challenge waits on."""
    async with Journey(STAFF) as ada:
        ada.invite({"email": EMAIL})
        await ada.with_password()
        with pytest.raises(fe.InputInvalid, match="is missing"):
            await ada.send("answer", new_password=NEW_PASSWORD, **given)
        assert ada.wire.calls == ["InitiateAuth"]


async def test_weak_new_password_can_be_mended() -> None:
    """A new password that the pool does not take keeps the challenge, and a better one goes on."""
    async with Journey(pool_of()) as ada:
        ada.invite()
        await ada.with_password()
        snapshot = await ada.send("answer", new_password="horse")
        assert (*stand(snapshot), reason(snapshot)) == (
            "new_password", "NEW_PASSWORD_REQUIRED", "InvalidPasswordException",
        )  # fmt: skip
        assert snapshot.error is not None
        assert snapshot.error.retryable
        assert (await ada.send("answer", new_password=NEW_PASSWORD)).state == "signed_in"


async def test_provided_attribute_cannot_be_given_again() -> None:
    """An attribute that the administrator gave is not the user's to change here, and the challenge waits on."""
    async with Journey(pool_of()) as ada:
        ada.invite()
        await ada.with_password()
        snapshot = await ada.send("answer", new_password=NEW_PASSWORD, attributes={"email": "ada@example.org"})
        assert (snapshot.state, reason(snapshot)) == ("new_password", "InvalidParameterException")
        assert (await ada.send("answer", new_password=NEW_PASSWORD)).state == "signed_in"


async def test_temporary_password_expires() -> None:
    """An invitation that came too long ago is no use: the user stays outside, and is told that trying again is none."""
    async with Journey(pool_of()) as ada:
        ada.invite()
        ada.clock.advance(days=8)
        snapshot = await ada.with_password()
        assert snapshot.state == "signed_out"
        assert snapshot.error is not None
        assert (snapshot.error.code, snapshot.error.retryable) == ("TEMPORARY_PASSWORD_EXPIRED", False)


async def test_temporary_password_is_proved_as_well() -> None:
    """A temporary password can be proved by SRP, and then the new one is asked for."""
    async with Journey(pool_of("sms")) as ada:
        ada.invite()
        assert stand(await ada.sign_in("sign_in_with_srp", password=PASSWORD)) == (
            "new_password", "NEW_PASSWORD_REQUIRED",
        )  # fmt: skip
        snapshot = await ada.send("answer", new_password=NEW_PASSWORD)
        assert stand(snapshot) == ("mfa_challenge", "SMS_MFA")
        assert snapshot.delivery == fe.Delivery("SMS", "+*******0100")
        assert (await ada.send("answer", code=ada.code)).state == "signed_in"
        assert (await ada.claims())["phone_number_verified"] is True


async def test_temporary_password_is_chosen_as_well() -> None:
    """An invited user who may choose is offered the password alone, and then the new one is asked for."""
    pool = pool_of(allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP"))
    async with Journey(pool) as ada:
        ada.invite()
        snapshot = await ada.sign_in("sign_in_with_choice")
        assert snapshot.parameters["choices"] == ("PASSWORD_SRP", "PASSWORD")
        assert (await ada.send("answer", answer="PASSWORD", password=PASSWORD)).state == "new_password"
        assert (await ada.send("answer", new_password=NEW_PASSWORD)).state == "signed_in"


async def test_sms_alone_cannot_be_set_up() -> None:
    """Where a phone number is all that is missing, the session says so, and goes on once the user has one."""
    async with Journey(pool_of("sms", verification=VERIFY_EMAIL)) as ada:
        ada.invite({"email": EMAIL}, password=PASSWORD)
        snapshot = await ada.with_password()
        assert (*stand(snapshot), snapshot.parameters["choices"]) == ("mfa_setup", "MFA_SETUP", ("SMS_MFA",))
        assert not {"set_up_totp", "set_up_email"} & {*snapshot.accepts}
        ada.simulator.update_user_attributes(ada.username, {"phone_number": PHONE})
        assert stand(await ada.with_password()) == ("mfa_challenge", "SMS_MFA")
        assert (await ada.send("answer", code=ada.code)).state == "signed_in"


async def test_wrong_code_keeps_the_app_to_be_set_up() -> None:
    """A wrong code leaves the secret as it is, and a right one sets the app up."""
    async with Journey(pool_of("totp")) as ada:
        ada.invite(BOTH, password=PASSWORD)
        await ada.with_password()
        secret = (await ada.send("set_up_totp")).parameters
        ada.scan()
        assert secret["otpauth_uri"] == f"otpauth://totp/Cognito:ada?secret={ada.secret}&issuer=Cognito"
        snapshot = await ada.send("verify_totp", code="000000")
        assert (*stand(snapshot), reason(snapshot)) == ("totp_setup", "SECRET_CODE", "EnableSoftwareTokenMFAException")
        assert snapshot.parameters == secret
        assert (await ada.send("verify_totp", code=ada.app_code())).state == "signed_in"


async def test_factor_that_recovers_the_account_cannot_be_set_up() -> None:
    """A mailbox that recovers the account is no second factor: the pool refuses it, and the app is still to be had."""
    async with Journey(pool_of("totp", "email", account_recovery=("verified_email", "verified_phone_number"))) as ada:
        await ada.register()
        snapshot = await ada.with_password()
        assert (*stand(snapshot), snapshot.parameters["choices"]) == ("mfa_setup", "MFA_SETUP", ("SOFTWARE_TOKEN_MFA",))
        snapshot = await ada.send("set_up_email", email=EMAIL)
        assert (*stand(snapshot), reason(snapshot)) == ("mfa_setup", "MFA_SETUP", "InvalidParameterException")
        await ada.send("set_up_totp")
        ada.scan()
        assert (await ada.send("verify_totp", code=ada.app_code())).state == "signed_in"
