"""Every operation: its answer has the shape of the service's model, and comes over the wire as it is."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import unquote

import pytest
from accounts import NO_RETRIES
from botocore import xform_name
from botocore.session import get_session
from botocore.validate import ParamValidator
from scene import requests, scene

from flowengine.simulator.cloud import Cloud
from flowengine.simulator.cloud.operations import OPERATIONS, service_of

ALL = [operation for operations in OPERATIONS.values() for operation in operations]
CORE = get_session()


def comparable(value: Any) -> Any:
    """An answer with instants as numbers and policies as they are after botocore has read them."""
    if isinstance(value, dict):
        return {name: comparable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, dt.datetime):
        return value.timestamp()
    return json.loads(unquote(value)) if isinstance(value, str) and value.startswith("%7B") else value


def prepared(operation: str) -> tuple[Cloud, dict[str, Any]]:
    """An account two days after it was made, so that everything can be done, and a request to it."""
    cloud, _, both = scene()
    cloud.clock.advance(days=2)
    return cloud, requests(cloud, both)[operation]


def direct(operation: str) -> Any:
    """Do an operation without botocore."""
    cloud, request = prepared(operation)
    return cloud.handle(operation, request)


@pytest.mark.parametrize("operation", ALL)
def test_answer_has_the_models_shape(operation: str) -> None:
    """Every member of an answer exists in the service's model, with a value of its type, and none is lacking."""
    shape = CORE.get_service_model(service_of(operation)).operation_model(operation).output_shape
    answer = direct(operation)
    if shape is None:
        assert answer == {}
    else:
        assert ParamValidator().validate(answer, shape).generate_report() == ""


async def test_answers_come_over_the_wire() -> None:
    """A real client is told what the account answers, by every operation."""
    cloud, _, _ = scene()
    session = cloud.session()
    for service, operations in OPERATIONS.items():
        async with session.client(service, config=NO_RETRIES) as client:
            for operation in operations:
                another, request = prepared(operation)
                cloud.state, cloud.clock = another.state, another.clock
                answer = await getattr(client, xform_name(operation))(**request)
                assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
                assert comparable(answer) == comparable(direct(operation)), operation
