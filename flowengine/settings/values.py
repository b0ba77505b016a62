"""How settings are declared: each kind of value once, with what it accepts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import field
from attrs.validators import instance_of, optional

__all__ = ["names", "number_or_none", "one_of", "ranked", "some_of", "text", "value"]


def _listed(values: Iterable[str]) -> tuple[str, ...]:
    listed = tuple(values)
    if isinstance(values, (str, bytes)) or not all(isinstance(name, str) for name in listed):
        raise TypeError(f"expected a list of names, not {values!r}")
    return listed


def _names(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(_listed(values))))


def names() -> Any:
    """Declare a set of names of any kind; their order and repetition mean nothing."""
    return field(default=(), converter=_names)


def one_of(*choices: str) -> Any:
    """Declare one of these texts; the first is the default. Any other is left to the rules to refuse."""
    return field(default=choices[0], validator=instance_of(str), metadata={"choices": choices})


def some_of(*choices: str, default: tuple[str, ...] = ()) -> Any:
    """Declare a set of these names; others are left to the rules to refuse."""
    return field(default=default, converter=_names, metadata={"choices": choices})


def ranked(*choices: str) -> Any:
    """Declare a list of these names whose order matters; others and repetitions are left to the rules to refuse."""
    return field(default=(), converter=_listed, metadata={"choices": choices})


def text() -> Any:
    """Declare a text that may be absent."""
    return field(default=None, validator=optional(instance_of(str)))


def value(*, default: bool | int) -> Any:
    """Declare a truth value or a whole number, whichever its default is."""

    def of_its_type(_settings: Any, attribute: Any, given: object) -> None:
        if type(given) is not type(default):
            raise TypeError(f"{attribute.name} must be of type {type(default).__name__}, not {type(given).__name__}")

    return field(default=default, validator=of_its_type)


def number_or_none() -> Any:
    """Declare a whole number that may be absent."""

    def whole(_settings: Any, attribute: Any, given: object) -> None:
        if given is not None and type(given) is not int:
            raise TypeError(f"{attribute.name} must be of type int, not {type(given).__name__}")

    return field(default=None, validator=whole)
