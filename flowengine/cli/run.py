"""`flowengine run`: walk a flow as a person would, on the embedded user pool or on a real one."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
import structlog
from attrs import define, field, frozen

from flowengine.cli.check import source_of
from flowengine.cli.imports import extensions_of, import_option
from flowengine.cli.people import Asked, Person
from flowengine.cli.scripted import Scripted
from flowengine.cli.stories import JsonStory, Story, TextStory, as_typed
from flowengine.engine import Clock, Engine, SystemClock
from flowengine.errors import CognitoUnavailable, InputInvalid, PoolMissing
from flowengine.library import load
from flowengine.machine import Flow
from flowengine.replay import Recorder, Step
from flowengine.session import Snapshot
from flowengine.simulator import Simulator
from flowengine.simulator.functions import functions_for

if TYPE_CHECKING:
    from flowengine.cognito import Cognito

__all__ = ["command"]


@frozen(kw_only=True)
class _Pool:
    """What a walk runs against."""

    cognito: Cognito
    clock: Clock
    simulator: Simulator | None


@click.command("run")
@click.argument("flow", metavar="FLOW")
@click.option("--interactive", is_flag=True, help="Ask which event to send, and for its fields.")
@click.option("--user-pool-id", metavar="ID", help="Walk on this pool instead of the embedded one.")
@click.option("--client-id", metavar="ID", help="The pool's app client.")
@click.option("--client-secret", envvar="FLOWENGINE_CLIENT_SECRET", help="Its secret; better from the environment.",
              metavar="SECRET", show_envvar=True)  # fmt: skip
@click.option("--region", metavar="REGION", help="The pool's Region.")
@click.option("--seed", default=1, show_default=True, help="What the embedded pool draws its codes from.")
@click.option("--record", type=click.Path(dir_okay=False, writable=True), metavar="FILE",
              help="Write the walk as a cassette, without its secrets.")  # fmt: skip
@import_option
@click.option("--json", "as_json", is_flag=True, help="One object a line: each step, then the end.")
def command(
    flow: str,
    *,
    interactive: bool,
    seed: int,
    record: str | None,
    modules: tuple[str, ...],
    as_json: bool,
    **real: str | None,
) -> None:
    """
    Walk a flow, and tell it step by step.

    FLOW is a path, or the name of a shipped flow. Without a pool of your own, the walk runs on the embedded user pool
    and needs no network. Exit status 0 means signed in.
    """
    named = [name for name in ("user_pool_id", "client_id", "region") if real[name]]
    if named and len(named) < 3:  # noqa: PLR2004
        raise click.UsageError("a real pool needs --user-pool-id, --client-id and --region")
    if record and not Path(record).absolute().parent.is_dir():
        raise click.BadParameter(f"there is no folder for {record}", param_hint="--record")
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    compiled = _loaded(flow, modules)
    story = JsonStory() if as_json else TextStory(show_inputs=not named)
    walk = _Walk(flow=compiled, recorder=Recorder(compiled), story=story)
    # asyncio would take the first Ctrl-C for itself, and a prompt would not see it.
    signal.signal(signal.SIGINT, _interrupt)
    try:
        snapshot = asyncio.run(walk.run(real if named else None, seed, asked=interactive or bool(named)))
    finally:
        if record:
            _write(Path(record), walk.recorder.cassette().to_yaml())
    sys.exit(0 if snapshot.meaning == "signed_in" else 1)


def _loaded(flow: str, modules: tuple[str, ...]) -> Flow:
    own = extensions_of(modules)
    compiled = load(source_of(flow), actions=own.actions, hooks=own.hooks)
    if compiled.pool is None:
        raise click.UsageError(str(PoolMissing(f"{flow} declares no pool: run a flow that extends it")))
    return compiled


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.FileError(str(path), error.strerror) from None


@define(kw_only=True)
class _Walk:
    """One walk through a flow."""

    flow: Flow
    recorder: Recorder
    story: Story
    steps: list[Step] = field(factory=list)

    async def run(self, real: dict[str, str | None] | None, seed: int, *, asked: bool) -> Snapshot:
        async with AsyncExitStack() as stack:
            pool = await self._open(stack, real, seed)
            engine = Engine(self.flow, pool.cognito, clock=pool.clock, on_step=self._on_step)
            person = Asked() if asked else Scripted(self.flow, pool.simulator)
            messages = list(pool.simulator.outbox) if pool.simulator else []
            self.story.begin(self.flow, pool.cognito.user_pool_id, messages, embedded=pool.simulator is not None)
            snapshot = await self._walk(engine, pool, person)
            claims = await pool.cognito.verify(snapshot.tokens.id_token) if snapshot.tokens else None
            self.story.end(snapshot, claims)
            return snapshot

    async def _open(self, stack: AsyncExitStack, real: dict[str, str | None] | None, seed: int) -> _Pool:
        from flowengine.cognito import Cognito  # noqa: PLC0415 (`--help` must not wait for an SDK)

        if real is not None:
            cognito = Cognito(
                user_pool_id=str(real["user_pool_id"]),
                client_id=str(real["client_id"]),
                client_secret=real["client_secret"],
                region=real["region"],
                signed=self._needs_credentials,
            )
            return _Pool(cognito=await stack.enter_async_context(cognito), clock=SystemClock(), simulator=None)
        if self.flow.pool is None:
            raise PoolMissing(self.flow.name)
        simulator = await stack.enter_async_context(
            Simulator(self.flow.pool, seed=seed, triggers=functions_for(self.flow.pool))
        )
        cognito = Cognito(
            user_pool_id=simulator.user_pool_id,
            client_id=simulator.client_id,
            client_secret=simulator.client_secret,
            region=simulator.region,
            session=simulator.session(),
            jwks=simulator.jwks(),
            now=simulator.clock.now,
            signed=self._needs_credentials,
        )
        return _Pool(cognito=await stack.enter_async_context(cognito), clock=simulator.clock, simulator=simulator)

    @property
    def _needs_credentials(self) -> bool:
        """Whether the flow calls operations of an administrator."""
        rows = [row for position in self.flow.positions.values() for row in position.events.values()]
        return any((row.row.operation or "").startswith("Admin") for row in rows)

    async def _walk(self, engine: Engine, pool: _Pool, person: Person) -> Snapshot:
        snapshot = await engine.start()
        while (choice := person.choose(snapshot)) is not None:
            event, inputs = choice
            typed = as_typed(snapshot.accepts[event], inputs)
            received = len(pool.simulator.outbox) if pool.simulator else 0
            self.steps.clear()
            try:
                snapshot = await engine.send(snapshot.id, event, **inputs)
            except (InputInvalid, CognitoUnavailable) as error:
                if isinstance(person, Scripted):
                    raise
                click.echo(str(error), err=True)
                continue
            messages = pool.simulator.outbox[received:] if pool.simulator else []
            self.story.step(event, typed, list(self.steps), snapshot, list(messages))
        return snapshot

    def _on_step(self, step: Step) -> None:
        self.recorder.record(step)
        self.steps.append(step)
