"""`flowengine explore`: everything that can happen in a flow, held against the properties."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from flowengine.cli.check import source_of
from flowengine.cli.progress import Progress
from flowengine.explore import PROPERTIES, Exploration, Violation, explore, explore_every_pool
from flowengine.library import read
from flowengine.provision.counted import counted
from flowengine.settings import PoolSettings, pool_name, pool_tree

__all__ = ["command"]


@click.command("explore")
@click.argument("spec", metavar="FLOW")
@click.option(
    "--cassettes",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Where the walks to what is wrong are written, for `flowengine replay`.",
)
@click.option("--every-pool", is_flag=True, help="Explore it for every valid pool, in place of its own.")
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="With --every-pool: where finished parts are kept, to go on from there after an interruption.",
)
@click.option("--json", "as_json", is_flag=True, help="One object a line: each violation, then the totals.")
def command(spec: str, *, cassettes: Path | None, every_pool: bool, state: Path | None, as_json: bool) -> None:
    """
    Explore everything that can happen in a flow.

    FLOW is a path, or the name of a shipped flow. Every kind of user walks it in every way, rightly and wrongly, with
    time, faults, crashes and administrators in between, until nothing new appears.
    """
    with Progress(spec) as progress:
        if every_pool:
            result = explore_every_pool(source_of(spec), state=state, progress=progress.update)
        else:
            result = explore(source_of(spec), progress=progress.update)
    for number, violation in enumerate(result.violations, 1):
        path = _written(cassettes, result.flow, number, violation) if cassettes is not None else None
        if path is not None and violation.pool is not None:
            _write_flow(path, result.flow, source_of(spec), violation.pool)
        click.echo(json.dumps(_as_object(violation, path)) if as_json else _as_text(number, violation, path))
    click.echo(json.dumps(_totals(result)) if as_json else _summary(result))
    sys.exit(0 if result.ok else 1)


def _written(folder: Path, flow: str, number: int, violation: Violation) -> Path | None:
    """Write a violation's cassette."""
    if violation.cassette is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{flow}-{number}.yaml"
    path.write_text(violation.cassette.to_yaml(), encoding="utf-8")
    return path


def _write_flow(cassette: Path, flow: str, source: str | Path, pool: PoolSettings) -> None:
    """Write the flow for the pool that a cassette was recorded in beside it, for `replay --flow`."""
    from ruamel.yaml import YAML  # noqa: PLC0415 (few explorations find something)

    extended = source if isinstance(source, str) else str(source.resolve())
    own = {"flowengine": 1, "name": flow, "extends": extended, "pool": pool_tree(pool, read(source).pool)}
    with cassette.with_suffix(".flow.yaml").open("w", encoding="utf-8") as stream:
        YAML().dump(own, stream)


def _as_object(violation: Violation, path: Path | None) -> dict[str, Any]:
    return {
        "property": violation.property,
        "message": violation.message,
        "pools": violation.pools,
        "pool": pool_name(violation.pool) if violation.pool is not None else None,
        "user": violation.person,
        "moves": list(violation.moves),
        "cassette": str(path) if path is not None else None,
    }


def _as_text(number: int, violation: Violation, path: Path | None) -> str:
    name = click.style(violation.property, fg="red", bold=True)
    lines = [f"{number}. {name}: {violation.message}", f"   {PROPERTIES[violation.property]}"]
    lines += [f"   {line}" for line in violation.story]
    lines += [f"   recorded in {path}"] if path is not None else []
    return "\n".join([*lines, ""])


def _totals(result: Exploration) -> dict[str, Any]:
    return {
        "flow": result.flow,
        "pools": result.pools,
        "users": result.users,
        "flows": result.flows,
        "explorations": result.explorations,
        "states": result.states,
        "steps": result.steps,
        "violations": len(result.violations),
        "seconds": round(result.seconds, 1),
    }


def _summary(result: Exploration) -> str:
    verdict = "nothing wrong" if result.ok else counted(len(result.violations), "violation")
    where = f"{counted(result.pools, 'pool')} for {counted(result.users, 'kind')} of users"
    nouns = {"flow": result.flows, "exploration": result.explorations, "state": result.states, "step": result.steps}
    seen = ", ".join(counted(number, noun) for noun, number in nouns.items())
    return f"{result.flow}: {verdict} in {where}: {seen}, {result.seconds:.1f} s"
