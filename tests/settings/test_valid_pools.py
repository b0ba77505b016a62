"""The enumeration of valid pools and clients, held against a count of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from flowengine.settings import (
    POOL_AXES,
    Client,
    Mfa,
    PasswordPolicy,
    PoolSettings,
    SignIn,
    Verification,
    broken_rules,
    parse_pool,
    pool_name,
    valid_clients,
    valid_pools,
)

EMAIL, PHONE, PREFERRED_USERNAME = 1, 2, 4
SMS, TOTP, EMAIL_MFA = 1, 2, 4
EMAIL_OTP, SMS_OTP, WEB_AUTHN = 1, 2, 4
Row = tuple[Any, ...]


def bits(**names: bool) -> int:
    """Return a number with a bit for each name that is there, the first one the lowest."""
    return sum(there << place for place, there in enumerate(names.values()))


def is_accepted(row: Row) -> bool:
    """Restate what Cognito refuses of a plan, its messages and its factors."""
    tier, ses, sms, mode, factors, first, passkey = row
    if (mode == "off") is bool(factors):
        return False
    if not sms and (factors & SMS or first & SMS_OTP):
        return False
    if factors & EMAIL_MFA and not ses:
        return False
    if tier == "LITE" and (factors & EMAIL_MFA or first or passkey != "none"):
        return False
    if mode != "required":
        return True
    return not first & (EMAIL_OTP | SMS_OTP) and (not first & WEB_AUTHN or passkey == "multi")


def is_recoverable(mode: str, factors: int, recovery: str) -> bool:
    """Restate which single ways to recover Cognito refuses beside MFA."""
    if recovery == "phone":
        return not (mode == "required" and factors == SMS)
    return not (recovery == "email" and factors & EMAIL_MFA)


def accepted() -> Iterator[Row]:
    """Yield every combination that Cognito takes, as plain numbers, in no order."""
    factors = itertools.product(
        ("LITE", "ESSENTIALS", "PLUS"), (False, True), (False, True), ("off", "optional", "required"), range(8),
        range(8), ("none", "single", "multi"),
    )  # fmt: skip
    recoveries = ("", "admin", "email", "phone", "email phone", "phone email")
    contacts = tuple(itertools.product(range(4), range(4), recoveries, range(4), range(8)))
    for row in factors:
        if not is_accepted(row):
            continue
        for verified, kept, recovery, usernames, aliases in contacts:
            sends = row[2] or not verified & PHONE
            named_once = not (usernames and aliases)
            if named_once and sends and not kept & ~verified and is_recoverable(row[3], row[4], recovery):
                yield (*row, verified, kept, recovery, usernames, aliases)


def contact_bits(names: tuple[str, ...]) -> int:
    """Return attributes as bits."""
    return bits(email="email" in names, phone="phone_number" in names, preferred_username="preferred_username" in names)


def flat(pool: PoolSettings) -> Row:
    """Return a pool as plain numbers."""
    factors, first, passkey = pool.mfa.factors, pool.allowed_first_auth_factors, pool.passkey
    multi = passkey.factor_configuration == "MULTI_FACTOR_WITH_USER_VERIFICATION"
    mechanisms = {"admin_only": "admin", "verified_email": "email", "verified_phone_number": "phone"}
    return (
        pool.user_pool_tier,
        pool.email_sending_account == "DEVELOPER",
        pool.sms_configuration,
        pool.mfa.mode,
        bits(sms="sms" in factors, totp="totp" in factors, email="email" in factors),
        bits(email="EMAIL_OTP" in first, sms="SMS_OTP" in first, passkey="WEB_AUTHN" in first),
        "none" if passkey.relying_party_id is None else "multi" if multi else "single",
        contact_bits(pool.verification.auto_verified_attributes),
        contact_bits(pool.verification.attributes_require_verification_before_update),
        " ".join(mechanisms[name] for name in pool.account_recovery),
        contact_bits(pool.sign_in.username_attributes),
        contact_bits(pool.sign_in.alias_attributes),
    )


@pytest.fixture(scope="module")
def pools() -> list[PoolSettings]:
    """Return every valid pool."""
    return list(valid_pools())


def test_enumeration_is_exactly_the_valid_combinations(pools: list[PoolSettings]) -> None:
    """The enumeration yields each combination that Cognito takes once, and no other."""
    found = {flat(pool) for pool in pools}
    count = 0
    for row in accepted():
        assert row in found
        count += 1
    assert count == len(found) == len(pools) == 407_946


def test_no_pool_breaks_a_rule_that_cognito_enforces(pools: list[PoolSettings]) -> None:
    """Held against every rule at once, valid pools have warnings at most."""
    for pool in pools[::211]:
        assert {rule.severity for rule, _ in broken_rules(pool)} <= {"warning"}


def test_names_tell_pools_apart(pools: list[PoolSettings]) -> None:
    """Every valid pool has a name of its own, which is read as the same pool."""
    some = pools[::211]
    names = {pool_name(pool) for pool in some}
    assert len(names) == len(some)
    assert {parse_pool(name) for name in names} == set(some)


def test_settings_without_combination_stay_at_their_defaults(pools: list[PoolSettings]) -> None:
    """Texts, policies and the client take no part in the enumeration."""
    for pool in pools[::211]:
        assert (pool.client, pool.password_policy, pool.domain) == (Client(), PasswordPolicy(), None)
        assert pool.verification.sms_message is pool.mfa.sms_message is None


def test_enumeration_is_in_the_order_of_its_axes(pools: list[PoolSettings]) -> None:
    """The first axis changes slowest, the last fastest, and each of them begins at its default."""
    places = {axis: {value: place for place, value in enumerate(values)} for axis, values in POOL_AXES.items()}
    order = [[place[getattr(pool, axis)] for axis, place in places.items()] for pool in pools[::7]]
    assert order == sorted(order)
    assert pools[0] == PoolSettings()


def test_enumeration_is_lazy_and_stable(pools: list[PoolSettings]) -> None:
    """The enumeration can be cut short, and always begins the same way."""
    assert list(itertools.islice(valid_pools(), 100)) == pools[:100]


def test_pools_carry_the_client_that_is_given() -> None:
    """The caller chooses the client of all the pools, and one that Cognito refuses leaves none."""
    client = Client(explicit_auth_flows=("ALLOW_USER_AUTH",))
    assert {pool.client for pool in itertools.islice(valid_pools(client), 1000)} == {client}
    assert list(valid_pools(Client(auth_session_validity=99))) == []


def test_axes_can_be_narrowed(pools: list[PoolSettings]) -> None:
    """With fewer values on an axis there are the pools with these values, in the same order."""
    required = [mfa for mfa in POOL_AXES["mfa"] if mfa.mode == "required"]
    narrowed = list(valid_pools(axes={**POOL_AXES, "mfa": required, "user_pool_tier": ("PLUS",)}))
    assert narrowed == [pool for pool in pools if pool.mfa.mode == "required" and pool.user_pool_tier == "PLUS"]


def test_axes_may_hold_what_cognito_refuses() -> None:
    """Values that break a rule by themselves or together are left out."""
    axes: dict[str, Any] = {axis: values[:1] for axis, values in POOL_AXES.items()}
    axes["mfa"] = (Mfa(mode="required"), Mfa(mode="required", factors=("totp",)))
    axes["verification"] = (Verification(auto_verified_attributes=("fax",)), Verification())
    axes["sign_in"] = (SignIn(username_attributes=("email",), alias_attributes=("email",)), SignIn())
    assert list(valid_pools(axes=axes)) == [PoolSettings(mfa=Mfa(mode="required", factors=("totp",)))]


def test_clients_are_every_valid_combination() -> None:
    """Clients combine flows, secret, session validity, rotation and hiding of users, each combination once."""
    clients = list(valid_clients())
    assert len(clients) == len(set(clients)) == 2**5 * 2 * 2 * 2 * 2
    assert clients == list(valid_clients())
    assert {client.auth_session_validity for client in clients} == {3, 15}
    for client in clients:
        refreshes = "ALLOW_REFRESH_TOKEN_AUTH" in client.explicit_auth_flows
        assert refreshes is (client.refresh_token_rotation == "DISABLED")
        assert {rule.severity for rule, _ in broken_rules(PoolSettings(client=client))} <= {"warning"}
