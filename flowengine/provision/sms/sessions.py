"""Opening an aioboto3 session."""

from __future__ import annotations

import aioboto3
from botocore.exceptions import BotoCoreError

from flowengine.provision.sms.trouble import ended

__all__ = ["open_session"]


def open_session(profile: str | None = None) -> aioboto3.Session:
    """
    Return a session.

    Args:
        profile: The AWS profile; None for the one that the environment names.

    Raises:
        SmsUnavailable: There is no such profile.
    """
    try:
        session = aioboto3.Session(profile_name=profile)
        _ = session.region_name
    except BotoCoreError as error:
        raise ended(error) from None
    return session
