"""What can go wrong on the way to a user pool, in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from attrs import frozen
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError

from flowengine.errors import ProvisionError
from flowengine.provision.patience import PAUSES, only_reads
from flowengine.provision.sms.trouble import UNSIGNED

__all__ = ["explained", "garbled"]

_AGAIN: Final = "run the command again: what is done already is found, and not done twice"


@frozen
class _Trouble:
    """A kind of trouble: its code, what happened, and what to do."""

    code: str
    message: str
    hint: str


_CREDENTIALS: Final = _Trouble(
    "no-credentials",
    "there are no AWS credentials for {operation}: {detail}",
    "give --profile, set AWS_PROFILE, or sign in with `aws sso login`; `--simulate` needs none",
)
_REFUSED_CREDENTIALS: Final = _Trouble(
    "credentials-refused",
    "AWS does not take these credentials for {operation}: {detail}",
    "they have expired or are of another account: sign in again, or give another --profile",
)
_DENIED: Final = _Trouble(
    "no-permission",
    "{operation} is not allowed: {detail}",
    "allow cognito-idp:{operation} on the pool, and iam:PassRole on a role that it names, to who calls",
)
_THROTTLED: Final = _Trouble(
    "throttled",
    "{operation} had no effect, since too many calls are made: {detail}",
    f"wait a minute, then {_AGAIN}",
)
_THROTTLED_READ: Final = _Trouble(
    "throttled",
    f"{{operation}} was tried {len(PAUSES) + 1} times, and each time too many calls were made: {{detail}}",
    f"wait a minute, then {_AGAIN}",
)
_GONE: Final = _Trouble(
    "pool-gone",
    "{operation} finds no such pool or client: {detail}",
    "it was deleted, or the id or the Region is another one's: see --pool-id, --client-id and --region",
)
_BUSY: Final = _Trouble(
    "pool-busy", "{operation} had no effect, since somebody else is changing the pool: {detail}", f"wait, then {_AGAIN}"
)
_SMS_ROLE: Final = _Trouble(
    "sms-role",
    "{operation} does not take the role for SMS: {detail}",
    "the role must trust cognito-idp.amazonaws.com with the external id, and allow sns:Publish",
)
_NO_REGION: Final = _Trouble(
    "no-region", "no Region is known for {operation}: {detail}", "give --region, or set AWS_REGION"
)
_UNREACHABLE: Final = _Trouble(
    "unreachable", "{operation} cannot reach Cognito: {detail}", f"check --region and the network, then {_AGAIN}"
)
_LOST: Final = _Trouble(
    "answer-lost", "the answer of {operation} was lost, so it may have taken effect: {detail}", _AGAIN
)
_GARBLED: Final = _Trouble(
    "answer-lost",
    "what answered {operation} is not Cognito, so it may have taken effect: {detail}",
    f"see whether a proxy, a login page or AWS_ENDPOINT_URL stands in between, then {_AGAIN}",
)
_SDK: Final = _Trouble(
    "sdk-too-old",
    "the installed botocore does not know what {operation} needs: {detail}",
    "upgrade aioboto3 and botocore",
)
_REFUSED: Final = _Trouble(
    "refused", "{operation} is refused: {detail}", f"nothing was changed by it; mend what it names, then {_AGAIN}"
)

_TOO_MANY: Final = (
    "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "ThrottledException", "Throttling",
    "ThrottlingException", "TooManyRequestsException",
)  # fmt: skip
_BROKEN: Final = frozenset({"500", "502", "503", "504"})
"""What stands in the place of an exception's name where something on the way answers instead of Cognito."""
_READ_BY_CODE: Final = dict.fromkeys((*_TOO_MANY, "LimitExceededException"), _THROTTLED_READ)
"""What these stand for where something is only read; of what makes something, LimitExceededException is a quota."""
_BY_CODE: Final[Mapping[str, _Trouble]] = {
    **dict.fromkeys(("AccessDeniedException", "AccessDenied", "NotAuthorizedException"), _DENIED),
    **dict.fromkeys(_TOO_MANY, _THROTTLED),
    **dict.fromkeys(("InvalidSmsRoleAccessPolicyException", "InvalidSmsRoleTrustRelationshipException"), _SMS_ROLE),
    **dict.fromkeys(("ConcurrentModificationException", "UserImportInProgressException"), _BUSY),
    **dict.fromkeys(("InternalErrorException", "InternalFailure", "ServiceUnavailable"), _LOST),
    "ResourceNotFoundException": _GONE,
}
"""The trouble that an exception of the service stands for; any other is a refusal."""

_BY_CLASS: Final = (
    (
        (
            NoCredentialsError, PartialCredentialsError, ProfileNotFound, CredentialRetrievalError, SSOError,
            TokenRetrievalError,
        ),
        _CREDENTIALS,
    ),
    ((ParamValidationError,), _SDK),
    ((NoRegionError, InvalidRegionError), _NO_REGION),
    ((EndpointConnectionError, ConnectTimeoutError), _UNREACHABLE),
    ((HTTPClientError,), _LOST),
)  # fmt: skip
"""The trouble that an exception of botocore stands for, the first that fits."""


@contextmanager
def explained(operation: str) -> Iterator[None]:
    """
    Raise what goes wrong as `ProvisionError`.

    Args:
        operation: The operation as Cognito spells it.
    """
    try:
        yield
    except ClientError as error:
        answer = error.response.get("Error", {})
        code = str(answer.get("Code", ""))
        if code in UNSIGNED:
            raise _error(_REFUSED_CREDENTIALS, operation, code) from None
        by_code = {**_BY_CODE, **_READ_BY_CODE} if only_reads(operation) else _BY_CODE
        trouble = by_code.get(code, _LOST if code in _BROKEN else _REFUSED)
        raise _error(trouble, operation, answer.get("Message", "")) from error
    except ResponseParserError as error:
        raise _error(_GARBLED, operation, type(error).__name__) from error
    except BotoCoreError as error:
        trouble = next((found for kinds, found in _BY_CLASS if isinstance(error, kinds)), _REFUSED)
        raise _error(trouble, operation, str(error)) from error


def garbled(operation: str) -> ProvisionError:
    """
    Return what to tell of an answer that is empty where Cognito's never is.

    Args:
        operation: The operation as Cognito spells it.
    """
    return _error(_GARBLED, operation, "the answer is empty")


def _error(trouble: _Trouble, operation: str, detail: str) -> ProvisionError:
    message = trouble.message.format(operation=operation, detail=detail or "no reason is given")
    return ProvisionError(trouble.code, message, trouble.hint.format(operation=operation))
