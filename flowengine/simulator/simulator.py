"""`Simulator`: a whole user pool, its app client, and the hands of its administrator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from flowengine.errors import Problem, SpecError
from flowengine.settings import PoolSettings, broken_rules
from flowengine.simulator.clock import SimulatedClock
from flowengine.simulator.driver import DirectDriver
from flowengine.simulator.faults import FAULTS, take_fault
from flowengine.simulator.operations import OPERATIONS
from flowengine.simulator.pool import Call, Pool, Trigger
from flowengine.simulator.refusals import CLIENT_UNAUTHORIZED, UNKNOWN_CLIENT, UNKNOWN_OPERATION, UNKNOWN_POOL, Refusal
from flowengine.simulator.shapes import check_shape
from flowengine.simulator.sign_up import follow_link
from flowengine.simulator.state import Fault, Message, PoolState, QueuedFault
from flowengine.simulator.tokens import public_keys
from flowengine.simulator.triggers import check_triggers

if TYPE_CHECKING:
    import aioboto3

__all__ = ["Simulator"]

UNKNOWN_CLIENTS: Final[Mapping[str, Refusal]] = {"RevokeToken": CLIENT_UNAUTHORIZED}
"""How the operations refuse another client that do not declare ResourceNotFoundException."""


class Simulator:
    """
    A user pool in memory that behaves as Amazon Cognito does.

    Equal settings, seeds, regions, clocks and requests give equal answers.

    Args:
        pool: How the pool and its app client are configured.
        seed: What codes, ids, sessions and tokens are drawn from.
        clock: Its clock; by default one of its own.
        region: The AWS Region that it pretends to be in.
        triggers: The functions that the pool's Lambda triggers stand for, by the names of
            `PoolSettings.lambda_triggers`. Each is called as `function(event, context)` and returns the event.
        algorithm: How tokens are signed: `RS256`, which everybody can verify, or the much faster `HS256`, which
            only `cognito()` of the same process can.

    Attributes:
        state: All that the pool remembers. Put a `state.fork()` kept from earlier in its place to go back there.
        clock: Its clock, which stands still until it is told to move.
        region: The AWS Region.
        user_pool_id: The pool's id.
        client_id: The app client's id.
        client_secret: The app client's secret, None unless the settings ask for one.

    Raises:
        SpecError: The settings break rules that Cognito enforces.
        ValueError: The triggers are not those that the settings name.
    """

    def __init__(
        self,
        pool: PoolSettings,
        *,
        seed: int = 0,
        clock: SimulatedClock | None = None,
        region: str = "us-east-1",
        triggers: Mapping[str, Trigger] | None = None,
        algorithm: Literal["RS256", "HS256"] = "RS256",
    ) -> None:
        made = Pool.create(pool, region, seed, triggers or {}, algorithm)
        self._set_up(made, PoolState(seed=seed), clock if clock is not None else SimulatedClock())

    @classmethod
    def of(cls, pool: Pool, state: PoolState, clock: SimulatedClock) -> Self:
        """
        Return the simulator of a pool that exists already.

        Args:
            pool: What the pool and its app client are.
            state: Its memory, which the simulator changes.
            clock: Its clock.

        Raises:
            SpecError: The settings break rules that Cognito enforces.
            ValueError: The triggers are not those that the settings name.
        """
        simulator = cls.__new__(cls)
        simulator._set_up(pool, state, clock)  # noqa: SLF001 (its own kind)
        return simulator

    def _set_up(self, pool: Pool, state: PoolState, clock: SimulatedClock) -> None:
        _check_settings(pool.settings)
        check_triggers(pool.triggers, pool.settings.lambda_triggers)
        self.clock = clock
        self._pool = pool
        self.state = state
        self.region = pool.region
        self.user_pool_id = pool.user_pool_id
        self.client_id = pool.client_id
        self.client_secret = pool.client_secret

    def __repr__(self) -> str:
        return f"<Simulator of {self.user_pool_id}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Leave; there is nothing to close."""

    @property
    def issuer(self) -> str:
        """The `iss` claim of the pool's tokens."""
        return self._pool.issuer

    @property
    def outbox(self) -> Sequence[Message]:
        """Every message that phones and mailboxes received, oldest first."""
        return self.state.outbox

    @property
    def algorithm(self) -> str:
        """How tokens are signed."""
        return self._pool.algorithm

    def jwks(self) -> dict[str, Any]:
        """Return the public keys of the pool, as its `jwks.json` would."""
        return public_keys()

    def handle(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """
        Answer one request, without regard to queued faults.

        Args:
            operation: The operation as Cognito spells it, such as `SignUp`.
            params: The members of the request.

        Raises:
            PoolError: The pool refuses; `exception` and `message` say how.
        """
        if operation not in OPERATIONS:
            raise UNKNOWN_OPERATION.error(operation=operation)
        check_shape(operation, params)
        if params.get("ClientId", self.client_id) != self.client_id:
            raise UNKNOWN_CLIENTS.get(operation, UNKNOWN_CLIENT).error(client=params["ClientId"])
        if params.get("UserPoolId", self.user_pool_id) != self.user_pool_id:
            raise UNKNOWN_POOL.error(pool=params["UserPoolId"])
        answer: dict[str, Any] = self._attempted(OPERATIONS[operation], params)
        return answer

    def _attempted(self, handler: Callable[[Call], Any], params: Mapping[str, Any]) -> Any:
        """Run a handler; if it refuses, nothing has changed but what it wants kept."""
        call = Call(pool=self._pool, state=self.state, now=self.clock.now(), params=params)
        try:
            return handler(call)
        except Exception:
            call.undo()
            raise

    def answer(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """
        Answer one request as `handle` does, unless a fault is queued for it.

        Raises:
            PoolError: The pool refuses.
            AnswerLost: The answer is lost, with or without an effect.
            Unreachable: The pool cannot be reached.
        """
        fault = take_fault(self.state, operation)
        if fault is None:
            return self.handle(operation, params)
        return FAULTS[fault](lambda: self.handle(operation, params))

    def fail_next(self, fault: Fault, operation: str | None = None) -> None:
        """
        Queue a fault for the next call.

        Args:
            fault: `throttled` (TooManyRequestsException, no effect), `lost_before` (no effect, and the answer is
                lost), `lost_after` (it takes effect, and the answer is lost), or `unreachable` (connection refused).
            operation: The operation that it waits for; None for any.

        Raises:
            ValueError: There is no such fault.
        """
        if fault not in FAULTS:
            msg = f"{fault!r} is no fault; there are {', '.join(FAULTS)}"
            raise ValueError(msg)
        self.state.faults.append(QueuedFault(fault, operation))

    def follow_link(self, message: Message) -> None:
        """
        Follow the link in a message, which confirms a sign-up.

        Raises:
            ValueError: The message has no such link.
            PoolError: The link is too old or void, or was followed already.
        """
        self._attempted(lambda call: follow_link(call, message), {})

    def create_user(
        self, username: str, *, attributes: Mapping[str, str] | None = None, temporary_password: str | None = None
    ) -> None:
        """
        Create a user and send the invitation to every contact that the user has, as AdminCreateUser does.

        Args:
            username: The username.
            attributes: Attributes by name; `email_verified` and `phone_number_verified` may be among them.
            temporary_password: The password until the first sign-in; by default the pool makes one up, where users
                need one.

        Raises:
            PoolError: The pool refuses.
        """
        more = {} if temporary_password is None else {"TemporaryPassword": temporary_password}
        mediums = ["SMS", "EMAIL"]
        self._administer(
            "AdminCreateUser", username, UserAttributes=_pairs(attributes), DesiredDeliveryMediums=mediums, **more
        )

    def confirm_user(self, username: str) -> None:
        """
        Confirm a user, as AdminConfirmSignUp does.

        Raises:
            PoolError: There is no such user, or the user is confirmed.
        """
        self._administer("AdminConfirmSignUp", username)

    def set_user_password(self, username: str, password: str, *, permanent: bool = True) -> None:
        """
        Set a user's password, as AdminSetUserPassword does.

        Args:
            username: Whose.
            password: The password.
            permanent: Whether it stays; otherwise it has to be changed at the next sign-in.

        Raises:
            PoolError: There is no such user, or the pool does not allow the password.
        """
        self._administer("AdminSetUserPassword", username, Password=password, Permanent=permanent)

    def reset_user_password(self, username: str) -> None:
        """
        Make a user reset the password by a code that is sent, as AdminResetUserPassword does.

        Raises:
            PoolError: There is no such user, or no contact to send a code to.
        """
        self._administer("AdminResetUserPassword", username)

    def update_user_attributes(self, username: str, attributes: Mapping[str, str]) -> None:
        """
        Write attributes of a user, as AdminUpdateUserAttributes does.

        Args:
            username: Whose.
            attributes: Attributes by name; an empty value deletes one.

        Raises:
            PoolError: There is no such user, or the pool does not allow an attribute.
        """
        self._administer("AdminUpdateUserAttributes", username, UserAttributes=_pairs(attributes))

    def disable_user(self, username: str) -> None:
        """
        Disable a user and revoke all tokens, as AdminDisableUser does.

        Raises:
            PoolError: There is no such user.
        """
        self._administer("AdminDisableUser", username)

    def enable_user(self, username: str) -> None:
        """
        Enable a user, as AdminEnableUser does.

        Raises:
            PoolError: There is no such user.
        """
        self._administer("AdminEnableUser", username)

    def delete_user(self, username: str) -> None:
        """
        Delete a user, as AdminDeleteUser does.

        Raises:
            PoolError: There is no such user.
        """
        self._administer("AdminDeleteUser", username)

    def _administer(self, operation: str, username: str, **more: Any) -> None:
        self.handle(operation, {"UserPoolId": self.user_pool_id, "Username": username, **more})

    def cognito(self) -> DirectDriver:
        """Return a driver that calls this pool directly: no AWS SDK, no event loop."""
        return DirectDriver(self)

    def session(self) -> aioboto3.Session:
        """Return a real aioboto3 session whose `cognito-idp` clients this pool answers, without a network."""
        return import_module("flowengine.simulator.wire").session(self)


def _pairs(attributes: Mapping[str, str] | None) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in (attributes or {}).items()]


def _check_settings(pool: PoolSettings) -> None:
    problems = [
        Problem(code=rule.id, message=rule.complaint(detail))
        for rule, detail in broken_rules(pool)
        if rule.severity == "error"
    ]
    if problems:
        raise SpecError(problems)
