"""What is pending and what a session carries: who answers it, what stays, what is dropped on the way."""

from __future__ import annotations

import attrs
import pytest
from compiling import (
    DEVICE_PROOF,
    GOOD,
    OFF,
    OPTIONAL,
    PROOF,
    REQUIRED,
    VERIFY,
    build,
    but,
    refusal,
    routed,
    table,
    with_event,
)

from flowengine.actions import ACTIONS
from flowengine.actions.model import CHALLENGE_FACTS
from flowengine.library import load
from flowengine.machine import EXPIRE
from flowengine.session import Position
from flowengine.settings import Client, Devices, Mfa, PoolSettings

NO_ANSWER = (
    "f.yaml:17:5: states.asked: {} can be pending here, and no event answers it [challenge-unanswered]\n"
    "    hint: add an event with action: {}"
)
RESPOND = "respond_to_auth_challenge"
TOTP = PoolSettings(verification=VERIFY, mfa=Mfa(mode="required", factors=("totp",)))
SRP = attrs.evolve(OFF, client=Client(explicit_auth_flows=("ALLOW_USER_SRP_AUTH",)))
DEVICES = attrs.evolve(OPTIONAL, devices=Devices(remembered="opt_in", challenge_required_on_new_device=True))


# What is pending


def test_challenge_that_nothing_answers_is_refused() -> None:
    """A state that a challenge can be pending in needs an event that answers it, if something could."""
    again = "initiate_auth\n        with: {auth_flow: USER_PASSWORD_AUTH}\n        to: {use: asked, "
    text = but((f"{RESPOND}\n        then: {PROOF}\n        to: {{use: over, ", again))
    actions = f"admin_{RESPOND} or {RESPOND}"
    assert refusal(text, REQUIRED) == [
        NO_ANSWER.format("NEW_PASSWORD_REQUIRED", actions),
        NO_ANSWER.format("SMS_MFA", actions),
    ]


def test_only_what_can_answer_is_suggested() -> None:
    """Where authenticator apps are the one factor, the hint is to set one up."""
    assert refusal(GOOD, TOTP) == [NO_ANSWER.format("MFA_SETUP", "associate_software_token_with_session")]


def test_dead_end_of_the_pool_is_no_mistake_of_the_spec() -> None:
    """Where a user without a phone can only give up, no spec could do better."""
    assert table(build(GOOD, REQUIRED))["asked(MFA_SETUP)"] == {}


def test_answer_needs_something_pending() -> None:
    """Where no challenge is pending, the event that would answer one is not offered."""
    text = but(("UNKNOWN_CHALLENGE: out, ", "UNKNOWN_CHALLENGE: asked, "), ("meaning: challenge", "meaning: recovery"))
    flow = build(text, REQUIRED)
    assert table(flow)["asked"] == {}
    assert table(flow)["asked(SMS_MFA)"] == {"answer": ["code"]}


@pytest.mark.parametrize("route", ["ANSWER_LOST: out, ", "UNKNOWN_CHALLENGE: out, ", "TOKENS_ON_NEW_DEVICE: in, "])
def test_challenge_waits_only_where_one_is_pending(route: str) -> None:
    """No outcome leads to where a challenge is answered without posing one, nor with one that can be left alone."""
    outcome, _, target = route.removesuffix(", ").partition(": ")
    text = but((route, f"{outcome}: asked, "))
    before = text[: text.index(f"{outcome}: asked, ") + len(f"{outcome}: ")].splitlines()
    assert refusal(text, REQUIRED if target == "out" else DEVICES) == [
        (
            f"f.yaml:{len(before)}:{len(before[-1]) + 1}: {outcome} leads to states.asked, "
            "where a challenge is answered, and none is pending [nothing-pending]\n"
            "    hint: a refusal without a route keeps what is pending; route others to where a user can begin anew"
        )
    ]


@pytest.mark.parametrize(
    ("challenge", "auth_flow", "pool"),
    [("PASSWORD_VERIFIER", "USER_SRP_AUTH", SRP), ("DEVICE_SRP_AUTH", "USER_PASSWORD_AUTH", DEVICES)],
)
def test_proof_must_follow_in_the_same_send(challenge: str, auth_flow: str, pool: PoolSettings) -> None:
    """A challenge that is answered from what the send knows cannot wait: its event must go on."""
    text = but((f"        then: {DEVICE_PROOF}\n        to: {{use: asked", "        to: {use: asked"),
               ("USER_PASSWORD_AUTH", auth_flow),
               ("UNKNOWN_CHALLENGE: out, ", f"UNKNOWN_CHALLENGE: out, {challenge}: out, "))  # fmt: skip
    assert refusal(text, pool) == [
        (
            f"f.yaml:9:5: states.out: {challenge} must be answered by the send that meets it [challenge-left]\n"
            f"    hint: add then: {{{challenge}: respond_to_auth_challenge}} to its event"
        )
    ]


def test_pending_stays_beside_an_action_of_its_own() -> None:
    """What answers no challenge and stays in its state leaves the challenge as it was."""
    flow = load("standard", pool=attrs.evolve(DEVICES, allowed_first_auth_factors=("PASSWORD", "WEB_AUTHN")))
    new_device, creation = Position("signed_in", "TOKENS_ON_NEW_DEVICE"), Position("signed_in", "CREATION_OPTIONS")
    for position in (new_device, creation):
        assert flow.step(position, "refresh", "TOKENS") == position
        assert flow.step(position, "enable_sms_mfa", "MFA_PREFERENCE_SET") == position
        assert flow.step(position, "sign_out", "SIGNED_OUT") == Position("signed_out")
    assert flow.step(new_device, "register_passkey", "CREATION_OPTIONS") == creation
    assert flow.positions[creation].facts >= CHALLENGE_FACTS


def test_pending_ends_with_its_answer() -> None:
    """What answers a challenge takes it away, also where it stays in the state."""
    flow = load("standard", pool=attrs.evolve(DEVICES, allowed_first_auth_factors=("PASSWORD", "WEB_AUTHN")))
    creation = Position("signed_in", "CREATION_OPTIONS")
    assert flow.step(creation, "finish_passkey", "PASSKEY_REGISTERED") == Position("signed_in")
    assert flow.step(creation, "finish_passkey", "WebAuthnOriginNotAllowedException") == creation
    within = flow.step(Position("signed_in", "TOKENS_ON_NEW_DEVICE"), "remember_device", "USER_CONFIRMATION_NECESSARY")
    assert flow.step(within, "remember_device", "DEVICE_STATUS_UPDATED") == Position("signed_in")


def test_optional_step_may_be_left() -> None:
    """A new device that nobody confirms and a sign-up that nobody finishes hold no session up."""
    assert build(GOOD, DEVICES).accepts(Position("in", "TOKENS_ON_NEW_DEVICE")) == {}


# What is carried


def test_challenge_facts_end_with_their_challenge() -> None:
    """Where nothing is pending, a session carries no challenge's session: not even behind a refused chain."""
    text = with_event(
        "go: {action: initiate_auth, with: {auth_flow: USER_PASSWORD_AUTH}, then: {SMS_MFA: respond_to_auth_challenge},"
        " to: {use: over, SMS_MFA: asked, TOKENS: in}}"
    )
    flow = build(text, REQUIRED)
    assert flow.step(Position("asked", "SMS_MFA", "out.go"), "go", "CodeMismatchException") == Position("asked")
    for position, row in flow.positions.items():
        assert position.pending is not None or not row.facts & CHALLENGE_FACTS


def test_challenge_facts_end_with_the_deadline() -> None:
    """A challenge that expired leaves its session behind, and the username stays known."""
    deadline = "    meaning: challenge\n    expires: {after: session, to: later}\n"
    flow = build(but(("  in: {", "  later: {}\n  in: {"), ("    meaning: challenge\n", deadline)), REQUIRED)
    asked = Position("asked", "SMS_MFA")
    assert flow.step(asked, EXPIRE, "EXPIRED") == Position("later")
    assert flow.positions[asked].facts == {"username", "session", "user_id", "parameters", "device"}
    assert flow.positions[Position("later")].facts == {"username"}


def test_optional_fact_is_carried_where_it_is_used() -> None:
    """The session of a sign-up waits where something can be confirmed, a device where its key is sent along."""
    flow = load("standard")
    for position, row in flow.positions.items():
        if not position.event:
            names = {event.action for event in row.events.values()}
            assert ("sign_up_session" in row.facts) is ("confirm_sign_up" in names)
            sends_device = any("device" in ACTIONS[name].uses | ACTIONS[name].needs for name in names)
            assert ("device" in row.facts) is (sends_device or "tokens" in row.facts)


def test_optional_fact_survives_a_chain() -> None:
    """A device that is not asked about inside a chain is still known behind it."""
    flow = load("standard", pool=attrs.evolve(DEVICES, mfa=Mfa(mode="optional", factors=("totp",))))
    within = Position("signed_in", "SOFTWARE_TOKEN_REGISTERED", "signed_in.verify_totp")
    assert "device" not in ACTIONS["set_user_mfa_preference"].uses
    assert flow.step(within, "verify_totp", "MFA_PREFERENCE_SET") == Position("signed_in")
    assert "device" in flow.positions[within].facts & flow.positions[Position("signed_in")].facts


def test_unused_fact_is_dropped() -> None:
    """A sign-up that nothing confirms leaves its session behind, and a challenge without a device proves none."""
    flow = load("standard", pool=TOTP)
    assert flow.positions[Position("unconfirmed")].facts == {"username", "sign_up_session"}
    assert flow.positions[Position("confirmed")].facts == {"username"}
    assert flow.positions[Position("signed_out")].facts == set()


def test_device_stays_beside_tokens() -> None:
    """The password of a confirmed device is there to be seen, also in a flow that never refreshes."""
    lost = ", ".join(f"{name}: out" for name in sorted(ACTIONS["confirm_device"].must_route))
    remember = (
        "{action: confirm_device, with: {device_remembered_status: remembered}, then: {USER_CONFIRMATION_NECESSARY: "
        f"update_device_status}}, to: {{DEVICE_CONFIRMED: in, DEVICE_STATUS_UPDATED: in, {lost}}}}}"
    )
    text = but(("in: {meaning: signed_in}", f"in: {{meaning: signed_in, on: {{remember: {remember}}}}}"))
    flow = build(text, DEVICES)
    position = Position("in", "TOKENS_ON_NEW_DEVICE")
    for outcome in ("USER_CONFIRMATION_NECESSARY", "DEVICE_STATUS_UPDATED"):
        position = flow.step(position, "remember", outcome)
        assert "device" in flow.positions[position].facts
    assert position == Position("in")


REFRESH_SPENT = sorted(ACTIONS["get_tokens_from_refresh_token"].must_route)


def test_needed_fact_must_be_there() -> None:
    """An operation that works with tokens is refused where the session may have none."""
    text = with_event("refresh: {action: get_tokens_from_refresh_token, to: {use: spent, TOKENS: in}}")
    text = text.replace("routes:\n", f"routes:\n  spent: {{{', '.join(f'{name}: out' for name in REFRESH_SPENT)}}}\n")
    assert refusal(text, OFF) == [
        (
            "f.yaml:12:60: states.out.on.refresh: get_tokens_from_refresh_token needs the user's tokens, which a "
            "session may not have in out [fact-missing]"
        )
    ]


def test_signed_in_needs_tokens() -> None:
    """A state that means signed_in and that a session can reach without tokens is refused."""
    text = but(("asked: {UNKNOWN_CHALLENGE: out", "asked: {UNKNOWN_CHALLENGE: in"))
    assert refusal(text, OFF) == [
        (
            "f.yaml:23:7: states.in means signed_in, and a session can reach it without tokens "
            "[signed-in-without-tokens]\n"
            "    hint: only TOKENS may lead there"
        )
    ]


def test_flow_needs_a_goal() -> None:
    """A flow in which nobody can ever sign in is refused, once nothing else is wrong."""
    goal = "f.yaml:1:1: no state that means signed_in can be reached [no-goal]\n"
    hint = "    hint: a flow's goal is a state with meaning: signed_in"
    assert refusal(but(("in: {meaning: signed_in}", "in: {meaning: confirmed}"))) == [goal + hint]
    assert "no-goal" not in str(refusal(but(("in: {meaning: signed_in}", "in: {}"), ("initial: out", "initial: o"))))


def test_reset_ends_where_the_user_was_asked() -> None:
    """A password that must be reset leaves the challenge, whose session is of no use any more."""
    flow = load("standard", pool=REQUIRED)
    asked = Position("mfa_challenge", "SMS_MFA")
    assert routed(flow, str(asked), "answer")["PasswordResetRequiredException"] == "resetting_password"
    assert flow.positions[Position("resetting_password")].facts == {"username"}
