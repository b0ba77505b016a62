"""The simulator as a whole: settings, seeds, the clock, what it keeps secret, what it loads."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from collections.abc import Coroutine
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import EMAIL, EMAIL_POOL, NAME, PASSWORD, PHONE, PHONE_POOL, WITH_SECRET, Caller, wrong

from flowengine.errors import CognitoRefusal, SpecError
from flowengine.settings import Client, Mfa, PasswordPolicy, PoolSettings, valid_pools
from flowengine.simulator import SimulatedClock, Simulator
from flowengine.simulator.operations import OPERATIONS


def stepped(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never suspends, without an event loop."""
    with pytest.raises(StopIteration) as end:
        coroutine.send(None)
    return end.value.value


async def walk(pool: Caller) -> list[Any]:
    """Do some of everything; return all answers, and the refusals as text."""
    seen: list[Any] = [await pool.sign_up(PHONE), await pool.resend(PHONE)]
    for code in (wrong(pool.code), pool.code):
        try:
            seen.append(await pool.confirm(PHONE, code))
        except CognitoRefusal as refusal:
            seen.append(str(refusal))
    seen.append(await pool.sign_in(PHONE))
    seen.append(await pool.answer(seen[-1]["Session"]))
    tokens = seen[-1]["AuthenticationResult"]
    seen.append(await pool.call("GetTokensFromRefreshToken", RefreshToken=tokens["RefreshToken"]))
    seen.append(list(pool.simulator.outbox))
    return seen


SEEDLESS = [1, 2, 3]
"""The answers of the walk that hold nothing random: of the resend and of both confirmations."""


def test_broken_settings() -> None:
    """Settings that Cognito would refuse are refused, every error at once; warnings are not."""
    broken = PoolSettings(mfa=Mfa(mode="required"), password_policy=PasswordPolicy(minimum_length=5))
    with pytest.raises(SpecError) as caught:
        Simulator(broken)
    problems = {problem.code: problem.message for problem in caught.value.problems}
    assert set(problems) == {"mfa-needs-factor", "password-length"}
    assert problems["mfa-needs-factor"] == "pool.mfa.factors: MFA that is optional or required needs a factor"


def test_broken_setting_is_quoted() -> None:
    """Where a rule is about a value, the problem quotes it."""
    with pytest.raises(SpecError) as caught:
        Simulator(PoolSettings(mfa=Mfa(mode="perhaps", factors=("sms",))))
    assert str(caught.value) == (
        "pool.mfa.mode: the only values are off, optional, required ('perhaps') [mfa-mode-known]"
    )


def test_every_valid_pool() -> None:
    """Valid combinations of settings make pools."""
    for valid in itertools.islice(valid_pools(), 0, 400_000, 4_000):
        assert Simulator(valid).client_secret is None


async def test_equal_seeds_give_equal_walks() -> None:
    """All answers, refusals and messages repeat with the seed, and differ without it."""
    first, second, other = [await walk(Caller(PHONE_POOL, seed=seed)) for seed in (7, 7, 8)]
    assert first == second
    assert [number for number, answer in enumerate(other) if answer == first[number]] == SEEDLESS


def test_ids() -> None:
    """Ids and secret have the form of Cognito's own, follow the seed, and carry the Region."""
    simulator = Simulator(PoolSettings(client=WITH_SECRET), seed=3, region="eu-central-1")
    assert re.fullmatch(r"eu-central-1_[0-9a-z]{9}", simulator.user_pool_id)
    assert re.fullmatch(r"[0-9a-z]{26}", simulator.client_id)
    assert re.fullmatch(r"[0-9a-z]{51}", simulator.client_secret or "")
    assert simulator.user_pool_id != Simulator(PoolSettings(), seed=4, region="eu-central-1").user_pool_id
    assert simulator.issuer == f"https://cognito-idp.eu-central-1.amazonaws.com/{simulator.user_pool_id}"


async def test_nothing_is_shared() -> None:
    """Two pools in one process never meet."""
    one, two = Caller(), Caller()
    await one.confirmed(email=EMAIL)
    with pytest.raises(CognitoRefusal):
        await two.sign_in()


def test_driver_never_suspends() -> None:
    """A walk over the direct driver runs without an event loop."""
    assert len(stepped(walk(Caller(PHONE_POOL)))) == 8


async def test_contexts() -> None:
    """Simulator and driver serve as contexts of their own."""
    async with Simulator(EMAIL_POOL) as simulator, simulator.cognito() as driver:
        assert (await driver.call("SignUp", {"Username": NAME, "Password": PASSWORD}))["UserConfirmed"] is False


def test_clock() -> None:
    """The clock stands still, moves as it is told, sleeps at once, and never goes back."""
    clock = SimulatedClock(1000.0)
    assert clock.now() == clock.now() == 1000.0
    clock.advance(minutes=4, seconds=1.5)
    assert clock.now() == 1241.5
    assert stepped(clock.sleep(8.5)) is None
    assert repr(clock) == "SimulatedClock(1250.0)"
    with pytest.raises(ValueError, match=r"^a clock moves forward only, not by -1\.0 seconds$"):
        clock.advance(seconds=-1)


def test_clock_can_be_shared() -> None:
    """A pool runs on the clock that it is given; by default each has its own, which starts in 2026."""
    clock = SimulatedClock()
    assert clock.now() == 1767225600.0
    assert Simulator(PoolSettings(), clock=clock).clock is clock
    assert Simulator(PoolSettings()).clock is not Simulator(PoolSettings()).clock


async def test_secrets_stay_out_of_reprs() -> None:
    """No password, code, session, token or client secret shows in the repr of anything."""
    pool = Caller(attrs.evolve(PHONE_POOL, client=WITH_SECRET))
    seen = await walk(pool)
    simulator = pool.simulator
    tokens = seen[5]["AuthenticationResult"]
    secrets = [PASSWORD, simulator.client_secret, seen[4]["Session"], *(message.code for message in simulator.outbox)]
    secrets += [tokens[name] for name in ("AccessToken", "IdToken", "RefreshToken")]
    shown = "\n".join(map(repr, (simulator, simulator.outbox, simulator._pool, simulator.state, pool.driver)))
    assert [secret for secret in secrets if secret in shown] == []
    assert f"<Simulator of {simulator.user_pool_id}>" in shown


NASTY: list[Any] = [
    None,
    True,
    7,
    "",
    "x",
    "ada lovelace",
    "a" * 30,
    "+15555550100",
    [],
    ["x"],
    [{"Name": "email"}],
    {},
]
NASTY += [{"USERNAME": None}, {"USERNAME": NAME, "PASSWORD": 7}, {"USERNAME": NAME, "PASSWORD": PASSWORD}]
NASTY += ["USER_PASSWORD_AUTH", "SMS_MFA", {"Enabled": 1}, {7: "x"}, [{"Name": "email", "Value": None}]]
MEMBERS = ["Username", "Password", "ConfirmationCode", "UserAttributes", "AuthFlow", "AuthParameters", "Session"]
MEMBERS += ["ChallengeName", "ChallengeResponses", "AccessToken", "RefreshToken", "SMSMfaSettings", "SecretHash"]


@settings(deadline=None)
@given(
    st.sampled_from(sorted(OPERATIONS)),
    st.dictionaries(st.sampled_from(MEMBERS), st.sampled_from(NASTY)),
    st.sampled_from([Client(), WITH_SECRET]),
)
def test_any_request_is_answered_or_refused(operation: str, request: dict[str, Any], client: Client) -> None:
    """No request, however malformed, makes the pool fail in another way than by refusing."""
    driver = Simulator(PoolSettings(client=client)).cognito()
    with pytest.raises((StopIteration, CognitoRefusal)):
        driver.call(operation, request).send(None)


FLOWS = ["CUSTOM_AUTH", "REFRESH_TOKEN_AUTH", "USER_AUTH", "USER_PASSWORD_AUTH", "USER_SRP_AUTH"]
EVERY_FLOW = PoolSettings(
    verification=EMAIL_POOL.verification,
    allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP"),
    client=Client(explicit_auth_flows=tuple(f"ALLOW_{flow}" for flow in FLOWS)),
)
TEXTS = [
    "",
    "x",
    "ff",
    "0",
    "é",
    "{}",
    "=",
    "7" * 2000,
    NAME,
    PASSWORD,
    "PASSWORD",
    "PASSWORD_SRP",
    "EMAIL_OTP",
    "SRP_A",
]
TEXTS += ["Thu Jan 1 00:00:00 UTC 2026"]
PARAMETERS = ["USERNAME", "PASSWORD", "SRP_A", "PREFERRED_CHALLENGE", "CHALLENGE_NAME", "REFRESH_TOKEN", "DEVICE_KEY"]
RESPONSES = ["USERNAME", "ANSWER", "PASSWORD", "SRP_A", "PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK"]
RESPONSES += ["TIMESTAMP", "EMAIL_OTP_CODE", "DEVICE_KEY"]


@settings(deadline=None)
@given(
    st.sampled_from(FLOWS),
    st.dictionaries(st.sampled_from(PARAMETERS), st.sampled_from(TEXTS)),
    st.dictionaries(st.sampled_from(RESPONSES), st.sampled_from(TEXTS)),
)
def test_any_sign_in_is_answered_or_refused(flow: str, parameters: dict[str, str], responses: dict[str, str]) -> None:
    """No way to begin a sign-in, and no answer to what it asks for, makes the pool fail but by refusing."""
    pool = Caller(EVERY_FLOW)
    stepped(pool.confirmed(email=EMAIL))
    try:
        challenge = stepped(pool.start(flow, **{"username": NAME, **parameters}))
        if "Session" in challenge:
            stepped(pool.respond(challenge, **{"username": NAME, **responses}))
    except CognitoRefusal:
        return


def test_import_loads_no_aws_sdk() -> None:
    """Importing the simulator loads no part of the AWS SDK."""
    program = (
        "import sys, flowengine.simulator; sys.exit(any(name.startswith(('boto', 'aioboto')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
