"""A real aioboto3 session whose `cognito-idp` clients are answered by a simulated pool.

The hook stands at `before-send`, the last event before a request would leave: everything that botocore does to a
request and to an answer is done, and nothing is sent. This module imports the AWS SDK; it is loaded only on demand.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import aioboto3
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.session import AioSession
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from flowengine.simulator.faults import AnswerLost, Unreachable
from flowengine.simulator.refusals import PoolError

if TYPE_CHECKING:
    from flowengine.simulator.simulator import Simulator

__all__ = ["answered_by", "isolated", "response", "session", "text_of"]

EVENT: Final = "before-send.cognito-identity-provider"
ISOLATED: Final = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}
"""Where botocore looks for configuration: in no file and no environment variable, so in the default alone."""
SERVER_ERRORS: Final = frozenset({"InternalErrorException"})
"""The exceptions that the service model gives status 500; all others have 400."""


class _Body:
    """The raw body of an answer, as aiobotocore reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def read(self) -> bytes:
        return self._content


class _Hook:
    """Answers every request of the clients of one session."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def __call__(self, request: AWSPreparedRequest, **_: object) -> AioAWSResponse:
        """Answer a prepared request from the pool, in place of the network."""
        operation = text_of(request.headers["X-Amz-Target"]).rpartition(".")[2]
        params = json.loads(text_of(request.body))
        try:
            status, content = 200, answered_by(request, lambda: self._simulator.answer(operation, params))
        except PoolError as error:
            status = 500 if error.exception in SERVER_ERRORS else 400
            content = {"__type": error.exception, "message": error.message}
        return response(request, status, "application/x-amz-json-1.1", json.dumps(content).encode())


def answered_by(request: AWSPreparedRequest, answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """
    Return what answers a request, with trouble on the way turned into what botocore makes of it.

    Raises:
        PoolError: The request is refused.
    """
    try:
        return answer()
    except AnswerLost as error:
        raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
    except Unreachable as error:
        raise EndpointConnectionError(endpoint_url=request.url) from error


def text_of(value: Any) -> str:
    """Return the text of a header or a body."""
    return value.decode() if isinstance(value, bytes) else str(value)


def response(request: AWSPreparedRequest, status: int, content_type: str, body: bytes) -> AioAWSResponse:
    """Return the response to a request, as if it came from the network."""
    headers = HTTPHeaders()
    headers["Content-Type"] = content_type
    headers["Content-Length"] = str(len(body))
    return AioAWSResponse(request.url, status, headers, _Body(body))


def isolated() -> AioSession:
    """Return a botocore session that looks for no configuration, on this machine or around it."""
    return AioSession(session_vars=ISOLATED)


def session(simulator: Simulator) -> aioboto3.Session:
    """
    Return a session for clients of this pool.

    It carries made-up keys and no configuration files, so that nothing looks for credentials on this machine or on
    the network around it.
    """
    core = isolated()
    core.set_credentials("SIMULATED", "SIMULATED")
    core.register(EVENT, _Hook(simulator))
    return aioboto3.Session(botocore_session=core, region_name=simulator.region)
