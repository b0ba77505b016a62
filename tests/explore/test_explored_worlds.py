"""Worlds: which are told apart, what of them is put away, and when something in them ends."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final

import attrs
import pytest
from exploring import JO, MEMBER, Taken, family, phone_stage, walks

from flowengine.actions.model import CHALLENGE_SESSION, TOKENS, USERNAME
from flowengine.explore.moves import Move
from flowengine.explore.people import Person
from flowengine.explore.stage import Stage
from flowengine.explore.world import DRAWS, Hands, World, learned, tidy, told_apart
from flowengine.simulator.attempts import HOURLY
from flowengine.simulator.conduct import Conduct, Failures
from flowengine.simulator.state import Challenge, Grant, Message, QueuedFault, Registration

RIGHT: Final = tuple(Move("send", event) for event in ("sign_up", "confirm", "sign_in", "answer"))


def at(number: int, person: Person = JO) -> World:
    """Return the world after so many right answers."""
    stage = phone_stage()
    begun = stage.begin(person, 0)
    assert begun is not None
    world = begun.reached
    for move in RIGHT[:number]:
        world = stage.perform(world, move, 0).reached
    return world


OUT, UNCONFIRMED, CONFIRMED, CHALLENGED, SIGNED_IN = range(5)


def in_pool(world: World, **changes: Any) -> World:
    """Return the world with something else in the pool."""
    return attrs.evolve(world, state=attrs.evolve(world.state.fork(), **changes))


def of_user(world: World, **changes: Any) -> World:
    """Return the world with another user."""
    ((sub, user),) = world.state.users.items()
    return in_pool(world, users={sub: attrs.evolve(user, **changes)})


def of_session(world: World, **changes: Any) -> World:
    """Return the world with another session."""
    return attrs.evolve(world, session=attrs.evolve(world.session, **changes))


def fact(world: World, name: str, value: Any) -> World:
    """Return the world with another fact in the session."""
    return of_session(world, facts={**world.session.facts, name: value})


def of_challenge(world: World, **changes: Any) -> World:
    """Return the world with another challenge."""
    ((name, challenge),) = world.state.challenges.items()
    return in_pool(world, challenges={name: attrs.evolve(challenge, **changes)})


SAME: Final[dict[str, tuple[int, Callable[[World], World]]]] = {
    "draws": (UNCONFIRMED, lambda world: in_pool(world, draws=world.state.draws + DRAWS)),
    "revision": (UNCONFIRMED, lambda world: of_session(world, revision=world.session.revision + 5)),
    "later, before any end": (UNCONFIRMED, lambda world: attrs.evolve(world, now=world.now + 60)),
    "seed": (UNCONFIRMED, lambda world: in_pool(world, seed=77)),
    "another password": (CONFIRMED, lambda world: of_user(world, password="Another-77")),
    "other messages": (UNCONFIRMED, lambda world: in_pool(world, outbox=[message("sign_up", "999999")])),
}  # fmt: skip
"""Changes that do not matter, each with the world that they are made in."""

OTHER: Final[dict[str, tuple[int, Callable[[World], World]]]] = {
    "status": (CONFIRMED, lambda world: of_user(world, status="RESET_REQUIRED")),
    "disabled": (CONFIRMED, lambda world: of_user(world, enabled=False)),
    "no password": (CONFIRMED, lambda world: of_user(world, password=None)),
    "more attributes": (CONFIRMED, lambda world: of_user(world, attributes={"email": "a@b.c", "phone_number": "+1"})),
    "nothing verified": (CONFIRMED, lambda world: of_user(world, verified=frozenset())),
    "a second factor": (CONFIRMED, lambda world: of_user(world, mfa=frozenset({"SMS_MFA"}))),
    "a preferred factor": (CONFIRMED, lambda world: of_user(world, preferred_mfa="SMS_MFA")),
    "signed in before": (CONFIRMED, lambda world: of_user(world, signed_in_before=True)),
    "invited": (CONFIRMED, lambda world: of_user(world, self_registered=False)),
    "no user": (CONFIRMED, lambda world: in_pool(world, users={})),
    "session is over": (UNCONFIRMED, lambda world: attrs.evolve(world, now=float(world.session.deadline or 0))),
    "a code that never arrived": (UNCONFIRMED, lambda world: attrs.evolve(world, hands=Hands())),
    "an earlier code": (UNCONFIRMED, lambda world: attrs.evolve(world, hands=Hands(codes={
        "sign_up": ("999999", world.hands.codes["sign_up"][0])}))),
    "no code": (UNCONFIRMED, lambda world: in_pool(world, codes={})),
    "somebody else's name": (CONFIRMED, lambda world: fact(world, USERNAME, "+15555550111")),
    "no name": (CONFIRMED, lambda world: of_session(world, facts={})),
    "used challenge": (CHALLENGED, lambda world: of_challenge(world, used=True)),
    "another challenge": (CHALLENGED, lambda world: of_challenge(world, name="EMAIL_OTP")),
    "proved more": (CHALLENGED, lambda world: of_challenge(world, proved=("PASSWORD", "PASSWORD"))),
    "pretended": (CHALLENGED, lambda world: of_challenge(world, pretended=True)),
    "unknown challenge": (CHALLENGED, lambda world: in_pool(world, challenges={})),
    "ends before the session": (CHALLENGED, lambda world: of_challenge(
        world, expires_at=float(world.session.deadline or 0) - 1)),
    "revoked": (SIGNED_IN, lambda world: in_pool(world, grants={
        name: attrs.evolve(grant, revoked=True) for name, grant in world.state.grants.items()})),
    "other proofs": (SIGNED_IN, lambda world: in_pool(world, grants={
        name: attrs.evolve(grant, proved=("PASSWORD",)) for name, grant in world.state.grants.items()})),
    "unknown tokens": (SIGNED_IN, lambda world: in_pool(world, grants={})),
    "a passkey to register": (SIGNED_IN, lambda world: in_pool(world, registrations={
        "sub": Registration(challenge="c", expires_at=world.now + 60)})),
    "locked out": (CONFIRMED, lambda world: in_pool(world, conducts={
        "sub": Conduct(passwords=Failures(6, world.now), tried=world.now)})),
    "hour used up": (CONFIRMED, lambda world: in_pool(world, conducts={
        "sub": Conduct(resets=(world.now,) * HOURLY["resets"])})),
}  # fmt: skip
"""Changes that matter, each with the world that they are made in."""


def message(purpose: Any, code: str) -> Message:
    """Return a message with a code."""
    return Message(
        medium="SMS", destination="+15555550100", attribute="phone_number", purpose=purpose, code=code,
        text=f"Your code is {code}", subject=None, at=0.0,
    )  # fmt: skip


@pytest.mark.parametrize("change", SAME)
def test_what_does_not_matter(change: str) -> None:
    """Worlds that differ in what nothing depends on are the same."""
    number, changed = SAME[change]
    world = at(number)
    assert told_apart(changed(world)) == told_apart(world)


@pytest.mark.parametrize("change", OTHER)
def test_what_matters(change: str) -> None:
    """Worlds that differ in what something depends on are told apart."""
    number, changed = OTHER[change]
    world = at(number)
    assert told_apart(changed(world)) != told_apart(world)


def test_all_on_the_way_are_told_apart() -> None:
    """Every step of a walk leads to another world."""
    assert len({told_apart(at(number)) for number in range(5)}) == 5


def test_codes_do_not_tell_apart() -> None:
    """Two users who are at the same point with other codes, sessions and tokens are at the same point."""
    stage = phone_stage()
    world = at(UNCONFIRMED)
    sent = stage.perform(world, Move("send", "resend"), 0).reached
    assert sent.hands.codes["sign_up"][0] != world.hands.codes["sign_up"][0]
    again = stage.perform(sent, RIGHT[1], 0).reached
    straight = at(CONFIRMED)
    assert told_apart(again) == told_apart(straight)
    for move in RIGHT[2:]:
        again, straight = stage.perform(again, move, 0).reached, stage.perform(straight, move, 0).reached
        assert told_apart(again) == told_apart(straight)
    assert again.session.facts[TOKENS].access_token != straight.session.facts[TOKENS].access_token


def test_who_has_no_account_is_told_apart_by_what_they_would_type() -> None:
    """Before there is a user, worlds of people who sign up with other contacts are not the same."""
    plain, both = (
        Person(origin="newcomer", identity="phone_number", contacts=contacts)
        for contacts in (("phone_number",), ("email", "phone_number"))
    )
    assert told_apart(at(OUT, plain)) != told_apart(at(OUT, both))


def test_who_has_no_account_is_told_apart_by_who_could_get_one() -> None:
    """A stranger does not sign up, and a newcomer may."""
    newcomer, stranger = (
        Person(origin=origin, identity="phone_number", contacts=("phone_number",))
        for origin in ("newcomer", "stranger")
    )
    assert told_apart(at(OUT, newcomer)) != told_apart(at(OUT, stranger))


def test_accounts_are_told_apart_by_what_their_users_sign_in_with() -> None:
    """What a user types decides whose account it is, also where two accounts have the same attributes."""
    world = at(CONFIRMED)
    other = attrs.evolve(world.person, identity="email")
    assert told_apart(attrs.evolve(world, person=other)) != told_apart(world)


def test_newcomer_comes_to_be_a_member() -> None:
    """Who has signed up, in and out again holds what a member holds who was there all along."""
    stage = phone_stage()
    world = stage.perform(at(SIGNED_IN), Move("send", "sign_out"), 0).reached
    member = at(OUT, MEMBER)
    assert world.user is not None
    assert member.user is not None
    assert world.user.holdings == member.user.holdings


def test_messages_come_to_hand() -> None:
    """Messages are read: of each purpose the last two codes are kept in hand."""
    hands = Hands().receiving([message("sign_up", "1"), message("sms_mfa", "2"), message("sign_up", "3")])
    assert hands.codes == {"sign_up": ("3", "1"), "sms_mfa": ("2",)}
    assert (hands.place(code("3")), hands.place(code("1")), hands.place(code("4"))) == (0, 1, None)
    world = at(UNCONFIRMED)
    littered = in_pool(world, outbox=[message("sign_up", "1")])
    assert learned(littered, world.hands, world.session, littered.state).codes["sign_up"][0] == "1"
    assert tidy(littered).state.outbox == []


def code(value: str) -> Any:
    """Return a code."""
    return next(iter(at(UNCONFIRMED).state.codes.values())).__class__(
        value=value, attribute="phone_number", destination="+1", expires_at=0.0
    )


def test_tidy_forgets_what_none_holds() -> None:
    """Challenges, grants, tokens, codes and attempts are put away that this session and its user cannot use."""
    world = at(SIGNED_IN)
    state = world.state
    litter = Challenge(name="SMS_MFA", sub="x", auth_flow="USER_PASSWORD_AUTH", expires_at=world.now)
    grant = Grant(origin_jti="other", sub="x", auth_time=0, expires_at=0.0)
    littered = in_pool(
        world,
        challenges={**state.challenges, "other": litter},
        grants={**state.grants, "other": grant},
        refresh_tokens={**state.refresh_tokens, "other": "other"},
        replaced={"other": 0.0},
        codes={**state.codes, ("x", "sign_up"): code("1")},
        conducts={"x": Conduct(passwords=Failures(2, world.now), tried=world.now)},
        faults=[QueuedFault("throttled", None)],
    )
    tidied = tidy(littered).state
    assert attrs.evolve(tidied, draws=0) == attrs.evolve(state, draws=0)
    assert told_apart(littered) == told_apart(world)
    assert len(tidied.grants) == len(tidied.refresh_tokens) == 1


def test_tidy_keeps_what_is_held() -> None:
    """The challenge that the session carries stays, and so do attempts that stand in somebody's way."""
    locked = {"x": Conduct(codes=Failures(7, at(CHALLENGED).now), tried=at(CHALLENGED).now)}
    tidied = tidy(in_pool(at(CHALLENGED), conducts=locked))
    assert tidied.challenge is not None
    assert tidied.challenge.name == "SMS_MFA"
    assert tidied.session.facts[CHALLENGE_SESSION] in tidied.state.challenges
    assert tidied.state.conducts == locked


def test_worlds_are_told_apart_before_they_are_tidied() -> None:
    """What is lying about tells nothing apart."""
    untidy = [taken.performance.after for taken in walked()]
    assert sum(bool(world.state.outbox) for world in untidy) > 10
    assert sum(world.state.challenges != tidy(world).state.challenges for world in untidy) > 10
    for world in untidy:
        assert told_apart(tidy(world)) == told_apart(world)


def test_every_world_is_tidy() -> None:
    """Whatever was done in them, worlds to go on from are tidy, and begin their draws at a round number."""
    for taken in walked():
        world = taken.performance.reached
        assert not world.state.outbox
        assert not world.state.faults
        assert world.state.draws % DRAWS == 0
        again = tidy(world)
        assert attrs.evolve(again.state, draws=0) == attrs.evolve(world.state, draws=0)
        assert (told_apart(again), again.hands) == (told_apart(world), world.hands)


@functools.cache
def walked() -> list[Taken]:
    """Return the steps of a few walks in pools of many kinds."""
    return list(walks(Stage(family(16)), 20, 12, seed=3))


@pytest.mark.parametrize(
    ("number", "ends"),
    [
        (OUT, {}),
        (UNCONFIRMED, {"the session": 86_400, "the code (sign_up)": 86_400}),
        (CHALLENGED, {"the session": 180, "the challenge": 180}),
        (SIGNED_IN, {"the access token": 3_600, "the refresh token": 30 * 86_400}),
    ],
)
def test_deadlines(number: int, ends: dict[str, float]) -> None:
    """What ends is known by its name, with the instant at which it does."""
    world = at(number)
    found = {name: instant - world.now for name, instant in world.deadlines}
    assert found == pytest.approx(ends)


def test_deadlines_of_an_account() -> None:
    """A temporary password ends, and so do lock-outs, used-up hours, and the registration of a passkey."""
    now = at(CONFIRMED).now
    temporary = of_user(at(CONFIRMED), status="FORCE_CHANGE_PASSWORD", temporary_password_expires_at=now + 5)
    assert ("the temporary password", now + 5) in temporary.deadlines
    locked = in_pool(at(CONFIRMED), conducts={"x": Conduct(codes=Failures(6, now), tried=now)})
    assert ("the lock-out (codes)", now + 2) in locked.deadlines
    often = in_pool(at(CONFIRMED), conducts={"x": Conduct(resets=(now - 100, *[now] * (HOURLY["resets"] - 1)))})
    assert ("the limit (resets)", now - 100 + 3600) in often.deadlines
    over = attrs.evolve(locked, now=now + 2)
    assert "the lock-out (codes)" not in dict(over.deadlines)
    registering = in_pool(at(SIGNED_IN), registrations={"x": Registration(challenge="c", expires_at=now + 9)})
    assert ("the registration", now + 9) in registering.deadlines


def test_crash_has_a_deadline() -> None:
    """What a process left behind that died is claimed until then."""
    crashed = phone_stage().perform(at(OUT), Move("crash", "sign_up", at=1), 0).reached
    assert crashed.session.claim is not None
    assert ("the claim", crashed.session.claim.until) in crashed.deadlines


def test_waiting_goes_to_the_next_deadline() -> None:
    """On every walk, waiting leads to the first end that is still to come, and that is then over."""
    waited = [taken for taken in walked() if taken.move.kind == "wait"]
    assert waited
    for taken in waited:
        instants = {name: instant for name, instant in taken.world.deadlines if instant > taken.world.now}
        after = taken.performance.reached
        claimed = taken.world.session.claim is not None
        assert after.now == (instants["the claim"] if claimed else min(instants.values()))
        assert instants[taken.move.detail] == after.now


def test_worlds_show_no_secrets() -> None:
    """The text of a world holds neither codes nor passwords nor tokens."""
    for number in range(5):
        world = at(number)
        text = repr(world)
        assert not [secret for codes in world.hands.codes.values() for secret in codes if secret in text]
        assert "Staple-77" not in text
        assert "eyJ" not in text
