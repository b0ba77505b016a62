"""Answers that come page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flowengine.simulator.cloud.refusals import TOKEN_INVALID
from flowengine.simulator.cloud.state import Answer
from flowengine.simulator.refusals import Refusal

__all__ = ["page", "start_of"]

PREFIX: Final = "page-"


def page(
    items: Sequence[Any],
    name: str,
    params: Mapping[str, Any],
    *,
    token: str = "NextToken",  # noqa: S107 (no password)
    limit: str = "MaxResults",
    most: int = 60,
    invalid: Refusal = TOKEN_INVALID,
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
        invalid: What refuses a token that is none.
    """
    start = start_of(params.get(token), len(items), invalid)
    end = start + min(params.get(limit) or most, most)
    more = {token: f"{PREFIX}{end}"} if end < len(items) else {}
    return {name: list(items[start:end]), **more}


def start_of(token: str | None, length: int, invalid: Refusal = TOKEN_INVALID) -> int:
    """Return where a page begins: that of this token, or the first."""
    if token is None:
        return 0
    number = token.removeprefix(PREFIX)
    if not token.startswith(PREFIX) or not number.isdecimal() or int(number) > length:
        raise invalid.error()
    return int(number)
