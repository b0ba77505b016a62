"""What tests of an application's own flows can use, beside the embedded user pool.

`strategies` draws pools, users and walks with Hypothesis and needs the extra `testing`; `walks_machine` makes a state
machine of many users at once; `SoftwareAuthenticator` needs the extra `passkeys`. Each is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowengine.simulator.authenticator import SoftwareAuthenticator as SoftwareAuthenticator
    from flowengine.testing.machine import walks_machine as walks_machine

_HOMES = {
    "SoftwareAuthenticator": "flowengine.simulator.authenticator",
    "walks_machine": "flowengine.testing.machine",
}

__all__ = ["SoftwareAuthenticator", "walks_machine"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
