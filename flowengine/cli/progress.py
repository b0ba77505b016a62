"""Progress of work whose end is not known, for whoever watches a terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Final, Self

import click

from flowengine.provision.counted import counted

__all__ = ["Progress"]

_EVERY: Final = 0.2
"""Seconds between two lines."""


class Progress:
    """
    Shows how much is done and how much waits, on one line of standard error, if that is a terminal.

    Args:
        label: What is being worked on.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._shows = sys.stderr.isatty()
        self._shown = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wipe the line."""
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)

    def update(self, done: int, waiting: int) -> None:
        """Show the numbers, unless they were shown just before."""
        now = time.monotonic()
        if self._shows and now - self._shown >= _EVERY:
            self._shown = now
            share = done / (done + waiting)
            bar = click.style("█" * int(30 * share), fg="cyan") + "░" * (30 - int(30 * share))
            click.echo(f"\r\x1b[K{self._label} {bar} {counted(done, 'state')}, {waiting:,} waiting", nl=False, err=True)
