"""Settings that break the rules: for every rule an example, and what is said of it."""

from __future__ import annotations

from typing import Final

from flowengine.settings import PoolSettings, broken_rules, parse_pool

VERIFIED: Final = "verification.auto_verified_attributes="
SMS_MFA: Final = "mfa.mode=optional mfa.factors=sms"
EMAIL_MFA: Final = "mfa.mode=optional mfa.factors=email email_sending_account=DEVELOPER"
SES: Final = "email_sending_account=DEVELOPER"
USER_AUTH: Final = "client.explicit_auth_flows=ALLOW_USER_AUTH"
SMS_FOR_ALL: Final = "mfa.mode=required mfa.factors=sms"
LITE: Final = "user_pool_tier=LITE"
PLUS: Final = "user_pool_tier=PLUS"
END_USER: Final = "sms_transport=END_USER_MESSAGING"
PASSKEYS: Final = "allowed_first_auth_factors=PASSWORD,WEB_AUTHN"
SMS_OTP: Final = "allowed_first_auth_factors=PASSWORD,SMS_OTP"
EMAIL_OTP: Final = "allowed_first_auth_factors=EMAIL_OTP,PASSWORD"
PHONE_RECOVERY: Final = "account_recovery=verified_phone_number"
RELYING_PARTY: Final = "passkey.relying_party_id=example.com"
MULTI_FACTOR: Final = f"{RELYING_PARTY} passkey.factor_configuration=MULTI_FACTOR_WITH_USER_VERIFICATION"
TOKEN_EXCHANGE: Final = "ALLOW_TOKEN_EXCHANGE_DELEGATION,ALLOW_TOKEN_EXCHANGE_IMPERSONATION"
CUSTOM_AUTH: Final = "client.explicit_auth_flows=ALLOW_CUSTOM_AUTH"


def pool(text: str) -> PoolSettings:
    """Return settings from text; e-mail is verified unless they say otherwise."""
    return parse_pool(text if VERIFIED in text else f"{VERIFIED}email {text}")


def broken(text: str) -> dict[str, str]:
    """Return the rules that settings break, each with the offending values."""
    return {rule.id: detail for rule, detail in broken_rules(pool(text))}


BREAKS: Final = {
    "sign-in-username-attributes-known": ("sign_in.username_attributes=fax", "'fax'"),
    "sign-in-alias-attributes-known": ("sign_in.alias_attributes=fax", "'fax'"),
    "verification-auto-verified-attributes-known": (f"{VERIFIED}fax,telex", "'fax', 'telex'"),
    "verification-attributes-require-verification-before-update-known": (
        f"{VERIFIED}fax verification.attributes_require_verification_before_update=fax",
        "'fax'",
    ),
    "verification-default-email-option-known": ("verification.default_email_option=CONFIRM_BY_FAX", "'CONFIRM_BY_FAX'"),
    "mfa-mode-known": ("mfa.mode=sometimes mfa.factors=totp", "'sometimes'"),
    "mfa-factors-known": ("mfa.mode=optional mfa.factors=pigeon,totp", "'pigeon'"),
    "allowed-first-auth-factors-known": (
        f"allowed_first_auth_factors=PASSWORD,SOFTWARE_TOKEN {USER_AUTH}",
        "'SOFTWARE_TOKEN'",
    ),
    "passkey-user-verification-known": ("passkey.user_verification=discouraged", "'discouraged'"),
    "passkey-factor-configuration-known": ("passkey.factor_configuration=TRIPLE", "'TRIPLE'"),
    "account-recovery-known": ("account_recovery=verified_fax", "'verified_fax'"),
    "devices-remembered-known": ("devices.remembered=sometimes", "'sometimes'"),
    "lambda-triggers-known": ("lambda_triggers=post_mortem", "'post_mortem'"),
    "client-explicit-auth-flows-known": ("client.explicit_auth_flows=USER_SRP_AUTH", "'USER_SRP_AUTH'"),
    "client-refresh-token-rotation-known": ("client.refresh_token_rotation=SLOW", "'SLOW'"),
    "client-prevent-user-existence-errors-known": ("client.prevent_user_existence_errors=MAYBE", "'MAYBE'"),
    "user-pool-tier-known": ("user_pool_tier=GOLD", "'GOLD'"),
    "advanced-security-mode-known": (f"advanced_security_mode=SHY {PLUS}", "'SHY'"),
    "email-sending-account-known": ("email_sending_account=PIGEON", "'PIGEON'"),
    "sms-transport-known": ("sms_transport=PIGEON", "'PIGEON'"),
    "assumptions-totp-setup-ends-in-known": ("assumptions.totp_setup_ends_in=TEARS", "'TEARS'"),
    "assumptions-first-sign-in-without-factor-known": ("assumptions.first_sign_in_without_factor=TEARS", "'TEARS'"),
    "assumptions-flow-not-enabled-exception-known": ("assumptions.flow_not_enabled_exception=Oops", "'Oops'"),
    "assumptions-resend-unverified-exception-known": ("assumptions.resend_unverified_exception=Oops", "'Oops'"),
    "password-length": ("password_policy.minimum_length=5", ""),
    "password-history-size": ("password_policy.password_history_size=25", ""),
    "temporary-password-validity": ("password_policy.temporary_password_validity_days=366", ""),
    "unused-account-validity": ("admin_create_user.unused_account_validity_days=-1", ""),
    "session-validity": ("client.auth_session_validity=16", ""),
    "access-token-validity": ("client.access_token_validity=4", ""),
    "id-token-validity": ("client.id_token_validity=4", ""),
    "refresh-token-validity": ("client.refresh_token_validity=5256001", ""),
    "retry-grace-period": ("client.retry_grace_period_seconds=61", ""),
    "sms-otp-length": ("assumptions.sms_otp_length=5", ""),
    "usernames-or-aliases": ("sign_in.username_attributes=email sign_in.alias_attributes=email", ""),
    "preferred-username-required": (
        "sign_in.alias_attributes=preferred_username required_attributes=preferred_username",
        "",
    ),
    "alias-never-verified": ("sign_in.alias_attributes=email,phone_number", "'phone_number'"),
    "phone-verification-needs-sms": (f"{VERIFIED}phone_number sms_configuration=false", ""),
    "update-needs-auto-verification": (
        "verification.attributes_require_verification_before_update=email,phone_number",
        "'phone_number'",
    ),
    "nothing-verified": (VERIFIED, ""),
    "custom-attribute-count": (f"custom_attributes={','.join(map(str, range(51)))}", ""),
    "custom-attribute-name": (f"'custom_attributes=team,a b,{21 * 'x'}'", f"'a b', '{21 * 'x'}'"),
    "custom-attribute-required": ("required_attributes=custom:team", "'custom:team'"),
    "required-attribute-known": ("required_attributes=emial,name", "'emial'"),
    "read-attributes-known": ("client.read_attributes=custom:team,email,sub", "'custom:team'"),
    "write-attributes-known": ("client.write_attributes=custom:team,email", "'custom:team'"),
    "write-attributes-read-only": (
        "client.write_attributes=email,email_verified,identities,phone_number_verified,sub",
        "'email_verified', 'identities', 'phone_number_verified', 'sub'",
    ),
    "write-attributes-required": ("client.write_attributes=email required_attributes=email,name", "'name'"),
    "mfa-needs-sms": (f"{SMS_MFA} sms_configuration=false", ""),
    "mfa-needs-factor": ("mfa.mode=required", ""),
    "mfa-off-without-factors": ("mfa.factors=sms sms_configuration=false", ""),
    "email-mfa-needs-ses": ("mfa.mode=optional mfa.factors=email", ""),
    "sms-mfa-needs-phone-verification": (f"{SMS_MFA} assumptions.sms_mfa_needs_phone_verification=true", ""),
    "sms-mfa-not-removable": ("mfa.mode=optional mfa.factors=totp assumptions.sms_mfa_removable=false", ""),
    "mfa-without-phone": (SMS_FOR_ALL, ""),
    "mfa-with-unverified-phone": (
        f"{SMS_FOR_ALL} required_attributes=phone_number assumptions.unverified_phone_for_mfa=false",
        "",
    ),
    "devices-challenged-not-remembered": ("devices.challenge_required_on_new_device=true", ""),
    "adaptive-authentication-assumes-optional-mfa": (f"advanced_security_mode=ENFORCED {PLUS}", ""),
    "first-factor-needed": ("allowed_first_auth_factors= assumptions.password_factor_optional=true", ""),
    "first-factors-need-password": (f"allowed_first_auth_factors=SMS_OTP {USER_AUTH}", ""),
    "sms-otp-needs-sms": (f"{SMS_OTP} {USER_AUTH} sms_configuration=false", ""),
    "email-otp-without-ses": (f"{EMAIL_OTP} {USER_AUTH}", ""),
    "email-otp-needs-ses": (f"{EMAIL_OTP} {USER_AUTH} assumptions.email_otp_needs_ses=true", ""),
    "otp-beside-required-mfa": (f"{SMS_OTP} {USER_AUTH} mfa.mode=required mfa.factors=totp", "'SMS_OTP'"),
    "otp-hidden-by-mfa": (f"{SMS_OTP} {USER_AUTH} mfa.mode=optional mfa.factors=totp", "'SMS_OTP'"),
    "passkey-beside-required-mfa": (
        f"{PASSKEYS} {USER_AUTH} mfa.mode=required mfa.factors=totp domain=login.example.com",
        "",
    ),
    "passkey-verification-preferred": (f"{PASSKEYS} {USER_AUTH} {MULTI_FACTOR} mfa.mode=optional mfa.factors=totp", ""),
    "passkey-without-relying-party": (f"{PASSKEYS} {USER_AUTH}", ""),
    "relying-party-id-length": ("passkey.relying_party_id=", ""),
    "first-factors-need-user-auth": (SMS_OTP, "'SMS_OTP'"),
    "recovery-repeated": ("account_recovery=verified_email,verified_email", ""),
    "admin-only-recovery-alone": ("account_recovery=verified_email,admin_only", ""),
    "phone-recovery-with-sms-mfa-alone": (
        f"{VERIFIED}phone_number {SMS_FOR_ALL} required_attributes=phone_number {PHONE_RECOVERY}",
        "",
    ),
    "phone-recovery-with-sms-mfa": (
        f"{VERIFIED}phone_number {SMS_MFA} {PHONE_RECOVERY} assumptions.phone_recovery_refused_with_sms_mfa=true",
        "",
    ),
    "email-recovery-with-email-mfa-alone": (f"account_recovery=verified_email {EMAIL_MFA}", ""),
    "recovery-is-mfa-channel": (
        f"{VERIFIED}email,phone_number account_recovery=verified_phone_number,verified_email {SMS_MFA}",
        "'verified_phone_number'",
    ),
    "first-recovery-is-only-factor": (
        f"{VERIFIED}email,phone_number {SMS_FOR_ALL} required_attributes=phone_number {PHONE_RECOVERY},verified_email",
        "",
    ),
    "recovery-never-verified": ("account_recovery=verified_email,verified_phone_number", "'phone_number'"),
    "temporary-password-validity-once": (
        "password_policy.temporary_password_validity_days=7 admin_create_user.unused_account_validity_days=7",
        "",
    ),
    "verification-sms-message-characters": ("verification.sms_message='Code\n{####}'", "'\\n'"),
    "verification-sms-message-length": (f"verification.sms_message={{####}}{135 * 'x'}", ""),
    "verification-sms-message-code": ("verification.sms_message='no code'", ""),
    "verification-email-subject-characters": (f"{SES} verification.email_subject='a\0b'", "'\\x00'"),
    "verification-email-subject-length": (f"{SES} verification.email_subject=", ""),
    "verification-email-message-characters": (f"{SES} verification.email_message='{{####}}\0'", "'\\x00'"),
    "verification-email-message-length": (f"{SES} verification.email_message={{####}}{19995 * 'x'}", ""),
    "verification-email-message-code": (f"{SES} verification.email_message='no code'", ""),
    "mfa-sms-message-characters": (f"{SMS_MFA} mfa.sms_message='Code\n{{####}}'", "'\\n'"),
    "mfa-sms-message-length": (f"{SMS_MFA} mfa.sms_message={{####}}{135 * 'x'}", ""),
    "mfa-sms-message-code": (f"{SMS_MFA} mfa.sms_message='no code'", ""),
    "mfa-email-subject-characters": (f"{EMAIL_MFA} mfa.email_subject='a\0b'", "'\\x00'"),
    "mfa-email-subject-length": (f"{EMAIL_MFA} mfa.email_subject=", ""),
    "mfa-email-message-characters": (f"{EMAIL_MFA} mfa.email_message='{{####}}\0'", "'\\x00'"),
    "mfa-email-message-length": (f"{EMAIL_MFA} mfa.email_message={{####}}{19995 * 'x'}", ""),
    "mfa-email-message-code": (f"{EMAIL_MFA} mfa.email_message='no code'", ""),
    "email-texts-need-ses": (
        " ".join(
            f"{section}.email_subject=hello {section}.email_message='{{####}}'" for section in ("verification", "mfa")
        ),
        "verification.email_subject, verification.email_message, mfa.email_subject, mfa.email_message",
    ),
    "mfa-message-without-factor": (
        f"{SES} mfa.sms_message='code: {{####}}' mfa.email_subject=code mfa.email_message='code: {{####}}'",
        "mfa.sms_message, mfa.email_subject, mfa.email_message",
    ),
    "link-needs-domain": ("verification.default_email_option=CONFIRM_WITH_LINK", ""),
    "auth-flow-names-mixed": ("client.explicit_auth_flows=ADMIN_NO_SRP_AUTH,ALLOW_USER_SRP_AUTH", ""),
    "no-flow-begins-a-sign-in": (
        f"client.explicit_auth_flows=ALLOW_REFRESH_TOKEN_AUTH,{TOKEN_EXCHANGE}",
        "",
    ),
    "rotation-or-refresh-flow": ("client.refresh_token_rotation=ENABLED", ""),
    "tokens-within-refresh-token": (
        "client.access_token_validity=91 client.id_token_validity=120 client.refresh_token_validity=90",
        "'access_token_validity', 'id_token_validity'",
    ),
    "custom-auth-needs-triggers": (
        CUSTOM_AUTH,
        "'create_auth_challenge', 'define_auth_challenge', 'verify_auth_challenge_response'",
    ),
    "migration-needs-password-flow": (
        "client.explicit_auth_flows=ALLOW_USER_SRP_AUTH lambda_triggers=user_migration",
        "",
    ),
    "email-mfa-needs-essentials": (f"{LITE} {EMAIL_MFA}", ""),
    "passwordless-needs-essentials": (f"{LITE} {SMS_OTP}", "'SMS_OTP'"),
    "passkeys-need-essentials": (f"{LITE} {RELYING_PARTY}", ""),
    "password-history-needs-essentials": (f"{LITE} password_policy.password_history_size=1", ""),
    "rotation-below-essentials": (
        f"{LITE} client.refresh_token_rotation=ENABLED client.explicit_auth_flows=ALLOW_USER_SRP_AUTH",
        "",
    ),
    "user-auth-below-essentials": (f"{LITE} {USER_AUTH}", ""),
    "user-auth-needs-essentials": (f"{LITE} {USER_AUTH} assumptions.user_auth_on_lite=false", ""),
    "threat-protection-needs-plus": ("advanced_security_mode=AUDIT", ""),
    "sns-region": ("region=eu-west-2 sms_region=us-east-1", "eu-west-2 takes eu-west-2 or eu-west-1"),
    "end-user-messaging-region": (f"{END_USER} region=eu-west-2 sms_region=eu-west-1", ""),
    "end-user-messaging-missing": (f"{END_USER} region=ap-east-1", ""),
}
"""For every rule settings that break it, and the offending values that it names."""

ALSO: Final = {
    "verification-attributes-require-verification-before-update-known": {
        "verification-auto-verified-attributes-known": "'fax'"
    },
    "phone-recovery-with-sms-mfa-alone": {
        "recovery-is-mfa-channel": "'verified_phone_number'",
        "first-recovery-is-only-factor": "",
    },
    "first-recovery-is-only-factor": {"recovery-is-mfa-channel": "'verified_phone_number'"},
    "phone-recovery-with-sms-mfa": {"recovery-is-mfa-channel": "'verified_phone_number'"},
    "email-recovery-with-email-mfa-alone": {"recovery-is-mfa-channel": "'verified_email'"},
    "email-texts-need-ses": {"mfa-message-without-factor": "mfa.email_subject, mfa.email_message"},
    "passwordless-needs-essentials": {"first-factors-need-user-auth": "'SMS_OTP'"},
}
"""What else the examples break, where they cannot break their rule alone."""
