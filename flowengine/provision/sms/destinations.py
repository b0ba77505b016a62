"""The numbers that an account in the sandbox may send to: adding, verifying, removing one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

import aiohttp
from botocore.exceptions import BotoCoreError, ClientError

from flowengine.provision.sms.observed import CONFIG, destinations_of
from flowengine.provision.sms.trouble import GARBLED, SmsUnavailable, code_of, ended

__all__ = ["LANGUAGES", "add_destination", "list_destinations", "remove_destination", "verify_destination"]

T = TypeVar("T")

LANGUAGES: Final = (
    "en-US", "en-GB", "es-419", "es-ES", "de-DE", "fr-CA", "fr-FR", "it-IT", "ja-JP", "pt-BR", "kr-KR", "zh-CN",
    "zh-TW",
)  # fmt: skip
"""The languages of the message with the code (shape LanguageCodeString)."""

_STEPS: Final[Mapping[str, str]] = {
    "OptedOut": "its owner answered STOP; with their consent take it off the list: aws sns opt-in-phone-number",
    "ResourceNotFound": "the sandbox does not know the number: flowengine sms destination add NUMBER",
    "UserError": "the sandbox has room for ten numbers, and keeps each for a day at least",
    "VerificationException": "the code is wrong or too old: flowengine sms destination add NUMBER sends another",
}
"""What to do about a refusal, by its code in the service model, with or without `Exception`."""


async def add_destination(session: Any, region: str, number: str, language: str = LANGUAGES[0]) -> None:
    """
    Add a number to the sandbox, and let AWS send it a code.

    Args:
        session: An aioboto3 session.
        region: The AWS Region of the sandbox.
        number: The number.
        language: The language of the message with the code.

    Raises:
        SmsUnavailable: AWS refuses, or could not be asked.
    """
    await _call(session, region, "create_sms_sandbox_phone_number", PhoneNumber=number, LanguageCode=language)


async def verify_destination(session: Any, region: str, number: str, code: str) -> None:
    """
    Verify a number of the sandbox with the code that it received.

    Args:
        session: An aioboto3 session.
        region: The AWS Region of the sandbox.
        number: The number.
        code: The code.

    Raises:
        SmsUnavailable: AWS refuses, or could not be asked.
    """
    await _call(session, region, "verify_sms_sandbox_phone_number", PhoneNumber=number, OneTimePassword=code)


async def remove_destination(session: Any, region: str, number: str) -> None:
    """
    Remove a number from the sandbox.

    Args:
        session: An aioboto3 session.
        region: The AWS Region of the sandbox.
        number: The number.

    Raises:
        SmsUnavailable: AWS refuses, or could not be asked.
    """
    await _call(session, region, "delete_sms_sandbox_phone_number", PhoneNumber=number)


async def list_destinations(session: Any, region: str) -> Mapping[str, bool]:
    """
    Return whether each number of the sandbox is verified.

    Args:
        session: An aioboto3 session.
        region: The AWS Region of the sandbox.

    Raises:
        SmsUnavailable: AWS refuses, or could not be asked.
    """
    return await _asked(session, region, destinations_of)


async def _call(session: Any, region: str, operation: str, **request: str) -> None:
    await _asked(session, region, lambda sns: getattr(sns, operation)(**request))


async def _asked(session: Any, region: str, question: Callable[[Any], Awaitable[T]]) -> T:
    try:
        async with session.client("sns", region_name=region, config=CONFIG) as sns:
            return await question(sns)
    except (*GARBLED, TimeoutError, BotoCoreError, ClientError, aiohttp.ClientError) as error:
        failure = _refusal(error)
    # Raised out here, it has no context: some of these errors quote what was signed.
    raise failure


def _refusal(error: Exception) -> SmsUnavailable:
    code = code_of(error) if isinstance(error, ClientError) else ""
    step = _STEPS.get(code) or _STEPS.get(code.removesuffix("Exception"))
    return SmsUnavailable(f"{ended(error)} ({step})") if step else ended(error)
