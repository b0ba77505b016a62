"""What follows a first factor: the state of the account, a new password, then the second factor.

Source: authentication; amazon-cognito-user-pools-authentication-flow.
"""

from __future__ import annotations

import json

import attrs

from flowengine.simulator import custom_auth, users
from flowengine.simulator.attributes import check_writable, shown
from flowengine.simulator.challenges import Answer, Parameters, SignIn, required
from flowengine.simulator.completion import check_account
from flowengine.simulator.mfa import second_factor
from flowengine.simulator.password_sign_in import check_proof
from flowengine.simulator.passwords import with_password
from flowengine.simulator.refusals import (
    ATTRIBUTE_MISSING,
    ATTRIBUTE_PROVIDED,
    TEMPORARY_PASSWORD_EXPIRED,
)
from flowengine.simulator.state import Challenge

__all__ = ["answer_new_password", "answer_proof", "password_passed"]

PREFIX = "userAttributes."
"""What an attribute's name follows in the challenge NEW_PASSWORD_REQUIRED."""


def password_passed(sign_in: SignIn) -> Answer:
    """Go on after the right password, given or proven."""
    user = sign_in.user
    check_account(user)
    if user.status == "FORCE_CHANGE_PASSWORD":
        return _ask_for_new_password(sign_in)
    return _go_on(sign_in)


def answer_proof(sign_in: SignIn, challenge: Challenge, responses: Parameters) -> Answer:
    """
    Go on after the proof of the right password.

    Source: RespondToAuthChallenge (PASSWORD_VERIFIER).
    """
    return password_passed(check_proof(sign_in, challenge, responses))


def _go_on(sign_in: SignIn) -> Answer:
    """Give the word to the triggers where they decide, else ask for the second factor."""
    if sign_in.auth_flow == "CUSTOM_AUTH":
        return custom_auth.define(custom_auth.passed(sign_in, "PASSWORD_VERIFIER"))
    return second_factor(sign_in)


def _ask_for_new_password(sign_in: SignIn) -> Answer:
    call, user = sign_in.call, sign_in.user
    expires_at = user.temporary_password_expires_at
    if expires_at is not None and call.now >= expires_at:
        raise TEMPORARY_PASSWORD_EXPIRED.error()
    attributes = {name: value for name, value in shown(user).items() if name != "sub"}
    parameters = {
        "USER_ID_FOR_SRP": user.username,
        "userAttributes": json.dumps(attributes),
        "requiredAttributes": json.dumps([PREFIX + name for name in _missing(sign_in)]),
    }
    return sign_in.ask("NEW_PASSWORD_REQUIRED", parameters)


def _missing(sign_in: SignIn) -> list[str]:
    return [name for name in sign_in.call.settings.required_attributes if not sign_in.user.attributes.get(name)]


def answer_new_password(sign_in: SignIn, _challenge: Challenge, responses: Parameters) -> Answer:
    """
    Give the user the new password, and the attributes that were still missing.

    Source: RespondToAuthChallenge; shape ChallengeResponsesType.
    """
    call, user = sign_in.call, sign_in.user
    password = required(responses, "NEW_PASSWORD")
    given = {name.removeprefix(PREFIX): value for name, value in responses.items() if name.startswith(PREFIX)}
    for name in given:
        if user.attributes.get(name):
            raise ATTRIBUTE_PROVIDED.error(attribute=name)
    for name in _missing(sign_in):
        if not given.get(name):
            raise ATTRIBUTE_MISSING.error(attribute=name)
    check_writable(call.settings, given)
    renewed = with_password(call.settings, attrs.evolve(user, attributes=user.attributes | given), password)
    return _go_on(attrs.evolve(sign_in, user=users.settle(call, renewed)))
