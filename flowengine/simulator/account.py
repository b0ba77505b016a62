"""What a signed-in user does with an access token: the account, its MFA preferences, signing out, deletion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from flowengine.simulator import users
from flowengine.simulator.attributes import listed, readable, shown
from flowengine.simulator.factors import POOL_FACTORS
from flowengine.simulator.passkeys import MULTI_FACTOR
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import (
    MFA_OFF,
    MFA_PREFERENCES_MANY,
    MFA_REQUIRED,
    NO_FACTOR,
    NO_PHONE_FOR_MFA,
    PASSKEY_ALONE,
    TOTP_UNVERIFIED,
    USER_NOT_FOUND,
    Refusal,
)
from flowengine.simulator.state import Factor, User
from flowengine.simulator.tokens import user_of_access_token

__all__ = [
    "delete_user", "get_user", "get_user_auth_factors", "global_sign_out", "mfa_settings", "set_user_mfa_preference",
    "with_mfa_preference",
]  # fmt: skip

Answer = dict[str, Any]

SETTINGS: Final[Mapping[str, Factor]] = {
    "SMSMfaSettings": "SMS_MFA",
    "SoftwareTokenMfaSettings": "SOFTWARE_TOKEN_MFA",
    "EmailMfaSettings": "EMAIL_OTP",
    "WebAuthnMfaSettings": "WEB_AUTHN",
}
"""The factor that each member of SetUserMFAPreference is about."""
NEEDS: Final[tuple[tuple[Factor, Callable[[User], object], Refusal], ...]] = (
    ("SMS_MFA", lambda user: user.attributes.get("phone_number"), NO_PHONE_FOR_MFA),
    ("SOFTWARE_TOKEN_MFA", lambda user: user.totp, TOTP_UNVERIFIED),
    ("EMAIL_OTP", lambda user: user.attributes.get("email"), NO_FACTOR),
)
"""What a user needs to activate a factor, and how to refuse without it."""
FIRST_FACTORS: Final[Mapping[str, Callable[[User], object]]] = {
    "PASSWORD": lambda user: user.password,
    "EMAIL_OTP": lambda user: user.attributes.get("email"),
    "SMS_OTP": lambda user: user.attributes.get("phone_number"),
    "WEB_AUTHN": lambda user: user.passkeys,
}
"""What a user needs to sign in by each first factor."""


def get_user(call: Call) -> Answer:
    """
    Return the user's name, readable attributes and MFA settings; members without a value are absent.

    Source: GetUser.
    """
    user = user_of_access_token(call)
    attributes = readable(call.settings, shown(user))
    return {"Username": user.username, "UserAttributes": listed(attributes), **mfa_settings(user)}


def mfa_settings(user: User) -> Answer:
    """
    Return the members that say which second factors are active; without any they are absent.

    Source: GetUser (UserMFASettingList, PreferredMfaSetting).
    """
    active = {"UserMFASettingList": sorted(user.mfa)} if user.mfa else {}
    preferred = {"PreferredMfaSetting": user.preferred_mfa} if user.preferred_mfa is not None else {}
    return active | preferred


def get_user_auth_factors(call: Call) -> Answer:
    """
    Return the first factors that the pool allows and the user has, and the MFA settings.

    Source: GetUserAuthFactors.
    """
    user = user_of_access_token(call)
    allowed = call.settings.allowed_first_auth_factors
    configured = [factor for factor, has in FIRST_FACTORS.items() if factor in allowed and has(user)]
    return {"Username": user.username, "ConfiguredUserAuthFactors": configured, **mfa_settings(user)}


def set_user_mfa_preference(call: Call) -> Answer:
    """
    Activate and prefer second factors of the user; factors that the request omits stay as they are.

    Source: SetUserMFAPreference.
    """
    users.store(call.state, with_mfa_preference(call, user_of_access_token(call)))
    return {}


def with_mfa_preference(call: Call, user: User) -> User:
    """
    Return a user with the MFA settings that a request has.

    Source: SetUserMFAPreference, AdminSetUserMFAPreference.
    """
    if call.settings.mfa.mode == "off":
        raise MFA_OFF.error()
    wanted = {factor: call.params[member] for member, factor in SETTINGS.items() if call.params.get(member)}
    enabled = {factor for factor, settings in wanted.items() if settings.get("Enabled")}
    preferred = {factor for factor in enabled if wanted[factor].get("PreferredMfa")}
    if len(preferred) > 1:
        raise MFA_PREFERENCES_MANY.error()
    _check_usable(call, user, enabled)
    active = frozenset(user.mfa - wanted.keys() | enabled)
    _check_enough(call, active, asked=bool(wanted))
    kept = user.preferred_mfa if user.preferred_mfa not in wanted else None
    return attrs.evolve(user, mfa=active, preferred_mfa=next(iter(preferred), kept))


def _check_usable(call: Call, user: User, factors: set[Factor]) -> None:
    """Refuse factors that the pool does not offer, or that the user lacks something for."""
    for factor in sorted(factors & POOL_FACTORS.keys()):
        if POOL_FACTORS[factor] not in call.settings.mfa.factors:
            raise NO_FACTOR.error(factor=factor)
    for factor, has, refusal in NEEDS:
        if factor in factors and not has(user):
            raise refusal.error(factor=factor)
    if "WEB_AUTHN" in factors and call.settings.passkey.factor_configuration != MULTI_FACTOR:
        raise PASSKEY_ALONE.error()


def _check_enough(call: Call, active: frozenset[Factor], *, asked: bool) -> None:
    """Refuse to leave a user without a factor where MFA is required, or with a passkey as the only one."""
    if asked and not active and call.settings.mfa.mode == "required":
        raise MFA_REQUIRED.error()
    if active == {"WEB_AUTHN"}:
        raise PASSKEY_ALONE.error()


def global_sign_out(call: Call) -> Answer:
    """
    Revoke every access and refresh token of the user.

    Source: GlobalSignOut.
    """
    user = user_of_access_token(call, undeclared={USER_NOT_FOUND.exception})
    users.revoke(call.state, user.sub)
    return {}


def delete_user(call: Call) -> Answer:
    """
    Delete the user.

    Source: DeleteUser.
    """
    users.delete(call, user_of_access_token(call))
    return {}
