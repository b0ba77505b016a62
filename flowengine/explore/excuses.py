"""Who cannot get on, and need not: users whom only an administrator can help, and those whom a pool rule names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flowengine.explore.world import World
from flowengine.settings import RULES, PoolSettings
from flowengine.simulator.state import User

__all__ = ["BEYOND_HELP", "STRANDED", "beyond_help", "stranded_by_pool"]

Excuse = Callable[[World, PoolSettings], bool]

CHANNELS: Final = {"sms": "phone_number", "email": "email"}
RECOVERY: Final = {"verified_email": "email", "verified_phone_number": "phone_number"}
_BEGINNINGS: Final = ("ADMIN_USER_PASSWORD_AUTH", "USER_AUTH", "USER_PASSWORD_AUTH", "USER_SRP_AUTH")
"""The authentication flows that begin without triggers."""
_RULES: Final = {rule.id: rule for rule in RULES}


def _has_no_account(world: World, settings: PoolSettings) -> bool:
    closed = settings.admin_create_user.allow_admin_create_user_only
    return world.user is None and (world.person.origin != "newcomer" or closed)


def _is_disabled(world: World, _settings: PoolSettings) -> bool:
    return world.user is not None and not world.user.enabled


def _temporary_password_is_over(world: World, _settings: PoolSettings) -> bool:
    user = world.user
    if user is None or user.status != "FORCE_CHANGE_PASSWORD" or user.temporary_password_expires_at is None:
        return False
    return user.temporary_password_expires_at <= world.now


def _named(rule: str, holds: Callable[[User, PoolSettings], bool]) -> Excuse:
    """Excuse the users that a rule of severity `warning` names, in the pools that break it."""

    def excuse(world: World, settings: PoolSettings) -> bool:
        return world.user is not None and bool(_RULES[rule].broken(settings)) and holds(world.user, settings)

    return excuse


def _lacks_phone(user: User, _settings: PoolSettings) -> bool:
    return "phone_number" not in user.attributes


def _phone_is_unverified(user: User, _settings: PoolSettings) -> bool:
    return "phone_number" not in user.verified


def _has_nothing_but_the_recovery_channel(user: User, settings: PoolSettings) -> bool:
    """Nothing for a second factor but the contact that the account would be recovered by."""
    used = {CHANNELS[name] for name in ("sms", "email") if {"sms": "SMS_MFA", "email": "EMAIL_OTP"}[name] in user.mfa}
    ways = [RECOVERY[name] for name in settings.account_recovery if name in RECOVERY]
    recovery = next((way for way in ways if way in user.attributes and way not in used), None)
    others = [
        name for name in settings.mfa.factors if _could_use(user, name, settings) and CHANNELS.get(name) != recovery
    ]
    return settings.mfa.mode == "required" and recovery is not None and not others


def _could_use(user: User, factor: str, settings: PoolSettings) -> bool:
    """Whether a user has the contact that a second factor takes; an app can be set up by anybody."""
    if factor == "sms" and not settings.assumptions.unverified_phone_for_mfa:
        return "phone_number" in user.verified
    return factor not in CHANNELS or CHANNELS[factor] in user.attributes


def _has_a_factor_and_no_password(user: User, _settings: PoolSettings) -> bool:
    """With a second factor on, only a password is offered to begin with, and there is none."""
    return user.password is None and bool(user.mfa)


def _is_unconfirmed(user: User, _settings: PoolSettings) -> bool:
    return user.status == "UNCONFIRMED"


def _lets_nobody_in(_world: World, settings: PoolSettings) -> bool:
    return bool(_RULES["no-flow-begins-a-sign-in"].broken(settings))


def _has_nothing_but_custom_authentication(_world: World, settings: PoolSettings) -> bool:
    others = any(settings.client.allows(flow) for flow in _BEGINNINGS)
    return bool(_RULES["custom-auth-needs-triggers"].broken(settings)) and not others


BEYOND_HELP: Final[Mapping[str, Excuse]] = {
    "who has no account, and cannot get one": _has_no_account,
    "whom an administrator has disabled": _is_disabled,
    "whose temporary password has run out": _temporary_password_is_over,
}
"""Whom only an administrator can help, by what has befallen them."""

STRANDED: Final[Mapping[str, Excuse]] = {
    "custom-auth-needs-triggers": _has_nothing_but_custom_authentication,
    "first-recovery-is-only-factor": _named("first-recovery-is-only-factor", _has_nothing_but_the_recovery_channel),
    "mfa-with-unverified-phone": _named("mfa-with-unverified-phone", _phone_is_unverified),
    "mfa-without-phone": _named("mfa-without-phone", _lacks_phone),
    "no-flow-begins-a-sign-in": _lets_nobody_in,
    "nothing-verified": _named("nothing-verified", _is_unconfirmed),
    "otp-hidden-by-mfa": _named("otp-hidden-by-mfa", _has_a_factor_and_no_password),
    "recovery-is-mfa-channel": _named("recovery-is-mfa-channel", _has_nothing_but_the_recovery_channel),
}
"""Whom a pool strands, by the id of the rule that warns of it."""


def beyond_help(world: World, settings: PoolSettings) -> str | None:
    """
    Return why only an administrator could help a user who cannot get on, None if that is not so.

    Args:
        world: Where the user stands.
        settings: The pool.
    """
    return _why(BEYOND_HELP, world, settings)


def stranded_by_pool(world: World, settings: PoolSettings) -> str | None:
    """
    Return the rule that says of this pool that such a user cannot get on, None if there is none.

    Args:
        world: Where the user stands.
        settings: The pool.
    """
    return _why(STRANDED, world, settings)


def _why(excuses: Mapping[str, Excuse], world: World, settings: PoolSettings) -> str | None:
    return next((why for why, holds in excuses.items() if holds(world, settings)), None)
