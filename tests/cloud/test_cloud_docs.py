"""What the page on the account shows, run as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from flowengine.simulator.cloud.operations import OPERATIONS

PAGE = (Path(__file__).parents[2] / "docs" / "account.md").read_text(encoding="utf-8")


def test_page_prints_what_it_says() -> None:
    """The snippet prints what the page says of it."""
    (snippet,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    done = subprocess.run([sys.executable, "-c", snippet], capture_output=True, text=True, check=True)
    (said,) = re.findall(r"It prints `(\w+)`.*?`(\w+)`", PAGE, re.DOTALL)
    assert done.stdout.split() == [*said]


def test_page_names_every_service() -> None:
    """Each service that is answered has a place in the table."""
    assert all(f"`{service}`" in PAGE for service in OPERATIONS)
