"""What an outsider sees of a user who exists is what is seen of one who does not, where the client hides users."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import attrs
import pytest
from simulated import EMAIL, EMAIL_POOL, NAME, PASSWORD, PHONE, WRONG_PASSWORD, Caller, refused
from srp_client import SRP_A, proof

from flowengine.errors import CognitoRefusal
from flowengine.settings import Client, Mfa, SignIn

UNKNOWN = "alan@example.com"  # masked as EMAIL is
POOL = attrs.evolve(
    EMAIL_POOL,
    sign_in=SignIn(username_attributes=("email",)),
    allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP"),
    account_recovery=("verified_email",),
    client=Client(explicit_auth_flows=("ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH")),
)
RANDOM = {"SALT", "SECRET_BLOCK", "SRP_B"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def blurred(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer with what is random or a UUID in it reduced to its form."""
    shown = {
        name: "random" if name in RANDOM else UUID.sub("uuid", value)
        for name, value in answer.get("ChallengeParameters", {}).items()
    }
    return answer | {"Session": len(answer.get("Session", "")), "ChallengeParameters": shown}


async def seen(call: Awaitable[dict[str, Any]]) -> Any:
    """Return what the caller sees of a call: the form of its answer, or the refusal."""
    try:
        return blurred(await call)
    except CognitoRefusal as error:
        return error.exception, error.message


async def passwords(pool: Caller, name: str) -> list[Any]:
    """Try wrong passwords until the wait begins, then once more after it."""
    views = [await seen(pool.sign_in(name, WRONG_PASSWORD)) for _ in range(7)]
    pool.pass_time(seconds=1)
    return [*views, await seen(pool.sign_in(name, WRONG_PASSWORD))]


async def proofs(pool: Caller, name: str) -> list[Any]:
    """Try wrong proofs until the wait begins, and one too late."""
    views = []
    for _ in range(6):
        challenge = await pool.start("USER_SRP_AUTH", name, SRP_A=SRP_A)
        parameters = challenge["ChallengeParameters"]
        claims = proof(parameters, f"pool{parameters['USER_ID_FOR_SRP']}", WRONG_PASSWORD)
        views += [blurred(challenge), await seen(pool.respond(challenge, name, **claims))]
    pool.pass_time(seconds=11)
    return [*views, await seen(pool.respond(challenge, name, **claims))]


async def choices(pool: Caller, name: str) -> list[Any]:
    """Look at the choice, and fail in each of its ways, and in one that there is not."""
    views = []
    for answer, wrong in (("EMAIL_OTP", {"EMAIL_OTP_CODE": "00000000"}), ("PASSWORD", {"PASSWORD": WRONG_PASSWORD})):
        choice = await pool.start("USER_AUTH", name)
        begun = await pool.respond(choice, name, ANSWER=answer)
        views += [blurred(choice), blurred(begun), await seen(pool.respond(begun, name, **wrong))]
        views += [await seen(pool.respond(choice, name, ANSWER=answer)), await seen(pool.respond(begun, "x", **wrong))]
    return [*views, await seen(pool.respond(await pool.start("USER_AUTH", name), name, ANSWER="SMS_OTP"))]


async def resets(pool: Caller, name: str) -> list[Any]:
    """Guess at a code that nobody asked for, ask for more of them than the hour allows, and guess at those."""
    guess = {"Username": name, "ConfirmationCode": "12345", "Password": PASSWORD}
    first = await seen(pool.call("ConfirmForgotPassword", **guess))
    asked = [await seen(pool.call("ForgotPassword", Username=name)) for _ in range(6)]
    guessed = [await seen(pool.call("ConfirmForgotPassword", **guess)) for _ in range(6)]
    pool.pass_time(hours=1)
    return [first, *asked, *guessed, await seen(pool.call("ConfirmForgotPassword", **guess))]


async def confirmations(pool: Caller, name: str) -> list[Any]:
    """Ask for more codes than the hour allows, and guess at them as often, then when they are too old."""
    asked = [await seen(pool.resend(name)) for _ in range(6)]
    guessed = [await seen(pool.confirm(name, "12345")) for _ in range(16)]
    pool.pass_time(hours=24)
    return [*asked, *guessed, await seen(pool.confirm(name, "12345"))]


def disable(pool: Caller) -> None:
    """Disable the known user."""
    pool.simulator.disable_user(EMAIL)


def require_reset(pool: Caller) -> None:
    """Make the known user reset the password."""
    pool.simulator.reset_user_password(EMAIL)
    pool.pass_time(hours=1)


def leave(_: Caller) -> None:
    """Leave the known user as it is."""


Probe = Callable[[Caller, str], Awaitable[list[Any]]]


@pytest.mark.parametrize("change", [leave, disable, require_reset])
@pytest.mark.parametrize("probe", [passwords, proofs, choices])
async def test_sign_in_of_a_confirmed_user(probe: Probe, change: Callable[[Caller], None]) -> None:
    """Without the right secret, no way to sign in tells somebody from nobody, however the account stands."""
    known, unknown = Caller(POOL), Caller(POOL)
    await known.confirmed(EMAIL)
    change(known)
    assert await probe(known, EMAIL) == await probe(unknown, UNKNOWN)


@pytest.mark.parametrize("probe", [passwords, proofs, choices, resets, confirmations])
async def test_unconfirmed_user(probe: Probe) -> None:
    """Without the right secret, nothing tells somebody who is not confirmed from nobody."""
    known, unknown = Caller(POOL), Caller(POOL)
    await known.sign_up(EMAIL)
    assert await probe(known, EMAIL) == await probe(unknown, UNKNOWN)


@pytest.mark.parametrize("probe", [passwords, proofs])
async def test_created_user(probe: Probe) -> None:
    """Without the temporary password, nothing tells somebody who still has one from nobody."""
    known, unknown = Caller(POOL), Caller(POOL)
    known.simulator.create_user(EMAIL, temporary_password=PASSWORD)
    assert await probe(known, EMAIL) == await probe(unknown, UNKNOWN)


@pytest.mark.parametrize("change", [leave, disable])
async def test_recovery(change: Callable[[Caller], None]) -> None:
    """A password that is forgotten tells somebody from nobody neither by code, nor by destination, nor by limit."""
    known, unknown = Caller(POOL), Caller(POOL)
    await known.confirmed(EMAIL)
    change(known)
    assert await resets(known, EMAIL) == await resets(unknown, UNKNOWN)


@pytest.mark.parametrize("sign_in", [SignIn(username_attributes=("email",)), SignIn(alias_attributes=("email",))])
async def test_destination_of_what_was_typed(sign_in: SignIn) -> None:
    """Where an address signs in, the pretended code goes to the address that was typed."""
    pool = Caller(attrs.evolve(POOL, sign_in=sign_in))
    answer = await pool.call("ForgotPassword", Username="bob@there.org")
    assert answer["CodeDeliveryDetails"]["Destination"] == "b***@t***"


@pytest.mark.parametrize("operation", ["ForgotPassword", "ResendConfirmationCode"])
async def test_destination_in_any_case(operation: str) -> None:
    """Where case does not matter, an unknown name has one destination, in whatever case it is typed."""
    pool = Caller(attrs.evolve(EMAIL_POOL, sign_in=SignIn(case_sensitive=False)))
    first, second = [await pool.call(operation, Username=name) for name in ("grace", "GRACE")]
    assert first == second


async def test_sub_in_any_case() -> None:
    """Where case does not matter, a `sub` in another case is still the user's own, and no stranger's."""
    pool = Caller(attrs.evolve(EMAIL_POOL, sign_in=SignIn(case_sensitive=False)))
    sub = (await pool.sign_up(email=EMAIL))["UserSub"]
    await pool.resend(sub.upper())
    await pool.confirm(sub.upper())
    assert (await pool.user())["UserStatus"] == "CONFIRMED"


@pytest.mark.parametrize("factor", ["sms", "email"])
async def test_disabled_user_after_a_first_factor(factor: str) -> None:
    """After a right password there is nothing to hide: a second factor tells at once that the user is disabled."""
    settings = attrs.evolve(EMAIL_POOL, mfa=Mfa(mode="required", factors=(factor,)), email_sending_account="DEVELOPER")
    pool = Caller(settings)
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    challenge = await pool.sign_in()
    pool.simulator.disable_user(NAME)
    with refused("NotAuthorizedException", "User is disabled."):
        await pool.respond(challenge, **{f"{challenge['ChallengeName']}_CODE": "12345"})
