"""Walks in any order, on any valid pool, beside a model in plain Python."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from walk_machine import VISITED, Walks


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Write no log: a walk logs every step."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def test_walks_in_any_order() -> None:
    """Whatever users do and whenever they do it, the session stands where a user of such a pool would expect."""
    run_state_machine_as_test(
        Walks, settings=settings(max_examples=150, stateful_step_count=40, deadline=None, print_blob=True)
    )
    print(VISITED)
