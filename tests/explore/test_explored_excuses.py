"""Users whom nobody needs to help, and those who look like them and have to be helped."""

from __future__ import annotations

from typing import Any, Final

import attrs
import pytest
from exploring import STANDARD

from flowengine.explore.excuses import stranded_by_pool
from flowengine.explore.exploration import explore_spec
from flowengine.explore.family import Family
from flowengine.explore.people import Person
from flowengine.explore.stage import Stage
from flowengine.settings import Client, Mfa, PoolSettings, Verification, is_valid

RECOVERED_BY_EMAIL: Final = PoolSettings(
    mfa=Mfa(mode="required", factors=("sms", "email")),
    account_recovery=("verified_email", "verified_phone_number"),
    email_sending_account="DEVELOPER",
    client=Client(explicit_auth_flows=("ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")),
)
"""An e-mail address recovers accounts here, so it is no second factor."""


def member(*contacts: str, **more: Any) -> Person:
    """Return a member with these contacts, all of them verified."""
    return Person(origin="member", contacts=contacts, verified=contacts, **more)


@pytest.mark.parametrize(
    ("person", "change", "why"),
    [
        (member("email"), {}, "recovery-is-mfa-channel"),
        (member("email", "phone_number"), {}, None),
        (member("email"), {"mfa": Mfa(mode="required", factors=("sms", "totp", "email"))}, None),
        (member("email"), {"account_recovery": ()}, None),
        (member("email"), {"mfa": Mfa(mode="optional", factors=("sms", "email"))}, None),
    ],
)
def test_channel_of_recovery(person: Person, change: dict[str, Any], why: str | None) -> None:
    """Who has nothing but the contact that recovery goes by has no second factor; who has anything else does."""
    pool = attrs.evolve(RECOVERED_BY_EMAIL, **change)
    assert is_valid(pool)
    stage = Stage(Family(STANDARD, [pool]))
    begun = stage.begin(person, 0)
    assert begun is not None
    assert stranded_by_pool(begun.reached, pool) == why


def test_nobody_else_is_stranded_by_the_channel_of_recovery() -> None:
    """Those whom the rule names cannot get on, and all others can."""
    crowd = [member("email"), member("email", "phone_number"), member("phone_number")]
    explored = explore_spec(STANDARD, [RECOVERED_BY_EMAIL], crowd=crowd)
    assert [str(violation) for violation in explored.violations] == []


def test_newcomers_come_to_be_stranded_users() -> None:
    """Who signs up into a pool that strands such users is not stranded by the flow, before it and after."""
    pool = attrs.evolve(RECOVERED_BY_EMAIL, verification=Verification(auto_verified_attributes=("email",)))
    crowd = [
        Person(origin="newcomer", contacts=("email",)),
        Person(origin="newcomer", contacts=("email", "phone_number")),
    ]
    assert is_valid(pool)
    assert explore_spec(STANDARD, [pool], crowd=crowd).ok


@pytest.mark.parametrize("flows", [("ALLOW_REFRESH_TOKEN_AUTH",), ("ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")])
def test_nobody_signs_in_through_a_client_without_flows(flows: tuple[str, ...]) -> None:
    """It is no fault of the flow's where a client lets nobody begin, or only what takes triggers that there are not."""
    pool = PoolSettings(client=Client(explicit_auth_flows=flows))
    assert is_valid(pool)
    assert explore_spec(STANDARD, [pool], crowd=[member("email"), Person(origin="newcomer")]).ok
