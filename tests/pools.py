"""Valid pools, made to be valid: a sample for tests that cannot go through all of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from flowengine.settings import (
    AUTH_FLOWS,
    FIRST_FACTORS,
    MFA_FACTORS,
    Client,
    Devices,
    Mfa,
    Passkey,
    PoolSettings,
    SignIn,
    Verification,
)

__all__ = ["SAMPLED_POOLS", "sample"]

Names = tuple[str, ...]


def _subsets(names: Names) -> list[Names]:
    """Every subset, the empty one first."""
    return [tuple(name for bit, name in enumerate(names) if chosen >> bit & 1) for chosen in range(2 ** len(names))]


SIGN_INS: Final = (
    *(SignIn(alias_attributes=names) for names in _subsets(("email", "phone_number", "preferred_username"))),
    *(SignIn(username_attributes=names) for names in _subsets(("email", "phone_number"))[1:]),
)
MFAS: Final = (
    Mfa(),
    *(Mfa(mode=mode, factors=factors) for mode in ("optional", "required") for factors in _subsets(MFA_FACTORS)[1:]),
)
FACTORS: Final = tuple(("PASSWORD", *others) for others in _subsets(FIRST_FACTORS[1:]))
RECOVERIES: Final[tuple[Names, ...]] = (
    (),
    ("admin_only",),
    ("verified_email",),
    ("verified_phone_number",),
    ("verified_email", "verified_phone_number"),
    ("verified_phone_number", "verified_email"),
)
VERIFICATIONS: Final = tuple(
    Verification(auto_verified_attributes=names) for names in _subsets(("email", "phone_number"))
)
DEVICES: Final = (
    Devices(),
    *(
        Devices(remembered=remembered, challenge_required_on_new_device=challenge)
        for remembered in ("always", "opt_in")
        for challenge in (False, True)
    ),
)
CLIENTS: Final = tuple(
    Client(explicit_auth_flows=flows) for flows in _subsets(AUTH_FLOWS) if {*flows} - {"ALLOW_REFRESH_TOKEN_AUTH"}
)
"""Every set of flows in which one begins a sign-in."""
PASSKEY: Final = Passkey(
    relying_party_id="example.org",
    user_verification="required",
    factor_configuration="MULTI_FACTOR_WITH_USER_VERIFICATION",
)


def _pool(mfa: Mfa, factors: Names, sign_in: SignIn, recovery: Names, draw: random.Random) -> PoolSettings:
    """A pool with these settings, and whatever else they need to be valid."""
    if mfa.mode == "required":
        factors = tuple(name for name in factors if name in ("PASSWORD", "WEB_AUTHN"))
    if mfa.mode != "off" and len(recovery) == 1 and recovery != ("admin_only",):
        recovery = ("verified_email", "verified_phone_number")
    return PoolSettings(
        mfa=mfa,
        allowed_first_auth_factors=factors,
        sign_in=sign_in,
        account_recovery=recovery,
        verification=draw.choice(VERIFICATIONS),
        devices=draw.choice(DEVICES),
        client=draw.choice(CLIENTS),
        passkey=PASSKEY,
        email_sending_account="DEVELOPER",
    )


def _drawn(draw: random.Random) -> Iterator[PoolSettings]:
    """Every kind of MFA, first factors, sign-in and recovery in turn, each beside the others by chance."""
    while True:
        for mfa in MFAS:
            yield _pool(mfa, draw.choice(FACTORS), draw.choice(SIGN_INS), draw.choice(RECOVERIES), draw)
        for factors in FACTORS:
            yield _pool(draw.choice(MFAS[:8]), factors, draw.choice(SIGN_INS), draw.choice(RECOVERIES), draw)
        for sign_in in SIGN_INS:
            yield _pool(draw.choice(MFAS), draw.choice(FACTORS), sign_in, draw.choice(RECOVERIES), draw)
        for recovery in RECOVERIES:
            yield _pool(MFAS[0], draw.choice(FACTORS), draw.choice(SIGN_INS), recovery, draw)


def sample(n: int, seed: int = 1) -> tuple[PoolSettings, ...]:
    """
    Return `n` valid pools, the same ones for the same seed.

    From about 50 on they hold every MFA mode with every set of factors, every set of first factors, every form of
    sign-in and every kind of recovery; what else a pool can set is drawn.
    """
    draw = random.Random(seed)  # noqa: S311 (a sample, not a secret)
    pools = _drawn(draw)
    found: dict[PoolSettings, None] = {}
    while len(found) < n:
        found[next(pools)] = None
    return tuple(found)


SAMPLED_POOLS: Final = sample(120)
"""Enough to meet every kind of setting at least twice."""
