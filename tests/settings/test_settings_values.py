"""Settings are plain values: equal by content, immutable, and of the declared types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowengine.settings import (
    AUTH_FLOWS,
    Assumptions,
    Client,
    Mfa,
    PasswordPolicy,
    PoolSettings,
    SignIn,
    Verification,
)


@given(st.permutations(["email", "phone_number", "preferred_username", "email"]))
def test_order_of_names_is_nothing(names: Any) -> None:
    """Lists of names are sets: equal and of equal hash in any order, with or without repetition."""
    pool = PoolSettings(sign_in=SignIn(alias_attributes=names), required_attributes=names)
    same = PoolSettings(
        sign_in=SignIn(alias_attributes=("email", "phone_number", "preferred_username")),
        required_attributes=("preferred_username", "phone_number", "email"),
    )
    assert pool == same
    assert hash(pool) == hash(same)


def test_settings_are_values() -> None:
    """Settings are hashable and immutable, so that flows can be kept by them."""
    assert len({PoolSettings(), PoolSettings(), PoolSettings(sms_configuration=False)}) == 2
    with pytest.raises(AttributeError):
        PoolSettings().sms_configuration = False  # type: ignore[misc]


@pytest.mark.parametrize(
    ("cls", "name", "value"),
    [
        (SignIn, "alias_attributes", "email"),
        (SignIn, "alias_attributes", None),
        (SignIn, "alias_attributes", (1,)),
        (SignIn, "alias_attributes", b"email"),
        (PoolSettings, "required_attributes", (None,)),
        (Verification, "sms_message", 1),
        (Mfa, "mode", None),
        (Mfa, "mode", False),
        (PasswordPolicy, "minimum_length", "8"),
        (PasswordPolicy, "minimum_length", True),
        (PasswordPolicy, "require_symbols", "yes"),
        (Client, "auth_session_validity", 3.5),
        (Client, "generate_secret", 1),
        (PoolSettings, "mfa", {"mode": "off"}),
        (PoolSettings, "sms_configuration", None),
        (PoolSettings, "account_recovery", "admin_only"),
        (PoolSettings, "domain", 1),
        (PasswordPolicy, "temporary_password_validity_days", True),
        (PasswordPolicy, "temporary_password_validity_days", "7"),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else repr(value),
)
def test_wrong_types_are_refused(cls: Callable[..., object], name: str, value: object) -> None:
    """A value of another type is a mistake in the program, not a setting."""
    with pytest.raises(TypeError):
        cls(**{name: value})


def test_defaults_of_a_client_are_cognito_s() -> None:
    """What is not set is what Cognito makes of an omission; users are hidden, as the console would have it."""
    client = Client()
    assert (client.auth_session_validity, client.access_token_validity, client.id_token_validity) == (3, 60, 60)
    assert client.refresh_token_validity == 30 * 24 * 60
    assert (client.enable_token_revocation, client.generate_secret, client.rotates_refresh_tokens) == (
        True,
        False,
        False,
    )
    assert client.prevent_user_existence_errors == "ENABLED"


def test_defaults_of_a_pool_are_cognito_s() -> None:
    """A pool without settings is an ESSENTIALS pool of usernames whose MFA is off and whose passwords are strict."""
    pool = PoolSettings()
    assert (pool.user_pool_tier, pool.mfa.mode, pool.email_sending_account) == ("ESSENTIALS", "off", "COGNITO_DEFAULT")
    assert (pool.allowed_first_auth_factors, pool.account_recovery) == (("PASSWORD",), ())
    assert (pool.passkey.user_verification, pool.passkey.factor_configuration) == ("preferred", "SINGLE_FACTOR")
    policy = pool.password_policy
    assert (policy.minimum_length, policy.password_history_size) == (8, 0)
    assert policy.require_lowercase
    assert policy.require_uppercase
    assert policy.require_numbers
    assert policy.require_symbols


def test_assumptions_follow_what_was_measured() -> None:
    """Where the sources disagree, each switch stands at the reading with the best evidence."""
    assert attrs.asdict(Assumptions()) == {
        "totp_setup_ends_in": "TOKENS",
        "first_sign_in_without_factor": "MFA_SETUP",
        "unverified_phone_for_mfa": True,
        "sms_mfa_needs_phone_verification": False,
        "phone_recovery_refused_with_sms_mfa": False,
        "sms_mfa_removable": True,
        "password_factor_optional": False,
        "email_otp_needs_ses": False,
        "user_auth_on_lite": True,
        "flow_not_enabled_exception": "InvalidParameterException",
        "resend_unverified_exception": "InvalidParameterException",
        "sms_otp_length": 6,
    }


def test_order_of_recovery_means_something() -> None:
    """The first way to recover is the first choice, so it stays in its place."""
    mechanisms = ("verified_phone_number", "verified_email")
    assert PoolSettings(account_recovery=mechanisms).account_recovery == mechanisms


@pytest.mark.parametrize(
    ("flows", "allowed"),
    [
        (("ALLOW_USER_SRP_AUTH",), {"USER_SRP_AUTH"}),
        (("ADMIN_NO_SRP_AUTH",), {"ADMIN_USER_PASSWORD_AUTH"}),
        (("CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"), {"CUSTOM_AUTH", "USER_PASSWORD_AUTH"}),
        ((), set()),
    ],
)
def test_client_allows_flows_by_their_present_and_former_names(flows: tuple[str, ...], allowed: set[str]) -> None:
    """A flow is allowed by its name with ALLOW_, or by the name that it used to have."""
    every = {name.removeprefix("ALLOW_") for name in AUTH_FLOWS}
    assert {flow for flow in every if Client(explicit_auth_flows=flows).allows(flow)} == allowed
