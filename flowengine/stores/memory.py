"""Sessions in the memory of one process."""

from __future__ import annotations

from flowengine.session import Session

__all__ = ["MemoryStore"]


class MemoryStore:
    """
    Keeps sessions in a dictionary: for tests, tools and services of one process. They end with the process.

    Several engines of one process may share a store.
    """

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def __repr__(self) -> str:
        return f"<MemoryStore of {len(self._sessions)} sessions>"

    async def create(self, session: Session) -> None:
        """Keep a new session."""
        self._sessions[session.key] = session

    async def get(self, key: str) -> Session | None:
        """Return the session with this key, or None."""
        return self._sessions.get(key)

    async def replace(self, session: Session, *, revision: int) -> bool:
        """Put a session in the place of its earlier self, if that still stands at `revision`; tell whether it did."""
        current = self._sessions.get(session.key)
        if current is None or current.revision != revision:
            return False
        self._sessions[session.key] = session
        return True

    async def delete(self, key: str) -> None:
        """Forget a session, if there is one."""
        self._sessions.pop(key, None)
