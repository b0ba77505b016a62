"""`flowengine table`: a flow as tables, for reviews and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from flowengine.actions.challenges import CHALLENGES
from flowengine.cli.check import source_of
from flowengine.cli.imports import extensions_of, import_option
from flowengine.fields import Field
from flowengine.library import load
from flowengine.machine import AcceptedEvent, Flow
from flowengine.session import Position

__all__ = ["command"]

Row = Mapping[str, Any]


@click.command("table")
@click.argument("flow", metavar="FLOW")
@import_option
@click.option("--json", "as_json", is_flag=True, help="One object: the flow's name, its challenges, its events.")
def command(flow: str, *, modules: tuple[str, ...], as_json: bool) -> None:
    """
    Print a flow as Markdown tables: who answers which challenge where, and what each event can lead to.

    FLOW is a path, or the name of a shipped flow. One without a pool shows what any pool can ask for.
    """
    own = extensions_of(modules)
    compiled = load(source_of(flow), actions=own.actions, hooks=own.hooks)
    challenges, events = list(_challenges(compiled)), list(_events(compiled))
    if as_json:
        click.echo(json.dumps({"flow": compiled.name, "challenges": challenges, "events": events}))
        return
    click.echo(f"# {compiled.name}\n\n{compiled.summary}\n\n## Challenges\n")
    _print_table(("challenge", "state", "event", "fields"), _merged(challenges))
    click.echo("\n## Events\n")
    _print_table(("state", "pending", "event", "action", "fields", "leads to"), map(_readable, events))


def _challenges(flow: Flow) -> Iterator[Row]:
    """Each challenge, with the events that answer it, in the order of the service's own list."""
    found = sorted(
        {
            (position.pending, position.state, name, fields)
            for position, row in flow.positions.items()
            for name, event in row.events.items()
            if position.pending in CHALLENGES and position.pending in (event.row.answers or ())
            for fields in [_names(_fields(flow, position, event))]
        },
        key=lambda row: (list(CHALLENGES).index(str(row[0])), *row[1:]),
    )
    for challenge, state, event, fields in found:
        yield {"challenge": challenge, "state": state, "event": event, "fields": list(fields)}


def _fields(flow: Flow, position: Position, event: AcceptedEvent) -> tuple[Field, ...]:
    """The fields of an answer; within a chain, only those of its own that the event was sent with."""
    return event.fields if position.event is None else event.row.fields(flow.pool, event.options, position.pending)


def _names(fields: Iterable[Field]) -> tuple[str, ...]:
    return tuple(entry.name if entry.required else f"{entry.name}?" for entry in fields)


def _merged(challenges: Iterable[Row]) -> Iterator[tuple[str, ...]]:
    """The rows of the challenges for people: states in which the same event answers the same way share one."""
    states: dict[tuple[str, str, str], list[str]] = {}
    for row in challenges:
        key = (row["challenge"], row["event"], ", ".join(row["fields"]))
        states.setdefault(key, []).append(row["state"])
    for (challenge, event, fields), where in states.items():
        yield challenge, ", ".join(where), event, fields


def _events(flow: Flow) -> Iterator[Row]:
    for position, row in flow.positions.items():
        if position.event is None:
            for name, event in row.events.items():
                yield {
                    "state": position.state,
                    "pending": position.pending,
                    "event": name,
                    "action": event.action,
                    "fields": list(_names(event.fields)),
                    "leads_to": dict(_leads_to(flow, position, name, event)),
                }


def _leads_to(flow: Flow, position: Position, name: str, event: AcceptedEvent) -> Iterator[tuple[str, str]]:
    for outcome in sorted(event.row.outcomes):
        edge = flow.edge(position, name, outcome)
        if edge is not None and edge.routed:
            yield outcome, edge.target.state if edge.target.event is None else f"({edge.target.pending})"


def _readable(row: Row) -> tuple[str, ...]:
    leads_to = ", ".join(f"{outcome} → {target}" for outcome, target in row["leads_to"].items())
    fields = ", ".join(row["fields"])
    return row["state"], row["pending"] or "", row["event"], row["action"], fields, leads_to


def _print_table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    click.echo(f"| {' | '.join(titles)} |")
    click.echo(f"|{'|'.join(' --- ' for _ in titles)}|")
    for row in rows:
        click.echo(f"| {' | '.join(row)} |")
