"""Where sessions are kept."""

from __future__ import annotations

from flowengine.stores.memory import MemoryStore

__all__ = ["MemoryStore"]
