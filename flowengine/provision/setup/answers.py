"""The answers of someone who sets a pool up, and the settings that follow from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from flowengine.settings import Client, Mfa, Passkey, PoolSettings, SignIn, Verification

__all__ = ["Answers", "needed_attributes", "pool_of"]


@frozen(kw_only=True)
class Answers:
    """
    What was answered, or stands at its default.

    Args:
        path: `default` asks for the least, `manual` for everything.
        sign_in: `username`, `email`, `phone_number` or `email_or_phone_number`; None while that is open.
        aliases: What works beside a username.
        case_sensitive: Whether `Ann` and `ann` are two users.
        mfa: `off`, `required` or `optional`.
        factors: The second factors.
        sms_mfa_message: The text of the SMS that brings a code for MFA.
        verify: What is verified at sign-up: `email`, `phone_number`, `both` or `none`.
        email_sender: `cognito` or `ses`; None for what the other answers need.
        email_subject: The subject of the e-mail that verifies.
        email_message: Its body.
        sms_message: The text of the SMS that verifies.
        required: What sign-up must carry, beside what the other answers need.
        first_factors: What a sign-in may begin with beside a password.
        relying_party_id: The domain that passkeys belong to.
        email_mfa_subject: The subject of the e-mail that brings a code for MFA.
        email_mfa_message: Its body.

    Source: the defaults are those of `amplify add auth`, and of the console for `case_sensitive`.
    """

    path: str = "default"
    sign_in: str | None = None
    aliases: tuple[str, ...] = ()
    case_sensitive: bool = False
    mfa: str = "off"
    factors: tuple[str, ...] = ()
    sms_mfa_message: str = "Your authentication code is {####}"
    verify: str = "email"
    email_sender: str | None = None
    email_subject: str = "Your verification code"
    email_message: str = "Your verification code is {####}"
    sms_message: str = "Your verification code is {####}"
    required: tuple[str, ...] = ()
    first_factors: tuple[str, ...] = ()
    relying_party_id: str | None = None
    email_mfa_subject: str = "Your authentication code"
    email_mfa_message: str = "Your authentication code is {####}"

    @property
    def usernames(self) -> tuple[str, ...]:
        """The contact attributes that are the username."""
        return _USERNAMES[self.sign_in]

    @property
    def verified(self) -> tuple[str, ...]:
        """The contact attributes that are verified."""
        return _VERIFIED[self.verify]

    @property
    def sends_own_email(self) -> bool:
        """Whether e-mail goes out through the account's own Amazon SES identity."""
        if self.email_sender is None:
            return "email" in self.factors
        return self.email_sender == "ses"

    @property
    def sends_sms(self) -> bool:
        """Whether anything goes out by SMS."""
        return "phone_number" in self.verified or "sms" in self.factors or "SMS_OTP" in self.first_factors


_USERNAMES: Final = {
    None: (),
    "username": (),
    "email": ("email",),
    "phone_number": ("phone_number",),
    "email_or_phone_number": ("email", "phone_number"),
}
_VERIFIED: Final = {
    "email": ("email",),
    "phone_number": ("phone_number",),
    "both": ("email", "phone_number"),
    "none": (),
}
_RECOVERY: Final = {"email": "verified_email", "phone_number": "verified_phone_number"}
_CHANNELS: Final = {"email": "email", "sms": "phone_number", "EMAIL_OTP": "email", "SMS_OTP": "phone_number"}
"""Where the code of a factor goes."""


def pool_of(answers: Answers) -> PoolSettings:
    """
    Return the settings that follow from answers. Texts that nobody would get are left out.

    Args:
        answers: Answers in any combination, also one that Cognito refuses.

    Source: of what is not asked, recovery goes by what is verified and no channel of MFA (user-pool-settings-mfa), and
    a passkey beside MFA counts as several factors, with its user verified (WebAuthnConfigurationType).
    """
    return PoolSettings(
        sign_in=SignIn(
            username_attributes=answers.usernames,
            alias_attributes=answers.aliases,
            case_sensitive=answers.case_sensitive,
        ),
        verification=_verification(answers),
        mfa=_mfa(answers),
        allowed_first_auth_factors=("PASSWORD", *answers.first_factors),
        passkey=_passkey(answers),
        account_recovery=_recovery(answers),
        required_attributes=(*answers.required, *needed_attributes(answers)),
        client=_client(answers),
        email_sending_account="DEVELOPER" if answers.sends_own_email else "COGNITO_DEFAULT",
        sms_configuration=answers.sends_sms,
    )


def needed_attributes(answers: Answers) -> tuple[str, ...]:
    """
    Return what sign-up must carry beside the username, so that every user can be verified and use every factor.

    Args:
        answers: Answers in any combination.

    Source: the sign-up section of the Amplify guide on SMS flows; user-pool-settings-mfa.
    """
    needed = {*_needed_by_factors(answers)}
    # Where either contact is the username and both are verified, the one that a user has is enough.
    if answers.sign_in != "email_or_phone_number" or answers.verify != "both":
        needed |= {*answers.verified}
    if len(answers.usernames) == 1:
        needed -= {*answers.usernames}
    return tuple(sorted(needed))


def _needed_by_factors(answers: Answers) -> Iterator[str]:
    return (_CHANNELS[name] for name in (*answers.factors, *answers.first_factors) if name in _CHANNELS)


def _verification(answers: Answers) -> Verification:
    own_email = answers.sends_own_email and "email" in answers.verified
    return Verification(
        auto_verified_attributes=answers.verified,
        sms_message=answers.sms_message if "phone_number" in answers.verified else None,
        email_subject=answers.email_subject if own_email else None,
        email_message=answers.email_message if own_email else None,
    )


def _mfa(answers: Answers) -> Mfa:
    by_email = "email" in answers.factors and answers.sends_own_email
    return Mfa(
        mode=answers.mfa,
        factors=answers.factors,
        sms_message=answers.sms_mfa_message if "sms" in answers.factors else None,
        email_subject=answers.email_mfa_subject if by_email else None,
        email_message=answers.email_mfa_message if by_email else None,
    )


def _passkey(answers: Answers) -> Passkey:
    if "WEB_AUTHN" not in answers.first_factors:
        return Passkey()
    if answers.mfa == "off":
        return Passkey(relying_party_id=answers.relying_party_id)
    return Passkey(
        relying_party_id=answers.relying_party_id,
        user_verification="required",
        factor_configuration="MULTI_FACTOR_WITH_USER_VERIFICATION",
    )


def _recovery(answers: Answers) -> tuple[str, ...]:
    shut = {_CHANNELS.get(factor) for factor in answers.factors}
    return tuple(_RECOVERY[name] for name in answers.verified if name not in shut)


def _client(answers: Answers) -> Client:
    if not answers.first_factors:
        return Client()
    return Client(explicit_auth_flows=("ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH"))
