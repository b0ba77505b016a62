"""Requests that violate the service model, and requests to nobody."""

from __future__ import annotations

from typing import Any

import pytest
from simulated import EMAIL, NAME, PASSWORD, Caller, refused

from flowengine.simulator.operations import OPERATIONS
from flowengine.simulator.shapes import REQUESTS

LENGTHS = "Member must have length"
LONG = "x" * 2049
CHOICE = "failed to satisfy constraint: Member must satisfy enum value set:"
PATTERN = "failed to satisfy constraint: Member must satisfy regular expression pattern:"


@pytest.mark.parametrize(
    ("operation", "request_", "violation"),
    [
        ("SignUp", {"Password": PASSWORD}, "'username' failed to satisfy constraint: Member must not be null"),
        (
            "SignUp",
            {"Username": NAME, "Password": "Ab-12"},
            f"'password' failed to satisfy constraint: {LENGTHS} greater than or equal to 6",
        ),
        (
            "SignUp",
            {"Username": NAME, "Password": "Correct horse-7"},
            r"'password' failed to satisfy constraint: Member must satisfy regular expression pattern: [\S]+",
        ),
        (
            "SignUp",
            {"Username": "", "Password": PASSWORD},
            f"'username' failed to satisfy constraint: {LENGTHS} greater than or equal to 1",
        ),
        (
            "SignUp",
            {"Username": NAME, "Password": PASSWORD + "x" * (257 - len(PASSWORD))},
            f"'password' failed to satisfy constraint: {LENGTHS} less than or equal to 256",
        ),
        (
            "SignUp",
            {"Username": "x" * 129, "Password": PASSWORD},
            f"'username' failed to satisfy constraint: {LENGTHS} less than or equal to 128",
        ),
        (
            "SignUp",
            {"Username": "ada lovelace", "Password": PASSWORD},
            rf"'username' {PATTERN} [\p{{L}}\p{{M}}\p{{S}}\p{{N}}\p{{P}}]+",
        ),
        (
            "SignUp",
            {"Username": NAME, "Password": PASSWORD, "UserAttributes": [{"Name": "name", "Value": LONG}]},
            f"'userAttributes.1.member.value' failed to satisfy constraint: {LENGTHS} less than or equal to 2048",
        ),
        (
            "SignUp",
            {"Username": NAME, "Password": PASSWORD, "UserAttributes": [{"Value": "Ada"}]},
            "'userAttributes.1.member.name' failed to satisfy constraint: Member must not be null",
        ),
        (
            "SignUp",
            {"Username": NAME, "Password": PASSWORD, "UserAttributes": {"name": "Ada"}},
            "'userAttributes' failed to satisfy constraint: Member must be a list",
        ),
        (
            "SignUp",
            {"Username": NAME, "Password": PASSWORD, "UserAttributes": ["Ada"]},
            "'userAttributes.1.member' failed to satisfy constraint: Member must be a structure",
        ),
        (
            "ConfirmSignUp",
            {"Username": NAME, "ConfirmationCode": ""},
            f"'confirmationCode' failed to satisfy constraint: {LENGTHS} greater than or equal to 1",
        ),
        (
            "ConfirmSignUp",
            {"Username": NAME, "ConfirmationCode": "123 456"},
            r"'confirmationCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [\S]+",
        ),
        (
            "ConfirmSignUp",
            {"Username": NAME, "ConfirmationCode": "123456", "ForceAliasCreation": "yes"},
            "'forceAliasCreation' failed to satisfy constraint: Member must be a boolean",
        ),
        (
            "ResendConfirmationCode",
            {"Username": 7},
            "'username' failed to satisfy constraint: Member must be a string",
        ),
        ("InitiateAuth", {}, "'authFlow' failed to satisfy constraint: Member must not be null"),
        (
            "InitiateAuth",
            {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": "ada"},
            "'authParameters' failed to satisfy constraint: Member must be a map",
        ),
        (
            "RespondToAuthChallenge",
            {"ChallengeName": "SMS_MFA", "Session": "short"},
            f"'session' failed to satisfy constraint: {LENGTHS} greater than or equal to 20",
        ),
        (
            "AdminGetUser",
            {"UserPoolId": "no pool", "Username": NAME},
            rf"'userPoolId' {PATTERN} [\w-]+_[0-9a-zA-Z]+",
        ),
        (
            "AdminCreateUser",
            {"Username": NAME, "DesiredDeliveryMediums": ["POST"]},
            f"'desiredDeliveryMediums.1.member' {CHOICE} [SMS, EMAIL]",
        ),
        (
            "VerifySoftwareToken",
            {"UserCode": "12345x"},
            f"'userCode' {PATTERN} [0-9]+",
        ),
        (
            "GetDevice",
            {"DeviceKey": "no-device"},
            rf"'deviceKey' {PATTERN} [\w-]+_[0-9a-f-]+",
        ),
        ("GetUser", {}, "'accessToken' failed to satisfy constraint: Member must not be null"),
        (
            "GetUser",
            {"AccessToken": "no token"},
            f"'accessToken' {PATTERN} [A-Za-z0-9-_=.]+",
        ),
    ],
)
async def test_violation(operation: str, request_: dict[str, Any], violation: str) -> None:
    """A member that violates its shape is named with what was demanded of it."""
    with refused("InvalidParameterException", f"1 validation error detected: Value at {violation}"):
        await Caller().call(operation, **request_)


async def test_unknown_flow_lists_the_known() -> None:
    """A choice that does not exist is answered with those that do."""
    flows = (
        "USER_SRP_AUTH, REFRESH_TOKEN_AUTH, REFRESH_TOKEN, CUSTOM_AUTH, ADMIN_NO_SRP_AUTH, USER_PASSWORD_AUTH, "
        "ADMIN_USER_PASSWORD_AUTH, USER_AUTH"
    )
    message = (
        "1 validation error detected: Value at 'authFlow' failed to satisfy constraint: "
        f"Member must satisfy enum value set: [{flows}]"
    )
    with refused("InvalidParameterException", message):
        await Caller().call("InitiateAuth", AuthFlow="MAGIC")


async def test_all_violations_at_once() -> None:
    """Every violation of a request is named."""
    message = (
        "2 validation errors detected: "
        "Value at 'username' failed to satisfy constraint: Member must not be null; "
        "Value at 'password' failed to satisfy constraint: Member must have length greater than or equal to 6"
    )
    with refused("InvalidParameterException", message):
        await Caller().call("SignUp", Password="Ab-12", UserAttributes=[{"Name": "email", "Value": EMAIL}])


async def test_unicode_username() -> None:
    """Letters and symbols of any script make a username."""
    answer = await Caller().sign_up("Ωmega-🦊_1", email=EMAIL)
    assert answer["UserConfirmed"] is False


async def test_unknown_client() -> None:
    """A request of a client that the pool does not have is refused."""
    with refused("ResourceNotFoundException", "User pool client stranger does not exist."):
        await Caller().call("SignUp", ClientId="stranger", Username=NAME, Password=PASSWORD)


async def test_unknown_operation() -> None:
    """An operation that the pool does not answer is refused, with an exception of the service model."""
    with refused("UnsupportedOperationException", "Unknown operation ListUsers."):
        await Caller().call("ListUsers")


def test_every_operation_has_a_shape() -> None:
    """What is answered is checked first."""
    assert REQUESTS.keys() == OPERATIONS.keys()
