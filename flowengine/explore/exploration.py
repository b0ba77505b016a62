"""`explore`: one call for everything."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from attrs import field, frozen

from flowengine.compile import compile_flow
from flowengine.engine import Engine
from flowengine.errors import PoolMissing
from flowengine.explore.family import Family
from flowengine.explore.goals import explore_to_the_end
from flowengine.explore.judging import findings
from flowengine.explore.people import Person
from flowengine.explore.retold import Violation, retold
from flowengine.explore.search import Search
from flowengine.explore.stage import Stage
from flowengine.library import read
from flowengine.settings import PoolSettings
from flowengine.spec import FlowSpec

__all__ = ["Exploration", "explore", "explore_spec"]


@frozen(kw_only=True)
class Exploration:
    """
    What came of exploring a flow.

    Args:
        flow: The flow's name.
        pools: For how many pools it was explored.
        users: How many kinds of users walked.
        flows: How many different flows the spec became for these pools.
        explorations: How many explorations differ: pools that answer alike whatever is asked of them share one.
        states: How many worlds were reached that differ in the facts that matter.
        steps: How many moves were performed.
        seconds: How long it took.
        violations: What is wrong, each thing once.
    """

    flow: str
    pools: int
    users: int
    flows: int
    explorations: int
    states: int
    steps: int
    seconds: float = field(repr=lambda seconds: f"{seconds:.1f}")
    violations: tuple[Violation, ...] = field(default=(), repr=False)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations


def explore(
    source: str | os.PathLike[str],
    *,
    pool: PoolSettings | None = None,
    progress: Callable[[int, int], None] = lambda _done, _open: None,
) -> Exploration:
    """
    Explore a flow for its pool.

    Args:
        source: A shipped name or a path.
        pool: The pool, in place of the spec's own.
        progress: Called with the number of worlds that were worked on, and that still wait.

    Raises:
        SpecError: The spec has problems.
        PoolMissing: The spec names no pool, and none is given.
    """
    spec = read(source)
    settings = pool or spec.pool
    if settings is None:
        raise PoolMissing(f"{spec.name} declares no pool: name one, or explore it for every pool")
    compile_flow(spec, settings)
    return explore_spec(spec, [settings], progress=progress)


def explore_spec(
    spec: FlowSpec,
    pools: Iterable[PoolSettings],
    *,
    crowd: Iterable[Person] | None = None,
    engine: Callable[..., Engine] = Engine,
    progress: Callable[[int, int], None] = lambda _done, _open: None,
) -> Exploration:
    """
    Explore a spec for some pools.

    Args:
        spec: The spec, after `extends`.
        pools: The pools.
        crowd: Who walks; None for every kind of user.
        engine: What makes the engine, to explore another one than `Engine`.
        progress: Called with the number of worlds that were worked on, and that still wait.

    Raises:
        SpecError: The spec has problems in one of the pools.
    """
    return _outside_of_event_loops(lambda: _explored(spec, pools, crowd, engine, progress))


def _outside_of_event_loops(work: Callable[[], Exploration]) -> Exploration:
    """Where an event loop runs, coroutines would wait for it: what steps them by hand works on a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result()


def _explored(
    spec: FlowSpec,
    pools: Iterable[PoolSettings],
    crowd: Iterable[Person] | None,
    engine: Callable[..., Engine],
    progress: Callable[[int, int], None],
) -> Exploration:
    started = time.perf_counter()
    family = Family(spec, pools)
    family.check()
    search = Search(family, Stage(family, engine), crowd)
    explore_to_the_end(search, progress)
    violations = tuple(retold(search, finding) for finding in findings(search))
    return Exploration(
        flow=spec.name,
        pools=sum(family.counts),
        users=sum(bool(held) for held in search.persons.values()),
        flows=family.flows,
        explorations=family.distinct(),
        states=len(search.nodes),
        steps=search.steps,
        seconds=time.perf_counter() - started,
        violations=violations,
    )
