"""What a signed-in user does with an access token: GetUser, SetUserMFAPreference, GlobalSignOut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from flowengine.settings import CONTACTS
from flowengine.simulator import users
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import (
    ACCESS_TOKEN_REVOKED,
    MFA_OFF,
    MFA_REQUIRED,
    NO_FACTOR,
    NO_PHONE_FOR_MFA,
    USER_NOT_FOUND,
    PoolError,
)
from flowengine.simulator.state import Factor, User
from flowengine.simulator.tokens import user_of_access_token

__all__ = ["get_user", "global_sign_out", "set_user_mfa_preference"]

Answer = dict[str, Any]
OTHER_FACTORS: Final[Mapping[str, str]] = {
    "SoftwareTokenMfaSettings": "SOFTWARE_TOKEN_MFA",
    "EmailMfaSettings": "EMAIL_OTP",
}
"""Factors that these pools do not offer, by the member that would switch them on."""


def get_user(call: Call) -> Answer:
    """
    Return the user's name, attributes and MFA settings; members without a value are absent.

    Source: GetUser.
    """
    user = user_of_access_token(call)
    flags = {f"{name}_verified": str(name in user.verified).lower() for name in CONTACTS if name in user.attributes}
    attributes = {"sub": user.sub} | user.attributes | flags
    answer: Answer = {
        "Username": user.username,
        "UserAttributes": [{"Name": name, "Value": value} for name, value in attributes.items()],
    }
    if user.mfa:
        answer["UserMFASettingList"] = sorted(user.mfa)
    if user.preferred_mfa is not None:
        answer["PreferredMfaSetting"] = user.preferred_mfa
    return answer


def set_user_mfa_preference(call: Call) -> Answer:
    """
    Switch SMS MFA on or off for the user; settings that the request omits stay as they are.

    Source: SetUserMFAPreference; shape SMSMfaSettingsType.
    """
    user = user_of_access_token(call)
    if call.settings.mfa.mode == "off":
        raise MFA_OFF.error()
    for member, factor in OTHER_FACTORS.items():
        if (call.params.get(member) or {}).get("Enabled"):
            raise NO_FACTOR.error(factor=factor)
    wanted = call.params.get("SMSMfaSettings")
    if wanted is not None:
        _set_sms(call, user, wanted)
    return {}


def _set_sms(call: Call, user: User, wanted: Mapping[str, bool]) -> None:
    enabled = bool(wanted.get("Enabled"))
    if enabled and "phone_number" not in user.attributes:
        raise NO_PHONE_FOR_MFA.error()
    if not enabled and call.settings.mfa.mode == "required":
        raise MFA_REQUIRED.error()
    mfa: frozenset[Factor] = user.mfa | {"SMS_MFA"} if enabled else user.mfa - {"SMS_MFA"}
    preferred: Factor | None = "SMS_MFA" if enabled and wanted.get("PreferredMfa") else None
    users.store(call.state, attrs.evolve(user, mfa=mfa, preferred_mfa=preferred))


def global_sign_out(call: Call) -> Answer:
    """
    Revoke every access and refresh token of the user.

    Source: GlobalSignOut, which declares no UserNotFoundException.
    """
    try:
        user = user_of_access_token(call)
    except PoolError as error:
        if error.exception == USER_NOT_FOUND.exception:
            raise ACCESS_TOKEN_REVOKED.error() from error
        raise
    users.revoke(call.state, user.sub)
    return {}
