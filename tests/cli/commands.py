"""What the tests of the command line share: running it in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import flowengine as fe
from flowengine.library import shipped_names

__all__ = ["RUNNABLE", "WITHOUT_PASSKEYS", "flowengine"]

RUNNABLE: Final = sorted(set(shipped_names()) - {"standard"})
"""The shipped flows that declare a pool."""

WITHOUT_PASSKEYS: Final = """\
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("soft_webauthn", "webauthn"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
"""
"""What makes a process one without the extra `passkeys`."""


def flowengine(
    *arguments: str, text: str = "", cwd: Path | None = None, before: str = ""
) -> subprocess.CompletedProcess[str]:
    """
    Run the command.

    Args:
        arguments: Its arguments.
        text: What is typed.
        cwd: The working directory.
        before: Python code that the process runs before the command.
    """
    command = [sys.executable, "-c", f"{before}from flowengine.cli import main; main()", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(fe.__file__).parents[1])}
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False, cwd=cwd, env=environment)
