"""SignUp: usernames, attributes, passwords, uniqueness, the first message."""

from __future__ import annotations

import re

import pytest
from simulated import (
    EMAIL,
    EMAIL_POOL,
    NAME,
    PASSWORD,
    PHONE,
    VERIFY_BOTH,
    VERIFY_EMAIL,
    VERIFY_PHONE,
    Caller,
    refused,
)

from flowengine.settings import PasswordPolicy, PoolSettings, SignIn, Verification

EMAIL_NAMES = PoolSettings(sign_in=SignIn(username_attributes=("email",)), verification=VERIFY_EMAIL)
CONTACT_NAMES = PoolSettings(sign_in=SignIn(username_attributes=("email", "phone_number")), verification=VERIFY_BOTH)


async def test_code_goes_to_verified_attribute() -> None:
    """The answer names the masked destination; the mailbox receives the code."""
    pool = Caller()
    answer = await pool.sign_up(email="tom@test.org")
    assert answer == {
        "UserConfirmed": False,
        "UserSub": answer["UserSub"],
        "CodeDeliveryDetails": {"Destination": "t***@t***", "DeliveryMedium": "EMAIL", "AttributeName": "email"},
    }
    (message,) = pool.simulator.outbox
    assert (message.medium, message.destination, message.attribute) == ("EMAIL", "tom@test.org", "email")
    assert re.fullmatch(r"[0-9]{6}", message.code)
    assert (message.purpose, message.at) == ("sign_up", pool.simulator.clock.now())
    assert (message.subject, message.text) == (
        "Your verification code",
        f"Your verification code is {message.code}.",
    )


async def test_phone_wins_over_email() -> None:
    """Of two attributes that could be verified, the phone gets the one message."""
    pool = Caller(PoolSettings(verification=VERIFY_BOTH))
    answer = await pool.sign_up(email=EMAIL, phone_number="+15555559934")
    assert answer["CodeDeliveryDetails"] == {
        "Destination": "+*******9934",
        "DeliveryMedium": "SMS",
        "AttributeName": "phone_number",
    }
    assert [message.destination for message in pool.simulator.outbox] == ["+15555559934"]


@pytest.mark.parametrize(
    ("number", "shown"), [("+491701234567", "+********4567"), ("+12345", "+*2345"), ("+1234", "+1234"), ("+12", "+12")]
)
async def test_masked_phone(number: str, shown: str) -> None:
    """The last four digits of a phone number are shown, and how many others there are."""
    answer = await Caller(PoolSettings(verification=VERIFY_PHONE)).sign_up(phone_number=number)
    assert answer["CodeDeliveryDetails"]["Destination"] == shown


async def test_email_serves_where_no_phone_was_given() -> None:
    """Of two attributes that could be verified, the one that was given gets the message."""
    pool = Caller(PoolSettings(verification=VERIFY_BOTH))
    answer = await pool.sign_up(email=EMAIL)
    assert answer["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"


@pytest.mark.parametrize(
    ("settings", "attributes"),
    [(PoolSettings(), {"email": EMAIL}), (EMAIL_POOL, {}), (EMAIL_POOL, {"phone_number": PHONE})],
    ids=["nothing is verified", "no contact", "another contact"],
)
async def test_no_delivery(settings: PoolSettings, attributes: dict[str, str]) -> None:
    """Without an attribute to verify there is a user, but no message."""
    pool = Caller(settings)
    answer = await pool.sign_up(**attributes)
    assert answer.keys() == {"UserConfirmed", "UserSub"}
    assert list(pool.simulator.outbox) == []


async def test_own_texts() -> None:
    """Messages follow the pool's templates."""
    verification = Verification(
        auto_verified_attributes=("email", "phone_number"),
        sms_message="SMS {####}, {####}",
        email_message="Mail {####}",
        email_subject="Hello",
    )
    pool = Caller(PoolSettings(verification=verification, email_sending_account="DEVELOPER"))
    await pool.sign_up("one", phone_number=PHONE)
    await pool.sign_up("two", email=EMAIL)
    sms, mail = pool.simulator.outbox
    assert (sms.text, sms.subject) == (f"SMS {sms.code}, {sms.code}", None)
    assert (mail.text, mail.subject) == (f"Mail {mail.code}", "Hello")


async def test_username_is_taken() -> None:
    """A username belongs to one user, confirmed or not."""
    pool = Caller()
    await pool.sign_up(email=EMAIL)
    with refused("UsernameExistsException", "User already exists"):
        await pool.sign_up(email="other@example.com")


@pytest.mark.parametrize(("attribute", "value"), [("email", EMAIL), ("phone_number", PHONE)])
async def test_contact_is_taken(attribute: str, value: str) -> None:
    """A contact that is a username belongs to one user, verified or not."""
    pool = Caller(CONTACT_NAMES)
    await pool.sign_up(value)
    with refused("UsernameExistsException", f"An account with the given {attribute} already exists."):
        await pool.sign_up(value)


async def test_second_contact_is_unique_too() -> None:
    """Where both contacts are usernames, the one that is given as an attribute has to be unique as well."""
    pool = Caller(CONTACT_NAMES)
    await pool.sign_up(EMAIL, phone_number=PHONE)
    with refused("UsernameExistsException", "An account with the given phone_number already exists."):
        await pool.sign_up(PHONE)


@pytest.mark.parametrize(
    ("names", "username", "message"),
    [
        (("email",), PHONE, "Username should be an email."),
        (("phone_number",), EMAIL, "Username should be a phone number."),
        (("email", "phone_number"), NAME, "Username should be either an email or a phone number."),
    ],
)
async def test_username_has_to_be_a_contact(names: tuple[str, ...], username: str, message: str) -> None:
    """Where contacts are the usernames, a username looks like one of them."""
    pool = Caller(PoolSettings(sign_in=SignIn(username_attributes=names)))
    with refused("InvalidParameterException", message):
        await pool.sign_up(username)


@pytest.mark.parametrize(
    ("alias", "username", "message"),
    [
        ("email", EMAIL, "Username cannot be of email format, since user pool is configured for email alias."),
        (
            "phone_number",
            PHONE,
            "Username cannot be of phone number format, since user pool is configured for phone number alias.",
        ),
    ],
)
async def test_username_may_not_look_like_an_alias(alias: str, username: str, message: str) -> None:
    """Where a contact is an alias, no username may look like one."""
    pool = Caller(PoolSettings(sign_in=SignIn(alias_attributes=(alias,))))
    with refused("InvalidParameterException", message):
        await pool.sign_up(username)


async def test_contact_becomes_attribute() -> None:
    """A contact that is the username is copied to its attribute; the stored username is the `sub`."""
    pool = Caller(EMAIL_NAMES)
    sub = await pool.confirmed(EMAIL)
    tokens = await pool.tokens(EMAIL)
    user = await pool.call("GetUser", AccessToken=tokens["AccessToken"])
    assert user["Username"] == sub
    assert {"Name": "email", "Value": EMAIL} in user["UserAttributes"]


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"email": "no mail"}, "Invalid email address format."),
        ({"phone_number": "15555550100"}, "Invalid phone number format."),
        ({"phone_number": "+1234567890123456"}, "Invalid phone number format."),
        ({"birthdate": "1815-12-1"}, "Invalid birthdate format."),
        (
            {"shoe_size": "40"},
            "Attributes did not conform to the schema: Type for attribute {shoe_size} could not be determined",
        ),
    ],
)
async def test_malformed_attributes(attributes: dict[str, str], message: str) -> None:
    """Attributes are those of the schema, and their values have its formats."""
    pool = Caller()
    with refused("InvalidParameterException", message):
        await pool.sign_up(**attributes)


@pytest.mark.parametrize("name", ["sub", "email_verified", "phone_number_verified"])
async def test_client_cannot_write(name: str) -> None:
    """No app client can write what only the service knows."""
    pool = Caller()
    with refused("NotAuthorizedException", "A client attempted to write unauthorized attribute"):
        await pool.sign_up(**{name: "true"})


async def test_required_attributes() -> None:
    """Every required attribute that is missing is named."""
    pool = Caller(PoolSettings(required_attributes=("email", "name"), verification=VERIFY_EMAIL))
    message = (
        "Attributes did not conform to the schema: email: The attribute is required\nname: The attribute is required\n"
    )
    with refused("InvalidParameterException", message):
        await pool.sign_up(name="")
    await pool.sign_up(email=EMAIL, name="Ada")


async def test_username_meets_requirement() -> None:
    """A required contact is there when it is the username."""
    settings = PoolSettings(sign_in=SignIn(username_attributes=("email",)), required_attributes=("email",))
    answer = await Caller(settings).sign_up(EMAIL)
    assert answer["UserConfirmed"] is False


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Abc-123", "Password not long enough"),
        ("abcd-1234", "Password must have uppercase characters"),
        ("ABCD-1234", "Password must have lowercase characters"),
        ("Abcd-efgh", "Password must have numeric characters"),
        ("Abcd1234", "Password must have symbol characters"),
    ],
)
async def test_password_policy(password: str, reason: str) -> None:
    """A password that breaks the policy is refused with the first reason."""
    pool = Caller()
    with refused("InvalidPasswordException", f"Password did not conform with policy: {reason}"):
        await pool.sign_up(password=password)


async def test_relaxed_password_policy() -> None:
    """A policy that demands nothing but six characters takes any six."""
    policy = PasswordPolicy(
        minimum_length=6, require_lowercase=False, require_uppercase=False, require_numbers=False, require_symbols=False
    )
    answer = await Caller(PoolSettings(password_policy=policy)).sign_up(password="aaaaaa")
    assert answer["UserConfirmed"] is False


async def test_refused_sign_up_leaves_no_trace() -> None:
    """After a refusal the username is free and nothing was sent."""
    pool = Caller()
    with refused("InvalidPasswordException", "Password did not conform with policy: Password not long enough"):
        await pool.sign_up(password="Abc-123", email=EMAIL)
    assert list(pool.simulator.outbox) == []
    await pool.sign_up(password=PASSWORD, email=EMAIL)


async def test_phone_pool_sends_sms() -> None:
    """Where the phone number is the username, the code goes there."""
    pool = Caller(PoolSettings(sign_in=SignIn(username_attributes=("phone_number",)), verification=VERIFY_PHONE))
    await pool.sign_up(PHONE)
    assert (pool.simulator.outbox[-1].medium, pool.simulator.outbox[-1].destination) == ("SMS", PHONE)
