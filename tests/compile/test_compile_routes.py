"""The routes that a spec can forget, misspell, group, replace and take away."""

from __future__ import annotations

import pytest
from compiling import DEVICE_PROOF, GOOD, OFF, OPTIONAL, REQUIRED, build, but, refusal, routed, table, with_event

from flowengine.actions import ACTIONS
from flowengine.session import Position
from flowengine.settings import PoolSettings

CAN = "which initiate_auth can give"
SITUATION = "it changes the user's situation, so the session cannot stay"
SPENT = "the challenge may be spent, so the session cannot stay"
ENTER, ANSWER = "states.out.on.enter", "states.asked.on.answer"
ENTER_TO, ANSWER_TO = f"f.yaml:15:13: {ENTER}", f"f.yaml:22:13: {ANSWER}"
RESPOND_CAN = "which respond_to_auth_challenge can give"


def add(outcome: str) -> str:
    """Return the code and the hint of a route that is missing."""
    return f"[missing-route]\n    hint: add {outcome}: and the state that follows"


@pytest.mark.parametrize(
    ("text", "pool", "expected"),
    [
        (
            but((", SMS_MFA: asked}", "}"), ("SMS_MFA: asked, SOFT", "SOFT")),
            OPTIONAL,
            [
                f"{ENTER_TO}: no route for SMS_MFA, {CAN} {add('SMS_MFA')}",
                f"{ANSWER_TO}: no route for SMS_MFA, {RESPOND_CAN} {add('SMS_MFA')}",
            ],
        ),
        (
            but(("{use: asked, TOKENS: in", "{use: asked, TOKENS: in, UserNotConfirmedException: null")),
            OFF,
            [
                (f"{ENTER_TO}: no route for UserNotConfirmedException, {CAN}: {SITUATION} "
                f"{add('UserNotConfirmedException')}")
            ],
        ),
        (
            but(("ANSWER_LOST: out, ", "")),
            REQUIRED,
            [f"{ANSWER_TO}: no route for ANSWER_LOST, {RESPOND_CAN}: {SPENT} {add('ANSWER_LOST')}"],
        ),
        (
            but((", SMS_MFA: asked}", ", SMS_MFA: null}")),
            OPTIONAL,
            [f"{ENTER_TO}: no route for SMS_MFA, {CAN} {add('SMS_MFA')}"],
        ),
        (
            but(("use: over, ", "use: over, ExpiredCodeException: null, ")),
            REQUIRED,
            [f"{ANSWER_TO}: no route for ExpiredCodeException, {RESPOND_CAN}: {SPENT} {add('ExpiredCodeException')}"],
        ),
        (
            but(("over: {use: asked, ", "over: {use: asked, UNKNOWN_CHALLENGE: null, ")),
            OFF,
            [f"{ANSWER_TO}: no route for UNKNOWN_CHALLENGE, {RESPOND_CAN} {add('UNKNOWN_CHALLENGE')}"],
        ),
    ],
    ids=[
        "a success", "another situation", "a lost answer", "a removed route", "a removed route of a group",
        "a route that a group removes",
    ],
)  # fmt: skip
def test_forgotten_outcome_is_named(text: str, pool: PoolSettings, expected: list[str]) -> None:
    """An outcome that these settings can give and that the session cannot ignore must have a route."""
    assert refusal(text, pool) == expected


def test_forgotten_outcome_matters_only_where_it_is_possible() -> None:
    """A spec need not speak of challenges that its pool never poses."""
    text = but((", SMS_MFA: asked}", "}"), ("SMS_MFA: asked, SOFT", "SOFT"))
    assert table(build(text, OFF)) == {
        "out": {"enter": ["username", "password"]},
        "asked(NEW_PASSWORD_REQUIRED)": {"answer": ["new_password", "attributes"]},
        "in": {},
    }


def test_spent_challenge_matters_only_where_a_session_rests_on_it() -> None:
    """What ends a challenge needs no route where the send that met the challenge answers it."""
    chain = "{action: initiate_auth, with: {auth_flow: USER_PASSWORD_AUTH}, then: {NEW_PASSWORD_REQUIRED: "
    text = with_event(f"again: {chain}respond_to_auth_challenge}}, to: {{use: asked, TOKENS: in}}}}")
    flow = build(text, OFF)
    within = Position("asked", "NEW_PASSWORD_REQUIRED", "out.again")
    assert flow.step(within, "again", "SESSION_EXPIRED") == Position("asked")
    assert routed(flow, str(within), "again")["TOKENS"] == "in"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            but(("initial: out", "initial: oout")),
            "f.yaml:3:10: unknown state 'oout' [unknown-state]\n    hint: did you mean 'out'?",
        ),
        (
            but((", SMS_MFA: asked}", ", SMS_MFA: zzz}")),
            "f.yaml:15:47: unknown state 'zzz' [unknown-state]\n    hint: states: asked, in, out",
        ),
        (
            but(("TOKENS: in}\n  in", "TOKENS: \u0456n}\n  in")),
            (
                "f.yaml:22:33: unknown state '\u0456n' [unknown-state]\n    hint: it holds letters that are not ASCII: "
                "'\u0456' is CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I"
            ),
        ),
        (
            but(("routes:\n", "routes:\n  spare: {TOKENS: inn}\n")),
            "f.yaml:5:19: unknown state 'inn' [unknown-state]\n    hint: did you mean 'in'?",
        ),
        (
            but(("  in: {", "  in: {expires: {after: 5m, to: outt}, ")),
            "f.yaml:23:33: unknown state 'outt' [unknown-state]\n    hint: did you mean 'out'?",
        ),
        (
            but(("  in: {", "  in: {enter: greet, ")),
            "f.yaml:23:15: unknown hook 'greet' [unknown-hook]\n    hint: there are no hooks",
        ),
        (
            but(("  in: {", "  in: {on: {go: {action: singup}}, ")),
            (
                "f.yaml:23:26: states.in.on.go: unknown action 'singup' [unknown-action]\n"
                "    hint: did you mean 'sign_up'?"
            ),
        ),
        (
            but((f"{DEVICE_PROOF}\n", "{SMS_MFA: zzz}\n")),
            (
                f"f.yaml:14:25: {ENTER}.then: unknown action 'zzz' [unknown-action]\n"
                f"    hint: actions: {', '.join(sorted(ACTIONS))}"
            ),
        ),
        (
            but(("{use: over,", "{use: ovre,")),
            f"f.yaml:22:19: {ANSWER}.to: unknown routes 'ovre' [unknown-routes]\n    hint: did you mean 'over'?",
        ),
        (
            but(("over: {use: asked,", "over: {use: askde,")),
            "f.yaml:5:15: routes.over: unknown routes 'askde' [unknown-routes]\n    hint: did you mean 'asked'?",
        ),
        (
            with_event("go: {action: confirm_sign_up, to: {SMS_MFA: asked}}"),
            "f.yaml:11:51: states.out.on.go.to: 'SMS_MFA' can never come back here [impossible-outcome]\n    hint: ",
        ),
        (
            but(("SMS_MFA: asked}", "SMS_MFA: asked, TOKEN: in}")),
            (
                f"f.yaml:15:61: {ENTER}.to: 'TOKEN' can never come back here [impossible-outcome]\n"
                "    hint: did you mean 'TOKENS'?"
            ),
        ),
        (
            but(("        to: {use: over,", "        to: {CODE_SENT: out, use: over,")),
            f"f.yaml:22:25: {ANSWER}.to: 'CODE_SENT' can never come back here [impossible-outcome]\n    hint: ",
        ),
        (
            but(("routes:\n", "routes:\n  spare: {CODE_SEND: in}\n")),
            (
                "f.yaml:5:22: routes.spare: no action gives 'CODE_SEND' [unknown-outcome]\n"
                "    hint: did you mean 'CODE_SENT'?"
            ),
        ),
    ],
)  # fmt: skip
def test_unknown_name_is_placed_with_a_suggestion(text: str, complaint: str) -> None:
    """A name that leads nowhere is reported where it stands, with what was probably meant."""
    assert any(found.startswith(complaint) for found in refusal(text, OPTIONAL))


# Groups


def test_group_may_hold_what_this_event_never_gives() -> None:
    """A group serves several events, so a route that one of them has no use for is no mistake."""
    flow = build(but(("  asked: {UNKNOWN", "  asked: {CODE_SENT: out, CodeMismatchException: out, UNKNOWN")), OPTIONAL)
    assert "CODE_SENT" not in routed(flow, "out", "enter")


def test_local_routes_win_over_the_group() -> None:
    """A route of the event itself replaces the one that `use` brings, and adds to them."""
    text = but(
        ("use: over, ", "use: over, ExpiredCodeException: asked, CodeMismatchException: out, "),
        ("meaning: challenge", "meaning: recovery"),
    )
    routes = routed(build(text, REQUIRED), "asked(SMS_MFA)", "answer")
    assert routes["ExpiredCodeException"] == "asked"
    assert routes["CodeMismatchException"] == "out"
    assert routes["SESSION_USED"] == "out"
    kept = routed(build(GOOD, REQUIRED), "asked(SMS_MFA)", "answer")
    assert set(routes) - set(kept) == {"CodeMismatchException"}


def test_group_starts_from_another_one() -> None:
    """A group takes over the routes of the group that it uses, whatever their order, replaces some and drops some."""
    groups = (
        "  far: {use: near, TooManyRequestsException: asked, CodeMismatchException: null}\n"
        "  near: {use: over, TooManyRequestsException: out, CodeMismatchException: out, "
        "InvalidPasswordException: out}\n"
    )
    text = but(("routes:\n", f"routes:\n{groups}"), ("to: {use: over, ", "to: {use: far, "),
               ("meaning: challenge", "meaning: recovery"))  # fmt: skip
    routes = routed(build(text, REQUIRED), "asked(SMS_MFA)", "answer")
    expected = {"TooManyRequestsException": "asked", "InvalidPasswordException": "out", "SESSION_USED": "out"}
    assert routes.items() >= expected.items()
    assert "CodeMismatchException" not in routes


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (
            "  a: {use: a, TOKENS: in}\n",
            ["f.yaml:5:12: routes.a: the groups a use each other [routes-loop]\n    hint: end the circle"],
        ),
        (
            "  a: {use: b}\n  b: {use: a}\n",
            [
                "f.yaml:5:12: routes.a: the groups b, a use each other [routes-loop]\n    hint: end the circle",
                "f.yaml:6:12: routes.b: the groups a, b use each other [routes-loop]\n    hint: end the circle",
            ],
        ),
        (
            "  c: {use: a}\n  a: {use: b}\n  b: {use: a}\n",
            [
                "f.yaml:6:12: routes.a: the groups b, a use each other [routes-loop]\n    hint: end the circle",
                "f.yaml:7:12: routes.b: the groups c, a, b use each other [routes-loop]\n    hint: end the circle",
                "f.yaml:7:12: routes.b: the groups a, b use each other [routes-loop]\n    hint: end the circle",
            ],
        ),
    ],
    ids=["itself", "two", "two, and one that uses them"],
)
def test_groups_do_not_use_each_other(groups: str, expected: list[str]) -> None:
    """A circle of groups is reported at each of its members."""
    assert refusal(but(("routes:\n", f"routes:\n{groups}")), OFF) == expected


def test_removed_route_of_a_harmless_refusal_keeps_the_position() -> None:
    """Where an outcome need not be routed, taking its route away leaves the session where it was."""
    group = but(("  over: {", "  over: {CodeMismatchException: out, "))
    removed = group.replace("use: over, ", "use: over, CodeMismatchException: null, ")
    asked = Position("asked", "SMS_MFA")
    assert build(group, REQUIRED).step(asked, "answer", "CodeMismatchException") == Position("out")
    assert build(removed, REQUIRED).step(asked, "answer", "CodeMismatchException") == asked
