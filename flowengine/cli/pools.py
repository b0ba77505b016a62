"""`flowengine pools`: every valid combination of pool settings, and why others are none."""

from __future__ import annotations

import itertools
import json
import shlex
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import click

from flowengine.errors import SpecError
from flowengine.provision.counted import counted
from flowengine.settings import (
    ALIASES,
    CONTACTS,
    FIRST_FACTORS,
    MFA_FACTORS,
    POOL_AXES,
    RECOVERY_MECHANISMS,
    PoolSettings,
    Rule,
    broken_rules,
    changed_settings,
    parse_pool,
    pool_name,
    setting,
    valid_pools,
)

__all__ = ["command"]

_Conditions = dict[str, list[Callable[[PoolSettings], bool]]]
"""What the pools to list must fulfil, by the axis that decides it."""


@click.group("pools", invoke_without_command=True)
@click.option("--tier", type=click.Choice(POOL_AXES["user_pool_tier"]), help="The feature plan.")
@click.option("--mfa", type=click.Choice(("off", "optional", "required")), help="The mode of MFA.")
@click.option("--factor", "factors", multiple=True, type=click.Choice(MFA_FACTORS), help="Offered for MFA.")
@click.option("--first-factor", "first_factors", multiple=True, type=click.Choice(FIRST_FACTORS), help="To begin with.")
@click.option("--verify", multiple=True, type=click.Choice(CONTACTS), help="Verified at sign-up.")
@click.option("--recovery", multiple=True, type=click.Choice(RECOVERY_MECHANISMS), help="A way to recover.")
@click.option("--sign-in", multiple=True, type=click.Choice(("username", *ALIASES)), help="What users sign in with.")
@click.option("--where", multiple=True, metavar="SETTING=VALUE", help="Any setting, such as sms_configuration=false.")
@click.option("--count", is_flag=True, help="Print just the number.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Stop after N pools.")
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.pass_context
def command(
    ctx: click.Context, /, where: tuple[str, ...], limit: int | None, *, count: bool, as_json: bool, **filters: Any
) -> None:
    """
    List every valid pool by name, one a line.

    A name tells the settings that differ from the defaults. Options that can be repeated are to be fulfilled all.
    """
    if ctx.invoked_subcommand is not None:
        if any(ctx.params.values()):
            raise click.UsageError("the options of the list do not go together with a command")
        return
    conditions = _conditions(filters)
    for assignment in where:
        _add_assignment(conditions, assignment)
    pools = itertools.islice(valid_pools(axes=_narrowed(conditions)), limit)
    if count:
        total = sum(1 for _ in pools)
        click.echo(json.dumps({"pools": total}) if as_json else total)
        return
    for pool in pools:
        click.echo(_described(pool) if as_json else pool_name(pool))


@command.command("why")
@click.argument("assignments", nargs=-1, required=True, metavar="SETTING=VALUE...")
@click.option("--json", "as_json", is_flag=True, help="One object a line: each rule, then the totals.")
def why(assignments: tuple[str, ...], *, as_json: bool) -> None:
    """
    Name every rule that a combination of settings breaks.

    What is not mentioned stands at its default. A combination with warnings alone is fine.
    """
    broken = broken_rules(_parsed(shlex.join(assignments)))
    for rule, detail in broken:
        click.echo(_rule_as_json(rule, detail) if as_json else _rule_as_text(rule, detail))
    errors = sum(rule.severity == "error" for rule, _ in broken)
    totals = {"errors": errors, "warnings": len(broken) - errors}
    if as_json:
        click.echo(json.dumps(totals))
    else:
        click.echo(", ".join(counted(number, kind.removesuffix("s")) for kind, number in totals.items()), err=True)
    sys.exit(1 if errors else 0)


# Filters


def _identifiers(pool: PoolSettings) -> tuple[str, ...]:
    return pool.sign_in.username_attributes or ("username", *pool.sign_in.alias_attributes)


_FILTERS: Final[Mapping[str, tuple[str, Callable[[str, PoolSettings], bool]]]] = {
    "tier": ("user_pool_tier", lambda name, pool: pool.user_pool_tier == name),
    "mfa": ("mfa", lambda name, pool: pool.mfa.mode == name),
    "factors": ("mfa", lambda name, pool: name in pool.mfa.factors),
    "first_factors": ("allowed_first_auth_factors", lambda name, pool: name in pool.allowed_first_auth_factors),
    "verify": ("verification", lambda name, pool: name in pool.verification.auto_verified_attributes),
    "recovery": ("account_recovery", lambda name, pool: name in pool.account_recovery),
    "sign_in": ("sign_in", lambda name, pool: name in _identifiers(pool)),
}
"""The axis that an option filters, and the test for one of its values."""


def _conditions(given: Mapping[str, str | tuple[str, ...] | None]) -> _Conditions:
    conditions: _Conditions = {axis: [] for axis in POOL_AXES}
    for option, names in given.items():
        axis, test = _FILTERS[option]
        for name in (names,) if isinstance(names, str) else names or ():
            conditions[axis].append(partial(test, name))
    return conditions


def _add_assignment(conditions: _Conditions, assignment: str) -> None:
    wanted = _parsed(shlex.quote(assignment))
    path = assignment.partition("=")[0]
    axis = path.partition(".")[0]
    if axis not in POOL_AXES:
        raise click.UsageError(f"--where {assignment}: the pools differ in {', '.join(POOL_AXES)} alone")
    if not any(setting(PoolSettings(**{axis: value}), path) == setting(wanted, path) for value in POOL_AXES[axis]):
        raise click.UsageError(f"--where {assignment}: no pool is listed with it")
    conditions[axis].append(lambda pool: setting(pool, path) == setting(wanted, path))


def _narrowed(conditions: _Conditions) -> dict[str, tuple[Any, ...]]:
    """The axes, reduced to the values that fulfil the conditions on them."""
    return {
        axis: tuple(value for value in values if all(test(PoolSettings(**{axis: value})) for test in conditions[axis]))
        for axis, values in POOL_AXES.items()
    }


def _parsed(text: str) -> PoolSettings:
    try:
        return parse_pool(text)
    except SpecError as error:
        raise click.UsageError(str(error)) from error


# Output


def _described(pool: PoolSettings) -> str:
    return json.dumps({"name": pool_name(pool), "settings": changed_settings(pool)})


def _rule_as_json(rule: Rule, detail: str) -> str:
    return json.dumps({
        "rule": rule.id, "severity": rule.severity, "setting": rule.path, "message": rule.message, "detail": detail,
        "source": rule.source,
    })  # fmt: skip


def _rule_as_text(rule: Rule, detail: str) -> str:
    kind = click.style(rule.severity, fg="red" if rule.severity == "error" else "yellow")
    return f"{kind}: {rule.complaint(detail)} [{rule.id}]\n    source: {rule.source}"
