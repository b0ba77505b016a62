"""Cassettes: recorded walks without their secrets, and stepping them through a flow again.

A cassette is YAML. Each step names the event, the call and the outcome; every secret is replaced by a placeholder, the
same secret by the same placeholder, so that a reader still sees which values belong together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO
from typing import Any, Final, NoReturn

from attrs import define, field, frozen
from ruamel.yaml import YAML

from flowengine.errors import CassetteError, SpecError
from flowengine.machine import EXPIRE, Flow
from flowengine.session import Position
from flowengine.spec import Node, parse

__all__ = ["PLAIN_MEMBERS", "Cassette", "Parting", "RecordedStep", "Recorder", "Replay", "Step", "replay"]

_VERSION: Final = 1

PLAIN_MEMBERS: Final = frozenset({
    "AttributeName", "AuthFlow", "CODE_DELIVERY_DELIVERY_MEDIUM", "ChallengeName", "DeliveryMedium", "Name",
    "TokenType",
})  # fmt: skip
"""
The only members of a call whose texts are recorded as they are; all others become placeholders named after them.

Of what was typed, every text and every number becomes one.
"""


@frozen(kw_only=True)
class Step:
    """
    One step of a walk, as it happened, secrets and all: never to be logged or kept.

    Args:
        event: The event that was sent, or `expire`.
        inputs: The inputs of the send.
        operation: The Cognito operation that was called, or None.
        request: The request.
        answer: The answer, or None for a refusal or a lost answer.
        outcome: The outcome.
        source: The position before.
        target: The position after.
        at: When it was committed, in seconds since the epoch.
    """

    event: str
    inputs: Mapping[str, Any] = field(repr=False)
    operation: str | None
    request: Mapping[str, Any] = field(repr=False)
    answer: Mapping[str, Any] | None = field(repr=False)
    outcome: str
    source: Position
    target: Position
    at: float


@frozen(kw_only=True)
class RecordedStep:
    """
    One step of a cassette.

    Args:
        event: The event that was sent, or `expire`.
        outcome: The outcome.
        target: The position that it led to, written out.
        seconds: When it happened, from the start of the walk.
        call: The operation, its request and its answer, with placeholders; empty for `expire`.
        inputs: The inputs of the send, with placeholders.
    """

    event: str
    outcome: str
    target: str
    seconds: float = 0.0
    call: Mapping[str, Any] = field(factory=dict)
    inputs: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class Cassette:
    """
    A recorded walk.

    Args:
        flow: The flow's name.
        fingerprint: The fingerprint of the flow that was walked.
        steps: The steps, in order.
    """

    flow: str
    fingerprint: str
    steps: tuple[RecordedStep, ...]

    @classmethod
    def from_yaml(cls, text: str | bytes, file: str = "cassette") -> Cassette:
        """
        Read a cassette.

        Args:
            text: The YAML document.
            file: The name that errors call it by.

        Raises:
            CassetteError: It is no cassette; the message names the place.
        """
        try:
            document = parse(text, file)
        except SpecError as error:
            raise CassetteError(str(error)) from None
        if document.problems:
            raise CassetteError("\n".join(map(str, document.problems)))
        return _read_cassette(document.root)

    def to_yaml(self) -> str:
        """Write the cassette as YAML."""
        yaml = YAML()
        yaml.width = 120
        stream = StringIO()
        yaml.dump(self._tree(), stream)
        return stream.getvalue()

    def _tree(self) -> dict[str, Any]:
        steps = [
            {
                "event": step.event,
                **({"inputs": dict(step.inputs)} if step.inputs else {}),
                **({"call": dict(step.call)} if step.call else {}),
                "outcome": step.outcome,
                "to": step.target,
                "seconds": step.seconds,
            }
            for step in self.steps
        ]
        return {"cassette": _VERSION, "flow": self.flow, "fingerprint": self.fingerprint, "steps": steps}


@define
class Recorder:
    """
    Collects the steps of one walk into a cassette: pass `recorder.record` to an engine as `on_step`.

    Args:
        flow: The flow that is walked.
    """

    flow: Flow
    _steps: list[RecordedStep] = field(factory=list, init=False)
    _placeholders: dict[str, str] = field(factory=dict, init=False, repr=False)
    _start: float | None = field(default=None, init=False)

    def record(self, step: Step) -> None:
        """Add a step; only its placeholders are kept."""
        if self._start is None:
            self._start = step.at
        call = {}
        if step.operation:
            call = {"operation": step.operation, "request": self._redact(step.request)}
            if step.answer is not None:
                call["answer"] = self._redact(step.answer)
        self._steps.append(
            RecordedStep(
                event=step.event,
                outcome=step.outcome,
                target=str(step.target),
                seconds=round(step.at - self._start, 3),
                call=call,
                inputs=self._redact(step.inputs, typed=True),
            )
        )

    def cassette(self) -> Cassette:
        """Return what was recorded so far."""
        return Cassette(flow=self.flow.name, fingerprint=self.flow.fingerprint, steps=tuple(self._steps))

    def _redact(self, value: Any, member: str = "", *, typed: bool = False) -> Any:
        """A value with placeholders; of what was typed, whole numbers too, and whatever its members are named."""
        if isinstance(value, Mapping):
            named = ((name, inner) for name, inner in value.items() if name != "ResponseMetadata")
            return {name: self._redact(inner, name, typed=typed) for name, inner in named}
        if isinstance(value, (list, tuple)):
            return [self._redact(inner, member, typed=typed) for inner in value]
        if value is None or isinstance(value, bool) or (isinstance(value, int) and not typed):
            return value
        text = str(value)
        if member in PLAIN_MEMBERS and not typed:
            return text
        return self._placeholders.get(text) or self._placeholder(text, member)

    def _placeholder(self, secret: str, member: str) -> str:
        word = re.sub(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z0-9]", "-", member).lower()
        number = sum(name.startswith(f"<{word}-") for name in self._placeholders.values()) + 1
        return self._placeholders.setdefault(secret, f"<{word}-{number}>")


@frozen
class Parting:
    """
    Where a walk leaves its cassette.

    Args:
        step: The number of the step, counted from 1.
        event: Its event.
        outcome: Its outcome.
        recorded: The position that was recorded.
        replayed: The position that the flow leads to.
        reason: What is different, in one sentence.
    """

    step: int
    event: str
    outcome: str
    recorded: str
    replayed: str
    reason: str


@frozen
class Replay:
    """
    The result of a replay.

    Args:
        steps: How many steps went as recorded.
        final: The position after them.
        parting: Where the walk parts from the cassette, or None.
    """

    steps: int
    final: Position
    parting: Parting | None

    @property
    def ok(self) -> bool:
        """Whether the whole walk went as recorded."""
        return self.parting is None


def replay(cassette: Cassette, flow: Flow) -> Replay:
    """
    Step recorded outcomes through a flow. No network, no engine, no mocks.

    Args:
        cassette: The recorded walk.
        flow: The flow to step, perhaps a later version of the one that was recorded.

    Returns:
        How far the walk goes as recorded, and where it parts.
    """
    position = flow.initial
    for number, step in enumerate(cassette.steps, 1):
        target = flow.step(position, step.event, step.outcome)
        reason = _difference(flow, position, step, target)
        if reason:
            parting = Parting(number, step.event, step.outcome, step.target, str(target), reason)
            return Replay(number - 1, position, parting)
        position = target
    return Replay(len(cassette.steps), position, None)


def _difference(flow: Flow, position: Position, step: RecordedStep, target: Position) -> str | None:
    accepted = flow.positions[position].events
    if step.event != EXPIRE and step.event not in accepted:
        return f"{position} does not accept {step.event!r}"
    expected = None if step.event == EXPIRE else accepted[step.event].row.operation
    recorded = step.call.get("operation", expected)
    if recorded != expected:
        return f"{step.event} calls {expected or 'nothing'}, and {recorded} was recorded"
    if str(target) != step.target:
        return f"{step.outcome} leads to {target}, and {step.target} was recorded"
    return None


def _read_cassette(root: Node) -> Cassette:
    parts = _mapping(root)
    version = parts.get("cassette")
    if version is None or version.value != _VERSION or isinstance(version.value, bool):
        _fail(root, f"this is no cassette of format {_VERSION}")
    steps = parts.get("steps")
    if steps is None or not isinstance(steps.value, tuple):
        _fail(root, "a cassette has a list of steps")
    return Cassette(
        flow=_text(root, parts, "flow"),
        fingerprint=_text(root, parts, "fingerprint"),
        steps=tuple(_read_step(node) for node in steps.value),
    )


def _read_step(node: Node) -> RecordedStep:
    parts = _mapping(node)
    return RecordedStep(
        event=_text(node, parts, "event"),
        outcome=_text(node, parts, "outcome"),
        target=_text(node, parts, "to"),
        seconds=_seconds(parts.get("seconds")),
        call=_plain_mapping(parts.get("call")),
        inputs=_plain_mapping(parts.get("inputs")),
    )


def _mapping(node: Node) -> Mapping[str, Node]:
    if not isinstance(node.value, Mapping):
        _fail(node, "expected a mapping")
    return node.value


def _text(node: Node, parts: Mapping[str, Node], key: str) -> str:
    value = parts[key].value if key in parts else None
    if not isinstance(value, str):
        _fail(parts.get(key, node), f"{key}: expected a text")
    return value


def _seconds(node: Node | None) -> float:
    try:
        return float(str(node.value)) if node else 0.0
    except ValueError:
        _fail(node, "seconds: expected a number")


def _plain_mapping(node: Node | None) -> dict[str, Any]:
    return {name: _plain(inner) for name, inner in _mapping(node).items()} if node else {}


def _plain(node: Node) -> Any:
    if isinstance(node.value, Mapping):
        return {name: _plain(inner) for name, inner in node.value.items()}
    if isinstance(node.value, tuple):
        return [_plain(inner) for inner in node.value]
    return node.value


def _fail(node: Node | None, message: str) -> NoReturn:
    place = f"{node.place.file}:{node.place.line}:{node.place.column}: " if node else ""
    raise CassetteError(place + message)
