"""What was predicted and what occurred, over all pools together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from flowengine.actions import ACTIONS
from flowengine.compile import resolve
from flowengine.compile.work import Event, Work
from flowengine.explore.exceptions import PREDICTED_IN_VAIN, UNUSED
from flowengine.explore.family import Family
from flowengine.explore.properties import Finding
from flowengine.explore.search import Search
from flowengine.machine import EXPIRE
from flowengine.session import Position
from flowengine.spec import FlowSpec

__all__ = ["Occurrence", "occurred", "possible", "predicted", "unused", "vain"]


class Occurrence(NamedTuple):
    """
    An outcome, where it comes.

    Args:
        state: The state, inside a chain the one that it set out from.
        event: The event.
        pending: What was pending; empty for nothing.
        action: The action that gave it; empty for an expiry.
        outcome: The outcome.
    """

    state: str
    event: str
    pending: str
    action: str
    outcome: str

    @property
    def prediction(self) -> tuple[str, str, str]:
        """
        What the table of actions predicts: action, pending, outcome.

        What is pending counts for the success of an answer; refusals are declared by operation.
        """
        action = ACTIONS.get(self.action)
        answers = action is not None and action.answers is not None and self.outcome in action.successful
        return self.action, self.pending if answers else "", self.outcome


def occurred(search: Search) -> set[Occurrence]:
    """Return what came of anything in a search."""
    events = search.family.works[0].events
    return {
        _occurrence(step.source, step.event, step.outcome, events)
        for node in search.nodes.values()
        for runs in node.runs.values()
        for run in runs
        for step in run.performance.steps
    }


def predicted(family: Family) -> set[Occurrence]:
    """Return what the flows of a family say can come of anything."""
    events = family.works[0].events
    return {_occurrence(edge.source, edge.event, edge.outcome, events) for edge, _ in family.edges()}


def possible(work: Work) -> set[Occurrence]:
    """Return what a flow says can come of anything."""
    return {_occurrence(edge.source, edge.event, edge.outcome, work.events) for edge in work.edges}


def _occurrence(source: Position, event: str, outcome: str, events: Mapping[tuple[str, str], Event]) -> Occurrence:
    state = source.event.rpartition(".")[0] if source.event else source.state
    action = "" if event == EXPIRE else events[state, event].action_at(source).name
    return Occurrence(state, event, source.pending or "", action, outcome)


def vain(foretold: Iterable[Occurrence], came: Iterable[Occurrence]) -> Iterator[Finding]:
    """
    Yield what was predicted and occurs nowhere, and exemptions from that which occur.

    Args:
        foretold: What was predicted in any pool.
        came: What occurred in any pool.
    """
    expected, found = {one.prediction for one in foretold}, {one.prediction for one in came}
    for action, pending, outcome in sorted(expected - found):
        if not any(one.covers(action, outcome) for one in PREDICTED_IN_VAIN):
            where = f"{action} at {pending}" if pending else action
            message = f"{outcome} of {where} is predicted, and never comes"
            yield Finding(property="prediction", message=message, pools=0)
    for one in PREDICTED_IN_VAIN:
        if any(one.covers(action, outcome) for action, _, outcome in found):
            yield Finding(property="prediction", message=f"{one} is exempted, and it comes", pools=0)


def unused(spec: FlowSpec, came: Iterable[Occurrence]) -> Iterator[Finding]:
    """
    Yield states, events and routes that no pool uses.

    Args:
        spec: The spec.
        came: What occurred in any pool.
    """
    events = resolve(spec).events
    came = frozenset(came)
    used = {f"states.{one.state}" for one in came}
    used |= {f"states.{one.state}.on.{one.event}" for one in came}
    used |= {_route(events, one) for one in came}
    exempt = {one.outcome for one in UNUSED}
    for path in sorted({*_paths(spec, events)} - used):
        if path not in exempt:
            yield Finding(property="use", message=f"{path} is used by no pool", pools=0)
    for path in sorted(exempt & used):
        yield Finding(property="use", message=f"{path} is exempted, and a pool uses it", pools=0)


def _paths(spec: FlowSpec, events: Mapping[tuple[str, str], Event]) -> Iterator[str]:
    for state in spec.states:
        yield f"states.{state}"
    for (state, name), event in events.items():
        yield f"states.{state}.on.{name}"
        yield from (_written(event, outcome) for outcome in event.routes)


def _route(events: Mapping[tuple[str, str], Event], one: Occurrence) -> str:
    event = events.get((one.state, one.event))
    return _written(event, one.outcome) if event is not None and one.outcome in event.routes else ""


def _written(event: Event, outcome: str) -> str:
    """Where a route is written down: events that share a group, or an anchor, share the route."""
    place = event.routes[outcome].place
    return f"{place.file}:{place.line}:{place.column} ({outcome})"
