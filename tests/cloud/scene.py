"""An account with something of everything, and a request for each of its operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from accounts import PHONE, sms_configuration

from flowengine.simulator.cloud import Cloud
from flowengine.simulator.cloud.sms_state import OriginationNumber, SenderId

OTHER = "+447700900123"
MANAGED = "arn:aws:iam::123456789012:policy/team/send"
EMAIL = {"EmailSendingAccount": "DEVELOPER", "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/example.com"}


def scene() -> tuple[Cloud, dict[str, Any], dict[str, Any]]:
    """Return an account with a pool, a user, numbers and a role; its pool; and what names pool and client."""
    cloud = Cloud()
    pool = cloud.handle(
        "CreateUserPool",
        {
            "PoolName": "tests",
            "SmsConfiguration": sms_configuration(cloud),
            "EmailConfiguration": EMAIL,
            "AutoVerifiedAttributes": ["phone_number"],
            "MfaConfiguration": "OPTIONAL",
            "UsernameConfiguration": {"CaseSensitive": False},
            "AliasAttributes": ["email"],
            "DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True},
            "AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
            "UserPoolTags": {"team": "identity"},
            "Schema": [{"Name": "plan"}, {"Name": "hidden", "DeveloperOnlyAttribute": True}],
            "UserPoolTier": "PLUS",
            "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"},
        },
    )["UserPool"]
    named = {"UserPoolId": pool["Id"]}
    client = cloud.handle("CreateUserPoolClient", {"ClientName": "tests", "GenerateSecret": True, **named})
    phone = [{"Name": "phone_number", "Value": PHONE}]
    cloud.handle("AdminCreateUser", {"Username": "ada", "UserAttributes": phone, **named})
    sms = cloud.sms()
    sms.numbers.append(OriginationNumber(number="+15555550199", country="US", kind="TEN_DLC"))
    sms.sender_ids.append(SenderId(name="TESTS", country="GB", registered=True))
    sms.opted_out[OTHER] = cloud.clock.now()
    sms.spent = 0.75
    cloud.handle("CreateSMSSandboxPhoneNumber", {"PhoneNumber": PHONE})
    role = cloud.state.roles["cognito-sms"]
    cloud.state.roles["cognito-sms"] = attrs.evolve(role, attached={MANAGED: role.policies["send-sms"]})
    return cloud, pool, named | {"ClientId": client["UserPoolClient"]["ClientId"]}


def requests(cloud: Cloud, both: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a request that succeeds for each operation, of the account in `scene`."""
    pool = {"UserPoolId": both["UserPoolId"]}
    role = {"RoleName": "cognito-sms"}
    now = cloud.clock.now()
    spent = {"Namespace": "AWS/SNS", "MetricName": "SMSMonthToDateSpentUSD"}
    span = {"StartTime": now - 86_400, "EndTime": now + 86_400}
    return {
        "AddCustomAttributes": pool | {"CustomAttributes": [{"Name": "seats", "AttributeDataType": "Number"}]},
        "CreateUserPool": {"PoolName": "another", "UsernameAttributes": ["email"]},
        "CreateUserPoolClient": pool | {"ClientName": "another", "RefreshTokenRotation": {"Feature": "DISABLED"}},
        "DeleteUserPool": pool,
        "DeleteUserPoolClient": dict(both),
        "DescribeUserPool": pool,
        "DescribeUserPoolClient": dict(both),
        "GetUserPoolMfaConfig": pool,
        "ListUserPoolClients": pool,
        "ListUserPools": {"MaxResults": 10},
        "ListUsers": pool,
        "SetUserPoolMfaConfig": pool
        | {
            "MfaConfiguration": "ON",
            "SmsMfaConfiguration": {"SmsAuthenticationMessage": "Code: {####}"},
            "SoftwareTokenMfaConfiguration": {"Enabled": True},
            "WebAuthnConfiguration": {"RelyingPartyId": "example.com", "UserVerification": "required"},
        },
        "UpdateUserPool": pool | {"AutoVerifiedAttributes": ["email"]},
        "UpdateUserPoolClient": {**both, "ClientName": "renamed"},
        "GetMetricData": span
        | {"MetricDataQueries": [{"Id": "spent", "MetricStat": {"Metric": spent, "Period": 300, "Stat": "Maximum"}}]},
        "GetMetricStatistics": span | spent | {"Period": 300, "Statistics": ["Maximum"]},
        "GetPolicy": {"PolicyArn": MANAGED},
        "GetPolicyVersion": {"PolicyArn": MANAGED, "VersionId": "v1"},
        "GetRole": role,
        "GetRolePolicy": role | {"PolicyName": "send-sms"},
        "ListAttachedRolePolicies": role,
        "ListRolePolicies": role,
        "DescribeAccountAttributes": {},
        "DescribeAccountLimits": {},
        "DescribeOptOutLists": {},
        "DescribeOptedOutNumbers": {"OptOutListName": "Default"},
        "DescribePhoneNumbers": {"Filters": [{"Name": "status", "Values": ["ACTIVE"]}]},
        "DescribeSenderIds": {},
        "DescribeSpendLimits": {},
        "DescribeVerifiedDestinationNumbers": {},
        "CheckIfPhoneNumberIsOptedOut": {"phoneNumber": OTHER},
        "CreateSMSSandboxPhoneNumber": {"PhoneNumber": "+15555550111", "LanguageCode": "de-DE"},
        "DeleteSMSSandboxPhoneNumber": {"PhoneNumber": PHONE},
        "GetSMSAttributes": {},
        "GetSMSSandboxAccountStatus": {},
        "ListOriginationNumbers": {},
        "ListPhoneNumbersOptedOut": {},
        "ListSMSSandboxPhoneNumbers": {},
        "SetSMSAttributes": {"attributes": {"DefaultSMSType": "Transactional", "DefaultSenderID": "TESTS"}},
        "VerifySMSSandboxPhoneNumber": {
            "PhoneNumber": PHONE, "OneTimePassword": cloud.sms().destinations[PHONE].code
        },
        "GetCallerIdentity": {},
    }  # fmt: skip
