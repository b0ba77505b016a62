"""What the passes share: the spec, the questions put to the settings, and what was found so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

import attrs
from attrs import define, field, frozen

from flowengine.actions.inputs import TYPED_USERNAME
from flowengine.actions.model import USERNAME, Action, Options
from flowengine.errors import Problem
from flowengine.extensions import Hook
from flowengine.fields import Field
from flowengine.machine import Edge
from flowengine.session import Position
from flowengine.settings import PoolSettings
from flowengine.spec import EventSpec, FlowSpec, Place, Text

__all__ = ["ASKABLE", "Event", "Question", "Steps", "Work"]

ASKABLE: Final[Mapping[str, Field]] = {USERNAME: TYPED_USERNAME}
"""Facts that the caller can be asked for where the session does not carry them."""

_DEFAULT_SESSION_MINUTES: Final = 3


@frozen
class Question:
    """
    What a pass asks of the settings: the outcomes of success of an action, or the life of a challenge session.

    Args:
        action: The action; None asks for the session validity, in minutes.
        options: The event's `with`.
        pending: The challenge that waits for an answer.
    """

    action: Action | None = None
    options: tuple[tuple[str, str], ...] = ()
    pending: str | None = None

    def of(self, pool: PoolSettings | None) -> Any:
        """Return the answer for a pool; None for the union of all pools."""
        if self.action is None:
            return pool.client.auth_session_validity if pool else _DEFAULT_SESSION_MINUTES
        return self.action.successes(pool, dict(self.options), self.pending)


SESSION_MINUTES: Final = Question()


@frozen(slots=False, eq=False)
class Event:
    """An event of a state, with its actions found and `use` expanded."""

    name: str
    spec: EventSpec
    action: Action
    options: Options
    then: Mapping[str, Action]
    routes: Mapping[str, Text]

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """Its action, and those of its chain."""
        return (self.action, *self.then.values())

    @cached_property
    def listed_options(self) -> tuple[tuple[str, str], ...]:
        """Its options, as a question takes them."""
        return tuple(sorted(self.options.items()))

    def action_at(self, position: Position) -> Action:
        """Return the action that is next: inside a chain, the one that follows the pending outcome."""
        return self.then[str(position.pending)] if position.event else self.action

    def path_from(self, position: Position) -> str:
        """Return where the spec says what happens at a position: inside a chain, in the state that it set out from."""
        origin = position.event.rpartition(".")[0] if position.event else position.state
        return f"states.{origin}.on.{self.name}"


@frozen
class Steps:
    """
    The steps that leave a position by one event. They depend on the spec and on what can succeed, on no other setting.

    Args:
        edges: The steps, one for each outcome.
        ahead: Where they lead, each target once for each set of facts that a step brings there.
        problems: The routes that are missing.
    """

    edges: tuple[Edge, ...]
    ahead: tuple[tuple[Position, frozenset[str]], ...]
    problems: tuple[Problem, ...] = ()


@define(kw_only=True, slots=False)
class Work:
    """
    What the passes share.

    Args:
        spec: The spec.
        pool: The settings to compile for, or None for the union of all pools.
        actions: The actions that there are, by name.
        hooks: The application's hooks, by name.
        problems: What was found so far.
        events: The events of the spec, by state and name.
        steps: The steps that were worked out so far, by event, position and outcomes of success.
        known: The positions that can be reached, each with the facts that a session surely carries there.
        edges: The steps that can be taken.
        asked: The questions that the passes put to the settings, with the answers.
        answer: Answers a question for the settings.
    """

    spec: FlowSpec
    pool: PoolSettings | None
    actions: Mapping[str, Action]
    hooks: Mapping[str, Hook]
    problems: list[Problem] = field(factory=list)
    events: dict[tuple[str, str], Event] = field(factory=dict)
    steps: dict[tuple[Event, Position, frozenset[str]], Steps] = field(factory=dict)
    known: dict[Position, frozenset[str]] = field(factory=dict)
    edges: list[Edge] = field(factory=list)
    asked: dict[Question, Any] = field(factory=dict)
    answer: Callable[[Question, PoolSettings | None], Any] = Question.of
    _open: dict[Position, tuple[Event, ...]] = field(factory=dict, init=False)

    def for_pool(self, pool: PoolSettings | None) -> Work:
        """Return fresh work for a pool, which shares what was found of the spec."""
        return attrs.evolve(self, pool=pool, problems=[*self.problems], known={}, edges=[], asked={})

    @property
    def initial(self) -> Position:
        """The position that a session starts in."""
        return Position(self.spec.initial.value)

    @cached_property
    def by_state(self) -> Mapping[str, tuple[Event, ...]]:
        """The events of each state."""
        states: dict[str, list[Event]] = {}
        for (state, _), event in self.events.items():
            states.setdefault(state, []).append(event)
        return {state: tuple(events) for state, events in states.items()}

    def note(self, place: Place, code: str, message: str, hint: str | None = None) -> None:
        """Note a problem."""
        self.problems.append(place.problem(code, message, hint))

    def ask(self, question: Question) -> Any:
        """Ask the settings, and remember the answer: what a flow becomes depends on these answers alone."""
        if question not in self.asked:
            self.asked[question] = self.answer(question, self.pool)
        return self.asked[question]

    def successes(self, action: Action, event: Event, pending: str | None) -> frozenset[str]:
        """Return the outcomes of success that an action of an event can have at a pending challenge."""
        answer: frozenset[str] = self.ask(Question(action, event.listed_options, pending))
        return answer

    def events_at(self, position: Position) -> tuple[Event, ...]:
        """Return the events that can be worked on at a position, other than the built-in one."""
        events = self._open.get(position)
        if events is None:
            events = self._open[position] = tuple(self._find_events(position))
        return events

    def _find_events(self, position: Position) -> Iterator[Event]:
        if position.event:
            origin, _, name = position.event.rpartition(".")
            yield self.events[origin, name]
            return
        for event in self.by_state.get(position.state, ()):
            if self._can_succeed(event, position):
                yield event

    def _can_succeed(self, event: Event, position: Position) -> bool:
        answers = event.action.answers
        if answers is not None and position.pending not in answers:
            return False
        return bool(self.successes(event.action, event, position.pending))

    def expires_after(self, position: Position) -> float | None:
        """Return how long a session may stay at a position, in seconds."""
        expires = self.spec.states[position.state].expires
        if expires is None or position.event:
            return None
        return 60.0 * float(self.ask(SESSION_MINUTES)) if expires.after == "session" else expires.after
