"""Everything that flowengine raises, and `Problem`, the unit in which it reports what is wrong with a spec.

The class of an error says whose move it is: the spec's author (`SpecError`), the caller of the engine
(`EventNotAccepted`, `InputInvalid`, `SessionNotFound`, `SessionConflict`) or whoever runs the services behind it
(`CognitoUnavailable`, `StoreUnavailable`, `ProvisionError`). What Cognito answers is never raised to the caller of an
engine: drivers hand refusals and lost answers to the engine as `CognitoRefusal` and `CognitoAnswerLost`, and the
engine turns them into outcomes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from attrs import frozen

__all__ = [
    "CassetteError",
    "CognitoAnswerLost",
    "CognitoRefusal",
    "CognitoUnavailable",
    "EventNotAccepted",
    "FlowEngineError",
    "InputInvalid",
    "PoolMissing",
    "Problem",
    "ProvisionError",
    "SessionConflict",
    "SessionNotFound",
    "SpecError",
    "SrpRefused",
    "StoreUnavailable",
    "TokenInvalid",
]


@frozen(kw_only=True)
class Problem:
    """
    One thing that is wrong with a spec or with pool settings.

    Args:
        code: A stable name of the kind of problem, such as `unknown-state` or the id of a settings rule.
        message: What is wrong, in one sentence.
        file: The file or shipped name that it was found in, if any.
        line: The line, counted from 1, if known.
        column: The column, counted from 1, if known.
        hint: What to do about it, if there is something to say.
        severity: An `error` refuses the spec; a `warning` tells whom it will hurt.
    """

    code: str
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None
    severity: Literal["error", "warning"] = "error"

    @property
    def place(self) -> str:
        """Where it was found, as `file:line:column`, as much of it as is known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)

    def __str__(self) -> str:
        """Render the problem as one line, and its hint as a second one."""
        place = f"{self.place}: " if self.place else ""
        kind = "warning: " if self.severity == "warning" else ""
        hint = f"\n    hint: {self.hint}" if self.hint else ""
        return f"{place}{kind}{self.message} [{self.code}]{hint}"


class FlowEngineError(Exception):
    """The base of every exception that flowengine raises on purpose."""


class SpecError(FlowEngineError):
    """
    A spec, or the pool settings that it is compiled for, cannot be used.

    Attributes:
        problems: Every problem that was found, in the order of the file.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class PoolMissing(FlowEngineError):
    """A flow without pool settings was to be run; such a flow can only be checked and drawn."""


class EventNotAccepted(FlowEngineError):
    """The event is unknown, or the session's position does not accept it. No call was made."""


class InputInvalid(FlowEngineError):
    """
    A field is missing, unknown, of the wrong type or outside its limits. No call was made.

    Attributes:
        field: The name of the (first) offending field.
    """

    def __init__(self, message: str, *, field: str) -> None:
        self.field = field
        super().__init__(message)


class SessionNotFound(FlowEngineError):
    """No session has this id: it never existed, or it was ended."""


class SessionConflict(FlowEngineError):
    """Another send holds the session, or it belongs to another flow. No call was made on behalf of this send."""


class CognitoUnavailable(FlowEngineError):
    """Cognito could not be reached, so the call had no effect. The session is as it was; send again later."""


class ProvisionError(FlowEngineError):
    """
    A user pool cannot be read, or a plan for it cannot be applied further.

    Attributes:
        code: A stable name of the kind of trouble, such as `no-credentials`.
        hint: What to do about it.
    """

    def __init__(self, code: str, message: str, hint: str) -> None:
        self.code = code
        self.hint = hint
        super().__init__(f"{message} [{code}]\n    hint: {hint}")


class StoreUnavailable(FlowEngineError):
    """The session store failed."""


class TokenInvalid(FlowEngineError):
    """A token's signature or one of its claims did not verify."""


class CassetteError(FlowEngineError):
    """A cassette cannot be read, or was recorded from something else."""


class CognitoRefusal(FlowEngineError):
    """
    Cognito answered with an exception. Raised by drivers, turned into an outcome by the engine.

    Attributes:
        exception: The modelled exception's name, such as `CodeMismatchException`.
        message: Cognito's message.
    """

    def __init__(self, exception: str, message: str) -> None:
        self.exception = exception
        self.message = message
        super().__init__(f"{exception}: {message}")


class CognitoAnswerLost(FlowEngineError):
    """A call was sent and its answer never came: it may or may not have taken effect. Raised by drivers."""


class SrpRefused(FlowEngineError):
    """A password challenge is malformed or unsafe, so no proof of the password was made from it."""
