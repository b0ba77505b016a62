"""What a rule is, and the few questions that rules of every topic ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal

from attrs import field, frozen

from flowengine.settings.model import PoolSettings

__all__ = ["Broken", "Rule", "dashed", "missing", "quoted"]

Broken = Callable[[PoolSettings], object]


@frozen
class Rule:
    """
    One validity rule of a user pool and its app client.

    Args:
        id: A stable name.
        severity: `error` where Cognito refuses; `warning` where users get stuck later or sources disagree.
        path: The setting that the rule is about, dotted.
        message: The rule in words.
        source: Where it comes from.
        broken: Tells whether settings break it; a text that it returns names the offending values.
    """

    id: str
    severity: Literal["error", "warning"]
    path: str
    message: str
    source: str
    broken: Broken = field(repr=False)

    def complaint(self, detail: str) -> str:
        """Return what to say of settings that break it: the setting, the rule, and the offending values."""
        return f"pool.{self.path}: {self.message}" + (f" ({detail})" if detail else "")


def quoted(names: Iterable[str]) -> str:
    """Return names as a rule's detail."""
    return ", ".join(map(repr, names))


def missing(names: Iterable[str], choices: Iterable[str]) -> str:
    """Return the names that are not among the choices, as a rule's detail."""
    known = set(choices)
    return quoted(name for name in names if name not in known)


def dashed(path: str) -> str:
    """Return a setting's path as part of a rule's id."""
    return re.sub(r"[._]", "-", path)
