"""One call of an action: computed aside, sent, repeated where it had no effect, and read."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Final

from flowengine.actions.model import ANSWER_LOST, Action, Call, Result, Surroundings
from flowengine.actions.refusals import classify_refusal
from flowengine.engine.exchange import Exchange, Send, scrubbed
from flowengine.engine.log import Log
from flowengine.engine.protocols import Clock, Driver
from flowengine.errors import CognitoAnswerLost, CognitoRefusal, CognitoUnavailable, FlowEngineError, SrpRefused

__all__ = ["RETRY_DELAYS", "Caller"]

RETRY_DELAYS: Final = (0.1, 0.4)
"""Seconds between the tries of a call that had no effect."""

COMPUTING_THREADS: Final = max(1, (os.cpu_count() or 1) - 1)
"""Proofs let go of the interpreter lock, so each thread fills a core; one core is left to the event loop."""

_THROTTLED: Final = "TooManyRequestsException"


class Caller:
    """
    Makes the calls of one engine.

    Args:
        driver: What reaches Cognito.
        clock: Where time comes from.
        random: Gives so many random bytes.
        log: The engine's logger.
    """

    def __init__(self, driver: Driver, clock: Clock, random: Callable[[int], bytes], log: Log) -> None:
        self._driver = driver
        self._clock = clock
        self._random = random
        self._log = log

    async def exchange(self, action: Action, call: Call, send: Send) -> Exchange:
        """
        Call until there is an outcome: tries that had no effect are repeated.

        Args:
            action: The action's row.
            call: What its request is built from.
            send: The send that it serves, which keeps what is computed for it.

        Raises:
            CognitoUnavailable: Cognito could not be reached.
        """
        if action.perform is not None:
            return Exchange(send.event, await self._perform(action, call), send.inputs)
        try:
            send.computed.update(await self._compute(action, call))
        except SrpRefused as error:
            return Exchange(send.event, Result(ANSWER_LOST, detail=f"{error}. {action.lost}"), send.inputs)
        request = action.request(call)
        for delay in RETRY_DELAYS:
            try:
                exchange = await self._call(action, call, send, request)
            except CognitoUnavailable:
                self._log().warning("cognito.unreachable", operation=action.operation)
            else:
                if exchange.result.outcome != _THROTTLED:
                    return exchange
            await self._clock.sleep(delay)
        return await self._call(action, call, send, request)

    def close(self) -> None:
        """Let the computing threads end."""
        if "_threads" in self.__dict__:
            self._threads.shutdown(wait=False)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(COMPUTING_THREADS, thread_name_prefix="flowengine")

    async def _compute(self, action: Action, call: Call) -> Mapping[str, Any]:
        """Compute what the request proves: on a thread where there is an event loop to keep free, else in place."""
        computation = action.compute(call)
        if computation is None:
            return {}
        around = Surroundings(self._clock.now(), self._random, self._driver.user_pool_id)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return computation(call, around)
        return await loop.run_in_executor(self._threads, computation, call, around)

    async def _perform(self, action: Action, call: Call) -> Result:
        """Run an application's own action."""
        if action.perform is None:
            raise AssertionError
        answer = await action.perform(call)
        result = answer if isinstance(answer, Result) else Result(answer)
        complaint = _complaint(action, result)
        if complaint is not None:
            raise FlowEngineError(f"the action {action.name} gives {complaint}")
        self._log().info("action.perform", action=action.name, outcome=result.outcome)
        return result

    async def _call(self, action: Action, call: Call, send: Send, request: Mapping[str, Any]) -> Exchange:
        operation = str(action.operation)
        started = self._clock.now()
        answer: Mapping[str, Any] | None = None
        try:
            answer = await self._driver.call(operation, request)
            result = _classified(action, answer, call)
        except CognitoRefusal as refusal:
            outcome = classify_refusal(refusal.exception, refusal.message)
            void = dict.fromkeys(action.voids.get(outcome, ()))
            result = Result(outcome, void, detail=scrubbed(refusal.message, request))
        except CognitoAnswerLost:
            result = Result(ANSWER_LOST)
        seconds = round(self._clock.now() - started, 3)
        self._log().info("cognito.call", operation=operation, outcome=result.outcome, seconds=seconds)
        return Exchange(send.event, result, send.inputs, operation, request, answer)


def _complaint(action: Action, result: Any) -> str | None:
    """What is wrong with a result of an application's making."""
    if not isinstance(result.outcome, str) or result.outcome not in action.outcomes:
        return "an outcome that it does not declare"
    if not isinstance(result.facts, Mapping) or not isinstance(result.detail, str):
        return "facts that are no mapping, or a detail that is no text"
    return None


def _classified(action: Action, answer: Any, call: Call) -> Result:
    """What an answer means. One that cannot be read is as good as lost."""
    try:
        return action.classify(answer, call)
    except (AttributeError, KeyError, TypeError):
        return Result(ANSWER_LOST, detail=f"The answer to {action.operation} cannot be read. {action.lost}")
