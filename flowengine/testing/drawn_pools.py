"""Pools that are valid because of how they are drawn: each setting makes room for those that were drawn before it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from flowengine.settings import (
    AUTH_FLOWS,
    POOL_AXES,
    AdminCreateUser,
    Assumptions,
    Client,
    Devices,
    PoolSettings,
    broken_rules,
    is_valid,
)
from flowengine.testing.needed import passkeys_are_installed, reject, st

__all__ = ["pools"]

_FIRST_FACTORS: Final = "allowed_first_auth_factors"
_REFRESH: Final = "ALLOW_REFRESH_TOKEN_AUTH"
_WAYS: Final = sorted(
    (name for name in AUTH_FLOWS if name != _REFRESH), key=lambda name: name not in Client().explicit_auth_flows
)
_BEGINNINGS: Final = tuple(names for size in range(1, len(_WAYS) + 1) for names in itertools.combinations(_WAYS, size))
"""The flows in which one begins to sign in, in every combination, the default first."""
_CUSTOM_AUTH: Final = ("create_auth_challenge", "define_auth_challenge", "verify_auth_challenge_response")

_AXES: Final[Mapping[str, tuple[Any, ...]]] = {
    "assumptions": (
        *[Assumptions()] * 6,
        Assumptions(totp_setup_ends_in="SOFTWARE_TOKEN_MFA"),
        Assumptions(first_sign_in_without_factor="TOKENS"),
        Assumptions(unverified_phone_for_mfa=False),
        Assumptions(sms_otp_length=8),
        Assumptions(resend_unverified_exception="NotAuthorizedException"),
    ),
    "mfa": (*[POOL_AXES["mfa"][0]] * 4, *POOL_AXES["mfa"][1:]),
    _FIRST_FACTORS: POOL_AXES["allowed_first_auth_factors"],
    "passkey": POOL_AXES["passkey"],
    "sign_in": POOL_AXES["sign_in"],
    "verification": POOL_AXES["verification"],
    "account_recovery": POOL_AXES["account_recovery"],
    "devices": (
        *[Devices()] * 3,
        *(
            Devices(remembered=remembered, challenge_required_on_new_device=challenge)
            for remembered in ("always", "opt_in")
            for challenge in (False, True)
        ),
    ),
    "required_attributes": (*[()] * 3, ("email",), ("phone_number",), ("given_name",)),
    "admin_create_user": (*[AdminCreateUser()] * 5, AdminCreateUser(allow_admin_create_user_only=True)),
    "lambda_triggers": ((), _CUSTOM_AUTH),
    "user_pool_tier": POOL_AXES["user_pool_tier"],
    "email_sending_account": POOL_AXES["email_sending_account"],
    "sms_configuration": POOL_AXES["sms_configuration"],
}  # fmt: skip
"""What is drawn, in this order, each with its values, the simplest first, the likelier ones several times."""

_WITHOUT_PASSKEYS: Final = tuple(names for names in _AXES[_FIRST_FACTORS] if "WEB_AUTHN" not in names)

_GROUND: Final[Mapping[str, tuple[Any, ...]]] = {
    "email_sending_account": ("DEVELOPER", "COGNITO_DEFAULT"),
    "passkey": POOL_AXES["passkey"][::-1],
    "sms_configuration": (True, False),
    "user_pool_tier": ("PLUS", "ESSENTIALS", "LITE"),
    "verification": POOL_AXES["verification"][::-1],
    "mfa": POOL_AXES["mfa"][:2],
    _FIRST_FACTORS: (("PASSWORD",),),
    "account_recovery": POOL_AXES["account_recovery"],
}
"""The settings that others need, and those that stand in their way, what leaves most room first."""


def pools(**parts: Any) -> st.SearchStrategy[PoolSettings]:
    """
    Draw pools that Cognito takes, as `valid_pools` yields them and with devices, triggers, clients and assumptions.

        pools()
        pools(mfa=Mfa(mode="required", factors=("sms",)))
        pools(mfa=st.sampled_from([...]), client=Client(...))

    A pool is valid by construction; it shrinks to the defaults. Without the extra `passkeys`, none allows passkeys.

    Args:
        parts: Settings of `PoolSettings` that are not to be drawn freely: a value, or a strategy of values. All else
            is drawn to go with them; what is not listed in `valid_pools` stands at its default.

    Raises:
        TypeError: There is no such setting.
        ValueError: No pool has these values.
    """
    known = {attribute.name for attribute in attrs.fields(PoolSettings)}
    if unknown := sorted(parts.keys() - known):
        raise TypeError(f"pools have no setting {unknown[0]!r}")
    fixed = {name: part for name, part in parts.items() if not isinstance(part, st.SearchStrategy)}
    if _ground(fixed) is None:
        raise ValueError(f"no pool has these settings: {_complaint(fixed)}")
    return _pools(parts, passkeys_are_installed())


@st.composite
def _pools(draw: st.DrawFn, parts: Mapping[str, Any], passkeys: bool) -> PoolSettings:  # noqa: FBT001 (drawn by position)
    fixed = {name: draw(part) if isinstance(part, st.SearchStrategy) else part for name, part in parts.items()}
    pool = _ground(fixed)
    if pool is None:
        reject()
    for name, values in _AXES.items():
        if name not in fixed:
            known = values if passkeys or name != _FIRST_FACTORS else _WITHOUT_PASSKEYS
            pool = _next_valid(pool, name, known, draw(st.integers(0, len(known) - 1)))
    if "client" not in fixed:
        wished = attrs.evolve(pool, client=draw(_clients()))
        pool = wished if is_valid(wished) else pool
    return pool


def _ground(fixed: Mapping[str, Any]) -> PoolSettings | None:
    """A pool with the fixed settings that leaves most room for others, None if there is none."""
    return next(filter(is_valid, _combined(fixed)), None)


def _combined(fixed: Mapping[str, Any]) -> Iterator[PoolSettings]:
    free = {name: values for name, values in _GROUND.items() if name not in fixed}
    for values in itertools.product(*reversed(free.values())):
        yield PoolSettings(**fixed, **dict(zip(reversed(free), values, strict=True)))


def _next_valid(pool: PoolSettings, name: str, values: tuple[Any, ...], start: int) -> PoolSettings:
    """The pool with the first value from `start` on that goes with what it has, or as it is."""
    wished = (attrs.evolve(pool, **{name: value}) for value in (*values[start:], *values[:start]))
    return next(filter(is_valid, wished), pool)


def _complaint(fixed: Mapping[str, Any]) -> str:
    fewest: list[str] = min(map(_complaints, _combined(fixed)), key=len)
    return "; ".join(fewest)


def _complaints(pool: PoolSettings) -> list[str]:
    return [rule.complaint(detail) for rule, detail in broken_rules(pool) if rule.severity == "error"]


@st.composite
def _clients(draw: st.DrawFn) -> Client:
    """App clients through which one can sign in."""
    # As many draws whatever is drawn: Hypothesis would take fewer ones for simpler than the defaults.
    rotation = draw(st.sampled_from(["DISABLED", "DISABLED", "ENABLED"]))
    refreshes = draw(st.sampled_from([True, True, False])) and rotation == "DISABLED"
    flows = draw(st.sampled_from(_BEGINNINGS))
    return Client(
        generate_secret=draw(st.booleans()),
        explicit_auth_flows=tuple(sorted([*flows, *([_REFRESH] if refreshes else [])])),
        auth_session_validity=draw(st.sampled_from([3, 15])),
        refresh_token_rotation=rotation,
        prevent_user_existence_errors=draw(st.sampled_from(["ENABLED", "LEGACY"])),
    )
