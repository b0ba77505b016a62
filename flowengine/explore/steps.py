"""What may not be wrong with a single move, whatever came before: the properties that are judged step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from attrs import frozen

from flowengine.actions.model import TOKENS
from flowengine.explore.claims import let_go, untrue
from flowengine.explore.proofs import owed
from flowengine.explore.taken import Taken

__all__ = ["Complaint", "complaints"]


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
    yield from untrue(taken)
    yield from let_go(taken)


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
