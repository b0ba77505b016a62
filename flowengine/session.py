"""What the engine keeps of one user's walk through a flow, and what a caller sees of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from attrs import field, frozen

from flowengine.fields import Field

__all__ = [
    "Claim",
    "Delivery",
    "Device",
    "Error",
    "KeyedSend",
    "Position",
    "Session",
    "Snapshot",
    "Tokens",
]

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Position(NamedTuple):
    """
    Where a session stands: what decides which events are accepted and which fields they take.

    Args:
        state: The state's name in the spec.
        pending: The challenge that led here and still waits for an answer, in Cognito's spelling, or None.
        event: Inside a chain of calls, the event that is being worked on, as `state.event`; None wherever a session
            can rest.
    """

    state: str
    pending: str | None = None
    event: str | None = None

    @property
    def resting(self) -> Position:
        """Where a session stands once the chain that it is in has ended without getting further."""
        return self if self.event is None else Position(self.state)

    def __str__(self) -> str:
        """Render as `state`, `state(PENDING)` or `state(PENDING)/event`."""
        pending = f"({self.pending})" if self.pending else ""
        return f"{self.state}{pending}" + (f"/{self.event}" if self.event else "")


@frozen
class Delivery:
    """
    Where Cognito says that it sent a code.

    Args:
        medium: `SMS` or `EMAIL`.
        destination: The address as masked by Cognito.
        attribute: The attribute that it goes to, such as `phone_number`; None for a sign-in code.
    """

    medium: str
    destination: str
    attribute: str | None = None


@frozen(kw_only=True)
class Device:
    """
    A device that the pool tracks. Once it is remembered, whoever holds the password skips the second factor on it.

    Keep it on the device itself, in a cookie say, and give it as the input `device` of the next sign-in.

    Args:
        key: `DeviceKey`.
        group_key: `DeviceGroupKey`.
        password: The device's own secret; None until the device was confirmed.
    """

    key: str
    group_key: str
    password: str | None = field(default=None, repr=False)


@frozen(kw_only=True)
class Tokens:
    """
    The tokens of a signed-in user. None of them shows in a repr.

    Args:
        access_token: The access token, a JWT.
        id_token: The ID token, a JWT.
        refresh_token: The refresh token, opaque.
        expires_in: Life of the access token from when it was issued, in seconds.
    """

    access_token: str = field(repr=False)
    id_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_in: int


@frozen
class Error:
    """
    Why the last send did not get further.

    Args:
        code: The outcome: an exception's name in Cognito's spelling, or a symbol such as `EXPIRED` or `ANSWER_LOST`.
        retryable: Whether the same event may succeed with another answer, or later.
        message: What happened, for a developer; it never holds an input.
    """

    code: str
    retryable: bool
    message: str


@frozen
class Claim:
    """
    The mark that a send leaves on a session before it calls Cognito, so that no other send acts meanwhile.

    It tells nothing of the send's inputs, not even a digest.

    Args:
        event: The event that is being worked on.
        until: When the claim is given up as lost, in seconds since the epoch.
        key: The send's idempotency key, if it has one.
    """

    event: str
    until: float
    key: str | None = None


@frozen
class KeyedSend:
    """
    A send that carried an idempotency key, and the session as it was committed.

    Args:
        key: The idempotency key.
        event: The event that was sent under it.
        committed: The session as the send left it.
    """

    key: str
    event: str
    committed: Session = field(repr=False)


@frozen(kw_only=True)
class Session:
    """
    The durable record of one walk. Immutable: each commit makes a new one with the next revision.

    Args:
        key: A digest of the session's id. The id itself is a secret and is not kept.
        flow: The fingerprint of the flow that it walks.
        position: Where it stands.
        revision: Counts the commits; a store replaces a session only at the revision that was read.
        facts: What later calls need: username, challenge session, tokens. Never in a repr.
        delivery: Where the last code went.
        error: Why the last send did not get further.
        deadline: When the position expires, in seconds since the epoch, or None.
        claim: The send that is being worked on, or None.
        keyed: The last sends that carried an idempotency key, oldest first.
    """

    key: str = field(repr=False)
    flow: str
    position: Position
    revision: int = 0
    facts: Mapping[str, Any] = field(default=NOTHING, repr=False)
    delivery: Delivery | None = field(default=None, repr=False)
    error: Error | None = None
    deadline: float | None = None
    claim: Claim | None = None
    keyed: tuple[KeyedSend, ...] = ()

    def claimed(self, claim: Claim) -> Session:
        """Return the session with a claim, at the next revision."""
        return Session(
            key=self.key,
            flow=self.flow,
            position=self.position,
            revision=self.revision + 1,
            facts=self.facts,
            delivery=self.delivery,
            error=self.error,
            deadline=self.deadline,
            claim=claim,
            keyed=self.keyed,
        )


@frozen(kw_only=True)
class Snapshot:
    """
    What a caller sees of a session.

    Args:
        id: The session's id, to send to. A secret: whoever holds it goes on with this walk.
        state: The state's name in the spec.
        meaning: What the state means: `signed_out`, `unconfirmed`, `confirmed`, `challenge`, `signed_in`, `recovery`.
        pending: The challenge that waits for an answer, in Cognito's spelling, or None.
        accepts: The events that can be sent now, each with its fields.
        parameters: What the pending challenge says, for whoever answers it. `choices`: what can be chosen;
            `required_attributes` and `user_attributes` with a new password; `secret_code` and `otpauth_uri` for an
            authenticator app; `credential_request_options` and `credential_creation_options` for the browser's
            WebAuthn calls; or the public parameters of a custom challenge.
        delivery: Where Cognito says that the last code went, masked by Cognito.
        error: Why the last send did not get further, or None.
        tokens: The tokens, once signed in.
        device: The device that the user is signed in on, where the pool tracks devices.
        deadline: When the state expires, in seconds since the epoch, or None.
        revision: Counts the session's commits.
    """

    id: str = field(repr=False)
    state: str
    meaning: str | None
    pending: str | None
    accepts: Mapping[str, tuple[Field, ...]] = field(repr=lambda accepts: str(list(accepts)))
    parameters: Mapping[str, Any] = field(repr=False)
    delivery: Delivery | None = field(repr=False)
    error: Error | None
    tokens: Tokens | None = field(repr=False)
    device: Device | None = field(repr=False)
    deadline: float | None
    revision: int
