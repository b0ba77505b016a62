"""What the page on testing shows, run as it stands there, by people who have a flow of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "testing.md").read_text()
HEALTHY: Final = "flowengine: 1\nname: login\nextends: phone-username-sms-verification\n"
BROKEN: Final = f"{HEALTHY}states: {{signed_out: {{on: {{sign_up: {{to: {{UNCONFIRMED: confirmed}}}}}}}}}}\n"
FEW: Final = """\
from hypothesis import Phase, settings
settings.register_profile(
    "few", max_examples=EXAMPLES, stateful_step_count=3, derandomize=True, database=None, deadline=None,
    phases=[Phase.generate],
)
"""
"""A profile of ours, so that the snippets take seconds."""


def run(folder: Path, spec: str, examples: int) -> subprocess.CompletedProcess[str]:
    """Run the snippets of the page beside a flow."""
    snippet, conftest = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (folder / "login.yaml").write_text(spec)
    (folder / "test_login.py").write_text(snippet)
    (folder / "conftest.py").write_text(f"{FEW.replace('EXAMPLES', str(examples))}\n{conftest}")
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "HYPOTHESIS_PROFILE": "few"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_login.py"]
    return subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)


def test_page_shows_what_passes(tmp_path: Path) -> None:
    """On a healthy flow, both tests pass."""
    done = run(tmp_path, HEALTHY, 3)
    assert (done.returncode, "2 passed" in done.stdout) == (0, True), done.stdout


def test_page_shows_what_fails(tmp_path: Path) -> None:
    """On a flow that takes a sign-up for a confirmation, both fail, and each tells the walk."""
    done = run(tmp_path, BROKEN, 30)
    assert (done.returncode, "2 failed" in done.stdout) == (1, True), done.stdout
    assert done.stdout.count("recovery: the session is confirmed, and the user is not") >= 2


@pytest.mark.parametrize("name", re.findall(r"^\| `(\w+)", PAGE, re.MULTILINE))
def test_page_names_what_there_is(name: str) -> None:
    """Every strategy of the table can be imported."""
    from flowengine.testing import strategies  # noqa: PLC0415 (only this test does)

    assert name in strategies.__all__
