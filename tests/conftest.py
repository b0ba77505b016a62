"""Its folder is on the path of every test, so that all of them can use what stands here: `pools`."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

from flowengine.testing.strategies import register_profiles

register_profiles()
CHOSEN = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
# Walks keep to the profile; what costs next to nothing is tried as often as Hypothesis does by itself.
settings.register_profile("tests", CHOSEN, max_examples=max(CHOSEN.max_examples, 100))
settings.load_profile("tests")


@pytest.fixture(autouse=True, scope="module")
def _unlogged(request: pytest.FixtureRequest) -> Iterator[None]:
    """Exploration takes tens of thousands of steps, which its tests do not log."""
    configured = structlog.get_config()
    if request.path.parent.name in ("explore", "testing"):
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**configured)
