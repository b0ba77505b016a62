"""Challenges and the session strings that stand for them: begun, found again, renewed, spent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
from attrs import frozen

from flowengine.simulator import users
from flowengine.simulator.codes import sign_in_validity
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import (
    CREDENTIALS_WRONG,
    MISSING_PARAMETER,
    SESSION_EXPIRED,
    SESSION_INVALID,
    SESSION_USED,
    USER_DISABLED,
    USER_NOT_FOUND,
)
from flowengine.simulator.state import Challenge, ChallengeResult, User

__all__ = [
    "Answer", "Parameters", "SignIn", "new_session", "open_session", "refuse_disabled",
    "renew_session", "required", "spend", "user_of",
]  # fmt: skip

Answer = dict[str, Any]
Parameters = Mapping[str, str]
SESSION_BYTES: Final = 96
UNPROVEN: Final = frozenset({
    "CUSTOM_CHALLENGE", "EMAIL_OTP", "PASSWORD", "PASSWORD_SRP", "PASSWORD_VERIFIER", "SELECT_CHALLENGE", "SMS_OTP",
    "WEB_AUTHN",
})  # fmt: skip
"""The challenges that come before the user has proven anything, where they are not second factors."""


@frozen(kw_only=True)
class SignIn:
    """
    A sign-in on its way.

    Args:
        call: The request that it has come to.
        user: Who signs in; made up where there is no such user and the pool pretends.
        auth_flow: The flow that it began with.
        pretended: Whether the user is made up, so that no answer is right.
        device_key: The device that the client says it is.
        history: The answered challenges of custom authentication, oldest first.
        proved: What has been proved so far, oldest first, each by the name of its challenge.
    """

    call: Call
    user: User
    auth_flow: str
    pretended: bool = False
    device_key: str | None = None
    history: tuple[ChallengeResult, ...] = ()
    proved: tuple[str, ...] = ()

    def stored(self, **changes: Any) -> SignIn:
        """Change the user for good, and go on with the changed one."""
        user = users.store(self.call.state, attrs.evolve(self.user, **changes))
        return attrs.evolve(self, user=user)

    def proving(self, name: str) -> SignIn:
        """Return the sign-in with one more proof, named by the challenge that it answers."""
        return attrs.evolve(self, proved=(*self.proved, name))

    def ask(self, name: str, parameters: Parameters | None = None, **facts: Any) -> Answer:
        """
        Begin a challenge, and return the answer that asks for it.

        Args:
            name: The challenge as Cognito spells it, such as `SMS_MFA`.
            parameters: Its `ChallengeParameters`.
            facts: What the answer will be checked against: more arguments of `Challenge`.
        """
        session = new_session(
            self.call,
            name=name,
            sub=self.user.sub,
            auth_flow=self.auth_flow,
            pretended=self.pretended,
            device_key=self.device_key,
            history=self.history,
            proved=self.proved,
            **facts,
        )
        return {"ChallengeName": name, "Session": session, "ChallengeParameters": dict(parameters or {})}


def required(parameters: Mapping[str, Any], name: str) -> str:
    """Return a parameter that a request cannot do without."""
    value = parameters.get(name)
    if not value:
        raise MISSING_PARAMETER.error(name=name)
    return str(value)


def refuse_disabled(user: User) -> None:
    """Refuse a user whom an administrator has disabled."""
    if not user.enabled:
        raise USER_DISABLED.error()


def new_session(call: Call, *, life: float | None = None, **facts: Any) -> str:
    """
    Return a new session string.

    Args:
        call: The request that it is the answer to.
        life: How long it is good, in seconds; by default as long as the client's `AuthSessionValidity`.
        facts: What it stands for: the arguments of `Challenge`, without `expires_at`.
    """
    session = call.opaque(SESSION_BYTES)
    life = sign_in_validity(call.settings) if life is None else life
    call.state.challenges[session] = Challenge(expires_at=call.now + life, **facts)
    return session


def open_session(call: Call, session: str, name: str) -> Challenge:
    """
    Return what a session string stands for, if it is open and for this challenge.

    Args:
        call: The request that brings it.
        session: The session string.
        name: The challenge that it has to stand for.

    Raises:
        PoolError: It was never given out, or for another challenge, it was used, or it is too old.
    """
    challenge = call.state.challenges.get(session)
    if challenge is None or challenge.name != name:
        raise SESSION_INVALID.error()
    if challenge.used:
        raise SESSION_USED.error()
    if call.now >= challenge.expires_at:
        raise SESSION_EXPIRED.error()
    return challenge


def user_of(call: Call, challenge: Challenge) -> User:
    """
    Return the user that a challenge is for.

    Raises:
        PoolError: The user was deleted meanwhile, or is disabled. Where the client hides users, the latter shows only
            after a first factor is proven.

    Source: cognito-user-pool-managing-errors.
    """
    user = call.state.users.get(challenge.sub)
    if user is None:
        raise (CREDENTIALS_WRONG if call.pool.hides_users else USER_NOT_FOUND).error()
    unproven = challenge.name in UNPROVEN and not challenge.mfa
    if not (call.pool.hides_users and unproven):
        refuse_disabled(user)
    return user


def renew_session(call: Call, session: str, **changes: Any) -> str:
    """
    Spend a session string for another one, which stands for the same challenge with changes, and lives anew.

    Args:
        call: The request that brings the session.
        session: The session string, which `open_session` has accepted.
        changes: Arguments of `Challenge`.
    """
    challenge = call.state.challenges[session]
    spend(call, session)
    renewed = call.opaque(SESSION_BYTES)
    expires_at = call.now + sign_in_validity(call.settings)
    call.state.challenges[renewed] = attrs.evolve(challenge, expires_at=expires_at, **changes)
    return renewed


def spend(call: Call, session: str) -> None:
    """Mark a session string as used."""
    challenge = call.state.challenges[session]
    call.state.challenges[session] = attrs.evolve(challenge, used=True)
