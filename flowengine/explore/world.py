"""A world: one session, the pool that it is in, what its user holds, and the time. Worlds are values."""

from __future__ import annotations

import base64
import json
from collections.abc import Hashable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

import attrs
from attrs import field, frozen

from flowengine.actions.model import CHALLENGE_SESSION, DEVICE, PARAMETERS, SIGN_UP_SESSION, TOKENS, USERNAME
from flowengine.explore.people import Person
from flowengine.session import Device, Session, Tokens
from flowengine.simulator.attempts import HOUR, HOURLY, barred, locked_until
from flowengine.simulator.conduct import Conduct
from flowengine.simulator.state import Challenge, Code, Grant, Message, PoolState, Purpose, User

__all__ = [
    "TOTP_SECONDS",
    "Hands",
    "World",
    "account_of",
    "honoured",
    "learned",
    "situation",
    "tidy",
    "told_apart",
]


@frozen(kw_only=True)
class Hands:
    """
    What a user holds.

    Args:
        codes: By the purpose of the message, the last two codes that arrived, the latest first.
        device: The device that the user signed in on last, with its password once it was confirmed.
        passkey: The authenticator, once there is one.
    """

    codes: Mapping[str, tuple[str, ...]] = field(factory=dict, repr=False)
    device: Device | None = None
    passkey: Any = field(default=None, eq=False, repr=False)

    def place(self, code: Code) -> int | None:
        """Return whether a code is the last one that arrived for its contact (0), the one before (1), or neither."""
        return next((codes.index(code.value) for codes in self.codes.values() if code.value in codes), None)

    def receiving(self, messages: list[Message]) -> Hands:
        """Return the hands after more messages have arrived."""
        codes = dict(self.codes)
        for message in messages:
            codes[message.purpose] = (message.code, *codes.get(message.purpose, ()))[:2]
        return attrs.evolve(self, codes=codes) if messages else self


@frozen(kw_only=True, eq=False)
class World:
    """
    Everything that decides how a walk can go on.

    Args:
        person: Who walks.
        session: The session, as the store keeps it.
        state: All that the pool remembers.
        hands: What the user holds.
        now: The time, in seconds since the epoch.
        meaning: What the state of the session means.
        others: The other sessions in the pool, of the same person or of others, if any.
    """

    person: Person
    meaning: str | None
    session: Session = field(repr=False)
    state: PoolState = field(repr=False)
    hands: Hands
    now: float
    others: tuple[Session, ...] = field(default=(), repr=False)

    @cached_property
    def user(self) -> User | None:
        """The person's account, if there is one."""
        return account_of(self.person, self.state)

    @cached_property
    def deadlines(self) -> tuple[tuple[str, float], ...]:
        """The instants at which something ends, each with what it is."""
        return tuple(_deadlines(self))

    @property
    def codes(self) -> list[tuple[tuple[str, Purpose], Code]]:
        """The codes outside a sign-in that can play a part: once there is an account, not those for other names."""
        users = self.state.users
        return [one for one in sorted(self.state.codes.items()) if self.user is None or one[0][0] in users]

    @property
    def challenge(self) -> Challenge | None:
        """The challenge that the session carries."""
        return self.state.challenges.get(self.session.facts.get(CHALLENGE_SESSION) or "")

    @property
    def sign_up(self) -> Challenge | None:
        """The sign-up whose own session goes on."""
        return self.state.challenges.get(self.session.facts.get(SIGN_UP_SESSION) or "")

    @property
    def grant(self) -> Grant | None:
        """The completed sign-in that the session's tokens come from, as the pool remembers it."""
        tokens: Tokens | None = self.session.facts.get(TOKENS)
        if tokens is None:
            return None
        return self.state.grants.get(self.state.refresh_tokens.get(tokens.refresh_token or "", ""))


def account_of(person: Person, state: PoolState) -> User | None:
    """
    Return a person's account in a pool, if there is one.

    Args:
        person: Whose.
        state: All that the pool remembers.
    """
    name, identity = person.username, person.identity
    for user in state.users.values():
        if name in (user.username, user.attributes.get(identity)):
            return user
    return None


def honoured(world: World, state: PoolState, now: float) -> bool:
    """
    Tell whether a pool still honours the tokens of a session.

    Args:
        world: The world in which the session holds them.
        state: What the pool remembers by now.
        now: The time by now, in seconds since the epoch.
    """
    tokens: Tokens | None = world.session.facts.get(TOKENS)
    if tokens is None:
        return False
    grant = state.grants.get(state.refresh_tokens.get(tokens.refresh_token or "", ""))
    return grant is not None and not grant.revoked and now < grant.expires_at


def learned(world: World, hands: Hands, session: Session, state: PoolState) -> Hands:
    """
    Return the user's hands after a move, with what arrived: messages, the device that the session shows, the passkey.

    Args:
        world: The world before.
        hands: The hands that made the move.
        session: The session after it.
        state: What the pool remembers after it.
    """
    shown, before = session.facts.get(DEVICE), world.hands.receiving(state.outbox)
    user, former = account_of(world.person, state), world.user
    registered = user is not None and former is not None and len(user.passkeys) > len(former.passkeys)
    device = shown if shown is not None and shown.password is not None else before.device
    passkey = hands.passkey if registered else before.passkey
    if device is before.device and passkey is before.passkey:
        return before
    return attrs.evolve(before, device=device, passkey=passkey)


def tidy(world: World) -> World:
    """
    Return the world without what can play no part any more: messages that were read, challenges that none holds.

    It is told apart from others just as it was.
    """
    state, sessions = world.state, (world.session, *world.others)
    held = {session.facts.get(name) for session in sessions for name in (CHALLENGE_SESSION, SIGN_UP_SESSION)}
    signed_in: Iterator[Tokens | None] = (session.facts.get(TOKENS) for session in sessions)
    kept = {tokens.refresh_token for tokens in signed_in if tokens is not None}
    granted = {state.refresh_tokens.get(token or "") for token in kept}
    tidied = PoolState(
        seed=state.seed,
        draws=(state.draws // DRAWS + 1) * DRAWS,
        users=state.users,
        usernames=state.usernames,
        aliases=state.aliases,
        codes=dict(world.codes),
        conducts=barred(state, world.now),
        challenges={name: challenge for name, challenge in state.challenges.items() if name in held},
        grants={name: grant for name, grant in state.grants.items() if name in granted},
        refresh_tokens={name: origin for name, origin in state.refresh_tokens.items() if name in kept},
        replaced={name: until for name, until in state.replaced.items() if name in kept},
        registrations=state.registrations,
    )
    return World(
        person=world.person,
        meaning=world.meaning,
        session=world.session,
        state=tidied,
        hands=world.hands,
        now=world.now,
        others=world.others,
    )


def _deadlines(world: World) -> Iterator[tuple[str, float]]:
    session, state = world.session, world.state
    if session.deadline is not None:
        yield "the session", session.deadline
    if session.claim is not None:
        yield "the claim", session.claim.until
    for name, challenge in (("the challenge", world.challenge), ("the sign-up", world.sign_up)):
        if challenge is not None and not challenge.used:
            yield name, challenge.expires_at
    for (_, purpose), code in world.codes:
        if ASKED.get(purpose) == world.meaning:
            yield f"the code ({purpose})", code.expires_at
    yield from _of_tokens(world)
    user = world.user
    if user is not None and user.status == "FORCE_CHANGE_PASSWORD" and user.temporary_password_expires_at is not None:
        yield "the temporary password", user.temporary_password_expires_at
    for registration in state.registrations.values():
        yield "the registration", registration.expires_at
    for conduct in state.conducts.values():
        yield from ((name, at) for name, at in _of_conduct(conduct) if at > world.now)


def _of_tokens(world: World) -> Iterator[tuple[str, float]]:
    tokens: Tokens | None = world.session.facts.get(TOKENS)
    if tokens is not None:
        yield "the access token", float(_claims(tokens.access_token)["exp"])
    if world.grant is not None:
        yield "the refresh token", world.grant.expires_at


def _claims(token: str) -> Any:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def _of_conduct(conduct: Conduct) -> Iterator[tuple[str, float]]:
    for kind in ("passwords", "codes"):
        until = locked_until(getattr(conduct, kind))
        if until:
            yield f"the lock-out ({kind})", until
    for kind, most in HOURLY.items():
        times = getattr(conduct, kind)
        if len(times) >= most:
            yield f"the limit ({kind})", times[-most] + HOUR


ASKED: Final[Mapping[str, str]] = {"sign_up": "unconfirmed", "password_reset": "recovery"}
"""By the purpose of a code, what the state means in which it is asked for: elsewhere only counts that there is one."""
TOTP_SECONDS: Final = 30
"""How long an authenticator app shows a code (RFC 6238): once used, it is refused until the next one."""
DRAWS: Final = 64
"""More than one move needs. Each begins at a round number, so that equal moves draw equal values on many walks."""
_PARAMETERS: Final = ("choices", "required_attributes")
"""What is said with a challenge and decides what can be answered."""


def told_apart(world: World) -> Hashable:
    """
    Return the facts that matter: worlds with equal ones go on alike.

    Codes, session strings, tokens and keys stand for what they are good for, never for themselves; instants for whether
    they are over, and those of a session and of its challenge for which comes first. Of a user's devices only those
    that the session or the user knows play a part: each sign-in can add one.
    """
    session, user = world.session, world.user
    facts = session.facts
    typed, ends = facts.get(USERNAME), dict(world.deadlines)
    return (
        world.person.identity,
        (world.person.origin, world.person.contacts) if user is None else world.hands.device is not None,
        session.position,
        None if typed is None else typed == world.person.username,
        session.claim.event if session.claim is not None else None,
        tuple(str((facts.get(PARAMETERS) or {}).get(name)) for name in _PARAMETERS),
        _challenge(world.challenge, world.hands) if CHALLENGE_SESSION in facts else None,
        _challenge(world.sign_up, world.hands) if SIGN_UP_SESSION in facts else None,
        _grant(world) if TOKENS in facts else None,
        _device(facts.get(DEVICE), user),
        _device(world.hands.device, user),
        world.hands.passkey is not None,
        None if user is None else _user(user, world),
        tuple(_code(purpose, code, world) for (_, purpose), code in world.codes),
        bool(world.state.registrations),
        tuple(name for name, at in ends.items() if at <= world.now),
        tuple(name for name in ends if name.startswith(("the limit", "the lock-out"))),
        ends.get("the challenge", 0.0) < ends.get("the session", 0.0),
    )


def situation(world: World) -> Hashable:
    """
    Return what decides how trouble can end: where the session stands, and in what condition challenge and account are.

    Worlds in equal situations differ in the factors, contacts and devices of their users.
    """
    challenge, user, claim = world.challenge, world.user, world.session.claim
    return (
        world.session.position,
        claim.event if claim is not None else None,
        None if challenge is None else (challenge.auth_flow, challenge.pretended, challenge.mfa, challenge.used),
        world.person.origin if user is None else (user.status, user.enabled, user.password is not None, bool(user.mfa)),
        tuple(name for name, at in world.deadlines if at <= world.now),
    )


def _challenge(challenge: Challenge | None, hands: Hands) -> Hashable:
    if challenge is None:
        return ()
    return (
        challenge.name,
        challenge.auth_flow,
        challenge.pretended,
        hands.place(challenge.code) if challenge.code is not None else None,
        challenge.choices,
        challenge.device_key is not None,
        challenge.mfa,
        challenge.enrols,
        challenge.history,
        challenge.proved,
        challenge.totp_secret is not None,
        challenge.totp is not None,
        challenge.used,
    )


def _code(purpose: str, code: Code, world: World) -> Hashable:
    return (purpose, code.attribute, world.hands.place(code)) if ASKED.get(purpose) == world.meaning else purpose


def _grant(world: World) -> Hashable:
    grant = world.grant
    return None if grant is None else (grant.revoked, grant.proved, grant.device_key is not None)


def _device(device: Device | None, user: User | None) -> Hashable:
    if device is None:
        return None
    known = user.device(device.key) if user is not None else None
    return (device.password is not None, None if known is None else known.remembered)


def _user(user: User, world: World) -> Hashable:
    return (
        user.status,
        user.enabled,
        user.password is not None,
        tuple(sorted(user.attributes)),
        tuple(sorted(user.verified)),
        tuple(sorted(user.mfa)),
        user.preferred_mfa,
        None if user.totp is None else user.totp.last_step >= world.now // TOTP_SECONDS,
        user.pending_totp_secret is not None,
        bool(user.passkeys),
        user.signed_in_before,
        user.self_registered,
        world.session.facts.get(USERNAME) in (None, user.username, user.sub),
    )
