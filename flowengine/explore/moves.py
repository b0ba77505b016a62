"""What can happen next: what the user sends, the passing of time, trouble on the way, and what others do."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from attrs import frozen

from flowengine.explore.world import World
from flowengine.fields import Field

__all__ = [
    "ADMINISTRATION", "ELSEWHERE", "FAULTS", "SECRETS", "Answer", "Move", "Offer", "Offered", "Points", "deaths",
    "goes_back", "interventions", "troubles", "user_moves", "waits",
]  # fmt: skip

Manner = Literal["right", "wrong", "stale"]
Kind = Literal["send", "wait", "fault", "crash", "race", "repeat", "insist", "administrator", "elsewhere"]


@frozen
class Offered:
    """
    An event that a session accepts.

    Args:
        action: The name of its action.
        fields: Its fields.
    """

    action: str
    fields: tuple[Field, ...]


@frozen
class Offer:
    """
    What a session accepts.

    Args:
        meaning: What its state means.
        events: The events, by name.
    """

    meaning: str | None
    events: Mapping[str, Offered]


FAULTS: Final = ("throttled", "unreachable", "lost_before", "lost_after")
ADMINISTRATION: Final = ("confirm", "delete", "disable", "reset", "temporary")
ELSEWHERE: Final[Mapping[str, tuple[str, ...]]] = {
    "recovery": ("reset",),
    "signed_in": ("sign_out",),
    "unconfirmed": ("confirm", "resend"),
}
"""What the user does meanwhile in another browser, by what the state of this session means."""

PROCESSES: Final = ("", "in another process")
"""Where the second of two equal sends is worked on: where the first one is, or where only its claim is seen."""

LIMITED: Final = frozenset({"forgot_password", "resend_confirmation_code"})
"""The actions of which the pool takes only so many an hour, though nothing is wrong with them."""
BEGINNINGS: Final = frozenset({"admin_initiate_auth", "forgot_password", "initiate_auth", "sign_up"})
"""The actions that begin something."""
CHANGES: Final = frozenset({
    "associate_software_token", "set_user_mfa_preference", "start_web_authn_registration",
})  # fmt: skip
"""The actions by which a signed-in user changes the account: who has done so is another kind of user afterwards."""

SECRETS: Final = frozenset({"code", "credential", "new_password", "password"})
"""The fields that only the user can fill in rightly."""
_CHOOSING: Final = ("answer", "preferred_challenge")
_WITH_PASSWORD: Final = frozenset({"PASSWORD", "PASSWORD_SRP"})


@frozen(cache_hash=True)
class Answer:
    """
    How an event is filled in.

    Args:
        manner: Rightly, wrongly, or with an earlier code.
        choice: What is chosen, where there is something to choose.
        password: Whether an optional password is given.
        device: Whether the remembered device is named.
    """

    manner: Manner = "right"
    choice: str | None = None
    password: bool = True
    device: bool = False


@frozen(cache_hash=True)
class Move:
    """
    One thing that can happen.

    Args:
        kind: What kind of thing.
        event: The event that is sent, if one is.
        answer: How it is filled in.
        detail: The fault, the deadline, the deed; where the other send of a race is worked on.
        at: The call that a fault hits, or the suspension point of a crash or a race, counted from 0.
    """

    kind: Kind
    event: str = ""
    answer: Answer = Answer()
    detail: str = ""
    at: int = 0

    def __str__(self) -> str:
        """Render as `send answer, wrong` or `crash confirm, at 3`."""
        answer = self.answer
        parts = [f"{self.kind} {self.event or self.detail}".strip()]
        parts += [answer.manner] if self.event and answer.manner != "right" else []
        parts += [answer.choice] if answer.choice else []
        parts += ["with the remembered device"] if answer.device else []
        parts += [self.detail] if self.event and self.detail else []
        parts += [f"at {self.at}"] if self.kind in ("fault", "crash", "race") else []
        return ", ".join(parts)


def user_moves(world: World, offer: Offer) -> Iterator[Move]:
    """
    Yield what the user can send from where the session stands, rightly, wrongly and with an earlier code.

    While a send is being worked on, by a process that may have died, any other one has to wait: one speaks for all.
    Once its claim is over, each does something of its own.
    """
    claim = world.session.claim
    claimed = claim is not None and world.now < claim.until
    for event, offered in _events(world, offer):
        if offered.action not in CHANGES:
            sends = _sends(event, offered.fields, _devices(world))
            yield from sends[:1] if claimed else sends
            if claimed and sends:
                return


def _events(world: World, offer: Offer) -> Iterator[tuple[str, Offered]]:
    """The events of an offer, without signing up for strangers: who signs up is a newcomer."""
    for event, offered in offer.events.items():
        if offered.action != "sign_up" or world.person.origin != "stranger":
            yield event, offered


def goes_back(move: Move, offer: Offer) -> bool:
    """Tell whether a move leaves a challenge unanswered and begins anew."""
    return offer.meaning == "challenge" and bool(move.event) and offer.events[move.event].action in BEGINNINGS


def waits(world: World) -> Iterator[Move]:
    """Yield the wait until the next thing ends."""
    claim = world.session.claim
    coming = [(at, name) for name, at in world.deadlines if at > world.now and (claim is None or name == "the claim")]
    if coming:
        yield Move("wait", detail=min(coming)[1])


Points = Mapping[Move, tuple[Sequence[int], Sequence[int]]]
"""For each right answer: the calls that may fail, and the suspension points at which the same may be sent again."""


def interventions(world: World, offer: Offer, points: Points) -> Iterator[Move]:
    """
    Yield what can come between: trouble with each right answer, the administrator, the user in another browser.

    Args:
        world: Where.
        offer: The events that are accepted.
        points: Where there can be trouble.
    """
    for move, (calls, suspensions) in points.items():
        yield from troubles(move, tuple(calls), tuple(suspensions))
    for event, offered in _events(world, offer):
        sends = _sends(event, offered.fields, _devices(world))
        wrong = [move for move in sends if move.answer.manner == "wrong"]
        insisted = wrong or (sends if offered.action in LIMITED else [])
        yield from (Move("insist", event, move.answer) for move in insisted[:1])
        if offered.action in CHANGES:
            yield from sends
    if world.user is not None:
        yield from _by_others(offer.meaning)


# Worlds by the thousand are offered the same: their moves are made once, and hashed once.


@functools.lru_cache(maxsize=4096)
def troubles(move: Move, calls: tuple[int, ...], suspensions: tuple[int, ...]) -> tuple[Move, ...]:
    """
    Return what can go wrong with a right answer, but for processes that die.

    Args:
        move: The answer.
        calls: The calls that may fail.
        suspensions: The suspension points at which the same may be sent again.
    """
    event, answer = move.event, move.answer
    return (
        *(Move("fault", event, answer, fault, at) for at in calls for fault in FAULTS),
        *(Move("race", event, answer, process, at) for at in suspensions for process in PROCESSES),
        Move("repeat", event, answer),
    )


@functools.lru_cache(maxsize=4096)
def deaths(move: Move, suspensions: int) -> tuple[Move, ...]:
    """
    Return the ways in which a process can die of an answer.

    Args:
        move: The answer.
        suspensions: At how many points its send is suspended.
    """
    return tuple(Move("crash", move.event, move.answer, at=at) for at in range(suspensions))


@functools.lru_cache(maxsize=4096)
def _sends(event: str, fields: tuple[Field, ...], devices: tuple[bool, ...]) -> tuple[Move, ...]:
    return tuple(Move("send", event, answer) for answer in _answers(fields, devices))


@functools.lru_cache
def _by_others(meaning: str | None) -> tuple[Move, ...]:
    return (
        *(Move("administrator", detail=deed) for deed in ADMINISTRATION),
        *(Move("elsewhere", detail=deed) for deed in ELSEWHERE.get(meaning or "", ())),
    )


def _answers(fields: Sequence[Field], devices: tuple[bool, ...]) -> Iterator[Answer]:
    """Yield the ways to fill in an event."""
    by_name = {entry.name: entry for entry in fields}
    devices = devices if "device" in by_name else (False,)
    for choice, password in _choices(by_name):
        yield from (Answer("right", choice, password, device) for device in devices)
        secrets = (SECRETS if password else SECRETS - {"password"}) & by_name.keys()
        if secrets or ("answer" in by_name and not by_name["answer"].choices):
            yield Answer("wrong", choice, password)
        if "code" in by_name:
            yield Answer("stale", choice, password)


def _devices(world: World) -> tuple[bool, ...]:
    """Whether the remembered device can be named, and can be left out."""
    device = world.hands.device
    return (False, True) if device is not None and device.password is not None else (False,)


def _choices(fields: Mapping[str, Field]) -> Iterator[tuple[str | None, bool]]:
    """Yield what can be chosen, with and without a password that the choice may take."""
    choosing = next((fields[name] for name in _CHOOSING if name in fields and fields[name].choices), None)
    password = fields.get("password")
    if choosing is None:
        yield None, password is not None
        if password is not None and not password.required:
            yield None, False
        return
    if not choosing.required:
        yield None, False
    for choice in choosing.choices:
        if password is None or choice not in _WITH_PASSWORD:
            yield choice, False
            continue
        yield choice, True
        if choosing.required:
            yield choice, False
