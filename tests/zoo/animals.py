"""The zoo: every animal, by what is broken in it."""

from __future__ import annotations

from typing import Final

from animal import Animal
from broken_calls import BROKEN_CALLS
from broken_engines import BROKEN_ENGINES
from broken_flows import BROKEN_FLOWS
from broken_users import BROKEN_USERS

__all__ = ["ANIMALS"]

ANIMALS: Final[tuple[Animal, ...]] = (*BROKEN_FLOWS, *BROKEN_ENGINES, *BROKEN_CALLS, *BROKEN_USERS)
