"""What each action can give in which pool: the order of challenges, written down from the guide."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from examples import MODEL, OFF, OPTIONAL, REQUIRED, combinations, defaults, pendings

from flowengine.actions import ACTIONS
from flowengine.actions.challenges import CHALLENGES
from flowengine.actions.model import ANSWER_LOST, Action
from flowengine.settings import (
    AdminCreateUser,
    Assumptions,
    Client,
    Devices,
    Mfa,
    Passkey,
    PoolSettings,
    SignIn,
    Verification,
)

ANSWER, BEGIN = "respond_to_auth_challenge", "initiate_auth"
EVERY_FACTOR = ("email", "sms", "totp")
POOLS = {
    "off": OFF,
    "optional sms": OPTIONAL,
    "required sms": REQUIRED,
    "required totp": attrs.evolve(OFF, mfa=Mfa(mode="required", factors=("totp",))),
    "optional all": attrs.evolve(OFF, mfa=Mfa(mode="optional", factors=EVERY_FACTOR)),
    "required all": attrs.evolve(OFF, mfa=Mfa(mode="required", factors=EVERY_FACTOR)),
    "tracked": attrs.evolve(OPTIONAL, devices=Devices(remembered="always", challenge_required_on_new_device=True)),
    "tracked only": attrs.evolve(OPTIONAL, devices=Devices(remembered="opt_in")),
    "passwordless": attrs.evolve(OFF, allowed_first_auth_factors=("EMAIL_OTP", "PASSWORD", "SMS_OTP", "WEB_AUTHN")),
    "passkeys": attrs.evolve(REQUIRED, allowed_first_auth_factors=("PASSWORD", "WEB_AUTHN")),
}

TOKENS = {"TOKENS"}
CODES = {"SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP", "SELECT_MFA_TYPE"}
AFTER_OWN_PASSWORD: dict[str, set[str]] = {
    "off": TOKENS,
    "optional sms": {"SMS_MFA", "TOKENS"},
    "required sms": {"SMS_MFA", "MFA_SETUP"},
    "required totp": {"SOFTWARE_TOKEN_MFA", "MFA_SETUP"},
    "optional all": CODES | TOKENS,
    "required all": CODES | {"MFA_SETUP"},
    "tracked": {"DEVICE_SRP_AUTH", "SMS_MFA", "TOKENS", "TOKENS_ON_NEW_DEVICE"},
    "tracked only": {"SMS_MFA", "TOKENS", "TOKENS_ON_NEW_DEVICE"},
    "passwordless": TOKENS,
    "passkeys": {"SMS_MFA", "MFA_SETUP"},
}
"""After a password that is the user's own (user-pool-settings-mfa; amazon-cognito-user-pools-device-tracking)."""
OTHER_FIRST_FACTORS: dict[str, set[str]] = {
    "passwordless": {"EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"},
    "passkeys": {"WEB_AUTHN"},
}
"""Beside the password (amazon-cognito-user-pools-authentication-flow-methods)."""

each_pool = pytest.mark.parametrize("pool", POOLS)


def done(pool: str) -> set[str]:
    """Return what comes behind the last factor."""
    return TOKENS | ({"TOKENS_ON_NEW_DEVICE"} if pool.startswith("tracked") else set())


def successes(name: str, pool: str, pending: str | None = None, /, **options: str) -> set[str]:
    """Return the outcomes of success of an action, less the one that may always come in the place of a challenge."""
    action = ACTIONS[name]
    found = set(action.successes(POOLS[pool], defaults(action, **options), pending))
    assert not found or "UNKNOWN_CHALLENGE" in found
    return found - {"UNKNOWN_CHALLENGE"}


@each_pool
def test_password_is_followed_by_the_second_factor(pool: str) -> None:
    """After a password come a new one if it was temporary, then MFA or the remembered device, then tokens."""
    expected = AFTER_OWN_PASSWORD[pool] | {"NEW_PASSWORD_REQUIRED"}
    assert successes(BEGIN, pool, auth_flow="USER_PASSWORD_AUTH") == expected
    assert successes("admin_initiate_auth", pool, auth_flow="ADMIN_USER_PASSWORD_AUTH") == expected
    for challenge in ("PASSWORD_VERIFIER", "PASSWORD", "ADMIN_NO_SRP_AUTH"):
        assert successes(f"admin_{ANSWER}", pool, challenge) == expected
    # In custom authentication the Lambda functions go on, and may be content.
    by_functions = {"CUSTOM_CHALLENGE"} | done(pool)
    assert successes(ANSWER, pool, "NEW_PASSWORD_REQUIRED") == AFTER_OWN_PASSWORD[pool] | by_functions


@each_pool
def test_srp_begins_with_its_verifier(pool: str) -> None:
    """A flow that proves the password asks for the proof first, whatever follows."""
    verifier = {"PASSWORD_VERIFIER"}
    assert successes(BEGIN, pool, auth_flow="USER_SRP_AUTH") == verifier
    assert successes(BEGIN, pool, auth_flow="CUSTOM_AUTH", challenge_name="SRP_A") == verifier
    assert successes(ANSWER, pool, "PASSWORD_SRP") == verifier
    assert successes(ANSWER, pool, "DEVICE_SRP_AUTH") == {"DEVICE_PASSWORD_VERIFIER"}


@each_pool
def test_choice_begins_with_any_first_factor(pool: str) -> None:
    """Choosing leads to the chosen factor, or past it where its input came along."""
    password = AFTER_OWN_PASSWORD[pool] | {"NEW_PASSWORD_REQUIRED", "PASSWORD_VERIFIER"}
    expected = password | OTHER_FIRST_FACTORS.get(pool, set())
    assert successes(BEGIN, pool, auth_flow="USER_AUTH") == expected | {"SELECT_CHALLENGE"}
    assert successes(ANSWER, pool, "SELECT_CHALLENGE") == expected | {"PASSWORD", "PASSWORD_SRP"}


@each_pool
@pytest.mark.parametrize("challenge", ["SMS_MFA", "EMAIL_OTP", "SMS_OTP", "SOFTWARE_TOKEN_MFA", "WEB_AUTHN"])
def test_last_factor_is_followed_by_tokens(pool: str, challenge: str) -> None:
    """A second factor ends the sign-in, and so does a code or a passkey that it began with."""
    assert successes(ANSWER, pool, challenge) == done(pool)


@each_pool
def test_proven_device_is_no_new_one(pool: str) -> None:
    """A device that has proved itself brings tokens, and is not asked about."""
    assert successes(ANSWER, pool, "DEVICE_PASSWORD_VERIFIER") == TOKENS


@each_pool
def test_custom_challenges_go_on_until_there_are_tokens(pool: str) -> None:
    """Lambda functions pose as many challenges as they like, also behind a password that was proved first."""
    expected = {"CUSTOM_CHALLENGE"} | done(pool)
    assert successes(BEGIN, pool, auth_flow="CUSTOM_AUTH") == expected
    assert successes(ANSWER, pool, "CUSTOM_CHALLENGE") == expected
    verified = ACTIONS[ANSWER].successes(POOLS[pool], {"auth_flow": "CUSTOM_AUTH"}, "PASSWORD_VERIFIER")
    assert verified == expected | {"NEW_PASSWORD_REQUIRED", "UNKNOWN_CHALLENGE"}


@pytest.mark.parametrize(
    ("pool", "selected", "set_up"),
    [
        ("off", set(), set()),
        ("optional sms", {"SMS_MFA"}, set()),
        ("required totp", {"SOFTWARE_TOKEN_MFA"}, set()),
        ("required all", {"SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"}, {"EMAIL_OTP"}),
    ],
)
def test_second_factor_is_chosen_or_set_up(pool: str, selected: set[str], set_up: set[str]) -> None:
    """A choice leads to the factors of the pool; of them only e-mail is set up by an answer, and a code proves it."""
    assert successes(ANSWER, pool, "SELECT_MFA_TYPE") == selected
    assert successes(ANSWER, pool, "MFA_SETUP") == set_up


@pytest.mark.parametrize(
    ("ends_in", "pool", "expected"),
    [
        ("TOKENS", "required totp", {"TOKENS"}),
        ("TOKENS", "tracked", {"TOKENS", "TOKENS_ON_NEW_DEVICE"}),
        ("SOFTWARE_TOKEN_MFA", "tracked", {"SOFTWARE_TOKEN_MFA"}),
    ],
)
def test_setup_ends_as_assumed(ends_in: str, pool: str, expected: set[str]) -> None:
    """Whether a new authenticator app is asked for a code at once is an assumption, of which one holds."""
    settings = attrs.evolve(POOLS[pool], assumptions=Assumptions(totp_setup_ends_in=ends_in))
    found = ACTIONS[ANSWER].successes(settings, {}, "SOFTWARE_TOKEN_VERIFIED")
    assert found == expected | {"UNKNOWN_CHALLENGE"}


def test_first_sign_in_without_a_factor_ends_as_assumed() -> None:
    """Whether a user without a factor gets in once, where MFA is required, is an assumption."""
    assumed = attrs.evolve(REQUIRED, assumptions=Assumptions(first_sign_in_without_factor="TOKENS"))
    action = ACTIONS[BEGIN]
    options = defaults(action, auth_flow="USER_PASSWORD_AUTH")
    assert action.successes(assumed, options, None) - action.successes(REQUIRED, options, None) == {"TOKENS"}


def test_password_that_begins_nothing_is_followed_by_nothing() -> None:
    """Where a choice cannot be a password, what follows passwords cannot come."""
    codes = attrs.evolve(
        OPTIONAL, allowed_first_auth_factors=("EMAIL_OTP",), assumptions=Assumptions(password_factor_optional=True)
    )
    options = {"auth_flow": "USER_AUTH", "challenge_name": "none"}
    assert ACTIONS[BEGIN].successes(codes, options, None) == {"EMAIL_OTP", "SELECT_CHALLENGE", "UNKNOWN_CHALLENGE"}
    assert ACTIONS[ANSWER].successes(codes, {}, "SELECT_CHALLENGE") == {"EMAIL_OTP", "UNKNOWN_CHALLENGE"}


@pytest.mark.parametrize("allowed", ["USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH", "CUSTOM_AUTH"])
def test_flow_that_the_client_excludes_gives_nothing(allowed: str) -> None:
    """Only an allowed flow can succeed, and of the two ways to begin each knows its own password flow."""
    pool = attrs.evolve(OFF, client=Client(explicit_auth_flows=(f"ALLOW_{allowed}",)))
    action = ACTIONS[BEGIN]
    for options in combinations(action):
        possible = options["auth_flow"] == allowed and options["challenge_name"] in ("none", *_proofs(allowed))
        assert bool(action.successes(pool, options, None)) is possible
    assert (
        ACTIONS["admin_initiate_auth"].results({"auth_flow": "USER_PASSWORD_AUTH", "challenge_name": "none"}, None)
        == {}
    )
    assert action.results({"auth_flow": "ADMIN_USER_PASSWORD_AUTH", "challenge_name": "none"}, None) == {}


def _proofs(auth_flow: str) -> tuple[str, ...]:
    return ("SRP_A",) if auth_flow == "CUSTOM_AUTH" else ()


def test_legacy_client_may_be_asked_for_the_password_again() -> None:
    """The former name of the server-side flow is also that of a challenge."""
    legacy = attrs.evolve(OFF, client=Client(explicit_auth_flows=("ADMIN_NO_SRP_AUTH",)))
    options = {"auth_flow": "ADMIN_USER_PASSWORD_AUTH", "challenge_name": "none"}
    assert "ADMIN_NO_SRP_AUTH" in ACTIONS["admin_initiate_auth"].successes(legacy, options, None)
    assert "ADMIN_NO_SRP_AUTH" not in ACTIONS["admin_initiate_auth"].successes(OFF, options, None)


PASSKEY_MFA = attrs.evolve(
    OPTIONAL,
    allowed_first_auth_factors=("PASSWORD", "WEB_AUTHN"),
    passkey=Passkey(factor_configuration="MULTI_FACTOR_WITH_USER_VERIFICATION"),
)
NOBODY_SIGNS_UP = attrs.evolve(OFF, admin_create_user=AdminCreateUser(allow_admin_create_user_only=True))
ALIASES = attrs.evolve(OFF, sign_in=SignIn(alias_attributes=("email",)))


@pytest.mark.parametrize(
    ("name", "options", "pool", "expected"),
    [
        ("sign_up", {}, OFF, {"UNCONFIRMED"}),
        ("sign_up", {}, attrs.evolve(OFF, lambda_triggers=("pre_sign_up",)), {"CONFIRMED", "UNCONFIRMED"}),
        ("sign_up", {}, NOBODY_SIGNS_UP, set()),
        ("confirm_sign_up", {}, OFF, {"CONFIRMED"}),
        ("confirm_sign_up", {}, POOLS["passwordless"], {"CONFIRMED", "AUTO_SIGN_IN"}),
        ("confirm_sign_up", {"force_alias_creation": "true"}, OFF, set()),
        ("confirm_sign_up", {"force_alias_creation": "true"}, ALIASES, {"CONFIRMED"}),
        ("resend_confirmation_code", {}, OFF, {"CODE_SENT"}),
        ("resend_confirmation_code", {}, attrs.evolve(OFF, verification=Verification()), set()),
        ("forgot_password", {}, OFF, {"CODE_SENT"}),
        ("forgot_password", {}, attrs.evolve(OFF, account_recovery=("admin_only",)), set()),
        ("confirm_forgot_password", {}, attrs.evolve(OFF, account_recovery=("admin_only",)), {"PASSWORD_RESET"}),
        ("associate_software_token", {}, OPTIONAL, set()),
        ("associate_software_token", {}, POOLS["required totp"], {"SECRET_CODE"}),
        ("associate_software_token_with_session", {}, POOLS["required totp"], {"SECRET_CODE"}),
        ("verify_software_token_with_session", {}, POOLS["required totp"], {"SOFTWARE_TOKEN_VERIFIED"}),
        ("verify_software_token_with_session", {}, REQUIRED, set()),
        ("verify_software_token", {}, POOLS["optional all"], {"SOFTWARE_TOKEN_REGISTERED"}),
        ("start_web_authn_registration", {}, POOLS["passkeys"], {"CREATION_OPTIONS"}),
        ("start_web_authn_registration", {}, OFF, set()),
        ("complete_web_authn_registration", {}, POOLS["passkeys"], {"PASSKEY_REGISTERED"}),
        ("confirm_device", {}, POOLS["tracked"], {"DEVICE_CONFIRMED"}),
        ("confirm_device", {}, POOLS["tracked only"], {"USER_CONFIRMATION_NECESSARY"}),
        ("confirm_device", {}, OFF, set()),
        ("update_device_status", {}, POOLS["tracked only"], {"DEVICE_STATUS_UPDATED"}),
        ("update_device_status", {}, OFF, set()),
        ("set_user_mfa_preference", {}, OPTIONAL, set()),
        ("set_user_mfa_preference", {"sms_mfa": "preferred"}, OFF, set()),
        ("set_user_mfa_preference", {"sms_mfa": "disabled"}, OPTIONAL, {"MFA_PREFERENCE_SET"}),
        ("set_user_mfa_preference", {"sms_mfa": "preferred"}, REQUIRED, {"MFA_PREFERENCE_SET"}),
        ("set_user_mfa_preference", {"sms_mfa": "enabled"}, REQUIRED, {"MFA_PREFERENCE_SET"}),
        ("set_user_mfa_preference", {"sms_mfa": "disabled"}, REQUIRED, set()),
        ("set_user_mfa_preference", {"software_token_mfa": "enabled"}, REQUIRED, set()),
        ("set_user_mfa_preference", {"sms_mfa": "enabled", "email_mfa": "enabled"}, REQUIRED, set()),
        ("set_user_mfa_preference", {"web_authn_mfa": "enabled"}, PASSKEY_MFA, {"MFA_PREFERENCE_SET"}),
        ("set_user_mfa_preference", {"web_authn_mfa": "enabled"}, POOLS["passkeys"], set()),
        ("get_tokens_from_refresh_token", {}, REQUIRED, {"TOKENS"}),
        ("global_sign_out", {}, REQUIRED, {"SIGNED_OUT"}),
    ],
)
def test_pool_decides_on_success(name: str, options: dict[str, str], pool: PoolSettings, expected: set[str]) -> None:
    """What an operation can give depends on the pool; what it can refuse does not."""
    action = ACTIONS[name]
    chosen = defaults(action, **options)
    assert action.successes(pool, chosen, pendings(action)[0]) == expected
    assert action.possible(pool, chosen, pendings(action)[0]) == expected | action.refusals | {ANSWER_LOST}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_every_success_comes_in_some_pool(action: Action) -> None:
    """The union of all pools has every outcome of success, and no other."""
    every = {
        outcome
        for options in combinations(action)
        for pending in pendings(action)
        for outcome in action.successes(None, options, pending)
    }
    assert every == action.successful
    assert action.outcomes == every | action.refusals | {ANSWER_LOST}


def test_challenges_are_those_of_the_model() -> None:
    """The table holds every challenge that the service model names, and no other."""
    shape: Any = MODEL.shape_for("ChallengeNameType")
    assert set(shape.enum) == set(CHALLENGES)


def test_sign_in_with_the_session_of_a_sign_up_brings_tokens() -> None:
    """A user who has just proved an address is asked for nothing more."""
    assert successes("initiate_auth_with_session", "passwordless", "AUTO_SIGN_IN") == TOKENS
    assert successes("initiate_auth_with_session", "tracked", "AUTO_SIGN_IN") == done("tracked")
