"""The user pool that `flowengine init --from-pool` writes down, as its service describes it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import attrs

from flowengine.errors import FlowEngineError
from flowengine.provision import LivePool
from flowengine.provision.setup import CarriedOver, LeftOut
from flowengine.settings import PoolSettings

if TYPE_CHECKING:
    from flowengine.provision.reading import Sleep

__all__ = ["carried_over", "read_pool"]

_PAGE: Final = 60
_EMAIL_TEXTS: Final = ("email_subject", "email_message")


async def read_pool(
    pool_id: str, *, client_id: str | None, region: str | None, profile: str | None, simulate: bool
) -> LivePool:
    """
    Return a pool with its app client.

    Args:
        pool_id: The pool.
        client_id: The client; None for the only one that it has.
        region: The Region; None for the one that the pool's id begins with.
        profile: The AWS profile; None for that of the environment.
        simulate: Whether the pool is on the embedded account.

    Raises:
        ProvisionError: It cannot be read.
        FlowEngineError: It has several clients, and none is named.
    """
    from flowengine.provision.reading import opened  # noqa: PLC0415 (`--help` must not wait for an SDK)

    region = region or pool_id.partition("_")[0]
    session, sleep = _session(profile, simulate=simulate)
    async with opened(session, region, sleep=sleep) as service:
        if client_id is None:
            listed = await service.call("ListUserPoolClients", UserPoolId=pool_id, MaxResults=_PAGE)
            client_id = _only_client(pool_id, listed["UserPoolClients"])
        return await service.pool(pool_id, client_id=client_id)


def _session(profile: str | None, *, simulate: bool) -> tuple[Any, Sleep]:
    if simulate:
        from flowengine.cli.embedded_account import kept_account  # noqa: PLC0415

        with kept_account(keeps=False) as cloud:
            return cloud.session(), cloud.clock.sleep
    import aioboto3  # noqa: PLC0415

    from flowengine.provision.trouble import explained  # noqa: PLC0415

    with explained("the session"):
        return aioboto3.Session(profile_name=profile), asyncio.sleep


def _only_client(pool_id: str, clients: list[dict[str, Any]]) -> str | None:
    if len(clients) > 1:
        known = ", ".join(f"{client['ClientId']} ({client['ClientName']})" for client in clients)
        raise FlowEngineError(f"{pool_id} has several app clients; --client-id says which one: {known}")
    return str(clients[0]["ClientId"]) if clients else None


def carried_over(live: LivePool) -> CarriedOver:
    """
    Return the settings of a pool, and what they leave out.

    Args:
        live: The pool.

    Source: pools keep texts of e-mails that Cognito's own service does not send (EmailConfigurationType).
    """
    left_out = [LeftOut(name, "not known here") for names in live.unknown.values() for name in names]
    if live.client is None:
        left_out.append(LeftOut("client", "the pool has no app client: the spec has one with every default"))
    pool = live.settings
    unsent = _unsent_texts(pool)
    left_out += [
        LeftOut(f"verification.{name}", "Cognito's own e-mail takes no text; with email_sending_account: DEVELOPER "
                "it can be set") for name in unsent
    ]  # fmt: skip
    texts: dict[str, Any] = dict.fromkeys(unsent)
    return CarriedOver(attrs.evolve(pool, verification=attrs.evolve(pool.verification, **texts)), tuple(left_out))


def _unsent_texts(pool: PoolSettings) -> list[str]:
    if pool.email_sending_account != "COGNITO_DEFAULT":
        return []
    return [name for name in _EMAIL_TEXTS if getattr(pool.verification, name) is not None]
