"""Chains: several calls by one send."""

from __future__ import annotations

import attrs
import pytest
from compiling import OFF, OPTIONAL, REQUIRED, build, but, refusal, table, with_event

from flowengine.library import load
from flowengine.machine import EXPIRE
from flowengine.session import Position
from flowengine.settings import Client, Devices, SignIn

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
          AUTO_SIGN_IN: done
          NEW_PASSWORD_REQUIRED: done
          TOKENS: in
          UNKNOWN_CHALLENGE: new
          PasswordResetRequiredException: new
          UserNotConfirmedException: new
          UserNotFoundException: new
  done:
    meaning: confirmed
    on: {answer: {action: respond_to_auth_challenge, to: {use: over}}}
  in: {meaning: signed_in}
routes:
  over: {TOKENS: in, UNKNOWN_CHALLENGE: new, ANSWER_LOST: new, ExpiredCodeException: new, USER_DISABLED: new, \
INCORRECT_USERNAME_OR_PASSWORD: new, SESSION_EXPIRED: new, SESSION_INVALID: new, SESSION_USED: new, \
PasswordResetRequiredException: new, UserNotConfirmedException: new, UserNotFoundException: new}
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
    flow = build(CHAIN.replace("  done:\n", "  done:\n    expires: {after: 1h, to: new}\n"), OFF)
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
    resent = "  resent: {CODE_SENT: again, ALREADY_CONFIRMED: done, UserNotFoundException: new}\n"
    flow = build(CHAIN[:end] + resend + again + CHAIN[end:] + resent, OFF)
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
    "          ALREADY_CONFIRMED: done\n          AUTO_SIGN_IN: done\n",
    "          UNCONFIRMED: new\n          CodeDeliveryFailureException: new\n          LimitExceededException: new\n",
).replace("          UserNotFoundException: new\n", "")  # fmt: skip


def test_chain_keeps_the_strictest_field() -> None:
    """A sign-up that goes on to sign in still takes only usernames that the pool can register."""
    pool = attrs.evolve(OFF, sign_in=SignIn(username_attributes=("email",)), lambda_triggers=("pre_sign_up",))
    alone = load("standard", pool=pool).accepts(Position("signed_out"))["sign_up"]
    chained = build(SIGN_UP_CHAIN, pool).accepts(Position("new"))["confirm"]
    assert [entry.name for entry in chained] == ["username", "password", "attributes"]
    assert chained == alone


def test_chain_asks_only_for_what_it_can_reach() -> None:
    """The code of a second factor that no sign-in of this pool can meet is not asked for."""
    assert table(build(ANSWERED, OPTIONAL))["out"]["go"] == ["username", "password", "code"]
    assert table(build(ANSWERED, OFF))["out"]["go"] == ["username", "password"]


def test_problem_in_a_chain_is_told_of_its_event() -> None:
    """A route that the second call lacks is looked for where the spec says what the event does."""
    assert refusal(but(("          TOKENS: in\n", ""), text=CHAIN), OFF)[0] == (
        "f.yaml:13:11: states.new.on.confirm: no route for TOKENS, which initiate_auth can give [missing-route]\n"
        "    hint: add TOKENS: and the state that follows"
    )


ANSWERED = with_event(
    "go: {action: initiate_auth, with: {auth_flow: USER_PASSWORD_AUTH}, then: {SMS_MFA: respond_to_auth_challenge}, "
    "to: {use: asked, TOKENS: in}}"
)


def test_chain_answers_what_is_pending() -> None:
    """A chain can answer a challenge in the same send: whoever sends it gives the code along."""
    flow = build(ANSWERED, REQUIRED)
    assert table(flow)["out"]["go"] == ["username", "password", "code"]
    within = flow.step(Position("out"), "go", "SMS_MFA")
    assert within == Position("asked", "SMS_MFA", "out.go")
    assert flow.step(within, "go", "TOKENS") == Position("in")


DEVICES = attrs.evolve(OPTIONAL, devices=Devices(remembered="always", challenge_required_on_new_device=True))


def test_proof_of_a_password_goes_on_to_that_of_a_device() -> None:
    """One send proves the password and then the device, and rests only where someone is asked something."""
    pool = attrs.evolve(DEVICES, client=Client(explicit_auth_flows=("ALLOW_USER_SRP_AUTH",)))
    flow = load("standard", pool=pool)
    event, position = "sign_in_with_srp", Position("signed_out")
    for outcome in ("PASSWORD_VERIFIER", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"):
        position = flow.step(position, event, outcome)
        assert position == Position("signed_out", outcome, f"signed_out.{event}")
    assert flow.step(position, event, "TOKENS") == Position("signed_in")
    assert flow.step(position, event, "DEVICE_NOT_FOUND") == Position("signed_out")
    verifier = Position("signed_out", "PASSWORD_VERIFIER", f"signed_out.{event}")
    assert flow.step(verifier, event, "SMS_MFA") == Position("mfa_challenge", "SMS_MFA")


def test_proof_is_not_walked_where_the_pool_never_asks_for_it() -> None:
    """The links of a chain that these settings exclude are no part of the flow."""
    pendings = {position.pending for position in load("standard", pool=OPTIONAL).positions}
    assert not pendings & {"DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER", "PASSWORD_VERIFIER"}


RESENT = "ALREADY_CONFIRMED: out, UserNotFoundException: out, CONFIRMED: out, AUTO_SIGN_IN: out"


@pytest.mark.parametrize(
    ("chain", "complaint"),
    [
        (
            (
                "{action: resend_confirmation_code, then: {CODE_SENT: resend_confirmation_code}, "
                f"to: {{{RESENT.partition(', CONFIRMED')[0]}}}}}"
            ),
            "f.yaml:11:98: then: the chain of out.chain comes back to CODE_SENT, so it may never end [endless-chain]",
        ),
        (
            (
                "{action: confirm_sign_up, then: {CONFIRMED: resend_confirmation_code, CODE_SENT: confirm_sign_up}, "
                f"to: {{{RESENT}}}}}"
            ),
            "f.yaml:11:117: then: the chain of out.chain comes back to CONFIRMED, so it may never end [endless-chain]",
        ),
    ],
    ids=["a call that follows itself", "two calls that follow each other"],
)
def test_chain_has_an_end(chain: str, complaint: str) -> None:
    """A chain that could call the service for ever in one send is refused."""
    assert refusal(with_event(f"chain: {chain}"), OFF) == [complaint]


def test_chain_out_of_a_state_with_a_bad_name_is_compiled() -> None:
    """A dot in a state's name is a problem of its own, and no more than that."""
    found = refusal(CHAIN.replace("  new:\n", "  n.ew:\n").replace("new", "n.ew"), OFF)
    assert any("'n.ew' is no name" in problem for problem in found)
