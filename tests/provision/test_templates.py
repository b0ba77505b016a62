"""Pools for other tools: CloudFormation templates, which cfn-lint takes, and Terraform configurations."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from cfnlint.api import lint
from provisioned import given

from flowengine.provision.cloudformation import cloudformation
from flowengine.provision.terraform import terraform
from flowengine.settings import Client, Devices, Mfa, Passkey, PoolSettings, SignIn, Verification

BARE = given(sms_role_arn=None, sms_external_id=None, email_identity_arn=None, trigger_arns={})
SMS = PoolSettings(
    sign_in=SignIn(username_attributes=("phone_number",)),
    verification=Verification(auto_verified_attributes=("phone_number",), sms_message="Your code is {####}"),
    mfa=Mfa(mode="required", factors=("sms",), sms_message="Your code is {####}"),
)
ALL = PoolSettings(
    sign_in=SignIn(alias_attributes=("email", "preferred_username"), case_sensitive=False),
    verification=Verification(
        auto_verified_attributes=("email",), attributes_require_verification_before_update=("email",)
    ),
    mfa=Mfa(mode="optional", factors=("email", "sms", "totp"), email_subject="Your code", email_message="It is {####}"),
    allowed_first_auth_factors=("EMAIL_OTP", "PASSWORD", "WEB_AUTHN"),
    passkey=Passkey(relying_party_id="example.com", user_verification="required"),
    account_recovery=("verified_phone_number", "verified_email"),
    devices=Devices(remembered="opt_in", challenge_required_on_new_device=True),
    required_attributes=("email", "updated_at"),
    custom_attributes=("team",),
    lambda_triggers=("pre_sign_up", "user_migration"),
    client=Client(
        generate_secret=True, explicit_auth_flows=("ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"),
        refresh_token_rotation="ENABLED", retry_grace_period_seconds=10, read_attributes=("email",),
    ),
    user_pool_tier="PLUS",
    advanced_security_mode="AUDIT",
    email_sending_account="DEVELOPER",
)  # fmt: skip
POOLS = [PoolSettings(), SMS, ALL]


@pytest.mark.parametrize("spec", POOLS, ids=["plain", "sms", "all"])
def test_cfn_lint_takes_it(spec: PoolSettings) -> None:
    """A template has no errors and no warnings, whether its resources are given or parameters."""
    found = lint(cloudformation(spec, BARE, "eu-west-1"), regions=["eu-west-1"])
    assert [str(match) for match in found] == []


def test_cloudformation_of_everything() -> None:
    """MFA, passkeys and functions are in the template; what is not given is a parameter; the pool is retained."""
    template = json.loads(cloudformation(ALL, BARE, "eu-west-1"))
    pool = template["Resources"]["UserPool"]
    assert pool["DeletionPolicy"] == pool["UpdateReplacePolicy"] == "Retain"
    properties = pool["Properties"]
    assert properties["MfaConfiguration"] == "OPTIONAL"
    assert properties["EnabledMfas"] == ["EMAIL_OTP", "SMS_MFA", "SOFTWARE_TOKEN_MFA"]
    assert properties["WebAuthnRelyingPartyID"] == "example.com"
    assert properties["SmsConfiguration"] == {
        "SnsCallerArn": {"Ref": "SmsRoleArn"},
        "ExternalId": {"Ref": "SmsExternalId"},
    }
    assert properties["LambdaConfig"]["PreSignUp"] == {"Ref": "PreSignUpArn"}
    assert [*template["Parameters"]] == [
        "SmsRoleArn", "SmsExternalId", "EmailIdentityArn", "PreSignUpArn", "UserMigrationArn",
    ]  # fmt: skip
    assert template["Resources"]["PreSignUpPermission"]["Properties"]["FunctionName"] == {"Ref": "PreSignUpArn"}
    assert template["Resources"]["UserPoolClient"]["Properties"]["GenerateSecret"] is True


def test_given_resources_are_no_parameters() -> None:
    """What is given stands in the template itself; a role is asked for only where SMS are sent."""
    template = json.loads(cloudformation(SMS, given(), "us-east-1"))
    assert "Parameters" not in template
    assert template["Resources"]["UserPool"]["Properties"]["SmsConfiguration"]["SnsCallerArn"] == given().sms_role_arn
    plain = json.loads(cloudformation(PoolSettings(), BARE, "us-east-1"))
    assert "Parameters" not in plain
    assert "SmsConfiguration" not in plain["Resources"]["UserPool"]["Properties"]


def pool_of(spec: PoolSettings) -> dict[str, Any]:
    """Return the pool of a Terraform configuration."""
    pool: dict[str, Any] = json.loads(terraform(spec, BARE, "eu-west-1"))["resource"]["aws_cognito_user_pool"]["pool"]
    return pool


def test_terraform_of_everything() -> None:
    """Structures are blocks, names are in snake case, and what is not given is a variable."""
    written = json.loads(terraform(ALL, BARE, "eu-west-1"))
    pool = pool_of(ALL)
    assert (pool["name"], pool["mfa_configuration"], pool["user_pool_tier"]) == ("tests", "OPTIONAL", "PLUS")
    assert pool["software_token_mfa_configuration"] == [{"enabled": True}]
    assert pool["email_mfa_configuration"] == [{"subject": "Your code", "message": "It is {####}"}]
    assert pool["sms_configuration"] == [
        {"sns_caller_arn": "${var.sms_role_arn}", "external_id": "${var.sms_external_id}"}
    ]
    assert pool["sign_in_policy"] == [{"allowed_first_auth_factors": ["EMAIL_OTP", "PASSWORD", "WEB_AUTHN"]}]
    assert pool["account_recovery_setting"][0]["recovery_mechanism"][0] == {
        "priority": 1, "name": "verified_phone_number",
    }  # fmt: skip
    assert pool["username_configuration"] == [{"case_sensitive": False}]
    assert [item["name"] for item in pool["schema"]] == ["email", "updated_at", "team"]
    assert pool["web_authn_configuration"] == [{"user_verification": "required", "relying_party_id": "example.com"}]
    assert pool["lifecycle"] == [{"prevent_destroy": True}]
    assert [*written["variable"]][:2] == ["sms_role_arn", "sms_external_id"]
    client = written["resource"]["aws_cognito_user_pool_client"]["client"]
    assert client["token_validity_units"] == [{"access_token": "hours", "id_token": "hours", "refresh_token": "days"}]
    assert written["resource"]["aws_lambda_permission"]["pre_sign_up"]["function_name"] == "${var.pre_sign_up_arn}"


def test_terraform_says_what_it_cannot() -> None:
    """Where the provider has no word for a setting, a comment says so."""
    totp = PoolSettings(
        verification=Verification(auto_verified_attributes=("phone_number",)),
        mfa=Mfa(mode="optional", factors=("totp",)),
        passkey=Passkey(factor_configuration="MULTI_FACTOR_WITH_USER_VERIFICATION"),
    )
    pool = pool_of(totp)
    assert "offers SMS MFA wherever it finds an sms_configuration" in pool["//"]
    assert "FactorConfiguration" in pool["//"]
    assert pool["web_authn_configuration"] == [{"user_verification": "preferred"}]
    assert "//" not in pool_of(SMS)


def test_terraform_has_no_end_user_messaging() -> None:
    """The provider knows SMS through Amazon SNS only: what goes another way is left out and told."""
    pool = pool_of(attrs.evolve(SMS, sms_transport="END_USER_MESSAGING"))
    assert "sms_configuration" not in pool
    assert "AWS End User Messaging" in pool["//"]


def test_domains_are_made_apart() -> None:
    """A domain is no part of the pool for either tool, and each says so."""
    spec = attrs.evolve(SMS, domain="login-example")
    assert (
        "domain login-example is to be made apart" in json.loads(cloudformation(spec, BARE, "eu-west-1"))["Description"]
    )
    assert "domain login-example of the spec is to be made apart" in pool_of(spec)["//"]
    assert "domain" not in json.loads(cloudformation(SMS, BARE, "eu-west-1"))["Description"]


def test_terraform_says_the_limits_of_attributes() -> None:
    """The schema says what limits each attribute by itself, so that the provider finds nothing to replace."""
    spec = PoolSettings(required_attributes=("birthdate", "email", "updated_at"), custom_attributes=("team",))
    text = [{"min_length": "0", "max_length": "2048"}]
    assert {
        item["name"]: item.get("string_attribute_constraints") or item["number_attribute_constraints"]
        for item in pool_of(spec)["schema"]
    } == {
        "birthdate": [{"min_length": "10", "max_length": "10"}],
        "email": text,
        "updated_at": [{"min_value": "0"}],
        "team": text,
    }


def test_terraform_takes_texts_literally() -> None:
    """What looks like a template in a text is none."""
    texts = Verification(auto_verified_attributes=("email",), email_message="${you} %{if} {####}")
    pool = pool_of(PoolSettings(verification=texts, email_sending_account="DEVELOPER"))
    assert pool["verification_message_template"] == [{"email_message": "$${you} %%{if} {####}"}]
