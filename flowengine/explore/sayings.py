"""What outcomes say of a user, held against what the states mean that a flow leads to after them.

No walk is needed for that, so it holds for outcomes, too, that the embedded pool gives to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from flowengine.actions import ACTIONS
from flowengine.actions.model import ANSWER_LOST, UNKNOWN_CHALLENGE, Action
from flowengine.actions.refusals import SESSION_OVER, SIGNED_OUT_ELSEWHERE
from flowengine.machine import EXPIRE, Edge
from flowengine.spec import FlowSpec

__all__ = ["DENIALS", "GRANTED", "contradictions"]

NEWS: Final[Mapping[str, str]] = {
    "ALREADY_CONFIRMED": "confirmed",
    "PasswordResetRequiredException": "recovery",
    "UserNotConfirmedException": "unconfirmed",
}
"""The refusals that say how the user stands, with the meaning that says the same."""
GONE: Final = frozenset({"USER_DISABLED", "UserNotFoundException"})
"""What a pool says of a user whom it lets do nothing."""
DENIALS: Final = SIGNED_OUT_ELSEWHERE | {
    "REFRESH_TOKEN_EXPIRED", "REFRESH_TOKEN_INVALID", "REFRESH_TOKEN_REVOKED", "RefreshTokenReuseException",
}  # fmt: skip
"""What it says of a user who is signed in no longer."""
GRANTED: Final = frozenset[str]().union(*(action.successful for action in ACTIONS.values()))
"""The outcomes by which a pool has done what it was asked."""
REFUSED: Final = frozenset({ANSWER_LOST}).union(*(action.refusals for action in ACTIONS.values()))
"""Those by which it has not, as far as anybody knows."""
CREATED: Final = frozenset({"CodeDeliveryFailureException", "LimitExceededException"})
"""What SignUp answers once the account is there, and the code is not on its way."""
SAYS: Final[Mapping[str, str]] = {
    **NEWS,
    **dict.fromkeys(GONE | DENIALS - NEWS.keys(), "signed_out"),
    "AUTO_SIGN_IN": "confirmed",
    "CONFIRMED": "confirmed",
    "PASSWORD_RESET": "confirmed",
    "SIGNED_OUT": "signed_out",
    "TOKENS": "signed_in",
    "TOKENS_ON_NEW_DEVICE": "signed_in",
    "UNCONFIRMED": "unconfirmed",
    UNKNOWN_CHALLENGE: "signed_out",
}
"""For each outcome that says how the user stands, the meaning that says the same."""


def contradictions(spec: FlowSpec, edges: Iterable[Edge]) -> Iterator[tuple[Edge, str]]:
    """
    Yield the steps that lead to where a state means something else than the outcome says, each with what is wrong.

    Args:
        spec: The spec, after `extends`.
        edges: The steps.
    """
    for edge in edges:
        before, after = spec.states[edge.source.state].meaning, spec.states[edge.target.state].meaning
        row = _row(spec, edge)
        if row is not None and not edge.routed and edge.outcome in row.voids:
            yield edge, f"{edge.outcome} is not routed, so the session keeps what is good for nothing after it"
        if edge.routed and edge.event != EXPIRE and not edge.target.event and before and after:
            creates = row is not None and row.name == "sign_up" and edge.outcome in CREATED
            allowed = frozenset({"unconfirmed"}) if creates else _allowed(edge.outcome, before)
            if allowed and after not in allowed:
                meant = " or ".join(sorted(allowed))
                yield edge, f"{edge.outcome} leads from {before} to {after}, and says no more than {meant}"


def _row(spec: FlowSpec, edge: Edge) -> Action | None:
    """The action of a step, if it is built in and no part of a chain."""
    event = spec.states[edge.source.state].events.get(edge.event)
    return ACTIONS.get(event.action.value) if event is not None and not edge.source.event else None


def _allowed(outcome: str, before: str) -> frozenset[str]:
    """What a state may mean after an outcome; empty if the outcome says nothing of it."""
    if outcome in SAYS:
        return frozenset({SAYS[outcome]})
    if before == "signed_in" and outcome in GRANTED:
        return frozenset({before})
    if outcome in SESSION_OVER and before in ("unconfirmed", "confirmed"):
        return frozenset({before})  # the sign-up's own session is over, and the sign-up is not
    if outcome in REFUSED:
        return frozenset({before, "signed_out"})
    return frozenset()
