"""`flowengine sms`: whether an SMS reaches a phone, and the numbers that the sandbox may send to."""

from __future__ import annotations

import asyncio
import json
import sys
import textwrap
import time
from typing import Final

import attrs
import click

from flowengine.cli.sms_destinations import account_options, destination, phone_number
from flowengine.provision.sms import Facts, Verdict, is_blocked, verdicts

__all__ = ["command"]

SITUATIONS: Final = ("sandbox", "production", "no-identity", "opted-out", "spent", "denied", "throttled")
KEPT: Final = "kept"
"""The situation of the account that other commands keep in the working directory."""
COLOURS: Final = {"ok": "green", "blocks": "red", "doubtful": "yellow", "unknown": "magenta"}
INDENT: Final = 24


@click.group("sms")
def command() -> None:
    """Tell whether an SMS reaches a phone from an AWS account, and verify numbers for its sandbox."""


@command.command("check")
@click.option("--to", metavar="NUMBER", callback=phone_number, help="The number to reach, such as +15555550100.")
@click.option("--pool-id", metavar="ID", help="The user pool that is to send.")
@account_options
@click.option(
    "--simulate",
    type=click.Choice((*SITUATIONS, KEPT)),
    help="On an embedded account, in this situation; `kept` is the one in flowengine-account.jsonl.",
)
@click.option("--json", "as_json", is_flag=True, help="One object a line: each verdict, then the answer.")
def check(
    *, to: str | None, pool_id: str | None, region: str | None, profile: str | None, simulate: str | None, as_json: bool
) -> None:
    """
    Tell whether an SMS reaches a phone from this account and Region.

    Nothing is sent and nothing is changed. Exit status 1 says that no SMS arrives.
    """
    if simulate and (profile or (simulate != KEPT and (pool_id or region))):
        raise click.UsageError("--simulate brings an account and a pool of its own")
    if simulate == KEPT:
        facts = _kept(to, pool_id, region)
    else:
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


command.add_command(destination)

# Asking


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


def _kept(to: str | None, pool_id: str | None, region: str | None) -> Facts:
    from flowengine.cli.embedded_account import kept_account  # noqa: PLC0415
    from flowengine.provision.sms.observed import observe  # noqa: PLC0415

    with kept_account(keeps=False) as cloud:
        return asyncio.run(observe(cloud.session(), now=cloud.clock.now, pool_id=pool_id, region=region, to=to))


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
