"""Lambda triggers: which functions a pool takes, what they get, and what becomes of their failures."""

from __future__ import annotations

import re
from typing import Any

import pytest
from simulated import EMAIL, NAME, PASSWORD, PHONE, VERIFY_EMAIL, WRONG_PASSWORD, Caller, Trigger, refused

from flowengine.settings import Client, PoolSettings, SignIn
from flowengine.simulator import Simulator

INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")


def answering(**response: Any) -> Trigger:
    """Return a trigger with this response."""

    def trigger(event: dict[str, Any], _: object) -> dict[str, Any]:
        return {**event, "response": response}

    return trigger


def migrating(trigger: Trigger, client: Client | None = None) -> Caller:
    """Return a pool into which a trigger migrates users."""
    settings = PoolSettings(verification=VERIFY_EMAIL, lambda_triggers=("user_migration",), client=client or Client())
    return Caller(settings, triggers={"user_migration": trigger})


@pytest.mark.parametrize(
    ("declared", "given", "message"),
    [
        (("pre_sign_up",), {}, "are pre_sign_up, and functions are given for none"),
        ((), {"pre_sign_up": answering()}, "are none, and functions are given for pre_sign_up"),
        (
            ("pre_sign_up", "post_confirmation"),
            {"user_migration": answering(), "pre_sign_up": answering()},
            "are post_confirmation, pre_sign_up, and functions are given for pre_sign_up, user_migration",
        ),
    ],
)
def test_functions_that_the_settings_do_not_name(
    declared: tuple[str, ...], given: dict[str, Trigger], message: str
) -> None:
    """The functions have to be those of the pool's triggers, no more and no fewer."""
    with pytest.raises(ValueError, match=re.escape(f"the pool's lambda_triggers {message}")):
        Simulator(PoolSettings(verification=VERIFY_EMAIL, lambda_triggers=declared), triggers=given)


async def test_event() -> None:
    """A trigger is called with an event of Lambda's form, and without a context."""
    seen: list[tuple[dict[str, Any], object]] = []

    def trigger(event: dict[str, Any], context: object) -> dict[str, Any]:
        seen.append((event, context))
        return event

    pool = migrating(trigger)
    with refused(*INCORRECT):
        await pool.sign_in()
    ((event, context),) = seen
    assert context is None
    assert {key: event[key] for key in event if key not in {"request", "response"}} == {
        "version": "1",
        "region": "us-east-1",
        "userPoolId": pool.simulator.user_pool_id,
        "userName": NAME,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": pool.simulator.client_id},
        "triggerSource": "UserMigration_Authentication",
    }
    assert event["request"]["password"] == PASSWORD


async def test_trigger_that_raises() -> None:
    """What a trigger raises is the refusal, with its message."""

    def trigger(event: dict[str, Any], _: object) -> dict[str, Any]:
        raise ValueError(f"no {event['userName']} here")

    with refused("UserLambdaValidationException", "UserMigration failed with error no ada here."):
        await migrating(trigger).sign_in()


@pytest.mark.parametrize("returned", [None, "event", {}, {"response": None}, {"response": "yes"}])
async def test_trigger_that_returns_no_event(returned: Any) -> None:
    """A trigger that returns no event with a response is refused."""
    message = "UserMigration returned no event with a usable response."
    with refused("InvalidLambdaResponseException", message):
        await migrating(lambda _event, _context: returned).sign_in()


async def test_trigger_cannot_reach_into_the_pool() -> None:
    """What a trigger does to its event stays in the event."""

    def trigger(event: dict[str, Any], _: object) -> dict[str, Any]:
        event["request"]["userAttributes"]["email"] = "elsewhere@example.com"
        event["response"]["autoConfirmUser"] = True
        return event

    settings = PoolSettings(verification=VERIFY_EMAIL, lambda_triggers=("pre_sign_up",))
    pool = Caller(settings, triggers={"pre_sign_up": trigger})
    assert (await pool.sign_up(email=EMAIL))["UserConfirmed"] is True
    attributes = await pool.attributes((await pool.tokens())["AccessToken"])
    assert attributes["email"] == EMAIL


async def test_migrated_user() -> None:
    """A user whom the trigger knows comes in with the password that was typed, and is the pool's own from then on."""
    attributes = {"email": EMAIL, "email_verified": "true", "username": NAME}
    pool = migrating(answering(userAttributes=attributes, finalUserStatus="CONFIRMED"))
    shown = await pool.attributes((await pool.tokens())["AccessToken"])
    assert (shown["email"], shown["email_verified"]) == (EMAIL, "true")
    with refused(*INCORRECT):
        await pool.sign_in(password=WRONG_PASSWORD)


async def test_migrated_user_with_another_password_to_set() -> None:
    """A user whom the trigger does not call confirmed has to reset the password."""
    pool = migrating(answering(userAttributes={"email": EMAIL}))
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        await pool.sign_in()


async def test_migrated_user_who_is_refused() -> None:
    """A user who is migrated stays, though the sign-in that brought the user in is refused."""
    client = Client(prevent_user_existence_errors="LEGACY")
    pool = migrating(answering(userAttributes={"email": EMAIL}), client)
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        await pool.sign_in()
    assert (await pool.user())["UserStatus"] == "RESET_REQUIRED"


async def test_migrated_contact_that_is_a_username() -> None:
    """A contact that is somebody's username cannot be forced away, as an alias could."""
    trigger = answering(userAttributes={"email": EMAIL}, finalUserStatus="CONFIRMED", forceAliasCreation=True)
    settings = PoolSettings(
        sign_in=SignIn(username_attributes=("email", "phone_number")),
        verification=VERIFY_EMAIL,
        lambda_triggers=("user_migration",),
    )
    pool = Caller(settings, triggers={"user_migration": trigger})
    await pool.confirmed(EMAIL)
    with refused("AliasExistsException", "An account with the email already exists."):
        await pool.sign_in(PHONE)
    assert (await pool.user(EMAIL))["UserAttributes"]["email_verified"] == "true"


@pytest.mark.parametrize("attributes", [{"email": EMAIL, "email_verified": True}, ["email"], {"email": None}])
async def test_migrated_attributes_of_another_form(attributes: Any) -> None:
    """Attributes that are no texts are refused, and nobody is migrated."""
    with refused("InvalidLambdaResponseException", "UserMigration returned no event with a usable response."):
        await migrating(answering(userAttributes=attributes)).sign_in()


@pytest.mark.parametrize("override", [{"claimsToAddOrOverride": ["x"]}, {"claimsToSuppress": {"x": 1}}, ["x"]])
async def test_claims_of_another_form(override: Any) -> None:
    """An override of claims that is not of the trigger's form is refused."""
    settings = PoolSettings(verification=VERIFY_EMAIL, lambda_triggers=("pre_token_generation",))
    pool = Caller(settings, triggers={"pre_token_generation": answering(claimsOverrideDetails=override)})
    await pool.confirmed(email=EMAIL)
    with refused("InvalidLambdaResponseException", "PreTokenGeneration returned no event with a usable response."):
        await pool.sign_in()


async def test_user_whom_the_trigger_does_not_know() -> None:
    """A user without attributes in the trigger's response stays unknown."""
    pool = migrating(answering(), Client(prevent_user_existence_errors="LEGACY"))
    with refused("UserNotFoundException", "User does not exist."):
        await pool.sign_in()


async def test_srp_migrates_nobody() -> None:
    """A sign-in that does not carry the password migrates nobody."""

    def trigger(event: dict[str, Any], _: object) -> dict[str, Any]:
        raise AssertionError(event["userName"])

    pool = migrating(trigger, Client(explicit_auth_flows=("ALLOW_USER_SRP_AUTH",)))
    assert (await pool.start("USER_SRP_AUTH", SRP_A="1f"))["ChallengeName"] == "PASSWORD_VERIFIER"
