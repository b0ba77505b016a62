"""Finds specs by name or path, resolves `extends`, and compiles them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from flowengine.actions.model import Action
from flowengine.compile import compile_flow
from flowengine.errors import Problem, SpecError
from flowengine.extensions import Hook
from flowengine.machine import Flow
from flowengine.settings import PoolSettings
from flowengine.spec import Document, FlowSpec, Node, Place, close_match, overlay, parse, read_spec
from flowengine.spec.document import MAX_BYTES

__all__ = ["load", "read", "shipped_names"]

_MAX_EXTENDS: Final = 10
_CHECK_PATH: Final = "check the path; a name without .yaml is that of a shipped flow"
_SUFFIXES: Final = (".yaml", ".yml")


def load(
    source: str | os.PathLike[str],
    *,
    pool: PoolSettings | None = None,
    actions: Iterable[Action] = (),
    hooks: Iterable[Hook] = (),
) -> Flow:
    """
    Load a flow.

    Args:
        source: The name of a shipped spec, such as `phone-sms-mfa`, or the path of a YAML file.
        pool: Settings to compile for in place of the spec's own `pool:`.
        actions: The application's own actions, made with `flowengine.action`.
        hooks: The application's own hooks, made with `flowengine.hook`.

    Returns:
        The compiled flow. Loading the same text for the same settings, actions and hooks again returns the same object.

    Raises:
        SpecError: With every problem, each with its file, line and column.
    """
    return _compile(_chain(source), pool, tuple(actions), tuple(hooks))


def read(source: str | os.PathLike[str]) -> FlowSpec:
    """
    Read a spec, with what it extends, without compiling it.

    Args:
        source: The name of a shipped spec, or the path of a YAML file.

    Raises:
        SpecError: It cannot be read.
    """
    spec, problems = _read_chain(_chain(source))
    if spec is None or problems:
        raise SpecError(problems)
    return spec


def _chain(source: str | os.PathLike[str]) -> tuple[tuple[str, bytes], ...]:
    """A spec and all that it extends, the most basic one last."""
    path: Path | None = _find(source)
    chain: list[tuple[str, bytes]] = []
    place: Place | None = None
    while path is not None:
        if len(chain) == _MAX_EXTENDS:
            raise SpecError(
                [_at(place, "extends-loop", f"more than {_MAX_EXTENDS} specs extend each other", "end the circle")]
            )
        chain.append((os.fspath(path), _read(path, place)))
        path, place = _extended(chain[-1], path)
    return tuple(chain)


def shipped_names() -> tuple[str, ...]:
    """Return the names of the specs that come with the package."""
    return tuple(sorted(path.stem for path in _specs_folder().glob("*.yaml")))


def _specs_folder() -> Path:
    package = Path(__file__).parent
    installed = package / "specs"
    return installed if installed.is_dir() else package.parent / "specs"


def _find(source: str | os.PathLike[str]) -> Path:
    text = os.fspath(source)
    if not isinstance(source, str) or os.sep in text or text.endswith(_SUFFIXES):
        return Path(text)
    path = _specs_folder() / f"{text}.yaml"
    if text not in shipped_names():
        hint = f"{close_match(text, shipped_names(), 'shipped specs')}; a path ends in .yaml"
        raise SpecError([Problem(code="unknown-spec", message=f"no spec with the name {text!r} is shipped", hint=hint)])
    return path


def _read(path: Path, place: Place | None) -> bytes:
    """The content of a file, cut short behind the largest size that a spec may have."""
    try:
        if path.exists() and not path.is_file():
            raise SpecError([_at(place, "unreadable", f"{path} is not a file", _CHECK_PATH, file=str(path))])
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        message = f"cannot read {path}: {reason}"
        raise SpecError([_at(place, "unreadable", message, _CHECK_PATH, file=str(path))]) from None


def _at(place: Place | None, code: str, message: str, hint: str, *, file: str = "") -> Problem:
    """A problem at the `extends` that led there, or at the beginning of the file itself."""
    return (place or Place(file, 1, 1)).problem(code, message, hint)


def _extended(source: tuple[str, bytes], path: Path) -> tuple[Path | None, Place | None]:
    """The spec that a document extends: a file beside it, or a shipped one."""
    root = _parse(*source).root
    extends = root.value.get("extends") if isinstance(root.value, dict) else None
    if extends is None or extends.value is None:
        return None, None
    if not isinstance(extends.value, str):
        raise SpecError(
            [extends.place.problem("wrong-type", "extends: expected a name or path", "write extends: standard")]
        )
    name = extends.value
    beside = path.parent / (name if name.endswith(_SUFFIXES) else f"{name}.yaml")
    if name.endswith(_SUFFIXES) or _is_another_file(beside, path):
        return beside, extends.place
    if name not in shipped_names():
        hint = f"{close_match(name, shipped_names(), 'shipped specs')}; a path ends in .yaml"
        raise SpecError([extends.place.problem("unknown-spec", f"extends: there is no spec {name!r}", hint)])
    return _specs_folder() / f"{name}.yaml", extends.place


def _is_another_file(beside: Path, path: Path) -> bool:
    try:
        return beside.is_file() and not beside.samefile(path)
    except (OSError, ValueError):
        return False


@lru_cache(maxsize=128)
def _parse(file: str, text: bytes) -> Document:
    return parse(text, file)


def _read_chain(chain: tuple[tuple[str, bytes], ...]) -> tuple[FlowSpec | None, tuple[Problem, ...]]:
    problems: list[Problem] = []
    root: Node | None = None
    for source in reversed(chain):
        document = _parse(*source)
        problems += document.problems
        root = document.root if root is None else overlay(root, document.root)
    if root is None:
        raise AssertionError
    spec, found = read_spec(root)
    return spec, (*problems, *found)


@lru_cache(maxsize=128)
def _compile(
    chain: tuple[tuple[str, bytes], ...],
    pool: PoolSettings | None,
    actions: tuple[Action, ...],
    hooks: tuple[Hook, ...],
) -> Flow:
    spec, problems = _read_chain(chain)
    if spec is None:
        raise SpecError(problems)
    return compile_flow(spec, pool, actions=actions, hooks=hooks, problems=problems)
