"""`flowengine pool`: the user pool that a flow needs: what to call for it, doing that, and whether it is still so."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs
import click

from flowengine.cli.asking import confirm, prompted
from flowengine.cli.check import source_of
from flowengine.cli.imports import extensions_of
from flowengine.cli.pool_options import (
    check_agreement,
    check_pool_named,
    declared,
    resource_options,
    resources_given,
    target_options,
)
from flowengine.errors import ProvisionError
from flowengine.library import load
from flowengine.machine import Flow
from flowengine.provision import (
    Difference,
    Plan,
    check_pool,
    cloudformation,
    plan_as_json,
    plan_as_text,
    plan_from_json,
    plan_pool,
    terraform,
)
from flowengine.provision.counted import counted

if TYPE_CHECKING:
    from flowengine.provision.apply import Made
    from flowengine.provision.reading import Service, Sleep

__all__ = ["command"]

T = TypeVar("T")

FORMATS: Final = {"cloudformation": cloudformation, "terraform": terraform}
DEFAULT_REGION: Final = "us-east-1"
"""The Region that an output for another tool is made for where none is named: it decides but where SMS go out from."""


@click.group("pool")
def command() -> None:
    """Plan, make and check the user pool that a flow needs."""


@command.command("plan")
@click.argument("spec", metavar="SPEC")
@target_options
@resource_options
@click.option("--replace", is_flag=True, help="Plan a new pool in place of this one where a change needs it.")
@click.option("--format", "form", type=click.Choice([*FORMATS]), help="A new pool for another tool, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="The plan as JSON, which `apply` takes.")
def plan(spec: str, *, replace: bool, form: str | None, as_json: bool, **options: Any) -> None:
    """
    Print what has to be called to give a pool the settings of a spec, and what it means for users.

    SPEC is a path, or the name of a shipped flow. Nothing is changed. Exit status 1: the plan has errors.
    """
    check_pool_named(options, replace=replace)
    if form is not None and (options["pool_id"] or as_json):
        raise click.UsageError("--format writes a new pool as JSON of another tool: leave out --pool-id and --json")
    flow = _flow(spec, options)
    if form is not None:
        region = options["region"] or declared(flow).region or DEFAULT_REGION
        click.echo(FORMATS[form](declared(flow), resources_given(flow, options), region))
        return
    made = _run(_planned(flow, options, replace=replace))
    click.echo(plan_as_json(made) if as_json else plan_as_text(made))
    sys.exit(1 if made.obstacles else 0)


@command.command("apply")
@click.argument("spec", metavar="SPEC|PLAN.json")
@target_options
@resource_options
@click.option("--replace", is_flag=True, help="Make a new pool in place of this one where a change needs it.")
@click.option("--yes", is_flag=True, help="Do not ask; a deletion asks all the same.")
@click.option("--json", "as_json", is_flag=True, help="One object a line: how far it has come.")
def apply(spec: str, *, replace: bool, yes: bool, as_json: bool, **options: Any) -> None:
    """
    Show the plan, ask, and do what it says and nothing else.

    It stops where the pool is no longer what the plan expects. Whatever stops it, run it again: it goes on from there.
    """
    if Path(spec).suffix == ".json":
        shown = _read_plan(Path(spec))
        check_agreement(shown, options, replace=replace)
        options["region"] = shown.region
    else:
        check_pool_named(options, replace=replace)
        shown = _run(_planned(_flow(spec, options), options, replace=replace))
    click.echo(plan_as_text(shown), err=as_json)
    if shown.obstacles:
        sys.exit(1)
    if not shown.operations:
        return
    deletes = _asked(shown, yes=yes)
    made = _run(_applied(shown, options, deletes, as_json=as_json))
    if not as_json:
        click.echo(f"done: --pool-id {made.pool_id} --client-id {made.client_id}")


@command.command("check")
@click.argument("spec", metavar="SPEC")
@target_options
@resource_options
@click.option("--json", "as_json", is_flag=True, help="One object a line: each difference, then the totals.")
def check(spec: str, *, as_json: bool, **options: Any) -> None:
    """
    Hold a pool and its client against a spec, and against what its flow needs.

    Exit status 1: something differs, or the flow cannot run on it. Warnings alone are fine.
    """
    if not options["pool_id"]:
        raise click.UsageError("--pool-id says which pool to check")
    flow = _flow(spec, options)
    differences = _run(_checked(flow, spec, options))
    for difference in differences:
        _print(difference, as_json=as_json)
    errors = sum(difference.severity == "error" for difference in differences)
    totals = {"errors": errors, "warnings": len(differences) - errors}
    if as_json:
        click.echo(json.dumps(totals))
    else:
        found = f"{counted(errors, 'error')}, {counted(totals['warnings'], 'warning')}"
        click.echo(f"{options['pool_id']}: {found}", err=True)
    sys.exit(1 if errors else 0)


# What is asked for


def _flow(spec: str, options: dict[str, Any]) -> Flow:
    own = extensions_of(options["modules"])
    flow = load(source_of(spec), actions=own.actions, hooks=own.hooks)
    if flow.pool is None:
        raise click.UsageError(f"{spec} declares no pool: write one that extends it, and say which pool it needs")
    return flow


def _read_plan(path: Path) -> Plan:
    try:
        return plan_from_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.ClickException(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"cannot read {path}: it is no text") from None


def _asked(shown: Plan, *, yes: bool) -> str | None:
    """Ask whether to go on; return the name of a pool that may be deleted."""
    if shown.replaces:
        question = f"Type the name of {shown.pool_id} to delete it and its users in the end"
        return str(prompted(question, otherwise="a deletion takes somebody who types the name"))
    if shown.creates and shown.namesakes:
        if yes:
            raise ProvisionError(
                "pool-exists",
                f"a pool called {shown.resources.pool_name!r} exists already: {', '.join(shown.namesakes)}",
                "give its id with --pool-id, choose another --name, or go without --yes",
            )
        confirm("Make another pool with the same name?", otherwise="choose another --name, or give --pool-id")
    elif not yes:
        confirm("Do this?", otherwise="--yes does it without asking")
    return None


# What is done


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


@asynccontextmanager
async def _service(options: dict[str, Any], region: str | None) -> AsyncIterator[Service]:
    from flowengine.provision.reading import opened  # noqa: PLC0415 (`--help` must not wait for an SDK)

    region = options["region"] or _region_of(options["pool_id"]) or region
    with _session(options) as (session, sleep):
        async with opened(session, region, sleep=sleep) as service:
            yield service


@contextmanager
def _session(options: dict[str, Any]) -> Iterator[tuple[Any, Sleep]]:
    """Yield a session, and what waits in its world: on the embedded account, nobody has to."""
    if options["simulate"]:
        from flowengine.cli.embedded_account import kept_account  # noqa: PLC0415

        if options["profile"]:
            raise click.UsageError("--simulate brings an account of its own, which no profile belongs to")
        with kept_account() as account:
            yield account.session(), account.clock.sleep
        return
    import aioboto3  # noqa: PLC0415

    from flowengine.provision.trouble import explained  # noqa: PLC0415

    with explained("the session"):
        session = aioboto3.Session(profile_name=options["profile"])
    yield session, asyncio.sleep


def _region_of(pool_id: str | None) -> str | None:
    return pool_id.partition("_")[0] if pool_id and "_" in pool_id else None


async def _planned(flow: Flow, options: dict[str, Any], *, replace: bool) -> Plan:
    spec, resources = declared(flow), resources_given(flow, options)
    async with _service(options, spec.region) as service:
        live = users = None
        if options["pool_id"]:
            live = await service.pool(
                options["pool_id"], client_id=options["client_id"], client_name=resources.client_name
            )
            users = await service.users(live.pool_id)
        namesakes = await service.namesakes(resources.pool_name) if live is None or replace else ()
        return plan_pool(
            spec, resources, region=service.region, live=live, users=users,
            namesakes=[pool for pool in namesakes if live is None or pool != live.pool_id], replace=replace,
        )  # fmt: skip


async def _applied(shown: Plan, options: dict[str, Any], deletes: str | None, *, as_json: bool) -> Made:
    from flowengine.provision.apply import apply_plan  # noqa: PLC0415

    so_far: list[Made] = []

    def told(made: Made) -> None:
        so_far.append(made)
        if as_json:
            click.echo(json.dumps(attrs.asdict(made)))
        elif made.operation is not None:
            click.echo(f"{made.done}/{len(shown.operations)} {made.operation}")

    async with _service(options, shown.region) as service:
        try:
            return await apply_plan(shown, service, told=told, deletes=deletes)
        except ProvisionError:
            if so_far and so_far[-1].pool_id is not None and shown.pool_id is None:
                click.echo(f"the pool is made, and not complete: go on with --pool-id {so_far[-1].pool_id}", err=True)
            raise


async def _checked(flow: Flow, spec: str, options: dict[str, Any]) -> tuple[Difference, ...]:
    own = extensions_of(options["modules"])
    resources = resources_given(flow, options)
    async with _service(options, declared(flow).region) as service:
        live = await service.pool(options["pool_id"], client_id=options["client_id"], client_name=resources.client_name)
    return check_pool(
        flow, live, resources,
        lambda pool: load(source_of(spec), pool=pool, actions=own.actions, hooks=own.hooks),
    )  # fmt: skip


def _print(difference: Difference, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(attrs.asdict(difference)))
        return
    kind = click.style(difference.severity, fg="red" if difference.severity == "error" else "yellow")
    click.echo(f"{kind}: {difference.message} [{difference.code}]\n    {difference.hint}")
