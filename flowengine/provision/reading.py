"""Reading pools, clients and users through an aioboto3 session."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

import attrs
from aiobotocore.config import AioConfig
from attrs import define, field
from botocore import xform_name

from flowengine.cognito.service_model import API_VERSION, add_newer_members
from flowengine.errors import ProvisionError
from flowengine.provision.live import LivePool, Users
from flowengine.provision.patience import PAUSES, only_reads
from flowengine.provision.trouble import explained, garbled

__all__ = ["Service", "Sleep", "opened"]

_CONFIG: Final = AioConfig(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 1, "mode": "standard"})
"""botocore makes a call once: what creates something must not be repeated for an answer that came late."""
Sleep = Callable[[float], Awaitable[object]]
_PAGE: Final = 60
MOST_USERS: Final = 20_000
"""How many users are counted; what lies beyond is told as "at least"."""
_SET_BY: Final[Mapping[str, tuple[str, str | None]]] = {
    "DescribeUserPool": ("UpdateUserPool", "UserPool"),
    "GetUserPoolMfaConfig": ("SetUserPoolMfaConfig", None),
    "DescribeUserPoolClient": ("UpdateUserPoolClient", "UserPoolClient"),
}
"""What sets all that an operation describes, so that it resets, or may, what it leaves out; and where that stands."""
SECRET_SHOWN: Final = "********"  # noqa: S105 (it stands for one)
"""What stands for a client's secret, which is read and dropped."""


@define(kw_only=True)
class Service:
    """
    A Cognito client that explains what goes wrong.

    Args:
        client: The aioboto3 client.
        region: Its Region.
        unknown: The members of descriptions that the installed botocore does not know, and drops, by the operation
            that sets what was described.
        sleep: Waits for some seconds, before a read that was throttled is tried again.
    """

    client: Any = field(repr=False)
    region: str
    unknown: dict[str, tuple[str, ...]] = field(factory=dict)
    sleep: Sleep = field(default=asyncio.sleep, repr=False)

    async def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """
        Call an operation; one that only reads, a few times where it is throttled.

        Args:
            operation: The operation as Cognito spells it.
            arguments: Its members.

        Raises:
            ProvisionError: It failed.
        """
        for pause in PAUSES if only_reads(operation) else ():
            try:
                return await self._once(operation, arguments)
            except ProvisionError as error:
                if error.code != "throttled":
                    raise
            await self.sleep(pause)
        return await self._once(operation, arguments)

    async def _once(self, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        with explained(operation):
            answer: dict[str, Any] = await getattr(self.client, xform_name(operation))(**arguments)
        answer.pop("ResponseMetadata", None)
        shape = self.client.meta.service_model.operation_model(operation).output_shape
        if shape is not None and shape.members and not answer:
            raise garbled(operation)
        return answer

    async def pool(self, pool_id: str, *, client_id: str | None = None, client_name: str = "") -> LivePool:
        """
        Return a pool as it is.

        Args:
            pool_id: The pool's id.
            client_id: Its app client; None for the one with a name, if there is one.
            client_name: That name.

        Raises:
            ProvisionError: It cannot be read, or several clients have the name.
        """
        description = (await self.call("DescribeUserPool", UserPoolId=pool_id))["UserPool"]
        mfa = await self.call("GetUserPoolMfaConfig", UserPoolId=pool_id)
        client_id = client_id or await self._client_id(pool_id, client_name)
        client = None
        if client_id is not None:
            shown = await self.call("DescribeUserPoolClient", UserPoolId=pool_id, ClientId=client_id)
            client = shown["UserPoolClient"]
            if "ClientSecret" in client:
                client["ClientSecret"] = SECRET_SHOWN
        return LivePool(description=description, mfa=mfa, client=client, unknown=dict(self.unknown))

    async def namesakes(self, name: str) -> tuple[str, ...]:
        """Return the ids of the pools of the Region that have a name."""
        pools = self._pages("ListUserPools", "UserPools", MaxResults=_PAGE)
        return tuple(sorted([pool["Id"] async for pool in pools if pool["Name"] == name]))

    async def users(self, pool_id: str) -> Users | None:
        """
        Count the users of a pool, and who of them lacks what; None where that is not allowed.

        Many users take many calls: what was counted before these became too many is told as incomplete.

        Raises:
            ProvisionError: They cannot be counted for another reason.
        """
        users = Users()
        try:
            pages = self._pages("ListUsers", "Users", token="PaginationToken", UserPoolId=pool_id, Limit=_PAGE)  # noqa: S106 (no password)
            async for user in pages:
                if users.total == MOST_USERS:
                    return attrs.evolve(users, complete=False)
                users = users.with_one(user)
        except ProvisionError as error:
            if error.code == "no-permission":
                return None
            if error.code != "throttled" or not users.total:
                raise
            return attrs.evolve(users, complete=False)
        return users

    async def _client_id(self, pool_id: str, name: str) -> str | None:
        clients = self._pages("ListUserPoolClients", "UserPoolClients", UserPoolId=pool_id, MaxResults=_PAGE)
        found = [client["ClientId"] async for client in clients if client["ClientName"] == name]
        if len(found) > 1:
            message = f"{len(found)} app clients of {pool_id} are called {name!r}: {', '.join(found)}"
            raise ProvisionError("client-ambiguous", message, "say which one with --client-id")
        return found[0] if found else None

    async def _pages(
        self,
        operation: str,
        member: str,
        *,
        token: str = "NextToken",  # noqa: S107 (no password)
        **arguments: Any,
    ) -> AsyncIterator[dict[str, Any]]:
        more: dict[str, Any] = {}
        while True:
            answer = await self.call(operation, **arguments, **more)
            for item in answer.get(member, ()):
                yield item
            if not answer.get(token):
                return
            more = {token: answer[token]}


@asynccontextmanager
async def opened(session: Any, region: str | None = None, *, sleep: Sleep = asyncio.sleep) -> AsyncIterator[Service]:
    """
    Open a Cognito client.

    Args:
        session: An aioboto3 session.
        region: The Region; None for the session's own.
        sleep: Waits for some seconds, before a read that was throttled is tried again.

    Raises:
        ProvisionError: There is no client, for lack of a Region or of credentials.
    """
    add_newer_members(session)
    with explained("the client"):
        context = session.client("cognito-idp", region_name=region, config=_CONFIG, api_version=API_VERSION)
        client = await context.__aenter__()
    try:
        service = Service(client=client, region=client.meta.region_name, sleep=sleep)
        for operation in _SET_BY:
            event = f"before-parse.cognito-identity-provider.{operation}"
            client.meta.events.register(event, _Watch(service.unknown))
        yield service
    finally:
        await context.__aexit__(None, None, None)


@define(eq=False)
class _Watch:
    """Notes what an answer holds and the service model does not, before it is dropped."""

    unknown: dict[str, tuple[str, ...]]

    def __call__(self, operation_model: Any, response_dict: Mapping[str, Any], **_: object) -> None:
        if response_dict["status_code"] != HTTPStatus.OK:
            return
        shape, (set_by, outer) = operation_model.output_shape, _SET_BY[operation_model.name]
        try:
            answer = json.loads(response_dict["body"])
            if outer is not None:
                shape, answer = shape.members[outer], answer[outer]
        except (KeyError, TypeError, ValueError):
            return  # what is not Cognito's
        self.unknown[set_by] = tuple(_unknown(answer, shape, ""))


def _unknown(value: Any, shape: Any, path: str) -> list[str]:
    if shape.type_name != "structure" or not isinstance(value, Mapping):
        return []
    found = []
    for name, inner in value.items():
        if name not in shape.members:
            found += [] if inner is None else [f"{path}{name}"]
        else:
            found += _unknown(inner, shape.members[name], f"{path}{name}.")
    return found
