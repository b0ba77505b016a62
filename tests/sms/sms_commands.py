"""What the tests of `flowengine sms` share: running it where there is no AWS."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from click.testing import CliRunner, Result

from flowengine.cli.sms import command

__all__ = ["NOWHERE", "sms"]

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
