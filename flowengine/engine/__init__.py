"""The asynchronous loop: the only place where a session, a call to Cognito and a step of the machine meet.

A send claims its session, calls, classifies, steps and commits. The claim is written before the call, so of two sends
at once one acts; it also tells a later send that a process died in between, whose answer is then lost. The engine is
handed a driver (what reaches Cognito), a store and a clock, and knows none of them by name.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import attrs

from flowengine.actions.model import ANSWER_LOST, EXPIRED, Action, Call, Result
from flowengine.engine.calls import Caller
from flowengine.engine.exchange import Exchange, Send
from flowengine.engine.flight import Abandoned, Flight, Traffic, is_cancelled
from flowengine.engine.following import deadline, session_after
from flowengine.engine.guard import GuardedStore
from flowengine.engine.hints import sms_hint
from flowengine.engine.keys import KEYS_KEPT, committed, session_key, short, with_key
from flowengine.engine.log import Log
from flowengine.engine.protocols import Clock, Driver, Store, SystemClock
from flowengine.engine.view import accepts, snapshot_of
from flowengine.errors import (
    CognitoUnavailable,
    EventNotAccepted,
    FlowEngineError,
    InputInvalid,
    PoolMissing,
    SessionConflict,
    SessionNotFound,
)
from flowengine.fields import check_inputs
from flowengine.machine import EXPIRE, Flow
from flowengine.replay import Step
from flowengine.session import NOTHING, Claim, Session, Snapshot
from flowengine.settings import PoolSettings

__all__ = ["CLAIM_SECONDS", "KEYS_KEPT", "Clock", "Driver", "Engine", "Store", "SystemClock"]

CLAIM_SECONDS: Final = 60.0
"""How long a claim holds: longer than any call with its retries can take, so that only a dead process outlives it."""

MAX_KEY: Final = 128
"""The most characters of an idempotency key."""

_GIVEN_UP: Final = "the session was ended, or given up as lost, while its call was under way"


class Engine:
    """
    Runs sessions through one flow, in one event loop at a time.

    Args:
        flow: The compiled flow.
        driver: What reaches Cognito: a `Cognito`, or a simulator's `cognito()`.
        store: Where sessions are kept; None for a `MemoryStore` of its own.
        clock: Where time comes from; None for the system's.
        new_id: Makes session ids; they must be unguessable. None for 256 random bits.
        random: Gives so many random bytes, for the proofs of passwords.
        on_step: Called with each step once it is committed, secrets and all; a `Recorder`'s `record`, say.

    Raises:
        PoolMissing: The flow was compiled without pool settings.
    """

    def __init__(
        self,
        flow: Flow,
        driver: Driver,
        *,
        store: Store | None = None,
        clock: Clock | None = None,
        new_id: Callable[[], str] | None = None,
        random: Callable[[int], bytes] = secrets.token_bytes,
        on_step: Callable[[Step], None] | None = None,
    ) -> None:
        if flow.pool is None:
            raise PoolMissing(f"{flow.name} declares no pool: load it with pool=PoolSettings(...) to run it")
        if store is None:
            from flowengine import MemoryStore  # noqa: PLC0415

            store = MemoryStore()
        self.flow = flow
        self._store = GuardedStore(store)
        self._clock = clock or SystemClock()
        self._new_id = new_id or secrets.token_urlsafe
        self._on_step = on_step
        self._traffic: dict[str, Traffic] = {}
        self._closed = False
        self._log = Log(flow=flow.name)
        self._caller = Caller(driver, self._clock, random, self._log)

    def __repr__(self) -> str:
        return f"<Engine of {self.flow.name} {self.flow.fingerprint}>"

    # what callers use

    async def start(self) -> Snapshot:
        """
        Start a session and return its first snapshot. Its id is the key to it: keep it as a secret.

        Raises:
            StoreUnavailable: The store failed; no session was started.
        """
        self._check_open()
        session_id = self._new_id()
        session = Session(
            key=session_key(session_id),
            flow=self.flow.fingerprint,
            position=self.flow.initial,
            deadline=deadline(self.flow, self.flow.initial, self._clock.now()),
        )
        await self._store.create(session)
        self._log().info("flow.start", session=short(session.key), state=session.position.state)
        return snapshot_of(self.flow, session_id, session)

    async def send(self, session_id: str, event: str, /, *, key: str | None = None, **inputs: Any) -> Snapshot:
        """
        Send an event and return what it led to.

        What Cognito answers is part of the snapshot: a refusal shows as its `error`. Cancelling a send does not cut a
        call in two: the call is finished and committed first.

        Args:
            session_id: The session, from `Snapshot.id`.
            event: One of the events that the last snapshot accepts.
            key: An idempotency key. A send whose key the session remembers returns what was committed under it.
            inputs: The event's fields.

        Raises:
            EventNotAccepted: The event is not accepted where the session stands.
            InputInvalid: A field is missing, unknown, of the wrong type or outside its limits.
            SessionNotFound: There is no such session.
            SessionConflict: Another send is being worked on. An equal one is joined instead.
            CognitoUnavailable: Cognito could not be reached; the session is as it was.
            StoreUnavailable: The store failed. If a call had been made, its answer counts as lost.
        """
        self._check_open()
        _check_names(event, key)
        store_key = session_key(session_id)
        traffic = self._traffic.get(store_key)
        if traffic is None:
            traffic = self._traffic[store_key] = Traffic()
        landed = traffic.landed()
        traffic.senders += 1
        try:
            session, send = None, Send.of(event, key, inputs)
            while session is None:
                session = await self._send(session_id, send, traffic, landed)
        finally:
            traffic.senders -= 1
            if not traffic.senders:
                del self._traffic[store_key]
        return snapshot_of(self.flow, session_id, session)

    async def get(self, session_id: str, /) -> Snapshot:
        """
        Return a session as it stands. What time or a crash has brought on is committed first.

        Raises:
            SessionNotFound: There is no such session.
            StoreUnavailable: The store failed.
        """
        store_key = session_key(session_id)
        while True:
            session = await self._load(store_key)
            overdue = self._overdue(session)
            if overdue is None:
                return snapshot_of(self.flow, session_id, session)
            await self._settle(session, *overdue, session_id)

    async def end(self, session_id: str, /) -> None:
        """
        Forget a session. What it did in the user pool stays done.

        Raises:
            SessionNotFound: There is no such session.
            StoreUnavailable: The store failed.
        """
        session = await self._load(session_key(session_id))
        await self._store.delete(session.key)
        self._log().info("flow.end", session=short(session.key), state=session.position.state)

    async def close(self) -> None:
        """Accept no more sends, and wait until those that are being worked on are committed."""
        self._closed = True
        for traffic in list(self._traffic.values()):
            if traffic.flying is not None:
                await traffic.flying.settled()
        self._caller.close()

    # checks

    def _check_open(self) -> None:
        if self._closed:
            raise FlowEngineError("the engine is closed")

    async def _load(self, store_key: str) -> Session:
        session = await self._store.get(store_key)
        if session is None:
            raise SessionNotFound("no session has this id; it may have been ended")
        if session.flow != self.flow.fingerprint:
            raise SessionConflict(f"the session walks another flow, or another version of {self.flow.name}")
        return session

    def _check_send(self, session: Session, event: str, inputs: Mapping[str, Any]) -> None:
        accepted = accepts(self.flow, session)
        if event not in accepted:
            known = ", ".join(accepted) or "nothing"
            raise EventNotAccepted(f"{session.position.state} does not accept {event!r}; it accepts {known}")
        check_inputs(event, accepted[event], inputs)
        for check in self.flow.positions[session.position].events[event].checks:
            for name, complaint in check(cast("PoolSettings", self.flow.pool), inputs):
                raise InputInvalid(f"{event}: {complaint}", field=name)

    # what time and crashes have brought on

    def _overdue(self, session: Session) -> tuple[str, str] | None:
        """The event and outcome that must be committed before anything else, if there is one."""
        now = self._clock.now()
        if session.claim is not None:
            traffic = self._traffic.get(session.key)
            lost = now >= session.claim.until and (traffic is None or traffic.flying is None)
            return (session.claim.event, ANSWER_LOST) if lost else None
        return (EXPIRE, EXPIRED) if session.deadline is not None and now >= session.deadline else None

    async def _settle(
        self, session: Session, event: str, outcome: str, session_id: str, met_by: Send | None = None
    ) -> Session | None:
        """
        Commit an overdue outcome, under the key of the send that met it, too, where that is all that comes of it.

        None: another send has changed the session meanwhile.
        """
        exchange = Exchange(event, Result(outcome))
        settled = self._next(session, exchange)
        keys = {} if session.claim is None else {session.claim.key: session.claim.event}
        if met_by is not None and _ends(session, settled):
            keys.setdefault(met_by.key, met_by.event)
        for key, keyed_event in keys.items():
            settled = settled if key is None else with_key(settled, key, keyed_event)
        if not await self._store.replace(settled, revision=session.revision):
            return None
        self._tell(session, settled, exchange)
        await self._enter(session, settled, session_id)
        return settled

    # one send

    async def _send(self, session_id: str, send: Send, traffic: Traffic, landed: tuple[Flight, ...]) -> Session | None:
        """Work on a send, or share the flight of an equal one. None: the session has changed meanwhile, look again."""
        session = await self._load(session_key(session_id))
        earlier = committed(session, send.key, send.event)
        if earlier is not None:
            return earlier
        try:
            flight = traffic.equal(send, before=landed)
            if flight is not None:
                return await flight.join()
            overdue = self._overdue(session)
            if overdue is not None:
                settled = await self._settle(session, *overdue, session_id, send)
                return settled if settled is not None and _ends(session, settled) else None
            if session.position.event is None:
                self._check_send(session, send.event, send.inputs)
            if session.claim is not None or traffic.flying is not None:
                raise SessionConflict(f"another send is being worked on, so {send.event!r} was not sent")
            self._check_open()
            flight = Flight(send)
            traffic.add(flight)
            return await flight.run(self._act(session, send, session_id))
        except Abandoned:
            return None

    async def _act(self, session: Session, send: Send, session_id: str) -> Session:
        """Claim, then call and commit, as often as the event's chain has actions."""
        claimed = session.claimed(self._claim(send))
        if not await self._store.replace(claimed, revision=session.revision):
            raise Abandoned
        session = claimed
        try:
            while session.claim is not None:
                before = session
                session, exchange = await self._call_and_commit(before, send)
                self._tell(before, session, exchange)
                await self._enter(before, session, session_id)
        except (Exception, asyncio.CancelledError) as error:
            if session.claim is None:
                raise
            if isinstance(error, CognitoUnavailable) and self._row(session, send).perform is None:
                return await self._unsent(session, send, session_id, error)
            await self._settle(session, send.event, ANSWER_LOST, session_id)
            raise
        return session

    async def _unsent(self, session: Session, send: Send, session_id: str, error: CognitoUnavailable) -> Session:
        """Give a session back as it was; in the middle of a chain, where its first calls have led."""
        if session.position.event is None:
            await self._commit(session, attrs.evolve(session, claim=None, revision=session.revision + 1))
            raise error
        settled = await self._settle(session, send.event, ANSWER_LOST, session_id)
        if settled is None:
            raise SessionConflict(_GIVEN_UP)
        return settled

    def _row(self, session: Session, send: Send) -> Action:
        return self.flow.positions[session.position].events[send.event].row

    def _claim(self, send: Send) -> Claim:
        return Claim(send.event, self._clock.now() + CLAIM_SECONDS, send.key)

    async def _call_and_commit(self, session: Session, send: Send) -> tuple[Session, Exchange]:
        accepted = self.flow.positions[session.position].events[send.event]
        call = Call(send.inputs, session.facts, accepted.options, session.position.pending, send.computed)
        exchange = await self._caller.exchange(accepted.row, call, send)
        following = self._next(session, exchange, carried=send.over(session.facts))
        if following.position.event is not None:
            following = attrs.evolve(following, claim=self._claim(send))
        elif send.key is not None:
            following = with_key(following, send.key, send.event)
        await self._commit(session, following)
        return following, exchange

    async def _commit(self, session: Session, following: Session) -> None:
        if not await self._store.replace(following, revision=session.revision):
            raise SessionConflict(_GIVEN_UP)

    def _next(self, session: Session, exchange: Exchange, *, carried: Mapping[str, Any] = NOTHING) -> Session:
        return session_after(self.flow, session, exchange, self._clock.now(), carried=carried)

    # what is told

    def _tell(self, before: Session, after: Session, exchange: Exchange) -> None:
        self._log().info(
            "flow.step",
            session=short(after.key),
            step_event=exchange.event,
            outcome=exchange.result.outcome,
            source=self.flow.names[before.position],
            target=self.flow.names[after.position],
            revision=after.revision,
        )
        hint = sms_hint(before, exchange.result)
        if hint is not None:
            self._log().warning("sms.undelivered", session=short(after.key), outcome=exchange.result.outcome, hint=hint)
        if self._on_step is not None:
            self._on_step(
                Step(
                    event=exchange.event,
                    inputs=exchange.inputs,
                    operation=exchange.operation,
                    request=exchange.request,
                    answer=exchange.answer,
                    outcome=exchange.result.outcome,
                    source=before.position,
                    target=after.position,
                    at=self._clock.now(),
                )
            )

    async def _enter(self, before: Session, after: Session, session_id: str) -> None:
        """Run the hook of a state that a session has come to rest in, from another one."""
        event = before.position.event
        origin = event.rpartition(".")[0] if event else before.position.state
        hook = self.flow.hooks.get(after.position.state)
        if hook is None or after.position.event is not None or after.position.state == origin:
            return
        try:
            await hook.run(snapshot_of(self.flow, session_id, after))
        except (Exception, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and is_cancelled():
                raise
            self._log().error("hook.failed", hook=hook.name, error=type(error).__name__, session=short(after.key))


def _ends(before: Session, settled: Session) -> bool:
    """Whether an overdue outcome leaves nothing to do for the send that met it."""
    return before.claim is None or settled.position != before.position


def _check_names(event: object, key: object) -> None:
    if not isinstance(event, str):
        raise EventNotAccepted(f"an event is a text, not {type(event).__name__}")
    if key is not None and not (isinstance(key, str) and key.isprintable() and 0 < len(key) <= MAX_KEY):
        raise InputInvalid(f"a key is a text of 1 to {MAX_KEY} printable characters", field="key")
