"""YAML text to a `FlowSpec` that keeps its places: parse, lay over what it extends, read."""

from __future__ import annotations

from flowengine.spec.document import Document, Node, Place, parse
from flowengine.spec.model import EventSpec, ExpirySpec, FlowSpec, RoutesSpec, StateSpec, Text
from flowengine.spec.overlay import overlay
from flowengine.spec.read import close_match, read_spec

__all__ = [
    "Document",
    "EventSpec",
    "ExpirySpec",
    "FlowSpec",
    "Node",
    "Place",
    "RoutesSpec",
    "StateSpec",
    "Text",
    "close_match",
    "overlay",
    "parse",
    "read_spec",
]
