"""The properties that exploration holds a flow against, and what breaks one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from flowengine.explore.family import Pools
from flowengine.explore.moves import Move
from flowengine.explore.search import Node

__all__ = ["PROPERTIES", "Finding"]

PROPERTIES: Final[Mapping[str, str]] = {
    "no token early": "No walk holds tokens before every factor that this user owes was proved in it.",
    "no bypass": "An unconfirmed or disabled user, or one who has to reset the password, never comes to be signed in.",
    "no dead end": "From every state a user who answers rightly gets to the goal, but those whom the pool strands.",
    "recovery": "After any fault, crash or expiry the session can go on, and claims what is so in the pool, all of it.",
    "at most once": "No send makes a call twice, and no two sends that are one send two messages.",
    "no enumeration": "Where the pool hides who exists, a known and an unknown user look alike.",
    "prediction": "Every outcome was predicted, and every predicted outcome occurs.",
    "use": "Every state, event and route is used by some pool.",
}
"""Each property by its name, in a sentence."""


@frozen(kw_only=True)
class Finding:
    """
    A property that does not hold somewhere.

    Args:
        property: Its name.
        message: What is wrong.
        pools: The pools in which that is so.
        node: The world in which it goes wrong; None where it is about the flow as a whole.
        move: The move that goes wrong in it; None if nothing helps there.
    """

    property: str
    message: str
    pools: Pools = field(repr=False)
    node: Node | None = field(default=None, repr=False)
    move: Move | None = None
