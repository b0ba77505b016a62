"""Every refusal of the simulated pool: the exception's name and the message, one row each.

The wording is Cognito's own where it has been recorded from the service. Rows marked "own wording" are known by the
exception alone: rely on their exception, not on their text.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from flowengine.errors import FlowEngineError

__all__ = ["PoolError", "Refusal"]


class PoolError(FlowEngineError):
    """
    The simulated pool refuses a request.

    Attributes:
        exception: The exception's name in the `cognito-idp` service model.
        message: Cognito's message.
    """

    def __init__(self, exception: str, message: str) -> None:
        self.exception = exception
        self.message = message
        super().__init__(f"{exception}: {message}")


@frozen
class Refusal:
    """
    One way to refuse.

    Args:
        exception: The exception's name in the `cognito-idp` service model.
        message: The message, with named places for `error`.
    """

    exception: str
    message: str

    def error(self, **parts: str) -> PoolError:
        """Return the exception to raise, its message filled in with `parts`."""
        return PoolError(self.exception, self.message.format(**parts))


# Any operation
INVALID_SHAPE: Final = Refusal("InvalidParameterException", "{violations}")
UNKNOWN_OPERATION: Final = Refusal("UnsupportedOperationException", "Unknown operation {operation}.")  # own wording
UNKNOWN_CLIENT: Final = Refusal("ResourceNotFoundException", "User pool client {client} does not exist.")
UNKNOWN_POOL: Final = Refusal("ResourceNotFoundException", "User pool {pool} does not exist.")
THROTTLED: Final = Refusal("TooManyRequestsException", "Too many requests")
ATTEMPTS_EXCEEDED: Final = Refusal("LimitExceededException", "Attempt limit exceeded, please try after some time.")
MISSING_PARAMETER: Final = Refusal("InvalidParameterException", "Missing required parameter {name}")
USER_NOT_FOUND: Final = Refusal("UserNotFoundException", "User does not exist.")
USER_OF_CLIENT_NOT_FOUND: Final = Refusal("UserNotFoundException", "Username/client id combination not found.")
USER_DISABLED: Final = Refusal("NotAuthorizedException", "User is disabled.")

TRIGGER_FAILED: Final = Refusal("UserLambdaValidationException", "{trigger} failed with error {message}.")
TRIGGER_ANSWER_INVALID: Final = Refusal(  # own wording
    "InvalidLambdaResponseException", "{trigger} returned no event with a usable response."
)

# The client's secret
SECRET_HASH_MISSING: Final = Refusal(
    "NotAuthorizedException", "Client {client} is configured with secret but SECRET_HASH was not received"
)
SECRET_HASH_WRONG: Final = Refusal("NotAuthorizedException", "Unable to verify secret hash for client {client}")
SECRET_MISSING: Final = Refusal(  # own wording
    "NotAuthorizedException", "Client {client} is configured with secret but ClientSecret was not received"
)
SECRET_WRONG: Final = Refusal("NotAuthorizedException", "Unable to verify secret for client {client}")  # own wording

# Sign-up
USERNAME_NOT_EMAIL: Final = Refusal("InvalidParameterException", "Username should be an email.")
USERNAME_NOT_PHONE: Final = Refusal("InvalidParameterException", "Username should be a phone number.")
USERNAME_NOT_CONTACT: Final = Refusal(
    "InvalidParameterException", "Username should be either an email or a phone number."
)
USERNAME_LIKE_EMAIL: Final = Refusal(
    "InvalidParameterException",
    "Username cannot be of email format, since user pool is configured for email alias.",
)
USERNAME_LIKE_PHONE: Final = Refusal(  # own wording
    "InvalidParameterException",
    "Username cannot be of phone number format, since user pool is configured for phone number alias.",
)
USERNAME_TAKEN: Final = Refusal("UsernameExistsException", "User already exists")
CONTACT_TAKEN: Final = Refusal("UsernameExistsException", "An account with the given {attribute} already exists.")
ALIAS_TAKEN: Final = Refusal("AliasExistsException", "An account with the {attribute} already exists.")
OFF_SCHEMA: Final = Refusal("InvalidParameterException", "Attributes did not conform to the schema: {problems}")
ATTRIBUTE_UNWRITABLE: Final = Refusal("NotAuthorizedException", "A client attempted to write unauthorized attribute")
EMAIL_FORMAT: Final = Refusal("InvalidParameterException", "Invalid email address format.")
PHONE_FORMAT: Final = Refusal("InvalidParameterException", "Invalid phone number format.")
BIRTHDATE_FORMAT: Final = Refusal("InvalidParameterException", "Invalid birthdate format.")  # own wording
WEAK_PASSWORD: Final = Refusal("InvalidPasswordException", "Password did not conform with policy: {reason}")
PASSWORD_USED_BEFORE: Final = Refusal(  # own wording
    "PasswordHistoryPolicyViolationException", "The password was used before, and the pool's history forbids it"
)
PASSWORD_NEEDED: Final = Refusal(  # own wording
    "InvalidParameterException", "A password is required where the user cannot sign in by a one-time password"
)
SIGN_UP_CLOSED: Final = Refusal("NotAuthorizedException", "SignUp is not permitted for this user pool")

# Confirmation
CODE_WRONG: Final = Refusal("CodeMismatchException", "Invalid verification code provided, please try again.")
CODE_EXPIRED: Final = Refusal("ExpiredCodeException", "Invalid code provided, please request a code again.")
CONFIRMED_ALREADY: Final = Refusal("NotAuthorizedException", "User cannot be confirmed. Current status is {status}")
RESEND_CONFIRMED: Final = Refusal("InvalidParameterException", "User is already confirmed.")
RESEND_UNVERIFIED: Final = Refusal("InvalidParameterException", "Cannot resend codes. Auto verification not turned on.")
LINK_UNSENDABLE: Final = Refusal(  # own wording
    "CodeDeliveryFailureException", "A link cannot be sent, as the user pool has no domain"
)

# Recovery and passwords
RESET_WITHOUT_CONTACT: Final = Refusal(
    "InvalidParameterException",
    "Cannot reset password for the user as there is no registered/verified email or phone_number",
)
RESET_IMPOSSIBLE: Final = Refusal("NotAuthorizedException", "User password cannot be reset in the current state.")
RESET_BY_ADMIN: Final = Refusal("NotAuthorizedException", "Contact administrator to reset password.")

# Administration
INVITED_ALREADY: Final = Refusal(  # own wording
    "UnsupportedUserStateException", "An invitation cannot be sent again to a user whose status is {status}"
)

# Sign-in
FLOW_NOT_ENABLED: Final = Refusal("InvalidParameterException", "{flow} flow not enabled for this client")
FLOW_NOT_SUPPORTED: Final = Refusal("InvalidParameterException", "Initiate Auth method not supported.")
CREDENTIALS_WRONG: Final = Refusal("NotAuthorizedException", "Incorrect username or password.")
LOCKED_OUT: Final = Refusal("NotAuthorizedException", "Password attempts exceeded")
USER_UNCONFIRMED: Final = Refusal("UserNotConfirmedException", "User is not confirmed.")
SESSION_INVALID: Final = Refusal("NotAuthorizedException", "Invalid session for the user.")
SESSION_USED: Final = Refusal("NotAuthorizedException", "Invalid session for the user, session can only be used once.")
SESSION_EXPIRED: Final = Refusal("NotAuthorizedException", "Invalid session for the user, session is expired.")
PASSWORD_RESET_NEEDED: Final = Refusal(  # own wording
    "PasswordResetRequiredException", "Password reset required for the user"
)
TEMPORARY_PASSWORD_EXPIRED: Final = Refusal(
    "NotAuthorizedException", "Temporary password has expired and must be reset by an administrator."
)
FLOW_NOT_ALLOWED: Final = Refusal("NotAuthorizedException", "Auth flow not enabled for this client")
CHALLENGE_NOT_SUPPORTED: Final = Refusal(  # own wording
    "InvalidParameterException", "Challenge not supported by this operation."
)
TIER_TOO_LOW: Final = Refusal(  # own wording
    "FeatureUnavailableInTierException", "USER_AUTH is not available in the {tier} feature plan"
)
NO_FIRST_FACTOR: Final = Refusal(  # own wording
    "InvalidParameterException", "The user has no factor to sign in with"
)
SRP_A_UNUSABLE: Final = Refusal("InvalidParameterException", "SRP_A is not a usable public value")  # own wording
TIMESTAMP_FORMAT: Final = Refusal(
    "InvalidParameterException", "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."
)
NO_CHALLENGE_CHOSEN: Final = Refusal(  # own wording
    "InvalidParameterException", "ANSWER must be one of {choices}"
)
ATTRIBUTE_PROVIDED: Final = Refusal("InvalidParameterException", "Cannot modify an already provided {attribute}")
ATTRIBUTE_MISSING: Final = Refusal("InvalidParameterException", "Invalid attributes given, {attribute} is missing")
CUSTOM_AUTH_MISSING: Final = Refusal(
    "InvalidParameterException", "Custom auth lambda trigger is not configured for the user pool."
)
DEVICE_UNKNOWN: Final = Refusal("ResourceNotFoundException", "Device does not exist.")
MFA_IMPOSSIBLE: Final = Refusal(  # own wording
    "InvalidParameterException", "The user has no second factor that is not also the way to recover the account"
)
TOTP_CODE_WRONG: Final = Refusal("CodeMismatchException", "Invalid code received for user")
TOTP_CODE_USED: Final = Refusal("ExpiredCodeException", "Your software token has already been used once.")
MFA_CODE_WRONG: Final = Refusal("CodeMismatchException", "Invalid code or auth state for the user.")
SET_UP_INCOMPLETE: Final = Refusal(  # own wording
    "InvalidParameterException", "No second factor has been set up in this session"
)

# Tokens
ACCESS_TOKEN_INVALID: Final = Refusal("NotAuthorizedException", "Invalid Access Token")
ACCESS_TOKEN_EXPIRED: Final = Refusal("NotAuthorizedException", "Access Token has expired")
ACCESS_TOKEN_REVOKED: Final = Refusal("NotAuthorizedException", "Access Token has been revoked")
REFRESH_TOKEN_INVALID: Final = Refusal("NotAuthorizedException", "Invalid Refresh Token.")
REFRESH_TOKEN_EXPIRED: Final = Refusal("NotAuthorizedException", "Refresh Token has expired")
REFRESH_TOKEN_REVOKED: Final = Refusal("NotAuthorizedException", "Refresh Token has been revoked")
REFRESH_TOKEN_REUSED: Final = Refusal(  # own wording
    "RefreshTokenReuseException", "Refresh Token was replaced by a newer one"
)
REVOCATION_OFF: Final = Refusal(  # own wording
    "UnsupportedOperationException", "Token revocation is not enabled for the client"
)
NOT_A_REFRESH_TOKEN: Final = Refusal(
    "UnsupportedTokenTypeException", "Only refresh tokens can be revoked"
)  # own wording
CLIENT_UNAUTHORIZED: Final = Refusal("UnauthorizedException", "The client's secret is missing or wrong")  # own wording

# MFA preference
NO_PHONE_FOR_MFA: Final = Refusal(
    "InvalidParameterException", "User does not have a phone_number set to turn on SMS MFA"
)
NO_FACTOR: Final = Refusal("InvalidParameterException", "User does not have delivery config set to turn on {factor}")
MFA_OFF: Final = Refusal("InvalidParameterException", "MFA is turned off for the user pool")  # own wording
MFA_REQUIRED: Final = Refusal(  # own wording
    "InvalidParameterException", "MFA is required for the user pool and cannot be turned off for a user"
)
MFA_PREFERENCES_MANY: Final = Refusal(  # own wording
    "InvalidParameterException", "Only one MFA factor can be preferred"
)
PASSKEY_ALONE: Final = Refusal(  # own wording
    "InvalidParameterException",
    "A passkey counts for MFA only where passkeys are configured as multi-factor and the user has another factor",
)

# Authenticator apps
TOTP_UNVERIFIED: Final = Refusal("InvalidParameterException", "User has not verified software token mfa")
TOTP_OFF: Final = Refusal(
    "SoftwareTokenMFANotFoundException", "Software Token MFA has not been enabled by the userPool"
)
TOTP_SET_UP_WRONG: Final = Refusal("EnableSoftwareTokenMFAException", "Code mismatch")
TOKEN_OR_SESSION: Final = Refusal(  # own wording
    "InvalidParameterException", "The request needs either an access token or a session"
)

# Devices
DEVICES_OFF: Final = Refusal(  # own wording
    "InvalidUserPoolConfigurationException", "The user pool does not remember devices"
)
DEVICE_KNOWN: Final = Refusal("DeviceKeyExistsException", "The device is confirmed already")  # own wording
DEVICE_VERIFIER_INVALID: Final = Refusal(  # own wording
    "InvalidParameterException", "The device needs a password verifier and a salt in Base64"
)

# Passkeys
PASSKEYS_OFF: Final = Refusal(  # own wording
    "WebAuthnNotEnabledException", "Passkeys are not an allowed first factor of the user pool"
)
PASSKEYS_UNCONFIGURED: Final = Refusal(  # own wording
    "WebAuthnConfigurationMissingException", "The user pool has neither a relying party id nor a domain"
)
PASSKEYS_MANY: Final = Refusal("LimitExceededException", "The user has as many passkeys as possible")  # own wording
PASSKEY_MALFORMED: Final = Refusal("InvalidParameterException", "The credential is malformed")  # own wording
PASSKEY_CHALLENGE_UNKNOWN: Final = Refusal(  # own wording
    "WebAuthnChallengeNotFoundException", "No registration of a passkey waits for this challenge"
)
PASSKEY_ORIGIN_WRONG: Final = Refusal(  # own wording
    "WebAuthnOriginNotAllowedException", "The passkey was made for another origin"
)
PASSKEY_RELYING_PARTY_WRONG: Final = Refusal(  # own wording
    "WebAuthnRelyingPartyMismatchException", "The passkey was made for another relying party"
)
PASSKEY_UNSUPPORTED: Final = Refusal(  # own wording
    "WebAuthnCredentialNotSupportedException", "The passkey is not of a kind that the user pool supports"
)
PASSKEY_WRONG: Final = Refusal("NotAuthorizedException", "The passkey does not verify")  # own wording
PASSKEY_UNKNOWN: Final = Refusal("ResourceNotFoundException", "The passkey does not exist.")  # own wording
