"""Compiling: what a spec becomes for each pool, and everything that can be wrong with it."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowengine.actions import ACTIONS
from flowengine.actions.authentication import CHALLENGES
from flowengine.compile import compile_flow
from flowengine.errors import SpecError
from flowengine.library import load, shipped_names
from flowengine.machine import EXPIRE, Flow
from flowengine.session import Position
from flowengine.settings import Client, Mfa, PoolSettings, SignIn, Verification, valid_pools
from flowengine.spec import parse, read_spec

VERIFY = Verification(auto_verified_attributes=("email",))
OFF = PoolSettings(verification=VERIFY)
OPTIONAL = PoolSettings(verification=VERIFY, mfa=Mfa(mode="optional", factors=("sms",)))
REQUIRED = PoolSettings(
    verification=VERIFY, mfa=Mfa(mode="required", factors=("sms",)), required_attributes=("phone_number",)
)
POOLS = {"off": OFF, "optional": OPTIONAL, "required": REQUIRED}

GOOD = """\
flowengine: 1
name: good
initial: out
routes:
  over: {ANSWER_LOST: out, ExpiredCodeException: out, PasswordResetRequiredException: out, SESSION_EXPIRED: out, \
INCORRECT_USERNAME_OR_PASSWORD: out, SESSION_INVALID: out, SESSION_USED: out, USER_DISABLED: out, \
UserNotConfirmedException: out, UserNotFoundException: out}
  asked: {UNKNOWN_CHALLENGE: out, PasswordResetRequiredException: out, UserNotConfirmedException: out}
states:
  out:
    meaning: signed_out
    on:
      enter:
        action: initiate_auth
        with: {auth_flow: USER_PASSWORD_AUTH}
        to: {use: asked, TOKENS: in, SMS_MFA: asked}
  asked:
    meaning: challenge
    on:
      answer:
        action: respond_to_auth_challenge
        to: {use: over, TOKENS: in}
  in: {meaning: signed_in}
"""
"""The smallest flow that serves every pool, in which each part can be broken on its own."""

COUNT = GOOD.count("\n")


def build(text: str, pool: PoolSettings | None = None) -> Flow:
    """Compile a text."""
    document = parse(text, "f.yaml")
    spec, problems = read_spec(document.root)
    assert spec is not None
    return compile_flow(spec, pool, problems=(*document.problems, *problems))


def refusal(text: str, pool: PoolSettings | None = None) -> list[str]:
    """Return what is wrong with a text that does not compile."""
    with pytest.raises(SpecError) as caught:
        build(text, pool)
    return [str(problem) for problem in caught.value.problems]


def but(*changes: tuple[str, str]) -> str:
    """Return the good flow with some of its text replaced."""
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def table(flow: Flow) -> dict[str, dict[str, list[str]]]:
    """Return the fields of each event of each position."""
    return {
        str(position): {name: [entry.name for entry in fields] for name, fields in flow.accepts(position).items()}
        for position in flow.positions
    }


def routed(flow: Flow, source: str, event: str) -> dict[str, str]:
    """Return the routes of an event."""
    return {
        edge.outcome: str(edge.target)
        for edge in flow.edges
        if str(edge.source) == source and edge.event == event and edge.routed
    }


ANYWHERE = {
    "signed_out": {"sign_up": ["username", "password", "attributes"], "sign_in": ["username", "password"]},
    "confirmed": {"sign_in": ["password"]},
    "unconfirmed": {"confirm": ["code"], "resend": []},
}
ASKED = {"mfa_challenge(SMS_MFA)": {"answer": ["code"], "sign_in": ["password"]}}
INSIDE: dict[str, list[str]] = {"refresh": [], "sign_out": []}


@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        (OFF, ANYWHERE | {"signed_in": INSIDE}),
        (OPTIONAL, ANYWHERE | ASKED | {"signed_in": INSIDE | {"enable_sms_mfa": [], "disable_sms_mfa": []}}),
        (REQUIRED, ANYWHERE | ASKED | {"signed_in": INSIDE | {"enable_sms_mfa": []}}),
        (None, ANYWHERE | ASKED | {"signed_in": INSIDE | {"enable_sms_mfa": [], "disable_sms_mfa": []}}),
        (
            attrs.evolve(OFF, verification=Verification()),
            ANYWHERE | {"unconfirmed": {"confirm": ["code"]}, "signed_in": INSIDE},
        ),
    ],
    ids=["off", "optional", "required", "any pool", "nothing is verified"],
)
def test_pool_decides_on_positions_and_events(
    pool: PoolSettings | None, expected: Mapping[str, Mapping[str, list[str]]]
) -> None:
    """One spec becomes another machine for each pool, and the username is asked for only where it is not known."""
    assert table(load("standard", pool=pool)) == expected


@pytest.mark.parametrize("pool", [OPTIONAL, REQUIRED], ids=["optional", "required"])
def test_session_carries_what_it_surely_has(pool: PoolSettings) -> None:
    """A position knows the facts that every way into it brings."""
    facts = {str(position): set(row.facts) for position, row in load("standard", pool=pool).positions.items()}
    assert facts == {
        "signed_out": set(),
        "unconfirmed": {"username"},
        "confirmed": {"username"},
        "mfa_challenge(SMS_MFA)": {"username", "session", "user_id"},
        "signed_in": {"username", "tokens"},
    }


@pytest.mark.parametrize(("pool", "seconds"), [(None, 180.0), (OPTIONAL, 180.0), ("15 minutes", 900.0)])
def test_challenge_expires_with_the_session(pool: PoolSettings | str | None, seconds: float) -> None:
    """A challenge lives as long as the client's sessions do; other deadlines are the spec's own."""
    if isinstance(pool, str):
        pool = attrs.evolve(OPTIONAL, client=Client(auth_session_validity=15))
    flow = load("standard", pool=pool)
    expiries = {position.state: row.expires_after for position, row in flow.positions.items() if row.expires_after}
    assert expiries == {"unconfirmed": 86_400.0, "confirmed": 86_400.0, "mfa_challenge": seconds}
    assert flow.step(Position("mfa_challenge", "SMS_MFA"), EXPIRE, "EXPIRED") == Position("signed_out")


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_specs_compile_without_a_warning(name: str) -> None:
    """What ships is in order, and states that mean signed_in are named by it."""
    flow = load(name)
    assert flow.warnings == ()
    assert "signed_in" in {row.meaning for row in flow.positions.values()}


def test_every_valid_pool_is_served_by_the_standard_flow() -> None:
    """The standard flow compiles for each valid combination of settings, and can always sign someone in."""
    for pool in valid_pools():
        flow = load("standard", pool=pool)
        assert flow.pool == pool
        assert Position("signed_in") in flow.positions
        assert {position.pending for position in flow.positions} <= {None, *CHALLENGES}


def test_union_of_pools_covers_every_pool() -> None:
    """Compiled for no pool in particular, a flow has every step that it has for any pool."""
    union = load("standard")
    every = {(edge.source, edge.event, edge.outcome, edge.target) for edge in union.edges}
    for pool in valid_pools():
        flow = load("standard", pool=pool)
        assert {(edge.source, edge.event, edge.outcome, edge.target) for edge in flow.edges} <= every
    assert union.pool is None


# What a spec can forget


@pytest.mark.parametrize("pool", [*POOLS.values(), None], ids=[*POOLS, "any pool"])
def test_good_flow_is_good(pool: PoolSettings | None) -> None:
    """The flow that the following tests break is in order."""
    assert build(GOOD, pool).warnings == ()


CAN = "which initiate_auth can give"
SITUATION = "it changes the user's situation, so the session cannot stay"
NO_ANSWER = (
    "f.yaml:16:5: states.asked: SMS_MFA can be pending here, and no event answers it [challenge-unanswered]\n"
    "    hint: add an event with action: respond_to_auth_challenge"
)
ANSWER = "states.asked.on.answer"
RESPOND_CAN = "which respond_to_auth_challenge can give"


@pytest.mark.parametrize(
    ("text", "pool", "expected"),
    [
        (
            but((", SMS_MFA: asked", "")),
            OPTIONAL,
            [
                (
                    f"f.yaml:14:13: states.out.on.enter: no route for SMS_MFA, {CAN} [missing-route]\n"
                    "    hint: add SMS_MFA: and the state that follows"
                )
            ],
        ),
        (
            but(("UserNotConfirmedException: out}\nstates", "}\nstates")),
            OFF,
            [
                (
                    f"f.yaml:14:13: states.out.on.enter: no route for UserNotConfirmedException, {CAN}: {SITUATION} "
                    "[missing-route]\n    hint: add UserNotConfirmedException: and the state that follows"
                )
            ],
        ),
        (
            but(("ANSWER_LOST: out, ", "")),
            REQUIRED,
            [
                (
                    f"f.yaml:20:13: {ANSWER}: no route for ANSWER_LOST, {RESPOND_CAN}: the challenge may be "
                    "spent, so the session cannot stay [missing-route]\n"
                    "    hint: add ANSWER_LOST: and the state that follows"
                )
            ],
        ),
        (
            but(("SMS_MFA: asked", "SMS_MFA: null")),
            OPTIONAL,
            [
                (
                    f"f.yaml:14:13: states.out.on.enter: no route for SMS_MFA, {CAN} [missing-route]\n"
                    "    hint: add SMS_MFA: and the state that follows"
                )
            ],
        ),
        (
            but(("use: over, ", "use: over, ExpiredCodeException: null, ")),
            REQUIRED,
            [
                (
                    f"f.yaml:20:13: {ANSWER}: no route for ExpiredCodeException, {RESPOND_CAN}: {SITUATION} "
                    "[missing-route]\n    hint: add ExpiredCodeException: and the state that follows"
                )
            ],
        ),
    ],
    ids=["a success", "another situation", "a lost answer", "a removed route", "a removed route of a group"],
)
def test_forgotten_outcome_is_named(text: str, pool: PoolSettings, expected: list[str]) -> None:
    """An outcome that these settings can give and that the session cannot ignore must have a route."""
    assert refusal(text, pool) == expected


def test_forgotten_outcome_matters_only_where_it_is_possible() -> None:
    """A spec need not speak of challenges that its pool never poses."""
    flow = build(but((", SMS_MFA: asked", "")), OFF)
    assert table(flow) == {"out": {"enter": ["username", "password"]}, "in": {}}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            but(("initial: out", "initial: oout")),
            "f.yaml:3:10: unknown state 'oout' [unknown-state]\n    hint: did you mean 'out'?",
        ),
        (
            but(("SMS_MFA: asked}", "SMS_MFA: zzz}")),
            "f.yaml:14:47: unknown state 'zzz' [unknown-state]\n    hint: states: asked, in, out",
        ),
        (
            but(("TOKENS: in}\n  in", "TOKENS: \u0456n}\n  in")),
            (
                "f.yaml:20:33: unknown state '\u0456n' [unknown-state]\n    hint: it holds letters that are not ASCII: "
                "'\u0456' is CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I"
            ),
        ),
        (
            but(("routes:\n", "routes:\n  spare: {TOKENS: inn}\n")),
            "f.yaml:5:19: unknown state 'inn' [unknown-state]\n    hint: did you mean 'in'?",
        ),
        (
            but(("  in: {", "  in: {expires: {after: 5m, to: outt}, ")),
            "f.yaml:21:33: unknown state 'outt' [unknown-state]\n    hint: did you mean 'out'?",
        ),
        (
            but(("  in: {", "  in: {on: {go: {action: singup}}, ")),
            (
                "f.yaml:21:26: states.in.on.go: unknown action 'singup' [unknown-action]\n"
                "    hint: did you mean 'sign_up'?"
            ),
        ),
        (
            but(("to: {use: asked,", "then: {SMS_MFA: zzz}\n        to: {use: asked,")),
            (
                "f.yaml:14:25: states.out.on.enter.then: unknown action 'zzz' [unknown-action]\n"
                f"    hint: actions: {', '.join(sorted(ACTIONS))}"
            ),
        ),
        (
            but(("use: over", "use: ovre")),
            (
                "f.yaml:20:19: states.asked.on.answer.to: unknown routes 'ovre' [unknown-routes]\n"
                "    hint: did you mean 'over'?"
            ),
        ),
        (
            but(("{auth_flow: USER_PASSWORD_AUTH}", "{auth_flow: USER_PASSWORD}")),
            (
                "f.yaml:13:27: states.out.on.enter.with.auth_flow: unknown value 'USER_PASSWORD' [unknown-option]\n"
                "    hint: did you mean 'USER_PASSWORD_AUTH'?"
            ),
        ),
        (
            but(("{auth_flow: USER_PASSWORD_AUTH}", "{auth_flow: USER_PASSWORD_AUTH, x: y}")),
            (
                "f.yaml:13:50: states.out.on.enter.with: no action here takes the option 'x' [unknown-option]\n"
                "    hint: options here: auth_flow"
            ),
        ),
        (
            but(("{auth_flow: USER_PASSWORD_AUTH}", "{}")),
            (
                "f.yaml:12:17: states.out.on.enter: the option 'auth_flow' is missing [missing-option]\n"
                "    hint: with: {auth_flow: USER_PASSWORD_AUTH}"
            ),
        ),
        (
            but(("SMS_MFA: asked}", "SMS_MFA: asked, CodeMismatchException: out}")),
            (
                "f.yaml:14:77: states.out.on.enter.to: 'CodeMismatchException' can never come back here "
                "[impossible-outcome]\n    hint: "
            ),
        ),
        (
            but(("SMS_MFA: asked}", "SMS_MFA: asked, TOKEN: in}")),
            (
                "f.yaml:14:61: states.out.on.enter.to: 'TOKEN' can never come back here [impossible-outcome]\n"
                "    hint: did you mean 'TOKENS'?"
            ),
        ),
        (
            but(("to: {use: over,", "then: {CODE_SENT: global_sign_out}\n        to: {use: over,")),
            (
                "f.yaml:20:27: states.asked.on.answer.then: 'CODE_SENT' can never come back here [impossible-outcome]\n"
                "    hint: "
            ),
        ),
        (
            but(("routes:\n", "routes:\n  spare: {CODE_SEND: in}\n")),
            (
                "f.yaml:5:22: routes.spare: no action gives 'CODE_SEND' [unknown-outcome]\n"
                "    hint: did you mean 'CODE_SENT'?"
            ),
        ),
    ],
)
def test_unknown_name_is_placed_with_a_suggestion(text: str, complaint: str) -> None:
    """A name that leads nowhere is reported where it stands, with what was probably meant."""
    assert any(found.startswith(complaint) for found in refusal(text, OPTIONAL))


def test_group_may_hold_what_this_event_never_gives() -> None:
    """A group serves several events, so a route that one of them has no use for is no mistake."""
    flow = build(but(("  asked: {UNKNOWN", "  asked: {CODE_SENT: out, CodeMismatchException: out, UNKNOWN")), OPTIONAL)
    assert "CODE_SENT" not in routed(flow, "out", "enter")


def test_local_routes_win_over_the_group() -> None:
    """A route of the event itself replaces the one that `use` brings, and a null takes it away."""
    text = but(("use: over, ", "use: over, ExpiredCodeException: asked, CodeMismatchException: out, "))
    routes = routed(build(text, REQUIRED), "asked(SMS_MFA)", "answer")
    assert routes["ExpiredCodeException"] == "asked"
    assert routes["CodeMismatchException"] == "out"
    assert routes["SESSION_USED"] == "out"
    kept = routed(build(GOOD, REQUIRED), "asked(SMS_MFA)", "answer")
    assert set(routes) - set(kept) == {"CodeMismatchException"}


def test_removed_route_of_a_harmless_refusal_keeps_the_position() -> None:
    """Where an outcome need not be routed, taking its route away leaves the session where it was."""
    group = but(("  over: {", "  over: {CodeMismatchException: out, "))
    removed = group.replace("use: over, ", "use: over, CodeMismatchException: null, ")
    asked = Position("asked", "SMS_MFA")
    assert build(group, REQUIRED).step(asked, "answer", "CodeMismatchException") == Position("out")
    assert build(removed, REQUIRED).step(asked, "answer", "CodeMismatchException") == asked


def test_excluded_routes_are_pruned() -> None:
    """Routes for outcomes that the settings exclude vanish, and with them the states behind."""
    assert {name: build(GOOD, pool).states for name, pool in POOLS.items()} == {
        "off": ("out", "in"),
        "optional": ("out", "asked", "in"),
        "required": ("out", "asked", "in"),
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


def test_challenge_that_nothing_answers_is_refused() -> None:
    """A state that a challenge can be pending in needs an event that answers it."""
    again = "initiate_auth\n        with: {auth_flow: USER_PASSWORD_AUTH}\n        to: {use: asked, SMS_MFA: asked, "
    text = but(("respond_to_auth_challenge\n        to: {use: over, ", again))
    assert refusal(text, OPTIONAL) == [NO_ANSWER]
    assert build(text, OFF).states == ("out", "in")


def test_answer_needs_something_pending() -> None:
    """Where no challenge is pending, the event that would answer one is not offered."""
    text = but(("PasswordResetRequiredException: out, UserNotConfirmedException: out}\nstates",
                "PasswordResetRequiredException: asked, UserNotConfirmedException: out}\nstates"))  # fmt: skip
    flow = build(text, REQUIRED)
    assert table(flow)["asked"] == {}
    assert table(flow)["asked(SMS_MFA)"] == {"answer": ["code"]}


def test_signed_in_needs_tokens() -> None:
    """A state that means signed_in and that a session can reach without tokens is refused."""
    text = but(("asked: {UNKNOWN_CHALLENGE: out", "asked: {UNKNOWN_CHALLENGE: in"))
    assert refusal(text, OFF) == [
        (
            "f.yaml:21:7: states.in means signed_in, and a session can reach it without tokens "
            "[signed-in-without-tokens]\n"
            "    hint: only TOKENS may lead there"
        )
    ]


REFRESH_SPENT = sorted(ACTIONS["get_tokens_from_refresh_token"].must_route)


def with_event(event: str) -> str:
    """Return the good flow with one more event in its first state, on line 11."""
    return but(("    meaning: signed_out\n    on:\n", f"    meaning: signed_out\n    on:\n      {event}\n"))


def test_needed_fact_must_be_there() -> None:
    """An operation that works with tokens is refused where the session may have none."""
    text = with_event("refresh: {action: get_tokens_from_refresh_token, to: {use: spent, TOKENS: in}}")
    text = text.replace("routes:\n", f"routes:\n  spent: {{{', '.join(f'{name}: out' for name in REFRESH_SPENT)}}}\n")
    assert refusal(text, OFF) == [
        (
            "f.yaml:12:60: states.out.on.refresh: get_tokens_from_refresh_token needs the user's tokens, which a "
            "session "
            "may not have in out [fact-missing]"
        )
    ]


def test_flow_needs_a_goal() -> None:
    """A flow in which nobody can ever sign in is refused, once nothing else is wrong."""
    goal = "f.yaml:1:1: no state that means signed_in can be reached [no-goal]\n"
    hint = "    hint: a flow's goal is a state with meaning: signed_in"
    assert refusal(but(("in: {meaning: signed_in}", "in: {meaning: confirmed}"))) == [goal + hint]
    assert "no-goal" not in str(refusal(but(("in: {meaning: signed_in}", "in: {}"), ("initial: out", "initial: o"))))


# Settings


def pooled(pool: str) -> str:
    """Return the good flow with these settings on the line behind it."""
    return f"{GOOD}pool: {pool}\n"


@pytest.mark.parametrize(
    ("pool", "complaint"),
    [
        (
            "{mfa: {mode: required}}",
            (
                f"f.yaml:{COUNT + 1}:13: pool.mfa.factors: MFA that is optional or required needs a factor "
                "[mfa-needs-factor]\n    hint: source: SetUserPoolMfaConfig: SMS MFA, Email MFA, or Software Token MFA "
                "must be enabled"
            ),
        ),
        (
            "{mfa: {mode: always, factors: [sms]}}",
            (
                f"f.yaml:{COUNT + 1}:20: pool.mfa.mode: the only values are off, optional, required ('always') "
                "[mfa-mode-known]\n    hint: source: enumerations of the service model"
            ),
        ),
        (
            "{required_attributes: [fax]}",
            (
                f"f.yaml:{COUNT + 1}:29: pool.required_attributes: only standard attributes can be required ('fax') "
                "[required-attribute-known]\n    hint: source: user-pool-settings-attributes"
            ),
        ),
    ],
)
def test_bad_settings_carry_their_place(pool: str, complaint: str) -> None:
    """A setting that breaks a rule is reported where it stands, or where its section does."""
    assert complaint in refusal(pooled(pool))


def test_replaced_settings_have_no_place() -> None:
    """Settings that were handed over in the program are not blamed on the file."""
    bad = attrs.evolve(OFF, mfa=Mfa(mode="required"))
    assert refusal(pooled("{}"), bad)[0].startswith("pool.mfa.factors: MFA that is optional or required needs a factor")


def test_handed_over_settings_replace_the_spec_s_own() -> None:
    """Settings from the program stand in place of the spec's, not on top of them."""
    text = pooled("{mfa: {mode: required, factors: [sms]}, required_attributes: [phone_number, name]}")
    flow = build(text, OFF)
    assert (flow.pool, flow.states) == (OFF, ("out", "in"))


def test_warnings_do_not_refuse() -> None:
    """Settings that will hurt someone later compile, and say whom."""
    (warning,) = build(pooled("{}")).warnings
    assert (warning.code, warning.severity, warning.line) == ("nothing-verified", "warning", COUNT + 1)
    assert str(warning).startswith(f"f.yaml:{COUNT + 1}:7: warning: pool.verification.auto_verified_attributes: no ")


def test_every_problem_is_reported_in_the_order_of_the_file() -> None:
    """What reading, settings and the passes found comes in one list, sorted by place, warnings included."""
    text = but(
        ("initial: out", "initial: oout"),
        ("asked: {UNKNOWN_CHALLENGE: out", "asked: {UNKNOWN_CHALENGE: out"),
        ("action: initiate_auth", "action: initiate_aut"),
        ("    meaning: challenge", "    meaning: chalenge"),
        ("use: over", "use: ovre"),
    )
    with pytest.raises(SpecError) as caught:
        build(f"{text}pool: {{mfa: {{mode: required}}}}\nextra: 1\n")
    assert [(problem.line, problem.code) for problem in caught.value.problems] == [
        (3, "unknown-state"),
        (6, "unknown-outcome"),
        (12, "unknown-action"),
        (16, "unknown-meaning"),
        (20, "unknown-routes"),
        (22, "nothing-verified"),
        (22, "mfa-needs-factor"),
        (23, "unknown-key"),
    ]


def test_problem_is_reported_once() -> None:
    """A route that is missing for many reasons of one kind is complained about once."""
    text = but(("initial: out", "initial: first"), ("states:\n", """states:
  first:
    on:
      one: {action: initiate_auth, with: {auth_flow: USER_PASSWORD_AUTH}, to: {use: asked, TOKENS: in, SMS_MFA: asked}}
      two: {action: confirm_sign_up, to: {CONFIRMED: out, ALREADY_CONFIRMED: out, UserNotFoundException: out}}
"""), ("ANSWER_LOST: out, ", ""))  # fmt: skip
    assert [found.partition(": ")[2].partition(",")[0] for found in refusal(text, REQUIRED)] == [
        "states.asked.on.answer: no route for ANSWER_LOST"
    ]


# Chains


CHAIN = """\
flowengine: 1
name: chain
initial: new
states:
  new:
    meaning: unconfirmed
    on:
      confirm:
        action: confirm_sign_up
        with: {auth_flow: USER_PASSWORD_AUTH}
        then: {CONFIRMED: initiate_auth}
        to:
          CONFIRMED: done
          ALREADY_CONFIRMED: done
          TOKENS: in
          UNKNOWN_CHALLENGE: new
          PasswordResetRequiredException: new
          UserNotConfirmedException: new
          UserNotFoundException: new
  done: {meaning: confirmed}
  in: {meaning: signed_in}
"""


def test_chain_asks_for_everything_at_once() -> None:
    """One send feeds every call of its chain: the fields are those of all of them, each once."""
    flow = build(CHAIN, OFF)
    assert table(flow)["new"] == {"confirm": ["username", "code", "password"]}
    event = flow.positions[Position("new")].events["confirm"]
    assert (event.action, event.chain) == ("confirm_sign_up", ("initiate_auth",))
    assert event.row.operation == "ConfirmSignUp"


def test_chain_goes_on_behind_its_outcome() -> None:
    """The outcome that a chain waits for leads to a position of its own, where only the next call can happen."""
    flow = build(CHAIN.replace("done: {", "done: {expires: {after: 1h, to: new}, "), OFF)
    within = flow.step(Position("new"), "confirm", "CONFIRMED")
    assert within == Position("done", "CONFIRMED", "new.confirm")
    assert str(within) == "done(CONFIRMED)/new.confirm"
    assert {name: event.action for name, event in flow.positions[within].events.items()} == {"confirm": "initiate_auth"}
    assert (flow.positions[within].expires_after, flow.positions[Position("done")].expires_after) == (None, 3600.0)
    assert flow.edge(within, EXPIRE, "EXPIRED") is None
    assert flow.step(within, "confirm", "TOKENS") == Position("in")


def test_chains_of_events_with_the_same_name_are_apart() -> None:
    """A chain goes on along the routes of the event that began it, whatever other states call their events."""
    begin, end = CHAIN.index("      confirm:"), CHAIN.index("  done:")
    resend = "      resend: {action: resend_confirmation_code, to: {use: resent}}\n"
    again = "  again:\n    on:\n" + CHAIN[begin:end].replace("UNKNOWN_CHALLENGE: new", "UNKNOWN_CHALLENGE: again")
    resent = "routes: {resent: {CODE_SENT: again, ALREADY_CONFIRMED: done, UserNotFoundException: new}}\n"
    flow = build(
        CHAIN[:end] + resend + again + CHAIN[end:] + resent,
        PoolSettings(verification=Verification(auto_verified_attributes=("email",))),
    )
    for state in ("new", "again"):
        within = flow.step(Position(state), "confirm", "CONFIRMED")
        assert flow.step(within, "confirm", "UNKNOWN_CHALLENGE") == Position(state)


def test_refusal_in_a_chain_rests_where_the_chain_has_come() -> None:
    """What was done stays done: a refused second call leaves the session behind the first."""
    flow = build(CHAIN, OFF)
    within = Position("done", "CONFIRMED", "new.confirm")
    for outcome in ("INCORRECT_USERNAME_OR_PASSWORD", "ANSWER_LOST", "TooManyRequestsException"):
        assert flow.step(within, "confirm", outcome) == Position("done")
        edge = flow.edge(within, "confirm", outcome)
        assert edge is not None
        assert not edge.routed
    assert flow.step(Position("new"), "confirm", "CodeMismatchException") == Position("new")


def test_chain_without_a_route_rests_where_it_began() -> None:
    """A chained outcome needs no route of its own: the session then rests in the state that it set out from."""
    text = CHAIN.replace("          CONFIRMED: done\n", "")
    flow = build(text, OFF)
    assert flow.step(Position("new"), "confirm", "CONFIRMED") == Position("new", "CONFIRMED", "new.confirm")


SIGN_UP_CHAIN = CHAIN.replace("confirm_sign_up", "sign_up").replace(
    "          ALREADY_CONFIRMED: done\n          TOKENS",
    "          UNCONFIRMED: new\n          CodeDeliveryFailureException: new\n          LimitExceededException: new\n"
    "          TOKENS",
).replace("          UserNotFoundException: new\n", "")  # fmt: skip


def test_chain_keeps_the_strictest_field() -> None:
    """A sign-up that goes on to sign in still takes only usernames that the pool can register."""
    pool = attrs.evolve(OFF, sign_in=SignIn(username_attributes=("email",)))
    alone = load("standard", pool=pool).accepts(Position("signed_out"))["sign_up"]
    chained = build(SIGN_UP_CHAIN, pool).accepts(Position("new"))["confirm"]
    assert [entry.name for entry in chained] == ["username", "password", "attributes"]
    assert chained == alone


CHALLENGE_CHAIN = but((
    "to: {use: asked, TOKENS: in, SMS_MFA: asked}",
    ("then: {SMS_MFA: respond_to_auth_challenge}\n        to: {use: over, UNKNOWN_CHALLENGE: out, TOKENS: in, "
    "ANSWER_LOST: null}"),
), ("  over: {ANSWER_LOST: out, ", "  over: {"))  # fmt: skip


def test_chain_answers_what_is_pending() -> None:
    """A chain can answer a challenge in the same send, and a spent challenge needs its route there, too."""
    assert ["ANSWER_LOST" in found for found in refusal(CHALLENGE_CHAIN, REQUIRED)] == [True]
    flow = build(CHALLENGE_CHAIN.replace("ANSWER_LOST: null", "ANSWER_LOST: out"), REQUIRED)
    assert table(flow)["out"] == {"enter": ["username", "password", "code"]}
    assert flow.step(Position("out", "SMS_MFA", "out.enter"), "enter", "TOKENS") == Position("in")


def test_challenge_facts_end_with_their_challenge() -> None:
    """Where nothing is pending, a session carries no challenge's session: not even behind a refused chain."""
    text = CHALLENGE_CHAIN.replace("UNKNOWN_CHALLENGE: out, ", "UNKNOWN_CHALLENGE: out, SMS_MFA: asked, ")
    flow = build(text.replace("ANSWER_LOST: null", "ANSWER_LOST: out"), REQUIRED)
    assert flow.step(Position("asked", "SMS_MFA", "out.enter"), "enter", "CodeMismatchException") == Position("asked")
    for position, row in flow.positions.items():
        assert position.pending is not None or not row.facts & {"session", "user_id"}


def test_challenge_facts_end_with_the_deadline() -> None:
    """A challenge that expired leaves its session behind, and the username stays known."""
    deadline = "    meaning: challenge\n    expires: {after: session, to: later}\n"
    flow = build(but(("  in: {", "  later: {}\n  in: {"), ("    meaning: challenge\n", deadline)), REQUIRED)
    assert flow.positions[Position("asked", "SMS_MFA")].facts == {"username", "session", "user_id"}
    assert flow.positions[Position("later")].facts == {"username"}


@pytest.mark.parametrize(
    "chain",
    [
        (
            "{action: resend_confirmation_code, then: {CODE_SENT: resend_confirmation_code}, "
            "to: {ALREADY_CONFIRMED: out, UserNotFoundException: out}}"
        ),
        (
            "{action: confirm_sign_up, then: {CONFIRMED: resend_confirmation_code, CODE_SENT: confirm_sign_up}, "
            "to: {ALREADY_CONFIRMED: out, UserNotFoundException: out}}"
        ),
    ],
    ids=["a call that follows itself", "two calls that follow each other"],
)
def test_chain_has_an_end(chain: str) -> None:
    """A chain that could call the service for ever in one send is refused."""
    assert refusal(with_event(f"chain: {chain}"), OFF)


# Laws

pools = st.sampled_from(list(valid_pools()))


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """Draw a flow for any valid pool."""
    pool = draw(pools)
    texts = {"good": GOOD, "chain": CHAIN}
    if pool.mfa.mode != "off":
        del texts["chain"]
    name = draw(st.sampled_from(["standard", *texts]))
    return build(texts[name], pool) if name in texts else load(name, pool=pool)


@given(flows())
def test_step_is_the_edge_list(flow: Flow) -> None:
    """The machine does what the edges say, each of them exactly once."""
    for edge in flow.edges:
        assert flow.step(edge.source, edge.event, edge.outcome) == edge.target
        assert flow.edge(edge.source, edge.event, edge.outcome) is edge
    assert len({(edge.source, edge.event, edge.outcome) for edge in flow.edges}) == len(flow.edges)


@given(flows())
def test_unrouted_refusal_keeps_the_state(flow: Flow) -> None:
    """An outcome without a route leaves the session where it is; only in a chain it ends the send."""
    for edge in flow.edges:
        if not edge.routed:
            assert edge.target == (Position(edge.source.state) if edge.source.event else edge.source)


@given(flows())
def test_positions_are_exactly_what_edges_reach(flow: Flow) -> None:
    """Every position but the initial one is the end of an edge, and every edge ends in a position."""
    assert {edge.target for edge in flow.edges} | {flow.initial} == set(flow.positions)
    assert {edge.source for edge in flow.edges} <= set(flow.positions)


@given(flows())
def test_edges_are_what_events_can_give(flow: Flow) -> None:
    """Each accepted event has an edge for each outcome that these settings make possible, and for no other."""
    for position, row in flow.positions.items():
        for name, event in row.events.items():
            outcomes = {edge.outcome for edge in flow.edges if (edge.source, edge.event) == (position, name)}
            assert outcomes == event.row.possible(flow.pool, event.options)
        events = {edge.event for edge in flow.edges if edge.source == position}
        assert events == set(row.events) | ({EXPIRE} if row.expires_after is not None else set())


@given(flows())
def test_tokens_are_known_only_where_someone_is_signed_in(flow: Flow) -> None:
    """Signed in and having tokens are the same thing."""
    for row in flow.positions.values():
        assert ("tokens" in row.facts) is (row.meaning == "signed_in")


@given(flows())
def test_facts_are_sure(flow: Flow) -> None:
    """What a position claims to carry survives every edge: it was there before, was typed, or came with the answer."""
    for edge in flow.edges:
        if edge.event == EXPIRE:
            brought = set[str]()
        else:
            event = flow.positions[edge.source].events[edge.event]
            brought = {entry.name for entry in event.fields} | event.row.gives.get(edge.outcome, frozenset())
        assert flow.positions[edge.target].facts <= flow.positions[edge.source].facts | brought


@given(flows())
def test_compiling_again_gives_the_same(flow: Flow) -> None:
    """A flow is a function of spec and pool."""
    if flow.name == "good":
        assert build(GOOD, flow.pool).fingerprint == flow.fingerprint


def test_unknown_contact_is_a_problem() -> None:
    """A contact that Cognito does not know is reported like any other broken rule."""
    found = refusal(GOOD, PoolSettings(sign_in=SignIn(username_attributes=("phone",)), verification=Verification()))
    assert any("[sign-in-username-attributes-known]" in problem for problem in found)


def test_chain_out_of_a_state_with_a_bad_name_is_compiled() -> None:
    """A dot in a state's name is a problem of its own, and no more than that."""
    found = refusal(CHAIN.replace("  new:\n", "  n.ew:\n").replace("new", "n.ew"), OFF)
    assert any("'n.ew' is no name" in problem for problem in found)
