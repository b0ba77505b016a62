"""Walks in any order, on any valid pool, beside a model in plain Python.

Each walk draws pool settings and a user, then sends events with right, wrong, stale and repeated answers, lets time
pass, the administrator interfere and calls fail, over the engine and the embedded pool. The model knows nothing of
specs, actions or the simulator: it says what a user of such a pool should see.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Final

import pytest
import structlog
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from walk_draws import AIMS, NO_AIM
from walk_machine import VISITED, Walks
from walk_session import CHALLENGES

import flowengine as fe

ELSEWHERE: Final = {
    ("confirmed", "AUTO_SIGN_IN"),
    ("signed_in", "CREATION_OPTIONS"),
    ("signed_in", "SECRET_CODE"),
    ("signed_in", "TOKENS_ON_NEW_DEVICE"),
    ("totp_setup", "SECRET_CODE"),
}
"""Where something waits that is no challenge of the service."""
AT_ONCE: Final = {"PASSWORD_VERIFIER", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"}
"""The challenges that a send answers by itself."""
SERVER_SIDE: Final = "server_side_password"
"""The state of ADMIN_NO_SRP_AUTH, a challenge that the service names and the embedded pool never poses."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Write no log: a walk logs every step."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def test_walks_in_any_order() -> None:
    """Whatever users do and whenever they do it, the session stands where a user of such a pool would expect."""
    # The same walks each time: whoever changes something is not to be held up by what others overlooked.
    drawn = settings(max_examples=120, stateful_step_count=30, deadline=None, print_blob=True, derandomize=True)
    run_state_machine_as_test(Walks, settings=drawn)


def test_walks_go_everywhere() -> None:
    """The same walks on drawn pools and on each that is aimed at meet every state, and every challenge there is."""
    VISITED.clear()
    for aim in (NO_AIM, *AIMS):
        aimed = seed(1)(type("Aimed", (Walks,), {"aims": (aim,)}))
        drawn = settings(max_examples=12, stateful_step_count=12, deadline=None, database=None, phases=[Phase.generate])
        run_state_machine_as_test(aimed, settings=drawn)
    states = {*fe.load("standard").states}
    assert {*VISITED} >= {(state, name) for name, state in CHALLENGES.items()} | ELSEWHERE
    assert {name for _, name in VISITED} >= AT_ONCE
    assert {state for state, _ in VISITED} >= states - {SERVER_SIDE}
