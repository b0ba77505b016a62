"""An embedded AWS account that outlives a command, in a file of the working directory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from flowengine.errors import FlowEngineError
from flowengine.simulator.cloud import Cloud

__all__ = ["FILE", "ROLE", "ROLE_EXTERNAL_ID", "kept_account"]

FILE: Final = "flowengine-account.jsonl"
"""The file in the working directory."""
ROLE: Final = "flowengine-sms"
"""The role that an embedded account has for SMS."""
ROLE_EXTERNAL_ID: Final = "flowengine"
"""The external id that it asks for."""


@contextmanager
def kept_account(path: Path = Path(FILE), *, keeps: bool = True) -> Iterator[Cloud]:
    """
    Open an embedded account, and keep what becomes of it, also where something fails.

    Args:
        path: The file; one that does not exist is made once there is something to keep.
        keeps: Whether to keep anything; False for a command that only asks.

    Raises:
        click.ClickException: The file cannot be read or written, or holds something else.
    """
    cloud = _read(path) if path.exists() else Cloud()
    if ROLE not in cloud.state.roles:
        cloud.add_sms_role(ROLE, external_id=ROLE_EXTERNAL_ID)
    before = cloud.to_json()
    try:
        yield cloud
    finally:
        if keeps and (after := cloud.to_json()) != before:
            _write(path, after)


def _read(path: Path) -> Cloud:
    try:
        return Cloud.from_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.ClickException(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, FlowEngineError) as error:
        message = f"{path} is no embedded account: {error}; delete it to begin anew"
        raise click.ClickException(message) from None


def _write(path: Path, text: str) -> None:
    """Write the file in one stroke, so that nothing is lost half-way."""
    fresh = path.with_suffix(".new")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise click.FileError(str(path), error.strerror) from None
