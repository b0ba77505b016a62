"""The second factor: whether one is asked for, which one, and what answers it.

Source: user-pool-settings-mfa, user-pool-settings-mfa-sms-email-message, user-pool-settings-mfa-totp.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, Final

import attrs

from flowengine.settings import PoolSettings, question
from flowengine.simulator import users
from flowengine.simulator.attempts import begin_attempt, forget_failures, note_failure
from flowengine.simulator.attributes import contact_kind
from flowengine.simulator.challenges import Answer, Parameters, SignIn, required
from flowengine.simulator.codes import delivery_details, issue_code
from flowengine.simulator.completion import complete
from flowengine.simulator.device_sign_in import ask_for_device, remembered_device
from flowengine.simulator.factors import CHANNELS, POOL_FACTORS, RECOVERY_CONTACTS
from flowengine.simulator.refusals import (
    EMAIL_FORMAT,
    MFA_CODE_WRONG,
    MFA_IMPOSSIBLE,
    NO_CHALLENGE_CHOSEN,
    SET_UP_INCOMPLETE,
    TOTP_CODE_USED,
    TOTP_CODE_WRONG,
)
from flowengine.simulator.state import Challenge, Code, Factor, Purpose, User
from flowengine.simulator.totp import accepted_step

__all__ = [
    "HOLDINGS", "answer_code", "answer_mfa_choice", "answer_set_up", "answer_totp", "ask_for_code",
    "has_second_factor", "proven", "second_factor",
]  # fmt: skip

MFA_PURPOSES: Final[Mapping[str, Purpose]] = {"SMS_MFA": "sms_mfa", "EMAIL_OTP": "email_mfa"}
ANSWER_ALIASES: Final[Mapping[str, str]] = {"EMAIL_MFA": "EMAIL_OTP"}
"""Another spelling of an answer to SELECT_MFA_TYPE (RespondToAuthChallenge)."""


def _listed(names: Iterable[str]) -> str:
    return json.dumps(list(names), separators=(",", ":"))


HOLDINGS: Final = attrgetter("holdings")


@question(HOLDINGS)
def _usable(settings: PoolSettings, user: User) -> tuple[Factor, ...]:
    """The factors of the pool that the user has what is needed for."""

    def has(factor: Factor) -> bool:
        if factor == "SOFTWARE_TOKEN_MFA":
            return user.totp is not None
        if factor == "SMS_MFA" and not settings.assumptions.unverified_phone_for_mfa:
            return "phone_number" in user.verified and "phone_number" in user.attributes
        return CHANNELS[factor] in user.attributes

    return tuple(factor for factor, name in POOL_FACTORS.items() if name in settings.mfa.factors and has(factor))


@question(HOLDINGS)
def has_second_factor(settings: PoolSettings, user: User) -> bool:
    """Tell whether a password alone does not sign the user in."""
    if settings.mfa.mode == "optional":
        return not user.mfa.isdisjoint(_usable(settings, user))
    return settings.mfa.mode == "required"


@question(HOLDINGS)
def _recovery_channel(settings: PoolSettings, user: User) -> str | None:
    """
    Return the contact that is the user's first way to recover the account; an active factor's contact is none.

    Source: how-to-recover-a-user-account; shape AccountRecoverySettingType.
    """
    active = {CHANNELS.get(factor) for factor in user.mfa}
    channels = [RECOVERY_CONTACTS[name] for name in settings.account_recovery if name in RECOVERY_CONTACTS]
    return next((channel for channel in channels if channel in user.attributes and channel not in active), None)


@question(HOLDINGS)
def _candidates(settings: PoolSettings, user: User) -> tuple[Factor, ...]:
    """The factors that may be asked for: the preferred one alone, else all that the user has switched on or has."""
    usable = _usable(settings, user)
    active = tuple(factor for factor in usable if factor in user.mfa)
    if user.preferred_mfa in active:
        return (user.preferred_mfa,)
    if settings.mfa.mode == "optional":
        return active
    recovery = _recovery_channel(settings, user)
    return tuple(factor for factor in usable if CHANNELS.get(factor, "") != recovery)


def second_factor(sign_in: SignIn) -> Answer:
    """Ask for the second factor, or for the device that stands in for it; give tokens where neither is needed."""
    settings, user = sign_in.call.settings, sign_in.user
    device = remembered_device(sign_in)
    if not has_second_factor(settings, user):
        return complete(sign_in)
    candidates = _candidates(settings, user)
    if not candidates:
        return _without_factor(sign_in)
    if device is not None:
        return ask_for_device(sign_in, device)
    return _ask(sign_in, candidates[0]) if len(candidates) == 1 else _ask_to_choose(sign_in, candidates)


def _without_factor(sign_in: SignIn) -> Answer:
    settings, user = sign_in.call.settings, sign_in.user
    first = user.self_registered and not user.signed_in_before
    if first and settings.assumptions.first_sign_in_without_factor == "TOKENS":
        return complete(sign_in)
    recovery = _recovery_channel(settings, user)
    offered = [factor for factor, name in POOL_FACTORS.items() if name in settings.mfa.factors]
    # The recovery channel is what the user has; without an authenticator app there is nothing else to set up.
    if any(CHANNELS.get(factor, "") == recovery for factor in offered) and "totp" not in settings.mfa.factors:
        raise MFA_IMPOSSIBLE.error()
    choices = [factor for factor in offered if CHANNELS.get(factor, "") != recovery]
    parameters = {"MFAS_CAN_SETUP": _listed(choices), "USER_ID_FOR_SRP": user.username}
    return sign_in.ask("MFA_SETUP", parameters, choices=tuple(choices))


def _ask(sign_in: SignIn, factor: str) -> Answer:
    return ASKED[factor](sign_in)


def _ask_to_choose(sign_in: SignIn, candidates: tuple[Factor, ...]) -> Answer:
    parameters = {"MFAS_CAN_CHOOSE": _listed(candidates), "USER_ID_FOR_SRP": sign_in.user.username}
    return sign_in.ask("SELECT_MFA_TYPE", parameters, choices=candidates)


def answer_mfa_choice(sign_in: SignIn, challenge: Challenge, responses: Parameters) -> Answer:
    """Ask for the second factor that the user chose, if it is still one that the user has."""
    given = required(responses, "ANSWER")
    chosen = ANSWER_ALIASES.get(given, given)
    choices = [factor for factor in _usable(sign_in.call.settings, sign_in.user) if factor in challenge.choices]
    if chosen not in choices:
        raise NO_CHALLENGE_CHOSEN.error(choices=", ".join(choices))
    return _ask(sign_in, chosen)


def ask_for_code(sign_in: SignIn, name: str, purpose: Purpose, contact: tuple[str, str], **facts: Any) -> Answer:
    """
    Send a code, and ask for it.

    Args:
        sign_in: The sign-in.
        name: The challenge, such as `SMS_MFA`.
        purpose: What the code is for.
        contact: The contact attribute that it goes to, and its value.
        facts: More arguments of `Challenge`.
    """
    code = issue_code(sign_in.call, purpose, *contact, deliver=not sign_in.pretended)
    delivery = delivery_details(code)
    parameters = {
        "CODE_DELIVERY_DELIVERY_MEDIUM": delivery["DeliveryMedium"],
        "CODE_DELIVERY_DESTINATION": delivery["Destination"],
        "USER_ID_FOR_SRP": sign_in.user.username,
    }
    return sign_in.ask(name, parameters, code=code, **facts)


def _ask_for_mfa_code(sign_in: SignIn, factor: Factor) -> Answer:
    channel = CHANNELS[factor]
    contact = channel, sign_in.user.attributes[channel]
    return ask_for_code(sign_in, factor, MFA_PURPOSES[factor], contact, mfa=True)


def _ask_for_totp(sign_in: SignIn) -> Answer:
    totp = sign_in.user.totp
    name = totp.name if totp is not None else ""
    parameters = {"FRIENDLY_DEVICE_NAME": name, "USER_ID_FOR_SRP": sign_in.user.username}
    return sign_in.ask("SOFTWARE_TOKEN_MFA", parameters)


ASKED: Final[Mapping[str, Callable[[SignIn], Answer]]] = {
    "SMS_MFA": lambda sign_in: _ask_for_mfa_code(sign_in, "SMS_MFA"),
    "EMAIL_OTP": lambda sign_in: _ask_for_mfa_code(sign_in, "EMAIL_OTP"),
    "SOFTWARE_TOKEN_MFA": _ask_for_totp,
}


def answer_code(sign_in: SignIn, challenge: Challenge, responses: Parameters) -> Answer:
    """
    Give tokens for the code that was sent as second factor, which also verifies the contact that it went to.

    Session and code end together, so an expired code is refused as an expired session.
    """
    call, user = sign_in.call, sign_in.user
    given = required(responses, f"{challenge.name}_CODE")
    begin_attempt(call, user.sub)
    if challenge.code is None or given != challenge.code.value:
        note_failure(call, user.sub, "codes")
        raise MFA_CODE_WRONG.error()
    forget_failures(call, user.sub, "codes")
    sign_in = sign_in.proving(challenge.name)
    if challenge.enrols is None:
        return complete(proven(sign_in, challenge.code))
    return complete(_enrolled(sign_in, challenge.code, challenge.enrols))


def proven(sign_in: SignIn, code: Code) -> SignIn:
    """
    Mark the contact verified that a code went to, unless it changed since, or another user signs in with it.

    Source: user-pool-settings-mfa-sms-email-message.
    """
    user = sign_in.user
    owner = users.holder(sign_in.call, code.attribute, code.destination)
    theirs = owner is not None and owner.sub != user.sub
    if theirs or user.attributes.get(code.attribute) != code.destination:
        return sign_in
    verified = attrs.evolve(user, verified=user.verified | {code.attribute})
    return attrs.evolve(sign_in, user=users.settle(sign_in.call, verified))


def _enrolled(sign_in: SignIn, code: Code, factor: Factor) -> SignIn:
    """Give the user a contact that was set up as second factor; refuse one that another user signs in with."""
    user = attrs.evolve(
        sign_in.user,
        attributes=sign_in.user.attributes | {code.attribute: code.destination},
        verified=sign_in.user.verified | {code.attribute},
        mfa=sign_in.user.mfa | {factor},
    )
    return attrs.evolve(sign_in, user=users.settle(sign_in.call, user))


def answer_totp(sign_in: SignIn, _challenge: Challenge, responses: Parameters) -> Answer:
    """
    Give tokens for a code of the authenticator app, which is good once.

    Source: user-pool-settings-mfa-totp.
    """
    call, user = sign_in.call, sign_in.user
    given = required(responses, "SOFTWARE_TOKEN_MFA_CODE")
    begin_attempt(call, user.sub)
    step = accepted_step(user.totp.secret, given, call.now) if user.totp is not None else None
    if user.totp is None or step is None:
        note_failure(call, user.sub, "codes")
        raise TOTP_CODE_WRONG.error()
    if step <= user.totp.last_step:
        raise TOTP_CODE_USED.error()
    forget_failures(call, user.sub, "codes")
    return complete(sign_in.proving("SOFTWARE_TOKEN_MFA").stored(totp=attrs.evolve(user.totp, last_step=step)))


def answer_set_up(sign_in: SignIn, challenge: Challenge, responses: Parameters) -> Answer:
    """
    Go on with the second factor that was set up: an e-mail address, or an authenticator app verified meanwhile.

    Source: RespondToAuthChallenge; VerifySoftwareToken.
    """
    address = responses.get("EMAIL") or responses.get("email")
    if address and "EMAIL_OTP" in challenge.choices:
        if contact_kind(address) != "email":
            raise EMAIL_FORMAT.error()
        return ask_for_code(sign_in, "EMAIL_OTP", "email_mfa", ("email", address), mfa=True, enrols="EMAIL_OTP")
    if challenge.totp is None:
        raise SET_UP_INCOMPLETE.error()
    enrolled = sign_in.stored(totp=challenge.totp, mfa=sign_in.user.mfa | {"SOFTWARE_TOKEN_MFA"})
    if sign_in.call.settings.assumptions.totp_setup_ends_in == "SOFTWARE_TOKEN_MFA":
        return _ask(enrolled, "SOFTWARE_TOKEN_MFA")
    return complete(enrolled.proving("SOFTWARE_TOKEN_MFA"))
