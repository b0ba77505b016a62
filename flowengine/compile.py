"""A spec and pool settings to a `Flow`, as an ordered list of named passes.

Each pass reads what the ones before it found and notes every problem that it meets; the problems are raised together
at the end. The heart is `explore_positions`: from the initial position it follows every outcome that the action table
says these settings can give, until no new position appears. So it learns which challenges can be pending where and
which facts a session surely carries, drops routes and states that these settings exclude, and finds the outcomes that
the spec forgot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Final

from attrs import define, field, frozen

from flowengine.actions import ACTIONS
from flowengine.actions.authentication import CHALLENGES
from flowengine.actions.inputs import TYPED_USERNAME
from flowengine.actions.model import ANSWER_LOST, CHALLENGE_FACTS, EXPIRED, TOKENS, USERNAME, Action
from flowengine.errors import Problem, SpecError
from flowengine.machine import EXPIRE, AcceptedEvent, Edge, Flow, PositionRow
from flowengine.session import Field, Position
from flowengine.settings import PoolSettings, broken_rules
from flowengine.spec import EventSpec, FlowSpec, Place, Text, close_match

__all__ = ["PASSES", "compile_flow"]

ASKABLE: Final[Mapping[str, Field]] = {USERNAME: TYPED_USERNAME}
"""Facts that the caller can be asked for where the session does not carry them."""

_DEFAULT_SESSION_MINUTES: Final = 3


def compile_flow(spec: FlowSpec, pool: PoolSettings | None = None, *, problems: tuple[Problem, ...] = ()) -> Flow:
    """
    Compile a spec for one pool.

    Args:
        spec: The spec, after `extends`.
        pool: The settings to compile for. None takes the spec's own; a spec without any is compiled for the union of
            all pools, and can be checked and drawn but not run.
        problems: What reading the spec has found already.

    Raises:
        SpecError: With every problem that makes the flow unusable.
    """
    work = _Work(spec=spec, pool=pool or spec.pool, replaced=pool is not None, problems=list(problems))
    for compile_pass in PASSES:
        compile_pass(work)
    found = sorted(dict.fromkeys(work.problems), key=_by_place)
    if any(problem.severity == "error" for problem in found):
        raise SpecError(found)
    return Flow(
        name=spec.name,
        summary=spec.summary,
        pool=work.pool,
        initial=work.initial,
        positions={position: work.row(position) for position in work.known},
        edges=tuple(work.edges),
        warnings=tuple(found),
    )


def _by_place(problem: Problem) -> tuple[str, int, int]:
    return problem.file or "", problem.line or 0, problem.column or 0


@frozen
class _Event:
    """An event of a state, with `use` expanded."""

    spec: EventSpec
    action: Action
    options: Mapping[str, str]
    then: Mapping[str, Action]
    routes: Mapping[str, Text]

    @property
    def actions(self) -> tuple[Action, ...]:
        return (self.action, *self.then.values())

    def action_at(self, position: Position) -> Action:
        """The action that is next: inside a chain, the one that follows the pending outcome."""
        return self.then[str(position.pending)] if position.event else self.action


@define(kw_only=True)
class _Work:
    """What the passes share."""

    spec: FlowSpec
    pool: PoolSettings | None
    replaced: bool
    problems: list[Problem]
    events: dict[tuple[str, str], _Event] = field(factory=dict)
    known: dict[Position, frozenset[str]] = field(factory=dict)
    edges: list[Edge] = field(factory=list)

    @property
    def initial(self) -> Position:
        return Position(self.spec.initial.value)

    def note(self, place: Place, code: str, message: str, hint: str | None = None) -> None:
        self.problems.append(place.problem(code, message, hint))

    def events_at(self, position: Position) -> Iterator[tuple[str, _Event]]:
        """The events that can be worked on at a position, other than the built-in one."""
        if position.event:
            origin, _, name = position.event.rpartition(".")
            yield name, self.events[origin, name]
            return
        for (state, name), event in self.events.items():
            if state == position.state and self.can_succeed(event, position):
                yield name, event

    def can_succeed(self, event: _Event, position: Position) -> bool:
        action = event.action
        if action.answers is not None and position.pending not in action.answers:
            return False
        return bool(action.successes(self.pool, event.options))

    def expires_after(self, position: Position) -> float | None:
        expires = self.spec.states[position.state].expires
        if expires is None or position.event:
            return None
        if expires.after == "session":
            return 60.0 * (self.pool.client.auth_session_validity if self.pool else _DEFAULT_SESSION_MINUTES)
        return expires.after

    def row(self, position: Position) -> PositionRow:
        facts = self.known[position]
        return PositionRow(
            meaning=self.spec.states[position.state].meaning,
            expires_after=self.expires_after(position),
            facts=facts,
            events={
                name: AcceptedEvent(
                    action=event.action_at(position).name,
                    chain=tuple(action.name for action in event.then.values()),
                    options=event.options,
                    fields=self.fields(event, position, facts),
                )
                for name, event in self.events_at(position)
            },
        )

    def fields(self, event: _Event, position: Position, facts: frozenset[str]) -> tuple[Field, ...]:
        """The inputs of an event: those of each action of its chain, and what the session may not know."""
        calls = [(event.action_at(position), position.pending), *((after, key) for key, after in event.then.items())]
        asked: dict[str, Field] = {}
        for action, pending in calls:
            unknown = [ASKABLE[name] for name in sorted(action.needs - facts) if name in ASKABLE]
            for entry in (*unknown, *action.fields(self.pool, pending)):
                asked.setdefault(entry.name, entry)
        return tuple(asked.values())


# The passes


def check_settings(work: _Work) -> None:
    """Hold the pool settings against every validity rule."""
    if work.pool is None:
        return
    for rule, detail in broken_rules(work.pool):
        place = None if work.replaced else _setting_place(work.spec.pool_places, rule.path)
        work.problems.append(
            Problem(
                code=rule.id,
                message=rule.complaint(detail),
                file=place.file if place else None,
                line=place.line if place else None,
                column=place.column if place else None,
                hint=f"source: {rule.source}",
                severity=rule.severity,
            )
        )


def _setting_place(places: Mapping[str, Place], path: str) -> Place | None:
    """The place of a setting, or of the nearest part of the document that encloses it."""
    while path and path not in places:
        path = path.rpartition(".")[0]
    return places.get(path)


def check_states(work: _Work) -> None:
    """Find states that are named and do not exist."""
    spec = work.spec
    targets = [spec.initial, *(target for group in spec.routes.values() for target in group.values())]
    for state in spec.states.values():
        targets += [state.expires.to] if state.expires else []
        targets += [target for event in state.events.values() for target in event.routes.values()]
    for target in targets:
        if target.value not in spec.states:
            hint = close_match(target.value, spec.states, "states")
            work.note(target.place, "unknown-state", f"unknown state {target.value!r}", hint)


def resolve_events(work: _Work) -> None:
    """Find the action and the routes of each event."""
    for state_name, state in work.spec.states.items():
        for name, event in state.events.items():
            path = f"states.{state_name}.on.{name}"
            action = _resolve_action(work, event.action, path)
            followers = {key: _resolve_action(work, text, f"{path}.then") for key, text in event.then.items()}
            if action is None or None in followers.values():
                continue
            then = {key: follower for key, follower in followers.items() if follower}
            work.events[state_name, name] = _Event(
                spec=event,
                action=action,
                options=_options(work, event, (action, *then.values()), path),
                then=then,
                routes=_expand_use(work, event, path),
            )


def _resolve_action(work: _Work, text: Text, path: str) -> Action | None:
    action = ACTIONS.get(text.value)
    if action is None:
        hint = close_match(text.value, ACTIONS, "actions")
        work.note(text.place, "unknown-action", f"{path}: unknown action {text.value!r}", hint)
    return action


def _options(work: _Work, event: EventSpec, actions: tuple[Action, ...], path: str) -> dict[str, str]:
    """The options of an event, checked against what its actions take."""
    taken = {name: values for action in actions for name, values in action.options.items()}
    for name, text in event.options.items():
        if name not in taken:
            hint = close_match(name, taken, "options here")
            work.note(text.place, "unknown-option", f"{path}.with: no action here takes the option {name!r}", hint)
        elif text.value not in taken[name]:
            hint = close_match(text.value, taken[name], "values")
            work.note(text.place, "unknown-option", f"{path}.with.{name}: unknown value {text.value!r}", hint)
    for name in sorted(set(taken) - set(event.options)):
        hint = f"with: {{{name}: {taken[name][0]}}}"
        work.note(event.action.place, "missing-option", f"{path}: the option {name!r} is missing", hint)
    return {name: event.options[name].value if name in event.options else taken[name][0] for name in taken}


def _expand_use(work: _Work, event: EventSpec, path: str) -> dict[str, Text]:
    """The routes of an event: those of the group that it uses, then its own, then less those it removes."""
    group: Mapping[str, Text] = {}
    if event.use is not None:
        group = work.spec.routes.get(event.use.value, {})
        if event.use.value not in work.spec.routes:
            hint = close_match(event.use.value, work.spec.routes, "groups of routes")
            work.note(event.use.place, "unknown-routes", f"{path}.to: unknown routes {event.use.value!r}", hint)
    routes = {**group, **event.routes}
    return {outcome: target for outcome, target in routes.items() if outcome not in event.removed}


def check_outcomes(work: _Work) -> None:
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
    every = frozenset[str]().union(*(action.outcomes for action in ACTIONS.values()))
    for group, routes in work.spec.routes.items():
        for outcome, target in routes.items():
            if outcome not in every:
                hint = close_match(outcome, every, "outcomes")
                work.note(target.place, "unknown-outcome", f"routes.{group}: no action gives {outcome!r}", hint)


def _impossible(place: Place, path: str, outcome: str, outcomes: frozenset[str]) -> Problem:
    hint = close_match(outcome, outcomes, "outcomes")
    return place.problem("impossible-outcome", f"{path}: {outcome!r} can never come back here", hint)


def explore_positions(work: _Work) -> None:
    """Follow every possible outcome from the initial position until nothing new appears."""
    if work.initial.state not in work.spec.states:
        return
    work.known[work.initial] = frozenset()
    todo = [work.initial]
    edges: dict[tuple[Position, str, str], Edge] = {}
    while todo:
        position = todo.pop(0)
        for edge, facts in _edges_from(work, position):
            edges[edge.source, edge.event, edge.outcome] = edge
            before = work.known.get(edge.target)
            after = facts if before is None else before & facts
            if after != before:
                work.known[edge.target] = after
                todo.append(edge.target)
    work.edges = list(edges.values())


def _edges_from(work: _Work, position: Position) -> Iterator[tuple[Edge, frozenset[str]]]:
    """Each step out of a position, with the facts that it surely leaves in the session."""
    expires = work.spec.states[position.state].expires
    if expires and not position.event and expires.to.value in work.spec.states:
        edge = Edge(position, EXPIRE, EXPIRED, Position(expires.to.value), routed=True)
        yield edge, work.known[position] - CHALLENGE_FACTS
    for name, event in work.events_at(position):
        action = event.action_at(position)
        carried = work.known[position] | (action.needs & ASKABLE.keys()) | _typed(work, action, position)
        for outcome in sorted(action.possible(work.pool, event.options)):
            target = _target(position, name, event, outcome)
            if target is None:
                _check_unrouted(work, position, name, event, outcome)
                resting = position.resting
                facts = work.known[position]
                kept = facts if resting.pending else facts - CHALLENGE_FACTS
                yield Edge(position, name, outcome, resting, routed=False), kept
            elif target.state in work.spec.states:
                facts = carried | action.gives.get(outcome, frozenset())
                kept = facts if target.pending else facts - CHALLENGE_FACTS
                yield Edge(position, name, outcome, target, routed=True), kept


def _typed(work: _Work, action: Action, position: Position) -> frozenset[str]:
    """The facts among an action's own inputs."""
    return frozenset(entry.name for entry in action.fields(work.pool, position.pending)) & ASKABLE.keys()


def _target(position: Position, name: str, event: _Event, outcome: str) -> Position | None:
    """Where an outcome leads: along its route, on along the chain, or nowhere."""
    route = event.routes.get(outcome)
    chained = outcome in event.then
    if route is None and not chained:
        return None
    state = route.value if route else position.state
    pending = outcome if chained or outcome in CHALLENGES else None
    return Position(state, pending, (position.event or f"{position.state}.{name}") if chained else None)


def _check_unrouted(work: _Work, position: Position, name: str, event: _Event, outcome: str) -> None:
    action = event.action_at(position)
    path = f"states.{position.state}.on.{name}"
    if outcome in action.successes(work.pool, event.options):
        message = f"{path}: no route for {outcome}, which {action.name} can give"
    elif outcome in action.must_route:
        why = "the challenge may be spent" if outcome == ANSWER_LOST else "it changes the user's situation"
        message = f"{path}: no route for {outcome}, which {action.name} can give: {why}, so the session cannot stay"
    else:
        return
    work.note(event.spec.place, "missing-route", message, f"add {outcome}: and the state that follows")


def check_facts(work: _Work) -> None:
    """Find events whose action needs what the session may not carry, and signed-in states without tokens."""
    for position, facts in work.known.items():
        for name, event in work.events_at(position):
            action = event.action_at(position)
            for missing in sorted(action.needs - facts - ASKABLE.keys()):
                message = (
                    f"states.{position.state}.on.{name}: {action.name} needs the user's {missing}, "
                    f"which a session may not have in {position}"
                )
                work.note(event.spec.place, "fact-missing", message)
        state = work.spec.states[position.state]
        if state.meaning == "signed_in" and TOKENS not in facts and not position.event:
            message = f"states.{position.state} means signed_in, and a session can reach it without tokens"
            work.note(state.place, "signed-in-without-tokens", message, "only TOKENS may lead there")


def check_pending(work: _Work) -> None:
    """Find positions with a pending challenge that no event answers."""
    for position in work.known:
        if position.pending is None or position.event:
            continue
        answered = any(position.pending in (event.action.answers or ()) for _, event in work.events_at(position))
        if not answered:
            message = f"states.{position.state}: {position.pending} can be pending here, and no event answers it"
            hint = "add an event with action: respond_to_auth_challenge"
            work.note(work.spec.states[position.state].place, "challenge-unanswered", message, hint)


def check_chains(work: _Work) -> None:
    """Find chains that can go on for ever."""
    links: dict[Position, set[Position]] = {}
    for edge in work.edges:
        if edge.source.event and edge.target.event:
            links.setdefault(edge.source, set()).add(edge.target)
    try:
        TopologicalSorter(links).prepare()
    except CycleError as error:
        position: Position = error.args[1][0]
        ((_, event),) = work.events_at(position)
        message = f"then: the chain of {position.event} comes back to {position.pending}, so it may never end"
        work.note(event.spec.place, "endless-chain", message)


def check_goal(work: _Work) -> None:
    """Find flows that can never sign anyone in."""
    if any(problem.severity == "error" for problem in work.problems):
        return
    meanings = {work.spec.states[position.state].meaning for position in work.known}
    if "signed_in" not in meanings:
        message = "no state that means signed_in can be reached"
        work.note(work.spec.place, "no-goal", message, "a flow's goal is a state with meaning: signed_in")


PASSES: Final[tuple[Callable[[_Work], None], ...]] = (
    check_settings,
    check_states,
    resolve_events,
    check_outcomes,
    explore_positions,
    check_facts,
    check_pending,
    check_chains,
    check_goal,
)
"""The passes, in order."""
