"""Animals whose engine makes calls wrongly or misreads their answers, or whose table of actions is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs
from animal import Animal
from broken_engines import forged
from habitats import HIDDEN, MEMBERS, NEWCOMERS, SMS_MFA

from flowengine.actions import ACTIONS
from flowengine.actions.model import ANSWER_LOST, TOKENS, Action, Call, Condition, Options, Result, Results
from flowengine.engine import Driver, Engine
from flowengine.engine.calls import Caller
from flowengine.engine.exchange import Exchange, Send
from flowengine.explore.stepped import SteppedDriver
from flowengine.machine import Flow
from flowengine.simulator import Simulator

__all__ = ["BROKEN_CALLS"]


def calling(caller: type[Caller]) -> Callable[..., Engine]:
    """Return what makes an engine that calls in its own way."""

    def make(flow: Flow, driver: Driver, **rest: Any) -> Engine:
        engine = Engine(flow, driver, **rest)
        engine._caller = caller(driver, rest["clock"], rest["random"], engine._log)
        return engine

    return make


def misreading(outcome: str, action: str | None, read: Callable[[float], Result]) -> Callable[..., Engine]:
    """Return what makes an engine that takes one outcome, of one action or of any, for another one."""

    class Misreading(Caller):
        async def exchange(self, row: Action, call: Call, send: Send) -> Exchange:
            exchange = await super().exchange(row, call, send)
            meant = exchange.result.outcome == outcome and action in (None, row.name)
            return attrs.evolve(exchange, result=read(self._clock.now())) if meant else exchange

    return calling(Misreading)


def as_outcome(outcome: str) -> Callable[[float], Result]:
    """Return a reading that always gives the same outcome."""
    return lambda _now: Result(outcome)


class RetriesLostAnswers(Caller):
    """Calls again when an answer is lost."""

    async def exchange(self, action: Action, call: Call, send: Send) -> Exchange:
        exchange = await super().exchange(action, call, send)
        return await super().exchange(action, call, send) if exchange.result.outcome == ANSWER_LOST else exchange


class CallsTwice(Caller):
    """Has every code sent twice, to be on the safe side."""

    async def exchange(self, action: Action, call: Call, send: Send) -> Exchange:
        if "CODE_SENT" in action.successful:
            await super().exchange(action, call, send)
        return await super().exchange(action, call, send)


class OtherOperation(Caller):
    """Sends another code than the one that was asked for."""

    async def exchange(self, action: Action, call: Call, send: Send) -> Exchange:
        if action.name == "resend_confirmation_code":
            action = attrs.evolve(action, operation="ForgotPassword")
        return await super().exchange(action, call, send)


class TellsWhoIsKnown(Caller):
    """Looks up whether there is such a user, and says so."""

    async def exchange(self, action: Action, call: Call, send: Send) -> Exchange:
        exchange = await super().exchange(action, call, send)
        if exchange.result.outcome != "INCORRECT_USERNAME_OR_PASSWORD" or _pool_of(self._driver).state.users:
            return exchange
        return attrs.evolve(exchange, result=Result("UserNotFoundException"))


class Hints(Caller):
    """Says where a code went only if there is a user to send it to."""

    async def exchange(self, action: Action, call: Call, send: Send) -> Exchange:
        exchange = await super().exchange(action, call, send)
        if _pool_of(self._driver).state.users:
            return exchange
        return attrs.evolve(exchange, result=attrs.evolve(exchange.result, delivery=None))


def _pool_of(driver: Driver) -> Simulator:
    assert isinstance(driver, SteppedDriver)
    assert driver.simulator is not None
    return driver.simulator


def row(name: str, **changes: Any) -> Action:
    """Return a row of the action table with changes."""
    return attrs.evolve(ACTIONS[name], **changes)


def without(results: Results, outcome: str) -> Results:
    """Return results that lack an outcome."""

    def fewer(options: Options, pending: str | None) -> Mapping[str, Condition]:
        return {name: when for name, when in results(options, pending).items() if name != outcome}

    return fewer


_SIGN_IN: Final = ACTIONS["initiate_auth"]
_SIGN_UP: Final = ACTIONS["sign_up"]
_RESEND: Final = ACTIONS["resend_confirmation_code"]
_CONFIRM: Final = ACTIONS["confirm_sign_up"]

BROKEN_CALLS: Final = (
    Animal(
        name="retries-lost-answers",
        sentence="A call whose answer is lost is made again.",
        caught_by={"at most once"},
        habitat=NEWCOMERS,
        engine=calling(RetriesLostAnswers),
    ),
    Animal(
        name="calls-twice",
        sentence="Codes are sent twice.",
        caught_by={"at most once"},
        habitat=MEMBERS,
        engine=calling(CallsTwice),
    ),
    Animal(
        name="other-operation",
        sentence="A row names the operation that sends another code.",
        caught_by={"no dead end", "recovery"},
        habitat=NEWCOMERS,
        engine=calling(OtherOperation),
    ),
    Animal(
        name="second-factor-read-as-tokens",
        sentence="A challenge is read as tokens.",
        caught_by={"no token early", "recovery"},
        habitat=SMS_MFA,
        engine=misreading("SMS_MFA", None, lambda now: Result("TOKENS", {TOKENS: forged(now)})),
    ),
    Animal(
        name="second-factor-read-as-success",
        sentence="A challenge is read as a success without tokens.",
        caught_by={"recovery"},
        habitat=SMS_MFA,
        engine=misreading("SMS_MFA", None, as_outcome("TOKENS")),
    ),
    Animal(
        name="refusal-read-as-success",
        sentence="A wrong code confirms.",
        caught_by={"recovery"},
        habitat=NEWCOMERS,
        engine=misreading("CodeMismatchException", "confirm_sign_up", as_outcome("CONFIRMED")),
    ),
    Animal(
        name="wrong-code-read-as-confirmed",
        sentence="A wrong code is read as that of a user who is confirmed.",
        caught_by={"recovery"},
        habitat=NEWCOMERS,
        engine=misreading("CodeMismatchException", "confirm_sign_up", as_outcome("ALREADY_CONFIRMED")),
    ),
    Animal(
        name="messages-confused",
        sentence="The message of a wrong password is read as that of a user who is confirmed.",
        caught_by={"prediction"},
        habitat=NEWCOMERS,
        engine=misreading("INCORRECT_USERNAME_OR_PASSWORD", None, as_outcome("ALREADY_CONFIRMED")),
    ),
    Animal(
        name="unconfirmed-read-as-wrong",
        sentence="An unconfirmed user is told that the password is wrong.",
        caught_by={"no dead end"},
        habitat=NEWCOMERS,
        engine=misreading("UserNotConfirmedException", None, as_outcome("INCORRECT_USERNAME_OR_PASSWORD")),
    ),
    Animal(
        name="lost-answer-read-as-refusal",
        sentence="A lost answer is read as a wrong code, which leaves a challenge that may be spent.",
        caught_by={"prediction"},
        habitat=SMS_MFA,
        engine=misreading(ANSWER_LOST, None, as_outcome("CodeMismatchException")),
    ),
    Animal(
        name="second-factor-not-predicted",
        sentence="The table forgets that a sign-in can ask for a code by SMS.",
        caught_by={"no dead end", "prediction", "recovery"},
        habitat=SMS_MFA,
        rows=(row("initiate_auth", results=without(_SIGN_IN.results, "SMS_MFA")),),
    ),
    Animal(
        name="refusal-not-predicted",
        sentence="The table forgets that a username may be taken.",
        caught_by={"prediction"},
        habitat=NEWCOMERS,
        rows=(row("sign_up", refusals=_SIGN_UP.refusals - {"UsernameExistsException"}),),
    ),
    Animal(
        name="routed-refusal-not-predicted",
        sentence="The table forgets that an unconfirmed user may turn out to be confirmed.",
        caught_by={"impossible-outcome"},
        habitat=NEWCOMERS,
        rows=(row("resend_confirmation_code", refusals=_RESEND.refusals - {"ALREADY_CONFIRMED"}),),
    ),
    Animal(
        name="needs-forgotten",
        sentence="The table forgets that a new password needs a username.",
        caught_by={"recovery"},
        habitat=MEMBERS,
        rows=(row("forgot_password", needs=frozenset()),),
    ),
    Animal(
        name="row-reads-success",
        sentence="A row reads every answer of a sign-up as that of a confirmed user.",
        caught_by={"prediction"},
        habitat=NEWCOMERS,
        rows=(row("sign_up", classify=lambda _answer, _call: Result("CONFIRMED")),),
    ),
    Animal(
        name="row-sends-no-code",
        sentence="A row builds its request without what the user typed.",
        caught_by={"no dead end"},
        habitat=NEWCOMERS,
        rows=(row("confirm_sign_up", request=lambda call: {**_CONFIRM.request(call), "ConfirmationCode": "000000"}),),
    ),
    Animal(
        name="tells-who-is-known",
        sentence="Unknown users get another error than a wrong password, which the pool has hidden.",
        caught_by={"no enumeration"},
        habitat=HIDDEN,
        engine=calling(TellsWhoIsKnown),
    ),
    Animal(
        name="hints-at-who-is-known",
        sentence="A code for a new password shows whether there is somebody to send it to.",
        caught_by={"no enumeration"},
        habitat=HIDDEN,
        engine=calling(Hints),
    ),
)
