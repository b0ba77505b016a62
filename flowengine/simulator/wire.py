"""A real aioboto3 session whose `cognito-idp` clients are answered by a simulated pool.

The hook stands at `before-send`, the last event before a request would leave: everything that botocore does to a
request and to an answer is done, and nothing is sent. This module imports the AWS SDK; it is loaded only on demand.
"""

from __future__ import annotations

import json
import os
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

__all__ = ["session"]

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
        operation = _text(request.headers["X-Amz-Target"]).rpartition(".")[2]
        try:
            answer = self._simulator.answer(operation, json.loads(_text(request.body)))
        except PoolError as error:
            status = 500 if error.exception in SERVER_ERRORS else 400
            return _response(request, status, {"__type": error.exception, "message": error.message})
        except AnswerLost as error:
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
        except Unreachable as error:
            raise EndpointConnectionError(endpoint_url=request.url) from error
        return _response(request, 200, answer)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _response(request: AWSPreparedRequest, status: int, content: dict[str, Any]) -> AioAWSResponse:
    body = json.dumps(content).encode()
    headers = HTTPHeaders()
    headers["Content-Type"] = "application/x-amz-json-1.1"
    headers["Content-Length"] = str(len(body))
    return AioAWSResponse(request.url, status, headers, _Body(body))


def session(simulator: Simulator) -> aioboto3.Session:
    """
    Return a session for clients of this pool.

    It carries made-up keys and no configuration files, so that nothing looks for credentials on this machine or on
    the network around it.
    """
    core = AioSession(session_vars=ISOLATED)
    core.set_credentials("SIMULATED", "SIMULATED")
    core.register(EVENT, _Hook(simulator))
    return aioboto3.Session(botocore_session=core, region_name=simulator.region)
