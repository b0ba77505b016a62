"""`flowengine check`: every problem of specs."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import attrs
import click

from flowengine.cli.imports import extensions_of, import_option
from flowengine.errors import Problem, SpecError
from flowengine.library import load, read, shipped_names
from flowengine.machine import Flow
from flowengine.provision.counted import counted

__all__ = ["command", "source_of"]


@click.command("check")
@click.argument("specs", nargs=-1, required=True, metavar="SPEC...")
@click.option("--every-pool", is_flag=True, help="Compile each for every valid pool, in place of its own.")
@import_option
@click.option("--json", "as_json", is_flag=True, help="One object a line: each problem, then the totals.")
def command(specs: tuple[str, ...], *, every_pool: bool, modules: tuple[str, ...], as_json: bool) -> None:
    """
    Find every problem of specs, each with its place.

    SPEC is a path, or the name of a shipped flow. A spec with warnings alone is fine.
    """
    own = extensions_of(modules)
    if every_pool:
        from flowengine.cli.every_pool import check_every_pool  # noqa: PLC0415 (it enumerates pools)

        results = [check_every_pool(read(source_of(spec)), own, as_json=as_json) for spec in specs]
        sys.exit(1 if any(result.problems for result in results) else 0)
    found: dict[Problem, None] = {}
    for spec in specs:
        try:
            flow = load(source_of(spec), actions=own.actions, hooks=own.hooks)
        except SpecError as error:
            problems = error.problems
        else:
            problems = flow.warnings
            if not as_json:
                click.echo(_fine(spec, flow))
        fresh = [problem for problem in problems if problem not in found]
        found.update(dict.fromkeys(fresh))
        for problem in fresh:
            _print_problem(problem, as_json=as_json)
    errors = sum(problem.severity == "error" for problem in found)
    _print_totals(len(specs), errors, len(found) - errors, as_json=as_json)
    sys.exit(1 if errors else 0)


def source_of(spec: str) -> str | Path:
    """A file that is no shipped flow's name as a path, also one without a suffix; anything else as it is."""
    return Path(spec) if spec not in shipped_names() and Path(spec).exists() else spec


def _fine(spec: str, flow: Flow) -> str:
    return f"{spec}: fine ({counted(len(flow.positions), 'position')}, {counted(len(flow.edges), 'step')})"


def _print_problem(problem: Problem, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(attrs.asdict(problem)))
        return
    place = f"{click.style(problem.place, bold=True)}: " if problem.place else ""
    kind = click.style(problem.severity, fg="red" if problem.severity == "error" else "yellow")
    click.echo(f"{place}{kind}: {problem.message} [{problem.code}]")
    if problem.hint:
        click.echo(f"    {problem.hint}")


def _print_totals(specs: int, errors: int, warnings: int, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"specs": specs, "errors": errors, "warnings": warnings}))
    else:
        click.echo(f"{specs} checked: {counted(errors, 'error')}, {counted(warnings, 'warning')}", err=True)
