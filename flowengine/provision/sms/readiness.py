"""The answer: can an SMS reach a number from this account and Region?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flowengine.provision.sms.account import check_account
from flowengine.provision.sms.facts import Facts, Unknown
from flowengine.provision.sms.of_pool import check_pool
from flowengine.provision.sms.verdict import Verdict, unknown

__all__ = ["is_blocked", "verdicts"]


def verdicts(facts: Facts) -> tuple[Verdict, ...]:
    """Return a verdict on each thing that decides whether an SMS arrives, in the order in which they are met."""
    return (*_of_pool(facts), *check_account(facts))


def is_blocked(lines: Iterable[Verdict]) -> bool:
    """Tell whether no SMS arrives."""
    return any(line.verdict == "blocks" for line in lines)


def _of_pool(facts: Facts) -> Iterator[Verdict]:
    if isinstance(facts.pool, Unknown):
        yield unknown("pool", facts.pool)
    elif facts.pool is not None:
        yield from check_pool(facts.pool, facts.region)
