"""The passes that judge what was walked: facts, pending challenges, chains, the goal."""

from __future__ import annotations

import itertools
from graphlib import CycleError, TopologicalSorter

from flowengine.actions.challenges import PENDING
from flowengine.actions.model import TOKENS, Action
from flowengine.compile.work import ASKABLE, Question, Work
from flowengine.machine import EXPIRE, Edge
from flowengine.session import Position
from flowengine.spec import Text

__all__ = ["check_chains", "check_entries", "check_facts", "check_goal", "check_pending"]


def check_facts(work: Work) -> None:
    """Find events whose action needs what the session may not carry, and signed-in states without tokens."""
    for position, facts in work.known.items():
        for event in work.events_at(position):
            action = event.action_at(position)
            for missing in sorted(action.needs - facts - ASKABLE.keys()):
                message = (
                    f"{event.path_from(position)}: {action.name} needs the user's {missing}, "
                    f"which a session may not have in {position}"
                )
                work.note(event.spec.place, "fact-missing", message)
        state = work.spec.states[position.state]
        if state.meaning == "signed_in" and TOKENS not in facts and not position.event:
            message = f"states.{position.state} means signed_in, and a session can reach it without tokens"
            work.note(state.place, "signed-in-without-tokens", message, "only TOKENS may lead there")


def check_pending(work: Work) -> None:
    """Find positions with a pending challenge that no event answers, though some action could in such a pool."""
    for position in work.known:
        pending = position.pending
        if pending is None or position.event or PENDING[pending].optional:
            continue
        place = work.spec.states[position.state].place
        if PENDING[pending].at_once:
            message = f"states.{position.state}: {pending} must be answered by the send that meets it"
            work.note(
                place, "challenge-left", message, f"add then: {{{pending}: respond_to_auth_challenge}} to its event"
            )
        elif not any(pending in (event.action.answers or ()) for event in work.events_at(position)):
            names = sorted(action.name for action in work.actions.values() if _could_answer(work, action, pending))
            if names:
                message = f"states.{position.state}: {pending} can be pending here, and no event answers it"
                work.note(place, "challenge-unanswered", message, f"add an event with action: {' or '.join(names)}")


def check_entries(work: Work) -> None:
    """Find routes to where a challenge waits for its answer, from where none is pending."""
    asking = {name for name in work.spec.states if _asks(work, name)}
    for edge in work.edges:
        target = edge.target
        if edge.routed and target.state in asking and not target.event and not _waits(work, target):
            text = _written(work, edge)
            message = (
                f"{edge.outcome} leads to states.{target.state}, where a challenge is answered, and none is pending"
            )
            hint = "a refusal without a route keeps what is pending; route others to where a user can begin anew"
            work.note(text.place, "nothing-pending", message, hint)


def _asks(work: Work, state: str) -> bool:
    """Whether a state means that a challenge waits, and has an event that answers one."""
    if work.spec.states[state].meaning != "challenge":
        return False
    answered = (event.action.answers or () for event in work.by_state.get(state, ()))
    return any(itertools.chain(*answered))


def _waits(work: Work, position: Position) -> bool:
    """Whether something is pending that has to be answered, or at least can be."""
    pending = position.pending
    if pending is None or not PENDING[pending].optional:
        return pending is not None
    return any(pending in (event.action.answers or ()) for event in work.events_at(position))


def _written(work: Work, edge: Edge) -> Text:
    """The route that an edge goes along, where it is written."""
    expires = work.spec.states[edge.source.state].expires
    if edge.event == EXPIRE and expires is not None:
        return expires.to
    (event,) = (event for event in work.events_at(edge.source) if event.name == edge.event)
    return event.routes[edge.outcome]


def _could_answer(work: Work, action: Action, pending: str) -> bool:
    if pending not in (action.answers or ()):
        return False
    options = {name: action.defaults.get(name, values[0]) for name, values in action.options.items()}
    return bool(work.ask(Question(action, tuple(sorted(options.items())), pending)))


def check_chains(work: Work) -> None:
    """Find chains that can go on for ever."""
    links: dict[Position, dict[Position, None]] = {}
    for edge in work.edges:
        if edge.source.event and edge.target.event:
            links.setdefault(edge.source, {})[edge.target] = None
    try:
        TopologicalSorter(links).prepare()
    except CycleError as error:
        position: Position = error.args[1][0]
        (event,) = work.events_at(position)
        message = f"then: the chain of {position.event} comes back to {position.pending}, so it may never end"
        work.note(event.spec.place, "endless-chain", message)


def check_goal(work: Work) -> None:
    """Find flows that can never sign anyone in, though such a pool would."""
    if any(problem.severity == "error" for problem in work.problems):
        return
    meanings = {work.spec.states[position.state].meaning for position in work.known}
    if "signed_in" not in meanings and any(_begins(work, action) for action in work.actions.values()):
        message = "no state that means signed_in can be reached"
        work.note(work.spec.place, "no-goal", message, "a flow's goal is a state with meaning: signed_in")


def _begins(work: Work, action: Action) -> bool:
    """Whether an action can begin a sign-in in such a pool."""
    if "TOKENS" not in action.successful or TOKENS in action.needs or action.answers is not None:
        return False
    chosen = itertools.product(*([(name, value) for value in values] for name, values in action.options.items()))
    return any(work.ask(Question(action, tuple(sorted(options)))) for options in chosen)
