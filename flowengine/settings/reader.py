"""Settings that note what is read of them."""

from __future__ import annotations

import functools
import inspect
from typing import Any, cast

import attrs

from flowengine.settings.model import PoolSettings

__all__ = ["noting"]


def noting(settings: PoolSettings, paths: set[str]) -> PoolSettings:
    """
    Return what stands for settings, and notes the dotted path of each setting that is read.

    Args:
        settings: The settings.
        paths: Where the paths are noted.
    """
    return cast("PoolSettings", _Reader(settings, paths, ""))


class _Reader:
    """Stands for settings, or for a part of them; methods and properties read through it, too."""

    __slots__ = ("_parts", "_paths", "_prefix", "_settings")

    def __init__(self, settings: Any, paths: set[str], prefix: str) -> None:
        self._settings = settings
        self._paths = paths
        self._prefix = prefix
        self._parts: dict[str, _Reader] = {}

    def __getattr__(self, name: str) -> Any:
        part = self._parts.get(name)
        if part is not None:
            return part
        if _is_computed(type(self._settings), name):
            return getattr(type(self._settings), name).__get__(self)
        value = getattr(self._settings, name)
        if attrs.has(type(value)):
            part = self._parts[name] = _Reader(value, self._paths, f"{self._prefix}{name}.")
            return part
        self._paths.add(f"{self._prefix}{name}")
        return value


@functools.cache
def _is_computed(settings: Any, name: str) -> bool:
    declared = getattr(settings, name)
    return inspect.isfunction(declared) or isinstance(declared, property)
