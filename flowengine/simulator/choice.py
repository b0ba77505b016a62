"""Choice-based sign-in: what a user can begin with, and the one-time passwords and passkeys that it can be.

Source: authentication-flows-selection-sdk; amazon-cognito-user-pools-authentication-flow-methods; InitiateAuth.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import attrs

from flowengine.settings import PoolSettings, question
from flowengine.simulator.challenges import Answer, Parameters, SignIn, open_session, refuse_disabled, required, spend
from flowengine.simulator.completion import complete
from flowengine.simulator.factors import ONE_TIME_PASSWORDS
from flowengine.simulator.mfa import HOLDINGS, ask_for_code, has_second_factor, proven
from flowengine.simulator.order import password_passed
from flowengine.simulator.passkeys import MULTI_FACTOR, assertion_options, verify_assertion
from flowengine.simulator.password_sign_in import ask_for_proof, check_given
from flowengine.simulator.refusals import (
    CREDENTIALS_WRONG,
    MFA_CODE_WRONG,
    NO_CHALLENGE_CHOSEN,
    NO_FIRST_FACTOR,
    SESSION_INVALID,
)
from flowengine.simulator.sign_up import CONFIRMED_SIGN_UP, confirm
from flowengine.simulator.state import Challenge, Purpose, User

__all__ = [
    "answer_choice", "answer_one_time_password", "answer_passkey", "answer_password", "answer_srp",
    "start_user_auth",
]  # fmt: skip

PURPOSES: Final[Mapping[str, Purpose]] = {"EMAIL_OTP": "email_otp", "SMS_OTP": "sms_otp"}


def start_user_auth(sign_in: SignIn, parameters: Parameters) -> Answer:
    """
    Begin with the factor that the client prefers, or let the user choose.

    The session of a sign-up that was confirmed by a code takes the place of a one-time password.

    Source: InitiateAuth (USER_AUTH, Session).
    """
    session = sign_in.call.params.get("Session")
    if session:
        return _after_sign_up(sign_in, session)
    choices = _available(sign_in.call.settings, sign_in.user, sign_in.pretended)
    if not choices:
        raise NO_FIRST_FACTOR.error()
    preferred = parameters.get("PREFERRED_CHALLENGE")
    if preferred in choices:
        return BEGUN[preferred](sign_in, parameters)
    asked = sign_in.ask("SELECT_CHALLENGE", choices=choices)
    return {**asked, "AvailableChallenges": list(choices)}


def _after_sign_up(sign_in: SignIn, session: str) -> Answer:
    challenge = open_session(sign_in.call, session, CONFIRMED_SIGN_UP)
    if challenge.sub != sign_in.user.sub:
        raise SESSION_INVALID.error()
    spend(sign_in.call, session)
    return complete(sign_in.proving(CONFIRMED_SIGN_UP))


@question(HOLDINGS)
def _available(settings: PoolSettings, user: User, pretended: bool) -> tuple[str, ...]:  # noqa: FBT001 (a fact)
    """The challenges that a user can begin with: what the pool allows, as far as the user has it."""
    return tuple(_beginnings(settings, user, pretended=pretended))


def _beginnings(settings: PoolSettings, user: User, *, pretended: bool) -> Iterator[str]:
    allowed = settings.allowed_first_auth_factors
    if "PASSWORD" in allowed and (pretended or user.password is not None):
        yield from ("PASSWORD_SRP", "PASSWORD")
    if user.status == "FORCE_CHANGE_PASSWORD":
        return
    needs_two = has_second_factor(settings, user)
    for name, contact in ONE_TIME_PASSWORDS.items():
        if name in allowed and contact in user.attributes and not needs_two:
            yield name
    counts_as_two = settings.passkey.factor_configuration == MULTI_FACTOR
    if "WEB_AUTHN" in allowed and user.passkeys and (counts_as_two or not needs_two):
        yield "WEB_AUTHN"


def _begin_with_password(sign_in: SignIn, inputs: Parameters) -> Answer:
    if not inputs.get("PASSWORD"):
        return sign_in.ask("PASSWORD")
    return password_passed(check_given(sign_in, inputs["PASSWORD"]))


def _begin_with_srp(sign_in: SignIn, inputs: Parameters) -> Answer:
    if not inputs.get("SRP_A"):
        return sign_in.ask("PASSWORD_SRP")
    return ask_for_proof(sign_in, inputs["SRP_A"])


def _begin_with_code(name: str) -> Callable[[SignIn, Parameters], Answer]:
    contact = ONE_TIME_PASSWORDS[name]

    def begin(sign_in: SignIn, _: Parameters) -> Answer:
        return ask_for_code(sign_in, name, PURPOSES[name], (contact, sign_in.user.attributes[contact]))

    return begin


def _begin_with_passkey(sign_in: SignIn, _: Parameters) -> Answer:
    options, challenge = assertion_options(sign_in.call, sign_in.user)
    parameters = {"CREDENTIAL_REQUEST_OPTIONS": json.dumps(options)}
    return sign_in.ask("WEB_AUTHN", parameters, passkey_challenge=challenge)


BEGUN: Final[Mapping[str, Callable[[SignIn, Parameters], Answer]]] = {
    "EMAIL_OTP": _begin_with_code("EMAIL_OTP"),
    "PASSWORD": _begin_with_password,
    "PASSWORD_SRP": _begin_with_srp,
    "SMS_OTP": _begin_with_code("SMS_OTP"),
    "WEB_AUTHN": _begin_with_passkey,
}
"""How each first factor begins, with the inputs that the client may have sent along."""


def answer_choice(sign_in: SignIn, challenge: Challenge, responses: Parameters) -> Answer:
    """
    Begin with the factor that the user chose, if it is still one that the user has.

    Source: RespondToAuthChallenge (SELECT_CHALLENGE).
    """
    chosen = required(responses, "ANSWER")
    available = _available(sign_in.call.settings, sign_in.user, sign_in.pretended)
    choices = [name for name in available if name in challenge.choices]
    if chosen not in choices:
        raise NO_CHALLENGE_CHOSEN.error(choices=", ".join(choices))
    return BEGUN[chosen](sign_in, responses)


def answer_password(sign_in: SignIn, _challenge: Challenge, responses: Parameters) -> Answer:
    """Go on after the right password."""
    return password_passed(check_given(sign_in, required(responses, "PASSWORD")))


def answer_srp(sign_in: SignIn, _challenge: Challenge, responses: Parameters) -> Answer:
    """Begin the exchange about the password."""
    return ask_for_proof(sign_in, required(responses, "SRP_A"))


def answer_one_time_password(sign_in: SignIn, challenge: Challenge, responses: Parameters) -> Answer:
    """
    Give tokens for the right code, which confirms the user and verifies the contact.

    Wrong ones do not count towards a lock-out.

    Source: amazon-cognito-user-pools-authentication-flow-methods (passwordless sign-in).
    """
    given, code = required(responses, f"{challenge.name}_CODE"), challenge.code
    if code is None or given != code.value:
        raise MFA_CODE_WRONG.error()
    sign_in = sign_in.proving(challenge.name)
    refuse_disabled(sign_in.user)
    if sign_in.user.status == "UNCONFIRMED":
        user = confirm(sign_in.call, sign_in.user, code)
        return complete(attrs.evolve(sign_in, user=user))
    return complete(proven(sign_in, code))


def answer_passkey(sign_in: SignIn, challenge: Challenge, responses: Parameters) -> Answer:
    """
    Give tokens to a passkey of the user that has signed the challenge.

    Source: RespondToAuthChallenge (WEB_AUTHN).
    """
    credential = required(responses, "CREDENTIAL")
    if challenge.passkey_challenge is None:
        raise CREDENTIALS_WRONG.error()
    user = verify_assertion(sign_in.call, sign_in.user, challenge.passkey_challenge, credential)
    return complete(attrs.evolve(sign_in.proving("WEB_AUTHN"), user=user))
