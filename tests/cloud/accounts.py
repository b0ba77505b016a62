"""What the tests of the embedded account share: an account, callers, and how to expect a refusal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from flowengine.simulator.cloud import Cloud
from flowengine.simulator.refusals import PoolError

EXTERNAL_ID = "pool-of-tests"
PASSWORD = "Correct-horse-7"
PHONE = "+15555550100"
NO_RETRIES = Config(retries={"total_max_attempts": 1, "mode": "standard"})


def sms_configuration(cloud: Cloud) -> dict[str, str]:
    """Return an SmsConfiguration with a role that can send."""
    return {"SnsCallerArn": cloud.add_sms_role(external_id=EXTERNAL_ID), "ExternalId": EXTERNAL_ID}


class Pool:
    """An account with one user pool, called without botocore."""

    def __init__(self, cloud: Cloud | None = None, **created: Any) -> None:
        self.cloud = cloud if cloud is not None else Cloud()
        answer = self.cloud.handle("CreateUserPool", {"PoolName": "tests", **created})
        self.id: str = answer["UserPool"]["Id"]
        self.created: dict[str, Any] = answer["UserPool"]

    def call(self, operation: str, **params: Any) -> dict[str, Any]:
        """Call an operation on the pool."""
        return self.cloud.handle(operation, {"UserPoolId": self.id, **params})

    @property
    def shown(self) -> dict[str, Any]:
        """The pool as DescribeUserPool shows it."""
        described: dict[str, Any] = self.call("DescribeUserPool")["UserPool"]
        return described

    def client(self, **created: Any) -> dict[str, Any]:
        """Make an app client."""
        made: dict[str, Any] = self.call("CreateUserPoolClient", ClientName="tests", **created)["UserPoolClient"]
        return made


def sms_pool(**created: Any) -> Pool:
    """Return a pool that can send SMS."""
    cloud = Cloud()
    return Pool(cloud, SmsConfiguration=sms_configuration(cloud), **created)


@contextmanager
def refused(exception: str, message: str | None = None) -> Iterator[None]:
    """Expect the refusal with this name, and with this whole message."""
    with pytest.raises(PoolError) as caught:
        yield
    assert caught.value.exception == exception
    assert message in (None, caught.value.message)


@contextmanager
def client_error(code: str) -> Iterator[Any]:
    """Expect botocore's error with this code."""
    with pytest.raises(ClientError) as caught:
        yield caught
    assert caught.value.response["Error"]["Code"] == code


@asynccontextmanager
async def caller(cloud: Cloud, service: str = "cognito-idp", **options: Any) -> AsyncIterator[Any]:
    """Open a client of the account; yield a function that calls an operation of it."""
    async with cloud.session().client(service, config=NO_RETRIES, **options) as client:

        async def call(operation: str, **params: Any) -> dict[str, Any]:
            answer: dict[str, Any] = await getattr(client, xform_name(operation))(**params)
            assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
            return answer

        yield call
