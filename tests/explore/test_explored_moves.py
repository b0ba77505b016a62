"""Moves: how each kind of event can be filled in, what can come between, and how moves read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import attrs
import pytest
from exploring import JO, phone_stage

from flowengine.explore.moves import (
    ADMINISTRATION,
    ELSEWHERE,
    FAULTS,
    PROCESSES,
    Answer,
    Move,
    Offer,
    Offered,
    goes_back,
    interventions,
    user_moves,
    waits,
)
from flowengine.explore.world import Hands, World
from flowengine.fields import Field
from flowengine.session import Device, Position

DEVICE: Final = Device(key="us-east-1_1", group_key="-1", password="Device-77")
CODE, USERNAME = Field("code", secret=True), Field("username")
PASSWORD, NEW = Field("password", secret=True), Field("new_password", secret=True)
NO_PASSWORD: Final = attrs.evolve(PASSWORD, required=False)
CREDENTIAL, DEVICE_FIELD = Field("credential"), Field("device", required=False)
WORD: Final = Field("answer")
CHOSEN: Final = Field("answer", choices=("SMS_MFA", "EMAIL_OTP"))
FIRST: Final = Field("answer", choices=("PASSWORD", "EMAIL_OTP"))
PREFERRED: Final = Field("preferred_challenge", required=False, choices=("PASSWORD_SRP", "EMAIL_OTP"))
ATTRIBUTES: Final = Field("attributes", required=False)


def beginning() -> World:
    """Return the world of a newcomer."""
    begun = phone_stage().begin(JO, 0)
    assert begun is not None
    return begun.reached


def with_device(world: World) -> World:
    """Return the world with a remembered device in the user's hands."""
    return attrs.evolve(world, hands=Hands(device=DEVICE))


def offering(*fields: Field, action: str = "respond_to_auth_challenge", meaning: str | None = None) -> Offer:
    """Return what a session offers that accepts one event."""
    return Offer(meaning, {"event": Offered(action, fields)})


def answers(world: World, offer: Offer) -> list[Answer]:
    """Return the ways to fill the event in."""
    return [move.answer for move in user_moves(world, offer)]


def right(choice: str | None = None, *, password: bool = False, device: bool = False) -> Answer:
    """Return a right answer."""
    return Answer("right", choice, password, device)


def wrong(choice: str | None = None, *, password: bool = False) -> Answer:
    """Return a wrong answer."""
    return Answer("wrong", choice, password)


STALE: Final = Answer("stale", None, password=False)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ((), [right()]),
        ((USERNAME,), [right()]),
        ((USERNAME, ATTRIBUTES), [right()]),
        ((CODE,), [right(), wrong(), STALE]),
        ((USERNAME, PASSWORD), [right(password=True), wrong(password=True)]),
        ((USERNAME, NO_PASSWORD), [right(password=True), wrong(password=True), right()]),
        ((NEW,), [right(), wrong()]),
        ((CODE, NEW), [right(), wrong(), STALE]),
        ((CREDENTIAL,), [right(), wrong()]),
        ((WORD,), [right(), wrong()]),
        ((CHOSEN,), [right("SMS_MFA"), right("EMAIL_OTP")]),
        (
            (FIRST, NO_PASSWORD),
            [right("PASSWORD", password=True), wrong("PASSWORD", password=True), right("PASSWORD"), right("EMAIL_OTP")],
        ),
        ((USERNAME, PREFERRED), [right(), right("PASSWORD_SRP"), right("EMAIL_OTP")]),
        (
            (USERNAME, PREFERRED, NO_PASSWORD),
            [right(), right("PASSWORD_SRP", password=True), wrong("PASSWORD_SRP", password=True), right("EMAIL_OTP")],
        ),
        ((USERNAME, DEVICE_FIELD), [right()]),
    ],
    ids=lambda value: "-".join(entry.name for entry in value if isinstance(entry, Field)) or None,
)
def test_ways_to_fill_an_event_in(fields: Iterable[Field], expected: list[Answer]) -> None:
    """What only the user knows can be wrong, a code can be an earlier one, and every choice is made."""
    assert answers(beginning(), offering(*fields)) == expected


def test_remembered_device() -> None:
    """Who has a remembered device signs in with it and without it; a device without a password is none."""
    offer, world = offering(USERNAME, PASSWORD, DEVICE_FIELD), with_device(beginning())
    assert answers(world, offer) == [right(password=True), right(password=True, device=True), wrong(password=True)]
    unconfirmed = attrs.evolve(world, hands=Hands(device=attrs.evolve(DEVICE, password=None)))
    assert answers(unconfirmed, offer) == [right(password=True), wrong(password=True)]


@pytest.mark.parametrize(
    "action", ["associate_software_token", "set_user_mfa_preference", "start_web_authn_registration"]
)
def test_changes_of_the_account_come_between(action: str) -> None:
    """Who changes the account becomes another kind of user: no move of a calm walk, wherever the session stands."""
    world, offer = beginning(), offering(action=action, meaning="signed_in")
    position = attrs.evolve(world.session, position=Position("signed_in", "SECRET_CODE"))
    for standing in (world, attrs.evolve(world, session=position)):
        assert list(user_moves(standing, offer)) == []
        assert list(interventions(standing, offer, {})) == [Move("send", "event", right())]


@pytest.mark.parametrize(
    ("action", "meaning", "kind", "back"),
    [
        ("initiate_auth", "challenge", "send", True),
        ("admin_initiate_auth", "challenge", "send", True),
        ("sign_up", "challenge", "race", True),
        ("forgot_password", "challenge", "send", True),
        ("respond_to_auth_challenge", "challenge", "send", False),
        ("initiate_auth", "signed_out", "send", False),
    ],
)
def test_going_back(action: str, meaning: str, kind: Any, back: bool) -> None:  # noqa: FBT001
    """To begin anew where a challenge waits is to go back."""
    move = attrs.evolve(Move("send", "event"), kind=kind)
    assert goes_back(move, offering(action=action, meaning=meaning)) is back
    assert not goes_back(Move("administrator", detail="delete"), offering(action=action, meaning=meaning))


def test_trouble() -> None:
    """Each call of a right answer can fail in every way, and the same be sent at each suspension, and again."""
    move = Move("send", "event", right())
    found = list(interventions(beginning(), offering(CODE), {move: (range(2), (1, 4))}))
    faults = [Move("fault", "event", right(), fault, at) for at in range(2) for fault in FAULTS]
    races = [Move("race", "event", right(), process, at) for at in (1, 4) for process in PROCESSES]
    insisting = [Move("insist", "event", wrong())]
    assert found == [*faults, *races, Move("repeat", "event", right()), *insisting]


def test_others() -> None:
    """Once there is a user, an administrator and another browser can do something to the account."""
    stage = phone_stage()
    world = stage.perform(beginning(), Move("send", "sign_up"), 0).reached
    found = list(interventions(world, Offer("unconfirmed", {}), {}))
    assert found == [
        *(Move("administrator", detail=deed) for deed in ADMINISTRATION),
        *(Move("elsewhere", detail=deed) for deed in ("confirm", "resend")),
    ]
    assert list(interventions(beginning(), Offer("unconfirmed", {}), {})) == []
    assert [move.kind for move in interventions(world, Offer("challenge", {}), {})] == len(ADMINISTRATION) * [
        "administrator"
    ]


@pytest.mark.parametrize("meaning", sorted(ELSEWHERE))
def test_every_other_move_can_be_performed(meaning: str) -> None:
    """What others do is known on the stage, all of it."""
    stage = phone_stage()
    world = stage.perform(beginning(), Move("send", "sign_up"), 0).reached
    for move in interventions(world, Offer(meaning, {}), {}):
        assert stage.perform(world, move, 0).steps == ()


def test_waits() -> None:
    """One waits for the first of what is still to end, and for nothing where nothing does."""
    stage = phone_stage()
    world = stage.perform(beginning(), Move("send", "sign_up"), 0).reached
    assert list(waits(beginning())) == []
    (first,) = waits(world)
    assert first.detail == "the code (sign_up)"
    over = attrs.evolve(world, now=world.now + 86_401)
    assert list(waits(over)) == []


def test_wait_for_a_claim() -> None:
    """Where a send was left behind, nothing but the end of its claim is waited for."""
    stage = phone_stage()
    world = stage.perform(beginning(), Move("crash", "sign_up", at=1), 0).reached
    assert [move.detail for move in waits(world)] == ["the claim"]
    offer, _ = stage.offer(beginning(), 0)
    assert len(offer.events) > 1
    assert len(list(user_moves(world, offer))) == 1


@pytest.mark.parametrize(
    ("move", "text"),
    [
        (Move("send", "sign_in"), "send sign_in"),
        (Move("send", "answer", wrong()), "send answer, wrong"),
        (Move("send", "confirm", STALE), "send confirm, stale"),
        (Move("send", "answer", right("EMAIL_OTP")), "send answer, EMAIL_OTP"),
        (Move("send", "sign_in", right(password=True, device=True)), "send sign_in, with the remembered device"),
        (Move("wait", detail="the session"), "wait the session"),
        (Move("fault", "sign_in", detail="lost_after", at=1), "fault sign_in, lost_after, at 1"),
        (Move("crash", "confirm", at=3), "crash confirm, at 3"),
        (Move("race", "confirm", at=0), "race confirm, at 0"),
        (Move("repeat", "confirm"), "repeat confirm"),
        (Move("administrator", detail="delete"), "administrator delete"),
        (Move("insist", "sign_in", wrong("PASSWORD")), "insist sign_in, wrong, PASSWORD"),
    ],
)
def test_moves_read_well(move: Move, text: str) -> None:
    """A move says what happens, and no more than sets it apart."""
    assert str(move) == text
