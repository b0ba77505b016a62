"""The real engine over a store and a pool that fork, stepped by hand: one move from one world to the next.

`Engine.send` is a coroutine. Without an event loop it can be advanced with `send(None)`, stopped for good where it
suspends, as when a process dies, and interleaved with another one. Whatever the engine, the flow and the embedded pool
ask about the pool's settings on the way is noted, so that the step can be shared by all pools that answer alike.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, cast

import attrs

from flowengine.engine import Engine
from flowengine.engine.keys import session_key
from flowengine.engine.view import accepts, snapshot_of
from flowengine.errors import CognitoUnavailable, EventNotAccepted, InputInvalid, SessionConflict, SessionNotFound
from flowengine.explore.deeds import BROWSED, DEEDS
from flowengine.explore.family import Family, Pools, Question
from flowengine.explore.inputs import inputs_of, prepared
from flowengine.explore.moves import Answer, Move, Offer, Offered
from flowengine.explore.people import Person
from flowengine.explore.performance import Notes, Performance, Trodden, seen
from flowengine.explore.population import hands_of
from flowengine.explore.stepped import SteppedClock, SteppedDriver, SteppedStore, silence
from flowengine.explore.steps import Complaint, complaints
from flowengine.explore.taken import Taken
from flowengine.explore.watched import WatchedFlow
from flowengine.explore.world import Hands, World, honoured, learned, tidy
from flowengine.machine import EXPIRE, Flow
from flowengine.replay import Step
from flowengine.session import Session, Snapshot
from flowengine.settings import Note
from flowengine.simulator import Simulator
from flowengine.simulator.attempts import exhaust
from flowengine.simulator.functions import functions_for
from flowengine.simulator.refusals import PoolError
from flowengine.simulator.state import PoolState

__all__ = ["MOST_POINTS", "Stage"]

SESSION: Final = "session"
MOST_POINTS: Final = 100
"""More suspensions than any send has."""
EXPECTED: Final = (CognitoUnavailable, EventNotAccepted, InputInvalid, SessionConflict, SessionNotFound)
"""What a caller of the engine has to expect."""
START: Final = SteppedClock().now()


class Stage:
    """
    Performs moves for the pools of a family.

    Args:
        family: The pools, and the flows that the spec becomes for them.
        engine: Makes the engine; another one than `Engine` is explored just so.
    """

    def __init__(self, family: Family, engine: Callable[..., Engine] = Engine) -> None:
        self.family = family
        self._make_engine = engine
        self._flow = WatchedFlow(family)
        self._store = SteppedStore()
        self._clock = SteppedClock()
        self._driver = SteppedDriver()
        self._simulators: dict[int, Simulator] = {}
        self._same: dict[tuple[int, frozenset[Question], frozenset[Note]], Pools] = {}
        self._sets: dict[Pools, Pools] = {}
        self._next_id = SESSION
        self._ids: dict[str, str] = {}
        self._notes = Notes()
        self._engine = self._new_engine()

    def begin(self, person: Person, index: int, *, beside: World | None = None) -> Performance | None:
        """
        Return the world in which a person finds a new session, None where a pool refuses to hold such a user.

        Args:
            person: Who.
            index: The pool.
            beside: A world that is there already: its pool, its time, and in it the same person or another one.
        """
        state, now = (PoolState(seed=1), START) if beside is None else (beside.state.fork(), beside.now)
        others = () if beside is None else (beside.session, *beside.others)
        self._enter(index, state, now, {session.key: session for session in others})
        self._next_id = f"{SESSION} {len(others) + 1}" if others else SESSION
        self._ids[session_key(self._next_id)] = self._next_id
        self._notes = Notes()
        try:
            hands = hands_of(person, self._simulator, self._flow.pool, beside)
        except PoolError:
            return None
        self._run(self._engine.start())
        session = self._store.sessions[session_key(self._next_id)]
        self._simulator.state.outbox.clear()
        world = self._world(person, session, self._simulator.state, hands, now, others=others)
        return self._performance(tidy(world))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the last move, secrets and all."""
        return tuple(self._notes.steps)

    def refusing(self) -> Pools:
        """Return the pools that would have refused the user that `begin` has just been refused."""
        return self._agreeing()

    def offer(self, world: World, index: int) -> tuple[Offer, Pools]:
        """Return the events that the user is offered, and the pools in which it would be the same."""
        self._flow.enter(index)
        meaning = self._flow.positions[world.session.position.resting].meaning
        return Offer(meaning, self._offer(world.session)), self._agreeing()

    def snapshot(self, world: World, index: int) -> Snapshot:
        """Return what a caller sees of the session."""
        self._flow.enter(index)
        return snapshot_of(cast("Flow", self._flow), self._id(world), world.session)

    def perform(self, world: World, move: Move, index: int, *, cuts: bool = False) -> Performance:
        """
        Perform a move.

        Args:
            world: The world before. It stays as it is.
            move: The move.
            index: The pool.
            cuts: Whether to note, at each suspension of a right answer, what a process that dies leaves behind.
        """
        self._enter_world(world, index)
        self._notes = Notes(cuts=[] if cuts and move.kind == "send" and move.answer.manner == "right" else None)
        hands = prepared(world)
        PERFORMED[move.kind](self, world if hands is world.hands else attrs.evolve(world, hands=hands), move)
        return self._judged(world, move, hands, self._simulator.state)

    def _judged(self, world: World, move: Move, hands: Hands, state: PoolState) -> Performance:
        """What came of a move that has just been made, and what is wrong with it."""
        after = self._after(world, hands, self._store.sessions, state, self._clock.now())
        edge = self._flow.edge
        steps = tuple(Trodden.of(step, edge(step.source, step.event, step.outcome)) for step in self._notes.steps)
        taken = Taken(
            move=move,
            before=world,
            after=after,
            settings=self._flow.pool,
            calls=self._driver.calls,
            messages=len(state.outbox),
            unpredicted=[f"{step.outcome} of {step.event} in {step.source}" for step in steps if not step.predicted],
            again=self._notes.again,
            unexpected=self._notes.unexpected,
            expired=any(step.event == EXPIRE for step in steps),
            told=steps[-1].outcome if steps and steps[-1].routed else None,
            honoured=honoured(world, state, self._clock.now()),
        )
        return self._performance(after, steps=steps, complaints=complaints(taken), cuts=self._cuts(world, hands))

    def _after(
        self, world: World, hands: Hands, sessions: Mapping[str, Session], state: PoolState, now: float
    ) -> World:
        session = sessions[world.session.key]
        held = learned(world, hands, session, state)
        others = tuple(sessions[other.key] for other in world.others if other.key in sessions)
        return tidy(self._world(world.person, session, state, held, now, others=others))

    def _world(
        self,
        person: Person,
        session: Session,
        state: PoolState,
        hands: Hands,
        now: float,
        *,
        others: tuple[Session, ...],
    ) -> World:
        meaning = self.family.spec.states[session.position.state].meaning
        return World(person=person, meaning=meaning, session=session, state=state, hands=hands, now=now, others=others)

    def _cuts(self, world: World, hands: Hands) -> tuple[World, ...]:
        cuts = self._notes.cuts or ()
        return tuple(self._after(world, hands, sessions, state, now) for sessions, state, now in cuts)

    # the stage itself

    @property
    def _simulator(self) -> Simulator:
        return cast("Simulator", self._driver.simulator)

    def _new_engine(self) -> Engine:
        engine = self._make_engine(
            cast("Flow", self._flow),
            self._driver,
            store=self._store,
            clock=self._clock,
            new_id=lambda: self._next_id,
            random=lambda size: size.to_bytes(size, "big"),
            on_step=self._note_step,
        )
        silence(engine)
        return engine

    def _note_step(self, step: Step) -> None:
        self._notes.steps.append(step)

    def _enter_world(self, world: World, index: int) -> None:
        sessions = {session.key: session for session in (world.session, *world.others)}
        self._enter(index, world.state.fork(), world.now, sessions)

    def _id(self, world: World) -> str:
        """The id under which callers know the session of a world: those beside the first one have ids of their own."""
        return self._ids.get(world.session.key, SESSION)

    def _enter(self, index: int, state: PoolState, now: float, sessions: dict[str, Session]) -> None:
        self._flow.enter(index)
        simulator = self._simulators.get(index)
        if simulator is None:
            pool = self._flow.pool
            simulator = Simulator(pool, seed=1, clock=self._clock, triggers=functions_for(pool), algorithm="HS256")
            self._simulators[index] = simulator
            self._flow.enter(index)
        simulator.state = state
        self._driver.enter(simulator)
        self._clock.move_to(now)
        self._store.sessions = sessions

    def _agreeing(self) -> Pools:
        questions, paths = self._flow.noted
        # A pool is created with or without a secret before anything of it is noted.
        paths |= {"client.generate_secret"}
        known = self._same.get((self._flow.index, questions, paths))
        if known is None:
            known = self.family.everything
            for question in (*questions, *(("setting", path) for path in paths)):
                known &= self.family.agreeing(question, self._flow.index)
            # Equal sets are one object: a set of many thousand pools is kept with every step.
            known = self._sets.setdefault(known, known)
            self._same[self._flow.index, questions, paths] = known
        return known

    def _performance(
        self,
        world: World,
        *,
        steps: tuple[Trodden, ...] = (),
        complaints: tuple[Complaint, ...] = (),
        cuts: tuple[World, ...] = (),
    ) -> Performance:
        # Others agree only if a session can stand there; what a caller sees of it need not be alike.
        self._flow.row(world.session.position.resting)
        notes, agreeing = self._notes, self._agreeing()
        snapshot = snapshot_of(cast("Flow", self._flow), self._id(world), world.session)
        return Performance(
            world=world,
            agreeing=agreeing,
            steps=steps,
            calls=tuple(self._driver.calls),
            seen=seen(snapshot, notes.raised),
            suspensions=notes.suspensions,
            complaints=complaints,
            cuts=cuts,
        )

    def _offer(self, session: Session) -> dict[str, Offered]:
        events = self._flow.positions[session.position.resting].events
        offered = accepts(cast("Flow", self._flow), session)
        return {name: Offered(events[name].action, fields) for name, fields in offered.items()}

    def _sending(self, world: World, event: str, answer: Answer) -> Coroutine[Any, Any, Any]:
        self._notes.typed = self._type(world, event, answer)
        return self._engine.send(self._id(world), event, **self._notes.typed)

    def _type(self, world: World, event: str, answer: Answer) -> dict[str, Any]:
        """What the user types; nothing for an event that is not accepted."""
        position = world.session.position.resting
        if event not in self._flow.positions[position].events:
            return {}
        fields = accepts(cast("Flow", self._flow), world.session)[event]
        return inputs_of(
            world, Offered(self._flow.positions[position].events[event].action, fields), answer, self._flow.pool
        )

    def _run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Step a coroutine to its end, and return what it returns; note what it raises, and where it suspends."""
        try:
            for _ in range(MOST_POINTS):
                coroutine.send(None)
                self._notes.suspensions += 1
                if self._notes.cuts is not None:
                    state = self._simulator.state.fork()
                    self._notes.cuts.append((dict(self._store.sessions), state, self._clock.now()))
        except StopIteration as stop:
            return stop.value
        except Exception as error:  # noqa: BLE001 (an engine that is explored may raise anything)
            self._note_raised(error)
            return None
        raise AssertionError(f"a send is suspended more than {MOST_POINTS} times")

    # moves

    def send(self, world: World, move: Move) -> None:
        """Let the user send an event."""
        self._run(self._sending(world, move.event, move.answer))

    def wait(self, world: World, move: Move) -> None:
        """Let time pass until something ends; none, where it is over."""
        coming = (at for name, at in world.deadlines if name == move.detail and at > world.now)
        self._clock.move_to(min(coming, default=world.now))

    def fault(self, world: World, move: Move) -> None:
        """Let a call of a send fail."""
        self._driver.fail(move.detail, move.at)
        self.send(world, move)

    def crash(self, world: World, move: Move) -> None:
        """Let the process die at a suspension point of a send."""
        coroutine = self._sending(world, move.event, move.answer)
        going = all(self._goes_on(coroutine) for _ in range(move.at + 1))
        coroutine.close()
        if going:
            self._engine = self._new_engine()

    def race(self, world: World, move: Move) -> None:
        """Send an event twice at once, the second time at a suspension point of the first."""
        first = self._sending(world, move.event, move.answer)
        going = [first] if all(self._goes_on(first) for _ in range(move.at + 1)) else []
        other = self._new_engine() if move.detail else self._engine
        if not (move.detail and self._committed(world)):
            going.insert(0, other.send(self._id(world), move.event, **self._notes.typed))
        for _ in range(MOST_POINTS):
            going = [coroutine for coroutine in going if self._goes_on(coroutine)]
            if not going:
                return
        raise AssertionError("two sends wait for each other")

    def _committed(self, world: World) -> bool:
        """Whether a send is over, as far as another process can tell: an equal one is another send then."""
        session = self._store.sessions[world.session.key]
        return session.claim is None and session.revision != world.session.revision

    def _goes_on(self, coroutine: Coroutine[Any, Any, Any]) -> bool:
        try:
            coroutine.send(None)
        except StopIteration:
            return False
        except Exception as error:  # noqa: BLE001 (an engine that is explored may raise anything)
            self._note_raised(error)
            return False
        return True

    def _note_raised(self, error: Exception) -> None:
        self._notes.raised = type(error).__name__
        if not isinstance(error, EXPECTED):
            self._notes.unexpected = self._notes.raised

    def repeat(self, world: World, move: Move) -> None:
        """Send an event with an idempotency key, and then once more with the same key."""
        self._notes.typed = self._type(world, move.event, move.answer)
        session_id = self._id(world)
        first = self._run(self._engine.send(session_id, move.event, key="again", **self._notes.typed))
        made = len(self._driver.calls)
        second = self._run(self._engine.send(session_id, move.event, key="again", **self._notes.typed))
        same = first is None or (second is not None and seen(first, None) == seen(second, None))
        self._notes.again = len(self._driver.calls) - made, same
        key = world.session.key
        self._store.sessions[key] = attrs.evolve(self._store.sessions[key], keyed=())

    def insist(self, world: World, move: Move) -> None:
        """Send something once more, after as many times as the pool lets pass; a wrong answer, if there is one."""
        exhaust(self._simulator.state, self._clock.now())
        self.send(world, move)

    def administrator(self, world: World, move: Move) -> None:
        """Let the administrator do something to the user."""
        user = world.user
        try:
            DEEDS[move.detail](self._simulator, user.username if user is not None else world.person.username)
        except PoolError as refusal:
            self._notes.raised = refusal.exception

    def elsewhere(self, world: World, move: Move) -> None:
        """Let the user do something in another browser, as another session of another engine would."""
        codes = {purpose: received[0] for purpose, received in world.hands.codes.items()}
        user = world.user
        name = user.username if user is not None else world.person.username
        try:
            BROWSED[move.detail](self._simulator, name, codes)
        except PoolError as refusal:
            self._notes.raised = refusal.exception


PERFORMED: Final[Mapping[str, Callable[[Stage, World, Move], None]]] = {
    "administrator": Stage.administrator,
    "crash": Stage.crash,
    "elsewhere": Stage.elsewhere,
    "fault": Stage.fault,
    "insist": Stage.insist,
    "race": Stage.race,
    "repeat": Stage.repeat,
    "send": Stage.send,
    "wait": Stage.wait,
}
"""What is done for each kind of move."""
