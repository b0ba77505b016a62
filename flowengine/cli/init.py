"""`flowengine init`: write a spec, with a comment on each of its settings."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import attrs
import click

from flowengine.cli.live_pool import carried_over, read_pool
from flowengine.cli.values import checked_pool_id, said
from flowengine.errors import FlowEngineError
from flowengine.provision.setup import (
    QUESTIONS,
    Answers,
    CarriedOver,
    LeftOut,
    Question,
    carry_over,
    interview,
    pool_of,
    problems_of,
    read_project,
    spec_text,
    summary_of,
)
from flowengine.settings import broken_rules, changed_settings

__all__ = ["command"]

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*")


def _option(question: Question) -> Callable[[Any], Any]:
    kind: Any = click.Choice([choice.value for choice in question.choices]) if question.choices else None
    many = len(question.choices) > 5  # noqa: PLR2004 (more than a line of help holds)
    metavar = "ATTRIBUTE" if many else None if question.choices else "TEXT"
    settings: dict[str, Any] = {} if question.kind == "truth" else {"type": kind, "metavar": metavar}
    several = question.kind == "some"
    text = f"{question.text} Can be given more than once." if several else question.text
    return click.option(question.option, question.key, default=None, multiple=several, help=text, **settings)


def _answer_options(command: Any) -> Any:
    for question in reversed(QUESTIONS):
        command = _option(question)(command)
    return command


@click.command("init")
@click.argument("file", metavar="[FILE]", default="login.yaml", type=click.Path(dir_okay=False))
@_answer_options
@click.option("--from-amplify", "project", metavar="DIR", type=click.Path(exists=True, file_okay=False),
              help="Take the answers from an Amplify project of the first generation.")  # fmt: skip
@click.option(
    "--from-pool", "pool_id", callback=checked_pool_id, metavar="ID", help="Write the spec of a pool that exists."
)
@click.option("--client-id", callback=said, metavar="ID", help="Its app client; by itself the only one that it has.")
@click.option(
    "--region", callback=said, metavar="REGION", help="The pool's Region; by itself the one that its id begins with."
)
@click.option("--profile", callback=said, metavar="NAME", help="The AWS profile.")
@click.option("--simulate", is_flag=True, help="The pool is on the embedded account, kept in flowengine-account.jsonl.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@click.option("--json", "as_json", is_flag=True, help="One object: the file, its settings, what to know of them.")
def command(
    file: str,
    *,
    project: str | None,
    pool_id: str | None,
    client_id: str | None,
    region: str | None,
    profile: str | None,
    simulate: bool,
    force: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """
    Write FILE, a spec that extends `standard` and declares the pool that its flow needs.

    On a terminal, what no option answers is asked, in the order of `amplify add auth`. Without one, it stands at its
    default. FILE is login.yaml if not said otherwise, and gives the flow its name.
    """
    path = Path(file)
    _check_path(path, force=force)
    given = {key: value for key, value in options.items() if value not in (None, ())}
    where = {"client_id": client_id, "region": region, "profile": profile, "simulate": simulate}
    _check_sources(given, project, pool_id, any(where.values()))
    if project is not None:
        origin, carried = _from_amplify(Path(project))
    elif pool_id is not None:
        origin, carried = _from_pool(pool_id, **where)
    else:
        origin, carried = "Written by flowengine init.", CarriedOver(pool_of(_answers(given)), ())
    _write(path, spec_text(path.stem, carried.pool, origin=origin), force=force)
    _tell(path, carried, as_json=as_json)


def _check_sources(given: dict[str, Any], project: str | None, pool_id: str | None, where: bool) -> None:  # noqa: FBT001
    if project is not None and pool_id is not None:
        raise click.UsageError("--from-amplify and --from-pool do not go together")
    source = "--from-amplify" if project is not None else "--from-pool" if pool_id is not None else None
    if source and given:
        raise click.UsageError(f"{source} brings every answer: leave the others out")
    if where and pool_id is None:
        raise click.UsageError("--client-id, --region, --profile and --simulate go with --from-pool alone")


def _from_amplify(folder: Path) -> tuple[str, CarriedOver]:
    source, parameters = read_project(folder)
    carried = carry_over(parameters, older=source.name == "parameters.json")
    _refuse_broken(carried, str(source))
    return f"Written by flowengine init from {source.parent.name}/{source.name} of an Amplify project.", carried


def _from_pool(pool_id: str, **where: Any) -> tuple[str, CarriedOver]:
    carried = carried_over(asyncio.run(read_pool(pool_id, **where)))
    _refuse_broken(carried, pool_id)
    return f"Written by flowengine init from the pool {pool_id}.", carried


def _refuse_broken(carried: CarriedOver, source: str) -> None:
    refused = [rule.complaint(detail) for rule, detail in broken_rules(carried.pool) if rule.severity == "error"]
    if refused:
        raise FlowEngineError("\n".join([f"{source} breaks rules on settings, so nothing is written:", *refused]))


def _answers(given: dict[str, Any]) -> Answers:
    if sys.stdin.isatty() and sys.stderr.isatty():
        from flowengine.cli.terminal import Terminal  # noqa: PLC0415 (no prompt is needed without a terminal)

        answers = interview(given, Terminal())
    else:
        answers = Answers(**given)
    problems = problems_of(answers, given)
    if problems:
        raise click.UsageError("\n".join(problems))
    return answers


def _check_path(path: Path, *, force: bool) -> None:
    if not _NAME.fullmatch(path.stem):
        raise click.UsageError(f"{path.stem!r} is no name for a flow: use a-z, 0-9, _ and -")
    if path.exists() and not force:
        raise click.UsageError(f"{path} exists: --force overwrites it")
    if not path.absolute().parent.is_dir():
        raise click.UsageError(f"there is no folder for {path}")


def _write(path: Path, text: str, *, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise click.FileError(str(path), error.strerror) from None


def _tell(path: Path, carried: CarriedOver, *, as_json: bool) -> None:
    warnings = [rule.complaint(detail) for rule, detail in broken_rules(carried.pool)]
    if as_json:
        click.echo(json.dumps({
            "file": str(path), "settings": changed_settings(carried.pool), "warnings": warnings,
            "left_out": [attrs.asdict(item) for item in carried.left_out],
        }))  # fmt: skip
        return
    click.echo(f"{path}: {summary_of(carried.pool)}")
    for text in warnings:
        click.echo(f"{click.style('warning', fg='yellow')}: {text}")
    for reason, names in _by_reason(carried.left_out).items():
        click.echo(f"{click.style('left out', fg='yellow')}: {', '.join(names)}: {reason}")


def _by_reason(left_out: Iterable[LeftOut]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for item in left_out:
        grouped.setdefault(item.reason, []).append(item.parameter)
    return grouped
