"""What one spec becomes for each pool: positions, their events and fields, what a session carries, deadlines."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import pytest
from compiling import GOOD, OFF, OPTIONAL, POOLS, REQUIRED, VERIFY, build, but, routed, table
from pools import SAMPLED_POOLS

from flowengine.actions.challenges import PENDING
from flowengine.library import load, shipped_names
from flowengine.machine import EXPIRE
from flowengine.session import Position
from flowengine.settings import Client, Mfa, PoolSettings, Verification

CARRIED = {"device", "parameters", "session", "user_id", "username"}

ANYWHERE = {
    "signed_out": {
        "sign_up": ["username", "password", "attributes"],
        "sign_in": ["username", "password"],
        "forgot_password": ["username"],
    },
    "confirmed": {"sign_in": ["password"], "forgot_password": []},
    "unconfirmed": {"confirm": ["code"], "resend": []},
    "resetting_password": {"confirm_reset": ["code", "new_password"], "resend": []},
    "new_password(NEW_PASSWORD_REQUIRED)": {"answer": ["new_password", "attributes"], "sign_in": ["password"]},
}
ASKED = {"mfa_challenge(SMS_MFA)": {"answer": ["code"], "sign_in": ["password"]}}
SETUP: dict[str, dict[str, list[str]]] = {"mfa_setup(MFA_SETUP)": {"sign_in": ["password"]}}
INSIDE: dict[str, list[str]] = {"refresh": [], "sign_out": []}


@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        (OFF, ANYWHERE | {"signed_in": INSIDE}),
        (OPTIONAL, ANYWHERE | ASKED | {"signed_in": INSIDE | {"enable_sms_mfa": [], "disable_sms_mfa": []}}),
        (REQUIRED, ANYWHERE | ASKED | SETUP | {"signed_in": INSIDE | {"enable_sms_mfa": []}}),
        (
            attrs.evolve(OFF, verification=Verification()),
            ANYWHERE | {"unconfirmed": {"confirm": ["code"]}, "signed_in": INSIDE},
        ),
        (
            attrs.evolve(OFF, account_recovery=("admin_only",)),
            ANYWHERE
            | {
                "signed_out": {name: ANYWHERE["signed_out"][name] for name in ("sign_up", "sign_in")},
                "confirmed": {"sign_in": ["password"]},
                "resetting_password": {"confirm_reset": ["code", "new_password"]},
                "signed_in": INSIDE,
            },
        ),
    ],
    ids=["off", "optional", "required", "nothing is verified", "administrators reset passwords"],
)
def test_pool_decides_on_positions_and_events(
    pool: PoolSettings, expected: Mapping[str, Mapping[str, list[str]]]
) -> None:
    """One spec becomes another machine for each pool, and the username is asked for only where it is not known."""
    assert table(load("standard", pool=pool)) == expected


@pytest.mark.parametrize(
    ("flow", "event"),
    [
        ("ALLOW_ADMIN_USER_PASSWORD_AUTH", {"sign_in_server_side": ["username", "password"]}),
        (
            "ALLOW_CUSTOM_AUTH",
            {
                "sign_in_with_custom_challenge": ["username"],
                "sign_in_with_srp_and_custom_challenge": ["username", "password"],
            },
        ),
        ("ALLOW_USER_AUTH", {"sign_in_with_choice": ["username", "preferred_challenge", "password"]}),
        ("ALLOW_USER_PASSWORD_AUTH", {"sign_in": ["username", "password"]}),
        ("ALLOW_USER_SRP_AUTH", {"sign_in_with_srp": ["username", "password"]}),
    ],
)
def test_client_decides_on_ways_to_sign_in(flow: str, event: dict[str, list[str]]) -> None:
    """Only what the client allows is offered, and all of it."""
    pool = attrs.evolve(OFF, client=Client(explicit_auth_flows=(flow,)))
    accepted = table(load("standard", pool=pool))["signed_out"]
    assert {name: fields for name, fields in accepted.items() if name.startswith("sign_in")} == event


@pytest.mark.parametrize("pool", [OPTIONAL, REQUIRED], ids=["optional", "required"])
def test_session_carries_what_it_surely_has(pool: PoolSettings) -> None:
    """A position knows the facts that every way into it brings, and those that an event takes along."""
    facts = {str(position): set(row.facts) for position, row in load("standard", pool=pool).positions.items()}
    assert facts.pop("mfa_setup(MFA_SETUP)", CARRIED - {"device"}) == CARRIED - {"device"}
    assert facts == {
        "signed_out": set(),
        "unconfirmed": {"username", "sign_up_session"},
        "confirmed": {"username"},
        "resetting_password": {"username"},
        "new_password(NEW_PASSWORD_REQUIRED)": CARRIED,
        "mfa_challenge(SMS_MFA)": CARRIED,
        "signed_in": {"username", "tokens", "device"},
    }


@pytest.mark.parametrize(("minutes", "seconds"), [(None, 180.0), (3, 180.0), (15, 900.0)])
def test_challenge_expires_with_the_session(minutes: int | None, seconds: float) -> None:
    """A challenge lives as long as the client's sessions do; other deadlines are the spec's own."""
    pool = None if minutes is None else attrs.evolve(OPTIONAL, client=Client(auth_session_validity=minutes))
    flow = load("standard", pool=pool)
    expiries = {position.state: row.expires_after for position, row in flow.positions.items() if row.expires_after}
    others = {"unconfirmed": 86_400.0, "confirmed": 86_400.0, "resetting_password": 3_600.0}
    assert {name: expiries.pop(name) for name in others} == others
    assert set(expiries.values()) == {seconds}
    assert {"mfa_challenge", "new_password"} <= set(expiries)
    assert flow.step(Position("mfa_challenge", "SMS_MFA"), EXPIRE, "EXPIRED") == Position("signed_out")


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_specs_compile_without_a_warning(name: str) -> None:
    """What ships is in order, and states that mean signed_in are named by it."""
    flow = load(name)
    assert flow.warnings == ()
    assert "signed_in" in {row.meaning for row in flow.positions.values()}


def test_standard_flow_serves_sampled_pools() -> None:
    """The standard flow compiles for each of them, and can always sign someone in."""
    for pool in SAMPLED_POOLS:
        flow = load("standard", pool=pool)
        assert flow.pool == pool
        assert Position("signed_in") in flow.positions
        resting = {position.pending for position in flow.positions if not position.event}
        assert resting <= {None, *(name for name, challenge in PENDING.items() if not challenge.at_once)}


def test_union_of_pools_covers_every_pool() -> None:
    """Compiled for no pool in particular, a flow has every step that it has for any pool."""
    union = load("standard")
    every = {(edge.source, edge.event, edge.outcome, edge.target) for edge in union.edges}
    for pool in SAMPLED_POOLS:
        flow = load("standard", pool=pool)
        assert {(edge.source, edge.event, edge.outcome, edge.target) for edge in flow.edges} <= every
    assert union.pool is None


def test_union_of_pools_has_nothing_to_spare() -> None:
    """Every position of the flow for any pool is one of the flow for some pool, but for those of the assumptions."""
    found = {position for pool in SAMPLED_POOLS for position in load("standard", pool=pool).positions}
    spare = {str(position) for position in set(load("standard").positions) - found}
    assert {name for name in spare if "ADMIN_NO_SRP_AUTH" not in name and "server_side_password" not in name} == set()


@pytest.mark.parametrize("pool", [*POOLS.values(), None], ids=[*POOLS, "any pool"])
def test_good_flow_is_good(pool: PoolSettings | None) -> None:
    """The flow that other tests break is in order."""
    assert build(GOOD, pool).warnings == ()


def test_excluded_routes_are_pruned() -> None:
    """Routes for outcomes that the settings exclude vanish, and with them the states behind."""
    aside = but((", SMS_MFA: asked}", ", SMS_MFA: aside}"), ("  in: {", ("  aside: {on: {answer: {action: "
                 "respond_to_auth_challenge, to: {use: over, TOKENS: in}}}}\n  in: {")))  # fmt: skip
    assert {name: build(aside, pool).states for name, pool in POOLS.items()} == {
        "off": ("out", "asked", "in"),
        "optional": ("out", "asked", "aside", "in"),
        "required": ("out", "asked", "aside", "in"),
    }
    assert "TOKENS" not in routed(build(GOOD, REQUIRED), "out", "enter")
    assert "SMS_MFA" not in routed(build(GOOD, OFF), "out", "enter")


def test_event_that_cannot_succeed_is_not_accepted() -> None:
    """An event whose operation these settings can only refuse is not offered."""
    text = GOOD + "    on: {prefer: {action: set_user_mfa_preference, with: {sms_mfa: disabled}, to: {use: gone, "
    text = text.replace("in: {meaning: signed_in}\n", "in:\n    meaning: signed_in\n").replace(
        "routes:\n",
        "routes:\n  gone: {ACCESS_TOKEN_INVALID: out, ACCESS_TOKEN_REVOKED: out, PasswordResetRequiredException: out, "
        "USER_DISABLED: out, UserNotConfirmedException: out, UserNotFoundException: out}\n",
    )
    text += "MFA_PREFERENCE_SET: in}}}\n"
    accepted = {name: list(build(text, pool).accepts(Position("in"))) for name, pool in POOLS.items()}
    assert accepted == {"off": [], "optional": ["prefer"], "required": []}


def test_email_can_be_set_up_only_where_it_is_a_factor() -> None:
    """What MFA_SETUP can be answered with depends on the factors that the pool offers."""
    events = {}
    for factors in (("sms",), ("totp",), ("email",), ("email", "totp")):
        pool = PoolSettings(
            verification=VERIFY, email_sending_account="DEVELOPER", mfa=Mfa(mode="required", factors=factors)
        )
        accepted = load("standard", pool=pool).accepts(Position("mfa_setup", "MFA_SETUP"))
        events[factors] = {name for name in accepted if name.startswith("set_up")}
    assert events == {
        ("sms",): set(),
        ("totp",): {"set_up_totp"},
        ("email",): {"set_up_email"},
        ("email", "totp"): {"set_up_totp", "set_up_email"},
    }
