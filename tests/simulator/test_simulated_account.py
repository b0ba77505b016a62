"""The account behind an access token: MFA preferences, factors, permissions, revoking, deleting."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from simulated import EMAIL, EMAIL_POOL, NAME, PHONE, VERIFY_EMAIL, WITH_SECRET, Caller, refused

from flowengine.settings import Client, Mfa, Passkey, PoolSettings

ALL_FACTORS = PoolSettings(verification=VERIFY_EMAIL, mfa=Mfa(mode="optional", factors=("sms", "totp", "email")))
ENABLED = {"Enabled": True}
PREFERRED = {"Enabled": True, "PreferredMfa": True}
DISABLED = {"Enabled": False}
REQUIRED = ("InvalidParameterException", "MFA is required for the user pool and cannot be turned off for a user")
ALONE = (
    "InvalidParameterException",
    "A passkey counts for MFA only where passkeys are configured as multi-factor and the user has another factor",
)


async def account(settings: PoolSettings, **attributes: str) -> tuple[Caller, str]:
    """Return a pool, and the access token of a user with an e-mail address and these attributes."""
    pool = Caller(settings)
    return pool, await pool.signed_in(email=EMAIL, **attributes)


async def prefer(pool: Caller, access_token: str, **settings: dict[str, bool]) -> dict[str, Any]:
    """Call SetUserMFAPreference; return the MFA settings that GetUser then shows."""
    assert await pool.call("SetUserMFAPreference", AccessToken=access_token, **settings) == {}
    answer = await pool.call("GetUser", AccessToken=access_token)
    return {name: answer[name] for name in ("UserMFASettingList", "PreferredMfaSetting") if name in answer}


async def register_app(pool: Caller, access_token: str) -> None:
    """Register an authenticator app."""
    secret = (await pool.call("AssociateSoftwareToken", AccessToken=access_token))["SecretCode"]
    code = pyotp.TOTP(secret).at(int(pool.simulator.clock.now()))
    await pool.call("VerifySoftwareToken", AccessToken=access_token, UserCode=code)


async def test_every_factor() -> None:
    """Every factor that a user has can be active; one is preferred, and the next preference takes its place."""
    pool, token = await account(ALL_FACTORS, phone_number=PHONE)
    await register_app(pool, token)
    everything = {"UserMFASettingList": ["EMAIL_OTP", "SMS_MFA", "SOFTWARE_TOKEN_MFA"]}
    shown = await prefer(
        pool, token, SMSMfaSettings=ENABLED, EmailMfaSettings=ENABLED, SoftwareTokenMfaSettings=PREFERRED
    )
    assert shown == everything | {"PreferredMfaSetting": "SOFTWARE_TOKEN_MFA"}
    assert await prefer(pool, token, SMSMfaSettings=PREFERRED) == everything | {"PreferredMfaSetting": "SMS_MFA"}
    assert await prefer(pool, token, SMSMfaSettings=ENABLED) == everything


async def test_switched_off() -> None:
    """A factor that is switched off is no longer preferred; what the request omits stays."""
    pool, token = await account(ALL_FACTORS, phone_number=PHONE)
    await prefer(pool, token, SMSMfaSettings=PREFERRED, EmailMfaSettings=ENABLED)
    assert await prefer(pool, token, SMSMfaSettings=DISABLED) == {"UserMFASettingList": ["EMAIL_OTP"]}
    assert await prefer(pool, token, EmailMfaSettings=DISABLED) == {}


async def test_one_preference() -> None:
    """Two factors cannot both be preferred, and then nothing changes."""
    pool, token = await account(ALL_FACTORS, phone_number=PHONE)
    with refused("InvalidParameterException", "Only one MFA factor can be preferred"):
        await prefer(pool, token, SMSMfaSettings=PREFERRED, EmailMfaSettings=PREFERRED)
    assert await prefer(pool, token) == {}


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ("SMSMfaSettings", "User does not have a phone_number set to turn on SMS MFA"),
        ("SoftwareTokenMfaSettings", "User has not verified software token mfa"),
        ("EmailMfaSettings", "User does not have delivery config set to turn on EMAIL_OTP"),
    ],
)
async def test_what_a_factor_needs(member: str, message: str) -> None:
    """A factor needs its contact, or a verified authenticator app."""
    pool = Caller(ALL_FACTORS)
    await pool.sign_up()
    pool.simulator.confirm_user(NAME)
    token = (await pool.tokens())["AccessToken"]
    await pool.call("AssociateSoftwareToken", AccessToken=token)
    with refused("InvalidParameterException", message):
        await prefer(pool, token, **{member: ENABLED})


async def test_last_factor_stays_where_mfa_is_required() -> None:
    """Where MFA is required, the preference can change, and the last factor cannot be switched off."""
    pool = Caller(PoolSettings(verification=VERIFY_EMAIL, mfa=Mfa(mode="required", factors=("sms", "email"))))
    await pool.confirmed(email=EMAIL, phone_number=PHONE)
    await pool.call("AdminSetUserMFAPreference", Username=NAME, SMSMfaSettings=PREFERRED, EmailMfaSettings=ENABLED)
    token = (await pool.tokens())["AccessToken"]
    assert await prefer(pool, token, EmailMfaSettings=DISABLED) == {
        "UserMFASettingList": ["SMS_MFA"],
        "PreferredMfaSetting": "SMS_MFA",
    }
    with refused(*REQUIRED):
        await prefer(pool, token, SMSMfaSettings=DISABLED)


@pytest.mark.parametrize("factor_configuration", ["SINGLE_FACTOR", "MULTI_FACTOR_WITH_USER_VERIFICATION"])
async def test_passkey_needs_another_factor(factor_configuration: str) -> None:
    """A passkey does not count for MFA by itself, nor where passkeys are single factors."""
    passkey = Passkey(factor_configuration=factor_configuration)
    settings = PoolSettings(verification=VERIFY_EMAIL, mfa=Mfa(mode="optional", factors=("email",)), passkey=passkey)
    pool, token = await account(settings)
    with refused(*ALONE):
        await prefer(pool, token, WebAuthnMfaSettings=ENABLED)
    both = {"WebAuthnMfaSettings": ENABLED, "EmailMfaSettings": ENABLED}
    if factor_configuration == "SINGLE_FACTOR":
        with refused(*ALONE):
            await prefer(pool, token, **both)
        return
    assert await prefer(pool, token, **both) == {"UserMFASettingList": ["EMAIL_OTP", "WEB_AUTHN"]}
    with refused(*ALONE):
        await prefer(pool, token, EmailMfaSettings=DISABLED)


async def test_auth_factors() -> None:
    """The factors to begin with are those that the pool allows and the user has."""
    settings = PoolSettings(
        verification=VERIFY_EMAIL,
        mfa=Mfa(mode="optional", factors=("email",)),
        allowed_first_auth_factors=("PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"),
    )
    pool, token = await account(settings)
    answer = await pool.call("GetUserAuthFactors", AccessToken=token)
    assert answer == {"Username": NAME, "ConfiguredUserAuthFactors": ["PASSWORD", "EMAIL_OTP"]}
    pool.simulator.update_user_attributes(NAME, {"phone_number": PHONE})
    await prefer(pool, token, EmailMfaSettings=PREFERRED)
    assert await pool.call("GetUserAuthFactors", AccessToken=token) == {
        "Username": NAME,
        "ConfiguredUserAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP"],
        "UserMFASettingList": ["EMAIL_OTP"],
        "PreferredMfaSetting": "EMAIL_OTP",
    }


async def test_auth_factors_of_a_pool_with_passwords() -> None:
    """A pool that allows passwords alone offers no more, whatever the user has."""
    pool, token = await account(EMAIL_POOL)
    answer = await pool.call("GetUserAuthFactors", AccessToken=token)
    assert answer["ConfiguredUserAuthFactors"] == ["PASSWORD"]


async def test_read_attributes() -> None:
    """A client that may read some attributes sees those alone, here and in the ID token."""
    client = Client(read_attributes=("email", "name"))
    pool = Caller(PoolSettings(verification=VERIFY_EMAIL, client=client))
    sub = await pool.confirmed(email=EMAIL, name="Ada", nickname="A")
    tokens = await pool.tokens()
    assert await pool.attributes(tokens["AccessToken"]) == {"sub": sub, "email": EMAIL, "name": "Ada"}
    claims = await pool.driver.verify(tokens["IdToken"])
    assert claims["email"] == EMAIL
    assert claims.keys().isdisjoint({"email_verified", "nickname"})


async def test_delete_user() -> None:
    """A user who deletes the account is gone with all tokens, and the name is free."""
    pool, token = await account(EMAIL_POOL)
    assert await pool.call("DeleteUser", AccessToken=token) == {}
    with refused("UserNotFoundException", "User does not exist."):
        await pool.attributes(token)
    await pool.signed_in(email=EMAIL)


async def test_access_token_while_a_reset_is_required() -> None:
    """An access token is of no use to a user who has to reset the password."""
    pool, token = await account(EMAIL_POOL)
    pool.simulator.reset_user_password(NAME)
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        await pool.call("GlobalSignOut", AccessToken=token)


async def test_revoked_refresh_token() -> None:
    """A revoked refresh token takes the tokens of its own sign-in with it, no others, and can be revoked again."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    gone, kept = await pool.tokens(), await pool.tokens()
    for _ in range(2):
        assert await pool.call("RevokeToken", Token=gone["RefreshToken"]) == {}
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        await pool.attributes(gone["AccessToken"])
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        await pool.call("GetTokensFromRefreshToken", RefreshToken=gone["RefreshToken"])
    await pool.attributes(kept["AccessToken"])


@pytest.mark.parametrize("token", ["AccessToken", "IdToken"])
async def test_only_refresh_tokens_are_revoked(token: str) -> None:
    """Other tokens cannot be revoked; an unknown text is no error."""
    pool = Caller()
    await pool.confirmed(email=EMAIL)
    tokens = await pool.tokens()
    with refused("UnsupportedTokenTypeException", "Only refresh tokens can be revoked"):
        await pool.call("RevokeToken", Token=tokens[token])
    assert await pool.call("RevokeToken", Token="unknown") == {}


async def test_revocation_is_off() -> None:
    """A client without revocation revokes nothing."""
    pool = Caller(PoolSettings(verification=VERIFY_EMAIL, client=Client(enable_token_revocation=False)))
    await pool.confirmed(email=EMAIL)
    with refused("UnsupportedOperationException", "Token revocation is not enabled for the client"):
        await pool.call("RevokeToken", Token=(await pool.tokens())["RefreshToken"])


async def test_secret_of_the_client() -> None:
    """A client with a secret proves it to revoke."""
    pool = Caller(PoolSettings(verification=VERIFY_EMAIL, client=WITH_SECRET))
    await pool.confirmed(email=EMAIL)
    token = (await pool.tokens())["RefreshToken"]
    with refused("UnauthorizedException", "The client's secret is missing or wrong"):
        await pool.call("RevokeToken", Token=token, ClientSecret="a" * 24)
    assert await pool.call("RevokeToken", Token=token) == {}
