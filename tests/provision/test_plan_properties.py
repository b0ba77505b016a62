"""Laws of plans, over pairs of valid settings, on the embedded account."""

from __future__ import annotations

from typing import Any

import attrs
from full_pools import full_pools
from hypothesis import given as drawn
from hypothesis import settings
from provisioned import REGION, Pool, given

from flowengine.provision.differences import wanted
from flowengine.provision.normal import normal
from flowengine.provision.operations import FORMER_TEXTS, echoed
from flowengine.provision.plan import plan_pool
from flowengine.provision.planned import Plan
from flowengine.settings import PoolSettings, settings_of

FEW = settings(max_examples=40)
VOLATILE = ("LastModifiedDate", "EstimatedNumberOfUsers", "SmsConfigurationFailure")


def reachable(before: PoolSettings, after: PoolSettings) -> PoolSettings:
    """Return settings with what only a new pool or client can have taken from others, and what goes with that."""
    client = attrs.evolve(after.client, generate_secret=before.client.generate_secret)
    if client.write_attributes:
        client = attrs.evolve(client, write_attributes=(*client.write_attributes, *before.required_attributes))
    return attrs.evolve(after, sign_in=before.sign_in, required_attributes=before.required_attributes, client=client)


def shown(pool: Pool) -> dict[str, Any]:
    """Return all that a pool shows, without what changes by itself, and without what it shows twice."""
    live = pool.live
    description = {name: value for name, value in live.description.items() if name not in (*VOLATILE, *FORMER_TEXTS)}
    del description["AdminCreateUserConfig"]["UnusedAccountValidityDays"]
    client = {name: value for name, value in (live.client or {}).items() if name not in VOLATILE}
    return {"pool": description, "mfa": live.mfa, "client": client}


@FEW
@drawn(full_pools())
def test_new_pool_is_what_the_spec_says(spec: PoolSettings) -> None:
    """A pool that is made has the settings, and needs nothing more."""
    pool = Pool(spec)
    plan = pool.plan(spec)
    assert pool.live.settings == wanted(spec, pool.resources, REGION)
    assert (plan.changes, plan.operations, plan.obstacles) == ((), (), ())


@FEW
@drawn(full_pools())
def test_users_meet_what_the_spec_says(spec: PoolSettings) -> None:
    """The embedded account lets users of a pool that is made meet the settings, too."""
    pool = Pool(spec)
    record = pool.cloud.state.pools[pool.pool_id]
    met = settings_of(record.description, record.factors, record.clients[pool.client_id])
    assert normal(met, REGION) == wanted(spec, pool.resources, REGION)


@FEW
@drawn(full_pools(), full_pools())
def test_plan_reaches_the_target(before: PoolSettings, after: PoolSettings) -> None:
    """Where no new pool is needed, the operations lead there, and from every point between them on."""
    pool, spec = Pool(before), reachable(before, after)
    plan = pool.plan(spec)
    assert plan.obstacles == ()
    for number, operation in enumerate(plan.operations):
        assert pool.plan(spec).operations == plan.operations[number:]
        pool.call(operation)
    left = pool.plan(spec)
    assert (left.operations, left.obstacles) == ((), ())
    assert {change.rule.verdict for change in left.changes} <= {"refused"}


@FEW
@drawn(full_pools(), full_pools())
def test_plan_says_why_not(before: PoolSettings, after: PoolSettings) -> None:
    """What the operations do not reach is named: in the way, or refused."""
    pool = Pool(before)
    plan = pool.plan(after)
    fixed = {change.setting for change in plan.changes if change.rule.operation is None}
    named = {obstacle.setting for obstacle in plan.obstacles}
    refused = {change.setting for change in plan.changes if change.rule.verdict == "refused"}
    assert fixed <= named | refused
    assert not (plan.obstacles and plan.operations)
    made = {path for operation in plan.operations for path in operation.settings}
    assert plan.obstacles or made - refused == {change.setting for change in plan.changes} - refused


@FEW
@drawn(full_pools(), full_pools())
def test_untouched_settings_stay(before: PoolSettings, after: PoolSettings) -> None:
    """What a plan does not name is shown as before; a plan for what is there already changes nothing at all."""
    pool, spec = Pool(before), reachable(before, after)
    first = shown(pool)
    plan = pool.plan(spec)
    touched = _members(plan)
    pool.apply(plan)
    then = shown(pool)
    for part in ("pool", "client"):
        same = {name for name in first[part] if name not in touched}
        assert {name: then[part].get(name) for name in same} == {name: first[part][name] for name in same}


def _members(plan: Plan) -> set[str]:
    """The members that some operation gives another value, and what follows from them."""
    changed = {name for operation in plan.operations for name in {*operation.arguments} - {*operation.echoed}}
    dropped = {
        "custom_attributes": "SchemaAttributes",
        "devices.remembered": "DeviceConfiguration",
        "mfa.sms_message": "SmsAuthenticationMessage",
        "client.read_attributes": "ReadAttributes",
        "client.write_attributes": "WriteAttributes",
    }
    settings = {path for operation in plan.operations for path in operation.settings}
    return changed | {member for path, member in dropped.items() if path in settings}


@FEW
@drawn(full_pools())
def test_update_of_nothing(spec: PoolSettings) -> None:
    """All that a pool shows can be said again, and then it is the same pool."""
    pool = Pool(spec)
    before = shown(pool)
    pool.cloud.handle("UpdateUserPool", {"UserPoolId": pool.pool_id, **echoed(pool.live.description)})
    assert shown(pool) == before


def test_former_name_of_a_validity_is_said_again() -> None:
    """The service takes the life of temporary passwords under one name only; an old pool may show the other alone."""
    policy = {"MinimumLength": 9}
    shown_before = {"Name": "x", "Policies": {"PasswordPolicy": policy},
                    "AdminCreateUserConfig": {"UnusedAccountValidityDays": 30}}  # fmt: skip
    arguments = echoed(shown_before)
    assert arguments["Policies"] == {"PasswordPolicy": {"TemporaryPasswordValidityDays": 30, **policy}}
    assert arguments["AdminCreateUserConfig"] == {}
    assert shown_before["Policies"] == {"PasswordPolicy": {"MinimumLength": 9}}


def test_unknown_members_are_said_again() -> None:
    """Tags, deletion protection, other triggers and texts stay, though no setting knows them."""
    pool = Pool(PoolSettings())
    arn = "arn:aws:lambda:us-east-1:123456789012:function:any"
    others = {
        "UserPoolTags": {"team": "blue"},
        "DeletionProtection": "ACTIVE",
        "LambdaConfig": {"CustomMessage": arn},
    }
    pool.cloud.handle("UpdateUserPool", {"UserPoolId": pool.pool_id, **echoed(pool.live.description), **others})
    pool.apply(pool.plan(attrs.evolve(PoolSettings(), lambda_triggers=("pre_sign_up",))))
    description = pool.live.description
    assert description["UserPoolTags"] == {"team": "blue"}
    assert description["DeletionProtection"] == "ACTIVE"
    assert description["LambdaConfig"] == {"CustomMessage": arn, "PreSignUp": given().trigger_arns["pre_sign_up"]}


def test_invalid_target_is_not_begun() -> None:
    """Settings that Cognito refuses are named before the first call."""
    broken = attrs.evolve(PoolSettings(), mfa=attrs.evolve(PoolSettings().mfa, mode="required"))
    plan = plan_pool(broken, given(), region=REGION)
    assert [obstacle.setting for obstacle in plan.obstacles] == ["mfa.factors"]
    assert plan.operations == ()
