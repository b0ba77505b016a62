"""Which pools can give an outcome: the conditions that other settings stand in the way of."""

from __future__ import annotations

import attrs
import pytest

from flowengine.actions.conditions import AFTER_NEW_PASSWORD, signs_in_by_code
from flowengine.settings import Client, Devices, Mfa, PoolSettings

TRACKED = PoolSettings(devices=Devices(remembered="always", challenge_required_on_new_device=True))
OPTIONAL = Mfa(mode="optional", factors=("sms", "totp"))
REQUIRED = Mfa(mode="required", factors=("sms", "totp"))


def outcomes(pool: PoolSettings) -> set[str]:
    """Return what may follow a user's own password in a pool."""
    return {name for name, holds in AFTER_NEW_PASSWORD.items() if holds(pool)}


def test_device_stands_in_only_for_a_second_factor() -> None:
    """Where there is no second factor, a remembered device has nothing to stand in for."""
    assert outcomes(TRACKED) == {"TOKENS", "TOKENS_ON_NEW_DEVICE"}
    assert "DEVICE_SRP_AUTH" in outcomes(attrs.evolve(TRACKED, mfa=OPTIONAL))
    assert "DEVICE_SRP_AUTH" not in outcomes(attrs.evolve(TRACKED, mfa=OPTIONAL, devices=Devices(remembered="always")))


@pytest.mark.parametrize("devices", [Devices(), TRACKED.devices], ids=["not tracked", "tracked"])
def test_required_mfa_lets_nobody_in_by_password_alone(devices: Devices) -> None:
    """Tokens follow a password at once where MFA is optional, on a new device too, and never where it is required."""
    optional = attrs.evolve(TRACKED, devices=devices, mfa=OPTIONAL)
    tokens = {name for name in outcomes(optional) if name.startswith("TOKENS")}
    assert tokens == ({"TOKENS"} if devices.remembered == "never" else {"TOKENS", "TOKENS_ON_NEW_DEVICE"})
    assert not tokens & outcomes(attrs.evolve(optional, mfa=REQUIRED))


@pytest.mark.parametrize("factor", ["EMAIL_OTP", "SMS_OTP"])
def test_confirmation_signs_in_where_a_code_could(factor: str) -> None:
    """A confirmed user is signed in without another code only where USER_AUTH and a one-time code are allowed."""
    pool = PoolSettings(allowed_first_auth_factors=("PASSWORD", factor))
    allowed = attrs.evolve(pool, client=Client(explicit_auth_flows=("ALLOW_USER_AUTH",)))
    assert signs_in_by_code(allowed)
    assert not signs_in_by_code(pool)
    assert not signs_in_by_code(attrs.evolve(allowed, allowed_first_auth_factors=("PASSWORD", "WEB_AUTHN")))
