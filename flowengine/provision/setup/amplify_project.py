"""Finds and reads the auth parameters of an Amplify project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from flowengine.errors import FlowEngineError

__all__ = ["read_project"]

_FILES: Final = ("cli-inputs.json", "parameters.json")
"""Where the parameters are, the newer form first."""
_PLACES: Final = ("amplify/backend/auth/*", "backend/auth/*", "auth/*", ".")
"""Where an auth resource is, from the project's folder down to its own."""


def read_project(folder: Path) -> tuple[Path, dict[str, Any]]:
    """
    Return the file with a project's auth parameters, and what it holds.

    Args:
        folder: The project, its `amplify` folder, or the folder of the auth resource.

    Raises:
        FlowEngineError: There is none, there are several, or it holds no user pool.
    """
    if not folder.is_dir():
        raise FlowEngineError(f"{folder} is no folder")
    found = [(path, parameters) for path in _candidates(folder) if (parameters := _parameters(path)) is not None]
    if not found:
        raise FlowEngineError(
            f"{folder} has no auth parameters of an Amplify project (first generation): looked for "
            f"{' and '.join(_FILES)} in amplify/backend/auth/*"
        )
    if len(found) > 1:
        raise FlowEngineError(f"several auth resources; name the folder of one: {_listed(found)}")
    return _with_a_pool(*found[0])


def _candidates(folder: Path) -> list[Path]:
    """For each auth resource the file that says most."""
    for place in _PLACES:
        folders = [path for path in sorted(folder.glob(place)) if path.is_dir()] if place != "." else [folder]
        files = [next((path / name for name in _FILES if (path / name).is_file()), None) for path in folders]
        if any(files):
            return [path for path in files if path]
    return []


def _listed(found: list[tuple[Path, dict[str, Any]]]) -> str:
    return ", ".join(str(path.parent) for path, _ in found)


def _parameters(path: Path) -> dict[str, Any] | None:
    """The parameters, or None where the resource is about something else, such as groups."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise FlowEngineError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise FlowEngineError(f"{path} is no JSON") from None
    parameters = content.get("cognitoConfig", content) if isinstance(content, dict) else None
    if not isinstance(parameters, dict):
        raise FlowEngineError(f"{path} holds no parameters: expected an object")
    return parameters if "authSelections" in parameters or "mfaConfiguration" in parameters else None


def _with_a_pool(path: Path, parameters: dict[str, Any]) -> tuple[Path, dict[str, Any]]:
    if parameters.get("serviceType") == "imported":
        raise FlowEngineError(f"{path} imports a pool that stands elsewhere: write its spec with --from-pool")
    if parameters.get("authSelections") == "identityPoolOnly":
        raise FlowEngineError(f"{path} has an identity pool alone, and no user pool")
    return path, parameters
