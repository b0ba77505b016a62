"""`flowengine sms destination`: the numbers that an account in the sandbox may send to."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from attrs import field, frozen

from flowengine.cli.asking import prompted
from flowengine.cli.values import said
from flowengine.phone import phone_problem

if TYPE_CHECKING:
    from flowengine.simulator.cloud import Cloud

__all__ = ["account_options", "destination", "phone_number"]

F = TypeVar("F", bound=Callable[..., Any])

CODE: Final = r"[0-9]{5,8}"
"""Shape OTPCode."""


def phone_number(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Return a number as it is written or dialled in E.164 form."""
    if value is None:
        return None
    number = value.translate(str.maketrans("", "", " -.()/"))
    problem = phone_problem(number)
    if problem:
        raise click.BadParameter(f"{value!r} is no phone number such as +15555550100: {problem}")
    return number


def _code(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    return None if value is None else _checked(value)


def _checked(code: str) -> str:
    if not re.fullmatch(CODE, code):
        raise click.BadParameter("a code has five to eight digits")
    return code


def account_options(function: F) -> F:
    """Let a command name an AWS account and a Region."""
    region = click.option("--region", metavar="REGION", callback=said, help="The AWS Region; else that of the profile.")
    profile = click.option(
        "--profile", metavar="NAME", callback=said, help="The AWS profile; else that of the environment."
    )
    return region(profile(function))


def _options(function: F) -> F:
    simulate = click.option(
        "--simulate", is_flag=True, help="On an embedded account, kept in flowengine-account.jsonl."
    )
    return account_options(simulate(function))


def _number(function: F) -> F:
    return click.argument("number", callback=phone_number)(function)


@click.group("destination")
def destination() -> None:
    """Add, verify, list and remove the numbers that an account in the sandbox may send to."""


@destination.command("add")
@_number
@click.option("--language", default="en-US", show_default=True, metavar="CODE", help="Of the message with the code.")
@_options
def add(*, number: str, language: str, **options: Any) -> None:
    """
    Add a number, and let AWS send it a code.

    The embedded account sends nothing: with --simulate the command shows what the phone would receive.
    """
    from flowengine.provision.sms.destinations import LANGUAGES, add_destination  # noqa: PLC0415 (the AWS SDK)

    if language not in LANGUAGES:
        raise click.UsageError(f"--language {language}: AWS writes in {', '.join(LANGUAGES)}")
    with _account(**options) as account:
        asyncio.run(add_destination(account.session, account.region, number, language))
        if account.embedded is not None:
            code = account.embedded.sms(account.region).destinations[number].code
            click.echo(f"SMS to {number}, on the embedded account: the code is {code}")
    click.echo(f"{number} receives a code. Verify it with: {_command('verify', number, **options)}")


@destination.command("verify")
@_number
@click.option("--code", callback=_code, help="The code that the number received; asked for where it is left out.")
@_options
def verify(*, number: str, code: str | None, **options: Any) -> None:
    """Verify a number with the code that it received."""
    from flowengine.provision.sms.destinations import verify_destination  # noqa: PLC0415

    if code is None:
        code = str(prompted("The code that the number received", otherwise="give it with --code", check=_checked))
    with _account(**options) as account:
        asyncio.run(verify_destination(account.session, account.region, number, code))
    click.echo(f"{number} is verified: the sandbox may send to it")


@destination.command("list")
@click.option("--json", "as_json", is_flag=True, help="One object a line: each number.")
@_options
def listed(*, as_json: bool, **options: Any) -> None:
    """List the numbers, verified and not."""
    from flowengine.provision.sms.destinations import list_destinations  # noqa: PLC0415

    with _account(**options, keeps=False) as account:
        numbers = asyncio.run(list_destinations(account.session, account.region))
    for number, verified in numbers.items():
        plain = f"{number}  {'verified' if verified else 'waits for its code'}"
        click.echo(json.dumps({"number": number, "verified": verified}) if as_json else plain)
    if not numbers:
        click.echo(f"the sandbox of {account.region} has no numbers", err=True)


@destination.command("remove")
@_number
@_options
def remove(*, number: str, **options: Any) -> None:
    """
    Remove a number, a day after it was added at the earliest.

    The clock of the embedded account stands still: with --simulate, that day passes at once.
    """
    from flowengine.provision.sms.destinations import remove_destination  # noqa: PLC0415

    with _account(**options) as account:
        if account.embedded is not None and number in account.embedded.sms(account.region).destinations:
            account.embedded.clock.advance(days=1)
            click.echo("a day passes on the embedded account", err=True)
        asyncio.run(remove_destination(account.session, account.region, number))
    click.echo(f"{number} is removed from the sandbox")


# Accounts


@frozen
class _Account:
    """An account to ask: a session of it, its Region, and the account itself where it is the embedded one."""

    session: Any = field(repr=False)
    region: str
    embedded: Cloud | None


@contextmanager
def _account(*, region: str | None, profile: str | None, simulate: bool, keeps: bool = True) -> Iterator[_Account]:
    if not simulate:
        from flowengine.provision.sms.observed import region_of  # noqa: PLC0415
        from flowengine.provision.sms.sessions import open_session  # noqa: PLC0415

        session = open_session(profile)
        yield _Account(session, region or region_of(session), None)
        return
    from flowengine.cli.embedded_account import kept_account  # noqa: PLC0415

    if profile:
        raise click.UsageError("--simulate brings an account of its own, which no profile belongs to")
    with kept_account(keeps=keeps) as cloud:
        yield _Account(cloud.session(), region or cloud.region, cloud)


def _command(name: str, number: str, *, region: str | None, profile: str | None, simulate: bool) -> str:
    """A command on the same account, to type next."""
    given = {"--region": region, "--profile": profile}
    options = [word for option, value in given.items() if value for word in (option, value)]
    simulated = ["--simulate"] if simulate else []
    return shlex.join(["flowengine", "sms", "destination", name, number, *options, *simulated])
