"""The shape of a row of the action table, and what goes in and out of one."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final

from attrs import field, frozen

from flowengine.fields import Field
from flowengine.session import NOTHING, Delivery, Device
from flowengine.settings import PoolSettings

__all__ = [
    "ANSWER_LOST",
    "ANY_TEXT",
    "CHALLENGE_FACTS",
    "CHALLENGE_SESSION",
    "DEVICE",
    "EXPIRED",
    "PARAMETERS",
    "SIGN_UP_SESSION",
    "TOKENS",
    "UNKNOWN_CHALLENGE",
    "USERNAME",
    "USER_ID",
    "Action",
    "Call",
    "Check",
    "Computation",
    "Condition",
    "Fields",
    "Options",
    "Result",
    "Results",
    "Surroundings",
    "always",
    "fixed_results",
    "nothing_to_compute",
]

ANSWER_LOST: Final = "ANSWER_LOST"
EXPIRED: Final = "EXPIRED"
UNKNOWN_CHALLENGE: Final = "UNKNOWN_CHALLENGE"
ANY_TEXT: Final = ("*",)
"""The values of an option that takes any text."""

USERNAME: Final = "username"
CHALLENGE_SESSION: Final = "session"
USER_ID: Final = "user_id"
PARAMETERS: Final = "parameters"
TOKENS: Final = "tokens"
DEVICE: Final = "device"
SIGN_UP_SESSION: Final = "sign_up_session"
CHALLENGE_FACTS: Final = frozenset({CHALLENGE_SESSION, USER_ID, PARAMETERS})
"""Facts that live as long as their challenge is pending."""


@frozen
class Surroundings:
    """
    What a computation takes from outside, so that the table itself stays pure.

    Args:
        now: The time, in seconds since the epoch.
        random: Gives so many random bytes.
        user_pool_id: The user pool's id.
    """

    now: float
    random: Callable[[int], bytes] = field(repr=False)
    user_pool_id: str


@frozen
class Call:
    """
    What a request is built from.

    Args:
        inputs: The fields that the caller sent, checked.
        facts: What the session carries.
        options: The event's `with`.
        pending: The challenge that waits for an answer, or None.
        computed: What was computed for this send; it is forgotten with the send, and never stored.
    """

    inputs: Mapping[str, Any] = field(repr=False)
    facts: Mapping[str, Any] = field(repr=False)
    options: Options
    pending: str | None = None
    computed: Mapping[str, Any] = field(default=NOTHING, repr=False)

    @property
    def username(self) -> str:
        """The username as it was typed, now or earlier in the session."""
        name: str = self.inputs.get(USERNAME) or self.facts[USERNAME]
        return name

    @property
    def device(self) -> Device | None:
        """The device that the user signs in on, if it is a remembered one."""
        typed = self.inputs.get(DEVICE)
        device: Device | None = Device(**typed) if typed else self.facts.get(DEVICE)
        return device


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
Condition = Callable[[PoolSettings], bool]
Results = Callable[[Options, str | None], Mapping[str, Condition]]
Fields = Callable[[PoolSettings | None, Options, str | None], tuple[Field, ...]]


Computation = Callable[[Call, Surroundings], Mapping[str, Any]]


def nothing_to_compute(_call: Call) -> Computation | None:
    """Return nothing: most requests are written down as they are."""
    return None


def always(_pool: PoolSettings) -> bool:
    """Hold for every pool."""
    return True


def fixed_results(results: Mapping[str, Condition]) -> Results:
    """Return a function that gives these results for every option and every pending challenge."""
    return lambda _options, _pending: results


@frozen(kw_only=True, eq=False, slots=False)
class Action:
    """
    One Cognito operation, or an application's own coroutine.

    Args:
        name: The operation in snake case, as specs name it; operations that are proved by a challenge's `Session` in
            place of an access token, or of a password, carry `_with_session`.
        operation: The operation in Cognito's spelling; None for an application's own action.
        fields: For a pool (None: any pool), the options and a pending challenge, the inputs that it takes.
        request: Builds the request; drivers add what they know themselves (client id, secret hash).
        classify: Turns a successful answer, and the call that it answers, into a result.
        results: For the options and a pending challenge, the outcomes of success, each with the pools that can give it.
        refusals: The refusals that it declares, and the named ones split off them.
        must_route: Outcomes after which the user's situation is another one, so that a flow may not stay where it is.
        ends: Outcomes after which the pending challenge is spent, so that a flow may not stay there.
        needs: Facts that the session must carry.
        uses: Facts that it takes along where the session carries them.
        gives: For an outcome, the facts that its result surely brings.
        voids: For a refusal, the facts that are good for nothing after it; a route forgets them.
        answers: The challenges that it answers; None if it answers none and can be sent without one pending.
        options: The values that each of its options can take in `with`.
        defaults: The values of options that may be left out.
        check: Names the field and the complaint for inputs that only make sense together.
        compute: For a call, what must be computed before its request, if anything: heavy, so it is done aside.
        perform: The coroutine function of an application's own action.
        lost: What it means when the answer is lost.
    """

    name: str
    operation: str | None
    fields: Fields
    request: Callable[[Call], dict[str, Any]]
    classify: Callable[[Mapping[str, Any], Call], Result]
    results: Results
    refusals: frozenset[str]
    must_route: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    gives: Mapping[str, frozenset[str]] = field(factory=dict)
    voids: Mapping[str, frozenset[str]] = field(factory=dict)
    answers: frozenset[str] | None = None
    options: Mapping[str, tuple[str, ...]] = field(factory=dict)
    defaults: Options = field(factory=dict)
    check: Check | None = None
    compute: Callable[[Call], Computation | None] = nothing_to_compute
    perform: Callable[[Call], Awaitable[Any]] | None = None
    lost: str
    outcomes: frozenset[str] = field(init=False)
    successful: frozenset[str] = field(init=False)

    @successful.default
    def _every_success(self) -> frozenset[str]:
        """Every outcome of success, in any pool, with any options, at any challenge."""
        chosen = [dict(zip(self.options, values, strict=True)) for values in itertools.product(*self.options.values())]
        pendings: tuple[str | None, ...] = (None,) if self.answers is None else tuple(sorted(self.answers))
        return frozenset(name for one in chosen for pending in pendings for name in self.results(one, pending))

    @outcomes.default
    def _every_outcome(self) -> frozenset[str]:
        """Every outcome that it can give in any pool."""
        return self._every_success() | self.refusals | {ANSWER_LOST}

    def possible(self, pool: PoolSettings | None, options: Options, pending: str | None) -> frozenset[str]:
        """
        Return the outcomes that it can give over every kind of user that a pool can hold.

        Args:
            pool: The pool's settings; None for the union of all pools.
            options: The event's `with`.
            pending: The challenge that waits for an answer.
        """
        return self.successes(pool, options, pending) | self.refusals | {ANSWER_LOST}

    def successes(self, pool: PoolSettings | None, options: Options, pending: str | None) -> frozenset[str]:
        """Return the outcomes of success in a pool; empty where the operation can only be refused."""
        results = self.results(options, pending)
        return frozenset(name for name, when in results.items() if pool is None or when(pool))
