"""Sign-up, verification, sign-in and MFA on Amazon Cognito, from flows written as YAML.

Every public name is loaded when it is first used, so importing the package is cheap and loads no AWS SDK.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowengine.actions.model import Action as Action
    from flowengine.actions.model import Call as Call
    from flowengine.actions.model import Result as Result
    from flowengine.cognito import Cognito as Cognito
    from flowengine.compile import compile_flow as compile_flow
    from flowengine.engine import Engine as Engine
    from flowengine.errors import CassetteError as CassetteError
    from flowengine.errors import CognitoUnavailable as CognitoUnavailable
    from flowengine.errors import EventNotAccepted as EventNotAccepted
    from flowengine.errors import FlowEngineError as FlowEngineError
    from flowengine.errors import InputInvalid as InputInvalid
    from flowengine.errors import PoolMissing as PoolMissing
    from flowengine.errors import Problem as Problem
    from flowengine.errors import SessionConflict as SessionConflict
    from flowengine.errors import SessionNotFound as SessionNotFound
    from flowengine.errors import SpecError as SpecError
    from flowengine.errors import StoreUnavailable as StoreUnavailable
    from flowengine.errors import TokenInvalid as TokenInvalid
    from flowengine.explore import Exploration as Exploration
    from flowengine.explore import Violation as Violation
    from flowengine.explore import explore as explore
    from flowengine.explore import explore_every_pool as explore_every_pool
    from flowengine.extensions import Hook as Hook
    from flowengine.extensions import action as action
    from flowengine.extensions import hook as hook
    from flowengine.fields import Field as Field
    from flowengine.library import load as load
    from flowengine.machine import Flow as Flow
    from flowengine.replay import Cassette as Cassette
    from flowengine.replay import replay as replay
    from flowengine.session import Delivery as Delivery
    from flowengine.session import Device as Device
    from flowengine.session import Error as Error
    from flowengine.session import Snapshot as Snapshot
    from flowengine.session import Tokens as Tokens
    from flowengine.settings import AdminCreateUser as AdminCreateUser
    from flowengine.settings import Assumptions as Assumptions
    from flowengine.settings import Client as Client
    from flowengine.settings import Devices as Devices
    from flowengine.settings import Mfa as Mfa
    from flowengine.settings import Passkey as Passkey
    from flowengine.settings import PasswordPolicy as PasswordPolicy
    from flowengine.settings import PoolSettings as PoolSettings
    from flowengine.settings import SignIn as SignIn
    from flowengine.settings import Verification as Verification
    from flowengine.settings import broken_rules as broken_rules
    from flowengine.settings import parse_pool as parse_pool
    from flowengine.settings import pool_name as pool_name
    from flowengine.settings import required_sign_up_attributes as required_sign_up_attributes
    from flowengine.settings import valid_clients as valid_clients
    from flowengine.settings import valid_pools as valid_pools
    from flowengine.simulator import Simulator as Simulator
    from flowengine.stores import MemoryStore as MemoryStore

_MODULES = {
    "actions.model": ("Action", "Call", "Result"),
    "cognito": ("Cognito",),
    "compile": ("compile_flow",),
    "engine": ("Engine",),
    "errors": (
        "CassetteError", "CognitoUnavailable", "EventNotAccepted", "FlowEngineError", "InputInvalid", "PoolMissing",
        "Problem", "SessionConflict", "SessionNotFound", "SpecError", "StoreUnavailable", "TokenInvalid",
    ),
    "library": ("load",),
    "machine": ("Flow",),
    "replay": ("Cassette", "replay"),
    "explore": ("Exploration", "Violation", "explore", "explore_every_pool"),
    "extensions": ("Hook", "action", "hook"),
    "fields": ("Field",),
    "session": ("Delivery", "Device", "Error", "Snapshot", "Tokens"),
    "settings": (
        "AdminCreateUser", "Assumptions", "Client", "Devices", "Mfa", "Passkey", "PasswordPolicy", "PoolSettings",
        "SignIn", "Verification", "broken_rules", "parse_pool", "pool_name", "required_sign_up_attributes",
        "valid_clients", "valid_pools",
    ),
    "simulator": ("Simulator",),
    "stores": ("MemoryStore",),
}  # fmt: skip
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    module = _HOMES.get(name)
    if module is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


class _Package(ModuleType):
    """A package whose public names win over its submodules: `replay` is the function, however it was imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in _HOMES or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
