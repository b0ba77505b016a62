"""The facts of a simulated pool that never change, and a request on its way through it."""

from __future__ import annotations

import base64
import hmac
import string
from collections.abc import Callable, Mapping
from functools import cached_property
from random import Random
from typing import Any, Final, Self, TypeAlias
from uuid import UUID

from attrs import define, field, frozen

from flowengine.settings import PoolSettings
from flowengine.simulator.refusals import SECRET_HASH_MISSING, SECRET_HASH_WRONG
from flowengine.simulator.state import RECORDS, PoolState

__all__ = ["Call", "Pool", "Trigger", "check_secret_hash", "secret_hash"]

Trigger: TypeAlias = Callable[[dict[str, Any], object], dict[str, Any]]
"""A Lambda trigger: takes an event and a context, and returns the event."""

SECRET_LENGTH: Final = 51  # within the 24 to 64 characters of the shape ClientSecretType


def generator(seed: int, draw: int) -> Random:
    """
    Return the generator for one draw.

    Each request that needs randomness gets its own: a pool's state then holds two numbers in place of a generator.
    """
    return Random(f"{seed}/{draw}")  # noqa: S311 (a simulated walk must be repeatable)


def letters(random: Random, length: int) -> str:
    """Return random lowercase letters and digits."""
    return "".join(random.choices(string.ascii_lowercase + string.digits, k=length))


@frozen(kw_only=True)
class Pool:
    """
    What a pool and its app client are.

    Args:
        settings: How they are configured.
        region: The AWS Region, such as `us-east-1`.
        user_pool_id: The pool's id, `<region>_<nine characters>`.
        client_id: The app client's id.
        client_secret: The app client's secret, if it has one.
        triggers: The Lambda triggers, by name, such as `pre_sign_up`.
        algorithm: How its tokens are signed, `RS256` or `HS256`.
    """

    settings: PoolSettings
    region: str
    user_pool_id: str
    client_id: str
    client_secret: str | None = field(repr=False)
    triggers: Mapping[str, Trigger] = field(factory=dict, repr=False)
    algorithm: str = "RS256"

    @classmethod
    def create(
        cls, settings: PoolSettings, region: str, seed: int, triggers: Mapping[str, Trigger], algorithm: str
    ) -> Self:
        """Return a pool with ids drawn from the seed."""
        random = generator(seed, 0)
        return cls(
            settings=settings,
            region=region,
            user_pool_id=f"{region}_{letters(random, 9)}",
            client_id=letters(random, 26),
            client_secret=letters(random, SECRET_LENGTH) if settings.client.generate_secret else None,
            triggers=dict(triggers),
            algorithm=algorithm,
        )

    @property
    def issuer(self) -> str:
        """The `iss` claim of the pool's tokens."""
        return f"https://cognito-idp.{self.region}.amazonaws.com/{self.user_pool_id}"

    @property
    def hides_users(self) -> bool:
        """Whether the client keeps from outsiders which users exist (`PreventUserExistenceErrors`)."""
        return self.settings.client.prevent_user_existence_errors == "ENABLED"


@define(eq=False, kw_only=True)
class Call:
    """
    One request, with all that its handler may use.

    Args:
        pool: The facts of the pool.
        state: Its memory, which the handler changes.
        now: The present instant, in seconds since the epoch.
        params: The request's members, checked against their shapes.
    """

    pool: Pool
    state: PoolState
    now: float
    params: Mapping[str, Any] = field(repr=False)
    _kept: dict[str, dict[Any, Any]] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.keep()

    def keep(self) -> None:
        """Let what the request has changed so far last, even if it is refused from here on."""
        self._kept = {name: getattr(self.state, name).copy() for name in RECORDS}

    def undo(self) -> None:
        """Undo what the request has changed since `keep`, or since it came."""
        for name, kept in self._kept.items():
            setattr(self.state, name, kept)

    @cached_property
    def random(self) -> Random:
        """The randomness of this request."""
        self.state.draws += 1
        return generator(self.state.seed, self.state.draws)

    @property
    def settings(self) -> PoolSettings:
        """How the pool is configured."""
        return self.pool.settings

    def digits(self, length: int) -> str:
        """Return random digits."""
        return "".join(self.random.choices(string.digits, k=length))

    def opaque(self, length: int) -> str:
        """Return random text of URL-safe characters, made from `length` random bytes."""
        return base64.urlsafe_b64encode(self.random.randbytes(length)).decode()

    def uuid(self) -> str:
        """Return a random UUID."""
        return str(UUID(bytes=self.random.randbytes(16), version=4))


def secret_hash(client_secret: str, username: str, client_id: str) -> str:
    """
    Return the `SecretHash` of a request.

    Source: signing-up-users-in-your-app (computing secret hash values).
    """
    digest = hmac.digest(client_secret.encode(), (username + client_id).encode(), "sha256")
    return base64.b64encode(digest).decode()


def check_secret_hash(pool: Pool, username: str, given: str | None) -> None:
    """Refuse a request whose secret hash is missing or wrong, where the client has a secret."""
    if pool.client_secret is None:
        return
    if not given:
        raise SECRET_HASH_MISSING.error(client=pool.client_id)
    if given != secret_hash(pool.client_secret, username, pool.client_id):
        raise SECRET_HASH_WRONG.error(client=pool.client_id)
