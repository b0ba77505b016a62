"""The shape of a row of the action table, and what goes in and out of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from attrs import field, frozen

from flowengine.session import Delivery, Field
from flowengine.settings import PoolSettings

__all__ = [
    "ANSWER_LOST",
    "CHALLENGE_FACTS",
    "CHALLENGE_SESSION",
    "EXPIRED",
    "TOKENS",
    "USERNAME",
    "USER_ID",
    "Action",
    "Call",
    "Result",
    "always",
]

ANSWER_LOST: Final = "ANSWER_LOST"
EXPIRED: Final = "EXPIRED"

USERNAME: Final = "username"
CHALLENGE_SESSION: Final = "session"
USER_ID: Final = "user_id"
TOKENS: Final = "tokens"
CHALLENGE_FACTS: Final = frozenset({CHALLENGE_SESSION, USER_ID})
"""Facts that live as long as their challenge is pending."""


@frozen
class Call:
    """
    What a request is built from.

    Args:
        inputs: The fields that the caller sent, checked.
        facts: What the session carries.
        options: The event's `with`.
        pending: The challenge that waits for an answer, or None.
    """

    inputs: Mapping[str, Any] = field(repr=False)
    facts: Mapping[str, Any] = field(repr=False)
    options: Options
    pending: str | None = None

    @property
    def username(self) -> str:
        """The username as it was typed, now or earlier in the session."""
        name: str = self.inputs.get(USERNAME) or self.facts[USERNAME]
        return name


@frozen
class Result:
    """
    What an answer means.

    Args:
        outcome: The outcome's symbol.
        facts: What later calls need of the answer.
        delivery: Where a code was sent, if one was.
        detail: More about the outcome, for the error message; empty if there is nothing to say.
    """

    outcome: str
    facts: Mapping[str, Any] = field(factory=dict, repr=False)
    delivery: Delivery | None = field(default=None, repr=False)
    detail: str = ""


Options = Mapping[str, str]
Check = Callable[[PoolSettings, Mapping[str, Any]], Iterator[tuple[str, str]]]
Condition = Callable[[PoolSettings, Options], bool]


def always(_pool: PoolSettings, _options: Options) -> bool:
    """Hold for every pool and every option."""
    return True


@frozen(kw_only=True, eq=False)
class Action:
    """
    One Cognito operation.

    Args:
        name: The operation in snake case, as specs name it.
        operation: The operation in Cognito's spelling.
        fields: For a pool (None: any pool) and a pending challenge, the inputs that it takes.
        request: Builds the request; drivers add what they know themselves (client id, secret hash).
        classify: Turns a successful answer, and the call that it answers, into a result.
        results: The outcomes of success, each with the pools and options that can give it.
        refusals: The refusals that it declares, and the named ones split off them.
        must_route: Outcomes after which the user's situation is another one, so that a flow may not stay where it is.
        needs: Facts that the session must carry.
        gives: For an outcome, the facts that its result brings.
        answers: The challenges that it answers; None if it answers none and can be sent without one pending.
        options: The values that each of its options can take in `with`.
        check: Names the field and the complaint for inputs that only make sense together.
        lost: What it means when the answer is lost.
    """

    name: str
    operation: str
    fields: Callable[[PoolSettings | None, str | None], tuple[Field, ...]]
    request: Callable[[Call], dict[str, Any]]
    classify: Callable[[Mapping[str, Any], Call], Result]
    results: Mapping[str, Condition]
    refusals: frozenset[str]
    must_route: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    gives: Mapping[str, frozenset[str]] = field(factory=dict)
    answers: frozenset[str] | None = None
    options: Mapping[str, tuple[str, ...]] = field(factory=dict)
    check: Check | None = None
    lost: str

    @property
    def outcomes(self) -> frozenset[str]:
        """Every outcome that it can give in any pool."""
        return frozenset(self.results) | self.refusals | {ANSWER_LOST}

    def possible(self, pool: PoolSettings | None, options: Options) -> frozenset[str]:
        """
        Return the outcomes that it can give over every kind of user that a pool can hold.

        Args:
            pool: The pool's settings; None for the union of all pools.
            options: The event's `with`.
        """
        return self.successes(pool, options) | self.refusals | {ANSWER_LOST}

    def successes(self, pool: PoolSettings | None, options: Options) -> frozenset[str]:
        """Return the outcomes of success in a pool; empty where the operation can only be refused."""
        return frozenset(name for name, when in self.results.items() if pool is None or when(pool, options))
