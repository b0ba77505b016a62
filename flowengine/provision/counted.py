"""Numbers of things, in words."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: int, noun: str) -> str:
    """
    Return a number with what it counts: `1 error`, `2 errors`, `0 errors`.

    Args:
        number: How many there are.
        noun: What one of them is called; more of them have an s.
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
