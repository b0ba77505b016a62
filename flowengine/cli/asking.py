"""Questions before something is done. They go to standard error; where nobody answers, it is said what to give."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TextIO, TypeVar

import click

__all__ = ["confirm", "prompted"]

T = TypeVar("T")


def prompted(text: str, *, otherwise: str, check: Callable[[str], str] | None = None) -> Any:
    """
    Return what somebody types.

    Args:
        text: What to ask for.
        otherwise: What to do where nobody can be asked.
        check: Returns the value, or raises `click.UsageError` to ask again.

    Raises:
        click.Abort: Whoever is asked stops.
        click.ClickException: There is nobody.
    """
    return _answer(lambda: click.prompt(text, err=True, value_proc=check), otherwise)


def confirm(text: str, *, otherwise: str) -> None:
    """
    Go on only where somebody says yes.

    Args:
        text: What to ask.
        otherwise: What to do where nobody can be asked.

    Raises:
        click.Abort: They say no, or stop.
        click.ClickException: There is nobody.
    """
    if not _answer(lambda: click.confirm(text, err=True), otherwise):
        raise click.Abort


def _answer(question: Callable[[], T], otherwise: str) -> T:
    keyboard: TextIO | None = sys.stdin
    if keyboard is None:
        raise click.ClickException(f"nobody can be asked: {otherwise}")
    try:
        return question()
    except click.Abort:
        if keyboard.isatty():
            raise
        click.echo(err=True)
        raise click.ClickException(f"nobody answered: {otherwise}") from None
