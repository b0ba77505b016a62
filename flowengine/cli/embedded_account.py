"""An embedded AWS account that outlives a command: what was asked of it is kept in a file, and asked again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from flowengine.simulator.cloud import Cloud
from flowengine.simulator.refusals import PoolError

__all__ = ["FILE", "ROLE_EXTERNAL_ID", "EmbeddedAccount"]

FILE: Final = "flowengine-account.jsonl"
"""The file in the working directory, one request a line."""
ROLE_EXTERNAL_ID: Final = "flowengine"
"""The external id of the role that an embedded account has for SMS."""
_READS: Final = ("Describe", "Get", "List")


class EmbeddedAccount(Cloud):
    """
    An account whose requests are kept in a file. Equal requests give equal answers, so it is the same one again.

    Args:
        path: The file.

    Raises:
        click.ClickException: The file cannot be read, or holds something else.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.role_arn = self.add_sms_role("flowengine-sms", external_id=ROLE_EXTERNAL_ID)
        self._path = path
        for number, line in enumerate(_lines(path), start=1):
            self._repeat(number, line)

    def answer(self, operation: str, params: Mapping[str, Any], *, region: str | None = None) -> dict[str, Any]:
        """Answer a request, and keep it where it may have an effect; a refused one draws ids, too."""
        if not operation.startswith(_READS):
            line = json.dumps({"operation": operation, "region": region or self.region, "params": params})
            try:
                with self._path.open("a", encoding="utf-8") as stream:
                    stream.write(f"{line}\n")
            except OSError as error:
                raise click.FileError(str(self._path), error.strerror) from None
        return super().answer(operation, params, region=region)

    def _repeat(self, number: int, line: str) -> None:
        try:
            kept = json.loads(line)
            self.handle(kept["operation"], kept["params"], region=kept["region"])
        except PoolError:
            return
        except (ValueError, KeyError, TypeError) as error:
            message = (
                f"{self._path}:{number} is no request of an embedded account ({error}); delete the file to begin anew"
            )
            raise click.ClickException(message) from None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    except (OSError, ValueError) as error:
        raise click.ClickException(f"cannot read {path}: {error}") from None
