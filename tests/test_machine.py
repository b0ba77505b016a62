"""The automaton: a lookup and nothing else."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowengine.compile import compile_flow
from flowengine.library import load
from flowengine.machine import EXPIRE, Flow
from flowengine.session import Position
from flowengine.settings import Client, Mfa, PasswordPolicy, PoolSettings, Verification
from flowengine.spec import parse, read_spec

POOL = PoolSettings(
    verification=Verification(auto_verified_attributes=("email",)), mfa=Mfa(mode="optional", factors=("sms",))
)
FLOW = load("standard", pool=POOL)
TEXT = """\
flowengine: 1
name: small
initial: out
states:
  out:
    meaning: signed_out
    expires: {after: 1h, to: out}
    on:
      enter:
        action: initiate_auth
        with: {auth_flow: USER_PASSWORD_AUTH}
        to:
          TOKENS: in
          UNKNOWN_CHALLENGE: out
          NEW_PASSWORD_REQUIRED: renewing
          PasswordResetRequiredException: out
          UserNotConfirmedException: out
          TooManyRequestsException: out
  renewing:
    meaning: challenge
    on:
      answer:
        action: respond_to_auth_challenge
        to:
          TOKENS: in
          UNKNOWN_CHALLENGE: out
          ANSWER_LOST: out
          ExpiredCodeException: out
          INCORRECT_USERNAME_OR_PASSWORD: out
          PasswordResetRequiredException: out
          SESSION_EXPIRED: out
          SESSION_INVALID: out
          SESSION_USED: out
          USER_DISABLED: out
          UserNotConfirmedException: out
          UserNotFoundException: out
  in:
    meaning: signed_in
  aside:
    meaning: recovery
"""
SMALL = PoolSettings(verification=Verification(auto_verified_attributes=("email",)))

positions = st.sampled_from(sorted(FLOW.positions, key=str))
events = st.sampled_from(sorted({edge.event for edge in FLOW.edges})) | st.text()
outcomes = st.sampled_from(sorted({edge.outcome for edge in FLOW.edges})) | st.text()


def build(text: str = TEXT, pool: PoolSettings = SMALL) -> Flow:
    """Compile a text."""
    spec, problems = read_spec(parse(text, "f.yaml").root)
    assert spec is not None
    return compile_flow(spec, pool, problems=tuple(problems))


@given(positions, events, outcomes)
def test_what_was_not_predicted_moves_nothing(position: Position, event: str, outcome: str) -> None:
    """Only a known pair of event and outcome moves a session; any other leaves it where it is."""
    edge = FLOW.edge(position, event, outcome)
    assert FLOW.step(position, event, outcome) == (edge.target if edge else position)
    assert (edge is None) is ((position, event, outcome) not in {(e.source, e.event, e.outcome) for e in FLOW.edges})


@given(positions, st.lists(st.tuples(events, outcomes), max_size=6))
def test_walks_repeat(position: Position, walk: list[tuple[str, str]]) -> None:
    """A walk is a function of where it begins and what comes back."""
    fresh = load("standard", pool=attrs.evolve(POOL))
    ends = []
    for flow in (FLOW, fresh, FLOW):
        end = position
        for event, outcome in walk:
            end = flow.step(end, event, outcome)
        ends.append(end)
    assert len(set(ends)) == 1


@pytest.mark.parametrize("state", ["signed_in", "mfa_challenge"])
def test_no_event_jumps_to_a_state(state: str) -> None:
    """There is no shortcut past a challenge: names of transitions that machines make up do not exist."""
    start = FLOW.initial
    for event in (f"to_{state}", f"to_{state}(SMS_MFA)", "to", state, "*", "=", "__class__", "trigger"):
        for outcome in ("TOKENS", "", state, "*"):
            assert FLOW.step(start, event, outcome) == start
    assert not [edge for edge in FLOW.edges if edge.event.startswith("to_")]


def test_wildcards_are_no_positions() -> None:
    """Names that machines take for any state, or for the same one, are as unknown as any other."""
    for state in ("*", "=", "nowhere", ""):
        with pytest.raises(KeyError):
            FLOW.step(Position(state), "sign_in", "TOKENS")


@pytest.mark.parametrize(
    "position", [Position("mfa_challenge"), Position("signed_in", "SMS_MFA"), Position("signed_out", None, "sign_in")]
)
def test_position_is_more_than_its_state(position: Position) -> None:
    """A state without what is pending there, or with something else, is no position."""
    with pytest.raises(KeyError):
        FLOW.step(position, "answer", "TOKENS")
    with pytest.raises(KeyError):
        FLOW.accepts(position)


def test_challenge_is_walked_through() -> None:
    """From the door to tokens, by way of a code."""
    walk = [("sign_up", "UNCONFIRMED"), ("confirm", "CodeMismatchException"), ("resend", "CODE_SENT"),
            ("confirm", "CONFIRMED"), ("sign_in", "SMS_MFA"), ("answer", "CodeMismatchException"),
            ("answer", "TOKENS"), ("sign_out", "SIGNED_OUT")]  # fmt: skip
    position, seen = FLOW.initial, []
    for event, outcome in walk:
        assert event in FLOW.accepts(position)
        position = FLOW.step(position, event, outcome)
        seen.append(str(position))
    assert seen == [
        "unconfirmed", "unconfirmed", "unconfirmed", "confirmed", "mfa_challenge(SMS_MFA)", "mfa_challenge(SMS_MFA)",
        "signed_in", "signed_out",
    ]  # fmt: skip


def test_routed_and_unrouted_are_told_apart() -> None:
    """A refusal that keeps the position is predicted, too, and is no route, even if a route leads back as well."""
    flow = build()
    edges = [flow.edge(flow.initial, "enter", outcome) for outcome in ("TooManyRequestsException", "ANSWER_LOST")]
    assert [edge and (edge.target, edge.routed) for edge in edges] == [(flow.initial, True), (flow.initial, False)]


def test_only_states_that_can_be_reached_are_part_of_a_flow() -> None:
    """States are listed in the order in which they are found, without those that nothing leads to."""
    assert build().states == ("out", "renewing", "in")
    assert FLOW.states == (
        "signed_out", "unconfirmed", "new_password", "resetting_password", "mfa_challenge", "signed_in", "confirmed",
    )  # fmt: skip


def test_accepted_events_cannot_be_changed() -> None:
    """What a flow hands out is a view of it: no caller can add an event for everyone."""
    accepted = FLOW.accepts(FLOW.initial)
    with pytest.raises(TypeError):
        accepted["jump"] = ()  # type: ignore[index]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        FLOW.initial = Position("signed_in")  # type: ignore[misc]


def test_equal_flows_have_equal_fingerprints() -> None:
    """What does not decide how sessions walk does not show: places, comments, order, summary, spare states."""
    same = TEXT.replace("name: small\n", "name: small\nsummary: The same flow. # or not\n")
    same = same.replace("  in:\n    meaning: signed_in\n", "").replace(
        "states:\n", "states:\n  in: {meaning: signed_in}\n"
    )
    same = same.replace("1h", "60m").replace("  aside:\n    meaning: recovery\n", "routes: {spare: {TOKENS: in}}\n")
    assert same != TEXT
    assert build(same).fingerprint == build().fingerprint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: small", "name: other"),
        ("UNKNOWN_CHALLENGE: out\n          NEW", "UNKNOWN_CHALLENGE: aside\n          NEW"),
        ("          TooManyRequestsException: out\n", ""),
        ("after: 1h", "after: 2h"),
        ("after: 1h, to: out", "after: 1h, to: aside"),
        ("    expires: {after: 1h, to: out}\n", ""),
        ("meaning: signed_out", "meaning: confirmed"),
        ("      enter:", "      go_in:"),
    ],
)
def test_every_difference_shows_in_the_fingerprint(old: str, new: str) -> None:
    """A route, an expiry, a meaning or a name that changes makes another flow."""
    assert old in TEXT
    assert build(TEXT.replace(old, new)).fingerprint != build().fingerprint


@pytest.mark.parametrize(
    "pool",
    [
        attrs.evolve(SMALL, required_attributes=("name",)),
        attrs.evolve(SMALL, password_policy=PasswordPolicy(minimum_length=9)),
        attrs.evolve(SMALL, client=Client(generate_secret=True)),
        attrs.evolve(SMALL, sms_configuration=False),
    ],
)
def test_every_setting_shows_in_the_fingerprint(pool: PoolSettings) -> None:
    """A session belongs to one pool: other settings make another flow."""
    assert build(pool=pool).fingerprint != build().fingerprint


def test_every_field_shows_in_the_fingerprint() -> None:
    """An event that takes other inputs makes another flow, even where nothing else is different."""
    flow = build()
    row = flow.positions[flow.initial]
    event = row.events["enter"]
    for changed in (event.fields[:1], (attrs.evolve(event.fields[0], pattern="x"), *event.fields[1:])):
        events = {"enter": attrs.evolve(event, fields=changed)}
        other = attrs.evolve(flow, positions={**flow.positions, flow.initial: attrs.evolve(row, events=events)})
        assert other.fingerprint != flow.fingerprint


def test_secrets_of_a_pool_stay_out_of_sight() -> None:
    """A flow shows its name and where it begins, not its tables."""
    assert repr(build()) == (
        "Flow(name='small', summary='', initial=Position(state='out', pending=None, event=None))"
    )  # fmt: skip


def test_expiry_is_an_event_like_any_other() -> None:
    """A deadline that has passed is one more outcome, and means nothing where there is no deadline."""
    flow = build(TEXT.replace("to: out}", "to: aside}"))
    assert flow.step(flow.initial, EXPIRE, "EXPIRED") == Position("aside")
    assert flow.step(Position("aside"), EXPIRE, "EXPIRED") == Position("aside")
    assert EXPIRE not in flow.accepts(flow.initial)
