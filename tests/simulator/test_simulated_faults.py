"""Faults: what is lost, what takes effect all the same, and in which order they come."""

from __future__ import annotations

from typing import Any

import pytest
from simulated import EMAIL, NAME, PASSWORD, Caller, refused

from flowengine.errors import CognitoAnswerLost, CognitoUnavailable


async def test_throttled() -> None:
    """A throttled call is refused and has no effect."""
    pool = Caller()
    pool.simulator.fail_next("throttled")
    with refused("TooManyRequestsException", "Too many requests"):
        await pool.sign_up(email=EMAIL)
    assert list(pool.simulator.outbox) == []
    await pool.sign_up(email=EMAIL)


async def test_lost_before() -> None:
    """A request that is lost on its way has no effect."""
    pool = Caller()
    pool.simulator.fail_next("lost_before")
    with pytest.raises(CognitoAnswerLost, match=r"^the answer to SignUp was lost$"):
        await pool.sign_up(email=EMAIL)
    assert list(pool.simulator.outbox) == []
    await pool.sign_up(email=EMAIL)


async def test_lost_after() -> None:
    """A request whose answer is lost takes effect."""
    pool = Caller()
    pool.simulator.fail_next("lost_after")
    with pytest.raises(CognitoAnswerLost, match=r"^the answer to SignUp was lost$"):
        await pool.sign_up(email=EMAIL)
    assert len(pool.simulator.outbox) == 1
    with refused("UsernameExistsException", "User already exists"):
        await pool.sign_up(email=EMAIL)


async def test_lost_refusal() -> None:
    """A refusal is lost like any other answer."""
    pool = Caller()
    pool.simulator.fail_next("lost_after")
    with pytest.raises(CognitoAnswerLost, match=r"^the answer to InitiateAuth was lost$"):
        await pool.sign_in()


async def test_unreachable() -> None:
    """A refused connection has no effect."""
    pool = Caller()
    pool.simulator.fail_next("unreachable")
    with pytest.raises(CognitoUnavailable, match=r"^the user pool cannot be reached$"):
        await pool.sign_up(email=EMAIL)
    assert list(pool.simulator.outbox) == []
    await pool.sign_up(email=EMAIL)


async def test_fault_waits_for_its_operation() -> None:
    """A fault for one operation lets the others pass, and strikes once."""
    pool = Caller()
    pool.simulator.fail_next("throttled", "ConfirmSignUp")
    await pool.sign_up(email=EMAIL)
    with refused("TooManyRequestsException", "Too many requests"):
        await pool.confirm()
    await pool.confirm()


async def test_faults_queue() -> None:
    """Faults strike in the order in which they were queued, one a call."""
    pool = Caller()
    pool.simulator.fail_next("unreachable")
    pool.simulator.fail_next("lost_after", "SignUp")
    with pytest.raises(CognitoUnavailable):
        await pool.sign_up(email=EMAIL)
    with pytest.raises(CognitoAnswerLost):
        await pool.sign_up(email=EMAIL)
    await pool.confirm()


def test_unknown_fault() -> None:
    """A fault that does not exist is refused at once, with the list of those that do."""
    name: Any = "slow"
    expected = "^'slow' is no fault; there are throttled, lost_before, lost_after, unreachable$"
    with pytest.raises(ValueError, match=expected):
        Caller().simulator.fail_next(name)


def test_handle_knows_no_faults() -> None:
    """The core answers whatever waits on the way to it."""
    simulator = Caller().simulator
    simulator.fail_next("unreachable")
    request = {"ClientId": simulator.client_id, "Username": NAME, "Password": PASSWORD}
    assert simulator.handle("SignUp", request)["UserConfirmed"] is False
