"""What Amplify's auth parameters are about that no setting holds, and what its triggers are called here.

Source: amplify-cli, awsCognito-user-input-types and cognito-defaults.
"""

from __future__ import annotations

from typing import Final

__all__ = ["OUTSIDE", "TRIGGERS", "UNKNOWN"]

UNKNOWN: Final = "not known here"

_REASONS: Final = {
    "names a resource of the project, which is no setting": (
        "resourceName", "resourceNameTruncated", "sharedId", "userPoolName", "verificationBucketName", "roleName",
        "roleExternalId", "policyName", "mfaLambdaRole", "mfaLambdaLogPolicy", "mfaPassRolePolicy",
        "mfaLambdaIAMPolicy", "userpoolClientLambdaRole", "userpoolClientLogPolicy", "userpoolClientLambdaPolicy",
        "userpoolClientName", "openIdLambdaRoleName", "openIdRolePolicy", "openIdLambdaIAMPolicy",
        "openIdLogPolicy", "authRoleName", "unauthRoleName", "authRoleArn", "unauthRoleArn",
    ),
    "tells how the CLI asked, which is no setting": (
        "version", "serviceName", "serviceType", "useDefault", "updateFlow", "authSelections", "defaultPasswordPolicy",
        "dependsOn", "breakCircularDependency", "parentStack", "authTriggerConnections", "permissions",
        "additionalQuestions", "CognitoServiceName", "EditURLS",
    ),
    "identity pools are no part of a flow": (
        "identityPoolName", "allowUnauthenticatedIdentities", "thirdPartyAuth", "authProviders", "googleClientId",
        "googleIos", "googleAndroid", "facebookAppId", "amazonAppId", "appleAppId", "selectedParties", "audiences",
    ),
    "sign-in through other providers and the hosted pages are no part of a flow": (
        "hostedUI", "hostedUIDomainName", "hostedUIProviderMeta", "hostedUIProviderCreds", "AllowedOAuthFlows",
        "AllowedOAuthScopes", "newCallbackURLs", "newLogoutURLs", "CallbackURLs", "LogoutURLs", "oAuthMetadata",
        "authProvidersUserPool", "facebookAppIdUserPool", "facebookAppSecretUserPool", "googleAppIdUserPool",
        "googleAppSecretUserPool", "loginwithamazonAppIdUserPool", "loginwithamazonAppSecretUserPool",
        "signinwithappleClientIdUserPool", "signinwithappleTeamIdUserPool", "signinwithappleKeyIdUserPool",
        "signinwithapplePrivateKeyUserPool",
    ),
    "groups decide nothing of where a user stands": (
        "userPoolGroups", "userPoolGroupList", "adminQueries", "adminQueryGroup",
    ),
}  # fmt: skip

OUTSIDE: Final = {name: reason for reason, names in _REASONS.items() for name in names}
"""Why a parameter is no setting, by its name."""

TRIGGERS: Final = {
    "CreateAuthChallenge": "create_auth_challenge",
    "DefineAuthChallenge": "define_auth_challenge",
    "PostConfirmation": "post_confirmation",
    "PreSignup": "pre_sign_up",
    "PreTokenGeneration": "pre_token_generation",
    "UserMigration": "user_migration",
    "VerifyAuthChallengeResponse": "verify_auth_challenge_response",
}
"""The triggers that decide where a user stands, by their names there."""
