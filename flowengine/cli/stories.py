"""How a walk is told: to people, or to programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

import click

from flowengine.fields import Field
from flowengine.machine import Flow
from flowengine.replay import Step
from flowengine.session import Error, Snapshot
from flowengine.simulator import Message

__all__ = ["JsonStory", "Story", "TextStory", "as_typed"]

_SOON_OVER: Final = frozenset({"answer", "code"})
"""Secrets that are good for one challenge, and that a walk is no story without."""


class Story(Protocol):
    """Tells a walk while it happens."""

    def begin(self, flow: Flow, user_pool_id: str, messages: list[Message], *, embedded: bool) -> None:
        """Say what is walked, and where, and what was received before."""

    def step(self, event: str, typed: str, steps: Sequence[Step], snapshot: Snapshot, messages: list[Message]) -> None:
        """Tell one send: its calls, where it led, and what the phone or mailbox received."""

    def end(self, snapshot: Snapshot, claims: Mapping[str, Any] | None) -> None:
        """Tell how it ended, with the claims of the verified ID token."""


class TextStory:
    """
    Tells a walk to people.

    Args:
        show_inputs: Whether inputs that are not secret are shown: those of a made-up person are.
    """

    def __init__(self, *, show_inputs: bool) -> None:
        self._show_inputs = show_inputs
        self._number = 0

    def begin(self, flow: Flow, user_pool_id: str, messages: list[Message], *, embedded: bool) -> None:
        """Say what is walked, and where, and what was received before."""
        click.echo(f"{click.style(flow.name, bold=True)}: {flow.summary}")
        click.echo(f"on {'the embedded user pool' if embedded else 'the user pool'} {user_pool_id}\n")
        _tell_messages(messages)

    def step(self, event: str, typed: str, steps: Sequence[Step], snapshot: Snapshot, messages: list[Message]) -> None:
        """Tell one send: its calls, where it led, and what the phone or mailbox received."""
        self._number += 1
        shown = f"  {typed}" if self._show_inputs and typed else ""
        click.echo(f"{self._number}. {click.style(event, bold=True)}{shown}")
        for step in steps:
            call = f"{step.operation} answers {step.outcome}" if step.operation else step.outcome
            click.echo(f"   {call}: {step.source.state} -> {click.style(step.target.state, fg='cyan')}")
        _tell_messages(messages)
        if not messages and snapshot.delivery and not snapshot.error:
            click.echo(f"   a code went out by {snapshot.delivery.medium} to {snapshot.delivery.destination}")
        if snapshot.error:
            click.echo(f"   {click.style(_error(snapshot.error), fg='yellow')}")

    def end(self, snapshot: Snapshot, claims: Mapping[str, Any] | None) -> None:
        """Tell how it ended, with the claims of the verified ID token."""
        click.echo("")
        if claims is None:
            click.echo(f"ended in {click.style(snapshot.state, bold=True)}, without tokens")
            return
        click.echo(f"{click.style(snapshot.state, bold=True)}: the ID token verifies against the pool's keys, and says")
        for name, value in claims.items():
            click.echo(f"   {name}: {value}")


class JsonStory:
    """Tells a walk to programs: one object a line."""

    def begin(self, flow: Flow, user_pool_id: str, messages: list[Message], *, embedded: bool) -> None:
        """Say what is walked, and where, and what was received before."""
        received = _received(messages)
        _print(
            flow=flow.name,
            fingerprint=flow.fingerprint,
            user_pool_id=user_pool_id,
            embedded=embedded,
            received=received,
        )

    def step(
        self,
        event: str,
        typed: str,  # noqa: ARG002
        steps: Sequence[Step],
        snapshot: Snapshot,
        messages: list[Message],
    ) -> None:
        """Tell one send: its calls, where it led, and what the phone or mailbox received."""
        calls = [{"operation": step.operation, "outcome": step.outcome} for step in steps]
        received = _received(messages)
        error = {"code": snapshot.error.code, "message": snapshot.error.message} if snapshot.error else None
        _print(event=event, calls=calls, state=snapshot.state, pending=snapshot.pending, received=received, error=error)

    def end(self, snapshot: Snapshot, claims: Mapping[str, Any] | None) -> None:
        """Tell how it ended, with the claims of the verified ID token."""
        _print(state=snapshot.state, verified=claims is not None, claims=claims)


def _tell_messages(messages: list[Message]) -> None:
    for message in messages:
        click.echo(f"   {message.medium} to {message.destination}: {click.style(message.text, fg='green')}")


def _received(messages: list[Message]) -> list[dict[str, str]]:
    return [{"medium": message.medium, "text": message.text} for message in messages]


def _print(**values: Any) -> None:
    click.echo(json.dumps(values))


def as_typed(fields: Iterable[Field], inputs: Mapping[str, Any]) -> str:
    """
    Return inputs as they may be shown: what is secret for longer than a code never is.

    Args:
        fields: The fields of the event.
        inputs: What was typed into them.
    """
    parts = []
    for entry in fields:
        value = inputs.get(entry.name)
        if isinstance(value, Mapping) and not entry.secret:
            parts += [f"{name} {text}" for name, text in value.items()]
        elif value is not None:
            hidden = entry.secret and entry.name not in _SOON_OVER
            parts.append(f"{entry.name} {'********' if hidden else value}")
    return ", ".join(parts)


def _error(error: Error) -> str:
    again = " It can be tried again." if error.retryable else ""
    return f"{error.code}: {error.message.rstrip('.')}.{again}"
