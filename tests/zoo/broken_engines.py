"""Animals whose engine claims, commits, remembers or counts time wrongly."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

import attrs
from animal import Animal
from habitats import MEMBERS, MFA_ALONE, NEWCOMERS, SMS_MFA

from flowengine.actions.model import CHALLENGE_SESSION, EXPIRED, TOKENS, UNKNOWN_CHALLENGE, USERNAME, Call
from flowengine.engine import Engine
from flowengine.engine.exchange import Exchange, Send
from flowengine.machine import EXPIRE
from flowengine.session import NOTHING, Claim, Position, Session, Snapshot, Tokens

__all__ = ["BROKEN_ENGINES", "forged"]

LONGEST: Final = 24 * 3600
"""As long as any state of these flows lasts, in seconds."""


def forged(now: float) -> Tokens:
    """Return tokens that no pool has issued."""
    claims = base64.urlsafe_b64encode(json.dumps({"exp": now + 3600}).encode()).decode().rstrip("=")
    token = f"e30.{claims}.e30"
    return Tokens(access_token=token, id_token=token, refresh_token="none", expires_in=3600)


# claims


class NeverClaims(Engine):
    """Calls without a claim."""

    async def _act(self, session: Session, send: Send, _session_id: str) -> Session:
        while True:
            before = session
            session, exchange = await self._call_and_commit(before, send)
            self._tell(before, session, exchange)
            if session.claim is None:
                return session


class ClaimsLate(Engine):
    """Calls, and then claims and commits."""

    async def _act(self, session: Session, send: Send, _session_id: str) -> Session:
        accepted = self.flow.positions[session.position].events[send.event]
        call = Call(send.inputs, session.facts, accepted.options, session.position.pending, send.computed)
        exchange = await self._caller.exchange(accepted.row, call, send)
        claimed = session.claimed(self._claim(send))
        await self._store.replace(claimed, revision=session.revision)
        following = self._next(claimed, exchange, carried=send.over(session.facts))
        await self._commit(claimed, following)
        self._tell(claimed, following, exchange)
        return following


class NeverGivesUp(Engine):
    """Waits for a dead process for ever."""

    def _overdue(self, session: Session) -> tuple[str, str] | None:
        return None if session.claim is not None else super()._overdue(session)


class BelievesInCrashes(Engine):
    """Takes the claim of a dead process for the success of its call."""

    def _overdue(self, session: Session) -> tuple[str, str] | None:
        overdue = super()._overdue(session)
        if overdue is None or session.claim is None:
            return overdue
        event = session.claim.event
        return event, min(self._successes(session.position, event), default=overdue[1])

    def _successes(self, position: Position, event: str) -> list[str]:
        row = self.flow.positions[position].events[event].row
        possible = row.successful - row.gives.keys() - {UNKNOWN_CHALLENGE}
        return [outcome for outcome in possible if self.flow.edge(position, event, outcome) is not None]


class ShortClaims(Engine):
    """Takes every claim of another process for one of a dead one."""

    def _claim(self, send: Send) -> Claim:
        return Claim(send.event, self._clock.now(), send.key)


# commits


class IgnoresRefusals(Engine):
    """Commits nothing after a refusal."""

    async def _commit(self, session: Session, following: Session) -> None:
        if following.error is not None:
            following = attrs.evolve(session, claim=None, revision=following.revision)
        await super()._commit(session, following)


class SpeaksEarly(Engine):
    """Returns what came of a call, and commits no more than that the claim is over."""

    async def _commit(self, session: Session, following: Session) -> None:
        free = attrs.evolve(session, claim=None, revision=following.revision)
        await super()._commit(session, following if following.claim is not None else free)


class IgnoresKeys(Engine):
    """Takes a second send with the same key for another send."""

    async def send(self, session_id: str, event: str, /, *, key: str | None = None, **inputs: Any) -> Snapshot:
        del key
        return await super().send(session_id, event, **inputs)


class ForgetsErrors(Engine):
    """Returns the session that it has committed under a key without what went wrong."""

    async def _commit(self, session: Session, following: Session) -> None:
        keyed = [attrs.evolve(one, committed=attrs.evolve(one.committed, error=None)) for one in following.keyed]
        await super()._commit(session, attrs.evolve(following, keyed=tuple(keyed)))


# facts and time


class Following(Engine):
    """Changes the session that follows an outcome."""

    def _next(self, session: Session, exchange: Exchange, *, carried: Mapping[str, Any] = NOTHING) -> Session:
        return self._changed(session, super()._next(session, exchange, carried=carried))

    def _changed(self, session: Session, following: Session) -> Session:
        raise NotImplementedError


class KeepsFacts(Following):
    """Drops no fact, whatever becomes of a session."""

    def _changed(self, session: Session, following: Session) -> Session:
        return attrs.evolve(following, facts={**session.facts, **following.facts})


class DropsSession(Following):
    """Drops the session of a challenge."""

    def _changed(self, _session: Session, following: Session) -> Session:
        return attrs.evolve(following, facts={**following.facts, CHALLENGE_SESSION: ""})


class DropsUsername(Following):
    """Drops the username."""

    def _changed(self, _session: Session, following: Session) -> Session:
        facts = {name: value for name, value in following.facts.items() if name != USERNAME}
        return attrs.evolve(following, facts=facts)


class TokensWithChallenge(Following):
    """Hands out tokens together with a challenge."""

    def _changed(self, _session: Session, following: Session) -> Session:
        if following.position.pending is None:
            return following
        return attrs.evolve(following, facts={**following.facts, TOKENS: forged(self._clock.now())})


class ForgetsDeadline(Following):
    """Forgets the deadline of a session that stays where it is."""

    def _changed(self, session: Session, following: Session) -> Session:
        stays = session.position == following.position
        return attrs.evolve(following, deadline=None if stays else following.deadline)


class StaysExpired(Following):
    """Says that a session has expired, and leaves it where it is."""

    def _changed(self, session: Session, following: Session) -> Session:
        expired = following.error is not None and following.error.code == EXPIRED
        return attrs.evolve(following, position=session.position, facts=session.facts) if expired else following


class NeverExpires(Engine):
    """Has no eye on the time where users are confirmed, and could sign in all the same."""

    def _overdue(self, session: Session) -> tuple[str, str] | None:
        stays = session.claim is None and session.position.state == "confirmed"
        return None if stays else super()._overdue(session)


class ExpiresAtOnce(Engine):
    """Takes the deadline for one that is over where users are confirmed, and can sign in from the door, too."""

    def _overdue(self, session: Session) -> tuple[str, str] | None:
        leaves = session.claim is None and session.position.state == "confirmed"
        return (EXPIRE, EXPIRED) if leaves else super()._overdue(session)


class ExpiresEarly(Engine):
    """Takes every deadline for one that is over."""

    def _overdue(self, session: Session) -> tuple[str, str] | None:
        early = session.claim is None and session.deadline is not None
        soon = early and self._clock.now() >= float(session.deadline or 0) - LONGEST
        return (EXPIRE, EXPIRED) if soon else super()._overdue(session)


BROKEN_ENGINES: Final = (
    Animal(
        name="never-claims",
        sentence="The engine calls without a claim.",
        caught_by={"at most once"},
        habitat=NEWCOMERS,
        engine=NeverClaims,
    ),
    Animal(
        name="claims-late",
        sentence="The engine claims after the call.",
        caught_by={"at most once"},
        habitat=NEWCOMERS,
        engine=ClaimsLate,
    ),
    Animal(
        name="never-gives-up",
        sentence="A process that died holds the session for ever.",
        caught_by={"recovery"},
        habitat=NEWCOMERS,
        engine=NeverGivesUp,
    ),
    Animal(
        name="believes-in-crashes",
        sentence="What a dead process was about counts as done.",
        caught_by={"recovery"},
        habitat=NEWCOMERS,
        engine=BelievesInCrashes,
    ),
    Animal(
        name="short-claims",
        sentence="A claim is over as soon as it is made.",
        caught_by={"at most once"},
        habitat=NEWCOMERS,
        engine=ShortClaims,
    ),
    Animal(
        name="ignores-refusals",
        sentence="The engine commits nothing after a refusal.",
        caught_by={"at most once", "no dead end"},
        habitat=NEWCOMERS,
        engine=IgnoresRefusals,
    ),
    Animal(
        name="speaks-early",
        sentence="The engine returns what it does not commit, tokens too.",
        caught_by={"at most once", "no dead end", "recovery"},
        habitat=MEMBERS,
        engine=SpeaksEarly,
    ),
    Animal(
        name="ignores-keys",
        sentence="A send with the same idempotency key calls once more.",
        caught_by={"at most once"},
        habitat=MEMBERS,
        engine=IgnoresKeys,
    ),
    Animal(
        name="forgets-errors",
        sentence="A second send with the same key is not told what went wrong.",
        caught_by={"at most once"},
        habitat=NEWCOMERS,
        engine=ForgetsErrors,
    ),
    Animal(
        name="keeps-facts",
        sentence="A session that is signed out still holds its tokens.",
        caught_by={"no token early"},
        habitat=MEMBERS,
        engine=KeepsFacts,
    ),
    Animal(
        name="drops-session",
        sentence="The session of a challenge is dropped, so that nothing answers it.",
        caught_by={"no dead end", "recovery"},
        habitat=SMS_MFA,
        engine=DropsSession,
    ),
    Animal(
        name="drops-username",
        sentence="The username is dropped, and requests cannot be made.",
        caught_by={"no dead end", "recovery"},
        habitat=NEWCOMERS,
        engine=DropsUsername,
    ),
    Animal(
        name="tokens-with-challenge",
        sentence="Tokens come together with the challenge that has to be answered first.",
        caught_by={"no token early"},
        habitat=SMS_MFA,
        engine=TokensWithChallenge,
    ),
    Animal(
        name="forgets-deadline",
        sentence="Whoever has a code sent again may stay for ever, also without an account.",
        caught_by={"no dead end", "recovery"},
        habitat=NEWCOMERS,
        engine=ForgetsDeadline,
    ),
    Animal(
        name="stays-expired",
        sentence="A session expires, and stays where it is.",
        caught_by={"recovery"},
        habitat=MFA_ALONE,
        engine=StaysExpired,
    ),
    Animal(
        name="never-expires",
        sentence="The engine calls for sessions whose time is over.",
        caught_by={"recovery"},
        habitat=NEWCOMERS,
        engine=NeverExpires,
    ),
    Animal(
        name="expires-at-once",
        sentence="A session expires before its time, and its user can still sign in.",
        caught_by={"recovery"},
        habitat=NEWCOMERS,
        engine=ExpiresAtOnce,
    ),
    Animal(
        name="expires-early",
        sentence="Sessions expire before their time, and nobody can answer a challenge.",
        caught_by={"no dead end", "recovery"},
        habitat=SMS_MFA,
        engine=ExpiresEarly,
    ),
)
