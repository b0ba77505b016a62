"""A refused request changes neither users nor codes, sessions or tokens, and is refused as the model declares."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable
from typing import Any

import attrs
import botocore.session
import pytest
from simulated import EMAIL, EMAIL_POOL, NAME, PASSWORD, PHONE, VERIFY_BOTH, WRONG_PASSWORD, Caller, Trigger, refused

from flowengine.errors import CognitoRefusal
from flowengine.settings import AUTH_FLOWS, Client, Devices, Mfa, Passkey, PoolSettings, SignIn

DEVICE = f"us-east-1_{'0' * 8}-0000-4000-8000-{'0' * 12}"
POOL = PoolSettings(
    sign_in=SignIn(alias_attributes=("email",)),
    verification=EMAIL_POOL.verification,
    mfa=Mfa(mode="optional", factors=("sms", "totp")),
    allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP", "WEB_AUTHN"),
    devices=Devices(remembered="always"),
    passkey=Passkey(relying_party_id="example.org"),
    client=Client(explicit_auth_flows=tuple(flow for flow in AUTH_FLOWS if "CUSTOM" not in flow)),
)
OTHER = {"email": "grace@example.com"}
NO_SESSION = "no session at all, though long enough"


class Stage:
    """A pool with a signed-in user, one who is not confirmed, and one with a temporary password."""

    def __init__(self, pool: Caller, tokens: dict[str, Any]) -> None:
        self.pool = pool
        self.tokens = tokens
        self.call = pool.call
        self.before: dict[str, Any] = {}

    @classmethod
    async def set_up(cls) -> Stage:
        """Return the pool with its users."""
        pool = Caller(POOL)
        await pool.confirmed(email=EMAIL)
        tokens = await pool.tokens()
        await pool.sign_up("grace", **OTHER)
        pool.simulator.create_user("invited", attributes={"phone_number": PHONE}, temporary_password=PASSWORD)
        return cls(pool, tokens)

    async def signed_in(self, operation: str, **request: Any) -> Any:
        """Call an operation with the access token."""
        return await self.call(operation, AccessToken=self.tokens["AccessToken"], **request)

    async def by_code(self, **responses: str) -> Any:
        """Answer the one-time password correctly, or with other responses."""
        challenge = await self.pool.start("USER_AUTH", PREFERRED_CHALLENGE="EMAIL_OTP")
        return await self.attempt(self.pool.respond(challenge, **{"EMAIL_OTP_CODE": self.pool.code, **responses}))

    async def attempt(self, call: Awaitable[Any]) -> Any:
        """Make a call after preparations: what is remembered now is what a refusal has to leave."""
        self.before = memory(self.pool)
        return await call


def memory(pool: Caller) -> dict[str, Any]:
    """Return a copy of all that the pool remembers, but for the attempts, which count whatever comes of them."""
    state = pool.simulator.state
    return {
        field.name: copy.deepcopy(getattr(state, field.name))
        for field in attrs.fields(type(state))
        if field.name not in {"conducts", "draws"}
    }


async def new_password(stage: Stage, **responses: str) -> Any:
    """Answer the challenge of the user with a temporary password."""
    challenge = await stage.pool.sign_in("invited")
    return await stage.attempt(stage.pool.respond(challenge, "invited", **responses))


async def reset(stage: Stage, code: str, password: str) -> Any:
    """Ask for a reset code, and use another one or another password."""
    await stage.call("ForgotPassword", Username=NAME)
    request = {"Username": NAME, "ConfirmationCode": code or stage.pool.code, "Password": password}
    return await stage.attempt(stage.call("ConfirmForgotPassword", **request))


async def taken_alias(stage: Stage) -> Any:
    """Confirm with an address that another user signs in with."""
    await stage.pool.sign_up("eve", email=EMAIL)
    return await stage.attempt(stage.pool.confirm("eve"))


async def choice(stage: Stage) -> Any:
    """Choose what cannot be chosen."""
    challenge = await stage.pool.start("USER_AUTH")
    return await stage.attempt(stage.pool.respond(challenge, ANSWER="SMS_OTP"))


async def registration(stage: Stage) -> Any:
    """Register a passkey that is none."""
    await stage.signed_in("StartWebAuthnRegistration")
    return await stage.attempt(stage.signed_in("CompleteWebAuthnRegistration", Credential={"id": "x"}))


async def app(stage: Stage) -> Any:
    """Verify an authenticator app with a code that it does not show."""
    await stage.signed_in("AssociateSoftwareToken")
    return await stage.attempt(stage.signed_in("VerifySoftwareToken", UserCode="000000"))


REFUSED: dict[str, tuple[str, Callable[[Stage], Awaitable[Any]]]] = {
    "taken username": ("SignUp", lambda it: it.pool.sign_up()),
    "weak password": ("SignUp", lambda it: it.pool.sign_up("eve", "weakling")),
    "foreign attribute": ("SignUp", lambda it: it.pool.sign_up("eve", sub="7")),
    "malformed address": ("SignUp", lambda it: it.pool.sign_up("eve", email="nowhere")),
    "wrong code": ("ConfirmSignUp", lambda it: it.pool.confirm("grace", "12345")),
    "made-up session": ("ConfirmSignUp", lambda it: it.pool.confirm("grace", Session=NO_SESSION)),
    "taken alias": ("ConfirmSignUp", taken_alias),
    "confirmed": ("ConfirmSignUp", lambda it: it.pool.confirm()),
    "resent to confirmed": ("ResendConfirmationCode", lambda it: it.pool.resend()),
    "wrong password": ("InitiateAuth", lambda it: it.pool.sign_in(password=WRONG_PASSWORD)),
    "not confirmed": ("InitiateAuth", lambda it: it.pool.sign_in("grace")),
    "unknown device": (
        "InitiateAuth",
        lambda it: it.pool.start("USER_PASSWORD_AUTH", PASSWORD=PASSWORD, DEVICE_KEY=DEVICE),
    ),
    "unusable value": ("InitiateAuth", lambda it: it.pool.start("USER_SRP_AUTH", SRP_A="0")),
    "made-up refresh token": ("InitiateAuth", lambda it: it.pool.start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN="x")),
    "wrong one-time password": ("RespondToAuthChallenge", lambda it: it.by_code(EMAIL_OTP_CODE="12345")),
    "device of nobody": ("RespondToAuthChallenge", lambda it: it.by_code(DEVICE_KEY=DEVICE)),
    "impossible choice": ("RespondToAuthChallenge", choice),
    "weak new password": ("RespondToAuthChallenge", lambda it: new_password(it, NEW_PASSWORD="weakling")),
    "device after new password": (
        "RespondToAuthChallenge",
        lambda it: new_password(it, NEW_PASSWORD=WRONG_PASSWORD, DEVICE_KEY=DEVICE),
    ),
    "reset of temporary password": (
        "AdminResetUserPassword",
        lambda it: it.call("AdminResetUserPassword", Username="invited"),
    ),
    "wrong reset code": ("ConfirmForgotPassword", lambda it: reset(it, "12345", WRONG_PASSWORD)),
    "weak reset password": ("ConfirmForgotPassword", lambda it: reset(it, "", "weakling")),
    "wrong former password": (
        "ChangePassword",
        lambda it: it.signed_in("ChangePassword", PreviousPassword=WRONG_PASSWORD, ProposedPassword=WRONG_PASSWORD),
    ),
    "wrong app code": ("VerifySoftwareToken", app),
    "app without registration": (
        "SetUserMFAPreference",
        lambda it: it.signed_in("SetUserMFAPreference", SoftwareTokenMfaSettings={"Enabled": True}),
    ),
    "unusable verifier": ("ConfirmDevice", lambda it: it.signed_in("ConfirmDevice", DeviceKey=DEVICE)),
    "forgotten device": ("ForgetDevice", lambda it: it.signed_in("ForgetDevice", DeviceKey=DEVICE)),
    "status of no device": ("UpdateDeviceStatus", lambda it: it.signed_in("UpdateDeviceStatus", DeviceKey=DEVICE)),
    "malformed passkey": ("CompleteWebAuthnRegistration", registration),
    "passkey of nobody": (
        "DeleteWebAuthnCredential",
        lambda it: it.signed_in("DeleteWebAuthnCredential", CredentialId="x"),
    ),
    "refresh by access token": (
        "GetTokensFromRefreshToken",
        lambda it: it.call("GetTokensFromRefreshToken", RefreshToken=it.tokens["AccessToken"]),
    ),
    "revoked access token": ("RevokeToken", lambda it: it.call("RevokeToken", Token=it.tokens["AccessToken"])),
    "revoked by another client": ("RevokeToken", lambda it: it.call("RevokeToken", Token="x", ClientId="other")),
    "created twice": ("AdminCreateUser", lambda it: it.call("AdminCreateUser", Username=NAME)),
    "invited again": ("AdminCreateUser", lambda it: it.call("AdminCreateUser", Username=NAME, MessageAction="RESEND")),
    "confirmed by administrator": ("AdminConfirmSignUp", lambda it: it.call("AdminConfirmSignUp", Username=NAME)),
    "weak password by administrator": (
        "AdminSetUserPassword",
        lambda it: it.call("AdminSetUserPassword", Username=NAME, Password="weakling", Permanent=True),
    ),
    "alias by administrator": (
        "AdminUpdateUserAttributes",
        lambda it: it.call(
            "AdminUpdateUserAttributes",
            Username="grace",
            UserAttributes=[{"Name": "email", "Value": EMAIL}, {"Name": "email_verified", "Value": "true"}],
        ),
    ),
    "user of nobody": ("AdminDeleteSoftwareToken", lambda it: it.call("AdminDeleteSoftwareToken", Username="nobody")),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_refusal_changes_nothing(case: str) -> None:
    """After a refusal the pool remembers what it did before, but for the count of attempts."""
    stage = await Stage.set_up()
    stage.before = memory(stage.pool)
    with pytest.raises(CognitoRefusal):
        await REFUSED[case][1](stage)
    assert memory(stage.pool) == stage.before


async def test_no_secret_of_a_sign_in_shows() -> None:
    """What a sign-in on its way holds, and the seeds, are not in the repr of what the pool remembers."""
    stage = await Stage.set_up()
    await stage.signed_in("AssociateSoftwareToken")
    challenge = await stage.pool.start("USER_AUTH", PREFERRED_CHALLENGE="EMAIL_OTP")
    await stage.pool.start("USER_SRP_AUTH", SRP_A="1f")
    state = stage.pool.simulator.state
    shown = repr((state, [*state.challenges.values()], stage.pool.simulator, stage.pool.driver))
    (user,) = [user for user in state.users.values() if user.username == NAME]
    secrets = [PASSWORD, challenge["Session"], *(message.code for message in state.outbox), user.pending_totp_secret]
    srp = [session.srp.secret_block for session in state.challenges.values() if session.srp is not None]
    assert not [secret for secret in [*secrets, *srp, *stage.tokens.values(), "seed="] if str(secret) in shown]


MODEL = botocore.session.Session().get_service_model("cognito-idp")


@pytest.mark.parametrize("case", [case for case, (name, _) in REFUSED.items() if name in MODEL.operation_names])
async def test_refusal_is_declared(case: str) -> None:
    """The exception is one that the service model declares for the operation."""
    operation, attempt = REFUSED[case]
    with pytest.raises(CognitoRefusal) as caught:
        await attempt(await Stage.set_up())
    assert caught.value.exception in {shape.name for shape in MODEL.operation_model(operation).error_shapes}


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("GlobalSignOut", {}),
        ("AssociateSoftwareToken", {}),
        ("StartWebAuthnRegistration", {}),
        ("CompleteWebAuthnRegistration", {"Credential": {}}),
        ("ListWebAuthnCredentials", {}),
        ("DeleteWebAuthnCredential", {"CredentialId": "x"}),
    ],
)
async def test_user_is_gone(operation: str, request_: dict[str, Any]) -> None:
    """Where the model declares no UserNotFoundException, the token of a deleted user counts as revoked."""
    stage = await Stage.set_up()
    stage.pool.simulator.delete_user(NAME)
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        await stage.signed_in(operation, **request_)


class Failing:
    """A trigger that fails when it is told to."""

    def __init__(self) -> None:
        self.fails = False

    def __call__(self, event: dict[str, Any], _: object) -> dict[str, Any]:
        """Return the event, or fail."""
        if self.fails:
            raise ValueError("no")
        return event


async def by_password(pool: Caller) -> Awaitable[Any]:
    """Return a sign-in by password that is about to succeed."""
    return pool.sign_in()


async def by_one_time_password(pool: Caller) -> Awaitable[Any]:
    """Return the answer to a one-time password, which would verify the phone number."""
    challenge = await pool.start("USER_AUTH", PREFERRED_CHALLENGE="SMS_OTP")
    return pool.respond(challenge, SMS_OTP_CODE=pool.code)


async def by_new_password(pool: Caller) -> Awaitable[Any]:
    """Return the answer to the challenge of a temporary password."""
    pool.simulator.set_user_password(NAME, PASSWORD, permanent=False)
    return pool.respond(await pool.sign_in(), NEW_PASSWORD=WRONG_PASSWORD)


async def by_rotation(pool: Caller) -> Awaitable[Any]:
    """Return the rotation of a refresh token."""
    return pool.call("GetTokensFromRefreshToken", RefreshToken=(await pool.tokens())["RefreshToken"])


@pytest.mark.parametrize("way", [by_password, by_one_time_password, by_new_password, by_rotation])
async def test_trigger_fails_before_the_tokens(way: Callable[[Caller], Awaitable[Awaitable[Any]]]) -> None:
    """Where the pre token generation trigger fails there was no sign-in, and the same answer succeeds later."""
    failing = Failing()
    client = Client(
        explicit_auth_flows=("ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"), refresh_token_rotation="ENABLED"
    )
    settings = attrs.evolve(
        POOL,
        verification=VERIFY_BOTH,
        devices=Devices(),
        allowed_first_auth_factors=("PASSWORD", "SMS_OTP"),
        client=client,
        lambda_triggers=("pre_token_generation",),
    )
    pool = Caller(settings, triggers={"pre_token_generation": failing})
    await pool.confirmed(email=EMAIL)
    pool.simulator.update_user_attributes(NAME, {"phone_number": PHONE})
    call = await way(pool)
    before, failing.fails = memory(pool), True
    with refused("UserLambdaValidationException", "PreTokenGeneration failed with error no."):
        await call
    assert memory(pool) == before


async def test_trigger_fails_after_a_reset() -> None:
    """A password that was reset by a code stays, though the post confirmation trigger fails; the code is spent."""
    failing = Failing()
    settings = attrs.evolve(EMAIL_POOL, lambda_triggers=("post_confirmation",))
    pool = Caller(settings, triggers={"post_confirmation": failing})
    await pool.confirmed(email=EMAIL)
    await pool.call("ForgotPassword", Username=NAME)
    failing.fails = True
    request = {"Username": NAME, "ConfirmationCode": pool.code, "Password": WRONG_PASSWORD}
    for exception in ("UserLambdaValidationException", "ExpiredCodeException"):
        with pytest.raises(CognitoRefusal, match=exception):
            await pool.call("ConfirmForgotPassword", **request)
    assert "AuthenticationResult" in await pool.sign_in(password=WRONG_PASSWORD)


@pytest.mark.parametrize("trigger", ["pre_sign_up", "post_confirmation"])
async def test_trigger_fails_at_sign_up(trigger: str) -> None:
    """A sign-up that is refused before it creates nobody; a confirmation whose trigger fails has happened."""
    failing = Failing()
    functions: dict[str, Trigger] = {trigger: failing}
    pool = Caller(attrs.evolve(EMAIL_POOL, lambda_triggers=(trigger,)), triggers=functions)
    failing.fails = True
    with pytest.raises(CognitoRefusal, match="UserLambdaValidationException"):
        await pool.confirmed(email=EMAIL)
    with pytest.raises(CognitoRefusal, match="NotAuthorizedException"):
        await pool.sign_in(password=WRONG_PASSWORD)
    if trigger == "pre_sign_up":
        assert memory(pool)["users"] == {}
    else:
        assert "AuthenticationResult" in await pool.sign_in()
