"""The keys of a session: what a store and a log know it by, and what its keyed sends committed."""

from __future__ import annotations

import hashlib
from typing import Final

import attrs

from flowengine.errors import InputInvalid, SessionNotFound
from flowengine.session import KeyedSend, Session

__all__ = ["KEYS_KEPT", "committed", "session_key", "short", "with_key"]

KEYS_KEPT: Final = 4
"""How many sends with an idempotency key a session remembers."""


def committed(session: Session, key: str | None, event: str) -> Session | None:
    """
    Return what an earlier send with the same key committed, if the session remembers it.

    Raises:
        InputInvalid: The key was used for another event.
    """
    if key is None:
        return None
    for keyed in session.keyed:
        if keyed.key == key:
            if keyed.event != event:
                raise InputInvalid(f"the key of this send was used before, for {keyed.event!r}", field="key")
            return keyed.committed
    return None


def with_key(session: Session, key: str, event: str) -> Session:
    """Return the session with itself remembered under a key."""
    keyed = KeyedSend(key, event, attrs.evolve(session, keyed=()))
    return attrs.evolve(session, keyed=(*session.keyed, keyed)[-KEYS_KEPT:])


def session_key(session_id: str) -> str:
    """
    Return the digest that stores know a session by, so that they never see its id.

    Raises:
        SessionNotFound: The id is no text.
    """
    if not isinstance(session_id, str):
        raise SessionNotFound("a session id is a text")
    return hashlib.sha256(session_id.encode(errors="surrogatepass")).hexdigest()


def short(store_key: str) -> str:
    """Return what logs know a session by."""
    return store_key[:8]
