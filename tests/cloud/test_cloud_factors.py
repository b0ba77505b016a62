"""MFA of the embedded account's pools."""

from __future__ import annotations

from typing import Any

import pytest
from accounts import EXTERNAL_ID, Pool, refused, sms_configuration, sms_pool

INVALID = "InvalidParameterException"
SES = {"EmailSendingAccount": "DEVELOPER", "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/example.com"}
TOTP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
OFF_WITH_FACTOR = "Invalid MFA configuration given, can't turn off MFA and configure an MFA together"


def test_mfa_at_creation_is_sms() -> None:
    """A pool that is made with MFA offers SMS."""
    pool = sms_pool(MfaConfiguration="ON", SmsAuthenticationMessage="Code: {####}")
    assert pool.call("GetUserPoolMfaConfig") == {
        "MfaConfiguration": "ON",
        "SmsMfaConfiguration": {
            "SmsAuthenticationMessage": "Code: {####}",
            "SmsConfiguration": pool.shown["SmsConfiguration"],
        },
        "SoftwareTokenMfaConfiguration": {"Enabled": False},
    }


def test_everything_is_replaced() -> None:
    """What the request leaves out is switched off."""
    pool = Pool(EmailConfiguration=SES)
    email = {"EmailMfaConfiguration": {"Subject": "Code", "Message": "It is {####}"}}
    passkeys = {"WebAuthnConfiguration": {"RelyingPartyId": "example.com"}}
    answer = pool.call("SetUserPoolMfaConfig", MfaConfiguration="ON", **TOTP, **email, **passkeys)
    assert answer == {"MfaConfiguration": "ON", **TOTP, **email, **passkeys} == pool.call("GetUserPoolMfaConfig")
    assert pool.shown["MfaConfiguration"] == "ON"
    assert pool.call("SetUserPoolMfaConfig") == {"MfaConfiguration": "OFF"}
    assert pool.shown["MfaConfiguration"] == "OFF"


def test_passkeys_need_no_mfa() -> None:
    """Passkeys are no second factor, and can be configured while MFA is off."""
    passkeys = {"WebAuthnConfiguration": {"RelyingPartyId": "example.com", "UserVerification": "required"}}
    assert Pool().call("SetUserPoolMfaConfig", **passkeys) == {"MfaConfiguration": "OFF", **passkeys}


@pytest.mark.parametrize(
    ("message", "given"),
    [
        (OFF_WITH_FACTOR, TOTP),
        (OFF_WITH_FACTOR, {"MfaConfiguration": "OFF", "SoftwareTokenMfaConfiguration": {"Enabled": False}}),
        (OFF_WITH_FACTOR, {"EmailMfaConfiguration": {}}),
        (
            "Invalid MFA Configuration given. SMS MFA, Email MFA, or Software Token MFA must be enabled.",
            {"MfaConfiguration": "ON"},
        ),
        (
            "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.",
            {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": False}},
        ),
        (
            (
                "Cannot set EmailMfaConfiguration when user pool EmailConfiguration contains an EmailSendingAccount of "
                "COGNITO_DEFAULT."
            ),
            {"MfaConfiguration": "ON", "EmailMfaConfiguration": {}},
        ),
        (
            "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
            {"MfaConfiguration": "ON", "SmsMfaConfiguration": {}},
        ),
    ],
)
def test_refused_factors(message: str, given: dict[str, Any]) -> None:
    """Blocks that do not suit the mode or the pool are refused, and change nothing."""
    pool = Pool()
    before = pool.shown
    with refused(INVALID, message):
        pool.call("SetUserPoolMfaConfig", **given)
    assert pool.shown == before
    assert pool.call("GetUserPoolMfaConfig") == {"MfaConfiguration": "OFF"}


@pytest.mark.parametrize("factor", ["EMAIL_OTP", "WEB_AUTHN"])
def test_required_mfa_and_first_factors(factor: str) -> None:
    """Where MFA is required, neither codes nor passkeys of one factor begin a sign-in."""
    pool = Pool(Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", factor]}})
    with refused(INVALID):
        pool.call("SetUserPoolMfaConfig", MfaConfiguration="ON", **TOTP)
    pool.call("SetUserPoolMfaConfig", MfaConfiguration="OPTIONAL", **TOTP)


def test_sms_configuration_comes_with_the_factor() -> None:
    """SMS MFA can bring the SMS configuration and its text."""
    pool = Pool()
    sms = {"SmsConfiguration": sms_configuration(pool.cloud), "SmsAuthenticationMessage": "Code: {####}"}
    pool.call("SetUserPoolMfaConfig", MfaConfiguration="OPTIONAL", SmsMfaConfiguration=sms)
    assert pool.call("GetUserPoolMfaConfig")["SmsMfaConfiguration"] == sms
    assert {name: pool.shown[name] for name in sms} == sms


def test_update_switches_mfa_to_optional_and_not_to_required() -> None:
    """UpdateUserPool makes MFA optional where SMS exist, never required, and leaves what is required alone."""
    pool = sms_pool()
    with refused(INVALID, "Cannot turn MFA functionality ON, once the user pool has been created."):
        pool.call("UpdateUserPool", MfaConfiguration="ON")
    pool.call("UpdateUserPool", MfaConfiguration="OPTIONAL")
    assert "SmsMfaConfiguration" in pool.call("GetUserPoolMfaConfig")
    pool.call("SetUserPoolMfaConfig", MfaConfiguration="ON", SmsMfaConfiguration={})
    pool.call("UpdateUserPool", MfaConfiguration="ON")
    pool.call("UpdateUserPool", MfaConfiguration="OFF")
    assert pool.call("GetUserPoolMfaConfig") == {"MfaConfiguration": "OFF"}
    with refused(INVALID):
        Pool().call("UpdateUserPool", MfaConfiguration="OPTIONAL")


def test_update_keeps_the_factors() -> None:
    """An update that repeats the mode keeps the factors that it has no member for."""
    pool = Pool()
    pool.call("SetUserPoolMfaConfig", MfaConfiguration="OPTIONAL", **TOTP)
    pool.call("UpdateUserPool", MfaConfiguration="OPTIONAL")
    assert pool.call("GetUserPoolMfaConfig") == {"MfaConfiguration": "OPTIONAL", **TOTP}


def test_role_of_the_factor_is_checked() -> None:
    """The role that comes with the factor must be trusted."""
    sms = {"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::123456789012:role/none", "ExternalId": EXTERNAL_ID}}
    with refused("InvalidSmsRoleTrustRelationshipException"):
        Pool().call("SetUserPoolMfaConfig", MfaConfiguration="ON", SmsMfaConfiguration=sms)
