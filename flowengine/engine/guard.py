"""A store whose failures are the engine's own."""

from __future__ import annotations

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
        with _GUARD:
            await self._store.create(session)

    async def get(self, key: str) -> Session | None:
        """Return the session with this key, or None."""
        with _GUARD:
            return await self._store.get(key)

    async def replace(self, session: Session, *, revision: int) -> bool:
        """Put a session in the place of its earlier self, if that still stands at `revision`; tell whether it did."""
        with _GUARD:
            return await self._store.replace(session, revision=revision)

    async def delete(self, key: str) -> None:
        """Forget a session, if there is one."""
        with _GUARD:
            await self._store.delete(key)


class _Guard:
    """Turns whatever is raised within it into `StoreUnavailable`, but for errors of ours and cancellations."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, FlowEngineError):
            # A store's own message may quote what it stores.
            raise StoreUnavailable(f"the session store failed: {type(error).__name__}") from None


_GUARD = _Guard()
