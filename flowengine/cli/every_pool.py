"""`flowengine check --every-pool`: specs against every pool and every client that there can be."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext

import attrs
import click
from attrs import define, field

from flowengine.cli.imports import Extensions
from flowengine.compile.shared import SharedWalks
from flowengine.compile.work import Work
from flowengine.errors import Problem
from flowengine.provision.counted import counted
from flowengine.settings import Mfa, PoolSettings, pool_name, valid_pools
from flowengine.settings.variants import EVERY_FLOW, variants
from flowengine.spec import FlowSpec

__all__ = ["EveryPool", "check_every_pool"]


@define
class EveryPool:
    """
    What came of a spec in every pool.

    Args:
        spec: The spec's name.
        pools: How many pools were tried, each with a client that allows every flow.
        variants: How many more combinations: rich pools, each with every client and every other setting.
        walks: How many walks they needed; all others agreed with one of them.
        settings_read: The settings that were read on the way: pools that agree on them become the same flow.
        seconds: How long it took.
        problems: Each problem, with the name of the first pool that has it.
    """

    spec: str
    pools: int = 0
    variants: int = 0
    walks: int = 0
    settings_read: tuple[str, ...] = ()
    seconds: float = 0.0
    problems: dict[Problem, str] = field(factory=dict)


def check_every_pool(
    spec: FlowSpec, own: Extensions | None = None, pools: Iterable[PoolSettings] | None = None, *, as_json: bool
) -> EveryPool:
    """
    Compile a spec for every valid pool, and print what came of it.

    Every pool is tried with a client that allows every flow. For each setting of MFA, the pool in which a session can
    be in the most positions is tried again with every client, device setting and assumption.

    Args:
        spec: The spec.
        own: What the application adds, if anything.
        pools: The pools to try; None for every valid one.
        as_json: Whether to print objects for programs.
    """
    result, started = EveryPool(spec.name), time.perf_counter()
    walks = SharedWalks(spec, actions=own.actions, hooks=own.hooks) if own else SharedWalks(spec)
    rich: dict[Mfa, tuple[int, PoolSettings]] = {}
    with _bar(valid_pools(EVERY_FLOW) if pools is None else pools, f"{spec.name}: pools") as tried:
        for pool in tried:
            work = walks.of(pool)
            _note(result, work, pool)
            result.pools += 1
            if len(work.known) > rich.get(pool.mfa, (0, pool))[0]:
                rich[pool.mfa] = len(work.known), pool
    with _bar(variants([pool for _, pool in rich.values()]), f"{spec.name}: variants") as tried:
        for pool in tried:
            _note(result, walks.of(pool), pool)
            result.variants += 1
    result.walks, result.settings_read = walks.distinct, walks.settings_read
    result.seconds = time.perf_counter() - started
    _print(result, as_json=as_json)
    return result


def _bar(pools: Iterable[PoolSettings], label: str) -> AbstractContextManager[Iterable[PoolSettings]]:
    """Show the progress to whoever watches a terminal."""
    if not sys.stderr.isatty():
        return nullcontext(pools)
    return click.progressbar(pools, label=label, show_pos=True, file=sys.stderr)


def _note(result: EveryPool, work: Work, pool: PoolSettings) -> None:
    for problem in work.problems:
        if problem not in result.problems:
            result.problems[problem] = pool_name(pool)


def _print(result: EveryPool, *, as_json: bool) -> None:
    for problem, name in result.problems.items():
        if as_json:
            click.echo(json.dumps({**attrs.asdict(problem), "pool": name}))
        else:
            click.echo(f"{problem}\n    in the pool: {name}")
    if as_json:
        click.echo(json.dumps({**attrs.asdict(result, recurse=False), "problems": len(result.problems)}))
        return
    verdict = "fine" if not result.problems else counted(len(result.problems), "problem")
    where = f"{counted(result.pools, 'pool')} and {counted(result.variants, 'variant')} of them"
    click.echo(f"{result.spec}: {verdict} in {where}, by {counted(result.walks, 'walk')}, in {result.seconds:.1f} s")
