"""What the service model demands of the requests that create and change pools and app clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flowengine.simulator.shapes import (
    ARN,
    CLIENT_ID,
    CLIENT_SECRET,
    NAME,
    POOL_ID,
    PRINTABLE,
    PROSE,
    PROSE_WITH_CODE,
    PROSE_WITH_LINK,
    SMS_WITH_CODE,
    UNSPACED,
    Shape,
    choice,
    flag,
    mapping,
    number,
    sequence,
    structure,
    text,
)

__all__ = ["CLIENT", "REQUESTS"]

CONTACTS: Final = sequence(choice("phone_number", "email"))
ROLE: Final = text(20, 2048, ARN)
SMS_TEXT: Final = text(6, 140, SMS_WITH_CODE)
EMAIL_TEXT: Final = text(6, 20_000, PROSE_WITH_CODE)
SUBJECT: Final = text(1, 140, PROSE)
TOKEN: Final = text(1, None, UNSPACED)
TIME_UNIT: Final = choice("seconds", "minutes", "hours", "days")
MFA_MODE: Final = choice("OFF", "ON", "OPTIONAL")

POLICIES: Final = structure(
    {},
    {
        "PasswordPolicy": structure(
            {},
            {
                "MinimumLength": number(6, 99),
                "RequireUppercase": flag,
                "RequireLowercase": flag,
                "RequireNumbers": flag,
                "RequireSymbols": flag,
                "PasswordHistorySize": number(0, 24),
                "TemporaryPasswordValidityDays": number(0, 365),
            },
        ),
        "SignInPolicy": structure(
            {},
            {
                "AllowedFirstAuthFactors": sequence(
                    choice("PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "SOFTWARE_TOKEN"), 1, 5
                )
            },
        ),
    },
)
VERSIONED: Final = structure({"LambdaVersion": text(), "LambdaArn": ROLE})
LAMBDAS: Final = structure(
    {},
    {
        **dict.fromkeys(
            (
                "PreSignUp", "CustomMessage", "PostConfirmation", "PreAuthentication", "PostAuthentication",
                "DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse", "PreTokenGeneration",
                "UserMigration", "KMSKeyID",
            ),
            ROLE,
        ),
        **dict.fromkeys(("PreTokenGenerationConfig", "CustomSMSSender", "CustomEmailSender"), VERSIONED),
    },
)  # fmt: skip
SMS: Final = structure(
    {},
    {
        "SnsCallerArn": ROLE,
        "ExternalId": text(0, 131_072),
        "SnsRegion": text(5, 32),
        "EumsSms": structure(
            {"CallerArn": ROLE},
            {
                **dict.fromkeys(
                    ("ExternalId", "OriginationIdentity", "ConfigurationSetName", "InEntityId", "InTemplateId"), text()
                ),
                "Region": text(5, 32),
            },
        ),
    },
)
ATTRIBUTE: Final = structure(
    {},
    {
        "Name": text(1, 20, PRINTABLE),
        "AttributeDataType": choice("String", "Number", "DateTime", "Boolean"),
        "DeveloperOnlyAttribute": flag,
        "Mutable": flag,
        "Required": flag,
        "NumberAttributeConstraints": structure({}, {"MinValue": text(), "MaxValue": text()}),
        "StringAttributeConstraints": structure({}, {"MinLength": text(), "MaxLength": text()}),
    },
)
POOL: Final[Mapping[str, Shape]] = {
    "Policies": POLICIES,
    "DeletionProtection": choice("ACTIVE", "INACTIVE"),
    "LambdaConfig": LAMBDAS,
    "AutoVerifiedAttributes": CONTACTS,
    "SmsVerificationMessage": SMS_TEXT,
    "EmailVerificationMessage": EMAIL_TEXT,
    "EmailVerificationSubject": SUBJECT,
    "VerificationMessageTemplate": structure(
        {},
        {
            "SmsMessage": SMS_TEXT,
            "EmailMessage": EMAIL_TEXT,
            "EmailSubject": SUBJECT,
            "EmailMessageByLink": text(6, 20_000, PROSE_WITH_LINK),
            "EmailSubjectByLink": SUBJECT,
            "DefaultEmailOption": choice("CONFIRM_WITH_LINK", "CONFIRM_WITH_CODE"),
        },
    ),
    "SmsAuthenticationMessage": SMS_TEXT,
    "MfaConfiguration": MFA_MODE,
    "UserAttributeUpdateSettings": structure({}, {"AttributesRequireVerificationBeforeUpdate": CONTACTS}),
    "DeviceConfiguration": structure(
        {}, {"ChallengeRequiredOnNewDevice": flag, "DeviceOnlyRememberedOnUserPrompt": flag}
    ),
    "EmailConfiguration": structure(
        {},
        {
            "SourceArn": ROLE,
            "ReplyToEmailAddress": text(),
            "EmailSendingAccount": choice("COGNITO_DEFAULT", "DEVELOPER"),
            "From": text(0, 131_072),
            "ConfigurationSet": text(1, 64),
        },
    ),
    "SmsConfiguration": SMS,
    "UserPoolTags": mapping(text(0, 256)),
    "AdminCreateUserConfig": structure(
        {},
        {
            "AllowAdminCreateUserOnly": flag,
            "UnusedAccountValidityDays": number(0, 365),
            "InviteMessageTemplate": structure(
                {}, {"SMSMessage": text(6, 140), "EmailMessage": text(6, 20_000, PROSE), "EmailSubject": SUBJECT}
            ),
        },
    ),
    "UserPoolAddOns": structure({"AdvancedSecurityMode": choice("OFF", "AUDIT", "ENFORCED")}),
    "AccountRecoverySetting": structure(
        {},
        {
            "RecoveryMechanisms": sequence(
                structure(
                    {
                        "Priority": number(1, 2),
                        "Name": choice("verified_email", "verified_phone_number", "admin_only"),
                    }
                ),
                1,
                2,
            )
        },
    ),
    "UserPoolTier": choice("LITE", "ESSENTIALS", "PLUS"),
}
"""What CreateUserPool and UpdateUserPool have in common."""
CLIENT: Final[Mapping[str, Shape]] = {
    "RefreshTokenValidity": number(0, 315_360_000),
    "AccessTokenValidity": number(1, 86_400),
    "IdTokenValidity": number(1, 86_400),
    "TokenValidityUnits": structure({}, dict.fromkeys(("AccessToken", "IdToken", "RefreshToken"), TIME_UNIT)),
    "ReadAttributes": sequence(text(1, 2048)),
    "WriteAttributes": sequence(text(1, 2048)),
    "ExplicitAuthFlows": sequence(
        choice(
            "ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
            "ALLOW_USER_AUTH", "ALLOW_TOKEN_EXCHANGE_DELEGATION", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
        )
    ),
    "SupportedIdentityProviders": sequence(text(1, 32)),
    "CallbackURLs": sequence(text(1, 1024, PRINTABLE), 0, 100),
    "LogoutURLs": sequence(text(1, 1024, PRINTABLE), 0, 100),
    "DefaultRedirectURI": text(1, 1024, PRINTABLE),
    "AllowedOAuthFlows": sequence(choice("code", "implicit", "client_credentials"), 0, 3),
    "AllowedOAuthScopes": sequence(text(1, 256), 0, 50),
    "AllowedOAuthFlowsUserPoolClient": flag,
    "PreventUserExistenceErrors": choice("LEGACY", "ENABLED"),
    "EnableTokenRevocation": flag,
    "EnablePropagateAdditionalUserContextData": flag,
    "AuthSessionValidity": number(3, 15),
    "RefreshTokenRotation": structure(
        {"Feature": choice("ENABLED", "DISABLED")}, {"RetryGracePeriodSeconds": number(0, 60)}
    ),
}  # fmt: skip
"""What CreateUserPoolClient and UpdateUserPoolClient have in common."""
POOL_ONLY: Final = structure({"UserPoolId": POOL_ID})
POOL_AND_CLIENT: Final = structure({"UserPoolId": POOL_ID, "ClientId": CLIENT_ID})

REQUESTS: Final[Mapping[str, Shape]] = {
    "CreateUserPool": structure(
        {"PoolName": text(1, 128, NAME)},
        {
            **POOL,
            "AliasAttributes": sequence(choice("phone_number", "email", "preferred_username")),
            "UsernameAttributes": CONTACTS,
            "Schema": sequence(ATTRIBUTE, 1, 50),
            "UsernameConfiguration": structure({"CaseSensitive": flag}),
        },
    ),
    "UpdateUserPool": structure({"UserPoolId": POOL_ID}, {**POOL, "PoolName": text(1, 128, NAME)}),
    "DescribeUserPool": POOL_ONLY,
    "DeleteUserPool": POOL_ONLY,
    "ListUserPools": structure({"MaxResults": number(1, 60)}, {"NextToken": TOKEN}),
    "AddCustomAttributes": structure({"UserPoolId": POOL_ID, "CustomAttributes": sequence(ATTRIBUTE, 1, 25)}),
    "GetUserPoolMfaConfig": POOL_ONLY,
    "SetUserPoolMfaConfig": structure(
        {"UserPoolId": POOL_ID},
        {
            "MfaConfiguration": MFA_MODE,
            "SmsMfaConfiguration": structure({}, {"SmsAuthenticationMessage": SMS_TEXT, "SmsConfiguration": SMS}),
            "SoftwareTokenMfaConfiguration": structure({}, {"Enabled": flag}),
            "EmailMfaConfiguration": structure({}, {"Message": EMAIL_TEXT, "Subject": SUBJECT}),
            "WebAuthnConfiguration": structure(
                {},
                {
                    "RelyingPartyId": text(1, 127),
                    "UserVerification": choice("required", "preferred"),
                    "FactorConfiguration": choice("SINGLE_FACTOR", "MULTI_FACTOR_WITH_USER_VERIFICATION"),
                },
            ),
        },
    ),
    "CreateUserPoolClient": structure(
        {"UserPoolId": POOL_ID, "ClientName": text(1, 128, NAME)},
        {**CLIENT, "GenerateSecret": flag, "ClientSecret": CLIENT_SECRET},
    ),
    "UpdateUserPoolClient": structure(
        {"UserPoolId": POOL_ID, "ClientId": CLIENT_ID}, {**CLIENT, "ClientName": text(1, 128, NAME)}
    ),
    "DescribeUserPoolClient": POOL_AND_CLIENT,
    "DeleteUserPoolClient": POOL_AND_CLIENT,
    "ListUserPoolClients": structure({"UserPoolId": POOL_ID}, {"MaxResults": number(1, 60), "NextToken": TOKEN}),
    "ListUsers": structure(
        {"UserPoolId": POOL_ID},
        {
            "AttributesToGet": sequence(text(1, 32)),
            "Limit": number(0, 60),
            "PaginationToken": TOKEN,
            "Filter": text(0, 256),
        },
    ),
}
"""The input shape of each operation, named as in the `cognito-idp` service model."""
