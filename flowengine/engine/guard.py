"""A store whose failures are the engine's own."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from flowengine.engine.protocols import Store
from flowengine.errors import FlowEngineError, StoreUnavailable
from flowengine.session import Session

__all__ = ["GuardedStore"]

T = TypeVar("T")


class GuardedStore:
    """
    Passes every call on, and raises `StoreUnavailable` for whatever the store raises.

    Args:
        store: The store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def create(self, session: Session) -> None:
        """Keep a new session."""
        await _guarded(self._store.create(session))

    async def get(self, key: str) -> Session | None:
        """Return the session with this key, or None."""
        return await _guarded(self._store.get(key))

    async def replace(self, session: Session, *, revision: int) -> bool:
        """Put a session in the place of its earlier self, if that still stands at `revision`; tell whether it did."""
        return await _guarded(self._store.replace(session, revision=revision))

    async def delete(self, key: str) -> None:
        """Forget a session, if there is one."""
        await _guarded(self._store.delete(key))


async def _guarded(work: Awaitable[T]) -> T:
    """Turn whatever is raised into `StoreUnavailable`, but for errors of ours and cancellations."""
    try:
        return await work
    except FlowEngineError:
        raise
    except Exception as error:  # noqa: BLE001 (a store may raise anything)
        failure = type(error).__name__
    # Raised out here, it has no context: a store's own message may quote what it stores.
    raise StoreUnavailable(f"the session store failed: {failure}")
