"""What commands ask of the values of their options."""

from __future__ import annotations

import re
from typing import Final

import click

__all__ = ["checked_pool_id", "said"]

POOL_ID: Final = r"[\w-]+_[0-9a-zA-Z]+"
"""Shape UserPoolIdType."""


def said(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse an empty value, such as that of a variable which is not set: it would count as none."""
    if value is not None and not value.strip():
        raise click.BadParameter("it is empty: give a value, or leave the option out")
    return value


def checked_pool_id(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse what is no id of a user pool."""
    value = said(ctx, parameter, value)
    if value is not None and not re.fullmatch(POOL_ID, value):
        raise click.BadParameter(f"{value!r} is no id of a user pool, such as eu-west-1_AbCdEf123")
    return value
