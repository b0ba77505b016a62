"""What was predicted and what occurred, over all pools together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from attrs import define

from flowengine.actions import ACTIONS
from flowengine.compile import resolve
from flowengine.compile.work import Event, Work
from flowengine.explore.exceptions import PREDICTED_IN_VAIN, UNUSED, is_exempt
from flowengine.explore.family import Family
from flowengine.explore.properties import Finding
from flowengine.explore.search import Search
from flowengine.machine import EXPIRE
from flowengine.session import Position
from flowengine.spec import FlowSpec

__all__ = ["Occurrence", "needless", "occurred", "possible", "predicted", "unused", "vain"]


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
        if not is_exempt(action, pending, outcome):
            where = f"{action} at {pending}" if pending else action
            message = f"{outcome} of {where} is predicted, and never comes"
            yield Finding(property="prediction", message=message, pools=0)
    for one in PREDICTED_IN_VAIN:
        if any(one.covers(*prediction) for prediction in found):
            yield Finding(property="prediction", message=f"{one.outcome} is exempted, and it comes", pools=0)


def unused(spec: FlowSpec, came: Iterable[Occurrence]) -> Iterator[Finding]:
    """
    Yield states, events and routes that no pool uses.

    Routes that events share are told by the first of them. One for nothing but outcomes that are exempted from
    occurring is not expected to be used.

    Args:
        spec: The spec.
        came: What occurred in any pool.
    """
    routes = _routes(resolve(spec).events)
    for path in sorted({*_paths(spec, routes.values())} - _used(routes, came) - UNUSED.keys()):
        yield Finding(property="use", message=f"{path} is used by no pool", pools=0)


def needless(spec: FlowSpec, came: Iterable[Occurrence]) -> Iterator[Finding]:
    """
    Yield what is exempted from use, and used by some pool.

    Args:
        spec: The spec.
        came: What occurred in any pool.
    """
    for path in sorted(UNUSED.keys() & _used(_routes(resolve(spec).events), came)):
        yield Finding(property="use", message=f"{path} is exempted, and a pool uses it", pools=0)


@define
class _Route:
    """A route, wherever the spec writes it down: events that share a group, or an anchor, share it."""

    name: str
    expected: bool = False


def _routes(events: Mapping[tuple[str, str], Event]) -> dict[tuple[str, str, str], _Route]:
    """Return the route of each state, event and outcome."""
    written: dict[object, _Route] = {}
    routes = {}
    for (state, name), event in events.items():
        for outcome, target in event.routes.items():
            first = _Route(f"states.{state}.on.{name}.to.{outcome}")
            route = routes[state, name, outcome] = written.setdefault((target.place, outcome), first)
            giving = [action.name for action in event.actions if outcome in action.outcomes]
            route.expected |= not all(is_exempt(action, "", outcome) for action in giving)
    return routes


def _used(routes: Mapping[tuple[str, str, str], _Route], came: Iterable[Occurrence]) -> set[str]:
    used = set()
    for one in came:
        used |= {f"states.{one.state}", f"states.{one.state}.on.{one.event}"}
        route = routes.get((one.state, one.event, one.outcome))
        if route is not None:
            used.add(route.name)
    return used


def _paths(spec: FlowSpec, routes: Iterable[_Route]) -> Iterator[str]:
    for state, written in spec.states.items():
        yield f"states.{state}"
        yield from (f"states.{state}.on.{name}" for name in written.events)
    yield from (route.name for route in routes if route.expected)
