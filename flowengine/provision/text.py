"""A plan for people to read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any, Final

from flowengine.provision.planned import Operation, Plan, PlannedChange
from flowengine.settings import changed_settings

__all__ = ["plan_as_text", "written"]

_WIDTH: Final = 110
_SIGNS: Final = {"needs a new pool": "!", "needs a new client": "!", "refused": "="}
"""What begins the line of a change: made (~), left as it is (=), or in the way (!)."""


def plan_as_text(plan: Plan) -> str:
    """
    Return a plan as text: what differs, what is in the way, what it means for people, and what will be called.

    Args:
        plan: The plan.
    """
    return "\n".join(_lines(plan))


def written(value: Any) -> str:
    """Return a setting's value as a spec would write it."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else str(value)


def _lines(plan: Plan) -> Iterator[str]:
    yield _heading(plan)
    yield from _namesakes(plan)
    if plan.creates:
        for path, value in changed_settings(plan.spec).items():
            yield f"  + {path}: {written(value)}"
    for change in plan.changes:
        if not plan.replaces or change.rule.verdict == "needs a new pool":
            yield from _change(change)
    for obstacle in plan.obstacles:
        yield from _wrapped("  error: ", f"{obstacle.message}")
        yield from _wrapped("         ", obstacle.hint)
    if plan.consequences:
        yield "For users:"
    for consequence in plan.consequences:
        yield from _wrapped(f"  {consequence.severity}: ", consequence.message)
    if plan.operations:
        yield "Calls, in this order:"
    for number, operation in enumerate(plan.operations, start=1):
        yield from _call(number, operation)


def _heading(plan: Plan) -> str:
    name = plan.resources.pool_name
    if plan.replaces:
        return f"A new pool {name!r} in {plan.region}, and the end of {plan.pool_id}:"
    if plan.pool_id is None:
        return f"A new pool {name!r} in {plan.region}:"
    if not plan.changes and not plan.operations and not plan.obstacles:
        return f"{plan.pool_id}: nothing to change"
    return f"{plan.pool_id}:"


def _namesakes(plan: Plan) -> Iterator[str]:
    if plan.namesakes and plan.creates:
        ids = ", ".join(plan.namesakes)
        text = f"a pool with this name exists already ({ids}): this plan makes another one beside it"
        yield from _wrapped("  warning: ", text)
        yield from _wrapped("           ", "to change the one that exists, give its id with --pool-id")


def _change(change: PlannedChange) -> Iterator[str]:
    rule = change.rule
    how = f"{rule.verdict}: {rule.operation}" if rule.operation else rule.verdict
    sign = _SIGNS.get(rule.verdict, "~")
    yield f"  {sign} {change.setting}: {written(change.before)} -> {written(change.after)}  ({how})"
    if rule.verdict != "allowed":
        yield from _wrapped("      ", rule.reason)
    for tool, says in rule.tools.items():
        yield from _wrapped(f"      {tool}: ", says)


def _call(number: int, operation: Operation) -> Iterator[str]:
    settings = f": {', '.join(operation.settings)}" if operation.settings else ""
    yield from _wrapped(f"  {number}. ", f"{operation.name}{settings}")
    if operation.echoed:
        yield from _wrapped("     ", f"says again, so that it stays as it is: {', '.join(operation.echoed)}")


def _wrapped(prefix: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=prefix, subsequent_indent=" " * len(prefix), break_on_hyphens=False
    )
