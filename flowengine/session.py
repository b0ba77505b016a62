"""What the engine keeps of one user's walk through a flow, and what a caller sees of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from attrs import field, frozen

from flowengine.errors import InputInvalid

__all__ = [
    "Claim",
    "Delivery",
    "Error",
    "Field",
    "KeyedSend",
    "Position",
    "Session",
    "Snapshot",
    "Tokens",
    "check_inputs",
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
class Field:
    """
    One input that an event takes.

    Args:
        name: The keyword that `Engine.send` takes it under.
        required: Whether it must be given.
        secret: Whether it must not be shown or logged.
        kind: `text`, or `attributes` for a map of user attribute names to texts.
        pattern: A regular expression that the whole text must match, or None.
        max_length: The most characters that are accepted.
        members: For `attributes`: the attributes that this pool asks for.
        hint: What is expected, in words.
    """

    name: str
    required: bool = True
    secret: bool = False
    kind: Literal["text", "attributes"] = "text"
    pattern: str | None = None
    max_length: int = 2048
    members: tuple[Field, ...] = ()
    hint: str = ""


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
        delivery: Where Cognito says that the last code went, masked by Cognito.
        error: Why the last send did not get further, or None.
        tokens: The tokens, once signed in.
        deadline: When the state expires, in seconds since the epoch, or None.
        revision: Counts the session's commits.
    """

    id: str = field(repr=False)
    state: str
    meaning: str | None
    pending: str | None
    accepts: Mapping[str, tuple[Field, ...]] = field(repr=lambda accepts: str(list(accepts)))
    delivery: Delivery | None = field(repr=False)
    error: Error | None
    tokens: Tokens | None = field(repr=False)
    deadline: float | None
    revision: int


def check_inputs(event: str, fields: tuple[Field, ...], inputs: Mapping[str, Any]) -> None:
    """
    Hold what a caller sent against the fields of an event.

    Args:
        event: The event's name, for the message.
        fields: The fields that it takes.
        inputs: What was sent, by field name.

    Raises:
        InputInvalid: A field is missing, unknown, of the wrong type or outside its limits. Values are never quoted.
    """
    unknown = inputs.keys() - {entry.name for entry in fields}
    if unknown:
        takes = ", ".join(entry.name for entry in fields) or "no fields"
        raise InputInvalid(f"{event}: unknown field {min(unknown)!r}; it takes {takes}", field=min(unknown))
    for entry in fields:
        if entry.name in inputs:
            _check_field(event, entry, inputs[entry.name])
        elif entry.required:
            raise InputInvalid(f"{event}: {entry.name} is missing{_expected(entry)}", field=entry.name)


def _check_field(event: str, entry: Field, value: Any) -> None:
    if entry.kind == "text":
        _check_text(event, entry, entry.name, value)
    elif isinstance(value, Mapping):
        _check_attributes(event, entry, value)
    else:
        msg = f"{event}: {entry.name} must be a mapping of names to texts, not {type(value).__name__}"
        raise InputInvalid(msg, field=entry.name)


def _check_attributes(event: str, entry: Field, value: Mapping[Any, Any]) -> None:
    members = {member.name: member for member in entry.members}
    for name, text in value.items():
        if not isinstance(name, str) or not _is_unicode(name):
            raise InputInvalid(f"{event}: the names in {entry.name} must be texts", field=entry.name)
        _check_text(event, members.get(name, Field(name)), f"{entry.name}.{name}", text)
    for name, member in members.items():
        if member.required and name not in value:
            path = f"{entry.name}.{name}"
            raise InputInvalid(f"{event}: {path} is missing{_expected(member)}", field=path)


def _check_text(event: str, entry: Field, path: str, value: Any) -> None:
    complaint = None
    if not isinstance(value, str):
        complaint = f"must be a text, not {type(value).__name__}"
    elif not value:
        complaint = "is empty"
    elif len(value) > entry.max_length:
        complaint = f"has more than {entry.max_length:,} characters"
    elif not value.isascii() and not _is_unicode(value):
        complaint = "is not valid Unicode"
    elif entry.pattern and not re.fullmatch(entry.pattern, value):
        complaint = f"is not {entry.hint}" if entry.hint else "has the wrong form"
    if complaint:
        raise InputInvalid(f"{event}: {path} {complaint}", field=path)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _expected(entry: Field) -> str:
    return f": expected {entry.hint}" if entry.hint else ""
