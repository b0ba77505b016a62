"""Settings that note what is read of them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator, Sequence
from typing import Any, cast

import attrs

from flowengine.settings.model import PoolSettings, setting

__all__ = ["answer", "noting"]


def noting(settings: PoolSettings, paths: set[str], *, members: bool = False) -> PoolSettings:
    """
    Return what stands for settings, and notes the dotted path of each setting that is read.

    Args:
        settings: The settings.
        paths: Where the paths are noted.
        members: Whether, of a setting that lists names, looking for one of them reads no more than that: then
            `mfa.factors:sms` is noted in place of `mfa.factors`, and `mfa.factors:` where it is only asked whether
            there are any.
    """
    return cast("PoolSettings", _Reader(settings, paths, "", members=members))


def answer(settings: PoolSettings, path: str) -> Any:
    """Return what was read under a path that `noting` has noted."""
    name, names_one, member = path.partition(":")
    value = setting(settings, name)
    if not names_one:
        return value
    return member in value if member else bool(value)


class _Reader:
    """Stands for settings, or for a part of them; methods and properties read through it, too."""

    __slots__ = ("_members", "_parts", "_paths", "_prefix", "_settings")

    def __init__(self, settings: Any, paths: set[str], prefix: str, *, members: bool) -> None:
        self._settings = settings
        self._paths = paths
        self._prefix = prefix
        self._members = members
        self._parts: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        part = self._parts.get(name)
        if part is not None:
            return part
        kind: Any = type(self._settings)
        if _is_computed(kind, name):
            return getattr(kind, name).__get__(self)
        value, path = getattr(self._settings, name), f"{self._prefix}{name}"
        if attrs.has(type(value)):
            part = self._parts[name] = _Reader(value, self._paths, f"{path}.", members=self._members)
            return part
        if self._members and isinstance(value, tuple):
            part = self._parts[name] = _Names(value, self._paths, path)
            return part
        self._paths.add(path)
        return value

    def _whole(self) -> Any:
        """The settings themselves, with every one of them noted."""
        for attribute in attrs.fields(type(self._settings)):
            part = getattr(self, attribute.name)
            if isinstance(part, _Reader | _Names):
                part._whole()  # noqa: SLF001 (its own kind)
        return self._settings

    def __eq__(self, other: object) -> bool:
        return bool(self._whole() == other)

    def __hash__(self) -> int:
        return hash(self._whole())


class _Names(Sequence[str]):
    """Stands for a setting that lists names."""

    __slots__ = ("_names", "_path", "_paths")

    def __init__(self, names: tuple[str, ...], paths: set[str], path: str) -> None:
        self._names = names
        self._paths = paths
        self._path = path

    def _whole(self) -> tuple[str, ...]:
        self._paths.add(self._path)
        return self._names

    def __contains__(self, name: object) -> bool:
        self._paths.add(f"{self._path}:{name}")
        return name in self._names

    def __bool__(self) -> bool:
        self._paths.add(f"{self._path}:")
        return bool(self._names)

    def __eq__(self, other: object) -> bool:
        return self._whole() == other

    def __hash__(self) -> int:
        return hash(self._whole())

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())

    def __getitem__(self, index: Any) -> Any:
        return self._whole()[index]


@functools.cache
def _is_computed(settings: Any, name: str) -> bool:
    declared = getattr(settings, name)
    return inspect.isfunction(declared) or isinstance(declared, property)
