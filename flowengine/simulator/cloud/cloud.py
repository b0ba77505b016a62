"""`Cloud`: a whole AWS account in memory, as far as user pools and their SMS need one."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from copy import deepcopy
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Self

from flowengine.errors import FlowEngineError
from flowengine.settings import settings_of
from flowengine.simulator.clock import SimulatedClock
from flowengine.simulator.cloud.document import AccountHeader, account_lines, read_account
from flowengine.simulator.cloud.faults import answered, taken
from flowengine.simulator.cloud.operations import OPERATIONS, service_of
from flowengine.simulator.cloud.pools import check_present
from flowengine.simulator.cloud.refusals import INVALID_SMS_SHAPE, UNKNOWN_CLIENT, UNKNOWN_POOL
from flowengine.simulator.cloud.roles import Role, sms_role
from flowengine.simulator.cloud.shapes import REQUESTS as POOL_REQUESTS
from flowengine.simulator.cloud.sms_shapes import REQUESTS as SMS_REQUESTS
from flowengine.simulator.cloud.sms_state import SmsRegion
from flowengine.simulator.cloud.state import AccountState, Answer, PlantedFault, PoolRecord, Request
from flowengine.simulator.operations import OPERATIONS as USER_OPERATIONS
from flowengine.simulator.pool import Pool
from flowengine.simulator.refusals import ACCESS_TOKEN_INVALID, INVALID_SHAPE, UNKNOWN_OPERATION
from flowengine.simulator.shapes import check_structure
from flowengine.simulator.simulator import Simulator

if TYPE_CHECKING:
    import aioboto3

__all__ = ["Cloud"]

TOKEN_DOTS: Final = 2
REQUESTS: Final = {**POOL_REQUESTS, **SMS_REQUESTS}
INVALID_SHAPES: Final = {"pinpoint-sms-voice-v2": INVALID_SMS_SHAPE}
"""How a service refuses a request that violates its model, where it is not as Cognito does."""
KEYS: Final = ("SIMULATED", "SIMULATED")


class Cloud:
    """
    An AWS account in memory that behaves as AWS does: user pools, SMS, the role for them, and who calls.

    Equal seeds, Regions, clocks and requests give equal answers.

    Args:
        region: The AWS Region that sessions stand in by themselves; others can be reached, too.
        account_id: The account's number.
        clock: Its clock; by default one of its own.
        seed: What ids, codes and secrets are drawn from.

    Attributes:
        state: All that the account remembers.
        clock: Its clock, which stands still until it is told to move.
        region: The AWS Region.
        account_id: The account's number.
    """

    def __init__(
        self,
        *,
        region: str = "us-east-1",
        account_id: str = "123456789012",
        clock: SimulatedClock | None = None,
        seed: int = 0,
    ) -> None:
        self.region = region
        self.account_id = account_id
        self.clock = clock if clock is not None else SimulatedClock()
        self.state = AccountState(seed=seed)

    def __repr__(self) -> str:
        return f"<Cloud {self.account_id} in {self.region}>"

    @property
    def caller(self) -> str:
        """Who calls, as an ARN."""
        return f"arn:aws:iam::{self.account_id}:user/operator"

    def handle(self, operation: str, params: Mapping[str, Any], *, region: str | None = None) -> Answer:
        """
        Answer one request, without regard to planted faults.

        Args:
            operation: The operation as its service spells it, such as `CreateUserPool`.
            params: The members of the request.
            region: The AWS Region that it is sent to; None for the account's own.

        Raises:
            PoolError: The service refuses; `exception` and `message` say how.
        """
        handler = OPERATIONS[service_of(operation)].get(operation)
        if handler is None:
            return self._of_user(operation, params, region or self.region)
        if operation in REQUESTS:
            check_structure(REQUESTS[operation], params, INVALID_SHAPES.get(service_of(operation), INVALID_SHAPE))
        # Both sides keep what is theirs: what is stored changes by requests alone.
        return deepcopy(handler(self._request(deepcopy(params), region)))

    def answer(self, operation: str, params: Mapping[str, Any], *, region: str | None = None) -> Answer:
        """
        Answer one request as `handle` does, unless a fault is planted for it.

        Raises:
            PoolError: The service refuses.
            AnswerLost: The answer is lost, with or without an effect.
            Unreachable: The service cannot be reached.
        """
        error = taken(self.state.faults, operation)
        if error is None:
            return self.handle(operation, params, region=region)
        return answered(
            error,
            service_of(operation),
            operation,
            self.caller,
            lambda: self.handle(operation, params, region=region),
        )

    def fail_next(self, operation: str | None, error: str, *, times: int = 1) -> None:
        """
        Plant a fault for the next call.

        Args:
            operation: The operation that it waits for; None for any.
            error: `throttled` or `denied` (the service's own exception, no effect), `lost_before` (no effect, and the
                answer is lost), `lost_after` (it takes effect, and the answer is lost), `unreachable` (connection
                refused), or the name of an exception, such as `ConcurrentModificationException`.
            times: How many calls it waits for.
        """
        self.state.faults += [PlantedFault(error, operation)] * times

    def add_sms_role(self, name: str = "cognito-sms", *, external_id: str | None = None) -> str:
        """
        Make a role that Cognito can send SMS with, and return its ARN.

        Args:
            name: Its name.
            external_id: What a pool's `ExternalId` has to be; None for any.
        """
        arn = f"arn:aws:iam::{self.account_id}:role/{name}"
        self.state.roles[name] = sms_role(name, arn, external_id, self.clock.now())
        return arn

    def add_role(self, name: str, *, trust: str, policies: Mapping[str, str] | None = None) -> str:
        """
        Make a role with policies of its own, and return its ARN.

        Args:
            name: Its name.
            trust: The policy on who may take it on, as JSON.
            policies: Its inline policies, as JSON, by name.
        """
        arn = f"arn:aws:iam::{self.account_id}:role/{name}"
        self.state.roles[name] = Role(
            name=name, arn=arn, trust=trust, policies=dict(policies or {}), attached={}, created_at=self.clock.now()
        )
        return arn

    def sms(self, region: str | None = None) -> SmsRegion:
        """Return what the account may send by SMS from a Region, by default its own; change it as you like."""
        return self._request({}, region).sms()

    def simulator(self, pool_id: str, client_id: str) -> Simulator:
        """
        Return the embedded user pool of a pool and one of its app clients, as they are configured now.

        Its users are the pool's, whatever client is asked for, and stay when the pool changes.

        Args:
            pool_id: The pool's id.
            client_id: The app client's id.

        Raises:
            PoolError: There is no such pool, or no such client.
        """
        record = self.state.pools.get(pool_id)
        if record is None:
            raise UNKNOWN_POOL.error(pool=pool_id)
        if client_id not in record.clients:
            raise UNKNOWN_CLIENT.error(client=client_id)
        return Simulator.of(_embedded(record, client_id), record.users, self.clock)

    def session(self, *, credentials: tuple[str, str] | None = KEYS, region: str | None = None) -> aioboto3.Session:
        """
        Return a real aioboto3 session whose clients this account answers, without a network.

        Args:
            credentials: The access key and the secret key; None for a session that finds none.
            region: The AWS Region that it stands in; None for the account's own.
        """
        wire = import_module("flowengine.simulator.cloud.wire")
        return wire.session(self, credentials=credentials, region=region or self.region)

    def to_json(self) -> str:
        """Return the account as JSON lines, with its users and their secrets."""
        header = AccountHeader(
            account_id=self.account_id,
            region=self.region,
            now=self.clock.now(),
            seed=self.state.seed,
            draws=self.state.draws,
        )
        return "".join(f"{line}\n" for line in account_lines(header, self.state))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """
        Return the account that `to_json` has written, its clock where it stood.

        Raises:
            FlowEngineError: A line is no part of an account; the message tells which.
        """
        header, state = read_account(text)
        cloud = cls(region=header.region, account_id=header.account_id, clock=SimulatedClock(header.now))
        cloud.state = state
        for pool_id, record in state.pools.items():
            cloud._check_legible(pool_id, record)
        return cloud

    def _check_legible(self, pool_id: str, record: PoolRecord) -> None:
        """Refuse a pool whose settings nobody wrote like this, rather than stumble over it later."""
        try:
            check_present(record.description)
            self.handle("DescribeUserPool", {"UserPoolId": pool_id}, region=pool_id.partition("_")[0])
            for client in (None, *record.clients.values()):
                settings_of(record.description, record.factors, client)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise FlowEngineError(f"the settings of {pool_id} cannot be read ({type(error).__name__})") from None

    def _request(self, params: Mapping[str, Any], region: str | None) -> Request:
        return Request(
            state=self.state,
            account_id=self.account_id,
            caller=self.caller,
            region=region or self.region,
            now=self.clock.now(),
            params=params,
        )

    def _of_user(self, operation: str, params: Mapping[str, Any], region: str) -> Answer:
        """Let the pool answer that a request of a user or about a user is for."""
        if operation not in USER_OPERATIONS:
            raise UNKNOWN_OPERATION.error(operation=operation)
        for record in self.state.pools.values():
            if record.description["Id"].startswith(f"{region}_") and _is_for(params, record):
                client_id = _client_id(params, record)
                return Simulator.of(_embedded(record, client_id), record.users, self.clock).handle(operation, params)
        if "UserPoolId" in params:
            raise UNKNOWN_POOL.error(pool=params["UserPoolId"])
        if "ClientId" not in params:
            raise ACCESS_TOKEN_INVALID.error()
        raise UNKNOWN_CLIENT.error(client=params["ClientId"])


def _is_for(params: Mapping[str, Any], record: PoolRecord) -> bool:
    """Whether a request names a pool, one of its clients, or holds a token or a session that it gave."""
    pool_id = record.description["Id"]
    if "UserPoolId" in params:
        return bool(params["UserPoolId"] == pool_id)
    if "ClientId" in params:
        return params["ClientId"] in record.clients
    issuer = _claims(params.get("AccessToken", "")).get("iss", "")
    return issuer.endswith(f"/{pool_id}") or params.get("Session") in record.users.challenges


def _client_id(params: Mapping[str, Any], record: PoolRecord) -> str:
    """The client that a request is made through; any where it does not matter."""
    named = params.get("ClientId") or _claims(params.get("AccessToken", "")).get("client_id")
    return named if named in record.clients else next(iter(record.clients), "")


def _claims(token: str) -> dict[str, Any]:
    """What a token says of itself; nothing where it is none."""
    payload = token.split(".")[1] if token.count(".") == TOKEN_DOTS else ""
    try:
        return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
    except ValueError:
        return {}


def _embedded(record: PoolRecord, client_id: str) -> Pool:
    client = record.clients.get(client_id)
    settings = settings_of(record.description, record.factors, client)
    pool_id = record.description["Id"]
    return Pool(
        settings=settings,
        region=pool_id.partition("_")[0],
        user_pool_id=pool_id,
        client_id=client_id,
        client_secret=(client or {}).get("ClientSecret"),
        triggers=dict.fromkeys(settings.lambda_triggers, _pass),
    )


def _pass(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return event
