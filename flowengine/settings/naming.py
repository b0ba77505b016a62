"""Settings as text: what differs from the defaults, and back.

A name lists settings by their dotted paths, `mfa.mode=required mfa.factors=sms,totp sms_configuration=false`, quoted as
a shell would. Truth values are `true` and `false`, lists are separated by commas (an empty list is empty text), and a
name in a list that holds a comma stands in double quotes. `PoolSettings()` is called `defaults`.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import shlex
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final

import attrs

from flowengine.errors import Problem, SpecError
from flowengine.settings.model import PoolSettings
from flowengine.settings.paths import SETTINGS

__all__ = ["changed_settings", "parse_pool", "pool_name", "pool_tree"]

_PATHS: Final = tuple(SETTINGS)
_values: Final = attrgetter(*_PATHS)
_DEFAULT_VALUES: Final = _values(PoolSettings())
_DEFAULTS: Final = "defaults"
_LINE_END: Final = "\r\n"


def changed_settings(pool: PoolSettings, base: PoolSettings | None = None) -> dict[str, Any]:
    """
    Return the settings that differ from others, by dotted path, in the order of `PoolSettings`.

    Args:
        pool: Settings in any combination.
        base: The others; None for the defaults.
    """
    rows = zip(_PATHS, _values(pool), _DEFAULT_VALUES if base is None else _values(base), strict=True)
    return {path: value for path, value, other in rows if value != other}


def pool_tree(pool: PoolSettings, base: PoolSettings | None = None) -> dict[str, Any]:
    """
    Return the settings that differ from others as a spec writes them under `pool`: nested, with lists.

    Args:
        pool: Settings in any combination.
        base: The others; None for the defaults.
    """
    tree: dict[str, Any] = {}
    for path, value in changed_settings(pool, base).items():
        *parts, name = path.split(".")
        part = tree
        for one in parts:
            part = part.setdefault(one, {})
        part[name] = list(value) if isinstance(value, tuple) else value
    return tree


def pool_name(pool: PoolSettings) -> str:
    """
    Return a readable name of settings: those that differ from the defaults. `parse_pool` reads it.

    Args:
        pool: Settings in any combination.
    """
    parts = [f"{path}={_written(value)}" for path, value in changed_settings(pool).items()]
    return shlex.join(parts) or _DEFAULTS


def parse_pool(text: str) -> PoolSettings:
    """
    Return the settings that a name stands for; what it does not mention stands at its default.

    Args:
        text: Settings by dotted path, such as `mfa.mode=required mfa.factors=sms,totp`, in any order.

    Raises:
        SpecError: Naming every part that is no setting, is given twice or has a value of the wrong form.
    """
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for part in _parts(text):
        path, equals, value = part.partition("=")
        if not equals:
            problems.append(Problem(code="not-a-setting", message=f"{part!r} is not SETTING=VALUE"))
        elif path not in SETTINGS:
            problems.append(Problem(code="unknown-setting", message=f"no setting {path!r}", hint=_known_settings(path)))
        elif path in values:
            problems.append(Problem(code="setting-repeated", message=f"{path} is given twice"))
        else:
            values[path] = _read(path, value, problems)
    if problems:
        raise SpecError(problems)
    built: PoolSettings = _built(PoolSettings, values)
    return built


def _parts(text: str) -> list[str]:
    if text.strip() == _DEFAULTS:
        return []
    try:
        return shlex.split(text)
    except ValueError as error:
        raise SpecError([Problem(code="not-a-setting", message=f"a quotation does not end: {text!r}")]) from error


def _known_settings(path: str) -> str:
    inside = [name for name in SETTINGS if name.startswith(f"{path}.")]
    alike = inside or difflib.get_close_matches(path, SETTINGS, n=1)
    if alike:
        return f"did you mean {' or '.join(alike)}?"
    return f"settings: {', '.join(SETTINGS)}"


# Values


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        line = io.StringIO()
        csv.writer(line, lineterminator=_LINE_END).writerow(value)
        return line.getvalue().removesuffix(_LINE_END)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text]


def _whole_number(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text):
        raise ValueError(text)
    return int(text)


def _list(text: str) -> tuple[str, ...]:
    return tuple(name for row in csv.reader(io.StringIO(text, newline=""), strict=True) for name in row)


_READERS: Final[Mapping[Any, tuple[Callable[[str], Any], str]]] = {
    bool: (_truth, "true or false"),
    int: (_whole_number, "a whole number"),
    int | None: (_whole_number, "a whole number"),
    str: (str, "a text"),
    str | None: (str, "a text"),
    tuple[str, ...]: (_list, "names separated by commas"),
}


def _read(path: str, text: str, problems: list[Problem]) -> Any:
    read, form = _READERS[SETTINGS[path].type]
    try:
        return read(text)
    except (KeyError, ValueError, csv.Error):
        problems.append(Problem(code="wrong-value", message=f"{path}: expected {form}, found {text!r}"))
        return None


def _built(cls: Any, values: Mapping[str, Any]) -> Any:
    """An instance of a section from its settings by path, inner sections first."""
    own: dict[str, Any] = {}
    inner: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        name, _, rest = path.partition(".")
        if rest:
            inner.setdefault(name, {})[rest] = value
        else:
            own[name] = value
    kinds = {attribute.name: attribute.type for attribute in attrs.fields(cls)}
    return cls(**own, **{name: _built(kinds[name], section) for name, section in inner.items()})
