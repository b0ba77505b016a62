"""A store whose failures are the engine's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flowengine.engine.protocols import Store
from flowengine.errors import FlowEngineError, StoreUnavailable
from flowengine.session import Session

__all__ = ["GuardedStore"]


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
        with _guarded():
            await self._store.create(session)

    async def get(self, key: str) -> Session | None:
        """Return the session with this key, or None."""
        with _guarded():
            return await self._store.get(key)

    async def replace(self, session: Session, *, revision: int) -> bool:
        """Put a session in the place of its earlier self, if that still stands at `revision`; tell whether it did."""
        with _guarded():
            return await self._store.replace(session, revision=revision)

    async def delete(self, key: str) -> None:
        """Forget a session, if there is one."""
        with _guarded():
            await self._store.delete(key)


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except FlowEngineError:
        raise
    except Exception as error:  # noqa: BLE001 (stores raise what their libraries raise)
        # A store's own message may quote what it stores.
        raise StoreUnavailable(f"the session store failed: {type(error).__name__}") from None
