"""What is predicted and never comes on the embedded pool, and what of a flow no pool uses: each with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from flowengine.actions.refusals import LAMBDA, MESSAGING

__all__ = ["PREDICTED_IN_VAIN", "UNUSED", "Exemption", "is_exempt"]


@frozen
class Exemption:
    """
    An outcome that exploration need not come upon.

    Args:
        outcome: The outcome.
        reason: Why not.
        actions: The actions that it is about; none for every action.
        pending: What it is about that is pending; empty for anything.
    """

    outcome: str
    reason: str
    actions: frozenset[str] = frozenset()
    pending: str = ""

    def covers(self, action: str, pending: str, outcome: str) -> bool:
        """Tell whether it is about an outcome of an action."""
        return outcome == self.outcome and self.pending in ("", pending) and action in (self.actions or {action})


def _never(reason: str, *outcomes: str) -> Iterator[Exemption]:
    yield from (Exemption(outcome, reason) for outcome in outcomes)


def _of(reason: str, actions: str, *outcomes: str) -> Iterator[Exemption]:
    yield from (Exemption(outcome, reason, frozenset(actions.split())) for outcome in outcomes)


_SIGNED_IN: Final = (
    "associate_software_token complete_web_authn_registration confirm_device get_tokens_from_refresh_token "
    "global_sign_out start_web_authn_registration update_device_status verify_software_token"
)
_RIGHTLY: Final = "who changes the account does it rightly, and nothing else comes between on that walk"
_CHANGING: Final = (
    "complete_web_authn_registration set_user_mfa_preference start_web_authn_registration verify_software_token"
)
_WITH_SESSION: Final = "associate_software_token_with_session verify_software_token_with_session"

PREDICTED_IN_VAIN: Final[tuple[Exemption, ...]] = (
    *_never("no Lambda function of the embedded pool fails", *sorted(LAMBDA)),
    *_never("the embedded pool takes no role to send messages", *sorted(MESSAGING)),
    *_never("the embedded pool sends every message", "CodeDeliveryFailureException"),
    *_never("no firewall stands before the embedded pool", "ForbiddenException"),
    *_never("the embedded pool has no faults of its own", "InternalErrorException"),
    *_never("pool and client are there while a flow walks", "ResourceNotFoundException"),
    *_never(
        "a flow is compiled for what its pool and its client allow",
        "AUTH_FLOW_NOT_ENABLED", "AUTO_VERIFICATION_OFF", "FeatureUnavailableInTierException",
        "InvalidUserPoolConfigurationException", "OperationNotEnabledException", "RECOVERY_BY_ADMINISTRATOR",
        "SIGN_UP_NOT_PERMITTED", "UnsupportedOperationException", "WebAuthnNotEnabledException",
    ),
    *_never("the driver knows the client's secret", "SECRET_HASH_REFUSED"),
    *_never("sessions hold no tokens but the pool's own", "ACCESS_TOKEN_INVALID", "REFRESH_TOKEN_INVALID"),
    *_never("the engine sends nothing twice that can be used once", "SESSION_USED"),
    *_never("the embedded pool poses no challenge that it does not know", "UNKNOWN_CHALLENGE"),
    *_never("no two calls set up the same app at once", "ConcurrentModificationException"),
    *_never("nobody else holds the contact that a user confirms", "AliasExistsException"),
    *_never("no pool that is explored keeps former passwords", "PasswordHistoryPolicyViolationException"),
    *_never("no pool that is explored rotates refresh tokens", "RefreshTokenReuseException"),
    *_never("the embedded pool answers LimitExceededException", "TooManyFailedAttemptsException"),
    *_never(
        "the embedded pool asks for a factor that the user has",
        "MFAMethodNotFoundException", "SoftwareTokenMFANotFoundException",
    ),
    *_never(
        "the user's authenticator belongs to the page that asks",
        "WebAuthnClientMismatchException", "WebAuthnCredentialNotSupportedException",
        "WebAuthnOriginNotAllowedException", "WebAuthnRelyingPartyMismatchException",
    ),
    *_of("no Lambda function of the embedded pool confirms users", "sign_up", "CONFIRMED"),
    Exemption(
        "TOKENS_ON_NEW_DEVICE", "no pool that is explored has triggers and remembers devices",
        frozenset({"respond_to_auth_challenge"}), "CUSTOM_CHALLENGE",
    ),
    *_of(
        "the embedded pool words this refusal so that it is told apart, and has none beside it",
        f"{_SIGNED_IN} {_WITH_SESSION} admin_initiate_auth admin_respond_to_auth_challenge confirm_forgot_password "
        "set_user_mfa_preference forgot_password initiate_auth initiate_auth_with_session resend_confirmation_code "
        "sign_up",
        "NotAuthorizedException",
    ),
    *_of(
        "what is sent was checked before the call",
        f"{_SIGNED_IN} {_WITH_SESSION} admin_respond_to_auth_challenge "
        "confirm_forgot_password confirm_sign_up forgot_password initiate_auth_with_session resend_confirmation_code "
        "sign_up",
        "InvalidParameterException",
    ),
    *_of(
        _RIGHTLY, f"{_CHANGING} associate_software_token",
        "ACCESS_TOKEN_REVOKED", "USER_DISABLED",
    ),
    *_of(_RIGHTLY, _CHANGING, "PasswordResetRequiredException"),
    *_of(
        _RIGHTLY, "complete_web_authn_registration verify_software_token",
        "ANSWER_LOST", "TooManyRequestsException",
    ),
    *_of(_RIGHTLY, "verify_software_token", "CodeMismatchException", "EnableSoftwareTokenMFAException"),
    *_of(_RIGHTLY, "set_user_mfa_preference verify_software_token", "UserNotFoundException"),
    *_of(
        "no account becomes unconfirmed again",
        "confirm_device global_sign_out set_user_mfa_preference update_device_status verify_software_token",
        "UserNotConfirmedException",
    ),
    *_of(
        "only who is confirmed gets there",
        "admin_respond_to_auth_challenge confirm_forgot_password initiate_auth_with_session "
        "verify_software_token_with_session",
        "UserNotConfirmedException",
    ),
    *_of(
        "it follows at once on the confirmation of the device", "update_device_status",
        "ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_REVOKED", "PasswordResetRequiredException", "USER_DISABLED",
        "UserNotFoundException",
    ),
    *_of(
        "nothing but a device's proof is sent there, and at once", "admin_respond_to_auth_challenge",
        "CodeMismatchException", "DEVICE_NOT_FOUND", "ExpiredCodeException", "INCORRECT_USERNAME_OR_PASSWORD",
        "InvalidPasswordException", "PASSWORD_ATTEMPTS_EXCEEDED", "PasswordResetRequiredException",
        "SESSION_EXPIRED", "SESSION_INVALID", "SOFTWARE_TOKEN_USED", "TEMPORARY_PASSWORD_EXPIRED", "USER_DISABLED",
        "UserNotFoundException",
    ),
    *_of(
        "the session of the sign-up stands for the password", "initiate_auth_with_session",
        "DEVICE_NOT_FOUND", "INCORRECT_USERNAME_OR_PASSWORD", "PASSWORD_ATTEMPTS_EXCEEDED",
        "TEMPORARY_PASSWORD_EXPIRED",
    ),
    *_of(
        "the flow's own deadline comes first", f"{_WITH_SESSION} confirm_sign_up respond_to_auth_challenge",
        "SESSION_EXPIRED",
    ),
    *_of(
        "a challenge is answered with the session that it came with", f"{_WITH_SESSION} respond_to_auth_challenge",
        "SESSION_INVALID",
    ),
    *_of("the challenge ends before its code", "respond_to_auth_challenge", "ExpiredCodeException"),
    *_of("a wrong code of an app is EnableSoftwareTokenMFAException", "verify_software_token_with_session",
         "CodeMismatchException"),
    *_of(
        "the device is the one that the user has just signed in on",
        "confirm_device get_tokens_from_refresh_token update_device_status", "DEVICE_NOT_FOUND",
    ),
    *_of("its key is new, and its password made up by the engine", "confirm_device", "InvalidPasswordException",
         "UsernameExistsException"),
    *_of("a wrong code is refused before a wrong password", "confirm_forgot_password", "InvalidPasswordException"),
    *_of(
        "the embedded pool counts no such calls",
        "complete_web_authn_registration sign_up start_web_authn_registration", "LimitExceededException",
    ),
    *_of("the embedded pool pretends that a code was sent", "forgot_password", "USER_DISABLED"),
    *_of(
        "deletion comes between in one pool of each situation, and that one hides who exists",
        "confirm_forgot_password confirm_sign_up initiate_auth_with_session resend_confirmation_code "
        "respond_to_auth_challenge verify_software_token_with_session",
        "UserNotFoundException",
    ),
    *_of(
        "such a user is asked for another password first", "verify_software_token_with_session",
        "PasswordResetRequiredException",
    ),
)  # fmt: skip
"""Outcomes that are predicted, and never come."""

_NEVER_POSED: Final = "the embedded pool never poses ADMIN_NO_SRP_AUTH"
UNUSED: Final[Mapping[str, str]] = {
    "states.server_side_password": _NEVER_POSED,
    **{
        f"states.server_side_password.on.{event}": _NEVER_POSED
        for event in (
            "answer",
            "sign_in",
            "sign_in_server_side",
            "sign_in_with_choice",
            "sign_in_with_custom_challenge",
            "sign_in_with_srp",
            "sign_in_with_srp_and_custom_challenge",
        )
    },
    "states.signed_out.on.sign_in.to.ADMIN_NO_SRP_AUTH": _NEVER_POSED,
}
"""By the path of a state, an event or a route, why no pool uses it."""


def is_exempt(action: str, pending: str, outcome: str) -> bool:
    """
    Tell whether an outcome is predicted of an action, and need not occur.

    Args:
        action: The action.
        pending: What is pending; empty for nothing, or for anything.
        outcome: The outcome.
    """
    return any(one.covers(action, pending, outcome) for one in PREDICTED_IN_VAIN)
