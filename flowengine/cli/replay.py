"""`flowengine replay`: cassettes through their flow again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from flowengine.cli.check import source_of
from flowengine.cli.imports import Extensions, extensions_of, import_option
from flowengine.errors import CassetteError
from flowengine.library import load, shipped_names
from flowengine.provision.counted import counted
from flowengine.replay import Cassette, Replay, replay
from flowengine.spec.document import MAX_BYTES

__all__ = ["command"]


@click.command("replay")
@click.argument("cassettes", nargs=-1, required=True, metavar="CASSETTE...")
@click.option("--flow", "spec", metavar="FLOW", help="The flow to step: a path or name; else the one each names.")
@import_option
@click.option("--json", "as_json", is_flag=True, help="One object a line, one line a cassette.")
def command(cassettes: tuple[str, ...], spec: str | None, modules: tuple[str, ...], *, as_json: bool) -> None:
    """Step recorded walks through their flow, without a network, and tell where they part."""
    own = extensions_of(modules)
    results = [_replay(path, spec, own) for path in cassettes]
    for path, result in zip(cassettes, results, strict=True):
        click.echo(json.dumps(_as_object(path, result)) if as_json else _as_text(path, result))
    sys.exit(0 if all(result.ok for result in results) else 1)


def _replay(path: str, spec: str | None, own: Extensions) -> Replay:
    try:
        with Path(path).open("rb") as stream:
            text = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CassetteError(f"{path}: {reason}") from None
    cassette = Cassette.from_yaml(text, path)
    if spec is None and cassette.flow not in shipped_names():
        raise CassetteError(f"{path}: recorded from the flow {cassette.flow!r}; name its file with --flow")
    flow = load(source_of(spec or cassette.flow), actions=own.actions, hooks=own.hooks)
    if flow.fingerprint != cassette.fingerprint:
        click.echo(f"{path}: recorded from another version of {cassette.flow}", err=True)
    return replay(cassette, flow)


def _as_object(path: str, result: Replay) -> dict[str, Any]:
    parting = result.parting
    parted = {"step": parting.step, "event": parting.event, "reason": parting.reason} if parting else None
    return {"cassette": path, "ok": result.ok, "steps": result.steps, "state": result.final.state, "parting": parted}


def _as_text(path: str, result: Replay) -> str:
    parting = result.parting
    if parting is None:
        return f"{path}: {counted(result.steps, 'step')} as recorded, to {result.final}"
    return f"{path}: parts at step {parting.step}, {parting.event} -> {parting.outcome}: {parting.reason}"
