"""`flowengine init`: write a spec, with a comment on each of its settings."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import click

from flowengine.provision.setup import QUESTIONS, Answers, Question, interview, pool_of, problems_of, spec_text
from flowengine.provision.setup.document import summary_of
from flowengine.settings import PoolSettings, broken_rules, changed_settings

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
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@click.option("--json", "as_json", is_flag=True, help="One object: the file, its settings, what to know of them.")
def command(file: str, *, force: bool, as_json: bool, **options: Any) -> None:
    """
    Write FILE, a spec that extends `standard` and declares the pool that its flow needs.

    On a terminal, what no option answers is asked, in the order of `amplify add auth`. Without one, it stands at its
    default. FILE is login.yaml if not said otherwise, and gives the flow its name.
    """
    path = Path(file)
    _check_path(path, force=force)
    given = {key: value for key, value in options.items() if value not in (None, ())}
    pool = pool_of(_answers(given))
    _write(path, spec_text(path.stem, pool, origin="Written by flowengine init."), force=force)
    _tell(path, pool, as_json=as_json)


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


def _tell(path: Path, pool: PoolSettings, *, as_json: bool) -> None:
    warnings = [rule.complaint(detail) for rule, detail in broken_rules(pool)]
    if as_json:
        click.echo(json.dumps({"file": str(path), "settings": changed_settings(pool), "warnings": warnings}))
        return
    click.echo(f"{path}: {summary_of(pool)}")
    _tell_each("warning", warnings)


def _tell_each(kind: str, texts: Iterable[str]) -> None:
    for text in texts:
        click.echo(f"{click.style(kind, fg='yellow')}: {text}")
