"""ConfirmSignUp and ResendConfirmationCode: codes, limits, aliases, users who do not exist."""

from __future__ import annotations

import pytest
from simulated import (
    EMAIL,
    EMAIL_POOL,
    LEGACY,
    NAME,
    PASSWORD,
    PHONE,
    SMS_OPTIONAL,
    VERIFY_BOTH,
    VERIFY_EMAIL,
    VERIFY_PHONE,
    Caller,
    refused,
    wrong,
)

from flowengine.settings import PoolSettings, SignIn

MISMATCH = ("CodeMismatchException", "Invalid verification code provided, please try again.")
EXPIRED = ("ExpiredCodeException", "Invalid code provided, please request a code again.")
LIMIT = ("LimitExceededException", "Attempt limit exceeded, please try after some time.")
CONFIRMED = ("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")
NO_USER = ("UserNotFoundException", "Username/client id combination not found.")
NO_RESEND = ("InvalidParameterException", "Cannot resend codes. Auto verification not turned on.")
UNCONFIRMED = ("UserNotConfirmedException", "User is not confirmed.")
WRONG_CREDENTIALS = ("NotAuthorizedException", "Incorrect username or password.")

EMAIL_ALIAS = PoolSettings(sign_in=SignIn(alias_attributes=("email",)), verification=VERIFY_EMAIL)
BOTH_VERIFIED = PoolSettings(verification=VERIFY_BOTH, mfa=SMS_OPTIONAL)
LEGACY_EMAIL = PoolSettings(verification=VERIFY_EMAIL, client=LEGACY)


async def test_right_code_confirms() -> None:
    """The code confirms the user, and verifies the attribute that it went to, no other."""
    pool = Caller(BOTH_VERIFIED)
    await pool.sign_up(email=EMAIL, phone_number=PHONE)
    with refused(*UNCONFIRMED):
        await pool.sign_in()
    assert await pool.confirm() == {}
    tokens = await pool.tokens()
    attributes = await pool.attributes(tokens["AccessToken"])
    assert (attributes["phone_number_verified"], attributes["email_verified"]) == ("true", "false")


async def test_code_confirms_once() -> None:
    """A confirmed user cannot be confirmed again."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    with refused(*CONFIRMED):
        await pool.confirm()


async def test_code_of_deleted_user() -> None:
    """A deleted user's code dies with the user, under every name."""
    pool = Caller()
    sub = (await pool.sign_up(email=EMAIL))["UserSub"]
    pool.simulator.delete_user(NAME)
    for name in (NAME, sub):
        with refused(*EXPIRED):
            await pool.confirm(name)


async def test_code_to_a_former_address() -> None:
    """A code confirms, but does not verify an address that has changed since it was sent."""
    pool = Caller()
    await pool.sign_up(email=EMAIL)
    pool.simulator.update_user_attributes(NAME, {"email": "new@example.com"})
    await pool.confirm()
    user = await pool.user()
    assert (user["UserStatus"], user["UserAttributes"]["email_verified"]) == ("CONFIRMED", "false")


async def test_codes_have_one_purpose() -> None:
    """The code of a sign-up resets no password, and the code of a reset confirms no sign-up."""
    pool = Caller()
    await pool.sign_up(email=EMAIL)
    with refused(*EXPIRED):
        await pool.call("ConfirmForgotPassword", Username=NAME, ConfirmationCode=pool.code, Password=PASSWORD)
    pool.simulator.update_user_attributes(NAME, {"email_verified": "true"})
    await pool.call("ForgotPassword", Username=NAME)
    with refused(*MISMATCH):
        await pool.confirm()


async def test_wrong_code() -> None:
    """A wrong code is refused, and the right one still works."""
    pool = Caller()
    await pool.sign_up(email=EMAIL)
    with refused(*MISMATCH):
        await pool.confirm(code=wrong(pool.code))
    await pool.confirm()


async def test_code_of_another_user() -> None:
    """A code confirms the user whom it was sent to, nobody else."""
    pool = Caller()
    await pool.sign_up("one", email=EMAIL)
    code = pool.code
    await pool.sign_up("two", email="two@example.com")
    with refused(*MISMATCH):
        await pool.confirm("two", code)
    await pool.confirm("one", code)


async def test_code_lives_a_day() -> None:
    """A sign-up code works for 24 hours, not longer."""
    for seconds, dead in ((-1, False), (0, True)):
        pool = Caller()
        await pool.sign_up(email=EMAIL)
        pool.pass_time(hours=24, seconds=seconds)
        if dead:
            with refused(*EXPIRED):
                await pool.confirm()
        else:
            await pool.confirm()


async def test_code_never_issued() -> None:
    """Where no code was ever sent, any code counts as expired."""
    pool = Caller(PoolSettings())
    await pool.sign_up(email=EMAIL)
    with refused(*EXPIRED):
        await pool.confirm(code="123456")


async def test_new_code_voids_old() -> None:
    """After a resend the older code is wrong, and the newer one works."""
    pool = Caller()
    await pool.sign_up(email="tom@test.org")
    old = pool.code
    assert await pool.resend() == {
        "CodeDeliveryDetails": {"Destination": "t***@t***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    }
    with refused(*MISMATCH):
        await pool.confirm(code=old)
    await pool.confirm(code=pool.code)


async def test_resend_renews_life() -> None:
    """A resent code lives a day from when it was sent again."""
    pool = Caller()
    await pool.sign_up(email=EMAIL)
    pool.pass_time(hours=25)
    await pool.resend()
    pool.pass_time(hours=23)
    await pool.confirm()


async def test_fifteen_attempts_an_hour() -> None:
    """The 16th attempt within an hour is refused even with the right code; an hour later there are 15 more."""
    pool = Caller()
    await pool.sign_up(email=EMAIL)
    for _ in range(15):
        with refused(*MISMATCH):
            await pool.confirm(code=wrong(pool.code))
    with refused(*LIMIT):
        await pool.confirm()
    pool.pass_time(minutes=59)
    with refused(*LIMIT):
        await pool.confirm()
    pool.pass_time(minutes=1)
    await pool.confirm()


async def test_five_resends_an_hour() -> None:
    """The sixth resend within an hour is refused and sends nothing; an hour later one goes out."""
    pool = Caller()
    await pool.sign_up(email=EMAIL)
    for _ in range(5):
        await pool.resend()
    with refused(*LIMIT):
        await pool.resend()
    assert len(pool.simulator.outbox) == 6
    pool.pass_time(hours=1)
    await pool.resend()


async def test_limits_are_per_user() -> None:
    """One user's attempts do not use up another's."""
    pool = Caller()
    await pool.sign_up("one", email=EMAIL)
    await pool.sign_up("two", email="two@example.com")
    for _ in range(5):
        await pool.resend("one")
    await pool.resend("two")


async def test_resend_to_confirmed() -> None:
    """A confirmed user gets no further code."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    with refused("InvalidParameterException", "User is already confirmed."):
        await pool.resend()


@pytest.mark.parametrize("settings", [PoolSettings(), EMAIL_POOL], ids=["nothing is verified", "no contact"])
async def test_nothing_to_resend(settings: PoolSettings) -> None:
    """Without an attribute to verify no code can be sent again."""
    pool = Caller(settings)
    await pool.sign_up()
    with refused(*NO_RESEND):
        await pool.resend()


async def test_unknown_user_legacy() -> None:
    """A client that does not hide users says that there is none."""
    pool = Caller(LEGACY_EMAIL)
    with refused(*NO_USER):
        await pool.confirm(code="123456")
    with refused(*NO_USER):
        await pool.resend()


async def test_unknown_user_hidden() -> None:
    """A client that hides users pretends to send a code, and then calls every code wrong, until it expires."""
    pool = Caller()
    with refused(*EXPIRED):
        await pool.confirm(code="123456")
    await pool.resend()
    with refused(*MISMATCH):
        await pool.confirm(code="123456")
    pool.pass_time(hours=24)
    with refused(*EXPIRED):
        await pool.confirm(code="123456")
    assert list(pool.simulator.outbox) == []


async def test_unknown_user_has_limits() -> None:
    """Attempts for an unknown user are limited like those for a known one."""
    pool = Caller()
    for _ in range(5):
        await pool.resend()
    with refused(*LIMIT):
        await pool.resend()
    for _ in range(15):
        with refused(*MISMATCH):
            await pool.confirm(code="123456")
    with refused(*LIMIT):
        await pool.confirm(code="123456")


@pytest.mark.parametrize(
    ("settings", "name", "medium", "length"),
    [
        (EMAIL_POOL, NAME, "EMAIL", 9),
        (PoolSettings(verification=VERIFY_PHONE), NAME, "SMS", 12),
        (PoolSettings(verification=VERIFY_BOTH), NAME, "SMS", 12),
    ],
)
async def test_made_up_destination(settings: PoolSettings, name: str, medium: str, length: int) -> None:
    """The pretended destination looks real, is stable, and differs from name to name."""
    pool = Caller(settings)
    first, again, other = [
        (await pool.resend(each))["CodeDeliveryDetails"] for each in (name, name, "somebody else entirely"[:8])
    ]
    assert first == again
    assert first["DeliveryMedium"] == medium
    assert len(first["Destination"]) == length
    assert first["Destination"] != other["Destination"]


async def test_pretended_destination_is_no_typed_contact_that_is_not_verified() -> None:
    """Where the contact is the username and another one is verified, the pretended destination is made up."""
    pool = Caller(PoolSettings(sign_in=SignIn(username_attributes=("email",)), verification=VERIFY_PHONE))
    delivery = (await pool.resend("tom@test.org"))["CodeDeliveryDetails"]
    assert (delivery["DeliveryMedium"], delivery["Destination"][:8]) == ("SMS", "+*******")


async def test_pretended_destination_is_the_typed_contact() -> None:
    """Where the contact is the username, a pretended code goes to what was typed, as a real one would."""
    pool = Caller(PoolSettings(sign_in=SignIn(username_attributes=("email",)), verification=VERIFY_EMAIL))
    answer = await pool.resend("tom@test.org")
    assert answer["CodeDeliveryDetails"]["Destination"] == "t***@t***"


async def test_alias_works_once_verified() -> None:
    """An alias signs in after the confirmation that verified it, not before."""
    pool = Caller(EMAIL_ALIAS)
    await pool.sign_up(email=EMAIL)
    with refused(*WRONG_CREDENTIALS):
        await pool.sign_in(EMAIL)
    await pool.confirm()
    assert "AuthenticationResult" in await pool.sign_in(EMAIL)


async def test_unverified_alias_never_works() -> None:
    """An alias that the confirmation did not verify does not sign in."""
    pool = Caller(PoolSettings(sign_in=SignIn(alias_attributes=("email",)), verification=VERIFY_PHONE))
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    with refused(*WRONG_CREDENTIALS):
        await pool.sign_in(EMAIL)


async def test_alias_is_taken() -> None:
    """The second user who confirms with the same alias is refused, and stays unconfirmed."""
    pool = Caller(EMAIL_ALIAS)
    await pool.confirmed("one", email=EMAIL)
    await pool.sign_up("two", email=EMAIL)
    with refused("AliasExistsException", "An account with the email already exists."):
        await pool.confirm("two")
    with refused(*UNCONFIRMED):
        await pool.sign_in("two")


async def test_forced_alias_moves() -> None:
    """ForceAliasCreation moves the alias, and un-verifies the attribute of its former holder."""
    pool = Caller(EMAIL_ALIAS)
    await pool.confirmed("one", email=EMAIL)
    second = (await pool.sign_up("two", email=EMAIL))["UserSub"]
    await pool.confirm("two", ForceAliasCreation=True)
    attributes = await pool.attributes((await pool.tokens(EMAIL))["AccessToken"])
    assert (attributes["sub"], attributes["email_verified"]) == (second, "true")
    former = await pool.attributes((await pool.tokens("one"))["AccessToken"])
    assert former["email_verified"] == "false"


async def test_preferred_username() -> None:
    """A preferred username signs in once the user is confirmed, and cannot be anybody's username."""
    settings = PoolSettings(sign_in=SignIn(alias_attributes=("preferred_username",)), verification=VERIFY_EMAIL)
    pool = Caller(settings)
    sub = await pool.confirmed(email=EMAIL, preferred_username="countess")
    attributes = await pool.attributes((await pool.tokens("countess"))["AccessToken"])
    assert attributes["sub"] == sub
    with refused("UsernameExistsException", "User already exists"):
        await pool.sign_up("countess")
    await pool.sign_up("two", email=EMAIL, preferred_username=NAME)
    with refused("AliasExistsException", "An account with the preferred_username already exists."):
        await pool.confirm("two", ForceAliasCreation=True)


async def test_contact_signs_in_and_so_does_its_uuid() -> None:
    """Where contacts are the usernames, the contact signs in, and so does the stored username."""
    pool = Caller(PoolSettings(sign_in=SignIn(username_attributes=("email",)), verification=VERIFY_EMAIL))
    sub = await pool.confirmed(EMAIL)
    for name in (EMAIL, sub):
        attributes = await pool.attributes((await pool.tokens(name))["AccessToken"])
        assert attributes["sub"] == sub
