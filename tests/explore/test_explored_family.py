"""Families of pools: which of them become one, which answer alike, and that each has the flow that it would have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs
import pytest
from exploring import STANDARD, family, neighbours
from hypothesis import given
from hypothesis import strategies as st

from flowengine.compile import compile_flow, walk
from flowengine.compile.rows import structure
from flowengine.compile.work import Work
from flowengine.explore.family import FOLDED, Family, Question, members
from flowengine.explore.watched import WatchedFlow
from flowengine.machine import Flow, PositionRow
from flowengine.session import Position
from flowengine.settings import Asked, Note, PoolSettings, answer, noting, required_sign_up_attributes
from flowengine.settings.model import setting
from flowengine.settings.paths import SETTINGS

NUMBER: Final = 8


@pytest.fixture(scope="module")
def flows() -> tuple[Flow, ...]:
    """Return the flow of each pool of the family, compiled by itself."""
    return tuple(compile_flow(STANDARD, pool) for pool in family(NUMBER).pools)


def brute(held: list[Any], index: int) -> list[int]:
    """Return the indices at which there is the same as at one of them."""
    return [number for number, value in enumerate(held) if value == held[index]]


@given(st.sets(st.integers(0, 200)))
def test_members(indices: set[int]) -> None:
    """A set of pools yields each of its pools once, in order."""
    assert list(members(sum(1 << index for index in indices))) == sorted(indices)


def other_value(path: str) -> Any:
    """Return a value of a setting that is not its default."""
    value, declared = setting(PoolSettings(), path), SETTINGS[path]
    choices: tuple[str, ...] = declared.metadata.get("choices", ())
    if isinstance(value, tuple):
        return next(((name,) for name in choices if (name,) != value), ("anything",))
    if choices:
        return next(name for name in choices if name != value)
    if isinstance(value, bool):
        return not value
    number = declared.type in (int, "int", int | None)
    return (value or 0) + 1 if number else "anything"


def differing(path: str) -> PoolSettings:
    """Return the plainest pool with one setting changed."""
    names = path.split(".")
    value = other_value(path)
    for at in range(len(names) - 1, 0, -1):
        value = attrs.evolve(setting(PoolSettings(), ".".join(names[:at])), **{names[at]: value})
    changed: PoolSettings = attrs.evolve(PoolSettings(), **{names[0]: value})
    return changed


@pytest.mark.parametrize("path", sorted(SETTINGS))
def test_pools_that_become_one(path: str) -> None:
    """Pools that differ in a setting are two, unless it is one of those that decide nothing in a pool."""
    pools = [PoolSettings(), differing(path), PoolSettings()]
    assert pools[0] != pools[1]
    one = Family(STANDARD, pools)
    assert (one.pools, one.counts) == (
        ((pools[0],), (3,)) if path in FOLDED else ((pools[0], pools[1]), (2, 1))
    )  # fmt: skip


def test_folded_settings_exist() -> None:
    """Each of the settings that decide nothing in a pool is one."""
    assert SETTINGS.keys() >= FOLDED


def test_counts() -> None:
    """The pools of a family stand for all that it was made of, each for as many as became one with it."""
    pools = [*neighbours(NUMBER), *neighbours(NUMBER, seed=2)]
    kin = Family(STANDARD, pools)
    assert len(kin.pools) < len(pools)
    assert kin.count(kin.everything) == sum(kin.counts) == len(pools)
    assert list(members(kin.everything)) == list(range(len(kin.pools)))
    first_three = 0b111
    assert kin.count(first_three) == sum(kin.counts[:3])
    assert kin.count(0) == 0


@pytest.mark.parametrize("path", ["mfa.mode", "sign_in.username_attributes", "mfa.factors:sms", "account_recovery:"])
def test_where(path: str) -> None:
    """The pools in which something holds of a setting are found."""
    kin = family(NUMBER)
    for value in {answer(pool, path) for pool in kin.pools}:
        expected = [index for index, pool in enumerate(kin.pools) if answer(pool, path) == value]
        assert list(members(kin.where(path, lambda found, value=value: found == value))) == expected  # type: ignore[misc]
    assert kin.where(path, lambda _: False) == 0
    assert kin.where(path, lambda _: True) == kin.everything


def notes() -> Iterator[Note]:
    """Yield things that can be noted of settings, in every form."""
    yield from SETTINGS
    for name in ("sms", "totp", "email"):
        yield f"mfa.factors:{name}"
    yield from ("account_recovery:", "sign_in.username_attributes:email", "client.explicit_auth_flows:ALLOW_USER_AUTH")
    for pool in family(NUMBER).pools[:3]:
        noted = set[Note]()
        required_sign_up_attributes(noting(pool, noted, finely=True), signs_up_with="username", mfa_for_user=True)
        yield from noted


def test_agreeing_on_settings() -> None:
    """Exactly the pools that give the same answer agree on what is asked of their settings."""
    kin, asked = family(NUMBER), set(notes())
    assert any(isinstance(note, Asked) for note in asked)
    for note in asked - FOLDED:
        held = [answer(pool, note) for pool in kin.pools]
        for index in range(len(kin.pools)):
            assert list(members(kin.agreeing(("setting", note), index))) == brute(held, index)


def test_agreeing_on_steps(flows: tuple[Flow, ...]) -> None:
    """Exactly the pools whose flow takes the same step, or like them has none, agree on it."""
    kin = family(NUMBER)
    asked = {(edge.source, edge.event, edge.outcome) for flow in flows for edge in flow.edges}
    for question in sorted(asked, key=str)[::7]:
        held = [flow.edge(*question) for flow in flows]
        for index in range(0, len(flows), 3):
            assert list(members(kin.agreeing(("edge", *question), index))) == brute(held, index)


def shape(row: PositionRow | None) -> Mapping[str, object]:
    """Return the events of a row without what their fields depend on."""
    events = {} if row is None else row.events
    return {name: (event.action, event.chain, event.options) for name, event in events.items()}


def test_agreeing_on_rows(flows: tuple[Flow, ...]) -> None:
    """Exactly the pools that keep the same facts at a position agree on it, and those that accept the same there."""
    kin = family(NUMBER)
    for position in {position for flow in flows for position in flow.positions}:
        rows = [flow.positions.get(position) for flow in flows]
        kept = [None if row is None else row.facts for row in rows]
        names = [None if row is None else tuple(row.events) for row in rows]
        for index in range(0, len(flows), 3):
            assert list(members(kin.agreeing(("row", position), index))) == brute(kept, index)
            assert list(members(kin.agreeing(("events", position), index))) == brute(names, index)


def test_agreeing_on_events(flows: tuple[Flow, ...]) -> None:
    """Exactly the pools in which an event has the same structure agree on it, and it is the same there."""
    kin = family(NUMBER)
    works = [walk(STANDARD, pool) for pool in kin.pools]
    for position in {position for flow in flows for position in flow.positions}:
        rows = [shape(flow.positions.get(position)) for flow in flows]
        for name in {name for row in rows for name in row}:
            events = [row.get(name) for row in rows]
            held = [built(work, position, name) for work in works]
            for index in range(0, len(flows), 5):
                agreeing = list(members(kin.agreeing(("event", position, name), index)))
                assert agreeing == brute(held, index)
                assert set(agreeing) <= set(brute(events, index))


def built(work: Work, position: Position, name: str) -> object:
    """Return the structure of an event, None where it is not accepted."""
    events = work.events_at(position) if position in work.known else ()
    return next((structure(work, event, position) for event in events if event.name == name), None)


def test_flows_are_those_of_the_pools(flows: tuple[Flow, ...]) -> None:
    """Each pool of a family has the positions and the steps of its own flow, and starts where it does."""
    kin = family(NUMBER)
    positions = {position for flow in flows for position in flow.positions}
    steps = list(kin.edges())
    for index, flow in enumerate(flows):
        assert {position for position in positions if kin.row(position, index) is not None} == set(flow.positions)
        assert {edge for edge, pools in steps if pools >> index & 1} == set(flow.edges)
        assert kin.initial() == flow.initial
    assert kin.flows <= len(flows)


def test_watched_flow_is_the_pool_s_own(flows: tuple[Flow, ...]) -> None:
    """Whatever is looked up in a watched flow is what the flow of the pool on the stage says."""
    watched = WatchedFlow(family(NUMBER))
    positions = {position for flow in flows for position in flow.positions}
    for index, flow in enumerate(flows):
        watched.enter(index)
        for position in positions:
            row, own = watched.row(position), flow.positions.get(position)
            assert (row is None) == (own is None)
            if row is None or own is None:
                continue
            assert (row.meaning, row.facts, row.expires_after) == (own.meaning, own.facts, own.expires_after)
            assert row.events.keys() == own.events.keys()
            assert dict(watched.accepts(position)) == flow.accepts(position)
            for name, event in own.events.items():
                seen: Any = row.events[name]
                assert (seen.action, seen.chain, seen.options, seen.fields, seen.checks) == (
                    event.action, event.chain, event.options, event.fields, event.checks
                )  # fmt: skip
        for edge in flow.edges:
            assert watched.edge(edge.source, edge.event, edge.outcome) == edge
            assert watched.step(edge.source, edge.event, edge.outcome) == edge.target
        assert watched.step(flow.initial, "sign_up", "unheard of") == flow.initial


def test_looking_up_is_noted() -> None:
    """What is looked up is noted, no more than that, and forgotten with the next pool."""
    kin = family(NUMBER)
    watched = WatchedFlow(kin)
    nothing: tuple[frozenset[Question], frozenset[Note]] = frozenset(), frozenset()
    assert watched.noted == nothing
    initial = watched.initial
    row = watched.positions[initial]
    expected = frozenset[Question]({("row", initial)})
    assert watched.noted == (expected, frozenset())
    watched.edge(initial, "sign_in", "TOKENS")
    expected |= {("edge", initial, "sign_in", "TOKENS")}
    assert watched.noted == (expected, frozenset())
    assert "sign_off" not in row.events
    sign_up = row.events["sign_up"]
    expected |= {("event", initial, "sign_off"), ("event", initial, "sign_up")}
    assert watched.noted == (expected, frozenset())
    assert sign_up.fields
    settings: frozenset[Note] = watched.noted[1]
    assert settings
    assert watched.noted == (expected, settings)
    assert len(list(row.events)) > 1
    assert watched.noted == (expected | {("events", initial)}, settings)
    watched.enter(1)
    assert watched.noted == nothing


def test_pools_that_agree_on_what_was_noted_have_the_same_row(flows: tuple[Flow, ...]) -> None:
    """The whole row of a position, fields and life and all, is the same in all pools that agree on what it noted."""
    kin = family(NUMBER)
    watched = WatchedFlow(kin)
    for position in {position for flow in flows for position in flow.positions}:
        for index in range(0, len(flows), 5):
            watched.enter(index)
            row = watched.row(position)
            if row is not None:
                _ = row.expires_after, [event.fields for event in row.events.values()]
            agreeing = kin.everything
            questions, settings = watched.noted
            for question in (*questions, *(("setting", note) for note in settings)):
                agreeing &= kin.agreeing(question, index)
            own = flows[index].positions.get(position)
            assert all(flows[other].positions.get(position) == own for other in members(agreeing))
