"""Which pools and app clients there can be."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from flowengine.settings.client import AUTH_FLOWS, Client
from flowengine.settings.model import (
    ALIASES,
    CONTACTS,
    FIRST_FACTORS,
    MFA_FACTORS,
    Mfa,
    Passkey,
    PoolSettings,
    SignIn,
    Verification,
)
from flowengine.settings.rules import is_valid

__all__ = ["POOL_AXES", "valid_clients", "valid_pools"]


def _subsets(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Every subset, smallest first."""
    return [subset for size in range(len(names) + 1) for subset in itertools.combinations(names, size)]


POOL_AXES: Final[Mapping[str, tuple[Any, ...]]] = {
    "user_pool_tier": ("ESSENTIALS", "LITE", "PLUS"),
    "email_sending_account": ("COGNITO_DEFAULT", "DEVELOPER"),
    "sms_configuration": (True, False),
    "mfa": (
        Mfa(),
        *(Mfa(mode=mode, factors=names) for mode in ("optional", "required") for names in _subsets(MFA_FACTORS)[1:]),
    ),
    "allowed_first_auth_factors": tuple(tuple(sorted(("PASSWORD", *names))) for names in _subsets(FIRST_FACTORS[1:])),
    "passkey": (
        Passkey(),
        Passkey(relying_party_id="example.com"),
        Passkey(
            relying_party_id="example.com",
            user_verification="required",
            factor_configuration="MULTI_FACTOR_WITH_USER_VERIFICATION",
        ),
    ),
    "verification": tuple(
        Verification(auto_verified_attributes=verified, attributes_require_verification_before_update=kept)
        for verified in _subsets(CONTACTS)
        for kept in _subsets(verified)
    ),
    "account_recovery": (
        (), ("admin_only",), ("verified_email",), ("verified_phone_number",),
        ("verified_email", "verified_phone_number"), ("verified_phone_number", "verified_email"),
    ),
    "sign_in": (
        SignIn(),
        *(SignIn(alias_attributes=names) for names in _subsets(ALIASES)[1:]),
        *(SignIn(username_attributes=names) for names in _subsets(CONTACTS)[1:]),
    ),
}  # fmt: skip
"""The settings that `valid_pools` combines, the slowest to change first, each with its values, its default first."""

_BLOCKS: Final = (
    (
        "user_pool_tier", "email_sending_account", "sms_configuration", "mfa", "allowed_first_auth_factors", "passkey",
    ),
    ("verification",),
    ("account_recovery",),
)  # fmt: skip


def valid_pools(client: Client = Client(), *, axes: Mapping[str, Iterable[Any]] = POOL_AXES) -> Iterator[PoolSettings]:  # noqa: B008 (a frozen value)
    """
    Yield every pool that Cognito takes, over the combinations of `POOL_AXES`, in their order, lazily.

    Whatever is no axis (texts, password policy, assumptions) stands at its default. A pool may still break rules of
    severity `warning`.

    Args:
        client: The app client of every pool. One that breaks a rule leaves no pool valid.
        axes: The values to combine, for each axis, where not all of them are of interest.
    """
    # A combination is judged as soon as a block of axes is set, while later axes stand at their defaults: nothing is
    # refused for a default alone. What users sign in with comes last, since no rule holds it against another axis.
    pools: Iterator[PoolSettings] = iter([PoolSettings(client=client)])
    for block in _BLOCKS:
        pools = _combined(pools, {name: tuple(axes[name]) for name in block})
    sign_ins = [sign_in for sign_in in axes["sign_in"] if is_valid(PoolSettings(sign_in=sign_in))]
    for pool in pools:
        for sign_in in sign_ins:
            yield attrs.evolve(pool, sign_in=sign_in)


def _combined(pools: Iterable[PoolSettings], axes: Mapping[str, tuple[Any, ...]]) -> Iterator[PoolSettings]:
    for pool in pools:
        for values in itertools.product(*axes.values()):
            combined = attrs.evolve(pool, **dict(zip(axes, values, strict=True)))
            if is_valid(combined):
                yield combined


def valid_clients() -> Iterator[Client]:
    """
    Yield every app client that Cognito takes, over these combinations, in a stable order, lazily.

    Combined are the flows that begin a sign-in (every subset), the secret, sessions of 3 and of 15 minutes, refresh
    tokens with and without rotation, and PreventUserExistenceErrors. Without rotation, ALLOW_REFRESH_TOKEN_AUTH is
    allowed, too; all else stands at its default.
    """
    refresh = "ALLOW_REFRESH_TOKEN_AUTH"
    rotations = (("DISABLED", (refresh,)), ("ENABLED", ()))
    flows = _subsets(tuple(flow for flow in AUTH_FLOWS if flow != refresh))
    for names, secret, minutes, (rotation, extra), errors in itertools.product(
        flows, (False, True), (3, 15), rotations, ("ENABLED", "LEGACY")
    ):
        client = Client(
            generate_secret=secret,
            explicit_auth_flows=(*names, *extra),
            auth_session_validity=minutes,
            refresh_token_rotation=rotation,
            prevent_user_existence_errors=errors,
        )
        if is_valid(PoolSettings(client=client)):
            yield client
