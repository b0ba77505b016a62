"""The engine's logger."""

from __future__ import annotations

from typing import Any

import structlog

__all__ = ["Log"]


class Log:
    """
    Gives a logger that is bound to some values.

    Binding costs more than an event that is filtered out, so it is done once; and again whenever structlog has been
    configured anew, since engines are often made before logging is set up.

    Args:
        values: What every event carries.
    """

    def __init__(self, **values: Any) -> None:
        self._values = values
        self._config: dict[str, Any] = {}
        self._bound: Any = None

    def __call__(self) -> Any:
        """Return the logger, as structlog is configured now."""
        config = structlog.get_config()
        if config != self._config:
            self._config = config
            self._bound = structlog.get_logger("flowengine").bind(**self._values)
        return self._bound
