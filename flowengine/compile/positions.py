"""The pass that walks a flow: every position that can be reached, every step out of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from flowengine.actions.challenges import PENDING
from flowengine.actions.model import ANSWER_LOST, CHALLENGE_FACTS, EXPIRED, Action
from flowengine.compile.work import ASKABLE, Event, Steps, Work
from flowengine.errors import Problem
from flowengine.machine import EXPIRE, Edge
from flowengine.session import Position

__all__ = ["explore_positions"]


def explore_positions(work: Work) -> None:
    """Follow every possible outcome from the initial position until nothing new appears."""
    if work.initial.state not in work.spec.states:
        return
    work.known[work.initial] = frozenset()
    todo = deque([work.initial])
    ahead: dict[Position, tuple[tuple[Position, frozenset[str]], ...]] = {}
    while todo:
        position = todo.popleft()
        if position not in ahead:
            ahead[position] = _leave(work, position)
        facts = work.known[position]
        for target, brought in ahead[position]:
            left = facts | brought if target.pending else (facts | brought) - CHALLENGE_FACTS
            before = work.known.get(target)
            after = left if before is None else before & left
            if after != before:
                work.known[target] = after
                if target not in todo:
                    todo.append(target)


def _leave(work: Work, position: Position) -> tuple[tuple[Position, frozenset[str]], ...]:
    """Note each step out of a position, and return where they lead, with the facts that they bring there."""
    leaving = [*_expiry(work, position), *(_steps(work, event, position) for event in work.events_at(position))]
    for steps in leaving:
        work.edges += steps.edges
        work.problems += steps.problems
    # An outcome that nobody predicted ends a chain.
    unpredicted = [(position.resting, frozenset[str]())] if position.event else []
    return tuple(dict.fromkeys([*unpredicted, *(way for steps in leaving for way in steps.ahead)]))


def _expiry(work: Work, position: Position) -> Iterator[Steps]:
    expires = work.spec.states[position.state].expires
    if expires and not position.event and expires.to.value in work.spec.states:
        target = Position(expires.to.value)
        yield Steps((Edge(position, EXPIRE, EXPIRED, target, routed=True),), ((target, frozenset()),))


def _steps(work: Work, event: Event, position: Position) -> Steps:
    successes = work.successes(event.action_at(position), event, position.pending)
    key = event, position, successes
    if key not in work.steps:
        work.steps[key] = _worked_out(work, event, position, successes)
    return work.steps[key]


def _worked_out(work: Work, event: Event, position: Position, successes: frozenset[str]) -> Steps:
    action, stays = event.action_at(position), position.resting
    typed = _typed(action, event, position)
    edges: list[Edge] = []
    ahead: dict[tuple[Position, frozenset[str]], None] = {}
    problems: list[Problem] = []
    for outcome in sorted(successes | action.refusals | {ANSWER_LOST}):
        target = _target(action, position, event, outcome)
        if target is None:
            why = _must_route(action, position, outcome, successes)
            problems += [] if why is None else [_missing(event, position, outcome, why)]
            edges.append(Edge(position, event.name, outcome, stays, routed=False))
            ahead[stays, frozenset()] = None
        elif target.state in work.spec.states:
            edges.append(Edge(position, event.name, outcome, target, routed=True))
            ahead[target, typed | action.gives.get(outcome, frozenset())] = None
    return Steps(tuple(edges), tuple(ahead), tuple(problems))


def _typed(action: Action, event: Event, position: Position) -> frozenset[str]:
    """The facts among an action's own inputs, and those that the caller is asked for where they are missing."""
    fields = action.fields(None, event.options, position.pending)
    return frozenset(ASKABLE).intersection([*action.needs, *(entry.name for entry in fields)])


def _target(action: Action, position: Position, event: Event, outcome: str) -> Position | None:
    """Where an outcome leads: along its route, on along the chain, or nowhere."""
    route = event.routes.get(outcome)
    if outcome in event.then:
        state = route.value if route else position.state
        return Position(state, outcome, position.event or f"{position.state}.{event.name}")
    if route is None:
        return None
    if outcome in PENDING:
        return Position(route.value, outcome)
    return Position(route.value, position.pending if _leaves_pending(action, position, route.value) else None)


def _leaves_pending(action: Action, position: Position, state: str) -> bool:
    """Whether what is pending stays so: another action has done its work beside it, and the state is the same."""
    return state == position.state and action.answers is None and position.event is None


def _must_route(action: Action, position: Position, outcome: str, successes: frozenset[str]) -> str | None:
    """Why an outcome cannot do without a route, as the end of a sentence; None if it can."""
    if outcome in action.must_route:
        return ": it changes the user's situation, so the session cannot stay"
    if outcome in action.ends and not position.event:
        return ": the challenge may be spent, so the session cannot stay"
    return "" if outcome in successes else None


def _missing(event: Event, position: Position, outcome: str, why: str) -> Problem:
    name = event.action_at(position).name
    message = f"{event.path_from(position)}: no route for {outcome}, which {name} can give{why}"
    return event.spec.place.problem("missing-route", message, f"add {outcome}: and the state that follows")
