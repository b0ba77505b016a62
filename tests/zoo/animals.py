"""The zoo: every animal, by what is broken in it."""

from __future__ import annotations

from typing import Final

from animal import Animal
from broken_calls import BROKEN_CALLS
from broken_engines import BROKEN_ENGINES
from broken_flows import BROKEN_FLOWS
from broken_users import BROKEN_USERS
from broken_wholes import BROKEN_RULES, BROKEN_WHOLES

__all__ = ["ANIMALS", "ZOO"]

ANIMALS: Final[tuple[Animal, ...]] = (*BROKEN_FLOWS, *BROKEN_ENGINES, *BROKEN_CALLS, *BROKEN_USERS, *BROKEN_RULES)
"""Those that check or a walk catches."""
ZOO: Final[tuple[Animal, ...]] = (*ANIMALS, *BROKEN_WHOLES)
"""All of them."""
