"""A spec as written: names that may not exist yet, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from attrs import frozen

from flowengine.settings import PoolSettings
from flowengine.spec.document import Place

__all__ = ["MEANINGS", "EventSpec", "ExpirySpec", "FlowSpec", "RoutesSpec", "StateSpec", "Text"]

MEANINGS: Final = ("signed_out", "unconfirmed", "confirmed", "challenge", "signed_in", "recovery")


@frozen
class Text:
    """A text and where it stands."""

    value: str
    place: Place


@frozen(kw_only=True)
class EventSpec:
    """
    What an event does.

    Args:
        action: The action's name.
        options: Its `with`.
        then: For an outcome, the action that follows in the same send.
        use: The named group of routes that it starts from.
        routes: Outcome to state.
        removed: Outcomes whose route is taken away, also one that `use` would bring.
        place: Where its routes stand, or else the event.
    """

    action: Text
    options: Mapping[str, Text]
    then: Mapping[str, Text]
    use: Text | None
    routes: Mapping[str, Text]
    removed: frozenset[str]
    place: Place


@frozen
class RoutesSpec:
    """A named group of routes: the group that it starts from, its own, and the outcomes whose route it takes away."""

    use: Text | None
    routes: Mapping[str, Text]
    removed: frozenset[str]


@frozen
class ExpirySpec:
    """When a state expires (in seconds, or with the pool's challenge session), and the state that follows."""

    after: float | Literal["session"]
    to: Text


@frozen(kw_only=True)
class StateSpec:
    """
    One state.

    Args:
        meaning: What it means.
        expires: When it expires, or None.
        enter: The hook that runs once a session has entered it, or None.
        events: The events that it accepts.
        place: Where it stands.
    """

    meaning: str | None
    expires: ExpirySpec | None
    enter: Text | None
    events: Mapping[str, EventSpec]
    place: Place


@frozen(kw_only=True)
class FlowSpec:
    """
    One spec, after `extends`.

    Args:
        name: The flow's name.
        summary: One sentence on what it does.
        initial: The state that a session starts in.
        routes: The named groups of routes.
        states: The states.
        pool: The pool settings that it declares, or None.
        pool_places: Where each setting stands, by its dotted path; the empty path is `pool` itself.
        place: Where the spec begins.
    """

    name: str
    summary: str
    initial: Text
    routes: Mapping[str, RoutesSpec]
    states: Mapping[str, StateSpec]
    pool: PoolSettings | None
    pool_places: Mapping[str, Place]
    place: Place
