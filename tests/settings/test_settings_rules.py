"""The rules of valid settings: each one is broken by its example alone, and by nothing that merely looks like it."""

from __future__ import annotations

import pytest
from broken_pools import (
    ALSO,
    BREAKS,
    CUSTOM_AUTH,
    EMAIL_MFA,
    EMAIL_OTP,
    END_USER,
    LITE,
    MULTI_FACTOR,
    PASSKEYS,
    PHONE_RECOVERY,
    PLUS,
    RELYING_PARTY,
    SES,
    SMS_FOR_ALL,
    SMS_MFA,
    SMS_OTP,
    TOKEN_EXCHANGE,
    USER_AUTH,
    VERIFIED,
    broken,
    pool,
)

from flowengine.settings import RULES, PoolSettings, broken_rules, is_valid, setting

WARNINGS = {
    "preferred-username-required", "alias-never-verified", "nothing-verified", "mfa-without-phone",
    "mfa-with-unverified-phone", "adaptive-authentication-assumes-optional-mfa", "email-otp-without-ses",
    "otp-hidden-by-mfa", "passkey-verification-preferred", "passkey-without-relying-party",
    "first-factors-need-user-auth", "recovery-is-mfa-channel", "first-recovery-is-only-factor",
    "recovery-never-verified", "mfa-message-without-factor", "link-needs-domain", "no-flow-begins-a-sign-in",
    "custom-auth-needs-triggers", "migration-needs-password-flow", "rotation-below-essentials",
    "user-auth-below-essentials", "end-user-messaging-missing",
}  # fmt: skip
"""The rules that Cognito does not enforce."""

VERIFIED_USER = f"{MULTI_FACTOR} passkey.user_verification=required"
CHALLENGE_TRIGGERS = "create_auth_challenge,define_auth_challenge,verify_auth_challenge_response"

FINE = (
    "sign_in.alias_attributes=email,preferred_username",
    f"{VERIFIED}phone_number sign_in.alias_attributes=phone_number",
    "verification.attributes_require_verification_before_update=email",
    f"{VERIFIED} lambda_triggers=pre_sign_up",
    f"{VERIFIED} admin_create_user.allow_admin_create_user_only=true",
    f"custom_attributes={','.join(map(str, range(50)))}",
    f"custom_attributes={20 * 'x'},x",
    "custom_attributes=team client.read_attributes=custom:team,identities client.write_attributes=custom:team",
    "required_attributes=name client.write_attributes=email,name",
    "required_attributes=name client.read_attributes=email",
    "mfa.mode=required mfa.factors=totp sms_configuration=false",
    f"{SMS_FOR_ALL},totp",
    EMAIL_MFA,
    f"{VERIFIED}phone_number {SMS_MFA} assumptions.sms_mfa_needs_phone_verification=true",
    "mfa.mode=optional mfa.factors=totp assumptions.sms_mfa_needs_phone_verification=true",
    f"{SMS_MFA},totp assumptions.sms_mfa_removable=false",
    "mfa.mode=optional mfa.factors=totp assumptions.sms_mfa_removable=false sms_configuration=false",
    "assumptions.sms_mfa_removable=false",
    f"{SMS_FOR_ALL},totp assumptions.unverified_phone_for_mfa=false",
    f"{SMS_MFA} assumptions.unverified_phone_for_mfa=false",
    f"{PLUS} advanced_security_mode=AUDIT",
    f"{PLUS} advanced_security_mode=ENFORCED {SMS_MFA}",
    f"allowed_first_auth_factors=SMS_OTP {USER_AUTH} assumptions.password_factor_optional=true",
    f"{SMS_OTP} {USER_AUTH}",
    f"{EMAIL_OTP} {USER_AUTH} {SES}",
    f"{EMAIL_OTP} {USER_AUTH} {SES} assumptions.email_otp_needs_ses=true",
    f"{PASSKEYS} {USER_AUTH} domain=login.example.com",
    f"{PASSKEYS} {USER_AUTH} {RELYING_PARTY}",
    f"{PASSKEYS} {USER_AUTH} {RELYING_PARTY} mfa.mode=optional mfa.factors=totp",
    f"{PASSKEYS} {USER_AUTH} {MULTI_FACTOR}",
    f"{PASSKEYS} {USER_AUTH} {VERIFIED_USER} mfa.mode=required mfa.factors=totp",
    f"{MULTI_FACTOR} mfa.mode=required mfa.factors=totp",
    "account_recovery=admin_only",
    f"{VERIFIED}email,phone_number account_recovery=verified_phone_number,verified_email",
    f"account_recovery=verified_email {SMS_MFA}",
    f"{VERIFIED}phone_number {PHONE_RECOVERY} {EMAIL_MFA}",
    f"account_recovery=verified_email {SMS_MFA} assumptions.phone_recovery_refused_with_sms_mfa=true",
    f"{VERIFIED}phone_number {PHONE_RECOVERY} assumptions.phone_recovery_refused_with_sms_mfa=true",
    "password_policy.temporary_password_validity_days=7",
    "admin_create_user.unused_account_validity_days=7",
    f"{SES} verification.email_subject=hello",
    f"{SMS_MFA} mfa.sms_message='code: {{####}}'",
    f"{EMAIL_MFA} mfa.email_subject=code mfa.email_message='code: {{####}}'",
    "verification.default_email_option=CONFIRM_WITH_LINK domain=login.example.com",
    f"{VERIFIED}phone_number verification.default_email_option=CONFIRM_WITH_LINK",
    f"client.explicit_auth_flows=ADMIN_NO_SRP_AUTH,CUSTOM_AUTH_FLOW_ONLY lambda_triggers={CHALLENGE_TRIGGERS}",
    f"{USER_AUTH},{TOKEN_EXCHANGE}",
    "devices.remembered=always",
    "devices.remembered=opt_in devices.challenge_required_on_new_device=true",
    "client.refresh_token_rotation=ENABLED client.explicit_auth_flows=ALLOW_USER_SRP_AUTH",
    "client.access_token_validity=90 client.id_token_validity=90 client.refresh_token_validity=90",
    f"{CUSTOM_AUTH} lambda_triggers={CHALLENGE_TRIGGERS}",
    "client.explicit_auth_flows=ALLOW_ADMIN_USER_PASSWORD_AUTH lambda_triggers=user_migration",
    "client.explicit_auth_flows=USER_PASSWORD_AUTH lambda_triggers=user_migration",
    f"{LITE} {SMS_MFA}",
    f"{LITE} assumptions.user_auth_on_lite=false",
    f"{USER_AUTH} assumptions.user_auth_on_lite=false",
    "password_policy.password_history_size=24",
    f"{END_USER} region=eu-west-2 sms_region=eu-west-2",
    f"{END_USER} region=ap-east-1 sms_configuration=false",
    "region=eu-west-2 sms_region=us-east-1 sms_configuration=false",
    "sms_region=us-east-1",
    f"{END_USER} sms_region=us-east-1",
)
"""Settings that come close to breaking a rule, and break none."""

BOUNDS = {
    "password_policy.minimum_length": (6, 99),
    "password_policy.password_history_size": (0, 24),
    "password_policy.temporary_password_validity_days": (0, 365),
    "admin_create_user.unused_account_validity_days": (0, 365),
    "client.auth_session_validity": (3, 15),
    "client.access_token_validity": (5, 1440),
    "client.id_token_validity": (5, 1440),
    "client.refresh_token_validity": (60, 5_256_000),
    "client.retry_grace_period_seconds": (0, 60),
    "assumptions.sms_otp_length": (6, 8),
}

TEXTS = {
    "verification.sms_message": (6, 140, SES),
    "verification.email_subject": (1, 140, SES),
    "verification.email_message": (6, 20_000, SES),
    "mfa.sms_message": (6, 140, SMS_MFA),
    "mfa.email_subject": (1, 140, EMAIL_MFA),
    "mfa.email_message": (6, 20_000, EMAIL_MFA),
}

SNS_REGIONS = {
    "us-east-1": "us-east-1",
    "us-east-2": "us-east-2 us-east-1",
    "ap-south-1": "ap-south-1 ap-southeast-1",
    "ca-central-1": "ca-central-1 us-east-1",
    "eu-central-1": "eu-central-1 eu-west-1",
    "eu-west-2": "eu-west-2 eu-west-1",
    "ap-northeast-2": "ap-northeast-1",
    "ap-east-1": "ap-east-1 ap-southeast-1",
    "ap-southeast-5": "ap-southeast-5 ap-southeast-1",
    "ap-southeast-7": "ap-southeast-7 ap-south-1",
}
"""Where Amazon SNS sends from for pools in a Region."""


def test_table_breaks_every_rule() -> None:
    """Every rule has a stable name of its own and an example."""
    assert list(BREAKS) == [rule.id for rule in RULES]


def test_every_rule_speaks_of_a_setting() -> None:
    """A rule's path leads to a setting, so that a complaint can name its place."""
    for rule in RULES:
        setting(PoolSettings(), rule.path)
        assert rule.message
        assert rule.source


def test_severity_tells_what_cognito_refuses() -> None:
    """What Cognito takes and users suffer from is a warning, all else an error."""
    assert {rule.id for rule in RULES if rule.severity == "warning"} == WARNINGS


@pytest.mark.parametrize("rule", BREAKS)
def test_rule_is_broken_alone(rule: str) -> None:
    """A minimal example breaks its rule and nothing unexpected, and names the offending values."""
    text, detail = BREAKS[rule]
    assert broken(text) == {rule: detail} | ALSO.get(rule, {})
    assert is_valid(pool(text)) is ({rule, *ALSO.get(rule, {})} <= WARNINGS)


@pytest.mark.parametrize("text", FINE)
def test_near_miss_breaks_nothing(text: str) -> None:
    """Settings that only look like a mistake are met with silence."""
    assert broken(text) == {}


def test_every_broken_rule_is_reported() -> None:
    """Settings that are wrong in several ways hear all of them at once, in the order of the table."""
    text = (
        f"{VERIFIED}phone_number sms_configuration=false sign_in.username_attributes=email mfa.mode=required "
        "sign_in.alias_attributes=phone_number required_attributes=custom:x,shoe_size verification.sms_message=hm "
        "password_policy.minimum_length=100"
    )
    assert list(broken(text)) == [
        "password-length", "usernames-or-aliases", "phone-verification-needs-sms", "custom-attribute-required",
        "required-attribute-known", "mfa-needs-factor", "verification-sms-message-length",
        "verification-sms-message-code",
    ]  # fmt: skip


@pytest.mark.parametrize("path", BOUNDS)
def test_bounds_are_inclusive(path: str) -> None:
    """The smallest and the largest value are fine, their outer neighbours are not."""
    least, most = BOUNDS[path]
    good = [not broken(f"{path}={value}") for value in (least - 1, least, most, most + 1)]
    assert good == [False, True, True, False]


@pytest.mark.parametrize("path", TEXTS)
def test_lengths_of_texts_are_inclusive(path: str) -> None:
    """A text of the least and of the most characters is fine, one character more is not."""
    least, most, around = TEXTS[path]
    texts = ["{####}".ljust(size, "x")[:size] for size in (least, most, most + 1)]
    assert [not broken(f"{around} {path}={text}") for text in texts] == [True, True, False]


def test_relying_party_id_has_1_to_127_characters() -> None:
    """The shortest and the longest relying party are fine, an empty one and a longer one are not."""
    good = [not broken(f"passkey.relying_party_id={size * 'x'}") for size in (0, 1, 127, 128)]
    assert good == [False, True, True, False]


def test_phone_recovery_is_refused_only_where_sms_is_the_one_factor() -> None:
    """Where MFA has another factor, or is optional, recovery by phone alone is a warning."""
    for mfa in (SMS_MFA, f"{SMS_FOR_ALL},totp"):
        text = f"{VERIFIED}phone_number {PHONE_RECOVERY} {mfa}"
        assert broken(text) == {"recovery-is-mfa-channel": "'verified_phone_number'"}


@pytest.mark.parametrize(
    ("settings", "stranded"),
    [
        ("mfa.mode=required mfa.factors=sms account_recovery=verified_phone_number,verified_email", True),
        ("mfa.mode=required mfa.factors=email account_recovery=verified_email,verified_phone_number", True),
        ("mfa.mode=required mfa.factors=sms account_recovery=verified_email,verified_phone_number", False),
        ("mfa.mode=required mfa.factors=sms,totp account_recovery=verified_phone_number,verified_email", False),
        ("mfa.mode=optional mfa.factors=sms account_recovery=verified_phone_number,verified_email", False),
        ("mfa.mode=required mfa.factors=totp account_recovery=admin_only", False),
        ("mfa.mode=required mfa.factors=sms", False),
    ],
)
def test_first_way_to_recover_must_not_be_the_only_factor(*, settings: str, stranded: bool) -> None:
    """Required MFA by one channel warns where that channel is the first way to recover."""
    found = broken(f"{VERIFIED}email,phone_number {SES} {settings}")
    assert ("first-recovery-is-only-factor" in found) is stranded


@pytest.mark.parametrize("contact", ["email", "phone_number"])
def test_recovery_takes_what_is_verified(contact: str) -> None:
    """Each contact warns as a way to recover where only the other one is verified."""
    (other,) = {"email", "phone_number"} - {contact}
    text = f"{VERIFIED}{other} account_recovery=verified_{contact},verified_{other}"
    assert broken(text) == {"recovery-never-verified": f"'{contact}'"}


@pytest.mark.parametrize("factors", ["EMAIL_OTP", "SMS_OTP", "EMAIL_OTP,SMS_OTP"])
def test_codes_do_not_go_with_mfa(factors: str) -> None:
    """Every one-time code is refused beside required MFA, and hidden from users of optional MFA."""
    named = ", ".join(repr(factor) for factor in factors.split(","))
    around = f"allowed_first_auth_factors={factors},PASSWORD {USER_AUTH} {SES} mfa.factors=totp"
    assert broken(f"{around} mfa.mode=required") == {"otp-beside-required-mfa": named}
    assert broken(f"{around} mfa.mode=optional") == {"otp-hidden-by-mfa": named}


@pytest.mark.parametrize(
    ("factors", "unused"),
    [("sms", "mfa.email_subject, mfa.email_message"), ("email", "mfa.sms_message"), ("email,sms", None)],
)
def test_mfa_texts_go_with_their_factor(factors: str, unused: str | None) -> None:
    """A text is of use only where MFA offers the factor that sends it."""
    texts = "mfa.sms_message='{####}' mfa.email_subject=code mfa.email_message='{####}'"
    found = broken(f"{SES} mfa.mode=optional mfa.factors={factors} {texts}")
    assert found.get("mfa-message-without-factor") == unused


@pytest.mark.parametrize("region", SNS_REGIONS)
def test_sns_sends_from_own_region_or_its_alternate(region: str) -> None:
    """Amazon SNS sends from the pool's Region or from one other, and from Seoul only through Tokyo."""
    every = {name for names in SNS_REGIONS.values() for name in names.split()}
    allowed = {name for name in every if not broken(f"region={region} sms_region={name}")}
    assert allowed == set(SNS_REGIONS[region].split())
    assert (broken(f"region={region}") == {}) is (region in allowed)


@pytest.mark.parametrize("region", ["ap-east-1", "ap-southeast-5", "ap-southeast-7"])
def test_end_user_messaging_is_missing_in_some_regions(region: str) -> None:
    """Three Regions have no End User Messaging for pools of their own."""
    assert broken(f"{END_USER} region={region}") == {"end-user-messaging-missing": ""}


@pytest.mark.parametrize(
    ("text", "stranded"),
    [
        ("", True),
        ("sign_in.username_attributes=email", True),
        ("sign_in.username_attributes=email,phone_number", True),
        ("sign_in.username_attributes=phone_number", False),
        ("required_attributes=phone_number", False),
    ],
)
def test_required_sms_mfa_strands_who_has_no_phone(*, text: str, stranded: bool) -> None:
    """Required SMS MFA warns unless every user is sure to have a phone number."""
    assert ("mfa-without-phone" in broken(f"{SMS_FOR_ALL} {text}")) is stranded


@pytest.mark.parametrize(
    ("switch", "text", "before", "after"),
    [
        ("sms_mfa_needs_phone_verification=true", SMS_MFA, [], ["error"]),
        ("sms_mfa_removable=false", "mfa.mode=required mfa.factors=totp", [], ["error"]),
        ("unverified_phone_for_mfa=false", f"{SMS_FOR_ALL} required_attributes=phone_number", [], ["warning"]),
        (
            "phone_recovery_refused_with_sms_mfa=true",
            f"{VERIFIED}phone_number {SMS_MFA} {PHONE_RECOVERY}",
            ["warning"],
            ["error", "warning"],
        ),
        ("password_factor_optional=true", f"allowed_first_auth_factors=SMS_OTP {USER_AUTH}", ["error"], []),
        ("email_otp_needs_ses=true", f"{EMAIL_OTP} {USER_AUTH}", ["warning"], ["error"]),
        ("user_auth_on_lite=false", f"{LITE} {USER_AUTH}", ["warning"], ["error"]),
    ],
)
def test_assumption_turns_the_verdict(switch: str, text: str, before: list[str], after: list[str]) -> None:
    """Where the sources disagree, a switch decides between fine, a warning and an error."""
    for settings, severities in ((text, before), (f"{text} assumptions.{switch}", after)):
        assert [rule.severity for rule, _ in broken_rules(pool(settings))] == severities


def test_warnings_tell_who_gets_stuck() -> None:
    """A complaint names the setting, what happens to whom, and the offending values."""
    ((rule, detail),) = broken_rules(pool("account_recovery=verified_email,verified_phone_number"))
    assert rule.complaint(detail) == (
        "pool.account_recovery: recovery takes a verified attribute, and nothing verifies this one: users who have no "
        "other get no code for a new password, ForgotPassword answers InvalidParameterException ('phone_number')"
    )
