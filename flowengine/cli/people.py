"""Who walks a flow: a made-up person with a script, or the one at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Final, Protocol

import click

from flowengine.errors import FlowEngineError
from flowengine.machine import AcceptedEvent, Flow
from flowengine.session import Field, Position, Snapshot
from flowengine.settings import PasswordPolicy, PoolSettings
from flowengine.simulator import Simulator

__all__ = ["Asked", "Person", "Scripted"]

Choice = tuple[str, dict[str, Any]]

_MADE_UP: Final[Mapping[str, str]] = {
    "birthdate": "1990-02-28",
    "email": "jo@example.com",
    "phone_number": "+15555550100",
    "updated_at": "1767225600",
    "username": "jo",
    "website": "https://example.com",
}


class Person(Protocol):
    """Chooses what to send."""

    def choose(self, snapshot: Snapshot) -> Choice | None:
        """Return the next event and its inputs, or None to stop."""


class Scripted:
    """
    A made-up person who signs up, proves whatever is asked and signs in; where MFA is optional, also switches it on.

    Args:
        flow: The flow to walk.
        simulator: The embedded pool, whose outbox the person reads.
    """

    def __init__(self, flow: Flow, simulator: Simulator | None) -> None:
        if simulator is None or flow.pool is None:
            raise FlowEngineError("only the embedded pool has a made-up person's phone")
        self._flow = flow
        self._pool = flow.pool
        self._simulator = simulator
        self._done: set[str] = set()

    def choose(self, snapshot: Snapshot) -> Choice | None:
        """Return the next event and its inputs, or None when signed in for good or out of moves."""
        if snapshot.error is not None:
            return None
        for action in self._wanted(snapshot):
            for event, accepted in self._events(snapshot).items():
                if accepted.action == action and "disabled" not in accepted.options.values():
                    self._done.add(action)
                    return event, {entry.name: self._value(entry) for entry in accepted.fields}
        return None

    def _events(self, snapshot: Snapshot) -> Mapping[str, AcceptedEvent]:
        return self._flow.positions[Position(snapshot.state, snapshot.pending)].events

    def _wanted(self, snapshot: Snapshot) -> tuple[str, ...]:
        """The actions that would help from here, best first."""
        if snapshot.meaning == "signed_in":
            if self._pool.mfa.mode != "optional" or "global_sign_out" in self._done:
                return ()
            return ("global_sign_out",) if "set_user_mfa_preference" in self._done else ("set_user_mfa_preference",)
        entry = ("initiate_auth",) if "sign_up" in self._done else ("sign_up", "initiate_auth")
        return {
            "challenge": ("respond_to_auth_challenge",),
            "unconfirmed": ("confirm_sign_up",),
        }.get(snapshot.meaning or "", entry)

    def _value(self, entry: Field) -> Any:
        if entry.kind == "attributes":
            return {member.name: self._value(member) for member in entry.members if member.required}
        if entry.name == "password":
            return _password(self._pool.password_policy)
        if entry.name == "code":
            return self._simulator.outbox[-1].code if self._simulator.outbox else "000000"
        if entry.name == "username":
            return _username(self._pool)
        return _MADE_UP.get(entry.name, "Jo")


def _username(pool: PoolSettings) -> str:
    contacts = pool.sign_in.username_attributes
    return _MADE_UP["phone_number" if "phone_number" in contacts else contacts[0] if contacts else "username"]


def _password(policy: PasswordPolicy) -> str:
    return "Staple-7" + "x" * max(0, policy.minimum_length - len("Staple-7"))


class Asked:
    """The person at the terminal. Prompts go to standard error; what is secret is not shown while it is typed."""

    def choose(self, snapshot: Snapshot) -> Choice | None:
        """Ask which event to send, if there is a choice, and for its fields; None to stop."""
        events = [*snapshot.accepts, "stop"]
        default = "stop" if snapshot.meaning == "signed_in" else events[0]
        event = click.prompt("event", type=click.Choice(events), default=default, err=True)
        if event == "stop":
            return None
        values = {entry.name: self._ask(entry, entry.name) for entry in snapshot.accepts[event]}
        return event, {name: value for name, value in values.items() if value}

    def _ask(self, entry: Field, label: str) -> Any:
        if entry.kind == "attributes":
            values = {member.name: self._ask(member, member.name) for member in entry.members}
            return {name: value for name, value in values.items() if value}
        hint = f" ({entry.hint})" if entry.hint else ""
        optional = "" if entry.required else " [none]"
        return click.prompt(
            f"{label}{hint}{optional}",
            default=None if entry.required else "",
            show_default=False,
            hide_input=entry.secret and sys.stdin.isatty(),
            err=True,
        )
