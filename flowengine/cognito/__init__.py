"""The driver that reaches Amazon Cognito through aioboto3, loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowengine.cognito.client import Cognito

__all__ = ["Cognito"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = globals()[name] = import_module(f"{__name__}.client").Cognito
    return value
