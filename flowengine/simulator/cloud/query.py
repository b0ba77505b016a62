"""AWS's query protocol, from the service's side: requests as forms, answers as XML, both by their shapes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, SubElement, tostring

__all__ = ["answer_xml", "error_xml", "form_params"]

REQUEST_ID: Final = "00000000-0000-4000-8000-000000000000"

Form = Mapping[str, str]


def form_params(body: str, shape: Any) -> dict[str, Any]:
    """
    Return the members of a request.

    Args:
        body: The form.
        shape: The operation's input shape, as botocore models it, or None.
    """
    form = dict(parse_qsl(body, keep_blank_values=True))
    return _structure(form, "", shape) if shape is not None else {}


def answer_xml(operation: str, namespace: str, shape: Any, answer: Mapping[str, Any]) -> bytes:
    """
    Return an answer as XML.

    Args:
        operation: The operation's name.
        namespace: The service's XML namespace.
        shape: The operation's output shape, as botocore models it, or None.
        answer: The members of the answer, instants as seconds since the epoch.
    """
    root = Element(f"{operation}Response", xmlns=namespace)
    if shape is not None:
        wrapper = shape.serialization.get("resultWrapper")
        _write_members(SubElement(root, wrapper) if wrapper else root, shape, answer)
    SubElement(SubElement(root, "ResponseMetadata"), "RequestId").text = REQUEST_ID
    return tostring(root)


def error_xml(namespace: str, code: str, message: str) -> bytes:
    """Return an error as XML."""
    root = Element("ErrorResponse", xmlns=namespace)
    error = SubElement(root, "Error")
    for name, text in (("Type", "Sender"), ("Code", code), ("Message", message)):
        SubElement(error, name).text = text
    SubElement(root, "RequestId").text = REQUEST_ID
    return tostring(root)


# Requests


def _structure(form: Form, prefix: str, shape: Any) -> dict[str, Any]:
    members = {}
    for name, member in shape.members.items():
        place = f"{prefix}{member.serialization.get('name', name)}"
        if any(key == place or key.startswith(f"{place}.") for key in form):
            members[name] = _value(form, place, member)
    return members


def _value(form: Form, place: str, shape: Any) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return _structure(form, f"{place}.", shape)
    if kind == "list":
        return [_value(form, item, shape.member) for item in _numbered(form, _items(place, shape, "member"))]
    if kind == "map":
        key, value = (
            part.serialization.get("name", name) for part, name in ((shape.key, "key"), (shape.value, "value"))
        )
        entries = _numbered(form, _items(place, shape, "entry"))
        return {form[f"{entry}.{key}"]: _value(form, f"{entry}.{value}", shape.value) for entry in entries}
    return READ.get(kind, str)(form[place])


def _items(place: str, shape: Any, name: str) -> str:
    """Where the items of a list or map stand."""
    return place if shape.serialization.get("flattened") else f"{place}.{_item_name(shape, name)}"


def _item_name(shape: Any, name: str) -> str:
    item = shape.member.serialization.get("name", name) if shape.type_name == "list" else name
    return str(item)


def _numbered(form: Form, place: str) -> Iterator[str]:
    number = 1
    while any(key == f"{place}.{number}" or key.startswith(f"{place}.{number}.") for key in form):
        yield f"{place}.{number}"
        number += 1


def _instant(text: str) -> float:
    return dt.datetime.fromisoformat(text).timestamp()


READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "boolean": lambda text: text == "true",
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "timestamp": _instant,
}
"""How a value of each type is read, where it is no text."""

# Answers


def _write_members(parent: Element, shape: Any, value: Mapping[str, Any]) -> None:
    for name, item in value.items():
        member = shape.members[name]
        _write(parent, member.serialization.get("name", name), member, item)


def _write(parent: Element, name: str, shape: Any, value: Any) -> None:
    kind = shape.type_name
    if kind == "list":
        flattened = shape.serialization.get("flattened")
        holder = parent if flattened else SubElement(parent, name)
        for item in value:
            _write(holder, name if flattened else _item_name(shape, "member"), shape.member, item)
        return
    element = SubElement(parent, name)
    if kind == "structure":
        _write_members(element, shape, value)
    elif kind == "map":
        for key, item in value.items():
            entry = SubElement(element, "entry")
            SubElement(entry, shape.key.serialization.get("name", "key")).text = key
            _write(entry, shape.value.serialization.get("name", "value"), shape.value, item)
    else:
        element.text = WRITTEN.get(kind, str)(value)


def _iso(instant: float) -> str:
    return dt.datetime.fromtimestamp(instant, dt.UTC).isoformat()


WRITTEN: Final[Mapping[str, Callable[[Any], str]]] = {"boolean": lambda value: str(value).lower(), "timestamp": _iso}
"""How a value of each type is written, where it is no text of its own."""
