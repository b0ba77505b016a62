"""Who walks a flow: a made-up person with a script, or the one at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Final, Literal, Protocol

import click

from flowengine.errors import FlowEngineError
from flowengine.fields import Field
from flowengine.machine import AcceptedEvent, Flow
from flowengine.session import Position, Snapshot
from flowengine.settings import PasswordPolicy, PoolSettings, required_sign_up_attributes
from flowengine.simulator import Simulator

__all__ = ["Asked", "Person", "Scripted"]

Choice = tuple[str, dict[str, Any]]
Identifier = Literal["username", "email", "phone_number"]

_MOST_MOVES: Final = 20
"""After so many moves a flow gets nowhere."""

_STOP: Final = "(stop)"
"""No event can have this name."""

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
        self._moves = 0

    def choose(self, snapshot: Snapshot) -> Choice | None:
        """Return the next event and its inputs, or None when signed in for good or out of moves."""
        if snapshot.error is not None or self._moves == _MOST_MOVES:
            return None
        self._moves += 1
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

    def _needed(self) -> frozenset[str]:
        """The attributes of someone who can be verified and can switch MFA on."""
        contact: Identifier = next(iter(_contacts(self._pool)), "username")
        return required_sign_up_attributes(self._pool, signs_up_with=contact, mfa_for_user=True)

    def _value(self, entry: Field) -> Any:
        if entry.kind == "attributes":
            return {name: _MADE_UP.get(name, "Jo") for name in sorted(self._needed())}
        if entry.name == "password":
            return _password(self._pool.password_policy)
        if entry.name == "code":
            return self._simulator.outbox[-1].code if self._simulator.outbox else "000000"
        if entry.name == "username":
            return _username(self._pool)
        return _MADE_UP.get(entry.name, "Jo")


def _contacts(pool: PoolSettings) -> list[Identifier]:
    """The contacts that are usernames in a pool, the phone first."""
    contacts: tuple[Identifier, ...] = ("phone_number", "email")
    return [name for name in contacts if name in pool.sign_in.username_attributes]


def _username(pool: PoolSettings) -> str:
    return _MADE_UP[next(iter(_contacts(pool)), "username")]


def _password(policy: PasswordPolicy) -> str:
    return "Staple-7" + "x" * max(0, policy.minimum_length - len("Staple-7"))


class Asked:
    """The person at the terminal. Prompts go to standard error; what is secret is not shown while it is typed."""

    def choose(self, snapshot: Snapshot) -> Choice | None:
        """Ask which event to send, if there is a choice, and for its fields; None to stop."""
        events = [*snapshot.accepts, _STOP]
        default = _STOP if snapshot.meaning == "signed_in" else events[0]
        event = click.prompt("event", type=click.Choice(events), default=default, err=True)
        if event == _STOP:
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
