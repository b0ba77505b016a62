"""What the tests of `flowengine sms` share: running it where there is no AWS."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from click.testing import CliRunner, Result

import flowengine as fe
from flowengine.cli.sms import command

__all__ = ["in_a_process", "sms"]

NOWHERE: Final[Mapping[str, str | None]] = {
    **{name: None for name in os.environ if name.startswith("AWS_")},
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""An environment without AWS."""


def sms(*arguments: str, text: str = "") -> Result:
    """
    Run the command where there is no AWS.

    Args:
        arguments: Its arguments.
        text: What is typed.
    """
    return CliRunner(env=NOWHERE).invoke(command, arguments, input=text)


def in_a_process(
    *arguments: str, code: str = "from flowengine.cli import main; main()", before: str = ""
) -> subprocess.CompletedProcess[str]:
    """
    Run the command in a process of its own, where there is no AWS and nobody types.

    Args:
        arguments: Its arguments, `sms` first.
        code: The Python code that the process runs.
        before: Python code that it runs before.
    """
    environment = {name: value for name, value in {**os.environ, **NOWHERE}.items() if value is not None}
    environment["PYTHONPATH"] = str(Path(fe.__file__).parents[1])
    command = [sys.executable, "-c", f"{before}{code}", *arguments]
    return subprocess.run(command, input="", capture_output=True, text=True, check=False, env=environment)
