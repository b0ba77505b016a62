"""The members of Cognito's service model that sign-in and pools need and an earlier botocore does not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

__all__ = ["API_VERSION", "add_newer_members"]

API_VERSION: Final = "2016-04-18"
"""The only version of the API. A client that asks for it by name reads the model anew."""

_MODELS: Final = str(Path(__file__).with_name("models"))


def add_newer_members(session: Any) -> None:
    """
    Let the later clients of a session know these members; botocore drops from an answer what it does not know.

    Args:
        session: An aioboto3 session. A botocore that knows the members by itself is not disturbed.
    """
    loader = session._session.get_component("data_loader")  # noqa: SLF001 (boto3 has no other way to its loader)
    if _MODELS not in loader.search_paths:
        loader.search_paths.append(_MODELS)
