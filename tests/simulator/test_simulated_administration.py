"""What administrators do: creating and inviting users, confirming, passwords, attributes, disabling, deleting."""

from __future__ import annotations

from typing import Any

import pytest
from simulated import EMAIL, EMAIL_POOL, LEGACY, NAME, PASSWORD, PHONE, SMS_OPTIONAL, VERIFY_EMAIL, Caller, refused

from flowengine.settings import Client, PasswordPolicy, PoolSettings, SignIn
from flowengine.simulator.refusals import PoolError

NO_USER = ("UserNotFoundException", "User does not exist.")
ALIAS_TAKEN = ("AliasExistsException", "An account with the email already exists.")
IMPOSSIBLE = ("NotAuthorizedException", "User password cannot be reset in the current state.")
SHORT = ("InvalidPasswordException", "Password did not conform with policy: Password not long enough")
TEMPORARY = "Temporary-horse-1"
VERIFIED = {"email": EMAIL, "email_verified": "true"}
ALIAS_POOL = PoolSettings(sign_in=SignIn(alias_attributes=("email",)), client=LEGACY)
EMAIL_NAMES = PoolSettings(sign_in=SignIn(username_attributes=("email",)))
PASSWORDLESS = PoolSettings(
    allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP"),
    client=Client(explicit_auth_flows=("ALLOW_USER_AUTH",)),
    required_attributes=("email",),
)


async def create(pool: Caller, username: str = NAME, *, attributes: dict[str, str], **more: Any) -> dict[str, Any]:
    """Call AdminCreateUser; return the user."""
    listed = [{"Name": name, "Value": value} for name, value in attributes.items()]
    answer = await pool.call("AdminCreateUser", Username=username, UserAttributes=listed, **more)
    user: dict[str, Any] = answer["User"]
    return user


async def test_created_user() -> None:
    """A created user has a temporary password, and the verified contacts that the administrator says."""
    pool = Caller()
    user = await create(pool, attributes=VERIFIED, TemporaryPassword=TEMPORARY)
    sub = (await pool.user())["UserAttributes"]["sub"]
    assert user == {
        "Username": NAME,
        "Attributes": [
            {"Name": "sub", "Value": sub},
            {"Name": "email", "Value": EMAIL},
            {"Name": "email_verified", "Value": "true"},
        ],
        "Enabled": True,
        "UserStatus": "FORCE_CHANGE_PASSWORD",
    }
    assert (await pool.sign_in(password=TEMPORARY))["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


@pytest.mark.parametrize(
    ("mediums", "sent"),
    [
        ({}, ["SMS"]),
        ({"DesiredDeliveryMediums": ["EMAIL"]}, ["EMAIL"]),
        ({"DesiredDeliveryMediums": ["EMAIL", "SMS"]}, ["SMS", "EMAIL"]),
        ({"MessageAction": "SUPPRESS"}, []),
    ],
)
async def test_invitation(mediums: dict[str, Any], sent: list[str]) -> None:
    """The invitation goes where it is wanted, by SMS unless told otherwise, and carries the temporary password."""
    pool = Caller()
    await create(pool, attributes={"email": EMAIL, "phone_number": PHONE}, TemporaryPassword=TEMPORARY, **mediums)
    assert [message.medium for message in pool.simulator.outbox] == sent
    assert {message.code for message in pool.simulator.outbox} <= {TEMPORARY}
    assert all((message.subject is None) is (message.medium == "SMS") for message in pool.simulator.outbox)
    assert all(NAME in message.text and TEMPORARY in message.text for message in pool.simulator.outbox)


async def test_contact_that_is_not_to_count_as_verified() -> None:
    """A contact is verified only if the administrator says so, and only if it is there."""
    pool = Caller()
    await create(pool, attributes={"email": EMAIL, "email_verified": "false", "phone_number_verified": "true"})
    attributes = (await pool.user())["UserAttributes"]
    assert attributes == {"sub": attributes["sub"], "email": EMAIL, "email_verified": "false"}


async def test_invitation_without_contact() -> None:
    """A user without the contact gets no invitation, and is created all the same."""
    pool = Caller()
    await create(pool, attributes={"email": EMAIL})
    assert not pool.simulator.outbox


async def test_made_up_password() -> None:
    """The pool makes up a temporary password that its policy allows, another one for each user."""
    pool = Caller(PoolSettings(password_policy=PasswordPolicy(minimum_length=20)))
    for name in ("ada", "bob"):
        pool.simulator.create_user(name, attributes={"email": EMAIL})
    first, second = (message.code for message in pool.simulator.outbox)
    assert first != second
    assert (await pool.sign_in("ada", first))["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert len(first) >= 20


async def test_weak_temporary_password() -> None:
    """The policy holds for temporary passwords too, and leaves no user behind."""
    pool = Caller()
    with refused(*SHORT):
        await create(pool, attributes={}, TemporaryPassword="Short-1")
    with refused(*NO_USER):
        await pool.user()


@pytest.mark.parametrize(("days", "life"), [(None, 7), (0, 7), (2, 2)])
async def test_temporary_password_expires(days: int | None, life: int) -> None:
    """A temporary password lives a week, or as long as the policy says."""
    pool = Caller(PoolSettings(password_policy=PasswordPolicy(temporary_password_validity_days=days)))
    pool.simulator.create_user(NAME, attributes={"email": EMAIL})
    pool.pass_time(days=life, seconds=-1)
    assert (await pool.sign_in(password=pool.code))["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    pool.pass_time(seconds=1)
    with refused("NotAuthorizedException", "Temporary password has expired and must be reset by an administrator."):
        await pool.sign_in(password=pool.code)


async def test_invited_again() -> None:
    """Another invitation brings another temporary password, with a life of its own; the former one is void."""
    pool = Caller()
    pool.simulator.create_user(NAME, attributes={"email": EMAIL})
    former = pool.code
    pool.pass_time(days=7)
    await create(pool, attributes={}, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"])
    assert (await pool.sign_in(password=pool.code))["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    with refused("NotAuthorizedException", "Incorrect username or password."):
        await pool.sign_in(password=former)


async def test_who_cannot_be_invited_again() -> None:
    """Only a user who still has a temporary password is invited again."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    message = "An invitation cannot be sent again to a user whose status is CONFIRMED"
    with refused("UnsupportedUserStateException", message):
        await create(pool, attributes={}, MessageAction="RESEND")
    with refused(*NO_USER):
        await create(pool, "nobody", attributes={}, MessageAction="RESEND")


async def test_created_without_password() -> None:
    """Where one-time passwords exist, a user without a password is confirmed, and must have what is required."""
    pool = Caller(PASSWORDLESS)
    user = await create(pool, attributes=VERIFIED, DesiredDeliveryMediums=["EMAIL"])
    assert (user["UserStatus"], pool.simulator.outbox[-1].code) == ("CONFIRMED", "")
    message = "Attributes did not conform to the schema: email: The attribute is required\n"
    with refused("InvalidParameterException", message):
        await create(pool, "bob", attributes={})
    await create(pool, "bob", attributes={}, TemporaryPassword=TEMPORARY)


async def test_username_is_a_contact() -> None:
    """Where the e-mail address is the username, it becomes the attribute, and is not taken twice."""
    pool = Caller(EMAIL_NAMES)
    user = await create(pool, EMAIL, attributes={})
    assert {"Name": "email", "Value": EMAIL} in user["Attributes"]
    with refused("UsernameExistsException", "An account with the given email already exists."):
        await create(pool, EMAIL, attributes={})
    with refused("InvalidParameterException", "Username should be an email."):
        await create(pool, NAME, attributes={})


async def test_created_with_alias() -> None:
    """A verified address works as alias at once; one that is taken is refused unless the alias is forced to move."""
    pool = Caller(ALIAS_POOL)
    await create(pool, "one", attributes=VERIFIED, TemporaryPassword=TEMPORARY)
    with refused(*ALIAS_TAKEN):
        await create(pool, "two", attributes=VERIFIED)
    with refused(*NO_USER):
        await pool.user("two")
    await create(pool, "two", attributes=VERIFIED, ForceAliasCreation=True)
    assert (await pool.user(EMAIL))["Username"] == "two"
    assert (await pool.user("one"))["UserAttributes"]["email_verified"] == "false"


async def test_trigger_refuses_creation() -> None:
    """The pre sign-up trigger hears of created users too, under another name."""

    def refuse(event: dict[str, Any], _context: object) -> dict[str, Any]:
        raise ValueError(event["triggerSource"])

    pool = Caller(PoolSettings(lambda_triggers=("pre_sign_up",)), triggers={"pre_sign_up": refuse})
    with refused("UserLambdaValidationException", "PreSignUp failed with error PreSignUp_AdminCreateUser."):
        await create(pool, attributes={})


async def test_confirmation() -> None:
    """An administrator confirms without a code, once; no contact becomes verified, and the code is void."""
    pool = Caller()
    await pool.sign_up(email=EMAIL)
    pool.simulator.confirm_user(NAME)
    user = await pool.user()
    assert (user["UserStatus"], user["UserAttributes"]["email_verified"]) == ("CONFIRMED", "false")
    with pytest.raises(PoolError, match=r"User cannot be confirmed\. Current status is CONFIRMED"):
        pool.simulator.confirm_user(NAME)
    await create(pool, "bob", attributes={})
    message = "User cannot be confirmed. Current status is FORCE_CHANGE_PASSWORD"
    with refused("NotAuthorizedException", message):
        await pool.call("AdminConfirmSignUp", Username="bob")


@pytest.mark.parametrize(("permanent", "status"), [(True, "CONFIRMED"), (False, "FORCE_CHANGE_PASSWORD")])
async def test_set_password(permanent: bool, status: str) -> None:  # noqa: FBT001 (a case of the test)
    """A password that is set confirms the user, or has to be changed at the next sign-in."""
    pool = Caller()
    await pool.sign_up(email=EMAIL)
    pool.simulator.set_user_password(NAME, TEMPORARY, permanent=permanent)
    assert (await pool.user())["UserStatus"] == status
    assert ("ChallengeName" in await pool.sign_in(password=TEMPORARY)) is not permanent
    with refused(*SHORT):
        await pool.call("AdminSetUserPassword", Username=NAME, Password="Short-1")


async def test_reset() -> None:
    """Only a confirmed user with a verified contact can be made to reset the password."""
    pool = Caller(EMAIL_POOL)
    await pool.sign_up(email=EMAIL)
    with refused(*IMPOSSIBLE):
        await pool.call("AdminResetUserPassword", Username=NAME)
    pool.simulator.confirm_user(NAME)
    with pytest.raises(PoolError, match="no registered/verified email or phone_number"):
        pool.simulator.reset_user_password(NAME)
    pool.simulator.update_user_attributes(NAME, {"email_verified": "true"})
    pool.simulator.reset_user_password(NAME)
    assert (await pool.user())["UserStatus"] == "RESET_REQUIRED"
    assert pool.simulator.outbox[-1].purpose == "password_reset"


async def test_reset_where_administrators_recover() -> None:
    """A pool that sends no reset codes to users sends none for an administrator either."""
    pool = Caller(PoolSettings(verification=VERIFY_EMAIL, account_recovery=("admin_only",)))
    await pool.confirmed(email=EMAIL)
    with refused("NotAuthorizedException", "Contact administrator to reset password."):
        await pool.call("AdminResetUserPassword", Username=NAME)
    assert (await pool.user())["UserStatus"] == "CONFIRMED"


async def test_attributes() -> None:
    """Attributes are written, verified and, by an empty value, deleted; a changed contact is no longer verified."""
    pool = Caller(PoolSettings(verification=VERIFY_EMAIL, custom_attributes=("team",)))
    await pool.confirmed(email=EMAIL, name="Ada")
    pool.simulator.update_user_attributes(NAME, {"custom:team": "red", "name": ""})
    attributes = (await pool.user())["UserAttributes"]
    assert attributes == {"sub": attributes["sub"], "email": EMAIL, "email_verified": "true", "custom:team": "red"}
    for flags, verified in (
        ({}, "false"),
        ({"email_verified": "true"}, "true"),
        ({"email_verified": "false"}, "false"),
    ):
        pool.simulator.update_user_attributes(NAME, {"email": f"{len(flags)}@example.com", **flags})
        assert (await pool.user())["UserAttributes"]["email_verified"] == verified


async def test_attributes_outside_the_schema() -> None:
    """Neither read-only attributes nor unknown ones nor wrong forms are written."""
    pool = Caller()
    await pool.sign_up(email=EMAIL)
    for attribute, message in (
        ("sub", "A client attempted to write unauthorized attribute"),
        ("custom:team", "Type for attribute {custom:team} could not be determined"),
        ("phone_number", "Invalid phone number format."),
    ):
        with pytest.raises(PoolError, match=message):
            pool.simulator.update_user_attributes(NAME, {attribute: "red"})


async def test_aliases_follow_attributes() -> None:
    """An alias works from when its attribute is verified until that changes, and only for one user."""
    pool = Caller(ALIAS_POOL)
    for name in ("one", "two"):
        await create(pool, name, attributes={"email": EMAIL})
    pool.simulator.update_user_attributes("one", {"email_verified": "true"})
    assert (await pool.user(EMAIL))["Username"] == "one"
    with pytest.raises(PoolError, match="AliasExistsException"):
        pool.simulator.update_user_attributes("two", {"email_verified": "true"})
    pool.simulator.update_user_attributes("one", {"email": "one@example.com"})
    with refused(*NO_USER):
        await pool.user(EMAIL)


async def test_username_follows_contact() -> None:
    """Where the e-mail address is the username, a new address signs in, and the old one no more."""
    pool = Caller(EMAIL_NAMES)
    await create(pool, EMAIL, attributes={})
    pool.simulator.update_user_attributes(EMAIL, {"email": "new@example.com"})
    assert (await pool.user("new@example.com"))["UserAttributes"]["email"] == "new@example.com"
    with refused(*NO_USER):
        await pool.user(EMAIL)


async def test_mfa_preference() -> None:
    """An administrator sets second factors as the user would."""
    pool = Caller(PoolSettings(verification=VERIFY_EMAIL, mfa=SMS_OPTIONAL))
    await pool.confirmed(email=EMAIL)
    wanted = {"SMSMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    with refused("InvalidParameterException", "User does not have a phone_number set to turn on SMS MFA"):
        await pool.call("AdminSetUserMFAPreference", Username=NAME, **wanted)
    pool.simulator.update_user_attributes(NAME, {"phone_number": PHONE})
    await pool.call("AdminSetUserMFAPreference", Username=NAME, **wanted)
    user = await pool.user()
    assert (user["UserMFASettingList"], user["PreferredMfaSetting"]) == (["SMS_MFA"], "SMS_MFA")


async def test_signed_out() -> None:
    """An administrator signs a user out everywhere, and nobody else; the user can sign in again."""
    pool = Caller()
    access_token = await pool.signed_in(email=EMAIL)
    other = await pool.signed_in("bob", email=EMAIL)
    await pool.call("AdminUserGlobalSignOut", Username=NAME)
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        await pool.attributes(access_token)
    await pool.attributes(other)
    await pool.tokens()


async def test_deleted() -> None:
    """A deleted user's name and aliases are free, those of others stay."""
    pool = Caller(ALIAS_POOL)
    await create(pool, "bob", attributes={"email": "bob@example.com", "email_verified": "true"})
    for _ in range(2):
        await create(pool, attributes=VERIFIED)
        pool.simulator.delete_user(EMAIL)
    for name in (NAME, EMAIL):
        with refused(*NO_USER):
            await pool.user(name)
    assert (await pool.user("bob@example.com"))["Username"] == "bob"


async def test_disabled() -> None:
    """Whether a user is enabled shows."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    pool.simulator.disable_user(NAME)
    assert (await pool.user())["Enabled"] is False
    pool.simulator.enable_user(NAME)
    assert (await pool.user())["Enabled"] is True


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("AdminConfirmSignUp", {}),
        ("AdminDeleteUser", {}),
        ("AdminDisableUser", {}),
        ("AdminEnableUser", {}),
        ("AdminGetUser", {}),
        ("AdminResetUserPassword", {}),
        ("AdminSetUserMFAPreference", {}),
        ("AdminSetUserPassword", {"Password": PASSWORD}),
        ("AdminUpdateUserAttributes", {"UserAttributes": []}),
        ("AdminUserGlobalSignOut", {}),
    ],
)
async def test_unknown_user(operation: str, more: dict[str, Any]) -> None:
    """An administrator is told that a user does not exist, whatever the client hides."""
    with refused(*NO_USER):
        await Caller().call(operation, Username="nobody", **more)
