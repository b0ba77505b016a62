"""What an application adds to flows: actions and hooks of its own, under names that specs use."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

from attrs import field, frozen

from flowengine.actions.model import TOKENS, USERNAME, Action, Call, Result, always, fixed_results
from flowengine.fields import Field
from flowengine.session import Snapshot

__all__ = ["Hook", "action", "hook"]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_OUTCOME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_FACTS: Final = frozenset({USERNAME, TOKENS})
"""The facts that an application's action can ask for."""

Perform = Callable[[Call], Awaitable[Result | str]]
Enter = Callable[[Snapshot], Awaitable[None]]


@frozen
class Hook:
    """
    What runs once a session has entered a state.

    Args:
        name: The name that specs call it by.
        run: The coroutine function; it is given the snapshot.
    """

    name: str
    run: Enter = field(repr=False)


def action(
    name: str,
    *,
    outcomes: Iterable[str],
    fields: Iterable[Field] = (),
    refusals: Iterable[str] = (),
    needs: Iterable[str] = (),
    lost: str = "It may have taken effect.",
) -> Callable[[Perform], Action]:
    """
    Make an action of a coroutine function: `flowengine.load(..., actions=[...])` lets specs use it by its name.

        @fe.action("check_invitation", fields=[fe.Field("invitation", secret=True)], outcomes=["INVITED"],
                   refusals=["NOT_INVITED"])
        async def check_invitation(call):
            return "INVITED" if await invited(call.inputs["invitation"]) else "NOT_INVITED"

    The engine treats it as it treats an operation of Cognito: it runs between a claim and a commit, and is told what
    came of it by the outcome that it returns, alone or as the outcome of a `Result`. Whatever it raises counts as a
    lost answer and is raised again. A send that is cancelled waits for it all the same, so give it a time limit of its
    own, shorter than a minute: after that, another process takes its answer for lost.

    Args:
        name: The name that specs call it by: `a-z`, `0-9` and `_`.
        outcomes: The outcomes of success; a flow must route each of them.
        fields: The inputs that it takes. One named `username` says whose session it is from then on.
        refusals: The outcomes that keep the session where it is, unless they are routed.
        needs: Facts that it needs of the session: `username`, `tokens`. It finds them in `call.facts`.
        lost: What it means when its answer is lost, for the error's message.

    Raises:
        ValueError: A name is none, an outcome or a field stands twice, or a fact cannot be asked for.
    """
    good, bad, wanted = tuple(outcomes), tuple(refusals), frozenset(needs)
    _check_names(name, (*good, *bad), wanted)
    listed = tuple(fields)
    _check_fields(name, [entry.name for entry in listed])
    return lambda perform: _action(name, perform, listed, good, refusals=frozenset(bad), needs=wanted, lost=lost)


def _action(name: str, perform: Perform, fields: tuple[Field, ...], outcomes: tuple[str, ...], **more: Any) -> Action:
    """A row of the table of actions that calls no operation of Cognito."""
    return Action(
        name=name,
        operation=None,
        fields=lambda _pool, _options, _pending: fields,
        request=lambda _call: {},
        classify=_unused,
        results=fixed_results(dict.fromkeys(outcomes, always)),
        perform=perform,
        **more,
    )


def hook(name: str) -> Callable[[Enter], Hook]:
    """
    Make a hook of a coroutine function: `flowengine.load(..., hooks=[...])` lets a state run it with `enter: name`.

    It is given the snapshot, after the step that led into the state is committed, so it changes nothing of it: what it
    raises is logged. A process that dies in between does not run it. The send that it is part of waits for it, so it
    cannot send to its own session.

    Args:
        name: The name that specs call it by: `a-z`, `0-9` and `_`.

    Raises:
        ValueError: The name is none.
    """
    _check_names(name, (), frozenset())
    return lambda run: Hook(name, run)


def _unused(_answer: Mapping[str, Any], _call: Call) -> Result:
    raise AssertionError


def _check_fields(name: str, fields: list[str]) -> None:
    for entry in fields:
        if fields.count(entry) > 1:
            raise ValueError(f"{name}: the field {entry!r} stands twice")
        if entry == "key":
            raise ValueError(f"{name}: a field cannot be named 'key', since a send takes its idempotency key by that")


def _check_names(name: str, outcomes: tuple[str, ...], needs: frozenset[str]) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name: use a-z, 0-9 and _, starting with a letter")
    for outcome in outcomes:
        if not _OUTCOME.fullmatch(outcome) or outcomes.count(outcome) > 1:
            raise ValueError(f"{name}: {outcome!r} is no outcome, or stands twice")
    if needs - _FACTS:
        raise ValueError(f"{name}: a session does not carry {min(needs - _FACTS)!r}; it may carry username and tokens")
