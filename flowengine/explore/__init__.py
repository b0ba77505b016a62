"""Exploration: everything that can happen in a flow, for every user and many pools, before it happens to anybody.

The real engine is stepped by hand over a store and an embedded pool that fork, breadth first, through what users, time,
faults and administrators can do, until no new state appears; and what comes of it is held against properties.
"""

from __future__ import annotations

from flowengine.explore.every_pool import explore_every_pool
from flowengine.explore.exploration import Exploration, explore, explore_spec
from flowengine.explore.people import Person
from flowengine.explore.properties import PROPERTIES
from flowengine.explore.retold import Violation

__all__ = ["PROPERTIES", "Exploration", "Person", "Violation", "explore", "explore_every_pool", "explore_spec"]
