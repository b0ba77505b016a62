"""Replaying: a cassette is walked again, and parts where a flow goes another way."""

from __future__ import annotations

import attrs
import pytest
from recorded import (
    ASKED,
    FLOW,
    OUT,
    TEXT,
    WALK,
    changed,
    record,
    step,
)

from flowengine.machine import EXPIRE
from flowengine.replay import Cassette, RecordedStep, replay


def test_walk_goes_as_recorded() -> None:
    """The flow that was recorded goes where it went, and needs nothing but itself."""
    result = replay(record(*WALK), FLOW)
    assert (result.ok, result.steps, result.final, result.parting) == (True, 3, OUT, None)
    assert replay(Cassette.from_yaml(TEXT), changed("")).ok


def test_unpredicted_outcome_is_replayed_as_it_was_met() -> None:
    """An answer that the flow does not know kept the position, and does so again."""
    assert replay(record(step("sign_in", "BrandNewException", OUT, OUT)), FLOW).ok


@pytest.mark.parametrize(
    ("top", "number", "recorded", "replayed", "reason"),
    [
        (
            ("routes: {authentication: {SMS_MFA: elsewhere}}\n"
            "states: {elsewhere: {on: {answer: {action: respond_to_auth_challenge, to: {use: over}}}}}\n"),
            1, "mfa_challenge(SMS_MFA)", "elsewhere(SMS_MFA)",
            "SMS_MFA leads to elsewhere(SMS_MFA), and mfa_challenge(SMS_MFA) was recorded",
        ),
        (
            "states: {mfa_challenge: {on: {answer: {to: {CodeMismatchException: signed_out}}}}}\n",
            2, "mfa_challenge(SMS_MFA)", "signed_out",
            "CodeMismatchException leads to signed_out, and mfa_challenge(SMS_MFA) was recorded",
        ),
        (
            "states: {mfa_challenge: {expires: null}}\n",
            3, "signed_out", "mfa_challenge(SMS_MFA)",
            "EXPIRED leads to mfa_challenge(SMS_MFA), and signed_out was recorded",
        ),
        (
            ("states: {mfa_challenge: {on: {answer: null, "
            "reply: {action: respond_to_auth_challenge, to: {use: over}}}}}\n"),
            2, "mfa_challenge(SMS_MFA)", "mfa_challenge(SMS_MFA)",
            "mfa_challenge(SMS_MFA) does not accept 'answer'",
        ),
        (
            ("states: {signed_out: {on: {sign_in: {action: confirm_sign_up, to: {CONFIRMED: elsewhere, "
            "ALREADY_CONFIRMED: elsewhere, UserNotFoundException: signed_out}}, in: {action: initiate_auth, "
            "with: {auth_flow: USER_PASSWORD_AUTH}, to: {use: authentication}}}}}\n"),
            1, "mfa_challenge(SMS_MFA)", "signed_out",
            "sign_in calls ConfirmSignUp, and InitiateAuth was recorded",
        ),
    ],
    ids=["a changed route", "a new route", "no deadline any more", "another event", "another operation"],
)  # fmt: skip
def test_parting_is_named(top: str, number: int, recorded: str, replayed: str, reason: str) -> None:
    """Where a later flow goes another way, its step and the reason are told."""
    result = replay(record(*WALK), changed(top))
    assert not result.ok
    assert result.steps == number - 1
    assert result.final == (OUT if number == 1 else ASKED)
    one = WALK[number - 1]
    assert result.parting is not None
    assert attrs.astuple(result.parting) == (number, one.event, one.outcome, recorded, replayed, reason)


def test_walk_parts_at_its_first_difference() -> None:
    """What comes behind a parting is not looked at."""
    odd = RecordedStep(event="sing_in", outcome="TOKENS", target="nowhere")
    result = replay(attrs.evolve(record(*WALK), steps=(odd, odd)), FLOW)
    assert result.parting is not None
    assert (result.parting.step, result.parting.reason) == (1, "signed_out does not accept 'sing_in'")


def test_expiry_that_called_something_parts() -> None:
    """A deadline makes no call: a cassette that says so was recorded from something else."""
    odd = RecordedStep(event=EXPIRE, outcome="EXPIRED", target="signed_out", call={"operation": "SignUp"})
    assert not replay(attrs.evolve(record(), steps=(odd,)), FLOW).ok
