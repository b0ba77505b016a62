"""The command line. A command's module is imported when the command is used, so `--help` stays cheap."""

from __future__ import annotations

import errno
import sys
from importlib import import_module
from typing import Any, Final

import click

__all__ = ["main"]

COMMANDS: Final = {
    "check": "Find every problem of specs, each with its place.",
    "explore": "Explore everything that can happen in a flow.",
    "pool": "Plan, make and check the user pool that a flow needs.",
    "pools": "List every valid combination of pool settings, or tell why one is not.",
    "replay": "Step cassettes through their flow again.",
    "run": "Walk a flow, on the embedded user pool or on a real one.",
    "sms": "Tell whether an SMS reaches a phone, and verify numbers for the sandbox.",
    "table": "Print a flow as tables: its challenges, its events.",
}

_UNWRITABLE: Final = frozenset({errno.EBADF, errno.EIO, errno.ENOSPC, errno.EPIPE})
"""What goes wrong with an output; any other `OSError` is that of an application's action."""


class _LazyGroup(click.Group):
    """Lists commands by their summaries, and imports one when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"flowengine.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS:
            ctx.fail(f"No such command {args[0]!r}. Commands: {', '.join(COMMANDS)}.")
        return super().resolve_command(ctx, args)


def _print_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001
    if value:
        from importlib.metadata import version  # noqa: PLC0415

        click.echo(f"flowengine {version('flowengine')}")
        ctx.exit()


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version."
)
def cli() -> None:
    """Sign-up, verification, sign-in and MFA on Amazon Cognito, from flows written as YAML.

    Results go to standard output, everything else to standard error. Exit status: 0 fine, 1 problems found, 2 usage.
    """


def main() -> None:
    """Run the command line."""
    try:
        cli(prog_name="flowengine")
        sys.stdout.flush()
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        click.echo(f"flowengine: cannot write: {error.strerror}", err=True)
        sys.exit(1)
    except Exception as error:
        from flowengine.errors import FlowEngineError  # noqa: PLC0415

        if not isinstance(error, FlowEngineError):
            raise
        click.echo(f"flowengine: {error}", err=True)
        sys.exit(1)
