"""Calls that are signed with AWS credentials, and what can be wrong with those."""

from __future__ import annotations

from typing import Any

import pytest
from aiobotocore.credentials import AioCredentials
from botocore.exceptions import ClientError, ConnectTimeoutError, CredentialRetrievalError, PartialCredentialsError
from canned import KEY, KEY_ID, Canned

import flowengine as fe
from flowengine.errors import CognitoRefusal

NONE = "no AWS credentials to sign with"
DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "arn:aws:iam::111122223333:role/x"}}, "AssumeRole")


class Provider:
    """A place where botocore looks for credentials."""

    METHOD = CANONICAL_NAME = "tests"

    def __init__(self, found: object) -> None:
        self.found = found
        self.asked = 0

    async def load(self) -> object:
        """Return what is found, or fail."""
        self.asked += 1
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


class Lease(AioCredentials):  # type: ignore[misc]  # aiobotocore publishes no types
    """Credentials that may be over, and then cannot be renewed."""

    over: Exception | None = None

    async def get_frozen_credentials(self) -> Any:
        """Return the credentials as they are now, or fail."""
        if self.over is not None:
            raise self.over
        return await super().get_frozen_credentials()


async def test_administrators_calls_are_signed() -> None:
    """With AWS credentials, an operation that needs them is signed, and names pool and client."""
    service = Canned({"ChallengeName": "SMS_MFA", "Session": "s" * 20})
    request = {"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": {"USERNAME": "jo", "PASSWORD": "Staple-7"}}
    async with service.cognito(signed=True) as cognito:
        answer = await cognito.call("AdminInitiateAuth", request)
    assert answer["ChallengeName"] == "SMS_MFA"
    assert service.signature is not None
    assert service.signature.startswith(f"AWS4-HMAC-SHA256 Credential={KEY_ID}/")
    assert service.sent == {"UserPoolId": "us-east-1_abc", "ClientId": "abc", **request}


@pytest.mark.parametrize("signed", [False, True])
async def test_users_calls_are_never_signed(signed: bool) -> None:  # noqa: FBT001 (a parameter of pytest's)
    """An operation that anybody may call carries no credentials."""
    service = Canned()
    async with service.cognito(signed=signed) as cognito:
        await cognito.call("SignUp", {"Username": "jo"})
        await cognito.call("GetUser", {"AccessToken": "a"})
    assert [request.headers.get("Authorization") for request in service.requests] == [None, None]


@pytest.mark.parametrize("operation", ["AdminInitiateAuth", "AdminCreateUser", "DescribeUserPool"])
async def test_unsigned_driver_says_how_to_sign(operation: str) -> None:
    """What needs credentials is refused before it is sent where none are used."""
    service = Canned()
    async with service.cognito() as cognito:
        with pytest.raises(fe.FlowEngineError) as caught:
            await cognito.call(operation, {"Username": "jo"})
    assert str(caught.value) == f"{operation} must be signed with AWS credentials: open Cognito(..., signed=True)"
    assert not service.requests


async def test_unsigned_driver_looks_for_no_credentials() -> None:
    """Signing up needs no credentials, so nothing looks for any."""
    service, provider = Canned(), Provider(None)
    async with service.cognito(service.session(provider)) as cognito:
        await cognito.call("SignUp", {"Username": "jo"})
    assert provider.asked == 0


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (None, "no AWS credentials to sign with were found"),
        (CredentialRetrievalError(provider="tests", error_msg=KEY), f"{NONE}: CredentialRetrievalError"),
        (PartialCredentialsError(provider="tests", cred_var=KEY), f"{NONE}: PartialCredentialsError"),
        (FileNotFoundError(KEY), f"{NONE}: FileNotFoundError"),
        (DENIED, f"{NONE}: ClientError"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_missing_credentials_are_told_at_once(found: object, message: str) -> None:
    """A driver that cannot sign does not open, and what its credentials' source said is not quoted."""
    service = Canned()
    with pytest.raises(fe.CognitoUnavailable) as caught:
        async with service.cognito(service.session(Provider(found)), signed=True):
            pass
    assert str(caught.value) == message


@pytest.mark.parametrize("error", [DENIED, ConnectTimeoutError(endpoint_url="https://sts.amazonaws.com")])
async def test_credentials_that_cannot_be_renewed_send_nothing(error: Exception) -> None:
    """A failure to renew them is no answer of Cognito's, and the call had no effect."""
    service, lease = Canned(), Lease(KEY_ID, KEY)
    async with service.cognito(service.session(Provider(lease)), signed=True) as cognito:
        await cognito.call("AdminGetUser", {"Username": "jo"})
        service.requests.clear()
        lease.over = error
        with pytest.raises(fe.CognitoUnavailable, match=f"^{NONE}: {type(error).__name__}$"):
            await cognito.call("AdminGetUser", {"Username": "jo"})
    assert not service.requests


@pytest.mark.parametrize(
    "exception",
    ["AccessDeniedException", "ExpiredTokenException", "InvalidSignatureException", "UnrecognizedClientException"],
)
async def test_refused_credentials_are_a_refusal_without_details(exception: str) -> None:
    """Who signed, and what, is not passed on to whoever signs in."""
    service = Canned({"__type": exception, "message": "arn:aws:iam::111122223333:user/x, x-amz-security-token:y"}, 400)
    async with service.cognito(signed=True) as cognito:
        with pytest.raises(CognitoRefusal) as caught:
            await cognito.call("AdminGetUser", {"Username": "jo"})
    assert str(caught.value) == f"{exception}: the AWS credentials were refused"


async def test_other_refusals_of_signed_calls_keep_their_message() -> None:
    """What Cognito says about the user is passed on."""
    service = Canned({"__type": "UserNotFoundException", "message": "User does not exist."}, 400)
    async with service.cognito(signed=True) as cognito:
        with pytest.raises(CognitoRefusal, match=r"^UserNotFoundException: User does not exist\.$"):
            await cognito.call("AdminGetUser", {"Username": "jo"})
