"""What is exempted from occurring: how much it is, that it can occur, and that no exemption outlives its reason."""

from __future__ import annotations

from typing import Final

import pytest
from exploring import STANDARD

from flowengine.actions import ACTIONS
from flowengine.compile import resolve
from flowengine.explore.coverage import Occurrence, needless, unused, vain
from flowengine.explore.exceptions import PREDICTED_IN_VAIN, UNUSED, Exemption, is_exempt

NUMBER_IN_VAIN: Final = 83
NUMBER_UNUSED: Final = 9


def test_number() -> None:
    """As much is exempted as is known; more has to be argued for here, too."""
    assert len(PREDICTED_IN_VAIN) == NUMBER_IN_VAIN
    assert len(UNUSED) == NUMBER_UNUSED


@pytest.mark.parametrize("exemption", PREDICTED_IN_VAIN, ids=lambda one: f"{one.outcome} of {len(one.actions)}")
def test_exempted_outcomes_are_predicted(exemption: Exemption) -> None:
    """An exemption is about outcomes that its actions can give, and says why they do not come."""
    actions = [ACTIONS[name] for name in exemption.actions] or [
        action for action in ACTIONS.values() if exemption.outcome in action.outcomes
    ]
    assert actions
    assert all(exemption.outcome in action.outcomes for action in actions)
    assert exemption.reason


def test_exempted_paths_exist() -> None:
    """What is exempted from use stands in the flow."""
    missing = {finding.message.removesuffix(" is used by no pool") for finding in unused(STANDARD, [])}
    routes = {
        f"states.{state}.on.{name}.to.{outcome}"
        for (state, name), event in resolve(STANDARD).events.items()
        for outcome in event.routes
    }
    states = {f"states.{state}" for state in STANDARD.states}
    events = {f"states.{state}.on.{name}" for state, name in resolve(STANDARD).events}
    assert UNUSED.keys() <= states | events | routes
    assert not UNUSED.keys() & missing
    assert all(UNUSED.values())


def test_exempted_outcomes_are_not_missed() -> None:
    """What is exempted need not occur, at the actions that it is exempted of; anything else is predicted in vain."""
    throttled = Occurrence("signed_out", "sign_up", "", "sign_up", "TooManyRequestsException")
    forbidden = throttled._replace(outcome="ForbiddenException")
    findings = list(vain([throttled, forbidden], []))
    assert [finding.message for finding in findings] == [
        "TooManyRequestsException of sign_up is predicted, and never comes"
    ]
    assert is_exempt("verify_software_token", "SECRET_CODE", "ANSWER_LOST")
    assert not is_exempt("sign_up", "", "ANSWER_LOST")


def test_exempted_outcomes_that_come_are_told() -> None:
    """An exemption that is no longer needed is a finding."""
    came = Occurrence("signed_out", "sign_up", "", "sign_up", "ForbiddenException")
    assert [finding.message for finding in vain([came], [came])] == ["ForbiddenException is exempted, and it comes"]
    custom = Occurrence(
        "custom_challenge", "answer", "CUSTOM_CHALLENGE", "respond_to_auth_challenge", "TOKENS_ON_NEW_DEVICE"
    )
    assert [finding.property for finding in vain([custom], [custom])] == ["prediction"]
    assert list(vain([], [custom._replace(pending="PASSWORD_VERIFIER")])) == []


def test_exempted_parts_that_are_used_are_told() -> None:
    """So is one of a state, an event or a route that some pool uses."""
    came = Occurrence(
        "server_side_password", "answer", "ADMIN_NO_SRP_AUTH", "admin_respond_to_auth_challenge", "TOKENS"
    )
    assert [finding.message for finding in needless(STANDARD, [came])] == [
        "states.server_side_password is exempted, and a pool uses it",
        "states.server_side_password.on.answer is exempted, and a pool uses it",
    ]


def test_routes_for_exempted_outcomes_are_not_missed() -> None:
    """A route for an outcome that never comes is there for real pools, and is told by the first event that has it."""
    missing = {finding.message for finding in unused(STANDARD, [])}
    assert "states.signed_out.on.sign_in.to.TOKENS is used by no pool" in missing
    assert "states.confirmed.on.sign_in.to.TOKENS is used by no pool" not in missing
    assert not any("UNKNOWN_CHALLENGE" in message for message in missing)
