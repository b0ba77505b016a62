"""`standard` in every valid pool: takes minutes, so it is run by itself, as `nox -s explore`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

KNOWN: Final = {
    "pools": 416_028,
    "users": 152,
    "flows": 1_317,
    "explorations": 185_432,
    "states": 97_619,
    "steps": 2_053_880,
    "violations": 0,
}


def test_every_pool(tmp_path: Path) -> None:
    """Nothing is wrong with `standard` in any pool, and as much was explored as ever."""
    script = str(Path(sys.executable).with_name("flowengine"))
    command = [script, "explore", "standard", "--every-pool", "--json"]
    explored = subprocess.run([*command, "--cassettes", str(tmp_path)], capture_output=True, text=True, check=False)
    *violations, totals = map(json.loads, explored.stdout.splitlines())
    print(explored.stdout)
    assert violations == []
    assert {name: totals[name] for name in KNOWN} == KNOWN
    assert explored.returncode == 0
