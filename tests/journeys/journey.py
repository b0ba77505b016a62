"""What the journeys share: a user who walks the standard flow, on an embedded pool behind a real aioboto3 client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any, Final, Self

import pyotp

import flowengine as fe
from flowengine.settings import AUTH_FLOWS
from flowengine.testing import SoftwareAuthenticator

NAME: Final = "ada"
EMAIL: Final = "ada@example.com"
PHONE: Final = "+15555550100"
PASSWORD: Final = "Correct-horse-7"
NEW_PASSWORD: Final = "Better-horse-8"
WRONG: Final = "Wrong-horse-7"
BOTH: Final[Mapping[str, str]] = {"email": EMAIL, "phone_number": PHONE}

VERIFY_EMAIL: Final = fe.Verification(auto_verified_attributes=("email",))
VERIFY_PHONE: Final = fe.Verification(auto_verified_attributes=("phone_number",))
ANY_FLOW: Final = fe.Client(explicit_auth_flows=AUTH_FLOWS)
"""A client that allows every authentication flow."""

Stand = tuple[str, str | None]
Answer = Mapping[str, Any]
StandIn = Callable[[Mapping[str, Any]], Awaitable[Answer]]


def pool_of(*factors: str, mode: str = "required", **settings: Any) -> fe.PoolSettings:
    """
    Return a pool of plain usernames that verifies e-mail addresses and allows every flow, with these second factors.

    E-mail goes out from the account's own Amazon SES identity, which e-mail MFA needs.
    """
    chosen: dict[str, Any] = {
        "verification": VERIFY_EMAIL,
        "mfa": fe.Mfa(mode=mode, factors=factors) if factors else fe.Mfa(),
        "client": ANY_FLOW,
        "email_sending_account": "DEVELOPER",
    }
    return fe.PoolSettings(**(chosen | settings))


def stand(snapshot: fe.Snapshot) -> Stand:
    """Return where a session stands: its state, and the challenge that waits."""
    return snapshot.state, snapshot.pending


def reason(snapshot: fe.Snapshot) -> str | None:
    """Return why the last send did not get further."""
    return None if snapshot.error is None else snapshot.error.code


def asked(snapshot: fe.Snapshot, event: str) -> tuple[str, ...]:
    """Return the names of the fields that an event takes."""
    return tuple(entry.name for entry in snapshot.accepts[event])


class Wire:
    """
    The way to the pool: writes down what goes over it, and lets a stand-in answer in the pool's place.

    Args:
        inner: The real client.
    """

    def __init__(self, inner: fe.Cognito) -> None:
        self.inner = inner
        self.calls: list[str] = []
        self.requests: list[Mapping[str, Any]] = []
        self.posed: list[str] = []
        self.stand_ins: dict[str, StandIn] = {}

    @property
    def user_pool_id(self) -> str:
        """The pool's id."""
        return self.inner.user_pool_id

    async def call(self, operation: str, request: Mapping[str, Any]) -> Answer:
        """Make one call."""
        self.calls.append(operation)
        self.requests.append(request)
        stand_in = self.stand_ins.get(operation)
        answer = await (stand_in(request) if stand_in else self.inner.call(operation, request))
        self.posed += [answer["ChallengeName"]] if "ChallengeName" in answer else []
        return answer


class Journey:
    """
    One user's walk. Open it to open the client and start a session.

    Args:
        pool: The pool's settings.
        flow: The flow; None for the standard one.
        triggers: The functions of the pool's Lambda triggers.
        username: What the user signs up with.
        attributes: The user's attributes.
        signed: Whether the client signs its calls with AWS credentials.
    """

    def __init__(
        self,
        pool: fe.PoolSettings,
        *,
        flow: fe.Flow | None = None,
        triggers: Mapping[str, Any] | None = None,
        username: str = NAME,
        attributes: Mapping[str, str] = BOTH,
        signed: bool = False,
    ) -> None:
        self.simulator = fe.Simulator(pool, seed=1, triggers=triggers)
        self.clock = self.simulator.clock
        self.cognito = fe.Cognito(
            user_pool_id=self.simulator.user_pool_id,
            client_id=self.simulator.client_id,
            client_secret=self.simulator.client_secret,
            region=self.simulator.region,
            session=self.simulator.session(),
            jwks=self.simulator.jwks(),
            now=self.clock.now,
            signed=signed,
        )
        self.wire = Wire(self.cognito)
        self.flow = flow or fe.load("standard", pool=pool)
        self.engine = fe.Engine(self.flow, self.wire, clock=self.clock)
        self.username = username
        self.attributes = dict(attributes)
        self.secret = ""
        self.authenticator = SoftwareAuthenticator()
        self.snapshot: fe.Snapshot
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.cognito)
        self._stack.push_async_callback(self.engine.close)
        await self.start_over()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Close the engine and the client."""
        await self._stack.aclose()

    async def start_over(self) -> fe.Snapshot:
        """Start another session, as a user does who comes back."""
        self.snapshot = await self.engine.start()
        return self.snapshot

    async def send(self, event: str, /, **inputs: Any) -> fe.Snapshot:
        """Send an event; there are tokens exactly where the user is signed in."""
        self.snapshot = await self.engine.send(self.snapshot.id, event, **inputs)
        assert (self.snapshot.tokens is not None) == (self.snapshot.meaning == "signed_in")
        return self.snapshot

    async def sign_up(self, password: str = PASSWORD) -> fe.Snapshot:
        """Sign up."""
        return await self.send("sign_up", username=self.username, password=password, attributes=self.attributes)

    async def register(self) -> fe.Snapshot:
        """Sign up and confirm."""
        await self.sign_up()
        return await self.send("confirm", code=self.code)

    def invite(self, attributes: Mapping[str, str] = BOTH, *, password: str | None = None) -> None:
        """Let the administrator create the user: with a password to keep, or with one that must be replaced."""
        self.simulator.create_user(self.username, attributes=attributes, temporary_password=PASSWORD)
        if password is not None:
            self.simulator.set_user_password(self.username, password)

    async def sign_in(self, event: str = "sign_in", /, **inputs: Any) -> fe.Snapshot:
        """Begin a sign-in, under the username where the session does not know it."""
        if "username" in asked(self.snapshot, event):
            inputs = {"username": self.username, **inputs}
        return await self.send(event, **inputs)

    async def with_password(self, password: str = PASSWORD, **inputs: Any) -> fe.Snapshot:
        """Begin a sign-in with the password."""
        return await self.sign_in(password=password, **inputs)

    async def claims(self) -> dict[str, Any]:
        """Return the claims of the ID token; both tokens are verified, and are the same user's."""
        tokens = self.snapshot.tokens
        assert tokens is not None
        claims = await self.cognito.verify(tokens.id_token)
        access = await self.cognito.verify(tokens.access_token, "access")
        assert access["sub"] == claims["sub"]
        return claims

    # what the user holds

    @property
    def code(self) -> str:
        """The code that the user received last."""
        return self.simulator.outbox[-1].code

    def scan(self) -> None:
        """Scan the secret that the snapshot shows with the authenticator app."""
        self.secret = self.snapshot.parameters["secret_code"]

    def app_code(self) -> str:
        """Wait for the next code of the authenticator app, and return it."""
        self.clock.advance(seconds=30)
        return pyotp.TOTP(self.secret).at(int(self.clock.now()))

    async def enrol_app(self) -> fe.Snapshot:
        """Set an authenticator app up, signed in; its codes are preferred from then on."""
        await self.send("register_totp")
        self.scan()
        return await self.send("verify_totp", code=self.app_code())

    async def operate(self, operation: str, **request: Any) -> Answer:
        """Call an operation as an application of the signed-in user does, beside the flow."""
        assert self.snapshot.tokens is not None
        return await self.cognito.call(operation, {"AccessToken": self.snapshot.tokens.access_token, **request})
