"""What a session claims by the meaning of its state, held against what the pool knows of the user.

Judged is where an outcome has led, if the flow says where: a refusal that keeps the session where it is claims nothing
new. A session may neither claim what is not so, nor let go of what is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from flowengine.actions.model import ANSWER_LOST, EXPIRED, UNKNOWN_CHALLENGE
from flowengine.explore.sayings import DENIALS, GRANTED
from flowengine.explore.taken import Taken

__all__ = ["let_go", "untrue"]

CLAIMING: Final = frozenset({"fault", "insist", "repeat", "send"})
"""The moves that end with one outcome."""
ENDS: Final = frozenset({"SIGNED_OUT", UNKNOWN_CHALLENGE})
"""The outcomes after which there is nothing to hold on to."""


def untrue(taken: Taken) -> Iterator[str]:
    """
    Yield what a session claims that is not so.

    Args:
        taken: The move after which it claims that.
    """
    error, meaning = taken.after.session.error, taken.after.meaning
    if meaning == "signed_in" and error is not None and error.code in DENIALS:
        yield f"the session is signed in, and the pool has said {error.code}"
    if taken.enters or _granted(taken):
        yield from (complaint for claimed, judge in CLAIMS.items() if claimed == meaning for complaint in judge(taken))


def _claims(taken: Taken) -> bool:
    """Whether a move has led to where the flow says."""
    return taken.move.kind in CLAIMING and taken.told not in (None, EXPIRED)


def _granted(taken: Taken) -> bool:
    return _claims(taken) and taken.told in GRANTED


def _refused(taken: Taken) -> bool:
    """Whether the pool is known not to have granted what it was asked: to those it hides it may pretend that it has."""
    return taken.told is not None and taken.told not in GRANTED


def _unconfirmed(taken: Taken) -> Iterator[str]:
    user = taken.after.user
    if user is not None and user.confirmed:
        yield "the session is unconfirmed, and the user is confirmed"
    elif user is None and _refused(taken):
        yield "the session is unconfirmed, and there is no such user"


def _confirmed(taken: Taken) -> Iterator[str]:
    user = taken.after.user
    if user is None or not user.confirmed:
        yield "the session is confirmed, and the user is not"


def _recovering(taken: Taken) -> Iterator[str]:
    user, codes = taken.after.user, taken.after.state.codes
    if user is None:
        if _refused(taken):
            yield "the session waits for a code for a new password, and there is no such user"
    elif user.status != "RESET_REQUIRED" and (user.sub, "password_reset") not in codes:
        yield "the session waits for a code for a new password, and the pool has issued none"


def _challenged(taken: Taken) -> Iterator[str]:
    challenge = taken.after.challenge
    if taken.after.session.position.pending is not None and (challenge is None or challenge.used):
        yield "the session waits for the answer to a challenge that the pool has done with"


def _signed_in(taken: Taken) -> Iterator[str]:
    grant = taken.after.grant
    if grant is None or grant.revoked:
        yield "the session is signed in, and its tokens are none that the pool still honours"


CLAIMS: Final[Mapping[str, Callable[[Taken], Iterator[str]]]] = {
    "challenge": _challenged,
    "confirmed": _confirmed,
    "recovery": _recovering,
    "signed_in": _signed_in,
    "unconfirmed": _unconfirmed,
}
"""What has to be so, by what a state means."""


def let_go(taken: Taken) -> Iterator[str]:
    """
    Yield what a session lets go of that is still so.

    Args:
        taken: The move by which it does.
    """
    user, meaning = taken.after.user, taken.after.meaning
    if not _claims(taken) or user is None or not user.enabled:
        return
    before, granted = taken.before.meaning, _granted(taken)
    if before == "signed_in" != meaning and granted and taken.honoured:
        yield "the session lets go of tokens that the pool still honours"
    if meaning != "signed_out" or taken.told in (ANSWER_LOST, *ENDS):
        return
    if taken.before.user is None or granted:
        yield f"the session is signed out, and the pool has granted what it was asked: {taken.told}"
    elif before == "unconfirmed" and not user.confirmed:
        yield "the session lets go of a user whom it could still confirm"
    elif before == "confirmed" and user.confirmed:
        yield "the session lets go of a user who is confirmed"
