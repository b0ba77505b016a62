"""The passes that read a spec by itself: its states, its events and their actions, its routes."""

from __future__ import annotations

from collections.abc import Mapping

from flowengine.actions.model import ANY_TEXT, Action
from flowengine.compile.work import Event, Work
from flowengine.errors import Problem
from flowengine.spec import EventSpec, Place, Text, close_match

__all__ = ["check_outcomes", "check_states", "resolve_events"]


def check_states(work: Work) -> None:
    """Find states and hooks that are named and do not exist."""
    spec = work.spec
    targets = [spec.initial, *(target for group in spec.routes.values() for target in group.routes.values())]
    for state in spec.states.values():
        targets += [state.expires.to] if state.expires else []
        targets += [target for event in state.events.values() for target in event.routes.values()]
        if state.enter and state.enter.value not in work.hooks:
            hint = close_match(state.enter.value, work.hooks, "hooks")
            work.note(state.enter.place, "unknown-hook", f"unknown hook {state.enter.value!r}", hint)
    for target in targets:
        if target.value not in spec.states:
            hint = close_match(target.value, spec.states, "states")
            work.note(target.place, "unknown-state", f"unknown state {target.value!r}", hint)


def resolve_events(work: Work) -> None:
    """Find the actions, the options and the routes of each event."""
    groups = {name: _expand_group(work, name, ()) for name in work.spec.routes}
    for state_name, state in work.spec.states.items():
        for name, event in state.events.items():
            path = f"states.{state_name}.on.{name}"
            action = _resolve_action(work, event.action, path)
            followers = {key: _resolve_action(work, text, f"{path}.then") for key, text in event.then.items()}
            if action is None or None in followers.values():
                continue
            then = {key: follower for key, follower in followers.items() if follower}
            options = _options(work, event, (action, *then.values()), path)
            routes = _routes(work, event, groups, path)
            work.events[state_name, name] = Event(name, event, action, options, then, routes)


def _resolve_action(work: Work, text: Text, path: str) -> Action | None:
    action = work.actions.get(text.value)
    if action is None:
        hint = close_match(text.value, work.actions, "actions")
        work.note(text.place, "unknown-action", f"{path}: unknown action {text.value!r}", hint)
    return action


def _options(work: Work, event: EventSpec, actions: tuple[Action, ...], path: str) -> dict[str, str]:
    """The options of an event, checked against what its actions take."""
    taken = {name: values for action in actions for name, values in action.options.items()}
    chosen = {name: value for action in actions for name, value in action.defaults.items()}
    for name, text in event.options.items():
        if name not in taken:
            hint = close_match(name, taken, "options here")
            work.note(text.place, "unknown-option", f"{path}.with: no action here takes the option {name!r}", hint)
        elif taken[name] != ANY_TEXT and text.value not in taken[name]:
            hint = close_match(text.value, taken[name], "values")
            work.note(text.place, "unknown-option", f"{path}.with.{name}: unknown value {text.value!r}", hint)
        else:
            chosen[name] = text.value
    for name in sorted(set(taken) - set(chosen) - set(event.options)):
        hint = f"with: {{{name}: {taken[name][0]}}}"
        work.note(event.action.place, "missing-option", f"{path}: the option {name!r} is missing", hint)
    return {name: chosen.get(name, taken[name][0]) for name in taken}


def _expand_group(work: Work, name: str, within: tuple[str, ...]) -> dict[str, Text]:
    """The routes of a group: those of the group that it uses, then its own, then less those it removes."""
    group = work.spec.routes[name]
    if group.use is None:
        return dict(group.routes)
    if group.use.value not in work.spec.routes:
        _unknown_routes(work, group.use, f"routes.{name}")
        return dict(group.routes)
    if group.use.value in (*within, name):
        message = f"routes.{name}: the groups {', '.join((*within, name))} use each other"
        work.note(group.use.place, "routes-loop", message, "end the circle")
        return dict(group.routes)
    routes = {**_expand_group(work, group.use.value, (*within, name)), **group.routes}
    return {outcome: target for outcome, target in routes.items() if outcome not in group.removed}


def _routes(work: Work, event: EventSpec, groups: Mapping[str, Mapping[str, Text]], path: str) -> dict[str, Text]:
    """The routes of an event: those of the group that it uses, then its own, then less those it removes."""
    group: Mapping[str, Text] = {}
    if event.use is not None:
        group = groups.get(event.use.value, {})
        if event.use.value not in groups:
            _unknown_routes(work, event.use, f"{path}.to")
    routes = {**group, **event.routes}
    return {outcome: target for outcome, target in routes.items() if outcome not in event.removed}


def _unknown_routes(work: Work, use: Text, path: str) -> None:
    hint = close_match(use.value, work.spec.routes, "groups of routes")
    work.note(use.place, "unknown-routes", f"{path}: unknown routes {use.value!r}", hint)


def check_outcomes(work: Work) -> None:
    """Find outcomes that no action of the event can ever give, and routes in groups that nothing can use."""
    for (state, name), event in work.events.items():
        path = f"states.{state}.on.{name}"
        outcomes = frozenset[str]().union(*(action.outcomes for action in event.actions))
        for outcome, target in event.spec.routes.items():
            if outcome not in outcomes:
                work.problems.append(_impossible(target.place, f"{path}.to", outcome, outcomes))
        for outcome, text in event.spec.then.items():
            if outcome not in outcomes:
                work.problems.append(_impossible(text.place, f"{path}.then", outcome, outcomes))
        _check_options(work, event, path)
    every = frozenset[str]().union(*(action.outcomes for action in work.actions.values()))
    for group, routes in work.spec.routes.items():
        for outcome, target in routes.routes.items():
            if outcome not in every:
                hint = close_match(outcome, every, "outcomes")
                work.note(target.place, "unknown-outcome", f"routes.{group}: no action gives {outcome!r}", hint)


def _impossible(place: Place, path: str, outcome: str, outcomes: frozenset[str]) -> Problem:
    hint = close_match(outcome, outcomes, "outcomes")
    return place.problem("impossible-outcome", f"{path}: {outcome!r} can never come back here", hint)


def _check_options(work: Work, event: Event, path: str) -> None:
    """Find options that make no sense together, and chains that cannot go on: no pool can answer but with a refusal."""
    pendings: tuple[str | None, ...] = tuple(event.action.answers or (None,))
    if not any(event.action.successes(None, event.options, pending) for pending in pendings):
        chosen = ", ".join(f"{name}: {value}" for name, value in event.listed_options)
        message = f"{path}.with: {event.action.name} can never succeed with {{{chosen}}}"
        work.note(event.spec.action.place, "impossible-options", message)
    for outcome, action in event.then.items():
        answered = action.answers is None or outcome in action.answers
        if not answered or not action.successes(None, event.options, outcome):
            message = f"{path}.then: {action.name} can never succeed after {outcome}"
            work.note(event.spec.then[outcome].place, "impossible-chain", message)
