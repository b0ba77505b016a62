"""`--import`: an application's own actions and hooks, for the commands that compile specs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Final

import click
from attrs import frozen

from flowengine.actions.model import Action
from flowengine.errors import FlowEngineError
from flowengine.extensions import Hook

__all__ = ["Extensions", "extensions_of", "import_option"]

import_option: Final = click.option(
    "--import",
    "modules",
    multiple=True,
    metavar="MODULE",
    help="Let specs use every flowengine.Action and flowengine.Hook of this module: a name, or a path ending in .py. "
    "Can be given more than once. The module is run.",
)


@frozen
class Extensions:
    """
    What an application adds to flows.

    Args:
        actions: Its actions.
        hooks: Its hooks.
    """

    actions: tuple[Action, ...] = ()
    hooks: tuple[Hook, ...] = ()


def extensions_of(modules: Iterable[str]) -> Extensions:
    """
    Import modules, and return the actions and hooks in their namespaces.

    Args:
        modules: Names, which are also looked for in the working directory, and paths ending in `.py`.

    Raises:
        FlowEngineError: A module cannot be imported or has neither, or two of a kind share a name.
    """
    found: dict[Action | Hook, None] = {}
    for module in modules:
        own = [value for value in vars(_imported(module)).values() if isinstance(value, (Action, Hook))]
        if not own:
            raise FlowEngineError(f"{module} has no flowengine.Action and no flowengine.Hook")
        found.update(dict.fromkeys(own))
    actions = tuple(value for value in found if isinstance(value, Action))
    hooks = tuple(value for value in found if isinstance(value, Hook))
    _check_names("actions", [action.name for action in actions])
    _check_names("hooks", [hook.name for hook in hooks])
    return Extensions(actions, hooks)


def _check_names(kind: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise FlowEngineError(f"two {kind} have the name {name!r}")


def _imported(module: str) -> ModuleType:
    path = Path(module).resolve() if module.endswith(".py") else None
    folder = str(path.parent if path else Path.cwd())
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        return _run(path) if path else import_module(module)
    except Exception as error:  # noqa: BLE001 (a module may raise anything)
        raise FlowEngineError(f"cannot import {module}: {type(error).__name__}: {error}") from None


def _run(path: Path) -> ModuleType:
    """Run a file as a module, once. Its path is its name, so it takes the place of no other."""
    if str(path) in sys.modules:
        return sys.modules[str(path)]
    spec = spec_from_file_location(str(path), path)
    if spec is None or spec.loader is None:
        raise ImportError(path.name)
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
