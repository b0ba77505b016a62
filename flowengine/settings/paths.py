"""Every setting by its dotted path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import attrs

from flowengine.settings.model import PoolSettings

__all__ = ["SETTINGS"]


def _settings(cls: type[attrs.AttrsInstance], prefix: str = "") -> Iterator[tuple[str, attrs.Attribute[Any]]]:
    for attribute in attrs.fields(attrs.resolve_types(cls)):
        path = f"{prefix}{attribute.name}"
        if attrs.has(attribute.type):
            yield from _settings(attribute.type, f"{path}.")
        else:
            yield path, attribute


SETTINGS: Final = dict(_settings(PoolSettings))
"""The declaration of every setting, such as `mfa.mode`, in the order of `PoolSettings`."""
