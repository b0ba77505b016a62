"""Which second factor is asked for, how one is chosen and set up, and what answers it."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pyotp
import pytest
from simulated import EMAIL, NAME, PHONE, VERIFY_BOTH, VERIFY_EMAIL, Caller, refused, wrong

from flowengine.settings import Assumptions, Mfa, PoolSettings

MISMATCH = ("CodeMismatchException", "Invalid code or auth state for the user.")
TOTP_MISMATCH = ("CodeMismatchException", "Invalid code received for user")
LOCKED = ("NotAuthorizedException", "Password attempts exceeded")


def offering(*factors: str, mode: str = "required", **more: Any) -> PoolSettings:
    """Return a pool with these second factors, which could send e-mail codes."""
    settings = PoolSettings(
        verification=VERIFY_EMAIL, mfa=Mfa(mode=mode, factors=factors), email_sending_account="DEVELOPER"
    )
    return attrs.evolve(settings, **more)


async def registered(pool: Caller, token: str) -> pyotp.TOTP:
    """Register an authenticator app for a signed-in user, half a minute before the next step, and switch it on."""
    secret = (await pool.call("AssociateSoftwareToken", AccessToken=token))["SecretCode"]
    app = pyotp.TOTP(secret)
    await pool.call("VerifySoftwareToken", AccessToken=token, UserCode=shown(pool, app))
    await pool.call("SetUserMFAPreference", AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True})
    pool.pass_time(seconds=30)
    return app


def shown(pool: Caller, app: pyotp.TOTP, steps: int = 0) -> str:
    """Return the code that an authenticator app shows now, or some steps from now."""
    return app.at(int(pool.simulator.clock.now()) + 30 * steps)


async def with_app() -> tuple[Caller, pyotp.TOTP, dict[str, Any]]:
    """Return a pool whose user has an authenticator app, the app, and the challenge of a sign-in."""
    pool = Caller(offering("totp", mode="optional"))
    await pool.confirmed(email=EMAIL)
    app = await registered(pool, (await pool.tokens())["AccessToken"])
    return pool, app, await pool.sign_in()


@pytest.mark.parametrize(
    ("factors", "attributes", "asked"),
    [
        (("sms", "email"), {"phone_number": PHONE}, "SMS_MFA"),
        (("sms", "email"), {"email": EMAIL}, "EMAIL_OTP"),
        (("sms", "email"), {"email": EMAIL, "phone_number": PHONE}, "SELECT_MFA_TYPE"),
        (("email", "totp"), {"email": EMAIL, "phone_number": PHONE}, "EMAIL_OTP"),
        (("totp",), {"email": EMAIL, "phone_number": PHONE}, "MFA_SETUP"),
        (("sms", "totp"), {"email": EMAIL}, "MFA_SETUP"),
    ],
)
async def test_required_factor_follows_what_the_user_has(
    factors: tuple[str, ...], attributes: dict[str, str], asked: str
) -> None:
    """Where MFA is required, every factor that the user has what is needed for is a candidate."""
    pool = Caller(attrs.evolve(offering(*factors), verification=VERIFY_BOTH))
    await pool.confirmed(**attributes)
    assert (await pool.sign_in())["ChallengeName"] == asked


async def test_code_by_email() -> None:
    """The code of e-mail MFA has eight digits, and answering it verifies the address."""
    pool = Caller(attrs.evolve(offering("email"), verification=VERIFY_BOTH))
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    challenge = await pool.sign_in()
    message = pool.simulator.outbox[-1]
    assert (message.medium, message.purpose, len(message.code)) == ("EMAIL", "email_mfa", 8)
    assert challenge["ChallengeParameters"] == {
        "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
        "CODE_DELIVERY_DESTINATION": "a***@e***",
        "USER_ID_FOR_SRP": NAME,
    }
    answer = await pool.respond(challenge, EMAIL_OTP_CODE=message.code)
    attributes = await pool.attributes(answer["AuthenticationResult"]["AccessToken"])
    assert attributes["email_verified"] == "true"


async def test_wrong_codes_by_email_lock_out() -> None:
    """A wrong e-mail MFA code keeps the session, and five of them lock the user out."""
    pool = Caller(offering("email"))
    await pool.confirmed(email=EMAIL)
    challenge = await pool.sign_in()
    for _ in range(5):
        with refused(*MISMATCH):
            await pool.respond(challenge, EMAIL_OTP_CODE=wrong(pool.code))
    with refused(*LOCKED):
        await pool.respond(challenge, EMAIL_OTP_CODE=pool.code)
    pool.pass_time(seconds=1)
    assert "AuthenticationResult" in await pool.respond(challenge, EMAIL_OTP_CODE=pool.code)


@pytest.mark.parametrize(
    ("answer", "asked"), [("SMS_MFA", "SMS_MFA"), ("EMAIL_OTP", "EMAIL_OTP"), ("EMAIL_MFA", "EMAIL_OTP")]
)
async def test_choice(answer: str, asked: str) -> None:
    """A user with two factors chooses one, under either name that the sources have for it."""
    pool = Caller(offering("sms", "email"))
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    challenge = await pool.sign_in()
    assert json.loads(challenge["ChallengeParameters"]["MFAS_CAN_CHOOSE"]) == ["SMS_MFA", "EMAIL_OTP"]
    chosen = await pool.respond(challenge, ANSWER=answer)
    assert chosen["ChallengeName"] == asked
    assert "AuthenticationResult" in await pool.respond(chosen, **{f"{asked}_CODE": pool.code})


async def test_choice_of_something_else() -> None:
    """What is not on the list cannot be chosen, and the choice stays open."""
    pool = Caller(offering("sms", "email"))
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    challenge = await pool.sign_in()
    with refused("InvalidParameterException", "ANSWER must be one of SMS_MFA, EMAIL_OTP"):
        await pool.respond(challenge, ANSWER="SOFTWARE_TOKEN_MFA")
    assert (await pool.respond(challenge, ANSWER="SMS_MFA"))["ChallengeName"] == "SMS_MFA"


async def test_choice_that_is_gone() -> None:
    """A factor whose contact the user no longer has cannot be chosen, though it was listed."""
    pool = Caller(offering("sms", "email"))
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    challenge = await pool.sign_in()
    pool.simulator.update_user_attributes(NAME, {"phone_number": ""})
    with refused("InvalidParameterException", "ANSWER must be one of EMAIL_OTP"):
        await pool.respond(challenge, ANSWER="SMS_MFA")


async def test_preference_wins() -> None:
    """A preferred factor is asked for without a choice."""
    pool = Caller(offering("sms", "email"))
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    chosen = await pool.respond(await pool.sign_in(), ANSWER="SMS_MFA")
    tokens = (await pool.respond(chosen, SMS_MFA_CODE=pool.code))["AuthenticationResult"]
    preferred = {"Enabled": True, "PreferredMfa": True}
    await pool.call("SetUserMFAPreference", AccessToken=tokens["AccessToken"], EmailMfaSettings=preferred)
    assert (await pool.sign_in())["ChallengeName"] == "EMAIL_OTP"


async def test_optional_asks_for_active_factors_alone() -> None:
    """Where MFA is optional, a factor that the user has not switched on is no candidate."""
    pool = Caller(offering("sms", "email", mode="optional"))
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    token = (await pool.tokens())["AccessToken"]
    await pool.call("SetUserMFAPreference", AccessToken=token, EmailMfaSettings={"Enabled": True})
    assert (await pool.sign_in())["ChallengeName"] == "EMAIL_OTP"


@pytest.mark.parametrize(
    ("attributes", "asked"),
    [({"email": EMAIL, "phone_number": PHONE}, "EMAIL_OTP"), ({"email": EMAIL}, "EMAIL_OTP")],
)
async def test_recovery_channel_is_no_candidate(attributes: dict[str, str], asked: str) -> None:
    """The contact that recovers the account is no second factor beside another one."""
    recovery = ("verified_phone_number",)
    pool = Caller(offering("sms", "email", account_recovery=recovery))
    await pool.confirmed(**attributes)
    assert (await pool.sign_in())["ChallengeName"] == asked


async def test_recovery_channel_alone() -> None:
    """A user whose only contact recovers the account has no second factor, and nothing to set up."""
    pool = Caller(offering("email", "sms", account_recovery=("verified_email", "verified_phone_number")))
    await pool.confirmed(email=EMAIL)
    message = "The user has no second factor that is not also the way to recover the account"
    with refused("InvalidParameterException", message):
        await pool.sign_in()


async def test_recovery_channel_is_not_offered_for_set_up() -> None:
    """Where an authenticator app can be set up, the recovery channel is left out of what can be."""
    pool = Caller(offering("email", "totp", account_recovery=("verified_email", "verified_phone_number")))
    await pool.confirmed(email=EMAIL)
    challenge = await pool.sign_in()
    assert json.loads(challenge["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]


async def test_unverified_phone() -> None:
    """Whether an unverified phone is good for SMS MFA is an assumption that can be changed."""
    pool = Caller(offering("sms", assumptions=Assumptions(unverified_phone_for_mfa=False)))
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    assert (await pool.sign_in())["ChallengeName"] == "MFA_SETUP"
    pool.simulator.update_user_attributes(NAME, {"phone_number_verified": "true"})
    assert (await pool.sign_in())["ChallengeName"] == "SMS_MFA"


async def set_up(pool: Caller, challenge: dict[str, Any]) -> tuple[pyotp.TOTP, str]:
    """Set up an authenticator app within a sign-in; return it and the session that goes on."""
    begun = await pool.call("AssociateSoftwareToken", Session=challenge["Session"])
    app = pyotp.TOTP(begun["SecretCode"])
    verified = await pool.call("VerifySoftwareToken", Session=begun["Session"], UserCode=shown(pool, app))
    return app, verified["Session"]


async def test_set_up_ends_in_tokens() -> None:
    """An authenticator app that is set up within a sign-in signs in, and is asked for from then on."""
    pool = Caller(offering("totp"))
    await pool.confirmed(email=EMAIL)
    challenge = await pool.sign_in()
    assert json.loads(challenge["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
    app, session = await set_up(pool, challenge)
    assert "AuthenticationResult" in await pool.respond(challenge | {"Session": session})
    pool.pass_time(seconds=30)
    challenge = await pool.sign_in()
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert "AuthenticationResult" in await pool.respond(challenge, SOFTWARE_TOKEN_MFA_CODE=shown(pool, app))


async def test_set_up_ends_in_another_code() -> None:
    """Whether another code is asked for after the set-up is an assumption that can be changed."""
    pool = Caller(offering("totp", assumptions=Assumptions(totp_setup_ends_in="SOFTWARE_TOKEN_MFA")))
    await pool.confirmed(email=EMAIL)
    challenge = await pool.sign_in()
    app, session = await set_up(pool, challenge)
    challenge = await pool.respond(challenge | {"Session": session})
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    pool.pass_time(seconds=30)
    assert "AuthenticationResult" in await pool.respond(challenge, SOFTWARE_TOKEN_MFA_CODE=shown(pool, app))


async def test_set_up_needs_a_verified_app() -> None:
    """Neither the first session nor that of the association completes a set-up, and each serves once."""
    pool = Caller(offering("totp"))
    await pool.confirmed(email=EMAIL)
    challenge = await pool.sign_in()
    begun = await pool.call("AssociateSoftwareToken", Session=challenge["Session"])
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        await pool.respond(challenge)
    with refused("InvalidParameterException", "No second factor has been set up in this session"):
        await pool.respond(challenge | {"Session": begun["Session"]})


@pytest.mark.parametrize("member", ["EMAIL", "email"])
async def test_set_up_by_email(member: str) -> None:
    """An e-mail address is set up by the code that goes to it, and is the user's only after that."""
    pool = Caller(attrs.evolve(offering("email"), verification=VERIFY_BOTH))
    await pool.confirmed(phone_number=PHONE)
    challenge = await pool.respond(await pool.sign_in(), **{member: EMAIL})
    assert (challenge["ChallengeName"], pool.simulator.outbox[-1].destination) == ("EMAIL_OTP", EMAIL)
    assert (await pool.sign_in())["ChallengeName"] == "MFA_SETUP"
    tokens = (await pool.respond(challenge, EMAIL_OTP_CODE=pool.code))["AuthenticationResult"]
    attributes = await pool.attributes(tokens["AccessToken"])
    assert (attributes["email"], attributes["email_verified"]) == (EMAIL, "true")
    assert (await pool.sign_in())["ChallengeName"] == "EMAIL_OTP"


async def test_set_up_by_malformed_email() -> None:
    """What is no e-mail address cannot be set up as one."""
    pool = Caller(attrs.evolve(offering("email"), verification=VERIFY_BOTH))
    await pool.confirmed(phone_number=PHONE)
    with refused("InvalidParameterException", "Invalid email address format."):
        await pool.respond(await pool.sign_in(), EMAIL="nowhere")


async def test_first_sign_in_without_a_factor() -> None:
    """That a user who signed up comes in once without a factor is an assumption; it is no rule for invited ones."""
    pool = Caller(offering("totp", assumptions=Assumptions(first_sign_in_without_factor="TOKENS")))
    await pool.confirmed(email=EMAIL)
    assert "AuthenticationResult" in await pool.sign_in()
    assert (await pool.sign_in())["ChallengeName"] == "MFA_SETUP"
    pool.simulator.create_user("grace", attributes={"email": "grace@example.com"})
    pool.simulator.set_user_password("grace", "Correct-horse-7")
    assert (await pool.sign_in("grace"))["ChallengeName"] == "MFA_SETUP"


@pytest.mark.parametrize("steps", [-1, 0, 1])
async def test_app_codes_within_a_step(steps: int) -> None:
    """The code of the present step is taken, as are those of its neighbours."""
    pool, app, challenge = await with_app()
    assert challenge["ChallengeParameters"] == {"FRIENDLY_DEVICE_NAME": "", "USER_ID_FOR_SRP": NAME}
    pool.pass_time(seconds=60)
    assert "AuthenticationResult" in await pool.respond(challenge, SOFTWARE_TOKEN_MFA_CODE=shown(pool, app, steps))


@pytest.mark.parametrize("steps", [-2, 2])
async def test_app_codes_of_other_steps(steps: int) -> None:
    """Older and newer codes are wrong, and five of them lock the user out."""
    pool, app, challenge = await with_app()
    for _ in range(5):
        with refused(*TOTP_MISMATCH):
            await pool.respond(challenge, SOFTWARE_TOKEN_MFA_CODE=shown(pool, app, steps))
    with refused(*LOCKED):
        await pool.respond(challenge, SOFTWARE_TOKEN_MFA_CODE=shown(pool, app))


async def test_app_code_works_once() -> None:
    """A code that was accepted is not accepted again, nor is an older one."""
    pool, app, challenge = await with_app()
    await pool.respond(challenge, SOFTWARE_TOKEN_MFA_CODE=shown(pool, app))
    again = await pool.sign_in()
    for steps in (0, -1):
        with refused("ExpiredCodeException", "Your software token has already been used once."):
            await pool.respond(again, SOFTWARE_TOKEN_MFA_CODE=shown(pool, app, steps))
    assert "AuthenticationResult" in await pool.respond(again, SOFTWARE_TOKEN_MFA_CODE=shown(pool, app, 1))
