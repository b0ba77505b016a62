"""Every mutant of `standard`, hunted: takes minutes, so it is run by itself, as `nox -s mutants`."""

from __future__ import annotations

import itertools
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from typing import Final

from hunted import GROUNDS, SURVIVORS

from flowengine.explore.brood import Brood
from flowengine.explore.comparison import Comparison, look
from flowengine.explore.hunting import Hunt
from flowengine.explore.kinds import kinds
from flowengine.explore.mutants import mutants, mutated
from flowengine.library import read
from flowengine.settings import PoolSettings, valid_pools
from flowengine.settings.variants import EVERY_FLOW, rich_pools, variants

SHARES: Final = 20
"""Into how many parts the mutants go to be checked and compared."""
LEFT_OUT: Final = "left out"
SURVIVES: Final = "survives"


def every_kind() -> tuple[PoolSettings, ...]:
    """Return a pool of each kind that there is."""
    pools = [*valid_pools(EVERY_FLOW)]
    return kinds(read("standard"), itertools.chain(pools, variants(rich_pools(pools))))


def compared(share: int, pools: Sequence[PoolSettings]) -> Mapping[str, str]:
    """Return what becomes of the mutants of one part that need not be hunted, by their names."""
    spec = read("standard")
    comparison, healthy = Comparison(spec, pools), look(spec)
    found = {}
    for mutant in itertools.islice(mutants(spec), share, None, SHARES):
        seen = look(mutated(spec, mutant))
        if seen.problems:
            found[str(mutant)] = seen.problems[0]
        elif seen.unused - healthy.unused:
            found[str(mutant)] = "use"
        elif seen.contradictions:
            found[str(mutant)] = "recovery, by what outcomes say"
        elif comparison.tells_apart(mutant) is None:
            found[str(mutant)] = LEFT_OUT
    return found


def hunted(number: int, without: frozenset[str]) -> Mapping[str, str]:
    """Return the properties that mutants break on one of the grounds, by their names."""
    spec, ground = read("standard"), GROUNDS[number]
    left = [mutant for mutant in mutants(spec) if str(mutant) not in without]
    hunt = Hunt(Brood(spec, ground.pool, left), ground.crowd)
    hunt.run()
    assert 0 not in hunt.caught, hunt.caught[0]
    return {str(left[index - 1]): catch.property for index, catch in hunt.caught.items()}


def test_mutants() -> None:
    """All but a few are caught, and it is known why those are not."""
    started, found = time.perf_counter(), dict[str, str]()

    def gather(parts: Iterable[Future[Mapping[str, str]]]) -> None:
        for part in as_completed(parts):
            found.update({name: fate for name, fate in part.result().items() if name not in found})
            print(f"{len(found)} mutants, {time.perf_counter() - started:.0f} s", flush=True)

    pools = every_kind()
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as executor:
        gather(executor.submit(compared, share, pools) for share in range(SHARES))
        known = frozenset(found)
        gather(executor.submit(hunted, number, known) for number in range(len(GROUNDS)))
    names = [str(mutant) for mutant in mutants(read("standard"))]
    told = Counter(found.get(name, SURVIVES) for name in names)
    judged = len(names) - told[LEFT_OUT]
    caught = judged - told[SURVIVES]
    print(*(f"{number:6} {fate}" for fate, number in told.most_common()), sep="\n")
    print(f"{caught} of {judged} are caught, {caught / judged:.2%}")
    assert set(SURVIVORS) == {name for name in names if name not in found}
    assert caught >= 0.98 * judged
