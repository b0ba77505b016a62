"""Defects that are planted on purpose, in a flow or in an engine, and the law that each breaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs
from attrs import define, frozen

from flowengine.actions.model import TOKENS, Result
from flowengine.engine import Driver, Engine
from flowengine.engine.exchange import Exchange, Send
from flowengine.errors import CognitoAnswerLost
from flowengine.library import read
from flowengine.machine import Flow
from flowengine.session import NOTHING, Position, Session, Snapshot
from flowengine.spec import FlowSpec

__all__ = ["ALONE", "TOGETHER", "Planted", "planted_spec"]

VERIFIED: Final = "phone-username-sms-verification"


@frozen
class Planted:
    """
    A defect.

    Args:
        law: The law that it breaks.
        flow: The healthy flow.
        overlay: What is laid over it, in YAML.
        engine: What makes the engine.
    """

    law: str
    flow: str
    overlay: str = ""
    engine: Callable[..., Engine] = Engine


def planted_spec(folder: Path, planted: Planted) -> FlowSpec:
    """Return the flow of a defect."""
    path = folder / "planted.yaml"
    path.write_text(f"flowengine: 1\nname: planted\nextends: {planted.flow}\n{planted.overlay}")
    return read(path)


# what one session shows


class NeverClaims(Engine):
    """Calls without a claim."""

    async def _act(self, session: Session, send: Send, _session_id: str) -> Session:
        following, exchange = await self._call_and_commit(session, send)
        self._tell(session, following, exchange)
        return following


class IgnoresKeys(Engine):
    """Takes a second send with the same key for another send."""

    async def send(self, session_id: str, event: str, /, *, key: str | None = None, **inputs: Any) -> Snapshot:
        del key
        return await super().send(session_id, event, **inputs)


@define
class _Insistent:
    """A driver that calls again when an answer is lost."""

    driver: Driver

    @property
    def user_pool_id(self) -> str:
        return self.driver.user_pool_id

    async def call(self, operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return await self.driver.call(operation, request)
        except CognitoAnswerLost:
            return await self.driver.call(operation, request)


class CallsAgain(Engine):
    """Calls again when an answer is lost."""

    def __init__(self, flow: Flow, driver: Driver, **rest: Any) -> None:
        super().__init__(flow, _Insistent(driver), **rest)


class KeepsTokens(Engine):
    """Lets a session keep its tokens, whatever becomes of it."""

    def _next(self, session: Session, exchange: Exchange, *, carried: Mapping[str, Any] = NOTHING) -> Session:
        following = super()._next(session, exchange, carried=carried)
        kept = {TOKENS: session.facts[TOKENS]} if TOKENS in session.facts else {}
        return attrs.evolve(following, facts={**kept, **following.facts})


class Misreads(Engine):
    """Takes a code that is wrong for a challenge that no such flow knows."""

    def _next(self, session: Session, exchange: Exchange, *, carried: Mapping[str, Any] = NOTHING) -> Session:
        if exchange.result.outcome == "CodeMismatchException":
            exchange = attrs.evolve(exchange, result=Result("SOFTWARE_TOKEN_USED"))
        return super()._next(session, exchange, carried=carried)

    def _tell(self, before: Session, after: Session, exchange: Exchange) -> None:
        if exchange.result.outcome == "CodeMismatchException":
            exchange = attrs.evolve(exchange, result=Result("SOFTWARE_TOKEN_USED"))
        super()._tell(before, after, exchange)


class ConcealsSignUps(Engine):
    """Does not tell of steps that lead to where a code is waited for."""

    def _tell(self, before: Session, after: Session, exchange: Exchange) -> None:
        if after.position.state != "unconfirmed":
            super()._tell(before, after, exchange)


class LetsEverybodyIn(Engine):
    """Takes whom the pool turns away for who they are for one who is signed in."""

    def _next(self, session: Session, exchange: Exchange, *, carried: Mapping[str, Any] = NOTHING) -> Session:
        following = super()._next(session, exchange, carried=carried)
        away = exchange.result.outcome in ("USER_DISABLED", "PasswordResetRequiredException") and not session.facts.get(
            TOKENS
        )
        return attrs.evolve(following, position=Position("signed_in")) if away else following


ALONE: Final[Mapping[str, Planted]] = {
    "calls without a claim": Planted("at most once", VERIFIED, engine=NeverClaims),
    "ignores keys": Planted("at most once", VERIFIED, engine=IgnoresKeys),
    "calls again after a lost answer": Planted("at most once", VERIFIED, engine=CallsAgain),
    "keeps tokens": Planted("no token early", VERIFIED, engine=KeepsTokens),
    "misreads outcomes": Planted("prediction", VERIFIED, engine=Misreads),
    "conceals steps": Planted("replay", VERIFIED, engine=ConcealsSignUps),
    "takes a sign-up for a confirmation": Planted(
        "recovery", VERIFIED, "states: {signed_out: {on: {sign_up: {to: {UNCONFIRMED: confirmed}}}}}"
    ),
    "lets everybody in": Planted("no bypass", VERIFIED, engine=LetsEverybodyIn),
}
"""What one person comes upon, by what is wrong."""


# what several sessions show


class OneSetOfFacts(Engine):
    """Works with the facts of the session that it saw last, where that stands at the same place."""

    last: Session | None = None

    async def _call_and_commit(self, session: Session, send: Send) -> tuple[Session, Exchange]:
        last, self.last = self.last, session
        if last is not None and last.position == session.position:
            session = attrs.evolve(session, facts=last.facts)
        return await super()._call_and_commit(session, send)


class OneSession(Engine):
    """Writes what comes of a send to the session that it has seen first, where that stands at the same revision."""

    first: str | None = None

    async def _commit(self, session: Session, following: Session) -> None:
        self.first = self.first or session.key
        other = await self._store.get(self.first)
        if other is not None and other.key != session.key and other.revision == following.revision - 2:
            await self._store.replace(attrs.evolve(following, key=other.key), revision=other.revision)
        await super()._commit(session, following)


class OneSend(Engine):
    """Keeps the send that it works on where all sends find it: until another one comes, nothing is wrong."""

    sent: Send

    async def _act(self, session: Session, send: Send, session_id: str) -> Session:
        self.sent = send
        return await super()._act(session, send, session_id)

    async def _call_and_commit(self, session: Session, send: Send) -> tuple[Session, Exchange]:
        inputs = {name: self.sent.inputs.get(name, value) for name, value in send.inputs.items()}
        return await super()._call_and_commit(session, attrs.evolve(send, inputs=inputs))


TOGETHER: Final[Mapping[str, Planted]] = {
    "uses the facts of another session": Planted("no crosstalk", VERIFIED, engine=OneSetOfFacts),
    "writes to one session": Planted("no crosstalk", VERIFIED, engine=OneSession),
    "keeps one send": Planted("no crosstalk", VERIFIED, engine=OneSend),
}
"""What takes several sessions to come upon, by what is wrong; the last one takes sends at the same time."""
