"""The inputs that events take, and holding what a caller sent against them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Literal

from attrs import frozen

from flowengine.errors import InputInvalid
from flowengine.phone import E164, phone_problem

__all__ = ["Field", "check_inputs", "is_unicode"]


@frozen(cache_hash=True)
class Field:
    """
    One input that an event takes.

    Args:
        name: The keyword that `Engine.send` takes it under.
        required: Whether it must be given.
        secret: Whether it must not be shown or logged.
        kind: `text`; `attributes` for a map of user attribute names to texts; `object` for a JSON object, such as the
            credential that a browser's WebAuthn call returns.
        pattern: A regular expression that the whole text must match, or None.
        max_length: The most characters that are accepted; of an `object`, in its JSON form.
        members: For `attributes`: the attributes that this pool asks for. For an `object`: its members, if they are
            known; it has no others then.
        choices: The only texts that are accepted; empty for any. Where a challenge offers a choice, a snapshot lists
            what this user is offered.
        hint: What is expected, in words.
        phone: Whether a text in the form of a phone number must be one that can exist.
    """

    name: str
    required: bool = True
    secret: bool = False
    kind: Literal["text", "attributes", "object"] = "text"
    pattern: str | None = None
    max_length: int = 2048
    members: tuple[Field, ...] = ()
    choices: tuple[str, ...] = ()
    hint: str = ""
    phone: bool = False


def check_inputs(event: str, fields: tuple[Field, ...], inputs: Mapping[str, Any]) -> None:
    """
    Hold what a caller sent against the fields of an event.

    Args:
        event: The event's name, for the message.
        fields: The fields that it takes.
        inputs: What was sent, by field name.

    Raises:
        InputInvalid: A field is missing, unknown, of the wrong type or outside its limits. Values are never quoted.
    """
    unknown = inputs.keys() - {entry.name for entry in fields}
    if unknown:
        takes = ", ".join(entry.name for entry in fields) or "no fields"
        raise InputInvalid(f"{event}: unknown field {min(unknown)!r}; it takes {takes}", field=min(unknown))
    for entry in fields:
        if entry.name in inputs:
            _check_field(event, entry, inputs[entry.name])
        elif entry.required:
            raise InputInvalid(f"{event}: {entry.name} is missing{_expected(entry)}", field=entry.name)


def _check_field(event: str, entry: Field, value: Any) -> None:
    if entry.kind == "text":
        _check_text(event, entry, entry.name, value)
    elif not isinstance(value, Mapping):
        what = "a mapping of names to texts" if entry.kind == "attributes" else "an object"
        msg = f"{event}: {entry.name} must be {what}, not {type(value).__name__}"
        raise InputInvalid(msg, field=entry.name)
    elif entry.kind == "attributes":
        _check_attributes(event, entry, value)
    else:
        _check_object(event, entry, value)


def _check_object(event: str, entry: Field, value: Mapping[Any, Any]) -> None:
    if entry.members:
        known = {member.name for member in entry.members}
        unknown = sorted(map(str, set(value) - known))
        if unknown:
            raise InputInvalid(f"{event}: {entry.name} has no member {unknown[0]!r}", field=entry.name)
        _check_attributes(event, entry, value)
        return
    text = _json(value)
    if text is None:
        raise InputInvalid(f"{event}: {entry.name} is no JSON object", field=entry.name)
    if len(text) > entry.max_length:
        raise InputInvalid(f"{event}: {entry.name} has more than {entry.max_length:,} characters", field=entry.name)


def _json(value: Mapping[Any, Any]) -> str | None:
    """An object in its JSON form; None for one that would come back from it as another."""
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        return text if is_unicode(text) and json.loads(text) == value else None
    except (TypeError, ValueError, RecursionError):
        return None


def _check_attributes(event: str, entry: Field, value: Mapping[Any, Any]) -> None:
    members = {member.name: member for member in entry.members}
    for name, text in value.items():
        if not isinstance(name, str) or not is_unicode(name):
            raise InputInvalid(f"{event}: the names in {entry.name} must be texts", field=entry.name)
        _check_text(event, members.get(name, Field(name)), f"{entry.name}.{name}", text)
    for name, member in members.items():
        if member.required and name not in value:
            path = f"{entry.name}.{name}"
            raise InputInvalid(f"{event}: {path} is missing{_expected(member)}", field=path)


def _check_text(event: str, entry: Field, path: str, value: Any) -> None:
    complaint = None
    if not isinstance(value, str):
        complaint = f"must be a text, not {type(value).__name__}"
    elif not value:
        complaint = "is empty"
    elif len(value) > entry.max_length:
        complaint = f"has more than {entry.max_length:,} characters"
    elif not value.isascii() and not is_unicode(value):
        complaint = "is not valid Unicode"
    elif entry.choices and value not in entry.choices:
        complaint = f"is none of {', '.join(entry.choices)}"
    elif entry.pattern and not re.fullmatch(entry.pattern, value):
        complaint = (f"is not {entry.hint}" if entry.hint else "has the wrong form") + _why_no_number(entry, value)
    elif entry.phone and re.fullmatch(E164, value) and phone_problem(value):
        complaint = f"is no phone number{_why_no_number(entry, value)}"
    if complaint:
        raise InputInvalid(f"{event}: {path} {complaint}", field=path)


def _why_no_number(entry: Field, value: str) -> str:
    problem = phone_problem(value) if entry.phone and value.startswith("+") else None
    return f": {problem}" if problem else ""


def is_unicode(text: str) -> bool:
    """Return whether a text has no half of a surrogate pair, and so can be encoded."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _expected(entry: Field) -> str:
    return f": expected {entry.hint}" if entry.hint else ""
