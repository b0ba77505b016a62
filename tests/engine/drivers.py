"""What the tests of the engine share: a walk through a flow, and drivers and stores that count, suspend and fail."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs

import flowengine as fe
from flowengine.engine import Driver, Store
from flowengine.replay import Recorder
from flowengine.session import Session

T = TypeVar("T")

PHONE: Final = "+15555550100"
EMAIL: Final = "ada@example.com"
NAME: Final = "ada"
PASSWORD: Final = "Correct-horse-7"
WRONG: Final = "Wrong-horse-7"

PHONE_FLOW: Final = fe.load("phone-sms-mfa")
VERIFY_PHONE: Final = fe.Verification(auto_verified_attributes=("phone_number",))
VERIFY_EMAIL: Final = fe.Verification(auto_verified_attributes=("email",))
OPTIONAL_MFA: Final = fe.PoolSettings(verification=VERIFY_PHONE, mfa=fe.Mfa(mode="optional", factors=("sms",)))

CHAIN: Final = """\
flowengine: 1
name: chained
summary: Confirming signs in with the same send.
extends: standard
states:
  unconfirmed:
    on:
      confirm_and_sign_in:
        action: confirm_sign_up
        with: {auth_flow: USER_PASSWORD_AUTH}
        then: {CONFIRMED: initiate_auth}
        to:
          use: authentication
          CONFIRMED: confirmed
          ALREADY_CONFIRMED: confirmed
          UserNotFoundException: signed_out
"""


def chained_flow(folder: Path) -> fe.Flow:
    """Return a flow in which one event confirms and signs in: two calls by one send."""
    path = folder / "chained.yaml"
    path.write_text(CHAIN)
    return fe.load(path, pool=PHONE_FLOW.pool)


@types.coroutine
def pause() -> Generator[None, None, None]:
    """Suspend once, with or without an event loop."""
    yield


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Step a coroutine to its end, without an event loop."""
    while True:
        try:
            coroutine.send(None)
        except StopIteration as stop:
            result: T = stop.value
            return result


def texts(value: Any) -> Iterator[str]:
    """Yield every text inside a value, also those that its repr leaves out."""
    if isinstance(value, bytes):
        yield value.decode(errors="replace")
    elif isinstance(value, Mapping):
        for pair in value.items():
            yield from texts(pair)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from texts(item)
    elif attrs.has(type(value)):
        yield repr(value)
        yield from texts([getattr(value, attribute.name) for attribute in attrs.fields(type(value))])
    else:
        yield str(value)


class Line:
    """
    The way to the user pool: counts the calls and, on command, holds, answers or suspends them.

    Args:
        inner: The driver that calls are passed on to.
        pauses: Whether each call suspends once before and once after it takes effect.
    """

    def __init__(self, inner: Driver, *, pauses: bool = False) -> None:
        self.inner = inner
        self.pauses = pauses
        self.calls: list[str] = []
        self.answers: list[Mapping[str, Any] | Exception] = []
        self.entered = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    @property
    def user_pool_id(self) -> str:
        """The pool's id."""
        return self.inner.user_pool_id

    async def call(self, operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make one call, or give the next of `answers` in its place."""
        self.calls.append(operation)
        self.entered.set()
        if self.pauses:
            await pause()
        await self.open.wait()
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        answer = await self.inner.call(operation, request)
        if self.pauses:
            await pause()
        return answer

    def hold(self) -> None:
        """Let calls wait until `release`."""
        self.entered.clear()
        self.open.clear()

    def release(self) -> None:
        """Let the calls go on that wait."""
        self.open.set()


class PausingStore(fe.MemoryStore):
    """Keeps sessions in memory, and suspends once before and once after each operation takes effect."""

    async def get(self, key: str) -> Session | None:
        """Return the session with this key, or None."""
        await pause()
        session = await super().get(key)
        await pause()
        return session

    async def replace(self, session: Session, *, revision: int) -> bool:
        """Put a session in the place of its earlier self, if that still stands at `revision`."""
        await pause()
        replaced = await super().replace(session, revision=revision)
        await pause()
        return replaced


class StallingStore(fe.MemoryStore):
    """Keeps sessions in memory; its first `get` after `stall` has read, and answers only after `release`."""

    def __init__(self) -> None:
        super().__init__()
        self._stalls = False
        self._released = asyncio.Event()
        self.stalled = asyncio.Event()

    def stall(self) -> None:
        """Stall the next `get`."""
        self._stalls = True

    def release(self) -> None:
        """Let the `get` that stalls go on."""
        self._released.set()

    async def get(self, key: str) -> Session | None:
        """Return the session with this key, or None."""
        session = await super().get(key)
        if self._stalls:
            self._stalls = False
            self.stalled.set()
            await self._released.wait()
        return session


class FailingStore(fe.MemoryStore):
    """Keeps sessions in memory, and fails as often as `failures` says after letting `passes` replacements through."""

    def __init__(self) -> None:
        super().__init__()
        self.passes = 0
        self.failures = 0

    async def replace(self, session: Session, *, revision: int) -> bool:
        """Put a session in the place of its earlier self, or fail."""
        if self.failures and not self.passes:
            self.failures -= 1
            raise fe.StoreUnavailable("the store is away")
        self.passes = max(0, self.passes - 1)
        return await super().replace(session, revision=revision)


class Walk:
    """
    One user's walk through a flow, on a simulated pool.

    Args:
        flow: The flow.
        store: Where the session is kept; None for a `MemoryStore`.
        username: What the user signs up with.
        attributes: The user's attributes.
        pauses: Whether calls suspend.
    """

    def __init__(
        self,
        flow: fe.Flow = PHONE_FLOW,
        *,
        store: Store | None = None,
        username: str = PHONE,
        attributes: Mapping[str, str] | None = None,
        pauses: bool = False,
    ) -> None:
        assert flow.pool is not None
        self.flow = flow
        self.username = username
        self.attributes = dict(attributes or {})
        self.simulator = fe.Simulator(flow.pool, seed=1)
        self.clock = self.simulator.clock
        self.line = Line(self.simulator.cognito(), pauses=pauses)
        self.store: Store = store if store is not None else fe.MemoryStore()
        self.recorder = Recorder(flow)
        self.engine = self.another_engine()
        self.id = ""

    def another_engine(self) -> fe.Engine:
        """Return an engine over the same pool and store."""
        return fe.Engine(self.flow, self.line, store=self.store, clock=self.clock, on_step=self.recorder.record)

    @property
    def calls(self) -> list[str]:
        """The operations that were called."""
        return self.line.calls

    @property
    def code(self) -> str:
        """The code that the user received last."""
        return self.simulator.outbox[-1].code

    async def send(self, event: str, /, *, key: str | None = None, **inputs: Any) -> fe.Snapshot:
        """Send an event."""
        snapshot = await self.engine.send(self.id, event, key=key, **inputs)
        assert (snapshot.tokens is not None) == (snapshot.meaning == "signed_in")
        return snapshot

    async def get(self) -> fe.Snapshot:
        """Return the session as it stands."""
        return await self.engine.get(self.id)

    async def stored(self) -> Session:
        """Return the session as the store holds it."""
        (key,) = self.store._sessions  # type: ignore[attr-defined]
        session = await self.store.get(key)
        assert session is not None
        return session

    async def sign_up(self) -> fe.Snapshot:
        """Send `sign_up` with what this user types."""
        return await self.send("sign_up", username=self.username, password=PASSWORD, attributes=self.attributes)

    async def go_on(self) -> fe.Snapshot:
        """Send what leads on from where the session stands, as a user with the right answers would."""
        snapshot = await self.get()
        if snapshot.state == "unconfirmed":
            if snapshot.error or snapshot.delivery is None:
                snapshot = await self.send("resend")
            return await self.send("confirm", code=self.code) if snapshot.state == "unconfirmed" else snapshot
        if snapshot.state == "mfa_challenge" and snapshot.error is None:
            return await self.send("answer", code=self.code)
        named = {"username": self.username} if any(f.name == "username" for f in snapshot.accepts["sign_in"]) else {}
        signed_in = await self.send("sign_in", password=PASSWORD, **named)
        unknown = {"INCORRECT_USERNAME_OR_PASSWORD", "UserNotFoundException"}
        return await self.sign_up() if signed_in.error and signed_in.error.code in unknown else signed_in

    async def finish(self) -> fe.Snapshot:
        """Go on until the user is signed in."""
        for _ in range(8):
            snapshot = await self.get()
            if snapshot.state == "signed_in":
                break
            snapshot = await self.go_on()
        return snapshot

    async def to(self, state: str) -> fe.Snapshot:
        """Start a session, and lead it to a state on the shortest way."""
        snapshot = await self.engine.start()
        self.id = snapshot.id
        if state != "signed_out":
            snapshot = await self.sign_up()
        while snapshot.state != state:
            snapshot = await self.go_on()
        return snapshot


async def walk_to(state: str, flow: fe.Flow = PHONE_FLOW, **options: Any) -> Walk:
    """Return a walk that stands at a state, with its calls counted from there."""
    walk = Walk(flow, **options)
    await walk.to(state)
    walk.calls.clear()
    return walk
