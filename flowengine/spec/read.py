"""A tree of nodes to a `FlowSpec`: every key known, every value of its type, every complaint with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, get_origin

import attrs

from flowengine.errors import Problem
from flowengine.settings import PoolSettings
from flowengine.spec.document import Node, Place, suspicious_characters
from flowengine.spec.model import MEANINGS, EventSpec, ExpirySpec, FlowSpec, RoutesSpec, StateSpec, Text

__all__ = ["close_match", "read_spec"]

_VERSION: Final = 1
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_FLOW_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*")
_OUTCOME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_DURATION: Final = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_RESERVED_EVENTS: Final = ("expire",)

_LIKENESS: Final = 0.75
"""How alike a name and its suggestion must be, from 0 to 1; Cognito's exceptions all end alike."""

_SPEC_KEYS: Final = ("flowengine", "name", "summary", "extends", "pool", "initial", "routes", "states")
_STATE_KEYS: Final = ("meaning", "expires", "enter", "on")
_EVENT_KEYS: Final = ("action", "with", "then", "to")
_EXPIRY_KEYS: Final = ("after", "to")


def read_spec(root: Node) -> tuple[FlowSpec | None, list[Problem]]:
    """
    Read a spec from its tree.

    Args:
        root: The document's root, after `extends`.

    Returns:
        The spec, or None if not even its states can be read; and everything that is wrong.
    """
    reader = _Reader()
    return reader.spec(root), reader.problems


def close_match(name: str, known: Iterable[str], what: str) -> str:
    """Say which known name was probably meant, or which there are."""
    import difflib  # noqa: PLC0415 (only for flows that have a problem)

    strange = suspicious_characters(name)
    if strange:
        return f"it holds letters that are not ASCII: {strange}"
    known = sorted(known)
    match = difflib.get_close_matches(name, known, n=1, cutoff=_LIKENESS)
    if match:
        return f"did you mean {match[0]!r}?"
    return f"{what}: {', '.join(known)}" if known else f"there are no {what}"


class _Reader:
    """Reads nodes, noting problems on the way. What cannot be read is left out."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def spec(self, root: Node) -> FlowSpec | None:
        parts = self._mapping(root, "the spec", _SPEC_KEYS)
        self._version(parts.get("flowengine"), root.place)
        name = self._required_text(parts, "name", root.place, "the spec")
        initial = self._required_text(parts, "initial", root.place, "the spec")
        if name and not _FLOW_NAME.fullmatch(name.value):
            self._note(name.place, "bad-name", f"{name.value!r} is no name for a flow", "use a-z, 0-9, _ and -")
        summary = self._text(parts["summary"], "summary") if "summary" in parts else None
        routes = self._entries(parts.get("routes"), "routes")
        states = self._entries(parts.get("states"), "states")
        if not states:
            self._note(
                root.place, "no-states", "the spec has no states", "add states:, or extend a spec: extends: standard"
            )
        pool, places = self._pool(parts.get("pool"))
        if not name or not initial or not states:
            return None
        self._check_names(parts["states"], "states")
        return FlowSpec(
            name=name.value,
            summary=summary.value if summary else "",
            initial=initial,
            routes={key: self._group(node, f"routes.{key}") for key, node in routes.items()},
            states={key: self._state(node, f"states.{key}") for key, node in states.items()},
            pool=pool,
            pool_places=places,
            place=root.place,
        )

    def _version(self, node: Node | None, place: Place) -> None:
        if node is None:
            self._note(place, "no-version", "the spec does not say its format", f"add the line: flowengine: {_VERSION}")
        elif node.value != _VERSION or isinstance(node.value, bool):
            self._note(node.place, "unknown-version", f"this is not format {_VERSION}", f"write flowengine: {_VERSION}")

    # states

    def _state(self, node: Node, path: str) -> StateSpec:
        parts = self._mapping(node, path, _STATE_KEYS)
        meaning = self._text(parts["meaning"], f"{path}.meaning") if "meaning" in parts else None
        if meaning and meaning.value not in MEANINGS:
            hint = close_match(meaning.value, MEANINGS, "meanings")
            self._note(meaning.place, "unknown-meaning", f"{path}.meaning: unknown meaning {meaning.value!r}", hint)
        events = self._entries(parts.get("on"), f"{path}.on")
        if events:
            self._check_names(parts["on"], f"{path}.on")
        read = {name: self._event(event, f"{path}.on.{name}") for name, event in events.items()}
        return StateSpec(
            meaning=meaning.value if meaning else None,
            expires=self._expiry(parts["expires"], f"{path}.expires") if "expires" in parts else None,
            enter=self._text(parts["enter"], f"{path}.enter") if "enter" in parts else None,
            events={name: event for name, event in read.items() if event},
            place=node.place,
        )

    def _check_names(self, node: Node, path: str) -> None:
        for name, place in node.keys.items():
            if name in _RESERVED_EVENTS and path.endswith(".on"):
                self._note(place, "reserved-name", f"{path}: the event {name!r} is built in", "choose another name")
            elif not _NAME.fullmatch(name):
                hint = suspicious_characters(name) or "use a-z, 0-9 and _, starting with a letter"
                self._note(place, "bad-name", f"{path}: {name!r} is no name", hint)

    def _expiry(self, node: Node, path: str) -> ExpirySpec | None:
        parts = self._mapping(node, path, _EXPIRY_KEYS)
        after = self._required_text(parts, "after", node.place, path)
        to = self._required_text(parts, "to", node.place, path)
        if after is None or to is None:
            return None
        seconds: float | Literal["session"] = "session"
        if after.value != "session":
            match = _DURATION.fullmatch(after.value)
            if not match:
                hint = "write a number and s, m, h or d, such as 24h; or session, for the pool's session validity"
                self._note(after.place, "bad-duration", f"{path}.after: {after.value!r} is no duration", hint)
                return None
            seconds = float(match[1]) * _SECONDS[match[2]]
        return ExpirySpec(seconds, to)

    def _event(self, node: Node, path: str) -> EventSpec | None:
        parts = self._mapping(node, path, _EVENT_KEYS)
        action = self._required_text(parts, "action", node.place, path)
        routes = self._routes(parts.get("to"), f"{path}.to")
        use = routes.pop("use", None)
        removed = self._removed(parts.get("to"))
        options = self._options(parts.get("with"), f"{path}.with")
        then = self._texts(parts.get("then"), f"{path}.then")
        if action is None:
            return None
        return EventSpec(
            action=action,
            options=options,
            then=then,
            use=use,
            routes=routes,
            removed=removed,
            place=parts["to"].place if "to" in parts else node.place,
        )

    def _options(self, node: Node | None, path: str) -> dict[str, Text]:
        """The options of an action; true and false stand for themselves."""
        options = {}
        for name, child in self._entries(node, path).items():
            if isinstance(child.value, bool):
                options[name] = Text(str(child.value).lower(), child.place)
            elif text := self._text(child, f"{path}.{name}"):
                options[name] = text
        return options

    def _group(self, node: Node, path: str) -> RoutesSpec:
        routes = self._routes(node, path)
        return RoutesSpec(routes.pop("use", None), routes, self._removed(node))

    def _routes(self, node: Node | None, path: str) -> dict[str, Text]:
        routes = {}
        for outcome, child in self._entries(node, path).items():
            if node is not None and not _OUTCOME.fullmatch(outcome):
                hint = suspicious_characters(outcome) or "outcomes are spelt as Cognito spells them"
                self._note(node.keys[outcome], "bad-name", f"{path}: {outcome!r} is no outcome", hint)
            elif target := self._text(child, f"{path}.{outcome}"):
                routes[outcome] = target
        return routes

    @staticmethod
    def _removed(node: Node | None) -> frozenset[str]:
        if node is None or not isinstance(node.value, Mapping):
            return frozenset()
        return frozenset(key for key, child in node.value.items() if child.value is None)

    # settings

    def _pool(self, node: Node | None) -> tuple[PoolSettings | None, dict[str, Place]]:
        places: dict[str, Place] = {}
        if node is None:
            return None, places
        return self._settings(PoolSettings, node, "", places), places

    def _settings(self, cls: Any, node: Node, path: str, places: dict[str, Place]) -> Any:
        places[path] = node.place
        attributes = {attribute.name: attribute for attribute in attrs.fields(attrs.resolve_types(cls))}
        label = f"pool.{path}" if path else "pool"
        values = {}
        for name, child in self._mapping(node, label, tuple(attributes)).items():
            inner = f"{path}.{name}" if path else name
            kind = attributes[name].type
            places[inner] = child.place
            if attrs.has(kind):
                values[name] = self._settings(kind, child, inner, places)
            elif (value := self._setting(child, kind, f"pool.{inner}")) is not None:
                values[name] = value
        return cls(**values)

    def _setting(self, node: Node, kind: Any, path: str) -> Any:
        if get_origin(kind) is tuple:
            return self._list(node, path)
        if (whole := {bool: bool, int: int, int | None: int}.get(kind)) is not None:
            if type(node.value) is whole:
                return node.value
            expected = "true or false" if whole is bool else "a whole number"
            self._note(node.place, "wrong-type", f"{path}: expected {expected}, found {_kind(node)}")
            return None
        text = self._text(node, path)
        return text.value if text else None

    def _list(self, node: Node, path: str) -> tuple[str, ...] | None:
        if not isinstance(node.value, tuple):
            hint = f"write [{node.value}]" if isinstance(node.value, str) else None
            self._note(node.place, "wrong-type", f"{path}: expected a list, found {_kind(node)}", hint)
            return None
        texts = [self._text(item, path) for item in node.value]
        return tuple(text.value for text in texts if text)

    # nodes

    def _mapping(self, node: Node, path: str, known: tuple[str, ...]) -> dict[str, Node]:
        """The entries of a mapping with known keys; nulls are left out."""
        entries = self._entries(node, path)
        for name in entries:
            if name not in known:
                hint = close_match(name, known, "keys here")
                self._note(node.keys[name], "unknown-key", f"{path}: unknown key {name!r}", hint)
        return {name: child for name, child in entries.items() if name in known}

    def _entries(self, node: Node | None, path: str) -> dict[str, Node]:
        if node is None:
            return {}
        if not isinstance(node.value, Mapping):
            self._note(node.place, "wrong-type", f"{path}: expected a mapping, found {_kind(node)}")
            return {}
        return {name: child for name, child in node.value.items() if child.value is not None}

    def _texts(self, node: Node | None, path: str) -> dict[str, Text]:
        read = {name: self._text(child, f"{path}.{name}") for name, child in self._entries(node, path).items()}
        return {name: text for name, text in read.items() if text}

    def _required_text(self, parts: Mapping[str, Node], key: str, place: Place, path: str) -> Text | None:
        if key not in parts:
            self._note(place, "missing-key", f"{path}: {key!r} is missing", f"add {key}:")
            return None
        return self._text(parts[key], key if path == "the spec" else f"{path}.{key}")

    def _text(self, node: Node, path: str) -> Text | None:
        if isinstance(node.value, str):
            return Text(node.value, node.place)
        self._note(node.place, "wrong-type", f"{path}: expected a text, found {_kind(node)}")
        return None

    def _note(self, place: Place, code: str, message: str, hint: str | None = None) -> None:
        self.problems.append(place.problem(code, message, hint))


def _kind(node: Node) -> str:
    kinds = {dict: "a mapping", tuple: "a list", bool: "true or false", int: "a number", str: "a text"}
    return kinds.get(type(node.value), "nothing")
