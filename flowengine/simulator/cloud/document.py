"""An account as JSON lines, to keep it between runs: the account first, then each of its parts."""

from __future__ import annotations

import base64
import json
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, Union, get_args, get_origin

import attrs
from attrs import define, field

from flowengine.errors import FlowEngineError
from flowengine.simulator.cloud.roles import Role
from flowengine.simulator.cloud.sms_state import SmsRegion
from flowengine.simulator.cloud.state import AccountState, PlantedFault, PoolRecord

__all__ = ["AccountHeader", "account_lines", "read_account"]

VERSION: Final = 1


@define(kw_only=True)
class AccountHeader:
    """
    What an account is, and where its clock stands.

    Args:
        version: The version of this form.
        account_id: The account's number.
        region: Its AWS Region.
        now: The present instant, in seconds since the epoch.
        seed: What all randomness is derived from.
        draws: How many random values were drawn so far.
    """

    version: int = VERSION
    account_id: str
    region: str
    now: float
    seed: int = field(repr=False)
    draws: int


PARTS: Final[Mapping[str, Any]] = {"pools": PoolRecord, "roles": Role, "sms": SmsRegion}
"""The parts that an account has by name, each with its type."""


def account_lines(header: AccountHeader, state: AccountState) -> Iterator[str]:
    """Return an account, line by line."""
    yield json.dumps({"account": _written(header, AccountHeader)})
    for part, kind in PARTS.items():
        for name, record in getattr(state, part).items():
            yield json.dumps({part: name, "record": _written(record, kind)})
    for fault in state.faults:
        yield json.dumps({"fault": _written(fault, PlantedFault)})


def read_account(text: str) -> tuple[AccountHeader, AccountState]:
    """
    Return the account that lines hold.

    Raises:
        FlowEngineError: A line is no part of an account; the message tells which.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        raise FlowEngineError("an account has at least one line, and this is empty; start with a new one")
    header: AccountHeader = _parsed(*lines[0], lambda item: _read(item["account"], AccountHeader))
    if header.version != VERSION:
        raise FlowEngineError(f"line 1: an account of version {header.version}, and only {VERSION} can be read")
    state = AccountState(seed=header.seed, draws=header.draws)
    for number, line in lines[1:]:
        _parsed(number, line, lambda item: _add(state, item))
    return header, state


def _add(state: AccountState, item: Mapping[str, Any]) -> None:
    if "fault" in item:
        state.faults.append(_read(item["fault"], PlantedFault))
        return
    part = next(name for name in PARTS if name in item)
    getattr(state, part)[item[part]] = _read(item["record"], PARTS[part])


def _parsed(number: int, line: str, use: Callable[[Any], Any]) -> Any:
    try:
        return use(json.loads(line))
    except (AttributeError, KeyError, StopIteration, TypeError, ValueError) as error:
        # The cause is left out, as it may quote what is secret.
        raise FlowEngineError(f"line {number}: this is no part of an account ({type(error).__name__})") from None


# Values, by their declared types


def _written(value: Any, kind: Any) -> Any:
    """A value as JSON has it."""
    if value is None or kind is Any:
        return value
    if attrs.has(kind):
        return {item.name: _written(getattr(value, item.name), item.type) for item in _fields(kind)}
    origin, inner = get_origin(kind), get_args(kind)
    if origin in UNIONS:
        return _written(value, _present(inner))
    if origin in ITERABLES:
        return _written_items(value, origin, inner)
    return base64.b64encode(value).decode() if kind is bytes else value


def _written_items(value: Any, origin: Any, inner: tuple[Any, ...]) -> Any:
    if origin is dict:
        pairs = [[_written(key, inner[0]), _written(item, inner[1])] for key, item in value.items()]
        return dict(pairs) if inner[0] is str else pairs
    written = [_written(item, part) for item, part in zip(value, _item_types(origin, inner, len(value)), strict=True)]
    return sorted(written) if origin is frozenset else written


def _read(value: Any, kind: Any) -> Any:
    """A value as the account has it."""
    if kind is Any or (value is None and type(None) in get_args(kind)):
        return value
    if attrs.has(kind):
        return kind(**{str(item.alias): _read(value[item.name], item.type) for item in _fields(kind)})
    origin, inner = get_origin(kind), get_args(kind)
    if origin in UNIONS:
        return _read(value, _present(inner))
    if origin in ITERABLES:
        return _read_items(value, origin, inner)
    return base64.b64decode(value) if kind is bytes else _plain(value, origin, kind)


def _read_items(value: Any, origin: Any, inner: tuple[Any, ...]) -> Any:
    if origin is dict:
        pairs = value.items() if inner[0] is str else value
        return {_read(key, inner[0]): _read(item, inner[1]) for key, item in pairs}
    return origin(_read(item, part) for item, part in zip(value, _item_types(origin, inner, len(value)), strict=True))


def _item_types(origin: Any, inner: tuple[Any, ...], length: int) -> tuple[Any, ...]:
    """The type of each item: one for all, but in a tuple that lists them."""
    return inner if origin is tuple and inner[-1] is not ... else inner[:1] * length


def _plain(value: Any, origin: Any, kind: Any) -> Any:
    """A text, a number or a truth value, which must be what is declared."""
    if origin is Literal:
        return value
    if not isinstance(value, (int, float) if kind is float else kind):
        raise TypeError(type(value).__name__)
    return value


UNIONS: Final = (Union, types.UnionType)
ITERABLES: Final = (dict, tuple, list, frozenset)


def _fields(kind: Any) -> tuple[attrs.Attribute[Any], ...]:
    return tuple(attrs.fields(attrs.resolve_types(kind)))


def _present(choices: tuple[Any, ...]) -> Any:
    """The type of a value that may be absent, where it is there."""
    return next(choice for choice in choices if choice is not type(None))
