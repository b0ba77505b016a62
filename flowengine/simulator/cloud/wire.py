"""Real aioboto3 sessions whose clients are answered by an embedded account.

As with a single pool, nothing is sent: the hook stands at the last event before a request would leave. What protocol a
service speaks is read off its model, so that requests and answers pass through all that botocore does to them. This
module imports the AWS SDK; it is loaded only on demand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

import aioboto3
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.credentials import AioCredentialResolver
from aiobotocore.session import AioSession
from botocore.awsrequest import AWSPreparedRequest
from botocore.model import OperationModel

from flowengine.simulator.cloud.query import answer_xml, error_xml, form_params
from flowengine.simulator.refusals import PoolError
from flowengine.simulator.wire import answered_by, isolated, response, text_of

if TYPE_CHECKING:
    from flowengine.simulator.cloud.cloud import Cloud

__all__ = ["session"]

SERVICES: Final = {
    "cognito-identity-provider": "cognito-idp",
    "cloudwatch": "cloudwatch",
    "iam": "iam",
    "pinpoint-sms-voice-v2": "pinpoint-sms-voice-v2",
    "sns": "sns",
    "sts": "sts",
}
"""The services that are answered, as botocore names them in events and otherwise."""
SERVER_ERROR: Final = 500
REGIONAL_LABELS: Final = 4
"""The labels of a host name such as `sns.eu-west-1.amazonaws.com`."""


class _Format(Protocol):
    """How a protocol writes what comes in and goes out."""

    def params(self, body: str) -> dict[str, Any]: ...
    def answer(self, content: dict[str, Any]) -> tuple[str, bytes]: ...
    def error(self, code: str, message: str) -> tuple[str, bytes]: ...


class _Json:
    def __init__(self, model: OperationModel) -> None:
        self._type = f"application/x-amz-json-{model.metadata['jsonVersion']}"

    def params(self, body: str) -> dict[str, Any]:
        return dict(json.loads(body))

    def answer(self, content: dict[str, Any]) -> tuple[str, bytes]:
        return self._type, json.dumps(content).encode()

    def error(self, code: str, message: str) -> tuple[str, bytes]:
        return self.answer({"__type": code, "message": message})


class _Query:
    def __init__(self, model: OperationModel) -> None:
        self._model = model
        self._namespace = str(model.metadata["xmlNamespace"])

    def params(self, body: str) -> dict[str, Any]:
        return form_params(body, self._model.input_shape)

    def answer(self, content: dict[str, Any]) -> tuple[str, bytes]:
        return "text/xml", answer_xml(self._model.name, self._namespace, self._model.output_shape, content)

    def error(self, code: str, message: str) -> tuple[str, bytes]:
        return "text/xml", error_xml(self._namespace, code, message)


FORMATS: Final[Mapping[str, Callable[[OperationModel], _Format]]] = {"json": _Json, "query": _Query}
"""How each protocol is spoken."""


class _Hook:
    """Answers every request of the clients of one session."""

    def __init__(self, cloud: Cloud, core: AioSession) -> None:
        self._cloud = cloud
        self._core = core

    async def __call__(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AioAWSResponse:
        """Answer a prepared request from the account, in place of the network."""
        service, operation = event_name.split(".")[1:]
        model = (await self._core.get_service_model(SERVICES[service])).operation_model(operation)
        format_: _Format = FORMATS[model.service_model.resolved_protocol](model)
        params = format_.params(text_of(request.body))
        region = self._region(request)
        try:
            content = answered_by(request, lambda: self._cloud.answer(operation, params, region=region))
        except PoolError as error:
            code, status = _error(model, error.exception)
            return response(request, status, *format_.error(code, error.message))
        return response(request, 200, *format_.answer(content))

    def _region(self, request: AWSPreparedRequest) -> str:
        labels = str(urlsplit(request.url).hostname).split(".")
        return labels[1] if len(labels) == REGIONAL_LABELS else self._cloud.region


def _error(model: Any, exception: str) -> tuple[str, int]:
    """The code and the status of an exception, as the service's model has them."""
    shapes = {shape.name: shape for shape in model.service_model.error_shapes}
    if exception not in shapes:
        return exception, 400
    shape = shapes[exception]
    error = shape.metadata.get("error", {})
    status = error.get("httpStatusCode", SERVER_ERROR if shape.metadata.get("fault") else 400)
    return str(shape.error_code), int(status)


def session(cloud: Cloud, *, credentials: tuple[str, str] | None, region: str) -> aioboto3.Session:
    """
    Return a session for clients of the account's services.

    Nothing looks for credentials or configuration on this machine or on the network around it.
    """
    core = isolated()
    core.register_component("credential_provider", AioCredentialResolver([]))
    if credentials is not None:
        core.set_credentials(*credentials)
    hook = _Hook(cloud, core)
    for service in SERVICES:
        core.register(f"before-send.{service}", hook)
    return aioboto3.Session(botocore_session=core, region_name=region)
