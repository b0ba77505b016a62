"""The end of a sign-in: tokens."""

from __future__ import annotations

from flowengine.simulator.challenges import Answer, SignIn, refuse_disabled
from flowengine.simulator.refusals import CREDENTIALS_WRONG
from flowengine.simulator.tokens import grant_tokens

__all__ = ["complete"]


def complete(sign_in: SignIn) -> Answer:
    """
    Give the user tokens.

    Raises:
        PoolError: The user does not exist, or is disabled.
    """
    if sign_in.pretended:
        raise CREDENTIALS_WRONG.error()
    refuse_disabled(sign_in.user)
    user = sign_in.stored(signed_in_before=True).user
    tokens = grant_tokens(sign_in.call, user, sign_in.device_key)
    return {"ChallengeParameters": {}, "AuthenticationResult": tokens}
