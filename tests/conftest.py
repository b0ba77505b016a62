"""Its folder is on the path of every test, so that all of them can use what stands here: `pools`."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True, scope="module")
def _unlogged(request: pytest.FixtureRequest) -> Iterator[None]:
    """Exploration takes tens of thousands of steps, which its tests do not log."""
    configured = structlog.get_config()
    if request.path.parent.name == "explore":
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**configured)
