"""Answers that come page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flowengine.simulator.cloud.refusals import TOKEN_INVALID
from flowengine.simulator.cloud.state import Answer

__all__ = ["page"]

PREFIX: Final = "page-"


def page(
    items: Sequence[Any],
    name: str,
    params: Mapping[str, Any],
    *,
    token: str = "NextToken",  # noqa: S107 (no password)
    limit: str = "MaxResults",
    most: int = 60,
) -> Answer:
    """
    Return one page of a list.

    Args:
        items: The whole list.
        name: The member of the answer that holds the page.
        params: The request.
        token: The member of request and answer that tells where the page begins.
        limit: The member of the request that tells how long a page may be.
        most: How long a page may be at the most.
    """
    given = params.get(token)
    start = _start(given, len(items)) if given is not None else 0
    end = start + min(params.get(limit) or most, most)
    more = {token: f"{PREFIX}{end}"} if end < len(items) else {}
    return {name: list(items[start:end]), **more}


def _start(token: str, length: int) -> int:
    number = token.removeprefix(PREFIX)
    if not token.startswith(PREFIX) or not number.isdecimal() or int(number) > length:
        raise TOKEN_INVALID.error()
    return int(number)
