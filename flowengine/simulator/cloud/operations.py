"""Which function answers which operation of which service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flowengine.simulator.cloud import app_clients, factors, identity, messaging, metrics, pools, sns, users
from flowengine.simulator.cloud.state import Answer, Request

__all__ = ["OPERATIONS", "service_of"]

Handler = Callable[[Request], Answer]

OPERATIONS: Final[Mapping[str, Mapping[str, Handler]]] = {
    "cognito-idp": {
        "AddCustomAttributes": pools.add_custom_attributes,
        "CreateUserPool": pools.create_user_pool,
        "CreateUserPoolClient": app_clients.create_user_pool_client,
        "DeleteUserPool": pools.delete_user_pool,
        "DeleteUserPoolClient": app_clients.delete_user_pool_client,
        "DescribeUserPool": pools.describe_user_pool,
        "DescribeUserPoolClient": app_clients.describe_user_pool_client,
        "GetUserPoolMfaConfig": factors.get_user_pool_mfa_config,
        "ListUserPoolClients": app_clients.list_user_pool_clients,
        "ListUserPools": pools.list_user_pools,
        "ListUsers": users.list_users,
        "SetUserPoolMfaConfig": factors.set_user_pool_mfa_config,
        "UpdateUserPool": pools.update_user_pool,
        "UpdateUserPoolClient": app_clients.update_user_pool_client,
    },
    "cloudwatch": {
        "GetMetricData": metrics.get_metric_data,
        "GetMetricStatistics": metrics.get_metric_statistics,
    },
    "iam": {
        "GetPolicy": identity.get_policy,
        "GetPolicyVersion": identity.get_policy_version,
        "GetRole": identity.get_role,
        "GetRolePolicy": identity.get_role_policy,
        "ListAttachedRolePolicies": identity.list_attached_role_policies,
        "ListRolePolicies": identity.list_role_policies,
    },
    "pinpoint-sms-voice-v2": {
        "DescribeAccountAttributes": messaging.describe_account_attributes,
        "DescribeAccountLimits": messaging.describe_account_limits,
        "DescribeOptOutLists": messaging.describe_opt_out_lists,
        "DescribeOptedOutNumbers": messaging.describe_opted_out_numbers,
        "DescribePhoneNumbers": messaging.describe_phone_numbers,
        "DescribeSenderIds": messaging.describe_sender_ids,
        "DescribeSpendLimits": messaging.describe_spend_limits,
        "DescribeVerifiedDestinationNumbers": messaging.describe_verified_destination_numbers,
    },
    "sns": {
        "CheckIfPhoneNumberIsOptedOut": sns.check_if_phone_number_is_opted_out,
        "CreateSMSSandboxPhoneNumber": sns.create_sms_sandbox_phone_number,
        "DeleteSMSSandboxPhoneNumber": sns.delete_sms_sandbox_phone_number,
        "GetSMSAttributes": sns.get_sms_attributes,
        "GetSMSSandboxAccountStatus": sns.get_sms_sandbox_account_status,
        "ListOriginationNumbers": sns.list_origination_numbers,
        "ListPhoneNumbersOptedOut": sns.list_phone_numbers_opted_out,
        "ListSMSSandboxPhoneNumbers": sns.list_sms_sandbox_phone_numbers,
        "SetSMSAttributes": sns.set_sms_attributes,
        "VerifySMSSandboxPhoneNumber": sns.verify_sms_sandbox_phone_number,
    },
    "sts": {"GetCallerIdentity": identity.get_caller_identity},
}
"""The handler of each operation, by service and name. No two services share an operation's name."""


def service_of(operation: str) -> str:
    """Return the service that an operation belongs to; the user operations of a pool are `cognito-idp`'s."""
    return next((service for service, handlers in OPERATIONS.items() if operation in handlers), "cognito-idp")
