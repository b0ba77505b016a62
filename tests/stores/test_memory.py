"""`MemoryStore` keeps sessions, and replaces one only where it still stands as it was read."""

from __future__ import annotations

import attrs

import flowengine as fe
from flowengine.session import Position, Session

SESSION = Session(key="a", flow="f", position=Position("signed_out"))
NEXT = attrs.evolve(SESSION, revision=1)


async def test_created_session_is_returned() -> None:
    """What was created is returned as it was."""
    store = fe.MemoryStore()
    await store.create(SESSION)
    assert await store.get("a") == SESSION


async def test_unknown_session_is_none() -> None:
    """A key that was never created gives None."""
    assert await fe.MemoryStore().get("a") is None


async def test_replaces_at_expected_revision() -> None:
    """A session at the revision that was read is replaced."""
    store = fe.MemoryStore()
    await store.create(SESSION)
    assert await store.replace(NEXT, revision=0)
    assert await store.get("a") == NEXT


async def test_keeps_session_at_another_revision() -> None:
    """Of two who read the same revision, the second replaces nothing."""
    store = fe.MemoryStore()
    await store.create(SESSION)
    await store.replace(NEXT, revision=0)
    assert not await store.replace(attrs.evolve(NEXT, position=Position("signed_in")), revision=0)
    assert await store.get("a") == NEXT


async def test_replaces_nothing_that_is_gone() -> None:
    """A session that was deleted meanwhile does not come back."""
    store = fe.MemoryStore()
    await store.create(SESSION)
    await store.delete("a")
    assert not await store.replace(NEXT, revision=0)
    assert await store.get("a") is None


async def test_deletes_one_session_and_once() -> None:
    """Deleting forgets the one session; deleting it again is no error."""
    store = fe.MemoryStore()
    await store.create(SESSION)
    await store.create(attrs.evolve(SESSION, key="b"))
    await store.delete("a")
    await store.delete("a")
    assert await store.get("a") is None
    assert await store.get("b") is not None


async def test_stores_do_not_meet() -> None:
    """What one store keeps, another does not know."""
    await fe.MemoryStore().create(SESSION)
    assert await fe.MemoryStore().get("a") is None


async def test_repr_counts_sessions() -> None:
    """The repr says how many sessions there are, and nothing about them."""
    store = fe.MemoryStore()
    await store.create(SESSION)
    assert repr(store) == "<MemoryStore of 1 sessions>"
