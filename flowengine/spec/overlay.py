"""`extends`: one spec laid over another, key by key."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from flowengine.spec.document import Node

__all__ = ["overlay"]

_OWN_KEYS = ("extends", "name", "summary")
"""What a spec says of itself and does not inherit."""

_OF_ACTION = ("to", "with", "then")
"""What belongs to an event's action, and goes with it."""


def overlay(base: Node, top: Node) -> Node:
    """
    Lay `top` over the spec that it extends.

    Mappings are merged key by key, everything else is replaced, and a null stays as the mark of a removed key. An event
    whose action is replaced inherits nothing that belonged to the old one.

    Args:
        base: The root of the extended spec.
        top: The root of the extending spec.
    """
    if isinstance(base.value, Mapping):
        base = _without(base, _OWN_KEYS)
    return _merge(base, top, ())


def _merge(base: Node, top: Node, path: tuple[str, ...]) -> Node:
    if not isinstance(base.value, Mapping) or not isinstance(top.value, Mapping):
        return top
    if _is_event(path) and _replaces_action(base.value, top.value):
        return _merge(_without(base, _OF_ACTION), top, ())
    merged = dict(base.value)
    for key, node in top.value.items():
        merged[key] = _merge(merged[key], node, (*path, key)) if key in merged else node
    return attrs.evolve(top, value=merged, keys={**base.keys, **top.keys})


def _is_event(path: tuple[str, ...]) -> bool:
    match path:
        case ("states", _, "on", _):
            return True
    return False


def _replaces_action(base: Mapping[str, Node], top: Mapping[str, Node]) -> bool:
    return "action" in base and "action" in top and base["action"].value != top["action"].value


def _without(node: Node, keys: tuple[str, ...]) -> Node:
    assert isinstance(node.value, Mapping)  # noqa: S101
    return attrs.evolve(node, value={key: child for key, child in node.value.items() if key not in keys})
