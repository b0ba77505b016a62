"""A send as it came in, and a call as it came out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs
from attrs import field, frozen

from flowengine.actions.model import USERNAME, Result
from flowengine.replay import PLAIN_MEMBERS
from flowengine.session import Device

__all__ = ["Exchange", "Send", "scrubbed"]


@frozen
class Send:
    """
    One send, as it came in. Sends are equal if their event, key and inputs are.

    Args:
        event: The event.
        key: Its idempotency key, if it has one.
        inputs: Its inputs.
        computed: What was computed for it; it is forgotten with the send.
    """

    event: str
    key: str | None
    inputs: Mapping[str, Any] = field(repr=False)
    computed: dict[str, Any] = field(factory=dict, eq=False, repr=False)

    @classmethod
    def of(cls, event: str, key: str | None, inputs: Mapping[str, Any]) -> Send:
        """Copy the inputs, so that what the caller changes later is not sent."""
        return cls(event, key, {name: _copied(value) for name, value in inputs.items()})

    @property
    def typed_facts(self) -> Mapping[str, Any]:
        """The facts among the inputs."""
        return {USERNAME: self.inputs[USERNAME]} if USERNAME in self.inputs else {}


@frozen
class Exchange:
    """One call and what came of it; for the built-in event, just the outcome."""

    event: str
    result: Result
    inputs: Mapping[str, Any] = field(factory=dict, repr=False)
    operation: str | None = None
    request: Mapping[str, Any] = field(factory=dict, repr=False)
    answer: Mapping[str, Any] | None = field(default=None, repr=False)


def _copied(value: Any) -> Any:
    if isinstance(value, Device):
        return attrs.asdict(value)
    return dict(value) if isinstance(value, Mapping) else value


def scrubbed(message: str, request: Mapping[str, Any]) -> str:
    """A message of Cognito's without anything that the request said."""
    for text in sorted(_texts(request), key=len, reverse=True):
        message = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", "***", message)
    return message


def _texts(tree: Any) -> list[str]:
    if isinstance(tree, str):
        return [tree] if tree else []
    if isinstance(tree, Mapping):
        return [text for name, child in tree.items() if name not in PLAIN_MEMBERS for text in _texts(child)]
    return [text for child in tree for text in _texts(child)] if isinstance(tree, list) else []
