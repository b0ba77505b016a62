"""Users who do not exist, as a pool that keeps this from outsiders shows them: always the same for the same name.

Source: cognito-user-pool-managing-errors (PreventUserExistenceErrors).
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from flowengine.simulator import users
from flowengine.simulator.attributes import pretended
from flowengine.simulator.pool import Call
from flowengine.simulator.state import User

__all__ = ["stranger"]


def stranger(call: Call, name: str) -> User:
    """
    Return a made-up user for a typed name that no user has: confirmed, with one verified contact and no password.

    Its `sub` is the name as the pool compares it, its username a UUID.
    """
    sub = users.subject(call, None, name)
    attribute, value = pretended(call.settings, sub)
    digest = hashlib.sha256(f"{call.pool.user_pool_id}/{sub}".encode()).digest()
    return User(
        sub=sub,
        username=str(UUID(bytes=digest[:16], version=4)),
        password=None,
        attributes={attribute: value},
        verified=frozenset({attribute}),
        status="CONFIRMED",
    )
