"""A pool's second factors and passkeys: SetUserPoolMfaConfig, and showing what it set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flowengine.settings import settings_of
from flowengine.simulator.cloud.refusals import (
    MFA_ALL_DISABLED,
    MFA_OFF_WITH_FACTOR,
    MFA_WITHOUT_FACTOR,
    MFA_WITHOUT_SMS,
)
from flowengine.simulator.cloud.roles import check_role
from flowengine.simulator.cloud.rules import check_settings
from flowengine.simulator.cloud.state import Answer, PoolRecord, Request

__all__ = ["MFA_BLOCKS", "get_user_pool_mfa_config", "set_user_pool_mfa_config", "sms_block"]

Block = dict[str, Any]

MFA_BLOCKS: Final = ("SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration")
"""The blocks of the second factors; that of passkeys is none of them."""


def set_user_pool_mfa_config(request: Request) -> Answer:
    """
    Set MFA, its factors and how passkeys are used; what is left out is switched off.

    Source: SetUserPoolMfaConfig, and what was measured.
    """
    record, params = request.pool(), request.params
    mode = params.get("MfaConfiguration", "OFF")
    _check_blocks(mode, params)
    description = _described(request, record)
    factors = _factors(params)
    if "SmsMfaConfiguration" in factors and "SmsConfiguration" not in description:
        raise MFA_WITHOUT_SMS.error()
    check_settings(settings_of(description, factors))
    record.description, record.factors = description, factors
    return _shown(record)


def get_user_pool_mfa_config(request: Request) -> Answer:
    """
    Show MFA, its factors and how passkeys are used.

    Source: GetUserPoolMfaConfig.
    """
    return _shown(request.pool())


def sms_block(description: Mapping[str, Any]) -> Block:
    """Return the blocks of a pool that switches MFA on together with its SMS configuration."""
    return {"SmsMfaConfiguration": {}} if "SmsConfiguration" in description else {}


def _check_blocks(mode: str, params: Mapping[str, Any]) -> None:
    """Refuse blocks that do not suit the mode; whether a block is disabled does not count where MFA is off."""
    given = [name for name in MFA_BLOCKS if params.get(name) is not None]
    if mode == "OFF" and given:
        raise MFA_OFF_WITH_FACTOR.error()
    if mode != "OFF" and not given:
        raise MFA_WITHOUT_FACTOR.error()
    if mode != "OFF" and not any(_offers(name, params[name]) for name in given):
        raise MFA_ALL_DISABLED.error()


def _offers(name: str, block: Mapping[str, Any]) -> bool:
    return name != "SoftwareTokenMfaConfiguration" or bool(block.get("Enabled"))


def _described(request: Request, record: PoolRecord) -> Block:
    """The description after the request, which may bring another SMS configuration or text."""
    sms = request.params.get("SmsMfaConfiguration") or {}
    changed: Block = {
        "MfaConfiguration": request.params.get("MfaConfiguration", "OFF"), "LastModifiedDate": request.now
    }  # fmt: skip
    if "SmsConfiguration" in sms:
        check_role(request.state.roles, sms["SmsConfiguration"])
        changed["SmsConfiguration"] = sms["SmsConfiguration"]
    if sms.get("SmsAuthenticationMessage"):
        changed["SmsAuthenticationMessage"] = sms["SmsAuthenticationMessage"]
    return record.description | changed


def _factors(params: Mapping[str, Any]) -> Block:
    """The blocks to keep; what SMS says is part of the description."""
    offered = {name: params[name] for name in MFA_BLOCKS if name in params and _offers(name, params[name])}
    if "SmsMfaConfiguration" in offered:
        offered["SmsMfaConfiguration"] = {}
    passkeys = params.get("WebAuthnConfiguration")
    return offered | ({"WebAuthnConfiguration": passkeys} if passkeys else {})


def _shown(record: PoolRecord) -> Answer:
    pool, factors = record.description, record.factors
    answer: Answer = {"MfaConfiguration": pool["MfaConfiguration"], **factors}
    if "SmsMfaConfiguration" in factors:
        names = ("SmsAuthenticationMessage", "SmsConfiguration")
        answer["SmsMfaConfiguration"] = {name: pool[name] for name in names if name in pool}
    if pool["MfaConfiguration"] != "OFF":
        answer.setdefault("SoftwareTokenMfaConfiguration", {"Enabled": False})
    return answer
