"""What can go wrong between here and AWS: what ends a check, and what leaves one thing unknown."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Final, TypeVar

import aiohttp
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 (botocore's own)
    EndpointConnectionError,
    HTTPClientError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)
from botocore.parsers import ResponseParserError

from flowengine.errors import FlowEngineError
from flowengine.provision.sms.facts import Unknown

__all__ = ["GARBLED", "UNSIGNED", "SmsUnavailable", "asked", "code_of", "ended"]

T = TypeVar("T")


class SmsUnavailable(FlowEngineError):
    """AWS could not be asked, or refused; the message says what to do."""


_DENIED: Final = frozenset({
    "AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException",
    "UnauthorizedOperation",
})  # fmt: skip
_THROTTLED: Final = frozenset({
    "RequestLimitExceeded", "Throttled", "ThrottledException", "Throttling", "ThrottlingException",
    "TooManyRequestsException",
})  # fmt: skip
UNSIGNED: Final = frozenset({
    "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "IncompleteSignatureException",
    "InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationToken",
    "MissingAuthenticationTokenException", "OptInRequired", "SignatureDoesNotMatch", "UnrecognizedClientException",
})  # fmt: skip
"""Codes about who signed a request; their messages may quote what was signed. The sets follow the services' models."""

_LOCAL: Final[Mapping[type[Exception], str]] = {
    NoCredentialsError: "no AWS credentials were found: name a profile with --profile, or run `aws configure`",
    PartialCredentialsError: "the AWS credentials are incomplete: look at the profile",
    ProfileNotFound: "there is no such AWS profile: `aws configure list-profiles` lists them",
    NoRegionError: "no Region is known: name it with --region",
    InvalidRegionError: "that is no name of a Region; one is eu-west-1",
}


GARBLED: Final = (KeyError, ResponseParserError)
"""How an answer fails that is not AWS's: it cannot be read, or lacks what AWS's always has."""


_NOT_AWS: Final = "what answered is not AWS: is there a proxy, a login page or AWS_ENDPOINT_URL in between?"


async def asked(action: str, answer: Awaitable[T]) -> T | Unknown:
    """
    Return an answer, or why there is none.

    Args:
        action: The IAM action that is asked for.
        answer: The call.

    Raises:
        SmsUnavailable: Nothing else would be answered either.
    """
    try:
        return await answer
    except ClientError as error:
        code = code_of(error)
        if code in _DENIED:
            return Unknown(action, "these credentials lack the permission", f"allow {action}, and check again")
        if code in _THROTTLED:
            return Unknown(action, "AWS answers too many requests at the moment", "check again in a minute")
        if code in UNSIGNED or not code:
            failure = ended(error)
        else:
            return Unknown(action, f"AWS answers {code}", "check again")
    except (*GARBLED, TimeoutError, BotoCoreError, aiohttp.ClientError) as error:
        failure = ended(error)
    # Raised out here, it has no context: some of these errors quote what was signed.
    raise failure


def code_of(error: ClientError) -> str:
    """Return the code of a refusal; empty where what refuses is not AWS."""
    return str(error.response.get("Error", {}).get("Code", ""))


def ended(error: Exception) -> SmsUnavailable:
    """Return what to tell of trouble that ends a check or a command."""
    if isinstance(error, ClientError):
        return _ended_by(error)
    for kind, text in _LOCAL.items():
        if isinstance(error, kind):
            return SmsUnavailable(text)
    if isinstance(error, GARBLED):
        return SmsUnavailable(_NOT_AWS)
    if isinstance(error, EndpointConnectionError):
        return SmsUnavailable(
            f"{error.kwargs['endpoint_url']} cannot be reached: is that a Region, and is there a network?"
        )
    if isinstance(error, TimeoutError | ConnectionError | HTTPClientError | aiohttp.ClientError):
        return SmsUnavailable(f"AWS cannot be reached: {type(error).__name__}; try again")
    return SmsUnavailable(f"AWS cannot be asked: {type(error).__name__}")


def _ended_by(error: ClientError) -> SmsUnavailable:
    code = code_of(error)
    if code in UNSIGNED:
        return _unsigned(code)
    detail: Mapping[str, Any] = error.response.get("Error", {})
    return SmsUnavailable(_refused(error.operation_name, code, detail) if code else _NOT_AWS)


def _refused(operation: str, code: str, detail: Mapping[str, Any]) -> str:
    if code in _DENIED:
        return f"these credentials lack the permission for {operation}"
    if code in _THROTTLED:
        return "AWS answers too many requests at the moment: try again in a minute"
    return f"{code}: {detail.get('Message', '')}".removesuffix(": ")


def _unsigned(code: str) -> SmsUnavailable:
    return SmsUnavailable(
        f"the AWS credentials were refused ({code}): renew them, and see that the Region is enabled for the account"
    )
