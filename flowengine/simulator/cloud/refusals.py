"""Every refusal of the embedded account: the exception's name and the message, one row each.

The wording is the service's own where it has been recorded from it. Rows marked "own wording" are known by the
exception alone: rely on their exception, not on their text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flowengine.simulator.refusals import UNKNOWN_CLIENT, UNKNOWN_POOL, Refusal

__all__ = ["BROKEN_RULES", "UNKNOWN_CLIENT", "UNKNOWN_POOL"]

_INVALID: Final = "InvalidParameterException"
TIER_LACKS: Final = "FeatureUnavailableInTierException"
TIER_UNCHANGEABLE: Final = "TierChangeNotAllowedException"

# User pools
POOL_PROTECTED: Final = Refusal(
    _INVALID, "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be "
    "inactivated first."
)  # fmt: skip
POOL_HAS_DOMAIN: Final = Refusal(
    _INVALID, "User pool cannot be deleted. It has a domain configured that should be deleted first."
)
CUSTOM_REQUIRED: Final = Refusal(_INVALID, "Required custom attributes are not supported currently.")
STANDARD_FIXED: Final = Refusal(
    _INVALID,
    "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}",
)
ATTRIBUTE_TWICE: Final = Refusal(_INVALID, "{name}: Existing attribute already has name {name}.")
ATTRIBUTES_MANY: Final = Refusal(_INVALID, "A user pool has at most {most} custom attributes")  # own wording
ATTRIBUTE_NAMELESS: Final = Refusal(_INVALID, "An attribute needs a name")  # own wording
VALIDITY_TWICE: Final = Refusal(
    _INVALID,
    "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays",
)
MESSAGE_TWICE: Final = Refusal(_INVALID, "EmailMessage and EmailMessageByLink exclude each other")  # own wording
VERIFICATION_DROPPED: Final = Refusal(
    _INVALID, "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes"
)
SOURCE_MISSING: Final = Refusal(_INVALID, "DEVELOPER needs the SourceArn of an Amazon SES identity")  # own wording
INVITE_INCOMPLETE: Final = Refusal(  # own wording
    _INVALID, "An invitation needs the places {places} for the name and the password"
)

# The role for SMS
ROLE_DISTRUSTS: Final = Refusal(
    "InvalidSmsRoleTrustRelationshipException",
    "Role does not have a trust relationship allowing Cognito to assume the role",
)
ROLE_FORBIDS: Final = Refusal(
    "InvalidSmsRoleAccessPolicyException", "Role does not have permission to publish with SNS"
)
SMS_AMBIGUOUS: Final = Refusal(  # own wording
    _INVALID, "An SmsConfiguration holds either SnsCallerArn or EumsSms"
)

# MFA
MFA_WITHOUT_SMS: Final = Refusal(
    _INVALID,
    "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
)
MFA_ON_LATER: Final = Refusal(_INVALID, "Cannot turn MFA functionality ON, once the user pool has been created.")
MFA_OFF_WITH_FACTOR: Final = Refusal(
    _INVALID, "Invalid MFA configuration given, can't turn off MFA and configure an MFA together"
)
MFA_WITHOUT_FACTOR: Final = Refusal(
    _INVALID, "Invalid MFA Configuration given. SMS MFA, Email MFA, or Software Token MFA must be enabled."
)
MFA_ALL_DISABLED: Final = Refusal(
    _INVALID, "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration."
)

# App clients
SECRET_TWICE: Final = Refusal(_INVALID, "GenerateSecret and ClientSecret exclude each other")  # own wording
SECRET_NEEDED: Final = Refusal(  # own wording
    _INVALID, "EnablePropagateAdditionalUserContextData needs a client with a secret"
)
VALIDITY_RANGE: Final = Refusal(_INVALID, "Invalid range for token validity.")

# Lists
TOKEN_INVALID: Final = Refusal(_INVALID, "The pagination token is invalid")  # own wording
NEXT_TOKEN_INVALID: Final = Refusal("ValidationException", "The pagination token is invalid")  # own wording
MARKER_INVALID: Final = Refusal("InvalidInputException", "Invalid Marker.")  # own wording
INVALID_SMS_SHAPE: Final = Refusal("ValidationException", "{violations}")
FILTER_INVALID: Final = Refusal(_INVALID, "Error while parsing filter: {filter}")  # own wording

FILTER_UNKNOWN: Final = Refusal("ValidationException", "There is no filter {name}")  # own wording
RESOURCE_UNKNOWN: Final = Refusal("ResourceNotFoundException", "Resource {name} does not exist")  # own wording

# SMS
PHONE_INVALID: Final = Refusal(_INVALID, "Invalid parameter: PhoneNumber Reason: {number} is not valid to publish to")
DESTINATION_OPTED_OUT: Final = Refusal("OptedOutException", "{number} has opted out of messages")  # own wording
DESTINATIONS_MANY: Final = Refusal(  # own wording
    "UserErrorException", "The sandbox holds at most {most} numbers"
)
DESTINATION_UNKNOWN: Final = Refusal("ResourceNotFoundException", "{number} is not in the sandbox")  # own wording
DESTINATION_CODE_WRONG: Final = Refusal("VerificationException", "The one-time password is wrong")  # own wording
DESTINATION_FRESH: Final = Refusal(  # own wording
    "UserErrorException", "A number can be deleted 24 hours after it was added at the earliest"
)
SMS_ATTRIBUTE_UNKNOWN: Final = Refusal(_INVALID, "Invalid parameter: {name} is not a valid attribute")  # own wording
SMS_ATTRIBUTE_INVALID: Final = Refusal(_INVALID, "Invalid parameter: {name}")  # own wording

# Roles
ROLE_UNKNOWN: Final = Refusal("NoSuchEntityException", "The role with name {name} cannot be found.")
ROLE_POLICY_UNKNOWN: Final = Refusal("NoSuchEntityException", "The role policy with name {name} cannot be found.")
POLICY_UNKNOWN: Final = Refusal("NoSuchEntityException", "Policy {arn} was not found.")

BROKEN_RULES: Final[Mapping[str, Refusal]] = {
    "usernames-or-aliases": Refusal(
        _INVALID, "Only one of the aliasAttributes or usernameAttributes can be set in a User pool."
    ),
    "phone-verification-needs-sms": Refusal(
        _INVALID, "SMS configuration is required when phone_number is selected for auto verification"
    ),
    "update-needs-auto-verification": VERIFICATION_DROPPED,
    "first-factors-need-password": Refusal(
        _INVALID, "Password should be configured as one of the allowed first auth factors."
    ),
    "sms-otp-needs-sms": Refusal(
        _INVALID,
        "SMS_OTP can not be configured as AuthFactor as user pool is missing valid SMS configuration",
    ),
    "otp-beside-required-mfa": Refusal(
        _INVALID, "Only PASSWORD and WEB_AUTHN (if configured) can be enabled as an auth factor if MFA is enabled"
    ),
    "passkey-beside-required-mfa": Refusal(
        _INVALID,
        "Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required and WebAuthn is an allowed "
        "first auth factor",
    ),
    "email-mfa-needs-ses": Refusal(
        _INVALID,
        "Cannot set EmailMfaConfiguration when user pool EmailConfiguration contains an EmailSendingAccount of "
        "COGNITO_DEFAULT.",
    ),
    "mfa-needs-sms": MFA_WITHOUT_SMS,
    "recovery-repeated": Refusal(
        _INVALID, "Account Recovery Setting cannot have duplicate priorities or recovery mechanisms."
    ),
    "admin-only-recovery-alone": Refusal(
        _INVALID, "Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms."
    ),
    "phone-recovery-with-sms-mfa-alone": Refusal(
        _INVALID,
        "Invalid account recovery setting parameter. Account Recovery Setting cannot use verified_phone_number as a "
        "recovery mechanism when SMS MFA is configured.",
    ),
    "read-attributes-known": Refusal(_INVALID, "Invalid read attributes specified while creating a client"),
    "write-attributes-known": Refusal(_INVALID, "Invalid write attributes specified while creating a client"),
    "write-attributes-read-only": Refusal(_INVALID, "Invalid write attributes specified while creating a client"),
    "write-attributes-required": Refusal(_INVALID, "Invalid write attributes specified while creating a client"),
    "access-token-validity": VALIDITY_RANGE,
    "id-token-validity": VALIDITY_RANGE,
    "refresh-token-validity": VALIDITY_RANGE,
    "tokens-within-refresh-token": Refusal(
        _INVALID,
        "Access and Id Token expiration times must be less than or equal to refresh token expiration times.",
    ),
    "passwordless-needs-essentials": Refusal(
        TIER_LACKS,
        "The following features need to be disabled for the LITE pricing tier configured: Passwordless Sign-In",
    ),
    **dict.fromkeys(
        ("email-mfa-needs-essentials", "passkeys-need-essentials", "password-history-needs-essentials"),
        Refusal(TIER_LACKS, "{rule}"),  # own wording
    ),
    "threat-protection-needs-plus": Refusal(TIER_LACKS, "{rule}"),  # own wording
}
"""How the service words it where settings break a rule, by the rule's id; other rules speak for themselves."""
ANY_RULE: Final = Refusal(_INVALID, "{rule}")  # own wording
