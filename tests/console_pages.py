"""Pages of the documentation whose console blocks are run: the commands in them, and what these should print."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import frozen

from flowengine.cli import main

__all__ = ["Command", "commands_of", "matches", "run"]

_BLOCK: Final = re.compile(r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_ANYTHING: Final = "..."
"""A line that stands for any number of lines."""


@frozen
class Command:
    """A command of a page, with what it should print and its exit status."""

    line: str
    printed: str
    status: int


def _blocks(page: Path, kind: str) -> Iterator[tuple[str, str]]:
    for block in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        if block["info"].split()[:1] == [kind]:
            yield block["info"], block["text"]


def commands_of(page: Path) -> Iterator[Command]:
    """
    Yield the commands of a page's console blocks, in order.

    The last command of a block fails where the block says so: `console exit=1`.
    """
    for info, text in _blocks(page, "console"):
        parts = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
        status = re.search(r"exit=(\d)", info)
        for number, part in enumerate(parts, start=1):
            line, _, printed = part.replace("\\\n", " ").partition("\n")
            yield Command(line, printed, int(status[1]) if status and number == len(parts) else 0)


def run(command: str) -> tuple[str, int]:
    """Run a command in this process, and return what it prints on a terminal and its exit status."""
    program, *arguments = shlex.split(command)
    screen = io.StringIO()
    with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
        try:
            _PROGRAMS[program](arguments)
        except SystemExit as end:
            return screen.getvalue(), int(end.code or 0)
    return screen.getvalue(), 0


def _flowengine(arguments: list[str]) -> None:
    before = sys.argv
    sys.argv = ["flowengine", *arguments]
    try:
        main()
    finally:
        sys.argv = before


def _cat(arguments: list[str]) -> None:
    print(Path(arguments[0]).read_text(encoding="utf-8"), end="")  # noqa: T201 (printing is its job)


_PROGRAMS: Final = {"cat": _cat, "flowengine": _flowengine}


def matches(expected: str, printed: str) -> bool:
    """Tell whether something printed is what a page shows, in which a line of dots stands for any lines."""
    lines = ("(?:.*\n)*?" if line.strip() == _ANYTHING else f"{re.escape(line)}\n" for line in expected.splitlines())
    return re.fullmatch("".join(lines), printed) is not None
