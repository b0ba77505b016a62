"""The rows of sign-up: SignUp, ConfirmSignUp, ResendConfirmationCode."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flowengine.actions.answers import code_sent, delivery_of
from flowengine.actions.conditions import both, signs_in_by_code
from flowengine.actions.inputs import CODE, check_sign_up, fixed, sign_up_fields
from flowengine.actions.model import (
    CHALLENGE_FACTS,
    CHALLENGE_SESSION,
    PARAMETERS,
    SIGN_UP_SESSION,
    USER_ID,
    USERNAME,
    Action,
    Call,
    Condition,
    Options,
    Result,
    always,
    fixed_results,
)
from flowengine.actions.refusals import COMMON, LAMBDA, MESSAGING, SESSION_OVER
from flowengine.settings import PoolSettings

__all__ = ["SIGN_UP_ROWS"]


def _request_sign_up(call: Call) -> dict[str, Any]:
    attributes = call.inputs.get("attributes", {})
    password = call.inputs.get("password")
    return {
        "Username": call.username,
        **({"Password": password} if password else {}),
        "UserAttributes": [{"Name": name, "Value": value} for name, value in attributes.items()],
    }


def _classify_sign_up(answer: Mapping[str, Any], _call: Call) -> Result:
    outcome = "CONFIRMED" if answer.get("UserConfirmed") else "UNCONFIRMED"
    return Result(outcome, {SIGN_UP_SESSION: answer.get("Session")}, delivery_of(answer))


def _request_confirm(call: Call) -> dict[str, Any]:
    session = call.facts.get(SIGN_UP_SESSION)
    forced = call.options["force_alias_creation"] == "true"
    return {
        "Username": call.username,
        "ConfirmationCode": call.inputs["code"],
        **({"ForceAliasCreation": True} if forced else {}),
        **({"Session": session} if session else {}),
    }


def _classify_confirm(answer: Mapping[str, Any], call: Call) -> Result:
    session = answer.get("Session")
    if not session:
        return Result("CONFIRMED")
    return Result("AUTO_SIGN_IN", {CHALLENGE_SESSION: session, USER_ID: call.username, PARAMETERS: {}})


def _confirm_results(options: Options, _pending: str | None) -> Mapping[str, Condition]:
    results: dict[str, Condition] = {"CONFIRMED": always, "AUTO_SIGN_IN": signs_in_by_code}
    if options["force_alias_creation"] == "false":
        return results
    return {name: both(_has_aliases, when) for name, when in results.items()}


def _has_aliases(pool: PoolSettings) -> bool:
    return bool(pool.sign_in.alias_attributes)


def _can_sign_up(pool: PoolSettings) -> bool:
    return not pool.admin_create_user.allow_admin_create_user_only


def _confirms_by_trigger(pool: PoolSettings) -> bool:
    return _can_sign_up(pool) and "pre_sign_up" in pool.lambda_triggers


SIGN_UP_ROWS: Final = (
    Action(
        name="sign_up", operation="SignUp",
        fields=sign_up_fields, check=check_sign_up, request=_request_sign_up, classify=_classify_sign_up,
        results=fixed_results({"CONFIRMED": _confirms_by_trigger, "UNCONFIRMED": _can_sign_up}),
        refusals=COMMON | LAMBDA | MESSAGING | {
            "CodeDeliveryFailureException", "InvalidPasswordException", "LimitExceededException",
            "SECRET_HASH_REFUSED", "SIGN_UP_NOT_PERMITTED", "UsernameExistsException",
        },
        # When it cannot send the code, SignUp has created the user all the same (SignUp, LimitExceededException).
        must_route=frozenset({"CodeDeliveryFailureException", "LimitExceededException"}),
        lost="The user may exist by now. Sign in: an unconfirmed user is told so, and can ask for a new code.",
    ),
    Action(
        name="confirm_sign_up", operation="ConfirmSignUp",
        fields=fixed(CODE), request=_request_confirm, classify=_classify_confirm, results=_confirm_results,
        refusals=COMMON | LAMBDA | SESSION_OVER | {
            "ALREADY_CONFIRMED", "AliasExistsException", "CodeMismatchException", "ExpiredCodeException",
            "LimitExceededException", "SECRET_HASH_REFUSED", "TooManyFailedAttemptsException", "UserNotFoundException",
        },
        must_route=frozenset({"ALREADY_CONFIRMED", "UserNotFoundException"}),
        needs=frozenset({USERNAME}), uses=frozenset({SIGN_UP_SESSION}), gives={"AUTO_SIGN_IN": CHALLENGE_FACTS},
        # The session of the sign-up ends long before its code: without it, the same code still confirms.
        voids=dict.fromkeys(SESSION_OVER, frozenset({SIGN_UP_SESSION})),
        options={"force_alias_creation": ("false", "true")}, defaults={"force_alias_creation": "false"},
        lost="The user may be confirmed by now. Send the same code again: a confirmed user is told so.",
    ),
    Action(
        name="resend_confirmation_code", operation="ResendConfirmationCode",
        fields=fixed(), classify=code_sent, request=lambda call: {"Username": call.username},
        results=fixed_results({"CODE_SENT": lambda pool: bool(pool.verification.auto_verified_attributes)}),
        refusals=COMMON | LAMBDA | MESSAGING | {
            "ALREADY_CONFIRMED", "AUTO_VERIFICATION_OFF", "CodeDeliveryFailureException", "LimitExceededException",
            "SECRET_HASH_REFUSED", "UserNotFoundException",
        },
        must_route=frozenset({"ALREADY_CONFIRMED", "UserNotFoundException"}),
        needs=frozenset({USERNAME}),
        lost="A new code may be on its way, and then the older one is void.",
    ),
)  # fmt: skip
