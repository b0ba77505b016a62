"""The mutants of a spec: in each, one route is written otherwise.

A route is mutated where it is written. Events that share a group of routes, or an anchor, share the mutant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final, Literal, TypeVar

import attrs
from attrs import frozen

from flowengine.spec import EventSpec, FlowSpec, Place, RoutesSpec, StateSpec, Text

__all__ = ["Mutant", "Route", "mutants", "mutated", "written_routes"]

Routes = TypeVar("Routes", EventSpec, RoutesSpec)
Kind = Literal["delete", "redirect", "swap"]
ARROWS: Final = {"delete": "-x", "redirect": "->", "swap": "<>"}


@frozen
class Route:
    """
    A route as it is written.

    Args:
        path: The group or the event that it belongs to, by its dotted path; of events that share it, the first one.
        outcome: The outcome.
        target: The state that follows.
        place: Where that is written.
    """

    path: str
    outcome: str
    target: str
    place: Place

    def __str__(self) -> str:
        """Render as `routes.authentication.TOKENS`."""
        return f"{self.path}.{self.outcome}"


@frozen
class Mutant:
    """
    One route written otherwise.

    Args:
        kind: Whether it is deleted, redirected, or swapped with the one that is written below it.
        route: The route.
        detail: The state that it is redirected to, or the outcome of the route that it is swapped with.
        changes: The new targets of what is written at some places; None for nothing.
    """

    kind: Kind
    route: Route
    detail: str
    changes: Mapping[tuple[str, Place], str | None] = attrs.field(repr=False, hash=False)

    def __str__(self) -> str:
        """Render as `routes.authentication.TOKENS -> signed_out`, with `<>` for a swap and `-x` for a deletion."""
        return f"{self.route} {ARROWS[self.kind]} {self.detail}".strip()


def written_routes(spec: FlowSpec) -> tuple[tuple[Route, ...], ...]:
    """
    Return every route of a spec, those together that are written below each other.

    Args:
        spec: The spec, after `extends`.
    """
    found: dict[tuple[str, Place], Route] = {}
    return tuple(filter(None, (_fresh(path, routes, found) for path, routes in _blocks(spec))))


def _blocks(spec: FlowSpec) -> Iterator[tuple[str, Mapping[str, Text]]]:
    for name, group in spec.routes.items():
        yield f"routes.{name}", group.routes
    for name, state in spec.states.items():
        for event, written in state.events.items():
            yield f"states.{name}.on.{event}", written.routes


def _fresh(path: str, routes: Mapping[str, Text], found: dict[tuple[str, Place], Route]) -> tuple[Route, ...]:
    fresh = {
        (outcome, text.place): Route(path, outcome, text.value, text.place)
        for outcome, text in routes.items()
        if (outcome, text.place) not in found
    }
    found.update(fresh)
    return tuple(fresh.values())


def mutants(spec: FlowSpec) -> Iterator[Mutant]:
    """
    Yield the mutants of a spec: each route deleted, redirected to each other state, swapped with the one below it.

    Args:
        spec: The spec, after `extends`.
    """
    for routes in written_routes(spec):
        for route in routes:
            key = route.outcome, route.place
            yield Mutant("delete", route, "", {key: None})
            yield from (
                Mutant("redirect", route, state, {key: state}) for state in spec.states if state != route.target
            )
        for one, other in pairwise(routes):
            if one.target != other.target:
                changes = {(one.outcome, one.place): other.target, (other.outcome, other.place): one.target}
                yield Mutant("swap", one, other.outcome, changes)


def mutated(spec: FlowSpec, mutant: Mutant) -> FlowSpec:
    """
    Return the spec of a mutant.

    Args:
        spec: The spec, after `extends`.
        mutant: One of its mutants.
    """
    return attrs.evolve(
        spec,
        routes={name: _changed(group, mutant) for name, group in spec.routes.items()},
        states={name: _with_events(state, mutant) for name, state in spec.states.items()},
    )


def _with_events(state: StateSpec, mutant: Mutant) -> StateSpec:
    return attrs.evolve(state, events={name: _changed(event, mutant) for name, event in state.events.items()})


def _changed(written: Routes, mutant: Mutant) -> Routes:
    if not any((outcome, text.place) in mutant.changes for outcome, text in written.routes.items()):
        return written
    routes = {}
    for outcome, text in written.routes.items():
        target = mutant.changes.get((outcome, text.place), text.value)
        if target is not None:
            routes[outcome] = Text(target, text.place)
    return attrs.evolve(written, routes=routes)
