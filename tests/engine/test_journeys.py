"""Whole walks, each through the pool that it is about."""

from __future__ import annotations

import pytest
from drivers import (
    EMAIL,
    NAME,
    OPTIONAL_MFA,
    PASSWORD,
    PHONE,
    PHONE_FLOW,
    VERIFY_EMAIL,
    VERIFY_PHONE,
    WRONG,
    Walk,
    walk_to,
)

import flowengine as fe

EMAIL_POOL = fe.PoolSettings(sign_in=fe.SignIn(username_attributes=("email",)), verification=VERIFY_EMAIL)
ALIAS_POOL = fe.PoolSettings(
    sign_in=fe.SignIn(alias_attributes=("email", "phone_number")),
    verification=fe.Verification(auto_verified_attributes=("email", "phone_number")),
)


def flow_of(existence_errors: str) -> fe.Flow:
    """Return the flow of a pool that hides its users, or does not."""
    client = fe.Client(prevent_user_existence_errors=existence_errors)
    return fe.load("standard", pool=fe.PoolSettings(verification=VERIFY_EMAIL, client=client))


async def test_phone_is_username_verified_and_second_factor() -> None:
    """The shipped flow goes from sign-up over both codes to tokens and back out."""
    walk = Walk()
    states = [(await walk.to("signed_out")).state]
    for event, inputs in (
        ("sign_up", {"username": PHONE, "password": PASSWORD, "attributes": {}}),
        ("confirm", None),
        ("sign_in", {"password": PASSWORD}),
        ("answer", None),
        ("refresh", {}),
        ("sign_out", {}),
    ):
        snapshot = await walk.send(event, **({"code": walk.code} if inputs is None else inputs))
        assert snapshot.error is None
        states.append(snapshot.state)
    assert states == ["signed_out", "unconfirmed", "confirmed", "mfa_challenge", "signed_in", "signed_in", "signed_out"]
    assert walk.calls == [
        "SignUp", "ConfirmSignUp", "InitiateAuth", "RespondToAuthChallenge", "GetTokensFromRefreshToken",
        "GlobalSignOut",
    ]  # fmt: skip


async def test_snapshots_show_where_codes_went() -> None:
    """Each code's delivery is masked, and gone once no code is waited for."""
    walk = await walk_to("signed_out")
    assert (await walk.sign_up()).delivery == fe.Delivery("SMS", "+*******0100", "phone_number")
    assert (await walk.send("confirm", code=walk.code)).delivery is None
    assert (await walk.send("sign_in", password=PASSWORD)).delivery == fe.Delivery("SMS", "+*******0100")
    assert (await walk.send("answer", code=walk.code)).delivery is None


async def test_wrong_codes_keep_place() -> None:
    """A wrong code is a retryable error, and the right one still works."""
    walk = await walk_to("unconfirmed")
    delivery = (await walk.get()).delivery
    refused = await walk.send("confirm", code="no-code")
    assert (refused.state, refused.delivery) == ("unconfirmed", delivery)
    assert refused.error == fe.Error(
        "CodeMismatchException",
        retryable=True,
        message="Invalid verification code provided, please try again.",
    )
    assert (await walk.send("confirm", code=walk.code)).error is None
    await walk.send("sign_in", password=PASSWORD)
    refused = await walk.send("answer", code="no-code")
    assert (refused.state, refused.pending, refused.error and refused.error.code) == (
        "mfa_challenge", "SMS_MFA", "CodeMismatchException",
    )  # fmt: skip
    assert (await walk.send("answer", code=walk.code)).state == "signed_in"


async def test_tokens_are_good_for_pool() -> None:
    """What the snapshot holds verifies as an access and an ID token of the pool."""
    walk = await walk_to("signed_in")
    tokens = (await walk.get()).tokens
    assert tokens is not None
    driver = walk.simulator.cognito()
    access = await driver.verify(tokens.access_token, "access")
    assert access["sub"] == (await driver.verify(tokens.id_token, "id"))["sub"]


async def test_refresh_keeps_refresh_token() -> None:
    """A refresh brings new tokens, and leaves the refresh token that was used."""
    walk = await walk_to("signed_in")
    before = (await walk.get()).tokens
    walk.clock.advance(minutes=5)
    after = (await walk.send("refresh")).tokens
    assert before is not None
    assert after is not None
    assert after.access_token != before.access_token
    assert after.refresh_token == before.refresh_token
    assert (await walk.send("refresh")).error is None


async def test_sign_out_revokes_tokens() -> None:
    """After `sign_out` the snapshot has no tokens, and the old ones no longer work."""
    walk = await walk_to("signed_in")
    tokens = (await walk.get()).tokens
    snapshot = await walk.send("sign_out")
    assert (snapshot.state, snapshot.tokens) == ("signed_out", None)
    assert tokens is not None
    with pytest.raises(fe.FlowEngineError, match="Access Token has been revoked"):
        walk.simulator.handle("GetUser", {"AccessToken": tokens.access_token})


async def test_sign_out_elsewhere_ends_walk() -> None:
    """A user who signed out in another session is signed out here with the next event."""
    walk = await walk_to("signed_in")
    tokens = (await walk.get()).tokens
    assert tokens is not None
    walk.simulator.handle("GlobalSignOut", {"AccessToken": tokens.access_token})
    snapshot = await walk.send("refresh")
    assert (snapshot.state, snapshot.tokens) == ("signed_out", None)
    assert snapshot.error is not None
    assert (snapshot.error.code, snapshot.error.retryable) == ("REFRESH_TOKEN_REVOKED", False)


async def test_unconfirmed_user_comes_back() -> None:
    """Whoever left before the code is led to confirmation by signing in, without losing the way."""
    walk = await walk_to("unconfirmed")
    walk.id = (await walk.engine.start()).id
    snapshot = await walk.send("sign_in", username=PHONE, password=PASSWORD)
    assert snapshot.state == "unconfirmed"
    assert snapshot.error is not None
    assert snapshot.error.code == "UserNotConfirmedException"
    assert (await walk.send("resend")).delivery == fe.Delivery("SMS", "+*******0100", "phone_number")
    assert (await walk.send("confirm", code=walk.code)).state == "confirmed"


async def test_second_sign_up_is_refused() -> None:
    """A taken username is a value, not an exception, and the session stays."""
    walk = await walk_to("confirmed")
    walk.id = (await walk.engine.start()).id
    snapshot = await walk.sign_up()
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("signed_out", "UsernameExistsException")


async def test_pool_hides_users() -> None:
    """Where the pool hides users, a stranger's snapshot equals that of a user with a wrong password."""
    walk = await walk_to("confirmed", flow_of("ENABLED"), username=NAME, attributes={"email": EMAIL})
    snapshots = []
    for username in (NAME, "grace"):
        walk.id = (await walk.engine.start()).id
        snapshot = await walk.send("sign_in", username=username, password=WRONG)
        snapshots.append((snapshot.state, snapshot.error, snapshot.delivery, snapshot.revision))
    assert snapshots[0] == snapshots[1]
    assert snapshots[0][1] == fe.Error(
        "INCORRECT_USERNAME_OR_PASSWORD", retryable=True, message="Incorrect username or password."
    )


async def test_pool_tells_users_apart() -> None:
    """Where the pool does not hide users, a stranger is told apart."""
    walk = await walk_to("signed_out", flow_of("LEGACY"))
    snapshot = await walk.send("sign_in", username="grace", password=WRONG)
    assert snapshot.error == fe.Error("UserNotFoundException", retryable=True, message="User does not exist.")


async def test_email_is_username() -> None:
    """In a pool of e-mail addresses the code goes by e-mail, and no second factor is asked for."""
    walk = await walk_to("signed_out", fe.load("standard", pool=EMAIL_POOL), username=EMAIL)
    assert (await walk.sign_up()).delivery == fe.Delivery("EMAIL", "a***@e***", "email")
    assert (await walk.send("confirm", code=walk.code)).state == "confirmed"
    assert (await walk.send("sign_in", password=PASSWORD)).state == "signed_in"
    assert "mfa_challenge" not in walk.flow.states


@pytest.mark.parametrize("typed", [NAME, PHONE])
async def test_alias_signs_in(typed: str) -> None:
    """Once it is verified, an alias signs in as well as the username."""
    walk = await walk_to(
        "confirmed",
        fe.load("standard", pool=ALIAS_POOL),
        username=NAME,
        attributes={"email": EMAIL, "phone_number": PHONE},
    )
    walk.id = (await walk.engine.start()).id
    assert (await walk.send("sign_in", username=typed, password=PASSWORD)).state == "signed_in"


async def test_user_switches_mfa_on_and_off() -> None:
    """Where MFA is optional, a sign-in is challenged just while the user has it switched on."""
    walk = await walk_to(
        "signed_in", fe.load("standard", pool=OPTIONAL_MFA), username=NAME, attributes={"phone_number": PHONE}
    )
    sign_in = {"username": NAME, "password": PASSWORD}
    assert "RespondToAuthChallenge" not in walk.calls
    assert (await walk.send("enable_sms_mfa")).error is None
    await walk.send("sign_out")
    assert (await walk.send("sign_in", **sign_in)).pending == "SMS_MFA"
    assert (await walk.send("answer", code=walk.code)).state == "signed_in"
    assert (await walk.send("disable_sms_mfa")).error is None
    await walk.send("sign_out")
    assert (await walk.send("sign_in", **sign_in)).state == "signed_in"


async def test_client_secret_changes_nothing() -> None:
    """A client with a secret walks as one without."""
    pool = fe.PoolSettings(verification=VERIFY_PHONE, client=fe.Client(generate_secret=True))
    walk = Walk(fe.load("standard", pool=pool), username=NAME, attributes={"phone_number": PHONE})
    assert (await walk.to("signed_in")).error is None
    assert (await walk.send("refresh")).error is None


async def test_new_sign_in_replaces_challenge() -> None:
    """Signing in again while a code is waited for sends another code, and that one works."""
    walk = await walk_to("mfa_challenge")
    first = walk.code
    assert (await walk.send("sign_in", password=PASSWORD)).state == "mfa_challenge"
    assert walk.code != first
    assert (await walk.send("answer", code=walk.code)).state == "signed_in"


async def test_disabled_user_loses_challenge() -> None:
    """A user who is disabled while a code is waited for is signed out, and told for good."""
    walk = await walk_to("mfa_challenge")
    walk.simulator.disable_user(PHONE)
    snapshot = await walk.send("answer", code=walk.code)
    assert snapshot.state == "signed_out"
    assert snapshot.error == fe.Error("USER_DISABLED", retryable=False, message="User is disabled.")


async def test_disabled_user_cannot_try_again() -> None:
    """A user who is disabled before the sign-in is told that trying again is of no use."""
    walk = await walk_to("confirmed")
    walk.simulator.disable_user(PHONE)
    snapshot = await walk.send("sign_in", password=PASSWORD)
    assert snapshot.state == "confirmed"
    assert snapshot.error == fe.Error("USER_DISABLED", retryable=False, message="User is disabled.")


async def test_walk_is_recorded_and_replayed() -> None:
    """What `on_step` saw of a whole walk replays through the flow to the same place."""
    walk = await walk_to("signed_in")
    await walk.send("sign_out")
    replayed = fe.replay(walk.recorder.cassette(), PHONE_FLOW)
    assert replayed.ok
    assert (replayed.steps, replayed.final.state) == (5, "signed_out")
