"""ForgotPassword, ConfirmForgotPassword, ChangePassword: ways back, limits, policies, users who do not exist."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from simulated import (
    EMAIL,
    LEGACY,
    NAME,
    PASSWORD,
    PHONE,
    SMS_OPTIONAL,
    VERIFY_BOTH,
    VERIFY_EMAIL,
    WITH_SECRET,
    WRONG_PASSWORD,
    Caller,
    refused,
    wrong,
)

from flowengine.settings import PasswordPolicy, PoolSettings, SignIn

NEW_PASSWORD = "Different-horse-8"
MISMATCH = ("CodeMismatchException", "Invalid verification code provided, please try again.")
EXPIRED = ("ExpiredCodeException", "Invalid code provided, please request a code again.")
LIMIT = ("LimitExceededException", "Attempt limit exceeded, please try after some time.")
NO_USER = ("UserNotFoundException", "Username/client id combination not found.")
NO_CONTACT = (
    "InvalidParameterException",
    "Cannot reset password for the user as there is no registered/verified email or phone_number",
)
BY_ADMIN = ("NotAuthorizedException", "Contact administrator to reset password.")
IMPOSSIBLE = ("NotAuthorizedException", "User password cannot be reset in the current state.")
DISABLED = ("NotAuthorizedException", "User is disabled.")
WRONG_CREDENTIALS = ("NotAuthorizedException", "Incorrect username or password.")
SHORT = ("InvalidPasswordException", "Password did not conform with policy: Password not long enough")
USED = ("PasswordHistoryPolicyViolationException", "The password was used before, and the pool's history forbids it")

LEGACY_POOL = PoolSettings(verification=VERIFY_EMAIL, client=LEGACY)
VERIFIED = {"email": EMAIL, "email_verified": "true", "phone_number": PHONE, "phone_number_verified": "true"}


async def forgot(pool: Caller, username: str = NAME) -> dict[str, Any]:
    """Call ForgotPassword; return the delivery."""
    answer = await pool.call("ForgotPassword", Username=username)
    delivery: dict[str, Any] = answer["CodeDeliveryDetails"]
    return delivery


async def reset(
    pool: Caller, username: str = NAME, code: str | None = None, password: str = NEW_PASSWORD
) -> dict[str, Any]:
    """Call ConfirmForgotPassword, by default with the newest code."""
    return await pool.call(
        "ConfirmForgotPassword", Username=username, ConfirmationCode=code or pool.code, Password=password
    )


async def test_reset() -> None:
    """The code sets a new password, in place of the old one, and is spent by it."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    delivery = await forgot(pool)
    assert delivery == {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    assert (pool.simulator.outbox[-1].purpose, len(pool.code)) == ("password_reset", 6)
    assert await reset(pool) == {}
    await pool.sign_in(password=NEW_PASSWORD)
    with refused(*WRONG_CREDENTIALS):
        await pool.sign_in()
    with refused(*EXPIRED):
        await reset(pool)


async def test_wrong_code() -> None:
    """Another code does not reset, and leaves the right one as it is."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    await forgot(pool)
    with refused(*MISMATCH):
        await reset(pool, code=wrong(pool.code))
    await reset(pool)


async def test_code_lives_an_hour() -> None:
    """The code expires after an hour; a new one takes its place."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    await forgot(pool)
    pool.pass_time(hours=1)
    with refused(*EXPIRED):
        await reset(pool)
    await forgot(pool)
    pool.pass_time(minutes=59, seconds=59)
    await reset(pool)


async def test_sign_up_code_resets_nothing() -> None:
    """A code is good for what it was sent for."""
    pool = Caller()
    await pool.sign_up(email=EMAIL)
    with refused(*EXPIRED):
        await reset(pool)


async def test_weak_password_keeps_the_code() -> None:
    """A password against the policy is refused, and the code can be used again."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    await forgot(pool)
    with refused(*SHORT):
        await reset(pool, password="Short-1")
    await reset(pool)


async def test_limits() -> None:
    """Five codes and five tries an hour, for each user."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    for _ in range(5):
        await forgot(pool)
        with refused(*MISMATCH):
            await reset(pool, code=wrong(pool.code))
    with refused(*LIMIT):
        await forgot(pool)
    with refused(*LIMIT):
        await reset(pool)
    pool.pass_time(hours=1)
    await forgot(pool)
    await reset(pool)


@pytest.mark.parametrize(
    ("recovery", "medium"),
    [
        ((), "SMS"),
        (("verified_email", "verified_phone_number"), "EMAIL"),
        (("verified_phone_number", "verified_email"), "SMS"),
        (("verified_email",), "EMAIL"),
    ],
)
async def test_order_of_recovery(recovery: tuple[str, ...], medium: str) -> None:
    """The first way of the setting wins; without the setting it is the phone."""
    pool = Caller(PoolSettings(account_recovery=recovery))
    pool.simulator.create_user(NAME, attributes=VERIFIED)
    pool.simulator.set_user_password(NAME, PASSWORD)
    assert (await forgot(pool))["DeliveryMedium"] == medium


@pytest.mark.parametrize(("recovery", "medium"), [(("verified_phone_number", "verified_email"), "EMAIL"), ((), "SMS")])
async def test_channel_of_the_second_factor_does_not_count(recovery: tuple[str, ...], medium: str) -> None:
    """A phone that SMS MFA uses is no way to recover, unless the pool has no setting for recovery."""
    pool = Caller(PoolSettings(account_recovery=recovery, mfa=SMS_OPTIONAL))
    pool.simulator.create_user(NAME, attributes=VERIFIED)
    pool.simulator.set_user_password(NAME, PASSWORD)
    await pool.call("AdminSetUserMFAPreference", Username=NAME, SMSMfaSettings={"Enabled": True})
    assert (await forgot(pool))["DeliveryMedium"] == medium


async def test_only_channel_is_the_second_factor() -> None:
    """A user whose only contact is used by the second factor cannot reset the password."""
    settings = PoolSettings(account_recovery=("verified_phone_number",), mfa=SMS_OPTIONAL, client=LEGACY)
    pool = Caller(settings)
    pool.simulator.create_user(NAME, attributes=VERIFIED)
    pool.simulator.set_user_password(NAME, PASSWORD)
    await pool.call("AdminSetUserMFAPreference", Username=NAME, SMSMfaSettings={"Enabled": True})
    with refused(*NO_CONTACT):
        await forgot(pool)


async def test_admin_only() -> None:
    """Where administrators alone recover accounts, nobody gets a code, whether the user exists or not."""
    pool = Caller(PoolSettings(verification=VERIFY_EMAIL, account_recovery=("admin_only",)))
    await pool.confirmed(email=EMAIL)
    for name in (NAME, "nobody"):
        with refused(*BY_ADMIN):
            await forgot(pool, name)


async def test_temporary_password_cannot_be_reset() -> None:
    """A user who has not yet replaced the temporary password does so by signing in."""
    pool = Caller()
    pool.simulator.create_user(NAME, attributes=VERIFIED)
    with refused(*IMPOSSIBLE):
        await forgot(pool)


async def test_temporary_password_after_the_code() -> None:
    """A temporary password that is set after the code was sent makes the code useless."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    await forgot(pool)
    pool.simulator.set_user_password(NAME, PASSWORD, permanent=False)
    with refused(*IMPOSSIBLE):
        await reset(pool)


async def test_reset_confirms() -> None:
    """A user with a verified contact who was not confirmed is so by the reset."""
    pool = Caller(PoolSettings())
    await pool.sign_up(email=EMAIL)
    pool.simulator.update_user_attributes(NAME, {"email_verified": "true"})
    await forgot(pool)
    await reset(pool)
    assert (await pool.user())["UserStatus"] == "CONFIRMED"


async def test_reset_by_administrator() -> None:
    """A user whom an administrator made reset the password signs in only after that, and gets a code at once."""
    pool = Caller(LEGACY_POOL)
    access_token = await pool.signed_in(email=EMAIL)
    pool.simulator.reset_user_password(NAME)
    for attempt in (pool.sign_in(), pool.attributes(access_token)):
        with refused("PasswordResetRequiredException", "Password reset required for the user"):
            await attempt
    await reset(pool)
    await pool.sign_in(password=NEW_PASSWORD)
    assert (await pool.user())["UserStatus"] == "CONFIRMED"


async def test_tokens_stay() -> None:
    """Neither a reset nor a change ends the sign-ins that there are."""
    pool = Caller()
    access_token = await pool.signed_in(email=EMAIL)
    await forgot(pool)
    await reset(pool)
    await pool.call(
        "ChangePassword", AccessToken=access_token, PreviousPassword=NEW_PASSWORD, ProposedPassword=PASSWORD
    )
    assert (await pool.attributes(access_token))["email"] == EMAIL


async def test_in_the_open() -> None:
    """A client that hides nothing says why there is no code."""
    pool = Caller(LEGACY_POOL)
    await pool.sign_up("unverified", email=EMAIL)
    await pool.confirmed("disabled", email=EMAIL)
    pool.simulator.disable_user("disabled")
    for name, refusal in (("nobody", NO_USER), ("unverified", NO_CONTACT), ("disabled", DISABLED)):
        with refused(*refusal):
            await forgot(pool, name)
    with refused(*NO_USER):
        await reset(pool, "nobody", "123456")


async def test_hidden_users() -> None:
    """A client that hides users pretends to send a code to whoever cannot get one; nothing is sent or accepted."""
    pool = Caller()
    await pool.sign_up("unverified", email=EMAIL)
    await pool.confirmed("disabled", email=EMAIL)
    pool.simulator.disable_user("disabled")
    sent = len(pool.simulator.outbox)
    for name, medium in (("nobody", "SMS"), ("unverified", "SMS"), ("disabled", "EMAIL")):
        with refused(*EXPIRED):
            await reset(pool, name, "123456")
        first = await forgot(pool, name)
        assert (first, first["DeliveryMedium"]) == (await forgot(pool, name), medium)
        with refused(*MISMATCH):
            await reset(pool, name, "123456")
    assert len(pool.simulator.outbox) == sent


async def test_destination_survives_disabling() -> None:
    """A client that hides users shows where a code would go the same before and after the user is disabled."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    before = await forgot(pool)
    pool.simulator.disable_user(NAME)
    assert await forgot(pool) == before
    assert len(pool.simulator.outbox) == 2


async def test_disabled_after_the_code() -> None:
    """The right code does not help a user who was disabled meanwhile."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    await forgot(pool)
    pool.simulator.disable_user(NAME)
    with refused(*DISABLED):
        await reset(pool)


async def test_secret_hash() -> None:
    """A client with a secret proves it."""
    pool = Caller(PoolSettings(verification=VERIFY_EMAIL, client=WITH_SECRET))
    await pool.confirmed(email=EMAIL)
    await forgot(pool)
    await reset(pool)
    message = "Unable to verify secret hash for client ***"
    for operation, more in (("ForgotPassword", {}), ("ConfirmForgotPassword", {"Password": PASSWORD})):
        request = {"Username": NAME, "ConfirmationCode": "123456", "SecretHash": "bm8=", **more}
        with refused("NotAuthorizedException", message):
            await pool.driver.call(operation, request)


async def test_change() -> None:
    """A signed-in user changes the password by giving the present one, five times an hour."""
    pool = Caller()
    access_token = await pool.signed_in(email=EMAIL)
    change = {"AccessToken": access_token, "ProposedPassword": NEW_PASSWORD}
    with refused("InvalidParameterException", "Missing required parameter PreviousPassword"):
        await pool.call("ChangePassword", **change)
    with refused(*WRONG_CREDENTIALS):
        await pool.call("ChangePassword", PreviousPassword=WRONG_PASSWORD, **change)
    with refused(*SHORT):
        await pool.call("ChangePassword", **change | {"PreviousPassword": PASSWORD, "ProposedPassword": "Short-1"})
    assert await pool.call("ChangePassword", PreviousPassword=PASSWORD, **change) == {}
    await pool.sign_in(password=NEW_PASSWORD)
    await pool.call("ChangePassword", PreviousPassword=NEW_PASSWORD, **change)
    with refused(*LIMIT):
        await pool.call("ChangePassword", PreviousPassword=NEW_PASSWORD, **change)


async def test_history() -> None:
    """With a history of two, the present password and the one before are refused, an older one is not."""
    policy = PasswordPolicy(password_history_size=2)
    pool = Caller(PoolSettings(verification=VERIFY_EMAIL, password_policy=policy))
    access_token = await pool.signed_in(email=EMAIL)
    passwords = PASSWORD, NEW_PASSWORD, "Another-horse-9"
    for old, new in pairwise(passwords):
        await pool.call("ChangePassword", AccessToken=access_token, PreviousPassword=old, ProposedPassword=new)
    await forgot(pool)
    for used in passwords[1:]:
        with refused(*USED):
            await reset(pool, password=used)
    with refused(*USED):
        await pool.call("AdminSetUserPassword", Username=NAME, Password=NEW_PASSWORD, Permanent=True)
    await reset(pool, password=PASSWORD)


MIGRATING = PoolSettings(sign_in=SignIn(alias_attributes=("email",)), lambda_triggers=("user_migration",))


async def test_migration() -> None:
    """A user whom the migration trigger knows is created when the password is forgotten, and gets the code."""

    def migrate(event: dict[str, Any], _context: object) -> dict[str, Any]:
        assert event["triggerSource"] == "UserMigration_ForgotPassword"
        attributes = {"email": EMAIL, "email_verified": "true"}
        return event | {"response": {"userAttributes": attributes, "finalUserStatus": "CONFIRMED"}}

    pool = Caller(MIGRATING, triggers={"user_migration": migrate})
    await forgot(pool)
    await reset(pool)
    tokens = (await pool.sign_in(password=NEW_PASSWORD))["AuthenticationResult"]
    claims = await pool.driver.verify(tokens["IdToken"])
    assert (claims["cognito:username"], claims["email_verified"]) == (NAME, True)


async def test_migration_of_nobody() -> None:
    """A user whom the trigger does not know either is as unknown as any."""
    pool = Caller(MIGRATING, triggers={"user_migration": lambda event, _: event})
    assert (await forgot(pool))["DeliveryMedium"] == "SMS"
    assert not pool.simulator.outbox


async def test_event_after_reset() -> None:
    """The post confirmation trigger hears of a reset."""
    events: list[dict[str, Any]] = []

    def record(event: dict[str, Any], _context: object) -> dict[str, Any]:
        events.append(event)
        return event

    settings = PoolSettings(verification=VERIFY_BOTH, lambda_triggers=("post_confirmation",))
    pool = Caller(settings, triggers={"post_confirmation": record})
    await pool.confirmed(email=EMAIL)
    await forgot(pool)
    await reset(pool)
    sources = [event["triggerSource"] for event in events]
    assert sources == ["PostConfirmation_ConfirmSignUp", "PostConfirmation_ConfirmForgotPassword"]
    assert events[-1]["request"]["userAttributes"]["email"] == EMAIL
