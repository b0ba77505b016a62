"""What follows the right password, for every mix of what the pool offers, the user has and prefers, and recovery."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import attrs
import pyotp
import pytest
from simulated import EMAIL, NAME, PHONE, VERIFY_BOTH, Caller

from flowengine.errors import CognitoRefusal
from flowengine.settings import Mfa, PoolSettings

Names = tuple[str, ...]

ALL: Names = ("sms", "totp", "email")
BOTH = {"email": EMAIL, "phone_number": PHONE}
PHONE_FIRST: Names = ("verified_phone_number", "verified_email")
EMAIL_FIRST: Names = ("verified_email", "verified_phone_number")
ADMIN: Names = ("admin_only",)
MEMBERS = {"S": "SMSMfaSettings", "T": "SoftwareTokenMfaSettings", "E": "EmailMfaSettings"}
FACTORS = {"S": "SMS_MFA", "T": "SOFTWARE_TOKEN_MFA", "E": "EMAIL_OTP"}
OFFERED = {"S": "sms", "T": "totp", "E": "email"}
CHANNELS = {"S": "phone_number", "E": "email"}


def pool_of(mode: str, offered: str, recovery: Names) -> PoolSettings:
    """Return a pool that offers these second factors, each written as its first letter."""
    return PoolSettings(
        verification=VERIFY_BOTH,
        mfa=Mfa(mode=mode, factors=tuple(OFFERED[letter] for letter in offered)),
        account_recovery=recovery,
        email_sending_account="DEVELOPER",
    )


async def registered(pool: Caller, token: str) -> None:
    """Register an authenticator app, which is not yet active."""
    secret = (await pool.call("AssociateSoftwareToken", AccessToken=token))["SecretCode"]
    code = pyotp.TOTP(secret).at(int(pool.simulator.clock.now()))
    await pool.call("VerifySoftwareToken", AccessToken=token, UserCode=code)


async def outcome(settings: PoolSettings, has: str, active: str, preferred: str) -> str:
    """Return what the right password leads to for a user who has the contacts and the app, and these preferences."""
    wide = attrs.evolve(settings, mfa=Mfa(mode="optional", factors=ALL))
    pool = Caller(wide)
    await pool.sign_up(**{CHANNELS[letter]: BOTH[CHANNELS[letter]] for letter in has if letter in CHANNELS})
    pool.simulator.confirm_user(NAME)
    if "T" in has:
        await registered(pool, (await pool.tokens())["AccessToken"])
    for letter in active:
        wanted = {MEMBERS[letter]: {"Enabled": True, "PreferredMfa": letter == preferred}}
        await pool.call("AdminSetUserMFAPreference", Username=NAME, **wanted)
    # Users keep what they have where a pool stops to offer it, so they have it from before.
    pool.simulator._pool = attrs.evolve(pool.simulator._pool, settings=settings)
    try:
        answer = await pool.sign_in()
    except CognitoRefusal as error:
        return error.exception
    parameters: dict[str, Any] = answer["ChallengeParameters"]
    listed = json.loads(parameters.get("MFAS_CAN_CHOOSE") or parameters.get("MFAS_CAN_SETUP") or "[]")
    return " ".join([answer.get("ChallengeName", "TOKENS"), *listed])


def primary(recovery: Names, has: str, active: str) -> str:
    """Return the letter of the channel that is the user's first way to recover; an active factor's is none."""
    letters = [{"verified_email": "E", "verified_phone_number": "S"}.get(name, "") for name in recovery]
    return next((letter for letter in letters if letter and letter in has and letter not in active), "")


def expected(mode: str, offered: str, recovery: Names, user: tuple[str, str, str]) -> str:
    """Return what the guide's rules come to."""
    has, active, preferred = user
    usable = [letter for letter in "STE" if letter in offered and letter in has]
    counting = [letter for letter in usable if letter in active]
    barred = primary(recovery, has, active)
    if mode == "off" or (mode == "optional" and not counting):
        return "TOKENS"
    if preferred and preferred in counting:
        candidates = [preferred]
    else:
        candidates = counting if mode == "optional" else [letter for letter in usable if letter != barred]
    if not candidates:
        if barred and barred in offered and "T" not in offered:
            return "InvalidParameterException"
        return " ".join(["MFA_SETUP", *(FACTORS[letter] for letter in "STE" if letter in offered and letter != barred)])
    names = [FACTORS[letter] for letter in candidates]
    return names[0] if len(names) == 1 else " ".join(["SELECT_MFA_TYPE", *names])


def subsets(letters: str) -> list[str]:
    """Return every selection of letters."""
    return ["".join(chosen) for chosen in product(*(("", letter) for letter in letters))]


def users() -> Iterator[tuple[str, str, str]]:
    """Yield what users can have, of that have active, and of that prefer."""
    for has in subsets("STE"):
        for active in subsets(has):
            yield from ((has, active, preferred) for preferred in ("", *active))


@pytest.mark.parametrize("recovery", [(), ADMIN, PHONE_FIRST, EMAIL_FIRST])
@pytest.mark.parametrize("offered", subsets("STE")[1:])
@pytest.mark.parametrize("mode", ["optional", "required"])
async def test_every_user_of_every_pool(mode: str, offered: str, recovery: Names) -> None:
    """The second factor is the preferred one, else the one candidate, else a choice, else what can be set up."""
    settings = pool_of(mode, offered, recovery)
    found = {user: await outcome(settings, *user) for user in users()}
    assert found == {user: expected(mode, offered, recovery, user) for user in users()}


@pytest.mark.parametrize(
    ("mode", "offered", "recovery", "user", "outcome_"),
    [
        ("off", "", PHONE_FIRST, ("STE", "STE", "S"), "TOKENS"),
        ("optional", "STE", (), ("STE", "", ""), "TOKENS"),
        ("optional", "STE", PHONE_FIRST, ("STE", "STE", "T"), "SOFTWARE_TOKEN_MFA"),
        ("optional", "SE", PHONE_FIRST, ("STE", "STE", "T"), "SELECT_MFA_TYPE SMS_MFA EMAIL_OTP"),
        ("required", "STE", PHONE_FIRST, ("SE", "", ""), "EMAIL_OTP"),
        ("required", "STE", EMAIL_FIRST, ("SE", "", ""), "SMS_MFA"),
        ("required", "STE", EMAIL_FIRST, ("SE", "E", ""), "EMAIL_OTP"),
        ("required", "STE", (), ("SE", "", ""), "SELECT_MFA_TYPE SMS_MFA EMAIL_OTP"),
        ("required", "ST", PHONE_FIRST, ("S", "", ""), "MFA_SETUP SOFTWARE_TOKEN_MFA"),
        ("required", "S", PHONE_FIRST, ("S", "", ""), "InvalidParameterException"),
        ("required", "S", PHONE_FIRST, ("", "", ""), "MFA_SETUP SMS_MFA"),
    ],
)
async def test_examples(mode: str, offered: str, recovery: Names, user: tuple[str, str, str], outcome_: str) -> None:
    """A dozen users whose outcome is written out, so that the rules above are held to something."""
    assert await outcome(pool_of(mode, offered, recovery), *user) == outcome_
