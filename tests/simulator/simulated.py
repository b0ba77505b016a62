"""What the tests of the simulator share: a pool with a caller, and how to expect a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from flowengine.errors import CognitoRefusal
from flowengine.settings import Client, Mfa, PoolSettings, SignIn, Verification
from flowengine.simulator import Simulator

Trigger = Callable[[dict[str, Any], object], dict[str, Any]]

NAME = "ada"
EMAIL = "ada@example.com"
PHONE = "+15555550100"
PASSWORD = "Correct-horse-7"
WRONG_PASSWORD = "Wrong-horse-7"

VERIFY_EMAIL = Verification(auto_verified_attributes=("email",))
VERIFY_PHONE = Verification(auto_verified_attributes=("phone_number",))
VERIFY_BOTH = Verification(auto_verified_attributes=("email", "phone_number"))
SMS_REQUIRED = Mfa(mode="required", factors=("sms",))
SMS_OPTIONAL = Mfa(mode="optional", factors=("sms",))
LEGACY = Client(prevent_user_existence_errors="LEGACY")
WITH_SECRET = Client(generate_secret=True)

EMAIL_POOL = PoolSettings(verification=VERIFY_EMAIL)
PHONE_POOL = PoolSettings(
    sign_in=SignIn(username_attributes=("phone_number",)), verification=VERIFY_PHONE, mfa=SMS_REQUIRED
)


@contextmanager
def refused(exception: str, message: str) -> Iterator[None]:
    """Expect the refusal with this name and this whole message."""
    with pytest.raises(CognitoRefusal) as caught:
        yield
    assert (exception, message) == (caught.value.exception, caught.value.message)


def wrong(code: str) -> str:
    """Return a code of the same form that is another one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


class Caller:
    """A simulated pool, and somebody who calls it through the direct driver."""

    def __init__(
        self, settings: PoolSettings = EMAIL_POOL, *, seed: int = 0, triggers: Mapping[str, Trigger] | None = None
    ) -> None:
        self.simulator = Simulator(settings, seed=seed, triggers=triggers)
        self.driver = self.simulator.cognito()

    @property
    def code(self) -> str:
        """The code in the newest message."""
        return self.simulator.outbox[-1].code

    async def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Call any operation."""
        return await self.driver.call(operation, request)

    async def sign_up(self, username: str = NAME, password: str = PASSWORD, **attributes: str) -> dict[str, Any]:
        """Call SignUp."""
        listed = [{"Name": name, "Value": value} for name, value in attributes.items()]
        return await self.call("SignUp", Username=username, Password=password, UserAttributes=listed)

    async def confirm(self, username: str = NAME, code: str | None = None, **more: Any) -> dict[str, Any]:
        """Call ConfirmSignUp, by default with the newest code."""
        return await self.call("ConfirmSignUp", Username=username, ConfirmationCode=code or self.code, **more)

    async def resend(self, username: str = NAME) -> dict[str, Any]:
        """Call ResendConfirmationCode."""
        return await self.call("ResendConfirmationCode", Username=username)

    async def sign_in(self, username: str = NAME, password: str = PASSWORD) -> dict[str, Any]:
        """Call InitiateAuth with a password."""
        parameters = {"USERNAME": username, "PASSWORD": password}
        return await self.call("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)

    async def answer(self, session: str, code: str | None = None, username: str = PHONE) -> dict[str, Any]:
        """Call RespondToAuthChallenge with an SMS code, by default the newest one."""
        responses = {"USERNAME": username, "SMS_MFA_CODE": code or self.code}
        return await self.call(
            "RespondToAuthChallenge", ChallengeName="SMS_MFA", Session=session, ChallengeResponses=responses
        )

    async def start(self, flow: str, username: str = NAME, **parameters: str) -> dict[str, Any]:
        """Call InitiateAuth."""
        full = {"USERNAME": username, **parameters}
        return await self.call("InitiateAuth", AuthFlow=flow, AuthParameters=full)

    async def respond(self, challenge: Mapping[str, Any], username: str = NAME, **responses: str) -> dict[str, Any]:
        """Call RespondToAuthChallenge, for the challenge that an answer asks for."""
        return await self.call(
            "RespondToAuthChallenge",
            ChallengeName=challenge["ChallengeName"],
            Session=challenge["Session"],
            ChallengeResponses={"USERNAME": username, **responses},
        )

    async def confirmed(self, username: str = NAME, **attributes: str) -> str:
        """Sign a user up and confirm it; return its `sub`."""
        answer = await self.sign_up(username, **attributes)
        await self.confirm(username)
        return str(answer["UserSub"])

    async def tokens(self, username: str = NAME) -> dict[str, Any]:
        """Sign a confirmed user in, through SMS MFA where it is asked for; return the `AuthenticationResult`."""
        answer = await self.sign_in(username)
        if "Session" in answer:
            answer = await self.answer(answer["Session"], username=username)
        result: dict[str, Any] = answer["AuthenticationResult"]
        return result

    async def signed_in(self, username: str = NAME, **attributes: str) -> str:
        """Sign a user up, confirm it and sign it in; return the access token."""
        await self.confirmed(username, **attributes)
        return str((await self.tokens(username))["AccessToken"])

    async def user(self, username: str = NAME) -> dict[str, Any]:
        """Return the user as AdminGetUser shows it, with the attributes by name."""
        answer = await self.call("AdminGetUser", Username=username)
        return answer | {"UserAttributes": {item["Name"]: item["Value"] for item in answer["UserAttributes"]}}

    async def attributes(self, access_token: str) -> dict[str, str]:
        """Return the user's attributes as GetUser shows them."""
        answer = await self.call("GetUser", AccessToken=access_token)
        return {item["Name"]: item["Value"] for item in answer["UserAttributes"]}

    def pass_time(self, **duration: float) -> None:
        """Advance the clock."""
        self.simulator.clock.advance(**duration)
