"""The embedded user pool: answers in place of Amazon Cognito, without a network, deterministically.

It states on its own how Cognito behaves, from Cognito's documentation, and knows nothing of flows, so that the two can
be held against each other. Importing it loads no AWS SDK.
"""

from __future__ import annotations

from flowengine.simulator.clock import SimulatedClock
from flowengine.simulator.simulator import Simulator
from flowengine.simulator.state import Message

__all__ = ["Message", "SimulatedClock", "Simulator"]
