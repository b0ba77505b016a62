"""What the tests of plans share: an embedded account, a pool in it, and plans applied call by call."""

from __future__ import annotations

from typing import Any

from flowengine.provision.live import LivePool
from flowengine.provision.plan import plan_pool
from flowengine.provision.planned import Operation, Plan
from flowengine.provision.resources import Resources
from flowengine.settings import TRIGGER_MEMBERS, PoolSettings
from flowengine.simulator.cloud import Cloud

REGION = "us-east-1"
EXTERNAL_ID = "flowengine"
ACCOUNT = "arn:aws:{service}:us-east-1:123456789012:{rest}"
IDENTITY = ACCOUNT.format(service="ses", rest="identity/example.com")
ROLE = "arn:aws:iam::123456789012:role/sms"


def given(**other: Any) -> Resources:
    """Return resources for whatever settings need."""
    functions = {name: ACCOUNT.format(service="lambda", rest=f"function:{name}") for name in TRIGGER_MEMBERS}
    return Resources(
        **{
            "pool_name": "tests",
            "client_name": "tests-client",
            "sms_role_arn": ROLE,
            "sms_external_id": EXTERNAL_ID,
            "email_identity_arn": IDENTITY,
            "trigger_arns": functions,
            **other,
        }
    )


def account() -> Cloud:
    """Return an account with a role that can send SMS."""
    cloud = Cloud()
    cloud.add_sms_role("sms", external_id=EXTERNAL_ID)
    return cloud


class Pool:
    """A pool of an embedded account, called without botocore."""

    def __init__(self, pool: PoolSettings, resources: Resources | None = None, cloud: Cloud | None = None) -> None:
        self.cloud = cloud if cloud is not None else account()
        self.resources = resources or given()
        self.pool_id = self.client_id = ""
        made = plan_pool(pool, self.resources, region=REGION)
        assert made.obstacles == ()
        self.apply(made)

    def apply(self, plan: Plan) -> None:
        """Call every operation of a plan."""
        for operation in plan.operations:
            self.call(operation)

    def call(self, operation: Operation) -> None:
        """Call an operation of a plan."""
        answer = self.cloud.handle(operation.name, {**self.ids(operation.name), **operation.arguments})
        if operation.name == "CreateUserPool":
            self.pool_id = answer["UserPool"]["Id"]
        elif operation.name == "CreateUserPoolClient":
            self.client_id = answer["UserPoolClient"]["ClientId"]

    def ids(self, operation: str) -> dict[str, str]:
        """Return the ids that an operation names."""
        pool = {"UserPoolId": self.pool_id} if operation != "CreateUserPool" else {}
        return pool | ({"ClientId": self.client_id} if operation == "UpdateUserPoolClient" else {})

    def ask(self, operation: str) -> dict[str, Any]:
        """Return the answer of an operation on the pool."""
        ids = {"UserPoolId": self.pool_id}
        if operation == "DescribeUserPoolClient":
            ids["ClientId"] = self.client_id
        answer: dict[str, Any] = self.cloud.handle(operation, ids)
        return answer

    @property
    def live(self) -> LivePool:
        """The pool as it is."""
        return LivePool(
            description=self.ask("DescribeUserPool")["UserPool"],
            mfa=self.ask("GetUserPoolMfaConfig"),
            client=self.ask("DescribeUserPoolClient")["UserPoolClient"] if self.client_id else None,
        )

    def plan(self, spec: PoolSettings, **options: Any) -> Plan:
        """Plan a change of the pool."""
        return plan_pool(spec, self.resources, region=REGION, live=self.live, **options)
