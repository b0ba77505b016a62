"""What the sources on Cognito disagree about: one switch each, at its recommended default."""

from __future__ import annotations

from attrs import frozen

from flowengine.settings.values import one_of, value

__all__ = ["Assumptions"]


@frozen(kw_only=True, cache_hash=True)
class Assumptions:
    """
    How Cognito is taken to behave where its sources disagree. The defaults follow what was measured.

    Args:
        totp_setup_ends_in: What answers a completed MFA_SETUP with TOTP: `TOKENS` (measured) or another
            `SOFTWARE_TOKEN_MFA` challenge (the guide).
        first_sign_in_without_factor: What a self-registered user without a factor gets at the first sign-in where MFA
            is required: `MFA_SETUP` (measured) or, once, `TOKENS` (a note in the guide).
        unverified_phone_for_mfa: Whether an unverified phone number is eligible for SMS MFA; the guide is not
            consistent.
        sms_mfa_needs_phone_verification: Whether SMS MFA needs phone_number among the auto-verified attributes: the
            API's message says so, measured pools do without.
        phone_recovery_refused_with_sms_mfa: Whether any recovery by phone is refused beside SMS MFA (one report of
            2023) or only as the single way back where SMS MFA is required for all.
        sms_mfa_removable: Whether a pool with an SMS configuration may offer MFA without SMS (measured), or not
            (CloudFormation's message).
        password_factor_optional: Whether AllowedFirstAuthFactors may lack PASSWORD (samples of the guide) or not
            (measured).
        email_otp_needs_ses: Whether EMAIL_OTP as a first factor needs an Amazon SES identity (a footnote of the guide)
            or works with Cognito's own e-mail (measured).
        user_auth_on_lite: Whether USER_AUTH with PASSWORD alone works on the LITE plan (the newest page on plans) or
            needs ESSENTIALS (the service model).
        flow_not_enabled_exception: The exception for a flow that the client does not allow.
        resend_unverified_exception: The exception of ResendConfirmationCode where nothing is verified.
        sms_otp_length: Digits of an SMS_OTP code: the guide says 6, the one of EMAIL_OTP was measured at 8.
    """

    totp_setup_ends_in: str = one_of("TOKENS", "SOFTWARE_TOKEN_MFA")
    first_sign_in_without_factor: str = one_of("MFA_SETUP", "TOKENS")
    unverified_phone_for_mfa: bool = value(default=True)
    sms_mfa_needs_phone_verification: bool = value(default=False)
    phone_recovery_refused_with_sms_mfa: bool = value(default=False)
    sms_mfa_removable: bool = value(default=True)
    password_factor_optional: bool = value(default=False)
    email_otp_needs_ses: bool = value(default=False)
    user_auth_on_lite: bool = value(default=True)
    flow_not_enabled_exception: str = one_of("InvalidParameterException", "NotAuthorizedException")
    resend_unverified_exception: str = one_of("InvalidParameterException", "NotAuthorizedException")
    sms_otp_length: int = value(default=6)
