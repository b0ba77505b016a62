"""What can go wrong on the way to a user pool, in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
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

from flowengine.errors import ProvisionError

__all__ = ["UNSIGNED", "explained"]

UNSIGNED: Final = frozenset({
    "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "IncompleteSignatureException",
    "InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationToken",
    "MissingAuthenticationTokenException", "OptInRequired", "SignatureDoesNotMatch", "UnrecognizedClientException",
})  # fmt: skip
"""Codes about who signed a request. Their messages are not told: they may quote what was signed, tokens included."""

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
_SDK: Final = _Trouble(
    "sdk-too-old",
    "the installed botocore does not know what {operation} needs: {detail}",
    "upgrade aioboto3 and botocore",
)
_REFUSED: Final = _Trouble(
    "refused", "{operation} is refused: {detail}", f"nothing was changed by it; mend what it names, then {_AGAIN}"
)

_BY_CODE: Final[Mapping[str, _Trouble]] = {
    **dict.fromkeys(("AccessDeniedException", "AccessDenied", "NotAuthorizedException"), _DENIED),
    **dict.fromkeys(("TooManyRequestsException", "ThrottlingException", "Throttling"), _THROTTLED),
    **dict.fromkeys(("InvalidSmsRoleAccessPolicyException", "InvalidSmsRoleTrustRelationshipException"), _SMS_ROLE),
    **dict.fromkeys(("ConcurrentModificationException", "UserImportInProgressException"), _BUSY),
    **dict.fromkeys(("InternalErrorException", "InternalFailure", "ServiceUnavailable"), _LOST),
    "ResourceNotFoundException": _GONE,
}
"""The trouble that an exception of the service stands for; any other is a refusal, unless the server failed."""

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
        code = error.response.get("Error", {}).get("Code", "")
        if code in UNSIGNED:
            raise _error(_REFUSED_CREDENTIALS, operation, code) from None
        raise _of_service(error, code, operation) from error
    except BotoCoreError as error:
        trouble = next((found for kinds, found in _BY_CLASS if isinstance(error, kinds)), _REFUSED)
        raise _error(trouble, operation, str(error)) from error


def _of_service(error: ClientError, code: str, operation: str) -> ProvisionError:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    otherwise = _LOST if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _REFUSED
    return _error(_BY_CODE.get(code, otherwise), operation, error.response.get("Error", {}).get("Message", ""))


def _error(trouble: _Trouble, operation: str, detail: str) -> ProvisionError:
    message = trouble.message.format(operation=operation, detail=detail or "no reason is given")
    return ProvisionError(trouble.code, message, trouble.hint.format(operation=operation))
