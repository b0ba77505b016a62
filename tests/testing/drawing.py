"""How much tests of walks draw, and what they have in common."""

from __future__ import annotations

import os
from typing import Final

from hypothesis import Phase, settings

__all__ = ["SEEKING", "WALKS"]

WALKS: Final = settings(settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev")))
"""As the profile says."""
SEEKING: Final = settings(
    max_examples=300, stateful_step_count=20, derandomize=True, database=None, deadline=None,
    phases=[Phase.generate], report_multiple_bugs=False,
)  # fmt: skip
"""The same in every profile: enough to come upon a planted defect, which is not made simpler then."""
