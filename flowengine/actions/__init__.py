"""What an event can do: one row per Cognito operation, and how its answers become outcomes.

The table `ACTIONS` is the only place that knows the operations. A row says which inputs the operation takes, how the
request is built, what an answer means, which outcomes are possible for which pools, and which of them change the
user's situation so that a flow must route them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flowengine.actions.authentication import (
    CHALLENGE_RESULTS,
    CHALLENGES,
    GIVES,
    UNKNOWN_CHALLENGE,
    challenge_fields,
    classify_authentication,
    request_initiate_auth,
    request_respond,
)
from flowengine.actions.inputs import CODE, PASSWORD, check_sign_up, fixed, sign_up_fields
from flowengine.actions.model import ANSWER_LOST, CHALLENGE_SESSION, TOKENS, USERNAME, Action, Call, Result, always
from flowengine.actions.refusals import ACCESS_TOKEN, COMMON, LAMBDA, MESSAGING, SIGNED_OUT_ELSEWHERE, SITUATION
from flowengine.session import Delivery
from flowengine.settings import PoolSettings

__all__ = ["ACTIONS"]


def _delivery(details: Mapping[str, Any] | None) -> Delivery | None:
    if not details:
        return None
    return Delivery(details.get("DeliveryMedium", ""), details.get("Destination", ""), details.get("AttributeName"))


def _constant(outcome: str) -> Callable[[Mapping[str, Any], Call], Result]:
    return lambda _answer, _call: Result(outcome)


def _classify_sign_up(answer: Mapping[str, Any], _call: Call) -> Result:
    outcome = "CONFIRMED" if answer.get("UserConfirmed") else "UNCONFIRMED"
    return Result(outcome, delivery=_delivery(answer.get("CodeDeliveryDetails")))


def _classify_resend(answer: Mapping[str, Any], _call: Call) -> Result:
    return Result("CODE_SENT", delivery=_delivery(answer.get("CodeDeliveryDetails")))


def _request_sign_up(call: Call) -> dict[str, Any]:
    attributes = call.inputs.get("attributes", {})
    return {
        "Username": call.username,
        "Password": call.inputs["password"],
        "UserAttributes": [{"Name": name, "Value": value} for name, value in attributes.items()],
    }


def _request_set_mfa_preference(call: Call) -> dict[str, Any]:
    choice = call.options["sms_mfa"]
    settings = {"Enabled": choice != "disabled", "PreferredMfa": choice == "preferred"}
    return {"AccessToken": call.facts[TOKENS].access_token, "SMSMfaSettings": settings}


def _preference_can_be_set(pool: PoolSettings, options: Mapping[str, str]) -> bool:
    """Where MFA is required, it can be preferred and not switched off."""
    return pool.mfa.mode == "optional" or (pool.mfa.mode == "required" and options["sms_mfa"] != "disabled")


_ROWS: Final = (
    Action(
        name="sign_up", operation="SignUp",
        fields=sign_up_fields, check=check_sign_up, request=_request_sign_up, classify=_classify_sign_up,
        results={"CONFIRMED": always, "UNCONFIRMED": always},
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
        fields=fixed(CODE), classify=_constant("CONFIRMED"),
        request=lambda call: {"Username": call.username, "ConfirmationCode": call.inputs["code"]},
        results={"CONFIRMED": always},
        refusals=COMMON | LAMBDA | {
            "ALREADY_CONFIRMED", "AliasExistsException", "CodeMismatchException", "ExpiredCodeException",
            "LimitExceededException", "SECRET_HASH_REFUSED", "TooManyFailedAttemptsException", "UserNotFoundException",
        },
        must_route=frozenset({"ALREADY_CONFIRMED", "UserNotFoundException"}),
        needs=frozenset({USERNAME}),
        lost="The user may be confirmed by now. Send the same code again: a confirmed user is told so.",
    ),
    Action(
        name="resend_confirmation_code", operation="ResendConfirmationCode",
        fields=fixed(), classify=_classify_resend,
        request=lambda call: {"Username": call.username},
        results={"CODE_SENT": lambda pool, _options: bool(pool.verification.auto_verified_attributes)},
        refusals=COMMON | LAMBDA | MESSAGING | {
            "ALREADY_CONFIRMED", "AUTO_VERIFICATION_OFF", "CodeDeliveryFailureException", "LimitExceededException",
            "SECRET_HASH_REFUSED", "UserNotFoundException",
        },
        must_route=frozenset({"ALREADY_CONFIRMED", "UserNotFoundException"}),
        needs=frozenset({USERNAME}),
        lost="A new code may be on its way, and then the older one is void.",
    ),
    Action(
        name="initiate_auth", operation="InitiateAuth",
        fields=fixed(PASSWORD), request=request_initiate_auth, classify=classify_authentication,
        # Users that an administrator created meet challenges that this table does not know.
        results={
            **CHALLENGE_RESULTS, "TOKENS": lambda pool, _options: pool.mfa.mode != "required",
            UNKNOWN_CHALLENGE: always,
        },
        refusals=COMMON | LAMBDA | MESSAGING | SITUATION | {
            "AUTH_FLOW_NOT_ENABLED", "FeatureUnavailableInTierException", "INCORRECT_USERNAME_OR_PASSWORD",
            "InvalidUserPoolConfigurationException", "PASSWORD_ATTEMPTS_EXCEEDED", "SECRET_HASH_REFUSED",
            "TEMPORARY_PASSWORD_EXPIRED", "USER_DISABLED", "UnsupportedOperationException", "UserNotFoundException",
        },
        must_route=SITUATION, needs=frozenset({USERNAME}), gives=GIVES,
        options={"auth_flow": ("USER_PASSWORD_AUTH",)},
        lost="Nothing has changed but that a code may be on its way. Sign in again.",
    ),
    Action(
        name="respond_to_auth_challenge", operation="RespondToAuthChallenge",
        fields=challenge_fields, request=request_respond, classify=classify_authentication,
        results={"TOKENS": always},
        refusals=COMMON | LAMBDA | MESSAGING | SITUATION | {
            "AliasExistsException", "CodeMismatchException", "ExpiredCodeException", "INCORRECT_USERNAME_OR_PASSWORD",
            "InvalidPasswordException", "InvalidUserPoolConfigurationException", "MFAMethodNotFoundException",
            "PASSWORD_ATTEMPTS_EXCEEDED", "PasswordHistoryPolicyViolationException", "SECRET_HASH_REFUSED",
            "SESSION_EXPIRED", "SESSION_INVALID", "SESSION_USED", "SoftwareTokenMFANotFoundException",
            "USER_DISABLED", "UserNotFoundException",
        },
        must_route=SITUATION | {
            # The user was deleted meanwhile, in a pool that hides it.
            "INCORRECT_USERNAME_OR_PASSWORD",
            ANSWER_LOST, "ExpiredCodeException", "SESSION_EXPIRED", "SESSION_INVALID", "SESSION_USED", "USER_DISABLED",
            "UserNotFoundException",
        },
        needs=frozenset({USERNAME, CHALLENGE_SESSION}), gives=GIVES, answers=frozenset(CHALLENGES),
        lost="The challenge may be spent. Sign in again.",
    ),
    Action(
        name="set_user_mfa_preference", operation="SetUserMFAPreference",
        fields=fixed(), request=_request_set_mfa_preference, classify=_constant("MFA_PREFERENCE_SET"),
        results={"MFA_PREFERENCE_SET": _preference_can_be_set},
        # The model does not declare TooManyRequestsException here; every operation can be throttled all the same.
        refusals=COMMON | ACCESS_TOKEN | {"PHONE_NUMBER_MISSING"},
        must_route=SIGNED_OUT_ELSEWHERE, needs=frozenset({TOKENS}),
        options={"sms_mfa": ("preferred", "enabled", "disabled")},
        lost="The preference may be set by now. Send it again.",
    ),
    Action(
        name="get_tokens_from_refresh_token", operation="GetTokensFromRefreshToken",
        fields=fixed(), classify=classify_authentication,
        request=lambda call: {"RefreshToken": call.facts[TOKENS].refresh_token},
        results={"TOKENS": always},
        refusals=COMMON | LAMBDA | {
            "REFRESH_TOKEN_EXPIRED", "REFRESH_TOKEN_INVALID", "REFRESH_TOKEN_REVOKED", "RefreshTokenReuseException",
            "USER_DISABLED", "UserNotFoundException",
        },
        must_route=frozenset({
            "REFRESH_TOKEN_EXPIRED", "REFRESH_TOKEN_INVALID", "REFRESH_TOKEN_REVOKED", "RefreshTokenReuseException",
            "USER_DISABLED", "UserNotFoundException",
        }),
        needs=frozenset({TOKENS}), gives=GIVES,
        lost="New tokens may have been issued. Refresh again.",
    ),
    Action(
        name="global_sign_out", operation="GlobalSignOut",
        fields=fixed(), classify=_constant("SIGNED_OUT"),
        request=lambda call: {"AccessToken": call.facts[TOKENS].access_token},
        results={"SIGNED_OUT": always},
        refusals=COMMON | (ACCESS_TOKEN - {"UserNotFoundException"}),
        must_route=SIGNED_OUT_ELSEWHERE - {"UserNotFoundException"}, needs=frozenset({TOKENS}),
        lost="The tokens may be revoked by now. Sign out again.",
    ),
)  # fmt: skip

ACTIONS: Final[Mapping[str, Action]] = {action.name: action for action in _ROWS}
"""Every action, by its name in specs."""
