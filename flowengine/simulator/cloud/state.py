"""All that an embedded account remembers, and a request on its way through it."""

from __future__ import annotations

import string
from collections.abc import Mapping
from random import Random
from typing import Any, TypeAlias

from attrs import define, field, frozen

from flowengine.simulator.cloud.refusals import UNKNOWN_CLIENT, UNKNOWN_POOL
from flowengine.simulator.cloud.roles import Role
from flowengine.simulator.cloud.sms_state import SmsRegion
from flowengine.simulator.pool import generator
from flowengine.simulator.state import PoolState

__all__ = ["AccountState", "Answer", "PlantedFault", "PoolRecord", "Request"]

Answer: TypeAlias = dict[str, Any]
"""The members of an answer, instants as seconds since the epoch."""


@define(kw_only=True)
class PoolRecord:
    """
    One user pool.

    Args:
        description: What DescribeUserPool shows, but for what is found out when it is asked.
        factors: The blocks of GetUserPoolMfaConfig that are set, by name.
        clients: What DescribeUserPoolClient shows, by client id.
        users: The memory of the pool, which its changes leave alone.
    """

    description: dict[str, Any]
    factors: dict[str, Any] = field(factory=dict)
    clients: dict[str, dict[str, Any]] = field(factory=dict, repr=False)
    users: PoolState = field(repr=False)


@frozen
class PlantedFault:
    """A fault that waits for the next call, or for the next call of `operation`."""

    error: str
    operation: str | None


@define(kw_only=True)
class AccountState:
    """
    Everything that changes in an account.

    Args:
        seed: What all randomness is derived from.
        draws: How many random values were drawn so far.
        pools: The user pools of every Region, by id.
        roles: The IAM roles, by name.
        sms: What the account may send by SMS, by Region.
        faults: The faults that wait, oldest first.
    """

    seed: int = field(repr=False)
    draws: int = 0
    pools: dict[str, PoolRecord] = field(factory=dict)
    roles: dict[str, Role] = field(factory=dict)
    sms: dict[str, SmsRegion] = field(factory=dict)
    faults: list[PlantedFault] = field(factory=list)


@frozen(kw_only=True)
class Request:
    """
    One request, with all that its handler may use.

    Args:
        state: The memory of the account, which the handler changes.
        account_id: The account's number.
        caller: Who sent it, as an ARN.
        region: The AWS Region that it was sent to.
        now: The present instant, in seconds since the epoch.
        params: The members of the request.
    """

    state: AccountState
    account_id: str
    caller: str
    region: str
    now: float
    params: Mapping[str, Any] = field(repr=False)

    def pool(self) -> PoolRecord:
        """Return the user pool that the request names."""
        pool_id = self.params["UserPoolId"]
        if pool_id.partition("_")[0] != self.region or pool_id not in self.state.pools:
            raise UNKNOWN_POOL.error(pool=pool_id)
        return self.state.pools[pool_id]

    def client(self) -> dict[str, Any]:
        """Return the app client that the request names."""
        clients = self.pool().clients
        client_id = self.params["ClientId"]
        if client_id not in clients:
            raise UNKNOWN_CLIENT.error(client=client_id)
        return clients[client_id]

    def sms(self, region: str | None = None) -> SmsRegion:
        """Return what the account may send by SMS from a Region, by default the request's own."""
        return self.state.sms.setdefault(region or self.region, SmsRegion())

    def letters(self, length: int) -> str:
        """Return random lowercase letters and digits."""
        return "".join(self.random().choices(string.ascii_lowercase + string.digits, k=length))

    def digits(self, length: int) -> str:
        """Return random digits."""
        return "".join(self.random().choices(string.digits, k=length))

    def random(self) -> Random:
        """Return the generator of the next draw."""
        self.state.draws += 1
        return generator(self.state.seed, self.state.draws)
