"""Every pool that there can be: part by part, on every core, and again from where it was left."""

from __future__ import annotations

import gc
import hashlib
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final

import attrs

from flowengine.compile import compile_flow, walk
from flowengine.explore.coverage import Occurrence, needless, unused, vain
from flowengine.explore.exploration import Exploration
from flowengine.explore.family import Family
from flowengine.explore.parts import BLOCKS, Part, PartResult, explore_part, parts
from flowengine.explore.properties import Finding
from flowengine.explore.retold import Violation
from flowengine.explore.sayings import contradictions
from flowengine.library import read
from flowengine.spec import FlowSpec

__all__ = ["explore_every_pool"]

PACKAGE: Final = Path(__file__).parent.parent
POLL: Final = 0.2
"""Seconds between two looks at how far the work is."""
Progress = Callable[[int, int], None]


def explore_every_pool(
    source: str | os.PathLike[str],
    *,
    state: Path | None = None,
    processes: int | None = None,
    progress: Progress = lambda _done, _open: None,
) -> Exploration:
    """
    Explore a flow for every valid pool.

    Args:
        source: A shipped name or a path.
        state: A folder in which finished parts are kept, and from which those of an earlier attempt are taken, if
            neither the flow nor the package has changed since.
        processes: How many work side by side; None for one per core.
        progress: Called with the number of worlds that were worked on, and that still wait.

    Raises:
        SpecError: The spec has problems.
    """
    started = time.perf_counter()
    spec = read(source)
    compile_flow(attrs.evolve(spec, pool=None))
    kept = _Kept(state, spec)
    results = [result for result in map(kept.load, parts()) if result is not None]
    missing = [part for part in parts() if part not in {result.part for result in results}]
    for result in _explored(os.fspath(source), missing, processes or os.cpu_count() or 1, progress):
        kept.save(result)
        results.append(result)
    together = _together(spec, sorted(results, key=lambda result: parts().index(result.part)))
    return attrs.evolve(together, seconds=time.perf_counter() - started)


class _Kept:
    """Finished parts in a folder, by a digest of all that they depend on."""

    def __init__(self, folder: Path | None, spec: FlowSpec) -> None:
        self._folder = folder
        self._digest = _digest(spec) if folder is not None else ""

    def load(self, part: Part) -> PartResult | None:
        path = self._path(part)
        if path is None or not path.exists():
            return None
        return PartResult.from_json(path.read_text(encoding="utf-8"))

    def save(self, result: PartResult) -> None:
        path = self._path(result.part)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".unfinished")
            unfinished.write_text(result.to_json(), encoding="utf-8")
            unfinished.replace(path)

    def _path(self, part: Part) -> Path | None:
        name = f"{self._digest}-{part.block}-{part.crowd.replace(' ', '-')}.json"
        return None if self._folder is None else self._folder / name


def _digest(spec: FlowSpec) -> str:
    digest = hashlib.sha256(repr(spec).encode())
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


# side by side

_families: dict[str, Family] = {}
"""The families of a worker, by block: what many parts of one process share."""
_counters: list[Any] = []
"""The shared numbers that tell the parent how far each part is."""


def _explored(source: str, missing: Sequence[Part], processes: int, progress: Progress) -> Iterator[PartResult]:
    context = multiprocessing.get_context("spawn")
    counters = context.Array("q", 2 * max(1, len(missing)))
    workers = min(processes, len(missing))
    if not workers:
        return
    with ProcessPoolExecutor(workers, context, _begin_worker, (counters,)) as executor:
        waiting = {executor.submit(_work, source, part, number) for number, part in enumerate(missing)}
        while waiting:
            done = {future for future in waiting if future.done()}
            waiting -= done
            yield from (future.result() for future in done)
            numbers = counters[:]
            progress(sum(numbers[::2]), sum(numbers[1::2]))
            if not done:
                time.sleep(POLL)


def _begin_worker(counters: Any) -> None:
    _counters.append(counters)


def _work(source: str, part: Part, number: int) -> PartResult:
    if part.block not in _families:
        _families[part.block] = Family(read(source), BLOCKS[part.block]())
        _families[part.block].check()
        gc.freeze()  # a family is large and stays: collections need not go through it
    counters = _counters[0]

    def count(done: int, waiting: int) -> None:
        counters[2 * number], counters[2 * number + 1] = done, waiting

    return explore_part(_families[part.block], part, count)


# together


def _together(spec: FlowSpec, results: Sequence[PartResult]) -> Exploration:
    blocks = {result.part.block: result for result in results}
    came = frozenset[Occurrence]().union(*(result.occurred for result in results))
    foretold = frozenset[Occurrence]().union(*(result.predicted for result in results))
    of_all = [*vain(foretold, came), *unused(spec, came), *needless(spec, came), *_contradictory(spec)]
    violations = {(one.property, one.message): one for result in reversed(results) for one in result.violations}
    return Exploration(
        flow=spec.name,
        pools=sum(result.pools for result in blocks.values()),
        users=len({user for result in results for user in result.users}),
        flows=sum(result.flows for result in blocks.values()),
        explorations=sum(result.explorations for result in results),
        states=sum(result.states for result in results),
        steps=sum(result.steps for result in results),
        seconds=sum(result.seconds for result in results),
        violations=(*violations.values(), *map(_plain, of_all)),
    )


def _contradictory(spec: FlowSpec) -> Iterator[Finding]:
    for message in dict.fromkeys(message for _, message in contradictions(spec, walk(spec, None).edges)):
        yield Finding(property="recovery", message=message, pools=0)


def _plain(finding: Finding) -> Violation:
    return Violation(property=finding.property, message=finding.message, pools=finding.pools)
