"""YAML text to a tree that knows where each of its parts stands.

The subset is small on purpose: one document, mappings with text keys, no tags, no duplicate keys. Size, depth and
aliases are bounded before anything is built from them, so that no input costs more than its size suggests.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from attrs import define, field, frozen
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import ScalarNode

from flowengine.errors import Problem, SpecError

__all__ = ["Document", "Node", "Place", "parse", "suspicious_characters"]

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 50
MAX_ALIASES: Final = 100
MAX_PROBLEMS: Final = 100
MAX_NODES: Final = 20_000
"""The most parts that a document may have once its aliases are written out."""


@frozen
class Place:
    """A place in a file; line and column are counted from 1."""

    file: str
    line: int
    column: int

    def problem(self, code: str, message: str, hint: str | None = None) -> Problem:
        """Make a problem that stands here."""
        return Problem(code=code, message=message, file=self.file, line=self.line, column=self.column, hint=hint)


Value = str | int | bool | None | Mapping[str, "Node"] | tuple["Node", ...]


@frozen(eq=False)
class Node:
    """
    One part of a document.

    Args:
        value: A scalar, a mapping of texts to nodes, or a sequence of nodes.
        place: Where it begins.
        keys: For a mapping, where each key stands.
        size: How many parts it has once its aliases are written out.
    """

    value: Value
    place: Place
    keys: Mapping[str, Place] = field(factory=dict)
    size: int = 1


@frozen
class Document:
    """A parsed document, and what was wrong with it on the way."""

    root: Node
    problems: tuple[Problem, ...]


def parse(text: str | bytes, file: str) -> Document:
    """
    Parse YAML.

    Args:
        text: The document; bytes are decoded as UTF-8.
        file: The name that problems call it by.

    Raises:
        SpecError: It is no text, no YAML, empty, or beyond the bounds on size, depth and aliases.
    """
    if isinstance(text, bytes):
        text = _decode(text, file)
    if len(text) > MAX_BYTES:
        raise SpecError([_too_large(file)])
    yaml = YAML(typ="safe", pure=True)
    builder = _Builder(file, yaml.resolver)
    try:
        for event in yaml.parse(text):
            builder.feed(event)
    except YAMLError as error:
        raise SpecError([*builder.problems, _syntax_problem(error, text, file)]) from None
    except (ValueError, OverflowError) as error:
        # Escapes beyond Unicode and endless version numbers are not caught by the parser.
        raise SpecError(
            [*builder.problems, builder.last.problem("syntax", f"this is not YAML: {error}", _LOOK)]
        ) from None
    if builder.root is None:
        raise SpecError([Place(file, 1, 1).problem("empty", "the file is empty", "a spec starts with: flowengine: 1")])
    return Document(builder.root, tuple(builder.problems))


def suspicious_characters(text: str) -> str:
    """Name the letters of a text that only look like ASCII, such as Cyrillic ones; empty if there are none."""
    names = [f"{char!r} is {unicodedata.name(char, 'unnamed')}" for char in dict.fromkeys(text) if ord(char) > 127]  # noqa: PLR2004
    return ", ".join(names)


_LOOK: Final = "look at the indentation, the quotes and the brackets around this place"
_ADVICE: Final = {
    "'\\t'": "indent with spaces; YAML allows no tabs there",
    "quoted scalar": "close the quote",
}
_VERSION: Final = (1, 2)
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,18}")


def _decode(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise SpecError([_too_large(file)])
    text = data.removeprefix(codecs.BOM_UTF8)
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        place = _place_after(text[: error.start].decode(), file)
        raise SpecError([place.problem("not-text", "the file is not UTF-8 text", "save it as UTF-8")]) from None


def _place_after(text: str, file: str) -> Place:
    """The place of what follows a text."""
    return Place(file, text.count("\n") + 1, len(text) - text.rfind("\n"))


def _too_large(file: str) -> Problem:
    message = f"the file is larger than {MAX_BYTES // 1024} KiB"
    return Place(file, 1, 1).problem("too-large", message, "split the flow: one spec can extend another")


def _syntax_problem(error: YAMLError, text: str, file: str) -> Problem:
    hint = _LOOK
    position = getattr(error, "position", None)
    if isinstance(position, int):
        message, place = "it holds a character that YAML does not allow", _place_after(text[:position], file)
    elif isinstance(error, MarkedYAMLError) and (mark := _telling_mark(error)):
        message = " ".join(filter(None, (error.context, error.problem)))
        place = Place(file, mark.line + 1, mark.column + 1)
        hint = next((advice for sign, advice in _ADVICE.items() if sign in message), _LOOK)
    else:
        message, place = str(error).splitlines()[0], Place(file, 1, 1)
    return place.problem("syntax", f"this is not YAML: {message}", hint)


def _telling_mark(error: MarkedYAMLError) -> Any:
    """Where something began that never ended; else where the parser stopped."""
    unended = error.context_mark and "unexpected end of stream" in str(error.problem)
    return error.context_mark if unended else error.problem_mark or error.context_mark


@define
class _Frame:
    """A mapping or sequence that is being read."""

    place: Place
    anchor: str | None
    mapping: dict[str, Node] | None
    items: list[Node] = field(factory=list)
    keys: dict[str, Place] = field(factory=dict)
    key: Node | None = None

    def node(self) -> Node:
        children = self.items if self.mapping is None else self.mapping.values()
        value: Value = tuple(self.items) if self.mapping is None else self.mapping
        return Node(value, self.place, self.keys, 1 + sum(child.size for child in children))


class _Builder:
    """Builds nodes from parser events, without recursion."""

    def __init__(self, file: str, resolver: Any) -> None:
        self.file = file
        self.last = Place(file, 1, 1)
        self._resolver = resolver
        self._nodes = 0
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._stack: list[_Frame] = []
        self._anchors: dict[str, Node] = {}
        self._aliases = 0
        self._handlers = {
            AliasEvent: self._alias,
            DocumentStartEvent: self._document,
            MappingEndEvent: self._close,
            MappingStartEvent: self._open,
            ScalarEvent: self._scalar,
            SequenceEndEvent: self._close,
            SequenceStartEvent: self._open,
        }

    def feed(self, event: Any) -> None:
        handler = self._handlers.get(type(event))
        self.last = Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        if handler is not None:
            handler(event, self.last)

    def _document(self, event: Any, place: Place) -> None:
        if event.version is not None and tuple(event.version) != _VERSION:
            self._give_up(place.problem("yaml-version", "specs are YAML 1.2", "remove the line %YAML"))
        if self.root is not None:
            self._give_up(
                place.problem(
                    "several-documents", "the file holds more than one document", "remove the line --- before it"
                )
            )

    def _open(self, event: Any, place: Place) -> None:
        self._refuse_tag(event, place)
        self._stack.append(_Frame(place, event.anchor, {} if isinstance(event, MappingStartEvent) else None))
        if len(self._stack) > MAX_DEPTH:
            self._give_up(
                place.problem(
                    "too-deep", f"the document is nested more than {MAX_DEPTH} deep", "a flow has about ten levels"
                )
            )

    def _close(self, _event: Any, _place: Place) -> None:
        frame = self._stack.pop()
        self._add(frame.node(), frame.anchor)

    def _scalar(self, event: Any, place: Place) -> None:
        self._refuse_tag(event, place)
        if not event.value.isascii() and re.search("[\ud800-\udfff]", event.value):
            self._give_up(place.problem("not-text", "this text is not valid Unicode", "remove the escape \\ud8.."))
        self._add(Node(_scalar_value(event, self._resolver), place), event.anchor)

    def _alias(self, event: Any, place: Place) -> None:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            message = f"the document has more than {MAX_ALIASES} aliases"
            self._give_up(place.problem("too-many-aliases", message, "share routes with use: instead"))
        target = self._anchors.get(event.anchor)
        if target is None:
            message = f"nothing before this is anchored as &{event.anchor}"
            self._give_up(place.problem("unknown-alias", message, "write the part out here"))
        self._add(target, None)

    def _add(self, node: Node, anchor: str | None) -> None:
        self._nodes += 1
        if max(node.size, self._nodes) > MAX_NODES:
            message = f"the document has more than {MAX_NODES:,} parts"
            self._give_up(node.place.problem("too-large", message, "write out fewer parts, or split the flow"))
        if anchor:
            self._anchors[anchor] = node
        if not self._stack:
            self.root = node
        elif (frame := self._stack[-1]).mapping is None:
            frame.items.append(node)
        elif frame.key is None:
            frame.key = node
        else:
            self._add_entry(frame, frame.mapping, frame.key, node)
            frame.key = None

    def _add_entry(self, frame: _Frame, mapping: dict[str, Node], key: Node, node: Node) -> None:
        name = key.value
        if not isinstance(name, str):
            self._note(key.place.problem("key-not-text", "keys must be texts", "put it in quotes"))
        elif name in mapping:
            message = f"{name!r} stands here a second time; the first is on line {frame.keys[name].line}"
            self._note(key.place.problem("duplicate-key", message, "remove one of the two"))
        else:
            mapping[name] = node
            frame.keys[name] = key.place

    def _refuse_tag(self, event: Any, place: Place) -> None:
        if event.tag is not None:
            self._note(place.problem("tag", f"tags such as {event.tag} are not used in specs", "remove the tag"))

    def _note(self, problem: Problem) -> None:
        self.problems.append(problem)
        if len(self.problems) == MAX_PROBLEMS:
            raise SpecError(self.problems)

    def _give_up(self, problem: Problem) -> NoReturn:
        raise SpecError([*self.problems, problem])


def _scalar_value(event: ScalarEvent, resolver: Any) -> str | int | bool | None:
    text: str = event.value
    if not event.implicit[0]:
        return text
    tag = str(resolver.resolve(ScalarNode, text, (True, False))).rpartition(":")[2]
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() == "true"
    return int(text) if tag == "int" and _INTEGER.fullmatch(text) else text
