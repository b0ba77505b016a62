"""A send as it came in, and a call as it came out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import attrs
from attrs import field, frozen

from flowengine.actions.model import SIGN_UP_SESSION, USERNAME, Result
from flowengine.errors import InputInvalid
from flowengine.replay import PLAIN_MEMBERS
from flowengine.session import Device

__all__ = ["Exchange", "Send", "scrubbed"]

MAX_LEVELS: Final = 16
"""How deep an input may be nested: a passkey's answer is four levels deep, and cassettes have a limit of their own."""


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
        """
        Copy the inputs, so that what the caller changes later is not sent.

        Raises:
            InputInvalid: An input is nested without end, or nearly so.
        """
        return cls(event, key, {name: _copied(event, name, value, MAX_LEVELS) for name, value in inputs.items()})

    def over(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a session's facts with those among the inputs; another user takes over no session of a sign-up."""
        username = self.inputs.get(USERNAME, facts.get(USERNAME))
        if username == facts.get(USERNAME):
            return facts
        return {**facts, USERNAME: username, SIGN_UP_SESSION: None}


@frozen
class Exchange:
    """One call and what came of it; for the built-in event, just the outcome."""

    event: str
    result: Result
    inputs: Mapping[str, Any] = field(factory=dict, repr=False)
    operation: str | None = None
    request: Mapping[str, Any] = field(factory=dict, repr=False)
    answer: Mapping[str, Any] | None = field(default=None, repr=False)


def _copied(event: str, name: str, value: Any, levels: int) -> Any:
    if isinstance(value, Device):
        return attrs.asdict(value)
    if not isinstance(value, (Mapping, list, tuple)):
        return value
    if not levels:
        raise InputInvalid(f"{event}: {name} is nested more than {MAX_LEVELS} levels deep", field=name)
    if isinstance(value, Mapping):
        return {key: _copied(event, name, inner, levels - 1) for key, inner in value.items()}
    return [_copied(event, name, inner, levels - 1) for inner in value]


def scrubbed(message: str, request: Mapping[str, Any]) -> str:
    """A message of Cognito's without anything that the request said."""
    for text in sorted(_texts(request), key=len, reverse=True):
        if text in message:
            message = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", "***", message)
    return message


def _texts(tree: Any) -> list[str]:
    if isinstance(tree, str):
        return [tree] if tree else []
    if isinstance(tree, Mapping):
        return [text for name, child in tree.items() if name not in PLAIN_MEMBERS for text in _texts(child)]
    return [text for child in tree for text in _texts(child)] if isinstance(tree, list) else []
