"""`flowengine sms`: whether an SMS reaches a phone, and the numbers that the sandbox may send to."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import textwrap
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from flowengine.phone import phone_problem
from flowengine.provision.sms import Facts, Verdict, is_blocked, verdicts

if TYPE_CHECKING:
    import aioboto3

__all__ = ["command"]

SITUATIONS: Final = ("sandbox", "production", "no-identity", "opted-out", "spent", "denied", "throttled")
COLOURS: Final = {"ok": "green", "blocks": "red", "doubtful": "yellow", "unknown": "magenta"}
CODE: Final = r"[0-9]{5,8}"
"""Shape OTPCode."""
INDENT: Final = 24


def _phone_number(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """A number as it is written or dialled, in E.164 form."""
    if value is None:
        return None
    number = value.translate(str.maketrans("", "", " -.()/"))
    problem = phone_problem(number)
    if problem:
        raise click.BadParameter(f"{value!r} is no phone number such as +15555550100: {problem}")
    return number


def _code(_ctx: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not re.fullmatch(CODE, value):
        raise click.BadParameter("a code has five to eight digits")
    return value


def _number_argument(function: Callable[..., None]) -> Callable[..., None]:
    return click.argument("number", callback=_phone_number)(function)


def _account_options(function: Callable[..., None]) -> Callable[..., None]:
    region = click.option("--region", metavar="REGION", help="The AWS Region; by default that of the profile.")
    profile = click.option("--profile", metavar="NAME", help="The AWS profile; by default that of the environment.")
    return region(profile(function))


@click.group("sms")
def command() -> None:
    """Tell whether an SMS reaches a phone from an AWS account, and verify numbers for its sandbox."""


@command.command("check")
@click.option("--to", metavar="NUMBER", callback=_phone_number, help="The number to reach, such as +15555550100.")
@click.option("--pool-id", metavar="ID", help="The user pool that is to send.")
@_account_options
@click.option("--simulate", type=click.Choice(SITUATIONS), help="On the embedded account, in this situation.")
@click.option("--json", "as_json", is_flag=True, help="One object a line: each verdict, then the answer.")
def check(
    *, to: str | None, pool_id: str | None, region: str | None, profile: str | None, simulate: str | None, as_json: bool
) -> None:
    """
    Tell whether an SMS reaches a phone from this account and Region.

    Nothing is sent and nothing is changed. Exit status 1 says that no SMS arrives.
    """
    if simulate and (pool_id or region or profile):
        raise click.UsageError("--simulate brings an account and a pool of its own")
    facts = _simulated(simulate, to) if simulate else _observed(to, pool_id, region, profile)
    lines = verdicts(facts)
    for line in lines:
        click.echo(json.dumps(attrs.asdict(line)) if as_json else _as_text(line))
    blocked = is_blocked(lines)
    unknown = sum(line.verdict == "unknown" for line in lines)
    if as_json:
        click.echo(json.dumps({"region": facts.region, "to": facts.to, "blocked": blocked, "unknown": unknown}))
    else:
        click.echo(_answer(facts, blocked=blocked, unknown=unknown), err=True)
    sys.exit(1 if blocked else 0)


@command.group("destination")
def destination() -> None:
    """Add, verify and remove the numbers that an account in the sandbox may send to."""


@destination.command("add")
@_number_argument
@click.option("--language", default="en-US", show_default=True, metavar="CODE", help="Of the message with the code.")
@_account_options
def add(*, number: str, language: str, region: str | None, profile: str | None) -> None:
    """Add a number, and let AWS send it a code."""
    from flowengine.provision.sms.destinations import LANGUAGES, add_destination  # noqa: PLC0415 (the AWS SDK)

    if language not in LANGUAGES:
        raise click.UsageError(f"--language {language}: AWS writes in {', '.join(LANGUAGES)}")
    _in_account(region, profile, lambda session, where: add_destination(session, where, number, language))
    click.echo(f"{number} receives a code. Verify it with: flowengine sms destination verify {number}")


@destination.command("verify")
@_number_argument
@click.option(
    "--code", callback=_code, prompt="The code that the number received", help="The code that the number received."
)
@_account_options
def verify(*, number: str, code: str, region: str | None, profile: str | None) -> None:
    """Verify a number with the code that it received."""
    from flowengine.provision.sms.destinations import verify_destination  # noqa: PLC0415

    _in_account(region, profile, lambda session, where: verify_destination(session, where, number, code))
    click.echo(f"{number} is verified: the sandbox may send to it")


@destination.command("remove")
@_number_argument
@_account_options
def remove(*, number: str, region: str | None, profile: str | None) -> None:
    """Remove a number, a day after it was added at the earliest."""
    from flowengine.provision.sms.destinations import remove_destination  # noqa: PLC0415

    _in_account(region, profile, lambda session, where: remove_destination(session, where, number))
    click.echo(f"{number} is removed from the sandbox")


# Asking


def _in_account(
    region: str | None, profile: str | None, work: Callable[[aioboto3.Session, str], Coroutine[Any, Any, None]]
) -> None:
    from flowengine.provision.sms.observed import region_of  # noqa: PLC0415
    from flowengine.provision.sms.sessions import open_session  # noqa: PLC0415

    session = open_session(profile)
    asyncio.run(work(session, region or region_of(session)))


def _observed(to: str | None, pool_id: str | None, region: str | None, profile: str | None) -> Facts:
    from flowengine.provision.sms.observed import observe  # noqa: PLC0415
    from flowengine.provision.sms.sessions import open_session  # noqa: PLC0415

    session = open_session(profile)
    return asyncio.run(observe(session, now=time.time, pool_id=pool_id, region=region, to=to))


def _simulated(situation: str, to: str | None) -> Facts:
    from flowengine.provision.sms.observed import observe  # noqa: PLC0415
    from flowengine.provision.sms.situations import NUMBER, simulated  # noqa: PLC0415

    number = to or NUMBER
    cloud, pool_id = simulated(situation, number)
    return asyncio.run(observe(cloud.session(), now=cloud.clock.now, pool_id=pool_id, to=number))


# Output


def _as_text(line: Verdict) -> str:
    verdict = click.style(f"{line.verdict:<9}", fg=COLOURS[line.verdict])
    rest = [f"next: {line.step}"] if line.step else []
    text = "\n".join(_wrapped(part) for part in (line.reason, *rest)).strip()
    address = f"\n{' ' * INDENT}{line.console}" if line.console else ""
    return f"{verdict} {line.subject:<13} {text}{address}"


def _wrapped(text: str) -> str:
    indent = " " * INDENT
    return textwrap.fill(text, 116, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def _answer(facts: Facts, *, blocked: bool, unknown: int) -> str:
    whom = facts.to or "a phone"
    if blocked:
        return f"no SMS reaches {whom} from {facts.region}"
    if unknown:
        return f"nothing that could be observed keeps an SMS from {whom}; unknown: {unknown}"
    return f"an SMS can reach {whom} from {facts.region}"
