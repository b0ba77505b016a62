"""What is predicted and never comes on the embedded pool, and what of a flow no pool uses: each with the reason."""

from __future__ import annotations

from typing import Final

from attrs import frozen

__all__ = ["PREDICTED_IN_VAIN", "UNUSED", "Exemption"]


@frozen
class Exemption:
    """
    Something that exploration need not come upon.

    Args:
        outcome: The outcome, or the place of a route.
        reason: Why not.
        actions: The actions that give it; none for every action.
    """

    outcome: str
    reason: str
    actions: tuple[str, ...] = ()

    def covers(self, action: str, outcome: str) -> bool:
        """Tell whether it is about an outcome."""
        return outcome == self.outcome and (not self.actions or action in self.actions)


PREDICTED_IN_VAIN: Final[tuple[Exemption, ...]] = ()
UNUSED: Final[tuple[Exemption, ...]] = ()
