"""The challenges: which fields answer each, how the answer is written, and what may come next.

Beside Cognito's own challenges the table holds the steps between two calls that wait for an answer in the same way: a
secret code that an authenticator app must prove, a confirmed user who can be signed in without another code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

import attrs
from attrs import frozen

from flowengine.actions.conditions import (
    AFTER_CHOICE,
    AFTER_NEW_PASSWORD,
    AFTER_PASSWORD,
    DONE,
    both,
    chooses,
    custom_challenge,
    either,
    mfa_factor,
)
from flowengine.actions.inputs import (
    ANSWER,
    CODE,
    CREDENTIAL,
    DEVICE_INPUT,
    EMAIL,
    NEW_PASSWORD,
    PASSWORD,
    attribute_field,
    chosen,
    first_factors,
    fixed,
)
from flowengine.actions.model import (
    Call,
    Computation,
    Condition,
    Fields,
    Options,
    Results,
    always,
    fixed_results,
    nothing_to_compute,
)
from flowengine.actions.proofs import device_claim, ephemeral, password_claim, srp_a
from flowengine.fields import Field
from flowengine.settings import PoolSettings

__all__ = ["ADMIN_ONLY", "CHALLENGES", "NARROWED", "PENDING", "Challenge", "narrowed", "otpauth_uri"]

Answer = Mapping[str, Any]
Shown = Callable[[Answer], Mapping[str, Any]]


def _nothing(_answer: Answer) -> Mapping[str, Any]:
    return {}


_NO_FIELDS: Final = fixed()
_FINISHED: Final = fixed_results(DONE)


@frozen(kw_only=True)
class Challenge:
    """
    Something that waits for an answer.

    Args:
        fields: The inputs that its answer takes.
        responses: The challenge responses that carry them.
        results: What may come after it.
        shown: Of the answer that posed it, what whoever answers must see.
        answered_as: The challenge that the answer names, where that is another one.
        at_once: Whether it is answered from what the same send knows, so that no session can rest on it.
        optional: Whether a session can leave it unanswered.
        compute: For a call, what must be computed for the answer, if anything.

    Source: RespondToAuthChallenge, members ChallengeName and ChallengeResponses; shape ChallengeResponseType.
    """

    fields: Fields = _NO_FIELDS
    responses: Callable[[Call], dict[str, str]] = lambda _call: {}
    results: Results = _FINISHED
    shown: Shown = _nothing
    answered_as: str | None = None
    at_once: bool = False
    optional: bool = False
    compute: Callable[[Call], Computation | None] = nothing_to_compute


def _one(parameter: str, name: str) -> Callable[[Call], dict[str, str]]:
    """Return a function that carries one input in one response."""
    return lambda call: {parameter: call.inputs[name]}


def _parameters(answer: Answer) -> Mapping[str, Any]:
    return dict(answer.get("ChallengeParameters") or {})


def _listed(answer: Answer, *names: str) -> tuple[str, ...]:
    """A list that a challenge parameter holds as JSON."""
    parameters = _parameters(answer)
    text = next((parameters[name] for name in names if parameters.get(name)), "[]")
    return _texts(_json(text, list))


def _texts(values: Any) -> tuple[str, ...]:
    """The texts of a list, whatever else is in it."""
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()


def _json(text: Any, kind: type[Any]) -> Any:
    """What a parameter holds as JSON; empty if it holds something else."""
    try:
        value = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return kind()
    return value if isinstance(value, kind) else kind()


_ATTRIBUTE: Final = "userAttributes."


def _new_password_shown(answer: Answer) -> Mapping[str, Any]:
    required = [name.removeprefix(_ATTRIBUTE) for name in _listed(answer, "requiredAttributes")]
    known = _json(_parameters(answer).get("userAttributes"), dict)
    return {"required_attributes": tuple(required), "user_attributes": known}


def _new_password_fields(pool: PoolSettings | None, _options: Options, _pending: str | None) -> tuple[Field, ...]:
    names = pool.required_attributes if pool else ()
    members = tuple(attribute_field(name, required=False) for name in names)
    return (NEW_PASSWORD, Field("attributes", required=False, kind="attributes", members=members, hint="attributes"))


def _new_password_responses(call: Call) -> dict[str, str]:
    attributes = call.inputs.get("attributes", {})
    named = {f"{_ATTRIBUTE}{name}": value for name, value in attributes.items()}
    return {"NEW_PASSWORD": call.inputs["new_password"], **named}


def _choice_fields(pool: PoolSettings | None, _options: Options, _pending: str | None) -> tuple[Field, ...]:
    return (chosen(ANSWER, first_factors(pool)), attrs.evolve(PASSWORD, required=False))


def _choice_responses(call: Call) -> dict[str, str]:
    """The choice, and with it what the chosen factor needs, if it was given."""
    choice, password = call.inputs["answer"], call.inputs.get("password")
    if choice == "PASSWORD" and password:
        return {"ANSWER": choice, "PASSWORD": password}
    return {"ANSWER": choice, **srp_a(call)}


def _choice_compute(call: Call) -> Computation | None:
    return ephemeral if call.inputs["answer"] == "PASSWORD_SRP" and call.inputs.get("password") else None


def _mfa_fields(pool: PoolSettings | None, _options: Options, _pending: str | None) -> tuple[Field, ...]:
    names = {"sms": "SMS_MFA", "totp": "SOFTWARE_TOKEN_MFA", "email": "EMAIL_OTP"}
    return (chosen(ANSWER, tuple(name for factor, name in names.items() if not pool or factor in pool.mfa.factors)),)


def _totp_ends_in(expected: str) -> Condition:
    return lambda pool: pool.assumptions.totp_setup_ends_in == expected


def _after_verifier(options: Options, _pending: str | None) -> Mapping[str, Condition]:
    """In custom authentication a right password is followed by the first custom challenge, unless it is temporary."""
    if options.get("auth_flow") == "CUSTOM_AUTH":
        return {"CUSTOM_CHALLENGE": custom_challenge, "NEW_PASSWORD_REQUIRED": always, **DONE}
    return AFTER_PASSWORD


_AFTER_REPLACED: Final[Mapping[str, Condition]] = {
    **AFTER_NEW_PASSWORD,
    "CUSTOM_CHALLENGE": custom_challenge,
    **{name: either(AFTER_NEW_PASSWORD[name], both(custom_challenge, when)) for name, when in DONE.items()},
}
"""After a temporary password was replaced: what follows a password, or what Lambda functions decide."""


def otpauth_uri(secret_code: str, username: str, issuer: str) -> str:
    """
    Return the URI that an authenticator app reads from a QR code.

    Args:
        secret_code: The shared secret, in base32.
        username: Whose account it is.
        issuer: Whose service it is.

    Source: the Key URI Format of Google Authenticator; user-pool-settings-mfa-totp.
    """
    label = f"{quote(issuer)}:{quote(username)}"
    return f"otpauth://totp/{label}?secret={secret_code}&issuer={quote(issuer)}"


def _code(parameter: str) -> Challenge:
    return Challenge(fields=fixed(CODE), responses=_one(parameter, "code"))


CHALLENGES: Final[Mapping[str, Challenge]] = {
    "SMS_MFA": _code("SMS_MFA_CODE"),
    "EMAIL_OTP": _code("EMAIL_OTP_CODE"),
    "SMS_OTP": _code("SMS_OTP_CODE"),
    "SOFTWARE_TOKEN_MFA": Challenge(
        fields=fixed(CODE),
        responses=_one("SOFTWARE_TOKEN_MFA_CODE", "code"),
        shown=lambda answer: {
            name.lower(): value for name, value in _parameters(answer).items() if name == "FRIENDLY_DEVICE_NAME"
        },
    ),
    "SELECT_MFA_TYPE": Challenge(
        fields=_mfa_fields,
        responses=_one("ANSWER", "answer"),
        results=fixed_results(
            {
                "SMS_MFA": mfa_factor("sms"),
                "SOFTWARE_TOKEN_MFA": mfa_factor("totp"),
                "EMAIL_OTP": mfa_factor("email"),
            }
        ),
        # The guide says MFAS_CAN_SELECT; every client library reads MFAS_CAN_CHOOSE.
        shown=lambda answer: {"choices": _listed(answer, "MFAS_CAN_CHOOSE", "MFAS_CAN_SELECT")},
    ),
    "MFA_SETUP": Challenge(
        fields=fixed(EMAIL),
        responses=_one("EMAIL", "email"),
        results=fixed_results({"EMAIL_OTP": mfa_factor("email")}),
        shown=lambda answer: {"choices": _listed(answer, "MFAS_CAN_SETUP")},
    ),
    "NEW_PASSWORD_REQUIRED": Challenge(
        fields=_new_password_fields,
        responses=_new_password_responses,
        results=fixed_results(_AFTER_REPLACED),
        shown=_new_password_shown,
    ),
    "SELECT_CHALLENGE": Challenge(
        fields=_choice_fields,
        responses=_choice_responses,
        results=fixed_results({**AFTER_CHOICE, "PASSWORD": chooses("PASSWORD"), "PASSWORD_SRP": chooses("PASSWORD")}),
        shown=lambda answer: {"choices": _texts(answer.get("AvailableChallenges"))},
        compute=_choice_compute,
    ),
    "PASSWORD": Challenge(
        fields=fixed(PASSWORD), responses=_one("PASSWORD", "password"), results=fixed_results(AFTER_PASSWORD)
    ),
    "ADMIN_NO_SRP_AUTH": Challenge(
        fields=fixed(PASSWORD), responses=_one("PASSWORD", "password"), results=fixed_results(AFTER_PASSWORD)
    ),
    "PASSWORD_SRP": Challenge(
        fields=fixed(PASSWORD),
        responses=srp_a,
        results=fixed_results({"PASSWORD_VERIFIER": always}),
        compute=lambda _call: ephemeral,
    ),
    "PASSWORD_VERIFIER": Challenge(
        fields=fixed(PASSWORD),
        responses=lambda call: dict(call.computed["responses"]),
        results=_after_verifier,
        shown=_parameters,
        at_once=True,
        compute=lambda _call: password_claim,
    ),
    "CUSTOM_CHALLENGE": Challenge(
        fields=fixed(ANSWER),
        responses=_one("ANSWER", "answer"),
        results=fixed_results({"CUSTOM_CHALLENGE": custom_challenge, **DONE}),
        shown=lambda answer: {
            name: value for name, value in _parameters(answer).items() if name not in {"USERNAME", "USER_ID_FOR_SRP"}
        },
    ),
    "WEB_AUTHN": Challenge(
        fields=fixed(CREDENTIAL),
        responses=lambda call: {"CREDENTIAL": json.dumps(call.inputs["credential"])},
        shown=lambda answer: {
            "credential_request_options": _json(_parameters(answer).get("CREDENTIAL_REQUEST_OPTIONS"), dict)
        },
    ),
    "DEVICE_SRP_AUTH": Challenge(
        fields=fixed(DEVICE_INPUT),
        responses=srp_a,
        results=fixed_results({"DEVICE_PASSWORD_VERIFIER": always}),
        at_once=True,
        compute=lambda _call: ephemeral,
    ),
    "DEVICE_PASSWORD_VERIFIER": Challenge(
        fields=fixed(DEVICE_INPUT),
        responses=lambda call: dict(call.computed["responses"]),
        results=fixed_results({"TOKENS": always}),
        shown=_parameters,
        at_once=True,
        compute=lambda _call: device_claim,
    ),
}
"""Every challenge of the shape ChallengeNameType."""

ADMIN_ONLY: Final = frozenset({"ADMIN_NO_SRP_AUTH"})
"""Challenges that RespondToAuthChallenge does not answer, only its twin."""

_AFTER_SETUP: Final[Mapping[str, Condition]] = {
    **{name: both(_totp_ends_in("TOKENS"), when) for name, when in DONE.items()},
    "SOFTWARE_TOKEN_MFA": _totp_ends_in("SOFTWARE_TOKEN_MFA"),
}

PENDING: Final[Mapping[str, Challenge]] = {
    **CHALLENGES,
    "AUTO_SIGN_IN": Challenge(optional=True),
    "SECRET_CODE": Challenge(fields=fixed(CODE)),
    "SOFTWARE_TOKEN_VERIFIED": Challenge(results=fixed_results(_AFTER_SETUP), answered_as="MFA_SETUP"),
    "TOKENS_ON_NEW_DEVICE": Challenge(optional=True),
    "CREATION_OPTIONS": Challenge(fields=fixed(CREDENTIAL)),
}
"""Everything that can be pending: the challenges, and the steps between two calls of one conversation."""


def narrowed(pending: str | None, fields: Iterable[Field], parameters: Mapping[str, Any]) -> tuple[Field, ...]:
    """
    Return the fields of an answer as this user is asked for them.

    Args:
        pending: What waits for the answer.
        fields: The fields as the pool's settings allow them.
        parameters: What was said with the challenge.
    """
    narrow = NARROWED.get(pending or "")
    return tuple(narrow(entry, parameters) if narrow else entry for entry in fields)


def _offered(entry: Field, parameters: Mapping[str, Any]) -> Field:
    offered = parameters.get("choices", ())
    choices = tuple(choice for choice in entry.choices if choice in offered) or tuple(offered) or entry.choices
    return attrs.evolve(entry, choices=choices) if entry.name == ANSWER.name else entry


def _required(entry: Field, parameters: Mapping[str, Any]) -> Field:
    names = parameters.get("required_attributes", ())
    if entry.kind != "attributes" or not names:
        return entry
    return attrs.evolve(entry, required=True, members=tuple(Field(name) for name in names))


NARROWED: Final[Mapping[str, Callable[[Field, Mapping[str, Any]], Field]]] = {
    "NEW_PASSWORD_REQUIRED": _required,
    "SELECT_CHALLENGE": _offered,
    "SELECT_MFA_TYPE": _offered,
}
"""For what is pending, how a field is narrowed to what this user is asked for."""
