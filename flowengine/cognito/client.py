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

_CONFIG: Final = AioConfig(
    signature_version=UNSIGNED,
    connect_timeout=CONNECT_SECONDS,
    read_timeout=READ_SECONDS,
    # botocore's own retries send SignUp up to five times; the engine repeats only what had no effect.
    retries={"total_max_attempts": 1, "mode": "standard"},
)


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
        session: The aioboto3 session to open the client on; None for a new one. No credentials are needed.
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
        jwks: Mapping[str, Any] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.user_pool_id = user_pool_id
        self.region = region or user_pool_id.partition("_")[0]
        self._app_client = AppClient(user_pool_id, client_id, client_secret)
        self._session = session
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
            session = self._session or aioboto3.Session()
            add_newer_members(session)
            client = session.client("cognito-idp", region_name=self.region, api_version=API_VERSION, config=_CONFIG)
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
        if self._client is None:
            raise FlowEngineError("open the Cognito client first: async with Cognito(...) as cognito")
        completed = self._app_client.complete(operation, request)
        try:
            answer: Mapping[str, Any] = await getattr(self._client, xform_name(operation))(**completed)
        except ClientError as error:
            detail = error.response["Error"]
            message = (detail.get("Message") or "").replace(self._app_client.client_id, "***")
            raise CognitoRefusal(detail.get("Code") or "", message) from None
        except ParamValidationError:
            # Its text quotes the values.
            raise CognitoRefusal("InvalidParameterException", f"the request does not fit {operation}") from None
        except _NOT_SENT as error:
            raise CognitoUnavailable(f"{self.region} cannot be reached: {type(error).__name__}") from None
        except (TimeoutError, BotoCoreError, aiohttp.ClientError) as error:
            raise CognitoAnswerLost(f"{operation} was not answered: {type(error).__name__}") from None
        return answer

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
