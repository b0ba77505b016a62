"""The profiles: how much they draw, and whether they draw the same each time."""

from __future__ import annotations

import os

import pytest
from drawing import WALKS
from hypothesis import settings

from flowengine.testing.strategies import PROFILES, register_profiles


def test_profiles_are_registered() -> None:
    """Each draws more than the one before, none has a deadline, and `dev` alone draws the same each time."""
    register_profiles()
    profiles = [settings.get_profile(name) for name in ("dev", "ci", "deep")]
    assert [*PROFILES] == ["dev", "ci", "deep"]
    assert sorted(profile.max_examples for profile in profiles) == [profile.max_examples for profile in profiles]
    assert [profile.derandomize for profile in profiles] == [True, False, False]
    assert {profile.deadline for profile in profiles} == {None}


def test_chosen_profile_is_in_force() -> None:
    """These tests draw what the environment asks for, and `dev` where it asks for nothing."""
    chosen = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
    assert (WALKS.max_examples, WALKS.derandomize) == (chosen.max_examples, chosen.derandomize)
    assert settings.default is not None
    assert settings.default.derandomize == chosen.derandomize
    assert settings.default.max_examples >= 100


@pytest.mark.parametrize("name", PROFILES)
def test_profiles_count_steps(name: str) -> None:
    """Machines take as many steps as the profile says."""
    assert settings.get_profile(name).stateful_step_count == PROFILES[name]["stateful_step_count"]
