"""The rows of signing in: InitiateAuth, RespondToAuthChallenge, their twins, and setting TOTP up on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flowengine.actions.authentication import (
    GIVES,
    answer_compute,
    answer_fields,
    answer_results,
    begin_compute,
    begin_results,
    classify_authentication,
    request_answer,
    request_begin,
)
from flowengine.actions.challenges import ADMIN_ONLY, CHALLENGES, otpauth_uri
from flowengine.actions.conditions import DONE, mfa_factor
from flowengine.actions.inputs import CODE, check_first_factor, fixed, password_fields
from flowengine.actions.model import (
    ANSWER_LOST,
    ANY_TEXT,
    CHALLENGE_FACTS,
    CHALLENGE_SESSION,
    DEVICE,
    PARAMETERS,
    UNKNOWN_CHALLENGE,
    USER_ID,
    USERNAME,
    Action,
    Call,
    Result,
    always,
    fixed_results,
)
from flowengine.actions.refusals import COMMON, LAMBDA, MESSAGING, SESSION_OVER, SITUATION

__all__ = ["ISSUER", "SIGN_IN_ROWS", "classify_secret"]

ISSUER: Final = {"issuer": ANY_TEXT}
"""The option that names the service in an authenticator app."""

_BEGINNING: Final = COMMON | LAMBDA | MESSAGING | SITUATION | {
    "AUTH_FLOW_NOT_ENABLED", "DEVICE_NOT_FOUND", "FeatureUnavailableInTierException",
    "INCORRECT_USERNAME_OR_PASSWORD", "InvalidUserPoolConfigurationException", "PASSWORD_ATTEMPTS_EXCEEDED",
    "SECRET_HASH_REFUSED", "TEMPORARY_PASSWORD_EXPIRED", "USER_DISABLED", "UnsupportedOperationException",
    "UserNotFoundException",
}  # fmt: skip
_ANSWERING: Final = COMMON | LAMBDA | MESSAGING | SITUATION | SESSION_OVER | {
    "AliasExistsException", "CodeMismatchException", "DEVICE_NOT_FOUND", "ExpiredCodeException",
    "INCORRECT_USERNAME_OR_PASSWORD", "InvalidPasswordException", "InvalidUserPoolConfigurationException",
    "MFAMethodNotFoundException", "PASSWORD_ATTEMPTS_EXCEEDED", "PasswordHistoryPolicyViolationException",
    "SECRET_HASH_REFUSED", "SOFTWARE_TOKEN_USED", "SoftwareTokenMFANotFoundException", "TEMPORARY_PASSWORD_EXPIRED",
    "USER_DISABLED", "UserNotFoundException",
}  # fmt: skip
_USER_GONE: Final = frozenset({"INCORRECT_USERNAME_OR_PASSWORD", "USER_DISABLED"})
"""The user was deleted meanwhile, in a pool that hides it, or disabled."""
_SPENT: Final = SESSION_OVER | _USER_GONE | {ANSWER_LOST, "ExpiredCodeException", "UserNotFoundException"}
_BEGIN_OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "auth_flow": ("USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH"),
    "challenge_name": ("none", "SRP_A"),
}
_ADMIN_OPTIONS: Final = {
    **_BEGIN_OPTIONS, "auth_flow": ("ADMIN_USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH"),
}  # fmt: skip
_BEGIN_LOST: Final = "Nothing has changed but that a code may be on its way. Sign in again."
_ANSWER_LOST: Final = "The challenge may be spent. Sign in again."


def _request_with_session(call: Call) -> dict[str, Any]:
    return {
        "AuthFlow": "USER_AUTH",
        "AuthParameters": {"USERNAME": call.facts.get(USER_ID) or call.username},
        "Session": call.facts[CHALLENGE_SESSION],
    }


def classify_secret(answer: Mapping[str, Any], call: Call) -> Result:
    """Read AssociateSoftwareToken: the secret, and the URI that carries it to an authenticator app."""
    secret = answer["SecretCode"]
    uri = otpauth_uri(secret, call.username, call.options["issuer"])
    facts = {
        CHALLENGE_SESSION: answer.get("Session") or "",
        USER_ID: call.facts.get(USER_ID) or call.username,
        PARAMETERS: {"secret_code": secret, "otpauth_uri": uri},
    }
    return Result("SECRET_CODE", facts)


def _classify_verified(answer: Mapping[str, Any], call: Call) -> Result:
    facts = {
        CHALLENGE_SESSION: answer.get("Session") or call.facts[CHALLENGE_SESSION],
        USER_ID: call.facts.get(USER_ID) or call.username,
        PARAMETERS: {},
    }
    return Result("SOFTWARE_TOKEN_VERIFIED", facts)


SIGN_IN_ROWS: Final = (
    Action(
        name="initiate_auth", operation="InitiateAuth",
        fields=password_fields, check=check_first_factor, request=request_begin, compute=begin_compute,
        classify=classify_authentication, results=begin_results(_BEGIN_OPTIONS["auth_flow"]),
        refusals=_BEGINNING, must_route=SITUATION, needs=frozenset({USERNAME}), gives=GIVES,
        options=_BEGIN_OPTIONS, defaults={"challenge_name": "none"}, lost=_BEGIN_LOST,
    ),
    Action(
        name="admin_initiate_auth", operation="AdminInitiateAuth",
        fields=password_fields, check=check_first_factor, request=request_begin, compute=begin_compute,
        classify=classify_authentication, results=begin_results(_ADMIN_OPTIONS["auth_flow"]),
        refusals=(_BEGINNING | {"MFAMethodNotFoundException"}) - {"ForbiddenException"},
        must_route=SITUATION, needs=frozenset({USERNAME}), gives=GIVES,
        options=_ADMIN_OPTIONS, defaults={"challenge_name": "none"}, lost=_BEGIN_LOST,
    ),
    Action(
        name="initiate_auth_with_session", operation="InitiateAuth",
        fields=fixed(), request=_request_with_session, classify=classify_authentication,
        results=fixed_results({**DONE, UNKNOWN_CHALLENGE: always}),
        refusals=_BEGINNING | SESSION_OVER,
        must_route=SITUATION, ends=SESSION_OVER | {ANSWER_LOST, "USER_DISABLED", "UserNotFoundException"},
        needs=frozenset({USERNAME, CHALLENGE_SESSION}), gives=GIVES, answers=frozenset({"AUTO_SIGN_IN"}),
        lost="The session of the sign-up may be spent. Sign in.",
    ),
    Action(
        name="respond_to_auth_challenge", operation="RespondToAuthChallenge",
        fields=answer_fields, request=request_answer, compute=answer_compute, classify=classify_authentication,
        results=answer_results, refusals=_ANSWERING, must_route=SITUATION, ends=_SPENT,
        needs=frozenset({USERNAME, CHALLENGE_SESSION}), uses=frozenset({DEVICE}), gives=GIVES,
        answers=frozenset(CHALLENGES) - ADMIN_ONLY | {"SOFTWARE_TOKEN_VERIFIED"}, lost=_ANSWER_LOST,
    ),
    Action(
        name="admin_respond_to_auth_challenge", operation="AdminRespondToAuthChallenge",
        fields=answer_fields, request=request_answer, compute=answer_compute, classify=classify_authentication,
        results=answer_results, refusals=_ANSWERING - {"ForbiddenException"}, must_route=SITUATION, ends=_SPENT,
        needs=frozenset({USERNAME, CHALLENGE_SESSION}), uses=frozenset({DEVICE}), gives=GIVES,
        answers=frozenset(CHALLENGES) | {"SOFTWARE_TOKEN_VERIFIED"}, lost=_ANSWER_LOST,
    ),
    Action(
        name="associate_software_token_with_session", operation="AssociateSoftwareToken",
        fields=fixed(), classify=classify_secret,
        request=lambda call: {"Session": call.facts[CHALLENGE_SESSION]},
        results=fixed_results({"SECRET_CODE": mfa_factor("totp")}),
        refusals=COMMON | SESSION_OVER | _USER_GONE | {
            "ConcurrentModificationException", "SoftwareTokenMFANotFoundException",
        },
        ends=SESSION_OVER | _USER_GONE | {ANSWER_LOST},
        needs=frozenset({USERNAME, CHALLENGE_SESSION}), uses=frozenset({DEVICE}),
        gives={"SECRET_CODE": CHALLENGE_FACTS}, answers=frozenset({"MFA_SETUP", "SECRET_CODE"}),
        options=ISSUER, defaults={"issuer": "Cognito"},
        lost="The session may have been exchanged for another one. Sign in again.",
    ),
    Action(
        name="verify_software_token_with_session", operation="VerifySoftwareToken",
        fields=fixed(CODE), classify=_classify_verified,
        request=lambda call: {"Session": call.facts[CHALLENGE_SESSION], "UserCode": call.inputs["code"]},
        results=fixed_results({"SOFTWARE_TOKEN_VERIFIED": mfa_factor("totp")}),
        refusals=COMMON | SITUATION | SESSION_OVER | _USER_GONE | {
            "CodeMismatchException", "EnableSoftwareTokenMFAException", "InvalidUserPoolConfigurationException",
            "SoftwareTokenMFANotFoundException", "UserNotFoundException",
        },
        must_route=SITUATION, ends=SESSION_OVER | _USER_GONE | {ANSWER_LOST, "UserNotFoundException"},
        needs=frozenset({USERNAME, CHALLENGE_SESSION}), uses=frozenset({DEVICE}),
        gives={"SOFTWARE_TOKEN_VERIFIED": CHALLENGE_FACTS}, answers=frozenset({"SECRET_CODE"}),
        lost="The session may have been exchanged for another one. Sign in again.",
    ),
)  # fmt: skip
