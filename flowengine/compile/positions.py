"""The pass that walks a flow: every position that can be reached, every step out of it."""

from __future__ import annotations

from collections.abc import Iterator

from flowengine.actions.challenges import PENDING
from flowengine.actions.model import ANSWER_LOST, CHALLENGE_FACTS, EXPIRED, Action
from flowengine.compile.work import ASKABLE, Event, Work
from flowengine.machine import EXPIRE, Edge
from flowengine.session import Position

__all__ = ["explore_positions"]


def explore_positions(work: Work) -> None:
    """Follow every possible outcome from the initial position until nothing new appears."""
    if work.initial.state not in work.spec.states:
        return
    work.known[work.initial] = frozenset()
    todo = [work.initial]
    edges: dict[tuple[Position, str, str], Edge] = {}
    while todo:
        position = todo.pop(0)
        if position.event:
            # An outcome that nobody predicted ends the chain.
            _meet(work, todo, position.resting, work.known[position] - CHALLENGE_FACTS)
        for edge, facts in _edges_from(work, position):
            edges[edge.source, edge.event, edge.outcome] = edge
            _meet(work, todo, edge.target, facts)
    work.edges = list(edges.values())


def _meet(work: Work, todo: list[Position], position: Position, facts: frozenset[str]) -> None:
    """Note that a session can come to a position with these facts."""
    before = work.known.get(position)
    after = facts if before is None else before & facts
    if after != before:
        work.known[position] = after
        if position not in todo:
            todo.append(position)


def _edges_from(work: Work, position: Position) -> Iterator[tuple[Edge, frozenset[str]]]:
    """Yield each step out of a position, with the facts that it surely leaves in the session."""
    facts = work.known[position]
    expires = work.spec.states[position.state].expires
    if expires and not position.event and expires.to.value in work.spec.states:
        edge = Edge(position, EXPIRE, EXPIRED, Position(expires.to.value), routed=True)
        yield edge, facts - CHALLENGE_FACTS
    resting = position.resting
    kept = facts if resting.pending else facts - CHALLENGE_FACTS
    for event in work.events_at(position):
        action = event.action_at(position)
        carried = facts | (action.needs & ASKABLE.keys()) | _typed(action, event, position)
        successes = work.successes(action, event, position.pending)
        for outcome in sorted(successes | action.refusals | {ANSWER_LOST}):
            target = _target(action, position, event, outcome)
            if target is None:
                _check_unrouted(work, position, event, outcome, successes)
                yield Edge(position, event.name, outcome, resting, routed=False), kept
            elif target.state in work.spec.states:
                left = carried | action.gives.get(outcome, frozenset())
                yield (
                    Edge(position, event.name, outcome, target, routed=True),
                    left if target.pending else left - CHALLENGE_FACTS,
                )


def _typed(action: Action, event: Event, position: Position) -> frozenset[str]:
    """The facts among an action's own inputs."""
    fields = action.fields(None, event.options, position.pending)
    return frozenset(entry.name for entry in fields) & ASKABLE.keys()


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


def _check_unrouted(work: Work, position: Position, event: Event, outcome: str, successes: frozenset[str]) -> None:
    action = event.action_at(position)
    why = ""
    if outcome in action.must_route:
        why = ": it changes the user's situation, so the session cannot stay"
    elif outcome in action.ends and not position.event:
        why = ": the challenge may be spent, so the session cannot stay"
    elif outcome not in successes:
        return
    message = f"{event.path_from(position)}: no route for {outcome}, which {action.name} can give{why}"
    work.note(event.spec.place, "missing-route", message, f"add {outcome}: and the state that follows")
