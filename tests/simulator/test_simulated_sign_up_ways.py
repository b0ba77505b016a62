"""Ways to sign up other than a password and a code: one-time passwords, links, triggers; pools that ignore case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from simulated import EMAIL, EMAIL_POOL, NAME, PASSWORD, PHONE, VERIFY_BOTH, VERIFY_EMAIL, Caller, refused

from flowengine.settings import AdminCreateUser, Assumptions, Client, PoolSettings, SignIn, Verification
from flowengine.simulator.pool import Trigger
from flowengine.simulator.refusals import PoolError

NO_PASSWORD = (
    "InvalidParameterException",
    "A password is required where the user cannot sign in by a one-time password",
)
CLOSED = ("NotAuthorizedException", "SignUp is not permitted for this user pool")
EXPIRED = ("ExpiredCodeException", "Invalid code provided, please request a code again.")
ALIAS_TAKEN = ("AliasExistsException", "An account with the email already exists.")
USERNAME_TAKEN = ("UsernameExistsException", "User already exists")
SESSION_INVALID = ("NotAuthorizedException", "Invalid session for the user.")

WITH_CHOICE = Client(explicit_auth_flows=("ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"))
OTP_POOL = PoolSettings(
    verification=VERIFY_BOTH, allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP"), client=WITH_CHOICE
)
LINK_POOL = PoolSettings(
    verification=Verification(auto_verified_attributes=("email",), default_email_option="CONFIRM_WITH_LINK"),
    domain="login.example.com",
)
NO_CASE = PoolSettings(sign_in=SignIn(alias_attributes=("email",), case_sensitive=False), verification=VERIFY_EMAIL)


async def sign_up_without_password(pool: Caller, **attributes: str) -> dict[str, Any]:
    """Call SignUp without a password."""
    listed = [{"Name": name, "Value": value} for name, value in attributes.items()]
    return await pool.call("SignUp", Username=NAME, UserAttributes=listed)


async def begin_choice(pool: Caller, **request: Any) -> dict[str, Any]:
    """Call InitiateAuth with USER_AUTH."""
    return await pool.call("InitiateAuth", AuthFlow="USER_AUTH", AuthParameters={"USERNAME": NAME}, **request)


async def test_no_password() -> None:
    """A user who can get one-time passwords needs no other, and then has none that could be right."""
    pool = Caller(OTP_POOL)
    answer = await sign_up_without_password(pool, email=EMAIL)
    await pool.confirm()
    assert answer["UserConfirmed"] is False
    with refused("NotAuthorizedException", "Incorrect username or password."):
        await pool.sign_in()


async def test_blank_password_is_none() -> None:
    """An empty password counts as none."""
    answer = await Caller(OTP_POOL).sign_up(NAME, "", email=EMAIL)
    assert answer["CodeDeliveryDetails"]["AttributeName"] == "email"


@pytest.mark.parametrize(
    ("settings", "attribute", "value"),
    [
        (EMAIL_POOL, "email", EMAIL),
        (OTP_POOL, "phone_number", PHONE),
        (OTP_POOL, "name", "Ada"),
        (PoolSettings(allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP"), client=WITH_CHOICE), "email", EMAIL),
        (PoolSettings(verification=VERIFY_EMAIL, allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP")), "email", EMAIL),
    ],
)
async def test_password_needed(settings: PoolSettings, attribute: str, value: str) -> None:
    """Without factor, contact, verification or flow for a one-time password, there has to be a password."""
    with refused(*NO_PASSWORD):
        await sign_up_without_password(Caller(settings), **{attribute: value})


async def test_session_leads_to_sign_in() -> None:
    """The session of SignUp goes through ConfirmSignUp into InitiateAuth, and no second code is sent."""
    pool = Caller(OTP_POOL)
    session = (await sign_up_without_password(pool, email=EMAIL))["Session"]
    session = (await pool.confirm(Session=session))["Session"]
    answer = await begin_choice(pool, Session=session)
    assert answer["AuthenticationResult"]["TokenType"] == "Bearer"
    assert len(pool.simulator.outbox) == 1


async def test_session_alone_confirms_nothing() -> None:
    """The session of SignUp is not yet one to sign in with."""
    pool = Caller(OTP_POOL)
    session = (await sign_up_without_password(pool, email=EMAIL))["Session"]
    with refused(*SESSION_INVALID):
        await begin_choice(pool, Session=session)


async def test_session_of_another_user() -> None:
    """A session confirms the user that it was given to, no other."""
    pool = Caller(OTP_POOL)
    await pool.sign_up("eve", email="eve@example.com")
    session = (await pool.sign_up("bob", email="bob@example.com"))["Session"]
    with refused(*SESSION_INVALID):
        await pool.confirm("eve", pool.simulator.outbox[0].code, Session=session)


@pytest.mark.parametrize("attributes", [{"phone_number": PHONE, "email": EMAIL}, {"name": "Ada"}])
async def test_no_session(attributes: dict[str, str]) -> None:
    """There is no session where the code went elsewhere than a one-time password would, or nowhere."""
    assert "Session" not in await Caller(OTP_POOL).sign_up(**attributes)


async def test_link_confirms() -> None:
    """The mail holds a link; following it confirms the user and verifies the address."""
    pool = Caller(LINK_POOL)
    await pool.sign_up(email=EMAIL)
    (message,) = pool.simulator.outbox
    assert (message.code, message.medium) == ("", "EMAIL")
    pool.simulator.follow_link(message)
    user = await pool.user()
    assert (user["UserStatus"], user["UserAttributes"]["email_verified"]) == ("CONFIRMED", "true")


async def test_link_is_no_code() -> None:
    """What is in the link cannot be typed: no code was issued."""
    pool = Caller(LINK_POOL)
    await pool.sign_up(email=EMAIL)
    value = pool.simulator.outbox[0].text.rpartition("=")[2]
    with refused(*EXPIRED):
        await pool.confirm(code=value)


async def test_new_link_voids_old() -> None:
    """Only the newest link works, for a day, and once."""
    pool = Caller(LINK_POOL)
    await pool.sign_up(email=EMAIL)
    await pool.resend()
    old, new = pool.simulator.outbox
    with pytest.raises(PoolError, match="CodeMismatchException"):
        pool.simulator.follow_link(old)
    pool.pass_time(hours=24)
    with pytest.raises(PoolError, match="ExpiredCodeException"):
        pool.simulator.follow_link(new)
    await pool.resend()
    pool.simulator.follow_link(pool.simulator.outbox[-1])
    with pytest.raises(PoolError, match="ExpiredCodeException"):
        pool.simulator.follow_link(pool.simulator.outbox[-1])


async def test_link_of_a_user_who_is_gone() -> None:
    """The link of a deleted user confirms nobody."""
    pool = Caller(LINK_POOL)
    await pool.sign_up(email=EMAIL)
    pool.simulator.delete_user(NAME)
    with pytest.raises(PoolError, match="ExpiredCodeException"):
        pool.simulator.follow_link(pool.simulator.outbox[0])


async def test_message_without_link() -> None:
    """A message with a code has no link to follow."""
    pool = Caller()
    await pool.sign_up(email=EMAIL)
    with pytest.raises(ValueError, match=r"^the message has no link that confirms a user$"):
        pool.simulator.follow_link(pool.simulator.outbox[0])


async def test_phone_gets_a_code_where_mails_hold_links() -> None:
    """Links are for e-mail alone; and without a domain there is nothing to link to, though the user is there."""
    texts = Verification(auto_verified_attributes=("email", "phone_number"), default_email_option="CONFIRM_WITH_LINK")
    pool = Caller(PoolSettings(verification=texts))
    await pool.confirmed(phone_number=PHONE)
    with refused("CodeDeliveryFailureException", "A link cannot be sent, as the user pool has no domain"):
        await pool.sign_up("bob", email=EMAIL)
    assert (await pool.user("bob"))["UserStatus"] == "UNCONFIRMED"


async def test_closed_sign_up() -> None:
    """Where only administrators create users, nobody signs up."""
    with refused(*CLOSED):
        await Caller(PoolSettings(admin_create_user=AdminCreateUser(allow_admin_create_user_only=True))).sign_up()


async def test_custom_attributes() -> None:
    """Attributes of the pool's own schema can be written under their prefix, others cannot."""
    pool = Caller(PoolSettings(custom_attributes=("team",)))
    await pool.sign_up(**{"custom:team": "red"})
    assert (await pool.user())["UserAttributes"]["custom:team"] == "red"
    message = "Attributes did not conform to the schema: Type for attribute {custom:rank} could not be determined"
    with refused("InvalidParameterException", message):
        await pool.sign_up("bob", **{"custom:rank": "1"})


async def test_write_attributes() -> None:
    """A client that may write some attributes cannot write others."""
    pool = Caller(PoolSettings(client=Client(write_attributes=("email",))))
    await pool.sign_up(email=EMAIL)
    with refused("NotAuthorizedException", "A client attempted to write unauthorized attribute"):
        await pool.sign_up("bob", email=EMAIL, name="Bob")


async def test_case_is_ignored() -> None:
    """Where case does not matter, a name in any case is the same user's, and taken."""
    pool = Caller(NO_CASE)
    sub = await pool.confirmed("Ada", email="Ada@Example.com")
    for name in ("aDA", "ada@EXAMPLE.com"):
        claims = await pool.driver.verify((await pool.tokens(name))["IdToken"])
        assert (claims["sub"], claims["cognito:username"], claims["email"]) == (sub, "Ada", "Ada@Example.com")
    with refused(*USERNAME_TAKEN):
        await pool.sign_up("ADA", email=EMAIL)
    await pool.sign_up("bob", email="ADA@example.COM")
    with refused(*ALIAS_TAKEN):
        await pool.confirm("bob")


async def test_case_of_unknown_names() -> None:
    """Attempts for an unknown name count in whatever case it is typed, as those for a known one do."""
    pool = Caller(NO_CASE)
    for name in ("Eve", "eve", "EVE", "eVe", "evE"):
        await pool.resend(name)
    with refused("LimitExceededException", "Attempt limit exceeded, please try after some time."):
        await pool.resend("EvE")


@pytest.mark.parametrize("case_sensitive", [True, False])
async def test_contacts_that_users_lack(case_sensitive: bool) -> None:  # noqa: FBT001 (a case of the test)
    """Where either contact is a username, users who lack the same one are no obstacle to each other."""
    names = SignIn(username_attributes=("email", "phone_number"), case_sensitive=case_sensitive)
    pool = Caller(PoolSettings(sign_in=names, verification=VERIFY_BOTH))
    subs = {await pool.confirmed(name) for name in (EMAIL, "bob@example.com", PHONE)}
    assert len(subs) == 3


async def test_case_matters_by_default() -> None:
    """Where case matters, two names that differ in it are two users'."""
    pool = Caller()
    subs = {await pool.confirmed(name, email=EMAIL) for name in ("ada", "Ada")}
    assert len(subs) == 2


async def test_resend_exception_is_an_assumption() -> None:
    """Which exception says that nothing is verified is as the settings assume."""
    assumed = Assumptions(resend_unverified_exception="NotAuthorizedException")
    with refused("NotAuthorizedException", "Cannot resend codes. Auto verification not turned on."):
        await Caller(PoolSettings(assumptions=assumed)).resend()


def answering(**response: bool) -> Trigger:
    """Return a pre sign-up trigger with this response."""

    def trigger(event: dict[str, Any], _context: object) -> dict[str, Any]:
        return event | {"response": response}

    return trigger


TRIGGERED = PoolSettings(
    sign_in=SignIn(alias_attributes=("email",)), verification=VERIFY_EMAIL, lambda_triggers=("pre_sign_up",)
)


async def test_trigger_confirms() -> None:
    """The pre sign-up trigger can confirm and verify at once: no code is sent, and the alias works."""
    pool = Caller(TRIGGERED, triggers={"pre_sign_up": answering(autoConfirmUser=True, autoVerifyEmail=True)})
    answer = await pool.sign_up(email=EMAIL)
    assert answer == {"UserConfirmed": True, "UserSub": answer["UserSub"]}
    assert not pool.simulator.outbox
    assert (await pool.tokens(EMAIL))["TokenType"] == "Bearer"


async def test_trigger_moves_the_alias() -> None:
    """An address that the trigger verifies is taken from its former holder."""
    pool = Caller(TRIGGERED, triggers={"pre_sign_up": answering(autoConfirmUser=True, autoVerifyEmail=True)})
    await pool.sign_up("one", email=EMAIL)
    sub = (await pool.sign_up("two", email=EMAIL))["UserSub"]
    claims = await pool.driver.verify((await pool.tokens(EMAIL))["IdToken"])
    assert claims["sub"] == sub
    assert (await pool.user("one"))["UserAttributes"]["email_verified"] == "false"


async def test_trigger_refuses() -> None:
    """A trigger that raises refuses the sign-up, and no user is left."""

    def refuse(_event: dict[str, Any], _context: object) -> dict[str, Any]:
        raise ValueError("not on the list")

    pool = Caller(TRIGGERED, triggers={"pre_sign_up": refuse})
    with refused("UserLambdaValidationException", "PreSignUp failed with error not on the list."):
        await pool.sign_up(email=EMAIL)
    with refused("UserNotFoundException", "User does not exist."):
        await pool.user()


def recorded(events: list[dict[str, Any]]) -> Callable[[dict[str, Any], object], dict[str, Any]]:
    """Return a trigger that keeps its events."""

    def trigger(event: dict[str, Any], _context: object) -> dict[str, Any]:
        events.append(event)
        return event

    return trigger


async def test_events_of_triggers() -> None:
    """The triggers hear of the sign-up with its validation data, and of the confirmed user."""
    events: list[dict[str, Any]] = []
    settings = PoolSettings(verification=VERIFY_EMAIL, lambda_triggers=("pre_sign_up", "post_confirmation"))
    pool = Caller(settings, triggers=dict.fromkeys(settings.lambda_triggers, recorded(events)))
    attributes = [{"Name": "email", "Value": EMAIL}]
    data = [{"Name": "invitation", "Value": "red"}]
    await pool.call("SignUp", Username=NAME, Password=PASSWORD, UserAttributes=attributes, ValidationData=data)
    await pool.confirm()
    before, after = events
    assert (before["triggerSource"], after["triggerSource"]) == ("PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp")
    assert before["request"] == {"userAttributes": {"email": EMAIL}, "validationData": {"invitation": "red"}}
    assert after["request"]["userAttributes"]["cognito:user_status"] == "CONFIRMED"
    assert (before["userName"], after["userName"]) == (NAME, NAME)


async def test_event_after_confirmation_by_trigger() -> None:
    """The post confirmation trigger hears of a user whom the pre sign-up trigger confirms, and of no other."""
    events: list[dict[str, Any]] = []
    settings = PoolSettings(verification=VERIFY_EMAIL, lambda_triggers=("pre_sign_up", "post_confirmation"))
    for confirms in (False, True):
        triggers = {"pre_sign_up": answering(autoConfirmUser=confirms), "post_confirmation": recorded(events)}
        await Caller(settings, triggers=triggers).sign_up(email=EMAIL)
    assert [event["triggerSource"] for event in events] == ["PostConfirmation_ConfirmSignUp"]
