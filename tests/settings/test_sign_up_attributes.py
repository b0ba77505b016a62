"""What a sign-up must carry."""

from __future__ import annotations

import itertools
from typing import Literal

import pytest

from flowengine.settings import Mfa, PoolSettings, Verification, required_sign_up_attributes

MODES = ("off", "optional", "required")
Way = Literal["username", "email", "phone_number"]
WAYS: tuple[Way, ...] = ("username", "email", "phone_number")


def contacts(*, email: bool, phone: bool) -> tuple[str, ...]:
    """Return the contact attributes that are wanted."""
    return ("email",) * email + ("phone_number",) * phone


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", MODES)
def test_sign_up_asks_for_what_the_guide_says(way: Way, mode: str) -> None:
    """E-mail and phone are asked for exactly where the guide on SMS flows says so, for all combinations."""
    for switched_on, *marks in itertools.product((False, True), repeat=5):
        email_verified, email_required, phone_verified, phone_required = marks
        wants_email = (email_verified or email_required) and way in ("username", "phone_number")
        mfa_wants_phone = mode == "required" or (mode == "optional" and switched_on)
        wants_phone = (mfa_wants_phone or phone_verified or phone_required) and way in ("username", "email")
        pool = PoolSettings(
            verification=Verification(auto_verified_attributes=contacts(email=email_verified, phone=phone_verified)),
            required_attributes=contacts(email=email_required, phone=phone_required),
            mfa=Mfa(mode=mode, factors=("sms",) * (mode != "off")),
        )
        asked = required_sign_up_attributes(pool, signs_up_with=way, mfa_for_user=switched_on)
        assert asked == set(contacts(email=wants_email, phone=wants_phone))


def test_sign_up_asks_for_other_required_attributes() -> None:
    """Whatever else the pool requires is asked for, too."""
    pool = PoolSettings(required_attributes=("birthdate", "email"))
    assert required_sign_up_attributes(pool, signs_up_with="email") == {"birthdate"}


@pytest.mark.parametrize(
    ("mfa", "switched_on", "asked"),
    [
        (Mfa(mode="required", factors=("totp",)), True, False),
        (Mfa(mode="required", factors=("sms", "totp")), False, False),
        (Mfa(mode="required", factors=("sms", "totp")), True, True),
        (Mfa(mode="optional", factors=("email",)), True, False),
        (Mfa(), True, False),
    ],
)
def test_sign_up_asks_for_a_phone_only_for_sms(*, mfa: Mfa, switched_on: bool, asked: bool) -> None:
    """Factors that are set up at sign-in need no phone number at sign-up."""
    needed = required_sign_up_attributes(PoolSettings(mfa=mfa), signs_up_with="username", mfa_for_user=switched_on)
    assert ("phone_number" in needed) is asked
