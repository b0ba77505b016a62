"""One Cognito client, kept open, and the table that sorts what can go wrong on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any, Final, Literal, Self

import aioboto3
import aiohttp
from aiobotocore.config import AioConfig
from botocore import UNSIGNED, xform_name
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ProxyConnectionError,
    SSLError,
)

from flowengine.cognito.app_client import AppClient
from flowengine.cognito.service_model import API_VERSION, add_newer_members
from flowengine.cognito.tokens import TokenVerifier
from flowengine.errors import CognitoAnswerLost, CognitoRefusal, CognitoUnavailable, FlowEngineError

__all__ = ["Cognito"]

CONNECT_SECONDS: Final = 3
READ_SECONDS: Final = 10

_NOT_SENT: Final = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError, SSLError)
"""What fails before a request has left. Everything else leaves open whether the call took effect."""

_CREDENTIALS_REFUSED: Final = frozenset({
    "AccessDeniedException", "ExpiredTokenException", "IncompleteSignatureException", "InvalidSignatureException",
    "MissingAuthenticationTokenException", "UnrecognizedClientException",
})  # fmt: skip
"""Exceptions about who signed the call. Their messages name accounts and quote what was signed."""

_SIGNED: Final = AioConfig(
    connect_timeout=CONNECT_SECONDS,
    read_timeout=READ_SECONDS,
    # botocore's own retries send SignUp up to five times; the engine repeats only what had no effect.
    retries={"total_max_attempts": 1, "mode": "standard"},
)
_UNSIGNED: Final = _SIGNED.merge(AioConfig(signature_version=UNSIGNED))


class Cognito:
    """
    Reaches one app client of one user pool. Open it once and keep it: opening blocks for a tenth of a second.

        async with Cognito(client_id=..., user_pool_id=...) as cognito:
            engine = Engine(flow, cognito)

    Args:
        client_id: The app client's id.
        user_pool_id: The pool's id, such as `eu-west-1_AbCdEf123`.
        client_secret: The app client's secret, if it has one.
        region: The pool's Region; None reads it off the pool's id.
        session: The aioboto3 session to open the client on; None for a new one.
        signed: Whether calls that Cognito takes from administrators alone (`AdminInitiateAuth` and its like) can be
            made. They are signed with the session's AWS credentials; without them, none are looked for.
        jwks: The pool's public keys, as a JSON Web Key Set; None fetches them from the pool when first needed.
        now: Gives the time in seconds since the epoch, for the expiry of tokens.
    """

    def __init__(
        self,
        *,
        client_id: str,
        user_pool_id: str,
        client_secret: str | None = None,
        region: str | None = None,
        session: aioboto3.Session | None = None,
        signed: bool = False,
        jwks: Mapping[str, Any] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.user_pool_id = user_pool_id
        self.region = region or user_pool_id.partition("_")[0]
        self._app_client = AppClient(user_pool_id, client_id, client_secret)
        self._session: Any = session
        self._signed = signed
        self._jwks = jwks
        self._stack = AsyncExitStack()
        self._client: Any = None
        self._verifier = TokenVerifier(issuer=self.issuer, client_id=client_id, fetch_keys=self._fetch_keys, now=now)

    def __repr__(self) -> str:
        return f"<Cognito {self.user_pool_id}>"

    @property
    def issuer(self) -> str:
        """The issuer of the pool's tokens."""
        return f"https://cognito-idp.{self.region}.amazonaws.com/{self.user_pool_id}"

    async def __aenter__(self) -> Self:
        try:
            self._session = self._session or aioboto3.Session()
            add_newer_members(self._session)
            if self._signed:
                await _find_credentials(self._session)
            client = self._session.client(
                "cognito-idp",
                region_name=self.region,
                api_version=API_VERSION,
                config=_SIGNED if self._signed else _UNSIGNED,
            )
            self._client = await self._stack.enter_async_context(client)
        except BotoCoreError as error:
            raise CognitoUnavailable(f"no client for the region {self.region!r}: {error}") from None
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Close the client."""
        self._client = None
        await self._stack.aclose()

    async def call(self, operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """
        Make one call, once.

        Args:
            operation: The operation in Cognito's spelling, such as `SignUp`.
            request: Its members, without the client's id and secret hash.

        Raises:
            CognitoRefusal: Cognito answered with an exception.
            CognitoAnswerLost: The call was sent, and its answer never came.
            CognitoUnavailable: The call was not sent.
        """
        await self._prepare(operation)
        completed = self._app_client.complete(operation, request)
        try:
            answer: Mapping[str, Any] = await getattr(self._client, xform_name(operation))(**completed)
        except (TimeoutError, ClientError, BotoCoreError, aiohttp.ClientError) as error:
            failure = self._failure(operation, error)
        else:
            return answer
        # Raised out here, it has no context: some of these errors quote the request.
        raise failure

    def _failure(self, operation: str, error: Exception) -> FlowEngineError:
        """What an exception on the way means."""
        if isinstance(error, ClientError):
            return self._refusal(error)
        if isinstance(error, ParamValidationError):
            return CognitoRefusal("InvalidParameterException", f"the request does not fit {operation}")
        if isinstance(error, _NOT_SENT):
            return CognitoUnavailable(f"{self.region} cannot be reached: {type(error).__name__}")
        return CognitoAnswerLost(f"{operation} was not answered: {type(error).__name__}")

    async def _prepare(self, operation: str) -> None:
        """Refuse what cannot be sent, and renew the credentials of a call that they sign."""
        if self._client is None:
            raise FlowEngineError("open the Cognito client first: async with Cognito(...) as cognito")
        if self._client.meta.service_model.operation_model(operation).auth_type == "none":
            return
        if not self._signed:
            raise FlowEngineError(f"{operation} must be signed with AWS credentials: open Cognito(..., signed=True)")
        await _find_credentials(self._session)

    def _refusal(self, error: ClientError) -> CognitoRefusal:
        detail = error.response["Error"]
        code, message = detail.get("Code") or "", detail.get("Message") or ""
        if code in _CREDENTIALS_REFUSED:
            return CognitoRefusal(code, "the AWS credentials were refused")
        return CognitoRefusal(code, message.replace(self._app_client.client_id, "***"))

    async def verify(self, token: str, token_use: Literal["id", "access"] = "id") -> dict[str, Any]:  # noqa: S107 (no password)
        """
        Return the claims of a token of this pool and client, verified.

        Args:
            token: An ID or access token.
            token_use: Which of the two it must be.

        Raises:
            TokenInvalid: The signature, issuer, client, use or expiry is wrong.
            CognitoUnavailable: The pool's public keys could not be fetched.
        """
        return await self._verifier.verify(token, token_use)

    async def _fetch_keys(self) -> Mapping[str, Any]:
        if self._jwks is not None:
            return self._jwks
        url = f"{self.issuer}/.well-known/jwks.json"
        timeout = aiohttp.ClientTimeout(total=READ_SECONDS, connect=CONNECT_SECONDS)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as http, http.get(url, raise_for_status=True) as answer:
                keys: Mapping[str, Any] = await answer.json()
                return keys
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise CognitoUnavailable(f"the public keys cannot be fetched: {type(error).__name__}") from None


async def _find_credentials(session: Any) -> None:
    """Make sure, before anything is sent, that a session has credentials and that they have not expired."""
    try:
        found = await session.get_credentials()
        frozen = found and await found.get_frozen_credentials()
    except (OSError, BotoCoreError, ClientError, aiohttp.ClientError) as error:
        # Some of these quote what a program or a service said.
        raise CognitoUnavailable(f"no AWS credentials to sign with: {type(error).__name__}") from None
    if frozen is None:
        raise CognitoUnavailable("no AWS credentials to sign with were found")
