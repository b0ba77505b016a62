"""Who walks a flow: a made-up person, or the one at the terminal."""

from __future__ import annotations

import json
import sys
from typing import Any, Final, Protocol

import click

from flowengine.fields import Field
from flowengine.session import Snapshot

__all__ = ["Asked", "Choice", "Person"]

Choice = tuple[str, dict[str, Any]]

_STOP: Final = "(stop)"
"""No event can have this name."""


class Person(Protocol):
    """Chooses what to send."""

    def choose(self, snapshot: Snapshot) -> Choice | None:
        """Return the next event and its inputs, or None to stop."""


class Asked:
    """The person at the terminal. Prompts go to standard error; what is secret is not shown while it is typed."""

    def __init__(self) -> None:
        self._device: Any = None

    def choose(self, snapshot: Snapshot) -> Choice | None:
        """Ask which event to send, if there is a choice, and for its fields; None to stop."""
        if snapshot.device is not None and snapshot.device.password is not None:
            self._device = snapshot.device
        for name, value in snapshot.parameters.items():
            click.echo(f"   {name}: {value if isinstance(value, str) else json.dumps(value)}", err=True)
        events = [*snapshot.accepts, _STOP]
        default = _STOP if snapshot.meaning == "signed_in" else events[0]
        event = click.prompt("event", type=click.Choice(events), default=default, err=True)
        if event == _STOP:
            return None
        values = {entry.name: self._ask(entry, entry.name) for entry in snapshot.accepts[event]}
        return event, {name: value for name, value in values.items() if value}

    def _ask(self, entry: Field, label: str) -> Any:
        if entry.name == "device":
            return self._device
        if entry.kind == "attributes":
            values = {member.name: self._ask(member, member.name) for member in entry.members}
            return {name: value for name, value in values.items() if value}
        typed = self._prompt(entry, label)
        return _object(typed) if entry.kind == "object" else typed

    def _prompt(self, entry: Field, label: str) -> str:
        hint = f" ({', '.join(entry.choices) or entry.hint})" if entry.choices or entry.hint else ""
        optional = "" if entry.required else " [none]"
        typed: str = click.prompt(
            f"{label}{hint}{optional}",
            default=None if entry.required else "",
            show_default=False,
            hide_input=entry.secret and sys.stdin.isatty(),
            err=True,
        )
        return typed


def _object(typed: str) -> Any:
    """A JSON object; any other text as it is, for the engine to refuse."""
    try:
        return json.loads(typed)
    except (ValueError, RecursionError):
        return typed
