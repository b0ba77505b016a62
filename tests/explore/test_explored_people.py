"""People: every kind of user, what a pool must be like to have one, and what the pool then holds."""

from __future__ import annotations

from typing import Final

import attrs
import pytest
from exploring import family

from flowengine.explore.family import members
from flowengine.explore.people import FACTORS, MADE_UP, PASSWORD, Person, people
from flowengine.explore.stage import Stage
from flowengine.explore.world import World
from flowengine.settings import answer

EVERYBODY: Final = people()
CONTACTS: Final = {"SMS_MFA": "phone_number", "EMAIL_OTP": "email"}


@pytest.fixture(scope="module")
def beginnings() -> dict[tuple[Person, int], World | None]:
    """Return where everybody begins in each pool of a family, None where the pool refuses to hold such a user."""
    stage = Stage(family(8))
    return {
        (person, index): None if begun is None else begun.reached
        for person in EVERYBODY
        for index in members(eligible(person))
        for begun in [stage.begin(person, index)]
    }


def eligible(person: Person) -> int:
    """Return the pools whose settings are what a person needs, looked at one by one."""
    return sum(
        1 << index
        for index, pool in enumerate(family(8).pools)
        if all(holds(answer(pool, path)) for path, holds in person.needs())
    )


def test_everybody_is_somebody_else() -> None:
    """People are all different, also in how they read, and always come in the same order."""
    assert len(set(EVERYBODY)) == len(EVERYBODY) == len({str(person) for person in EVERYBODY})
    assert people() == EVERYBODY


def test_everybody_makes_sense() -> None:
    """Nobody has a contact verified, a factor preferred or a contact needed that they do not have."""
    for person in EVERYBODY:
        assert {*person.verified} <= {*person.contacts}
        assert person.preferred is None or person.preferred in person.factors
        assert all(CONTACTS[factor] in person.contacts for factor in person.factors if factor in CONTACTS)
        assert person.identity == "username" or person.identity in person.contacts
        assert person.origin == "member" or not (person.factors or person.passkey or person.device)


def test_every_kind_is_there() -> None:
    """Every origin, every way to sign in, and every set of factors with each of them preferred is somebody's."""
    assert {person.origin for person in EVERYBODY} == {"newcomer", "member", "invited", "stranger"}
    assert {(person.origin, person.identity) for person in EVERYBODY} == {
        (origin, identity)
        for origin in ("newcomer", "member", "invited", "stranger")
        for identity in ("username", "email", "phone_number")
    }
    all_three = [person for person in EVERYBODY if set(person.factors) == FACTORS.keys()]
    assert {person.preferred for person in all_three} == {None, *FACTORS}
    assert any(person.passkey for person in EVERYBODY)
    assert any(person.device for person in EVERYBODY)


@pytest.mark.parametrize(
    ("person", "text"),
    [
        (Person(origin="newcomer"), "newcomer by username"),
        (
            Person(origin="invited", identity="email", contacts=("email", "phone_number"), verified=("email",)),
            "invited by email, email (verified), phone_number",
        ),
        (
            Person(
                origin="member", contacts=("email",), verified=("email",), factors=("SOFTWARE_TOKEN_MFA", "EMAIL_OTP"),
                preferred="EMAIL_OTP", passkey=True, device=True,
            ),
            "member by username, email (verified), SOFTWARE_TOKEN_MFA, EMAIL_OTP preferred, passkey, remembered device",
        ),
    ],
)  # fmt: skip
def test_people_read_well(person: Person, text: str) -> None:
    """A person says what sets them apart."""
    assert str(person) == text


def test_what_people_type() -> None:
    """The username is what a person signs in with, and it is not typed as an attribute again."""
    for person in EVERYBODY:
        assert person.username == MADE_UP[person.identity]
        assert person.attributes == {name: MADE_UP[name] for name in person.contacts if name != person.identity}


def test_needs_are_settings(beginnings: dict[tuple[Person, int], World | None]) -> None:
    """Whoever is taken in by a pool has found there what they need; some do not find it everywhere."""
    for person, index in beginnings:
        for path, holds in person.needs():
            assert holds(answer(family(8).pools[index], path))
    assert len(beginnings) < len(EVERYBODY) * len(family(8).pools)


def test_users_fit_their_pools(beginnings: dict[tuple[Person, int], World | None]) -> None:
    """Nobody walks in a pool that does not offer their factors, or takes another name than theirs as username."""
    for person, index in beginnings:
        pool = family(8).pools[index]
        named = pool.sign_in.username_attributes
        assert person.identity in named if named else person.identity == "username"
        assert {FACTORS[factor] for factor in person.factors} <= {*pool.mfa.factors}
        assert not person.passkey or "WEB_AUTHN" in pool.allowed_first_auth_factors
        assert not person.passkey or pool.passkey.relying_party_id
        assert not person.device or pool.devices.remembered != "never"


def test_family_finds_the_same_pools() -> None:
    """Asking a family for the pools that a person needs finds the same as looking at them one by one."""
    kin = family(8)
    for person in EVERYBODY:
        found = kin.everything
        for path, holds in person.needs():
            found &= kin.where(path, holds)
        assert found == eligible(person)


def test_pool_holds_such_a_user(beginnings: dict[tuple[Person, int], World | None]) -> None:
    """At the beginning, the pool holds just the user that the person is, and a session that knows nothing."""
    held = {key: world for key, world in beginnings.items() if world is not None}
    assert len({person.origin for person, _ in held}) == 4
    for (person, _), world in held.items():
        assert world.person == person
        assert (dict(world.session.facts), world.session.claim) == ({}, None)
        assert (world.state.outbox, world.hands.codes) == ([], {})
        assert (world.user is None) == (person.origin in ("newcomer", "stranger"))
        if world.user is None:
            continue
        assert {*person.contacts} == world.user.attributes.keys()
        assert {*person.verified} == world.user.verified
        assert world.user.status == ("FORCE_CHANGE_PASSWORD" if person.origin == "invited" else "CONFIRMED")
        assert world.user.password == PASSWORD
        assert {*person.factors} == {*world.user.mfa}
        assert person.preferred == world.user.preferred_mfa
        assert (world.user.totp is not None) == ("SOFTWARE_TOKEN_MFA" in person.factors)
        assert (bool(world.user.passkeys), world.hands.passkey is not None) == (person.passkey, person.passkey)
        assert (bool(world.user.devices), world.hands.device is not None) == (person.device, person.device)


def test_nobody_is_refused(beginnings: dict[tuple[Person, int], World | None]) -> None:
    """A pool that is what a person needs takes the person in, whatever it wants of a password."""
    assert any(pool.password_policy.minimum_length > len("Staple-77") for pool in family(8).pools)
    assert all(world is not None for world in beginnings.values())


def test_people_are_values() -> None:
    """Equal people are one."""
    assert attrs.evolve(EVERYBODY[0]) == EVERYBODY[0]
    assert len({EVERYBODY[0], attrs.evolve(EVERYBODY[0])}) == 1
