"""What holds of every flow that compiles."""

from __future__ import annotations

import pytest
from compiling import GOOD, build
from pools import SAMPLED_POOLS

from flowengine.actions import ACTIONS
from flowengine.actions.challenges import PENDING
from flowengine.actions.model import CHALLENGE_FACTS
from flowengine.library import load
from flowengine.machine import EXPIRE, Flow
from flowengine.session import Position
from flowengine.settings import PoolSettings

OPTIONAL_FACTS = frozenset[str]().union(*(action.uses for action in ACTIONS.values()))


def serves(pool: PoolSettings) -> bool:
    """Tell whether the good flow can sign users of a pool in."""
    needs_totp = pool.mfa.mode == "required" and "totp" in pool.mfa.factors
    return pool.client.allows("USER_PASSWORD_AUTH") and not needs_totp


@pytest.fixture(name="flows", scope="module")
def _flows() -> list[Flow]:
    """Flows for many pools: the standard one for each, and the smallest one where it serves."""
    pools = SAMPLED_POOLS[:50]
    return [load("standard", pool=pool) for pool in pools] + [build(GOOD, pool) for pool in filter(serves, pools)]


def test_step_is_the_edge_list(flows: list[Flow]) -> None:
    """The machine does what the edges say, each of them exactly once."""
    for flow in flows[::5]:
        for edge in flow.edges:
            assert flow.step(edge.source, edge.event, edge.outcome) == edge.target
            assert flow.edge(edge.source, edge.event, edge.outcome) is edge
        assert len({(edge.source, edge.event, edge.outcome) for edge in flow.edges}) == len(flow.edges)


def test_unrouted_refusal_keeps_the_position(flows: list[Flow]) -> None:
    """An outcome without a route leaves the session where it is; only in a chain it ends the send."""
    for flow in flows:
        for edge in flow.edges:
            if not edge.routed:
                assert edge.target == (Position(edge.source.state) if edge.source.event else edge.source)


def test_positions_are_exactly_what_edges_reach(flows: list[Flow]) -> None:
    """Every position but the initial one is the end of an edge, and every edge ends in a position."""
    for flow in flows:
        assert {edge.target for edge in flow.edges} | {flow.initial} == set(flow.positions)
        assert {edge.source for edge in flow.edges} <= set(flow.positions)


def test_edges_are_what_events_can_give(flows: list[Flow]) -> None:
    """Each accepted event has an edge for each outcome that these settings make possible, and for no other."""
    for flow in flows:
        found: dict[tuple[Position, str], set[str]] = {}
        for edge in flow.edges:
            found.setdefault((edge.source, edge.event), set()).add(edge.outcome)
        expected = {
            (position, name): event.row.possible(flow.pool, event.options, position.pending)
            for position, row in flow.positions.items()
            for name, event in row.events.items()
        }
        expiries = {(position, EXPIRE) for position, row in flow.positions.items() if row.expires_after is not None}
        assert found == expected | {key: {"EXPIRED"} for key in expiries}


def test_success_is_routed(flows: list[Flow]) -> None:
    """Nothing that goes well, and nothing that ends a challenge where a session rests on it, is passed over."""
    for flow in flows:
        for edge in flow.edges:
            if not edge.routed:
                action = flow.positions[edge.source].events[edge.event].row
                assert edge.outcome not in action.successful | action.must_route
                assert edge.source.event or edge.outcome not in action.ends


def test_proof_is_given_in_the_same_send(flows: list[Flow]) -> None:
    """Nobody ever waits at a challenge that only the send that met it can answer."""
    at_once = {name for name, challenge in PENDING.items() if challenge.at_once}
    for flow in flows:
        assert not {position.pending for position in flow.positions if not position.event} & at_once


def test_tokens_are_known_only_where_someone_is_signed_in(flows: list[Flow]) -> None:
    """Signed in and having tokens are the same thing."""
    for flow in flows:
        for row in flow.positions.values():
            assert ("tokens" in row.facts) is (row.meaning == "signed_in")


def test_challenge_facts_live_with_their_challenge(flows: list[Flow]) -> None:
    """A session string is kept only where something is pending, and wherever a call needs it."""
    for flow in flows:
        for position, row in flow.positions.items():
            assert position.pending or not row.facts & CHALLENGE_FACTS
            assert all(event.row.needs - {"username"} <= row.facts for event in row.events.values())


def test_facts_are_sure(flows: list[Flow]) -> None:
    """What a position claims to carry survives every edge: it was there before, was typed, or came with the answer."""
    for flow in flows:
        for edge in flow.edges:
            target = flow.positions[edge.target]
            needed = frozenset[str]().union(*(event.row.needs for event in target.events.values()))
            sure = (target.facts - OPTIONAL_FACTS) | (target.facts & needed)
            assert sure <= flow.positions[edge.source].facts | _brought(flow, edge.source, edge.event, edge.outcome)


def _brought(flow: Flow, source: Position, event: str, outcome: str) -> frozenset[str]:
    """What an edge adds to the facts of its source."""
    if event == EXPIRE:
        return frozenset()
    accepted = flow.positions[source].events[event]
    return frozenset(entry.name for entry in accepted.fields) | accepted.row.gives.get(outcome, frozenset())


def test_username_is_asked_for_only_where_it_is_unknown(flows: list[Flow]) -> None:
    """Whoever has said who they are is not asked again, but to sign up."""
    for flow in flows:
        for row in flow.positions.values():
            for event in row.events.values():
                if "username" in row.facts and event.action != "sign_up":
                    assert "username" not in {entry.name for entry in event.fields}


def test_compiling_again_gives_the_same() -> None:
    """A flow is a function of spec and pool."""
    pools = list(filter(serves, SAMPLED_POOLS[:50]))
    assert [build(GOOD, pool).fingerprint for pool in pools] == [build(GOOD, pool).fingerprint for pool in pools]
    assert len({build(GOOD, pool).fingerprint for pool in pools}) == len(pools)
