"""Every pool that there can be, in parts: the pools of a block, and the people of a crowd."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import attrs
from attrs import field, frozen

from flowengine.explore.coverage import Occurrence, occurred, predicted
from flowengine.explore.family import Family
from flowengine.explore.goals import explore_to_the_end
from flowengine.explore.judging import findings
from flowengine.explore.people import Person, people
from flowengine.explore.retold import Violation, retold
from flowengine.explore.search import Search
from flowengine.explore.stage import Stage
from flowengine.replay import Cassette
from flowengine.settings import PoolSettings, parse_pool, pool_name, valid_pools
from flowengine.settings.variants import EVERY_FLOW, rich_pools, variants

__all__ = ["BLOCKS", "CROWDS", "Part", "PartResult", "explore_part", "parts"]

BLOCKS: Final[Mapping[str, Callable[[], Iterable[PoolSettings]]]] = {
    "variants": lambda: variants(rich_pools(valid_pools(EVERY_FLOW))),
    "pools": lambda: valid_pools(EVERY_FLOW),
}
"""Rich pools with every client, device setting and assumption; and all pools with a client that allows every flow."""


def _crowds() -> dict[str, tuple[Person, ...]]:
    everybody = people()
    strangers = [person for person in everybody if person.origin == "stranger"]
    members = [person for person in everybody if person.origin == "member"]
    parted = {
        "members with one contact": [person for person in members if len(person.contacts) <= 1],
        "members with two contacts": [person for person in members if len(person.contacts) > 1],
        "invited": [person for person in everybody if person.origin == "invited"],
        "newcomers": [person for person in everybody if person.origin == "newcomer"],
    }
    return {name: (*strangers, *persons) for name, persons in parted.items()}


CROWDS: Final[Mapping[str, tuple[Person, ...]]] = _crowds()
"""Who walks together. Strangers are among each, to hold the others against."""


@frozen
class Part:
    """
    A part of the work.

    Args:
        block: The pools, by the name of the block.
        crowd: Who walks, by the name of the crowd.
    """

    block: str
    crowd: str

    def __str__(self) -> str:
        """Render as `pools, invited`."""
        return f"{self.block}, {self.crowd}"


@frozen(kw_only=True)
class PartResult:
    """
    What came of a part, as values that can be written down.

    Args:
        part: The part.
        pools: How many pools.
        flows: How many different flows the spec became.
        explorations: How many explorations differ: pools that answer every question alike that was asked share one.
        users: Who walked in any of the pools.
        states: How many worlds were reached.
        steps: How many moves were performed.
        seconds: How long it took.
        violations: What is wrong.
        occurred: What came of anything.
        predicted: What could have come.
    """

    part: Part
    pools: int
    flows: int
    explorations: int
    users: tuple[str, ...]
    states: int
    steps: int
    seconds: float
    violations: tuple[Violation, ...]
    occurred: frozenset[Occurrence] = field(repr=False)
    predicted: frozenset[Occurrence] = field(repr=False)

    def to_json(self) -> str:
        """Write it down."""
        values = attrs.asdict(self, recurse=False)
        values["part"] = attrs.astuple(self.part)
        values["violations"] = [_written(violation) for violation in self.violations]
        for name in ("occurred", "predicted"):
            values[name] = sorted(values[name])
        return json.dumps(values)

    @classmethod
    def from_json(cls, text: str) -> PartResult:
        """Read what was written down."""
        values = json.loads(text)
        values["part"] = Part(*values["part"])
        values["users"] = tuple(values["users"])
        values["violations"] = tuple(_read(violation) for violation in values["violations"])
        for name in ("occurred", "predicted"):
            values[name] = frozenset(Occurrence(*one) for one in values[name])
        return cls(**values)


def _written(violation: Violation) -> dict[str, Any]:
    cassette = violation.cassette.to_yaml() if violation.cassette is not None else None
    pool = pool_name(violation.pool) if violation.pool is not None else None
    return {**attrs.asdict(violation, recurse=False), "pool": pool, "cassette": cassette}


def _read(values: Mapping[str, Any]) -> Violation:
    pool, cassette = values["pool"], values["cassette"]
    read = {
        "moves": tuple(values["moves"]),
        "story": tuple(values["story"]),
        "pool": None if pool is None else parse_pool(pool),
        "cassette": None if cassette is None else Cassette.from_yaml(cassette),
    }
    return Violation(**{**values, **read})


def parts() -> tuple[Part, ...]:
    """Return every part, those that take longest first."""
    return tuple(Part(block, crowd) for block in BLOCKS for crowd in CROWDS)


def explore_part(family: Family, part: Part, progress: Callable[[int, int], None]) -> PartResult:
    """
    Explore a part.

    Args:
        family: The pools of its block.
        part: The part.
        progress: Called with the number of worlds that were worked on, and that still wait.
    """
    started = time.perf_counter()
    search = Search(family, Stage(family), CROWDS[part.crowd])
    explore_to_the_end(search, progress)
    violations = tuple(retold(search, finding) for finding in findings(search))
    return PartResult(
        part=part,
        pools=sum(family.counts),
        flows=family.flows,
        explorations=family.distinct(),
        users=tuple(str(person) for person, pools in search.persons.items() if pools),
        states=len(search.nodes),
        steps=search.steps,
        seconds=time.perf_counter() - started,
        violations=violations,
        occurred=frozenset(occurred(search)),
        predicted=frozenset(predicted(family)),
    )
