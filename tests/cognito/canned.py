"""A service that gives one answer to every request of a session's clients, and keeps the requests."""

from __future__ import annotations

import json
from typing import Any

import aioboto3
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.credentials import AioCredentialResolver
from aiobotocore.session import AioSession
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

import flowengine as fe

KEY_ID, KEY = "AKIDEXAMPLE", "an-access-key-of-its-own"


class Body:
    """The raw body of an answer, as aiobotocore reads it."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._content = content

    async def read(self) -> bytes:
        """Return the bytes."""
        return json.dumps(self._content).encode()


class Canned:
    """One answer for every request."""

    def __init__(self, answer: dict[str, Any] | None = None, status: int = 200) -> None:
        self.answer = answer or {}
        self.status = status
        self.requests: list[Any] = []

    async def __call__(self, request: AWSPreparedRequest, **_: object) -> AioAWSResponse:
        """Answer a prepared request, in place of the network."""
        self.requests.append(request)
        return AioAWSResponse(request.url, self.status, HTTPHeaders(), Body(self.answer))

    @property
    def sent(self) -> dict[str, Any]:
        """The members of the last request."""
        members: dict[str, Any] = json.loads(self.requests[-1].body)
        return members

    @property
    def signature(self) -> str | None:
        """The signature of the last request, if it has one."""
        header: bytes | None = self.requests[-1].headers.get("Authorization")
        return None if header is None else header.decode()

    def session(self, *providers: object) -> aioboto3.Session:
        """Return a session of this service, with AWS credentials unless it is told where to look for them."""
        core = AioSession()
        core.register("before-send.cognito-identity-provider", self)
        if providers:
            core.register_component("credential_provider", AioCredentialResolver(providers=list(providers)))
        else:
            core.set_credentials(KEY_ID, KEY)
        return aioboto3.Session(botocore_session=core)

    def cognito(self, session: aioboto3.Session | None = None, **options: Any) -> fe.Cognito:
        """Return a driver of this service."""
        known = {"client_id": "abc", "user_pool_id": "us-east-1_abc", "session": session or self.session()}
        return fe.Cognito(**{**known, **options})
