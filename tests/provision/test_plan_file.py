"""Plans as JSON and as text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from provisioned import REGION, Pool, given

from flowengine.errors import ProvisionError
from flowengine.provision.live import Users
from flowengine.provision.plan import plan_pool
from flowengine.provision.plan_file import plan_as_json, plan_from_json
from flowengine.provision.text import plan_as_text
from flowengine.settings import Client, Mfa, PoolSettings, SignIn
from flowengine.testing.strategies import pools

PLAIN = PoolSettings()
SMS = PoolSettings(mfa=Mfa(mode="required", factors=("sms",)))


@settings(max_examples=15)
@drawn(pools(), pools())
def test_plan_comes_back(before: PoolSettings, after: PoolSettings) -> None:
    """What is written is what is read."""
    plan = Pool(before).plan(after, users=Users(total=3, without_phone=2))
    assert plan_from_json(plan_as_json(plan)) == plan


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", "{}", '{"flowengine_plan": 2}', '{"flowengine_plan": 1}', "null", '"plan"'],
)
def test_bad_plan(text: str) -> None:
    """What is no plan is told so."""
    with pytest.raises(ProvisionError, match="make the plan again") as caught:
        plan_from_json(text)
    assert caught.value.code == "not-a-plan"


@pytest.mark.parametrize("member", ["operations", "spec", "resources", "changes"])
@pytest.mark.parametrize("value", [None, 7, "x", [{"name": "x"}], {}])
def test_damaged_plan(member: str, value: object) -> None:
    """A plan whose members are of another form is told so, or is a plan of its own that says something else."""
    given_plan = json.loads(plan_as_json(Pool(PLAIN).plan(SMS)))
    given_plan[member] = value
    try:
        plan_from_json(json.dumps(given_plan))
    except ProvisionError as error:
        assert error.code == "not-a-plan"  # noqa: PT017 (either is right)


def test_text_of_a_change() -> None:
    """The whole text of a change: what differs and who says what, the consequences, the calls, and what they repeat."""
    pool = Pool(PLAIN, given(sms_role_arn=None, sms_external_id=None))
    pool.resources = given()
    text = plan_as_text(pool.plan(SMS, users=Users(total=420, without_phone=420)))
    lines = text.splitlines()
    assert lines[0] == f"{pool.pool_id}:"
    assert "  ~ mfa.mode: off -> required  (through another operation: SetUserPoolMfaConfig)" in lines
    assert "  ~ sms_configuration: false -> true  (allowed: UpdateUserPool)" in lines
    assert "  harm: 420 users have no phone number and will be asked to set up MFA they cannot finish" in lines
    assert "      console: the former console refused it; the present one offers it" in lines
    calls = lines[lines.index("Calls, in this order:") :]
    assert calls[1] == "  1. UpdateUserPool: sms_configuration"
    assert calls[2].startswith("     says again, so that it stays as it is: AdminCreateUserConfig, ")
    assert "  2. SetUserPoolMfaConfig: mfa.mode, mfa.factors" in calls
    assert max(map(len, lines)) <= 110


def test_text_of_obstacles() -> None:
    """What is in the way is marked where it differs, and told with what to do."""
    spec = PoolSettings(sign_in=SignIn(username_attributes=("email",)), client=Client(generate_secret=True))
    text = plan_as_text(Pool(PLAIN).plan(spec))
    assert "  ! sign_in.username_attributes: [] -> [email]  (needs a new pool)" in text
    assert "  ! client.generate_secret: false -> true  (needs a new client)" in text
    assert "  error: client.generate_secret needs a new client: whether a client has a secret is settled" in text
    assert "--replace makes one and deletes this with its users" in text
    assert "Calls" not in text


def test_text_of_a_new_pool() -> None:
    """A new pool's settings, and the trap of a second one with the same name."""
    text = plan_as_text(plan_pool(SMS, given(), region=REGION, namesakes=["us-east-1_one"]))
    assert text.splitlines()[:5] == [
        "A new pool 'tests' in us-east-1:",
        "  warning: a pool with this name exists already (us-east-1_one): this plan makes another one beside it",
        "           to change the one that exists, give its id with --pool-id",
        "  + mfa.mode: required",
        "  + mfa.factors: [sms]",
    ]


def test_text_of_nothing() -> None:
    """A pool that is as it should be needs one line."""
    pool = Pool(PLAIN)
    assert plan_as_text(pool.plan(PLAIN)) == f"{pool.pool_id}: nothing to change"


def test_text_of_a_replacement() -> None:
    """A replacement names its end first."""
    pool = Pool(PLAIN)
    spec = PoolSettings(sign_in=SignIn(alias_attributes=("email",)))
    lines = plan_as_text(pool.plan(spec, replace=True)).splitlines()
    assert lines[0] == f"A new pool 'tests' in us-east-1, and the end of {pool.pool_id}:"
    assert "  3. DeleteUserPool" in lines
