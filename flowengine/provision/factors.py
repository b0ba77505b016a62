"""The arguments of SetUserPoolMfaConfig, which replaces everything that it sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flowengine.settings import MFA_CONFIGURATION, Passkey, PoolSettings

__all__ = ["mfa_arguments", "sms_block"]


def mfa_arguments(pool: PoolSettings, description: Mapping[str, Any], mfa: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the arguments that give a pool its second factors and its passkeys.

    Args:
        pool: The settings that it is to have.
        description: The pool as DescribeUserPool shows it at that time.
        mfa: The answer of GetUserPoolMfaConfig at that time.

    Source: SetUserPoolMfaConfig; MFA that is off goes with no block of a factor, and what is left out is switched off.
    """
    arguments: dict[str, Any] = {"MfaConfiguration": MFA_CONFIGURATION[pool.mfa.mode]}
    if "sms" in pool.mfa.factors:
        arguments["SmsMfaConfiguration"] = sms_block(description)
    if "totp" in pool.mfa.factors:
        arguments["SoftwareTokenMfaConfiguration"] = {"Enabled": True}
    if "email" in pool.mfa.factors:
        texts = {"Subject": pool.mfa.email_subject, "Message": pool.mfa.email_message}
        arguments["EmailMfaConfiguration"] = {name: text for name, text in texts.items() if text is not None}
    before = mfa.get("WebAuthnConfiguration")
    if pool.passkey != Passkey() or (before and pool.user_pool_tier != "LITE"):
        arguments["WebAuthnConfiguration"] = _passkey(pool.passkey, before or {})
    return arguments


def sms_block(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return what SetUserPoolMfaConfig and its counterpart say of SMS: members of the pool itself."""
    members = ("SmsAuthenticationMessage", "SmsConfiguration")
    return {name: description[name] for name in members if description.get(name)}


def _passkey(passkey: Passkey, before: Mapping[str, Any]) -> dict[str, Any]:
    """The block; that a passkey is a single factor is said only where something else was."""
    block = {"UserVerification": passkey.user_verification}
    if passkey.relying_party_id is not None:
        block["RelyingPartyId"] = passkey.relying_party_id
    if passkey.factor_configuration != "SINGLE_FACTOR" or "FactorConfiguration" in before:
        block["FactorConfiguration"] = passkey.factor_configuration
    return block
