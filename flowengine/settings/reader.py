"""Settings that note what is read of them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, TypeVar, cast

import attrs
from attrs import field, frozen

from flowengine.settings.model import PoolSettings, setting

__all__ = ["Asked", "Note", "answer", "noting", "question"]

F = TypeVar("F", bound=Callable[..., Any])


@frozen(cache_hash=True)
class Asked:
    """
    A question that was put to settings as a whole.

    Args:
        function: What answers it.
        key: What sets its arguments apart from others.
        arguments: What the function takes beside the settings.
    """

    function: Callable[..., Any]
    key: Hashable
    arguments: tuple[Any, ...] = field(eq=False, repr=False)


Note = str | Asked
"""A dotted path, or a question."""


def noting(settings: PoolSettings, notes: set[Note], *, finely: bool = False) -> PoolSettings:
    """
    Return what stands for settings, and notes the dotted path of each setting that is read.

    Args:
        settings: The settings.
        notes: Where the paths are noted.
        finely: Whether no more is noted than was learnt. Of a setting that lists names, looking for one of them is
            noted as `mfa.factors:sms`, and asking whether there are any as `mfa.factors:`; of a `question`, the
            question and none of the settings that its answer takes.
    """
    return cast("PoolSettings", _Reader(settings, notes, "", finely=finely))


def question(*key: Callable[[Any], Hashable]) -> Callable[[F], F]:
    """
    Let what a function learns of settings be noted as one question.

    The function takes the settings, and then arguments by position; it must depend on nothing else, and what it returns
    must be hashable.

    Args:
        key: For each argument, what the answer depends on; an argument without one is hashable itself.
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def asked(settings: Any, *arguments: Any) -> Any:
            if not isinstance(settings, _Reader):
                return function(settings, *arguments)
            keys = tuple(part(one) for part, one in zip(key, arguments, strict=False))
            return settings.ask(Asked(function, keys + arguments[len(keys) :], arguments))

        return cast("F", asked)

    return decorate


def answer(settings: PoolSettings, note: Note) -> Any:
    """Return what was learnt of settings by what `noting` has noted."""
    if isinstance(note, Asked):
        return note.function(settings, *note.arguments)
    name, names_one, member = note.partition(":")
    value = setting(settings, name)
    if not names_one:
        return value
    return member in value if member else bool(value)


class _Reader:
    """Stands for settings, or for a part of them; methods and properties read through it, too."""

    __slots__ = ("_finely", "_notes", "_parts", "_prefix", "_settings")

    def __init__(self, settings: Any, notes: set[Note], prefix: str, *, finely: bool) -> None:
        self._settings = settings
        self._notes = notes
        self._prefix = prefix
        self._finely = finely
        self._parts: dict[str, Any] = {}

    def ask(self, asked: Asked) -> Any:
        if not self._finely:
            return asked.function(self, *asked.arguments)
        self._notes.add(asked)
        return asked.function(self._settings, *asked.arguments)

    def __getattr__(self, name: str) -> Any:
        part = self._parts.get(name)
        if part is not None:
            return part
        kind: Any = type(self._settings)
        if _is_computed(kind, name):
            return getattr(kind, name).__get__(self)
        value, path = getattr(self._settings, name), f"{self._prefix}{name}"
        if attrs.has(type(value)):
            part = self._parts[name] = _Reader(value, self._notes, f"{path}.", finely=self._finely)
            return part
        if self._finely and isinstance(value, tuple):
            part = self._parts[name] = _Names(value, self._notes, path)
            return part
        self._notes.add(path)
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

    __slots__ = ("_names", "_notes", "_path")

    def __init__(self, names: tuple[str, ...], notes: set[Note], path: str) -> None:
        self._names = names
        self._notes = notes
        self._path = path

    def _whole(self) -> tuple[str, ...]:
        self._notes.add(self._path)
        return self._names

    def __contains__(self, name: object) -> bool:
        self._notes.add(f"{self._path}:{name}")
        return name in self._names

    def __bool__(self) -> bool:
        self._notes.add(f"{self._path}:")
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
