"""User pools of the embedded account: made, shown, changed, deleted."""

from __future__ import annotations

from typing import Any

import pytest
from accounts import EXTERNAL_ID, Pool, refused, sms_configuration, sms_pool

from flowengine.simulator.cloud import Cloud

INVALID = "InvalidParameterException"
SES = {"EmailSendingAccount": "DEVELOPER", "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/example.com"}
KEPT: dict[str, Any] = {
    "AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]},
    "UserPoolTags": {"team": "identity"},
    "UserPoolTier": "PLUS",
}
RESET: dict[str, Any] = {
    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
    "AutoVerifiedAttributes": ["email"],
    "DeletionProtection": "ACTIVE",
    "DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False},
    "LambdaConfig": {"PreSignUp": "arn:aws:lambda:us-east-1:123456789012:function:one"},
    "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"},
    "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_LINK"},
}
PASSWORDS = {
    "MinimumLength": 12, "RequireUppercase": False, "RequireLowercase": True, "RequireNumbers": False,
    "RequireSymbols": False, "TemporaryPasswordValidityDays": 3,
}  # fmt: skip
POLICIES = {"PasswordPolicy": PASSWORDS, "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}


def test_default_pool() -> None:
    """A pool that is given a name alone shows what holds by itself."""
    shown = Pool().shown
    assert shown["Policies"]["SignInPolicy"] == {"AllowedFirstAuthFactors": ["PASSWORD"]}
    assert shown["Policies"]["PasswordPolicy"]["MinimumLength"] == 8
    assert (shown["MfaConfiguration"], shown["UserPoolTier"]) == ("OFF", "ESSENTIALS")
    assert (shown["DeletionProtection"], shown["EstimatedNumberOfUsers"]) == ("INACTIVE", 0)
    assert shown["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7}
    assert shown["EmailConfiguration"] == {"EmailSendingAccount": "COGNITO_DEFAULT"}
    assert "AutoVerifiedAttributes" not in shown
    assert {item["Name"] for item in shown["SchemaAttributes"] if item["Required"]} == {"sub"}


def test_created_pool_is_described_as_given() -> None:
    """What was given is shown, by the creation as by a description."""
    pool = Pool(**KEPT, **RESET, Policies=POLICIES, UsernameAttributes=["email"])
    assert pool.created == pool.shown
    for name, value in (KEPT | RESET | {"Policies": POLICIES, "UsernameAttributes": ["email"]}).items():
        shown = pool.shown[name]
        assert shown == (shown | value if isinstance(value, dict) else value)


def test_echoed_update_changes_nothing() -> None:
    """An update that repeats what a pool is leaves it as it was."""
    pool = Pool(**KEPT, **RESET, Policies=POLICIES)
    before = pool.shown
    pool.call("UpdateUserPool", **KEPT, **RESET, Policies=POLICIES, MfaConfiguration="OFF")
    assert pool.shown == before


@pytest.mark.parametrize("name", RESET)
def test_left_out_is_reset(name: str) -> None:
    """An update resets what it leaves out, and nothing that it names."""
    pool = Pool(**KEPT, **RESET)
    before = pool.shown
    pool.call("UpdateUserPool", **{other: value for other, value in RESET.items() if other != name})
    assert pool.shown.get(name) == Pool().shown.get(name) != before[name]
    assert {key: value for key, value in pool.shown.items() if key != name} == {
        key: value for key, value in before.items() if key != name
    }


def test_left_out_is_kept() -> None:
    """An empty update keeps policies, MFA, tags, tier, recovery and the SMS configuration."""
    pool = sms_pool(**KEPT, Policies=POLICIES, MfaConfiguration="OPTIONAL")
    before = pool.shown
    pool.call("UpdateUserPool", PoolName="another")
    assert pool.shown == before | {"Name": "another"}


def test_one_policy_is_kept_beside_the_other() -> None:
    """An update of one policy leaves the other; what a given policy leaves out is off."""
    pool = Pool(Policies=POLICIES)
    pool.call("UpdateUserPool", Policies={"PasswordPolicy": {"MinimumLength": 20}})
    assert pool.shown["Policies"]["SignInPolicy"] == POLICIES["SignInPolicy"]
    assert pool.shown["Policies"]["PasswordPolicy"]["RequireLowercase"] is False


def test_own_email_identity_is_reset() -> None:
    """An update without an e-mail configuration goes back to Cognito's own account."""
    pool = Pool(EmailConfiguration=SES)
    pool.call("UpdateUserPool")
    assert pool.shown["EmailConfiguration"] == {"EmailSendingAccount": "COGNITO_DEFAULT"}


def test_pending_updates_refuse_an_update_without_verification() -> None:
    """A pool that verifies before an update refuses to lose what is verified."""
    pool = Pool(
        AutoVerifiedAttributes=["email"],
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]},
    )
    with refused(INVALID):
        pool.call("UpdateUserPool")
    assert pool.shown["AutoVerifiedAttributes"] == ["email"]


@pytest.mark.parametrize(
    ("exception", "given"),
    [
        (INVALID, {"AliasAttributes": ["email"], "UsernameAttributes": ["email"]}),
        (INVALID, {"AutoVerifiedAttributes": ["phone_number"]}),
        (INVALID, {"MfaConfiguration": "OPTIONAL"}),
        (INVALID, {"MfaConfiguration": "ON"}),
        (INVALID, {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["WEB_AUTHN"]}}}),
        (INVALID, {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "SMS_OTP"]}}}),
        (INVALID, {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": []}}}),
        (INVALID, {"Policies": {"PasswordPolicy": {"MinimumLength": 5}}}),
        (INVALID, {"PoolName": "no/slashes"}),
        (INVALID, {"AutoVerifiedAttributes": ["post"]}),
        (INVALID, {"EmailConfiguration": {"EmailSendingAccount": "DEVELOPER"}}),
        (INVALID, {"EmailVerificationMessage": "no code"}),
        (INVALID, {"VerificationMessageTemplate": {"EmailMessage": "{####} without SES"}}),
        (INVALID, {"AdminCreateUserConfig": {"InviteMessageTemplate": {"SMSMessage": "Welcome, with {####}"}}}),
        (INVALID, {"Schema": [{"Name": "plan", "Required": True}]}),
        (INVALID, {"Schema": [{"Name": "email", "AttributeDataType": "Number"}]}),
        (
            INVALID,
            {
                "AdminCreateUserConfig": {"UnusedAccountValidityDays": 3},
                "Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 3}},
            },
        ),
        (
            "FeatureUnavailableInTierException",
            {
                "UserPoolTier": "LITE",
                "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
            },
        ),
        ("FeatureUnavailableInTierException", {"UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}}),
        (
            "InvalidSmsRoleTrustRelationshipException",
            {"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::1:role/none"}},
        ),
    ],
)
def test_refused_creation(exception: str, given: dict[str, Any]) -> None:
    """A pool that the service would not make is refused, and not made."""
    cloud = Cloud()
    with refused(exception):
        cloud.handle("CreateUserPool", {"PoolName": "tests", **given})
    assert cloud.state.pools == {}


def test_tier_is_lowered_once_nothing_needs_it() -> None:
    """A pool goes to a lower tier only without what that does not have."""
    passkeys = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
    pool = Pool(Policies=passkeys)
    message = "The following features need to be disabled for the LITE pricing tier configured: Passwordless Sign-In"
    with refused("TierChangeNotAllowedException", message):
        pool.call("UpdateUserPool", UserPoolTier="LITE")
    pool.call("UpdateUserPool", Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}})
    pool.call("UpdateUserPool", UserPoolTier="LITE")
    with refused("FeatureUnavailableInTierException", message):
        pool.call("UpdateUserPool", Policies=passkeys)


def test_sms_configuration_is_not_removed() -> None:
    """A pool that can send SMS keeps being able to, and can take another role."""
    pool = sms_pool()
    with refused(INVALID):
        pool.call("UpdateUserPool", SmsConfiguration={})
    another = {"SnsCallerArn": pool.cloud.add_sms_role("another"), "SnsRegion": "us-east-1"}
    pool.call("UpdateUserPool", SmsConfiguration=another)
    assert pool.shown["SmsConfiguration"] == another
    with refused(INVALID):
        pool.call("UpdateUserPool", SmsConfiguration=another | {"SnsRegion": "eu-west-1"})


def test_empty_recovery_is_the_legacy_one() -> None:
    """An empty recovery setting takes the former one away, and empty tags the former tags."""
    pool = Pool(**KEPT)
    pool.call("UpdateUserPool", AccountRecoverySetting={}, UserPoolTags={})
    assert "AccountRecoverySetting" not in pool.shown
    assert pool.shown["UserPoolTags"] == {}


def test_role_must_know_the_external_id() -> None:
    """A role that asks for another external id is not trusted."""
    cloud = Cloud()
    configuration = sms_configuration(cloud) | {"ExternalId": "another"}
    with refused("InvalidSmsRoleTrustRelationshipException"):
        Pool(cloud, SmsConfiguration=configuration)


def test_role_must_be_able_to_send() -> None:
    """A role without the permission to send is refused."""
    cloud = Cloud()
    trust = cloud.state.roles[cloud.add_sms_role().rpartition("/")[2]].trust
    arn = cloud.add_role("mute", trust=trust)
    with refused("InvalidSmsRoleAccessPolicyException"):
        Pool(cloud, SmsConfiguration={"SnsCallerArn": arn, "ExternalId": EXTERNAL_ID})


def test_failures_of_sms_are_shown() -> None:
    """A description tells that the account is in the sandbox, and that the role cannot send any more."""
    pool = sms_pool()
    assert pool.shown["SmsConfigurationFailure"] == "SNSSandbox"
    pool.cloud.state.roles.clear()
    assert pool.shown["SmsConfigurationFailure"] == "InvalidSmsRoleAccessPolicyException,SNSSandbox"
    pool.cloud.sms().sandbox = False
    pool.cloud.add_sms_role(external_id=EXTERNAL_ID)
    assert "SmsConfigurationFailure" not in pool.shown


def test_failure_of_the_region_that_sends() -> None:
    """The sandbox that counts is that of the Region that SMS go out from."""
    cloud = Cloud(region="eu-central-1")
    cloud.sms().sandbox = False
    pool = Pool(cloud, SmsConfiguration=sms_configuration(cloud) | {"SnsRegion": "eu-west-1"})
    assert pool.shown["SmsConfigurationFailure"] == "SNSSandbox"
    cloud.sms("eu-west-1").sandbox = False
    assert "SmsConfigurationFailure" not in pool.shown


@pytest.mark.parametrize(
    ("before", "after", "exception"),
    [
        ("cognito-idp.amazonaws.com", "lambda.amazonaws.com", "InvalidSmsRoleTrustRelationshipException"),
        ("sts:AssumeRole", "sts:TagSession", "InvalidSmsRoleTrustRelationshipException"),
        ('"Effect": "Allow", "Principal"', '"Effect": "Deny", "Principal"', "InvalidSmsRoleTrustRelationshipException"),
        ('"Effect": "Allow", "Action"', '"Effect": "Deny", "Action"', "InvalidSmsRoleAccessPolicyException"),
        ("sns:Publish", "sns:Subscribe", "InvalidSmsRoleAccessPolicyException"),
    ],
)
def test_role_that_does_not_do(before: str, after: str, exception: str) -> None:
    """A role that trusts another, or allows something else, is refused."""
    cloud = Cloud()
    arn = cloud.add_sms_role()
    role = cloud.state.roles["cognito-sms"]
    policies = {name: text.replace(before, after) for name, text in role.policies.items()}
    assert cloud.add_role("cognito-sms", trust=role.trust.replace(before, after), policies=policies) == arn
    with refused(exception):
        Pool(cloud, SmsConfiguration={"SnsCallerArn": arn})


def test_custom_attributes_are_fifty_at_the_most() -> None:
    """The fifty-first custom attribute is refused."""
    pool = Pool(Schema=[{"Name": f"a{number}"} for number in range(26)])
    pool.call("AddCustomAttributes", CustomAttributes=[{"Name": f"b{number}"} for number in range(24)])
    with refused(INVALID):
        pool.call("AddCustomAttributes", CustomAttributes=[{"Name": "c"}])


@pytest.mark.parametrize(("member", "domain"), [("Domain", "shop"), ("CustomDomain", "login.example.com")])
def test_pool_with_a_domain_stays(member: str, domain: str) -> None:
    """A pool is not deleted while it has a domain, which updates keep."""
    pool = Pool()
    description = pool.cloud.state.pools[pool.id].description
    description[member] = domain
    pool.call("UpdateUserPool", PoolName="renamed")
    with refused(
        "InvalidParameterException",
        "User pool cannot be deleted. It has a domain configured that should be deleted first.",
    ):
        pool.call("DeleteUserPool")
    del pool.cloud.state.pools[pool.id].description[member]
    pool.call("DeleteUserPool")
    assert pool.cloud.state.pools == {}


def test_protected_pool_is_not_deleted() -> None:
    """Deletion protection has to be lifted first."""
    pool = Pool(DeletionProtection="ACTIVE")
    with refused(INVALID):
        pool.call("DeleteUserPool")
    pool.call("UpdateUserPool")
    pool.call("DeleteUserPool")
    with refused("ResourceNotFoundException", f"User pool {pool.id} does not exist."):
        pool.call("DescribeUserPool")


def test_pools_are_listed_page_by_page_and_by_region() -> None:
    """A list has the pools of one Region, in pages."""
    cloud = Cloud()
    made = [Pool(cloud).id for _ in range(3)]
    cloud.handle("CreateUserPool", {"PoolName": "elsewhere"}, region="eu-west-1")
    first = cloud.handle("ListUserPools", {"MaxResults": 2})
    second = cloud.handle("ListUserPools", {"MaxResults": 2, "NextToken": first["NextToken"]})
    assert [pool["Id"] for pool in first["UserPools"] + second["UserPools"]] == made
    assert "NextToken" not in second
    assert "NextToken" not in cloud.handle("ListUserPools", {"MaxResults": 3})
    with refused(INVALID):
        cloud.handle("ListUserPools", {"MaxResults": 2, "NextToken": "page-99"})


def test_custom_attributes_are_added_once() -> None:
    """A custom attribute is added to the schema, and neither twice nor as a required one."""
    pool = Pool(Schema=[{"Name": "email", "Required": True}, {"Name": "plan", "AttributeDataType": "String"}])
    pool.call("AddCustomAttributes", CustomAttributes=[{"Name": "seats", "AttributeDataType": "Number"}])
    names = {item["Name"]: item for item in pool.shown["SchemaAttributes"]}
    assert names["email"]["Required"]
    assert names["custom:seats"]["AttributeDataType"] == "Number"
    for again in ({"Name": "plan"}, {"Name": "more", "Required": True}, {}):
        with refused(INVALID):
            pool.call("AddCustomAttributes", CustomAttributes=[again])


def test_former_names_of_texts_show_the_template() -> None:
    """The former names of the texts set the template, and are shown beside it."""
    pool = sms_pool(SmsVerificationMessage="Code: {####}")
    assert pool.shown["VerificationMessageTemplate"]["SmsMessage"] == pool.shown["SmsVerificationMessage"]
