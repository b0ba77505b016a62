"""What may not be wrong with a single move, whatever came before: the properties that are judged step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from flowengine.actions.model import TOKENS
from flowengine.actions.refusals import SIGNED_OUT_ELSEWHERE
from flowengine.explore.moves import Move
from flowengine.explore.proofs import owed
from flowengine.explore.stepped import Called
from flowengine.explore.world import World
from flowengine.settings import PoolSettings

__all__ = ["Complaint", "Taken", "complaints"]


@frozen
class Complaint:
    """
    What is wrong with a move.

    Args:
        property: The name of the property that it breaks.
        message: What is wrong.
    """

    property: str
    message: str


@frozen(kw_only=True)
class Taken:
    """
    A move that was taken.

    Args:
        move: The move.
        before: The world before.
        after: The world after.
        settings: The pool.
        calls: The calls that reached it, in order.
        messages: How many messages went out.
        unpredicted: The outcomes that the flow did not predict, each with where it came.
        again: What came of a second send of the same with the same key: the calls, and whether it looks the same.
        unexpected: The exception that was raised, if it is one that no caller has to expect.
        expired: Whether the session's time was said to be over.
    """

    move: Move
    before: World
    after: World
    settings: PoolSettings
    calls: Sequence[Called] = ()
    messages: int = 0
    unpredicted: Sequence[str] = ()
    again: tuple[int, bool] | None = None
    unexpected: str | None = None
    expired: bool = False

    @property
    def late(self) -> bool:
        """Whether the session's time was over, and nobody was working on it."""
        session = self.before.session
        return session.claim is None and session.deadline is not None and self.before.now >= session.deadline

    @property
    def enters(self) -> bool:
        """Whether the session has come to claim something else, and rests there."""
        before, after = self.before.session.position, self.after.session.position
        waits = after.pending is not None and self.after.meaning == "challenge"
        other = before != after if waits else self.before.meaning != self.after.meaning
        return self.after.session.claim is None and other


DENIALS: Final = SIGNED_OUT_ELSEWHERE | {"REFRESH_TOKEN_EXPIRED", "REFRESH_TOKEN_INVALID", "REFRESH_TOKEN_REVOKED"}
"""What a pool says of a user who is signed in no longer."""


def complaints(taken: Taken) -> tuple[Complaint, ...]:
    """Return what is wrong with a move."""
    if taken.move.kind in OTHERS:
        return ()
    return tuple(Complaint(name, message) for name, judge in JUDGES.items() for message in judge(taken))


OTHERS: Final = frozenset({"administrator", "elsewhere", "wait"})
"""The moves that the engine has no part in."""


def _early_tokens(taken: Taken) -> Iterator[str]:
    before, after = taken.before, taken.after
    tokens = after.session.facts.get(TOKENS)
    if tokens is not None and after.meaning == "signed_out":
        yield "the session is signed out, and still holds tokens"
    if tokens is None or before.session.facts.get(TOKENS) is not None:
        return
    grant, user = after.grant, before.user or after.user
    if grant is None or user is None:
        yield "the session holds tokens of no sign-in that the pool knows"
        return
    missing = owed(user, grant.proved, taken.settings)
    if missing is not None:
        yield f"the session holds tokens after {', '.join(grant.proved) or 'nothing'}: {missing}"


def _bypass(taken: Taken) -> Iterator[str]:
    if taken.after.meaning != "signed_in" or taken.before.meaning == "signed_in":
        return
    user = taken.after.user
    if user is None:
        yield "who has no account comes to be signed in"
    elif not user.enabled:
        yield "a disabled user comes to be signed in"
    elif user.status in ("UNCONFIRMED", "RESET_REQUIRED"):
        yield f"a user in the status {user.status} comes to be signed in"


def _not_recovered(taken: Taken) -> Iterator[str]:
    if taken.unexpected is not None:
        yield f"the send raises {taken.unexpected}, which no caller has to expect"
    if taken.late and taken.calls and taken.move.kind != "race":  # of two sends, the second may meet what is new
        yield "the time of the session was over, and it has called all the same"
    if taken.expired and taken.before.session.claim is None and not taken.late:
        yield "the session has expired before its time"
    yield from _untrue(taken)


def _untrue(taken: Taken) -> Iterator[str]:
    error = taken.after.session.error
    if taken.after.meaning == "signed_in" and error is not None and error.code in DENIALS:
        yield f"the session is signed in, and the pool has said {error.code}"
    if not taken.enters:
        return
    meaning, user = taken.after.meaning, taken.after.user
    if meaning == "signed_in" and (taken.after.grant is None or taken.after.grant.revoked):
        yield "the session is signed in, and its tokens are none that the pool still honours"
    elif meaning == "confirmed" and (user is None or not user.confirmed):
        yield "the session is confirmed, and the user is not"
    elif meaning == "challenge" and taken.after.session.position.pending is not None:
        challenge = taken.after.challenge
        if challenge is None or challenge.used:
            yield "the session waits for the answer to a challenge that the pool has done with"


def _twice(taken: Taken) -> Iterator[str]:
    made = Counter((call.operation, call.challenge) for call in taken.calls if call.effect)
    for (operation, challenge), times in made.items():
        if times > 1:
            yield f"one send has called {operation}{f' ({challenge})' if challenge else ''} {times} times"
    if taken.messages > 1:
        yield f"one send has sent {taken.messages} messages"
    if taken.again is not None and taken.again[0]:
        yield "a second send with the same key has called again"
    if taken.again is not None and not taken.again[1]:
        yield "a second send with the same key has not returned what the first one committed"


def _unpredicted(taken: Taken) -> Iterator[str]:
    for outcome in taken.unpredicted:
        yield f"{outcome} was not predicted"


JUDGES: Final[Mapping[str, Callable[[Taken], Iterator[str]]]] = {
    "no token early": _early_tokens,
    "no bypass": _bypass,
    "recovery": _not_recovered,
    "at most once": _twice,
    "prediction": _unpredicted,
}
"""What judges a move, by the property that it may break."""
