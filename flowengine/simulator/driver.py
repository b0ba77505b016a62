"""The direct driver: calls a simulated pool without an AWS SDK, and never really waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Self

from flowengine.errors import CognitoAnswerLost, CognitoRefusal, CognitoUnavailable, TokenInvalid
from flowengine.simulator.faults import AnswerLost, Unreachable
from flowengine.simulator.pool import secret_hash
from flowengine.simulator.refusals import PoolError
from flowengine.simulator.tokens import mismatches, verified_claims

if TYPE_CHECKING:
    from flowengine.simulator.simulator import Simulator

__all__ = ["DirectDriver"]

ADMINISTRATIVE: Final = "Admin"
"""What the operations begin with that take a `UserPoolId`."""
IN_CLEAR: Final = frozenset({"GetTokensFromRefreshToken", "RevokeToken"})
"""The operations that take the `ClientSecret` itself."""
HASHED: Final = frozenset({
    "ConfirmForgotPassword", "ConfirmSignUp", "ForgotPassword", "ResendConfirmationCode", "SignUp",
})  # fmt: skip
"""The operations that take a `SecretHash` of their `Username`."""
HASHED_WITHIN: Final[Mapping[str, str]] = {
    "AdminInitiateAuth": "AuthParameters",
    "AdminRespondToAuthChallenge": "ChallengeResponses",
    "InitiateAuth": "AuthParameters",
    "RespondToAuthChallenge": "ChallengeResponses",
}
"""The member that holds `USERNAME` and its `SECRET_HASH`."""
CLIENT_OPERATIONS: Final = IN_CLEAR | HASHED | HASHED_WITHIN.keys()
"""The operations that take a `ClientId`."""
AUDIENCE: Final[Mapping[str, str]] = {"id": "aud", "access": "client_id"}
"""The claim that names the app client, by the use of a token (verifying JSON web tokens)."""


class DirectDriver:
    """
    Calls a simulated pool as a driver of the real service would, in this process.

    Its coroutines never suspend, so `coroutine.send(None)` runs them to the end without an event loop.

    Args:
        simulator: The pool.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Leave; there is nothing to close."""

    @property
    def user_pool_id(self) -> str:
        """The pool's id, which SRP needs."""
        return self._simulator.user_pool_id

    async def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """
        Call an operation, as the pool's app client or its administrator.

        Args:
            operation: The operation as Cognito spells it, such as `SignUp`.
            request: Its members, without those that identify the client and the pool.

        Raises:
            CognitoRefusal: The pool refused.
            CognitoAnswerLost: The answer was lost; the call may have taken effect.
            CognitoUnavailable: The pool could not be reached.
        """
        try:
            return self._simulator.answer(operation, self._completed(operation, request))
        except PoolError as error:
            message = error.message.replace(self._simulator.client_id, "***")
            raise CognitoRefusal(error.exception, message) from None
        except AnswerLost as error:
            msg = f"the answer to {operation} was lost"
            raise CognitoAnswerLost(msg) from error
        except Unreachable as error:
            msg = "the user pool cannot be reached"
            raise CognitoUnavailable(msg) from error

    def _completed(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Add the members that identify the pool and the client: their ids, and what the client's secret proves."""
        full = dict(request)
        if operation.startswith(ADMINISTRATIVE):
            full = {"UserPoolId": self._simulator.user_pool_id, **full}
        if operation not in CLIENT_OPERATIONS:
            return full
        full = {"ClientId": self._simulator.client_id, **full}
        secret = self._simulator.client_secret
        return full if secret is None else self._proven(operation, full, secret)

    def _proven(self, operation: str, full: dict[str, Any], secret: str) -> dict[str, Any]:
        if operation in IN_CLEAR:
            return {"ClientSecret": secret, **full}
        if operation in HASHED:
            return dict(self._hashed(secret, full, "Username", "SecretHash"))
        within = HASHED_WITHIN[operation]
        return {**full, within: self._hashed(secret, full.get(within, {}), "USERNAME", "SECRET_HASH")}

    def _hashed(self, secret: str, members: Any, name: str, into: str) -> Any:
        """Add the secret hash; a request too malformed for one goes out as it is, for the pool to refuse."""
        if not isinstance(members, Mapping) or not isinstance(members.get(name), str):
            return members
        return {into: secret_hash(secret, members[name], self._simulator.client_id), **members}

    async def verify(self, token: str, token_use: str = "id") -> dict[str, Any]:  # noqa: S107 (no password)
        """
        Return the claims of a token of this pool and client.

        Args:
            token: The token.
            token_use: Which it has to be: `id` or `access`.

        Raises:
            TokenInvalid: The signature or a claim is wrong, or the token has expired.

        Source: amazon-cognito-user-pools-using-tokens-verifying-a-jwt.
        """
        claims = verified_claims(token, self._simulator.algorithm)
        if claims is None:
            msg = "the token is not signed by this pool"
            raise TokenInvalid(msg)
        expected = {
            "iss": self._simulator.issuer,
            "token_use": token_use,
            AUDIENCE.get(token_use, "aud"): self._simulator.client_id,
        }
        wrong = mismatches(claims, expected)
        if self._simulator.clock.now() >= claims["exp"]:
            wrong.append("exp")
        if wrong:
            msg = f"the token does not verify: {', '.join(wrong)}"
            raise TokenInvalid(msg)
        return claims
