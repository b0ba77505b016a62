"""The pages that are followed line by line: what they print is what the commands print."""

from __future__ import annotations

from pathlib import Path

import pytest
from console_pages import commands_of, matches, run

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("name", ["guide.md", "setup.md"])
def test_pages_print_what_they_say(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the page, in order and in one folder, prints what stands below it."""
    monkeypatch.chdir(tmp_path)
    commands = list(commands_of(DOCS / name))
    assert len(commands) > 5
    for command in commands:
        printed, status = run(command.line)
        assert matches(command.printed, printed), f"$ {command.line}\n{printed}"
        assert status == command.status, command.line


@pytest.mark.parametrize(
    ("expected", "printed", "found"),
    [
        ("one\n", "one\n", True),
        ("one\n...\n", "one\n", True),
        ("...\nthree\n", "one\ntwo\nthree\n", True),
        ("one\n...\nthree\n", "one\ntwo\nthree\n", True),
        ("one\nthree\n", "one\ntwo\nthree\n", False),
        ("...\ntwo\n", "one\ntwo\nthree\n", False),
        ("o.e\n", "one\n", False),
    ],
)
def test_dots_stand_for_any_lines(expected: str, printed: str, found: bool) -> None:  # noqa: FBT001
    """What is left out is left out by a line of dots alone."""
    assert matches(expected, printed) is found
