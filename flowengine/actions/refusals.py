"""Refusals: the exceptions that operations declare, and the outcomes that are told apart by their messages.

The groups follow the `errors` lists of the `cognito-idp` service model.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

__all__ = [
    "ACCESS_TOKEN", "COMMON", "LAMBDA", "MESSAGING", "NAMED_REFUSALS", "NOT_RETRYABLE", "SESSION_OVER",
    "SIGNED_OUT_ELSEWHERE", "SITUATION", "NamedRefusal", "classify_refusal",
]  # fmt: skip


@frozen
class NamedRefusal:
    """
    A refusal that is told from others of the same exception by its message.

    Args:
        outcome: The outcome's symbol.
        exceptions: The exceptions that carry the message.
        fragment: A part of the message that tells it.
        source: Where the message is documented or was recorded.
    """

    outcome: str
    exceptions: frozenset[str]
    fragment: str
    source: str


_NOT_AUTHORIZED: Final = frozenset({"NotAuthorizedException"})
_INVALID_PARAMETER: Final = frozenset({"InvalidParameterException"})

NAMED_REFUSALS: Final[tuple[NamedRefusal, ...]] = (
    NamedRefusal("INCORRECT_USERNAME_OR_PASSWORD", _NOT_AUTHORIZED, "Incorrect username or password",
                 "cognito-user-pool-managing-errors"),
    NamedRefusal("PASSWORD_ATTEMPTS_EXCEEDED", _NOT_AUTHORIZED, "Password attempts exceeded",
                 "authentication: lockout behaviour"),
    NamedRefusal("USER_DISABLED", _NOT_AUTHORIZED, "User is disabled", "AdminDisableUser; recorded answers"),
    NamedRefusal("TEMPORARY_PASSWORD_EXPIRED", _NOT_AUTHORIZED, "Temporary password has expired",
                 "shape PasswordPolicyType.TemporaryPasswordValidityDays; public reports"),
    NamedRefusal("SESSION_USED", _NOT_AUTHORIZED, "session can only be used once",
                 "RespondToAuthChallenge; recorded answers"),
    NamedRefusal("SESSION_EXPIRED", _NOT_AUTHORIZED, "session is expired",
                 "RespondToAuthChallenge; shape AuthSessionValidityType"),
    NamedRefusal("SESSION_INVALID", _NOT_AUTHORIZED, "Invalid session for the user",
                 "RespondToAuthChallenge; recorded answers"),
    NamedRefusal("ALREADY_CONFIRMED", _NOT_AUTHORIZED, "Current status is CONFIRMED",
                 "ConfirmSignUp; recorded answers"),
    NamedRefusal("ALREADY_CONFIRMED", _INVALID_PARAMETER, "User is already confirmed",
                 "ResendConfirmationCode; recorded answers"),
    NamedRefusal("AUTO_VERIFICATION_OFF", _INVALID_PARAMETER | _NOT_AUTHORIZED, "Auto verification not turned on",
                 "ResendConfirmationCode; public reports under either exception"),
    NamedRefusal("SIGN_UP_NOT_PERMITTED", _NOT_AUTHORIZED, "SignUp is not permitted",
                 "shape AdminCreateUserConfigType.AllowAdminCreateUserOnly; recorded answers"),
    NamedRefusal("SECRET_HASH_REFUSED", _NOT_AUTHORIZED, "SECRET_HASH was not received",
                 "shape SecretHashType; recorded answers"),
    NamedRefusal("SECRET_HASH_REFUSED", _NOT_AUTHORIZED, "Unable to verify secret hash",
                 "shape SecretHashType; recorded answers"),
    NamedRefusal("AUTH_FLOW_NOT_ENABLED", _INVALID_PARAMETER | _NOT_AUTHORIZED, "flow not enabled for this client",
                 "shape ExplicitAuthFlowsType; recorded answers under either exception"),
    NamedRefusal("ACCESS_TOKEN_EXPIRED", _NOT_AUTHORIZED, "Access Token has expired",
                 "amazon-cognito-user-pools-using-the-access-token"),
    NamedRefusal("ACCESS_TOKEN_REVOKED", _NOT_AUTHORIZED, "Access Token has been revoked", "token-revocation"),
    NamedRefusal("ACCESS_TOKEN_INVALID", _NOT_AUTHORIZED, "Invalid Access Token",
                 "amazon-cognito-user-pools-using-the-access-token"),
    NamedRefusal("REFRESH_TOKEN_EXPIRED", _NOT_AUTHORIZED, "Refresh Token has expired",
                 "amazon-cognito-user-pools-using-the-refresh-token"),
    NamedRefusal("REFRESH_TOKEN_REVOKED", _NOT_AUTHORIZED, "Refresh Token has been revoked", "token-revocation"),
    NamedRefusal("REFRESH_TOKEN_INVALID", _NOT_AUTHORIZED, "Invalid Refresh Token",
                 "amazon-cognito-user-pools-using-the-refresh-token"),
    NamedRefusal("PHONE_NUMBER_MISSING", _INVALID_PARAMETER, "does not have a phone_number set",
                 "SetUserMFAPreference; recorded answers"),
    NamedRefusal("SOFTWARE_TOKEN_NOT_VERIFIED", _INVALID_PARAMETER, "has not verified software token mfa",
                 "SetUserMFAPreference; recorded answers"),
    NamedRefusal("FACTOR_NOT_CONFIGURED", _INVALID_PARAMETER, "does not have delivery config set",
                 "SetUserMFAPreference; recorded answers"),
    NamedRefusal("SOFTWARE_TOKEN_USED", frozenset({"ExpiredCodeException"}), "already been used once",
                 "user-pool-settings-mfa-totp; recorded answers"),
    NamedRefusal("DEVICE_NOT_FOUND", frozenset({"ResourceNotFoundException"}), "Device does not exist",
                 "amazon-cognito-user-pools-device-tracking; Amplify's clients"),
    NamedRefusal("NO_RECOVERY_CHANNEL", _INVALID_PARAMETER, "no registered/verified email or phone_number",
                 "ForgotPassword; recorded answers"),
    NamedRefusal("PASSWORD_NOT_RESETTABLE", _NOT_AUTHORIZED, "cannot be reset in the current state",
                 "ForgotPassword; recorded answers"),
    NamedRefusal("RECOVERY_BY_ADMINISTRATOR", _NOT_AUTHORIZED, "Contact administrator to reset password",
                 "shape RecoveryOptionNameType; recorded answers"),
)  # fmt: skip
"""The messages that tell one refusal from another, most telling first."""


def classify_refusal(exception: str, message: str) -> str:
    """Return the outcome of an exception: a named one if its message is known, else the exception's own name."""
    for named in NAMED_REFUSALS:
        if exception in named.exceptions and named.fragment in message:
            return named.outcome
    return exception


COMMON: Final = frozenset({
    "ForbiddenException", "InternalErrorException", "InvalidParameterException", "NotAuthorizedException",
    "OperationNotEnabledException", "ResourceNotFoundException", "TooManyRequestsException",
})  # fmt: skip
LAMBDA: Final = frozenset({
    "InvalidLambdaResponseException", "UnexpectedLambdaException", "UserLambdaValidationException",
})  # fmt: skip
MESSAGING: Final = frozenset({
    "InvalidEmailRoleAccessPolicyException", "InvalidSmsRoleAccessPolicyException",
    "InvalidSmsRoleTrustRelationshipException",
})  # fmt: skip
SITUATION: Final = frozenset({"PasswordResetRequiredException", "UserNotConfirmedException"})
ACCESS_TOKEN: Final = frozenset({
    "ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_INVALID", "ACCESS_TOKEN_REVOKED", "PasswordResetRequiredException",
    "USER_DISABLED", "UserNotConfirmedException", "UserNotFoundException",
})  # fmt: skip
SIGNED_OUT_ELSEWHERE: Final = SITUATION | {
    "ACCESS_TOKEN_INVALID", "ACCESS_TOKEN_REVOKED", "USER_DISABLED", "UserNotFoundException",
}  # fmt: skip

SESSION_OVER: Final = frozenset({"SESSION_EXPIRED", "SESSION_INVALID", "SESSION_USED"})

NOT_RETRYABLE: Final = frozenset({
    "AUTH_FLOW_NOT_ENABLED", "AUTO_VERIFICATION_OFF", "AliasExistsException", "DeviceKeyExistsException",
    "FACTOR_NOT_CONFIGURED", "FeatureUnavailableInTierException", "ForbiddenException",
    "InvalidEmailRoleAccessPolicyException", "InvalidSmsRoleAccessPolicyException",
    "InvalidSmsRoleTrustRelationshipException", "InvalidUserPoolConfigurationException", "MFAMethodNotFoundException",
    "NO_RECOVERY_CHANNEL", "OperationNotEnabledException", "PASSWORD_NOT_RESETTABLE", "PHONE_NUMBER_MISSING",
    "PasswordResetRequiredException", "RECOVERY_BY_ADMINISTRATOR", "ResourceNotFoundException", "SECRET_HASH_REFUSED",
    "SIGN_UP_NOT_PERMITTED", "SOFTWARE_TOKEN_NOT_VERIFIED", "SoftwareTokenMFANotFoundException",
    "TEMPORARY_PASSWORD_EXPIRED", "UNKNOWN_CHALLENGE", "USER_DISABLED", "UnsupportedOperationException",
    "WebAuthnConfigurationMissingException", "WebAuthnNotEnabledException",
})  # fmt: skip
"""Outcomes that another answer to the same question cannot mend."""
