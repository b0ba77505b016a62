"""A send as it came in, and a call as it came out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from flowengine.actions.model import USERNAME, Result

__all__ = ["Exchange", "Send", "scrubbed"]


@frozen
class Send:
    """One send, as it came in."""

    event: str
    key: str | None
    inputs: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, event: str, key: str | None, inputs: Mapping[str, Any]) -> Send:
        """Copy the inputs, so that what the caller changes later is not sent."""
        copied = {
            name: dict(sorted(value.items())) if isinstance(value, Mapping) else value
            for name, value in sorted(inputs.items())
        }
        return cls(event, key, copied)

    @property
    def typed_facts(self) -> Mapping[str, Any]:
        """The facts among the inputs."""
        return {USERNAME: self.inputs[USERNAME]} if USERNAME in self.inputs else {}

    def digest(self, key: bytes) -> bytes:
        """A keyed digest (BLAKE2b as a MAC, RFC 7693), equal for equal sends."""
        text = repr((self.event, self.key, self.inputs))
        return hashlib.blake2b(text.encode(), digest_size=32, key=key).digest()


@frozen
class Exchange:
    """One call and what came of it; for the built-in event, just the outcome."""

    event: str
    result: Result
    inputs: Mapping[str, Any] = field(factory=dict, repr=False)
    operation: str | None = None
    request: Mapping[str, Any] = field(factory=dict, repr=False)
    answer: Mapping[str, Any] | None = field(default=None, repr=False)


def scrubbed(message: str, request: Mapping[str, Any]) -> str:
    """A message of Cognito's without anything that the request said."""
    for text in sorted(_texts(request), key=len, reverse=True):
        message = message.replace(text, "***")
    return message


def _texts(tree: Any) -> list[str]:
    if isinstance(tree, str):
        return [tree] if tree else []
    children = tree.values() if isinstance(tree, Mapping) else tree if isinstance(tree, list) else ()
    return [text for child in children for text in _texts(child)]
