"""`Simulator`: a whole user pool, its app client, and the hands of its administrator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Self

from flowengine.errors import Problem, SpecError
from flowengine.settings import PoolSettings, broken_rules
from flowengine.simulator import users
from flowengine.simulator.answers import admin_respond_to_auth_challenge, respond_to_auth_challenge
from flowengine.simulator.account import get_user, global_sign_out, set_user_mfa_preference
from flowengine.simulator.clock import SimulatedClock
from flowengine.simulator.driver import DirectDriver
from flowengine.simulator.faults import FAULTS, take_fault
from flowengine.simulator.pool import Call, Pool, Trigger
from flowengine.simulator.refusals import UNKNOWN_CLIENT, UNKNOWN_OPERATION, UNKNOWN_POOL
from flowengine.simulator.shapes import check_shape
from flowengine.simulator.sign_in import admin_initiate_auth, initiate_auth
from flowengine.simulator.sign_up import confirm_sign_up, resend_confirmation_code, sign_up
from flowengine.simulator.state import Fault, Message, PoolState, QueuedFault
from flowengine.simulator.tokens import public_keys, refresh
from flowengine.simulator.triggers import check_triggers

if TYPE_CHECKING:
    import aioboto3

__all__ = ["OPERATIONS", "Simulator"]

OPERATIONS: Final[Mapping[str, Callable[[Call], dict[str, Any]]]] = {
    "AdminInitiateAuth": admin_initiate_auth,
    "AdminRespondToAuthChallenge": admin_respond_to_auth_challenge,
    "ConfirmSignUp": confirm_sign_up,
    "GetTokensFromRefreshToken": refresh,
    "GetUser": get_user,
    "GlobalSignOut": global_sign_out,
    "InitiateAuth": initiate_auth,
    "ResendConfirmationCode": resend_confirmation_code,
    "RespondToAuthChallenge": respond_to_auth_challenge,
    "SetUserMFAPreference": set_user_mfa_preference,
    "SignUp": sign_up,
}
"""The handler of each operation."""


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

    Attributes:
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
    ) -> None:
        _check_settings(pool)
        check_triggers(triggers or {}, pool.lambda_triggers)
        self.clock = clock if clock is not None else SimulatedClock()
        self._pool = Pool.create(pool, region, seed, triggers or {})
        self._state = PoolState(seed=seed)
        self.region = region
        self.user_pool_id = self._pool.user_pool_id
        self.client_id = self._pool.client_id
        self.client_secret = self._pool.client_secret

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
        return self._state.outbox

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
            raise UNKNOWN_CLIENT.error(client=params["ClientId"])
        if params.get("UserPoolId", self.user_pool_id) != self.user_pool_id:
            raise UNKNOWN_POOL.error(pool=params["UserPoolId"])
        call = Call(pool=self._pool, state=self._state, now=self.clock.now(), params=params)
        return OPERATIONS[operation](call)

    def answer(self, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """
        Answer one request as `handle` does, unless a fault is queued for it.

        Raises:
            PoolError: The pool refuses.
            AnswerLost: The answer is lost, with or without an effect.
            Unreachable: The pool cannot be reached.
        """
        fault = take_fault(self._state, operation)
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
        self._state.faults.append(QueuedFault(fault, operation))

    def disable_user(self, username: str) -> None:
        """
        Disable a user and revoke all tokens, as AdminDisableUser does.

        Raises:
            PoolError: There is no such user.
        """
        users.enable(self._state, username, enabled=False)

    def enable_user(self, username: str) -> None:
        """
        Enable a user, as AdminEnableUser does.

        Raises:
            PoolError: There is no such user.
        """
        users.enable(self._state, username, enabled=True)

    def delete_user(self, username: str) -> None:
        """
        Delete a user, as AdminDeleteUser does.

        Raises:
            PoolError: There is no such user.
        """
        users.delete(self._state, username)

    def cognito(self) -> DirectDriver:
        """Return a driver that calls this pool directly: no AWS SDK, no event loop."""
        return DirectDriver(self)

    def session(self) -> aioboto3.Session:
        """Return a real aioboto3 session whose `cognito-idp` clients this pool answers, without a network."""
        return import_module("flowengine.simulator.wire").session(self)


def _check_settings(pool: PoolSettings) -> None:
    problems = [
        Problem(code=rule.id, message=rule.complaint(detail))
        for rule, detail in broken_rules(pool)
        if rule.severity == "error"
    ]
    if problems:
        raise SpecError(problems)
