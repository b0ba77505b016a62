"""Limits on attempts, looked at from outside: what brings a pool to them, and what of them still stands in the way."""

from __future__ import annotations

from typing import Any

import pytest
from simulated import (
    EMAIL,
    EMAIL_POOL,
    LEGACY,
    NAME,
    PASSWORD,
    PHONE,
    PHONE_POOL,
    WRONG_PASSWORD,
    Caller,
    refused,
    wrong,
)

from flowengine.settings import PoolSettings
from flowengine.simulator.attempts import HOUR, HOURLY, barred, exhaust, locked_until
from flowengine.simulator.conduct import Conduct, Failures
from flowengine.simulator.state import PoolState

INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
LOCKED_OUT = ("NotAuthorizedException", "Password attempts exceeded")
OFTEN = ("LimitExceededException", "Attempt limit exceeded, please try after some time.")
NOW = 1_800_000_000.0


async def exhausted(settings: PoolSettings = EMAIL_POOL) -> Caller:
    """Return a pool whose confirmed user is one attempt away from each limit."""
    pool = Caller(settings)
    await pool.confirmed(email=EMAIL)
    exhaust(pool.simulator.state, pool.simulator.clock.now())
    return pool


@pytest.mark.parametrize(
    ("count", "seconds"),
    [(0, None), (4, None), (5, 1.0), (6, 2.0), (7, 4.0), (14, 512.0), (15, 900.0), (16, 900.0), (5_000, 900.0)],
)
def test_lock_out(count: int, seconds: float | None) -> None:
    """The fifth failure makes wait for a second, each further one twice as long, a quarter of an hour at most."""
    assert locked_until(Failures(count, NOW)) == (0.0 if seconds is None else NOW + seconds)


async def test_exhausted_user_has_one_wrong_password_left() -> None:
    """One more wrong password locks the user out for a second, where it would have taken five."""
    pool = await exhausted()
    with refused(*INCORRECT):
        await pool.sign_in(password=WRONG_PASSWORD)
    with refused(*LOCKED_OUT):
        await pool.sign_in()
    pool.pass_time(seconds=1)
    assert "AuthenticationResult" in await pool.sign_in()


async def test_exhausted_user_still_comes_in() -> None:
    """The right password is not in the way of the limit."""
    assert "AuthenticationResult" in await (await exhausted()).sign_in()


async def test_exhausted_user_has_one_code_left() -> None:
    """A code can be sent once more within the hour, and not twice."""
    pool = await exhausted()
    await pool.call("ForgotPassword", Username=NAME)
    with refused(*OFTEN):
        await pool.call("ForgotPassword", Username=NAME)
    pool.pass_time(hours=1)
    await pool.call("ForgotPassword", Username=NAME)


async def test_exhausted_user_has_one_second_factor_left() -> None:
    """One more wrong second factor locks the user out."""
    pool = Caller(PHONE_POOL)
    await pool.confirmed(PHONE)
    challenge = await pool.sign_in(PHONE)
    exhaust(pool.simulator.state, pool.simulator.clock.now())
    with refused("CodeMismatchException", "Invalid code or auth state for the user."):
        await pool.answer(challenge["Session"], wrong(pool.code))
    with refused(*LOCKED_OUT):
        await pool.answer(challenge["Session"])


async def test_exhausted_are_all_who_ever_tried() -> None:
    """Every user and every name that was tried in vain is brought to the limits; nobody else is made up."""
    pool = Caller(PoolSettings(verification=EMAIL_POOL.verification, client=LEGACY))
    sub = await pool.confirmed(email=EMAIL)
    with refused("UserNotFoundException", "User does not exist."):
        await pool.sign_in("nobody")
    before = set(pool.simulator.state.conducts)
    exhaust(pool.simulator.state, pool.simulator.clock.now())
    assert set(pool.simulator.state.conducts) == before | {sub}


def conduct_of(**parts: Any) -> Conduct:
    """Return attempts of some kinds."""
    return Conduct(**parts)


def barring(conduct: Conduct, now: float = NOW) -> Conduct | None:
    """Return what is left of the attempts of one subject, None for nothing."""
    left = barred(PoolState(seed=1, conducts={"sub": conduct}), now)
    assert set(left) <= {"sub"}
    return left.get("sub")


@pytest.mark.parametrize("kind", sorted(HOURLY))
def test_full_hours_bar(kind: str) -> None:
    """A limit that is reached stands in the way until the hour of its oldest request is over."""
    most = HOURLY[kind]
    times = tuple(NOW + number for number in range(most))
    full = conduct_of(**{kind: times})
    assert barring(conduct_of(**{kind: times[1:]})) is None
    assert barring(full, NOW + HOUR - 1) == full
    assert barring(full, NOW + HOUR) is None


@pytest.mark.parametrize("kind", ["passwords", "codes"])
def test_lock_out_bars(kind: str) -> None:
    """Failures stand in the way while they make wait, and with them when it was last tried."""
    locked = conduct_of(**{kind: Failures(6, NOW)}, tried=NOW)
    assert barring(locked, NOW + 1) == locked
    assert barring(locked, NOW + 2) is None
    assert barring(conduct_of(**{kind: Failures(4, NOW)}, tried=NOW)) is None


def test_what_bars_is_kept_alone() -> None:
    """Of attempts of several kinds, those that are not in the way are left out."""
    times = (NOW,) * HOURLY["resends"]
    conduct = Conduct(passwords=Failures(3, NOW), codes=Failures(9, NOW), resends=times, resets=(NOW,), tried=NOW)
    assert barring(conduct) == Conduct(codes=Failures(9, NOW), resends=times, tried=NOW)


async def test_exhausted_is_not_barred() -> None:
    """Who is one attempt away from each limit is barred from nothing."""
    pool = await exhausted()
    assert barred(pool.simulator.state, pool.simulator.clock.now()) == {}
    with refused(*INCORRECT):
        await pool.sign_in(password=WRONG_PASSWORD)
    left = barred(pool.simulator.state, pool.simulator.clock.now())
    assert [conduct.passwords.count for conduct in left.values()] == [5]
    with refused(*LOCKED_OUT):
        await pool.sign_in(password=PASSWORD)
