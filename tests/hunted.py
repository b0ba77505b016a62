"""Where the mutants of `standard` are hunted, and those that nothing catches, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
from attrs import frozen

from flowengine.explore import Person
from flowengine.settings import AUTH_FLOWS, TRIGGERS, Devices, Mfa, Passkey, PoolSettings, Verification
from flowengine.settings.variants import EVERY_FLOW

__all__ = ["GROUNDS", "SURVIVORS", "Ground"]


@frozen(kw_only=True)
class Ground:
    """
    A pool in which mutants are hunted.

    Args:
        pool: The pool.
        crowd: Who walks.
    """

    pool: PoolSettings
    crowd: tuple[Person, ...]


_BOTH: Final = ("email", "phone_number")
_CHOICES: Final = ("EMAIL_OTP", "PASSWORD", "SMS_OTP", "WEB_AUTHN")
_TELLS: Final = attrs.evolve(EVERY_FLOW, prevent_user_existence_errors="LEGACY")
_ROTATES: Final = attrs.evolve(
    EVERY_FLOW,
    explicit_auth_flows=tuple(flow for flow in AUTH_FLOWS if flow != "ALLOW_REFRESH_TOKEN_AUTH"),
    refresh_token_rotation="ENABLED",
)


def _pool(**settings: Any) -> PoolSettings:
    """A pool that could do anything, and some more settings of it."""
    return PoolSettings(
        user_pool_tier="PLUS",
        email_sending_account="DEVELOPER",
        verification=Verification(auto_verified_attributes=_BOTH),
        account_recovery=("verified_email", "verified_phone_number"),
        **{"client": EVERY_FLOW, **settings},
    )


def _member(*factors: str, **more: Any) -> Person:
    return Person(origin="member", contacts=_BOTH, verified=_BOTH, factors=factors, **more)


_NEWCOMER: Final = Person(origin="newcomer", contacts=_BOTH)
_INVITED: Final = Person(origin="invited", contacts=_BOTH, verified=_BOTH)
_STRANGER: Final = Person(origin="stranger")

GROUNDS: Final = (
    Ground(
        pool=_pool(
            allowed_first_auth_factors=_CHOICES,
            passkey=Passkey(relying_party_id="example.com"),
            client=_TELLS,
            devices=Devices(remembered="opt_in"),
        ),
        crowd=(_NEWCOMER, _INVITED, _STRANGER, _member(), _member(passkey=True), _member(device=True)),
    ),
    Ground(
        pool=_pool(
            mfa=Mfa(mode="required", factors=("email", "sms", "totp")),
            devices=Devices(remembered="always", challenge_required_on_new_device=True),
            client=_ROTATES,
        ),
        crowd=(
            _NEWCOMER, _INVITED, _member(), _member("SOFTWARE_TOKEN_MFA"),
            _member("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"),
        ),
    ),
    Ground(
        pool=_pool(mfa=Mfa(mode="required", factors=("totp",)), client=_TELLS),
        crowd=(_NEWCOMER, _INVITED, _member()),
    ),
    Ground(
        pool=_pool(mfa=Mfa(mode="required", factors=("email",))),
        crowd=(_NEWCOMER, _member("EMAIL_OTP")),
    ),
    Ground(pool=_pool(lambda_triggers=TRIGGERS), crowd=(_member(),)),
)  # fmt: skip
"""Pools that between them use every route, with people who do."""

_CODES: Final = ("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP", "SMS_OTP")
_PLACES: Final = {
    "mfa_setup": "the event that answers is called set_up_email there, and answers all the same",
    "new_password": "a remembered device could be proved in the same send, and none is asked for after a code",
    "factor_selection": "a password could be proved in the same send, and none is asked for after a code",
    "password_challenge": "whoever answers can also ask for a new password there, and need not",
    "server_side_password": "the service answers with its own credentials, which Cognito takes as well",
}

SURVIVORS: Final[Mapping[str, str]] = {
    **{f"routes.authentication.{code} -> {state}": reason for code in _CODES for state, reason in _PLACES.items()},
    "routes.authentication.PASSWORD -> new_password": "who has forgotten the password begins anew to say so",
    "routes.authentication.PASSWORD -> factor_selection": "who has forgotten the password begins anew to say so",
    "routes.authentication.PASSWORD -> server_side_password": _PLACES["server_side_password"],
    "routes.authentication.PASSWORD_SRP -> factor_selection": "who has forgotten the password begins anew to say so",
    "routes.authentication.SELECT_CHALLENGE <> PASSWORD": "a new password can be asked for at the other one of the two",
    "routes.challenge.DEVICE_NOT_FOUND -x": "the chain ends where nothing is pending, and users sign in from there",
    "states.confirmed.on.auto_sign_in.ANSWER_LOST -> signed_out": "from there the user signs in as well",
}
"""The mutants that are neither caught nor bisimilar to `standard`."""
