"""Patience with a service that is asked too much: what only reads is asked again, a few times."""

from __future__ import annotations

from typing import Final

__all__ = ["PAUSES", "only_reads"]

PAUSES: Final = (0.5, 1.0, 2.0)
"""How long to wait before each further try, in seconds: Cognito's limits are per second."""

_READING: Final = ("Describe", "Get", "List")


def only_reads(operation: str) -> bool:
    """
    Tell whether an operation changes nothing.

    Only these are asked again. What changes a pool is not, though a throttled call has no effect: it says again what
    was read before the pause, and would undo what somebody else changed meanwhile.

    Args:
        operation: The operation as Cognito spells it.
    """
    return operation.startswith(_READING)
