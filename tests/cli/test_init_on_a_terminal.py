"""`flowengine init` on a real terminal: who sits there is asked."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import flowengine as fe
from flowengine.library import load


def _shown(terminal: int, text: str) -> None:
    """Read the terminal until it shows a text."""
    screen = ""
    while text not in screen:
        screen += os.read(terminal, 4096).decode()


def test_who_sits_at_the_terminal_is_asked(tmp_path: Path) -> None:
    """Questions go to the terminal, the result to standard output, and what an option answers is not asked."""
    terminal, side = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(Path(fe.__file__).parents[1]), "PROMPT_TOOLKIT_NO_CPR": "1"}
    command = [sys.executable, "-c", "from flowengine.cli import main; main()", "init", "--path", "default"]
    with subprocess.Popen(
        command, stdin=side, stderr=side, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environment
    ) as process:
        os.close(side)
        _shown(terminal, "What do users sign in with?")
        os.write(terminal, b"\x1b[B\r")
        _shown(terminal, "What must sign-up carry")
        os.write(terminal, b"\r")
        assert process.stdout is not None
        assert process.stdout.read() == "login.yaml: An e-mail address is the username, verified by e-mail.\n"
    os.close(terminal)
    assert process.returncode == 0
    assert load(tmp_path / "login.yaml").name == "login"
