"""The stage: the real engine, stepped by hand, from one world to the next."""

from __future__ import annotations

import asyncio
import copy
from collections import Counter
from typing import Any, Final

import attrs
import pytest
from exploring import JO, MEMBER, STANDARD, Taken, family, outside, phone_stage, walks

import flowengine as fe
from flowengine.explore.family import FOLDED, Family
from flowengine.explore.moves import FAULTS, PROCESSES, Answer, Move
from flowengine.explore.people import Person
from flowengine.explore.stage import Stage
from flowengine.explore.world import World, told_apart

WRONG: Final = Answer("wrong")
RIGHT: Final = (Move("send", "sign_up"), Move("send", "confirm"), Move("send", "sign_in"), Move("send", "answer"))
"""How a newcomer comes to be signed in."""


@pytest.fixture(scope="module")
def stage() -> Stage:
    """Return the stage of a pool that asks for a code by SMS at every sign-in."""
    return phone_stage()


@pytest.fixture(scope="module")
def wide() -> Stage:
    """Return a stage for many kinds of pools."""
    return Stage(family(16))


@pytest.fixture(scope="module")
def steps(wide: Stage) -> list[Taken]:
    """Return the steps of many walks."""
    return list(walks(wide, 40, 12, seed=7))


def led(stage: Stage, *moves: Move, person: Any = JO) -> World:
    """Return where moves lead from the beginning."""
    begun = stage.begin(person, 0)
    assert begun is not None
    world = begun.reached
    for move in moves:
        world = stage.perform(world, move, 0).reached
    return world


def along(stage: Stage) -> list[tuple[World, Move]]:
    """Return the worlds on the way to being signed in, each with the right answer there."""
    return [(led(stage, *RIGHT[:number]), move) for number, move in enumerate(RIGHT)]


def test_right_answers_sign_in(stage: Stage) -> None:
    """Right answers lead a newcomer to tokens, and every step of it was predicted."""
    world = led(stage)
    reached, outcomes = [], []
    for move in RIGHT:
        performance = stage.perform(world, move, 0)
        world = performance.reached
        reached.append(str(world.session.position))
        outcomes += [step.outcome for step in performance.steps]
        assert performance.complaints == ()
        assert all(step.predicted for step in performance.steps)
    assert reached == ["unconfirmed", "confirmed", "mfa_challenge(SMS_MFA)", "signed_in"]
    assert outcomes == ["UNCONFIRMED", "CONFIRMED", "SMS_MFA", "TOKENS"]
    assert world.meaning == "signed_in"
    assert world.grant is not None
    assert world.grant.proved == ("PASSWORD", "SMS_MFA")


def copied(world: World) -> tuple[object, ...]:
    """Return all that can be changed of a world, as it is now."""
    return copy.deepcopy(world.state), world.session, dict(world.session.facts), dict(world.hands.codes), world.now


def test_performing_does_not_change_the_world(wide: Stage, steps: list[Taken]) -> None:
    """A world is as it was after any move from it."""
    for taken in steps:
        before = copied(taken.world)
        wide.perform(taken.world, taken.move, taken.index, cuts=True)
        assert copied(taken.world) == before


def test_performing_twice(wide: Stage, steps: list[Taken]) -> None:
    """A move comes to the same the second time, whatever was performed in between, and on another stage."""
    other = Stage(wide.family)
    for taken in steps:
        for at in (wide, other):
            again = at.perform(taken.world, taken.move, taken.index, cuts=bool(taken.performance.cuts))
            assert outside(again) == outside(taken.performance)
            assert again.agreeing == taken.performance.agreeing


def test_cut_is_what_a_crash_leaves(wide: Stage, steps: list[Taken]) -> None:
    """The world that is noted for each suspension is the one that a process leaves that dies there."""
    tried = 0
    for taken in steps:
        if taken.move.kind != "send" or taken.move.answer.manner != "right":
            continue
        performance = wide.perform(taken.world, taken.move, taken.index, cuts=True)
        assert len(performance.cuts) == performance.suspensions
        for at, cut in enumerate(performance.cuts):
            crashed = wide.perform(taken.world, attrs.evolve(taken.move, kind="crash", at=at), taken.index)
            assert told_apart(cut) == told_apart(crashed.reached), (str(taken.move), at)
            assert cut.now == crashed.reached.now
            tried += 1
    assert tried > 100


@pytest.mark.parametrize(
    "move", [Move("send", "sign_up", WRONG), Move("wait", detail="the code (sign_up)"), Move("race", "sign_up")]
)
def test_only_right_answers_are_cut(stage: Stage, move: Move) -> None:
    """Cuts are noted for right answers alone."""
    world = led(stage, RIGHT[0]) if move.kind == "wait" else led(stage)
    assert stage.perform(world, move, 0, cuts=True).cuts == ()


def test_crash_before_the_call(stage: Stage) -> None:
    """A process that dies before it calls leaves a claim behind, and no user in the pool."""
    world = led(stage, Move("crash", "sign_up", at=1))
    assert world.session.claim is not None
    assert world.session.claim.event == "sign_up"
    assert (world.user, str(world.session.position)) == (None, "signed_out")


def test_crash_after_the_call(stage: Stage) -> None:
    """A process that dies after it has called leaves a user whom the session does not know of."""
    suspensions = stage.perform(led(stage), RIGHT[0], 0).suspensions
    left = [led(stage, Move("crash", "sign_up", at=at)) for at in range(suspensions)]
    assert any(
        world.user is not None and world.session.claim is not None and world.meaning == "signed_out" for world in left
    )
    for world in left:
        if world.session.claim is None:
            continue
        claimed = stage.perform(world, Move("send", "sign_up", Answer("wrong")), 0)
        assert (claimed.calls, claimed.seen[-1]) == ((), "SessionConflict")
        late = stage.perform(world, Move("wait", detail="the claim"), 0).reached
        freed = stage.perform(late, RIGHT[0], 0)
        assert "ANSWER_LOST" in [step.outcome for step in freed.steps]
        assert freed.reached.session.claim is None


@pytest.mark.parametrize("process", PROCESSES)
def test_race_of_equal_sends(stage: Stage, process: str) -> None:
    """Two equal sends at once make each call once, and lead where one of them leads, wherever the second one comes."""
    for world, move in along(stage):
        alone = stage.perform(world, move, 0)
        for at in range(alone.suspensions):
            both = stage.perform(world, attrs.evolve(move, kind="race", detail=process, at=at), 0)
            assert Counter(both.calls) == Counter(alone.calls), (str(move), at)
            assert told_apart(both.reached) == told_apart(alone.reached)
            assert both.complaints == ()


def test_race_too_late(stage: Stage) -> None:
    """A send that has ended before the race begins makes a race of one."""
    world, move = along(stage)[0]
    alone = stage.perform(world, move, 0)
    late = stage.perform(world, attrs.evolve(move, kind="race", at=alone.suspensions), 0)
    assert Counter(call.operation for call in late.calls)["SignUp"] <= 1


def test_repeat_with_a_key(stage: Stage) -> None:
    """The same with the same key makes no second call, and leads where it led."""
    for world, move in along(stage):
        alone = stage.perform(world, move, 0)
        again = stage.perform(world, attrs.evolve(move, kind="repeat"), 0)
        assert again.calls == alone.calls
        assert again.complaints == ()
        assert told_apart(again.reached) == told_apart(alone.reached)


class Forgetful(fe.Engine):
    """An engine that takes no notice of keys."""

    async def send(self, session_id: str, event: str, /, *, key: str | None = None, **inputs: Any) -> fe.Snapshot:
        """Send without the key."""
        del key
        return await super().send(session_id, event, **inputs)


def test_repeat_that_calls_again_is_complained_of(stage: Stage) -> None:
    """An engine that takes no notice of keys is found out."""
    forgetful = Stage(stage.family, Forgetful)
    found = forgetful.perform(led(forgetful, RIGHT[0], RIGHT[1]), Move("repeat", "sign_in"), 0)
    assert [complaint.property for complaint in found.complaints] == 3 * ["at most once"]
    assert str(found.complaints[-1].message).startswith("one send has") or "second send" in found.complaints[-1].message


def test_unreachable(stage: Stage) -> None:
    """A pool that cannot be reached is tried again, is told to the caller, and leaves everything as it was."""
    for world, move in along(stage):
        failed = stage.perform(world, attrs.evolve(move, kind="fault", detail="unreachable"), 0)
        assert (failed.steps, failed.seen[-1]) == ((), "CognitoUnavailable")
        assert {(call.answer, call.effect) for call in failed.calls} == {("CognitoUnavailable", False)}
        assert len(failed.calls) > 1
        assert told_apart(failed.reached) == told_apart(world)


def test_throttled(stage: Stage) -> None:
    """A pool that is throttled is tried again, and in the end its refusal is shown where the session stood."""
    for world, move in along(stage):
        failed = stage.perform(world, attrs.evolve(move, kind="fault", detail="throttled"), 0)
        assert [step.outcome for step in failed.steps] == ["TooManyRequestsException"]
        assert {call.answer for call in failed.calls} == {"TooManyRequestsException: Too many requests"}
        assert len(failed.calls) > 1
        assert not any(call.effect for call in failed.calls)
        assert failed.seen[2] == ("TooManyRequestsException", True, "Too many requests")
        assert told_apart(failed.reached) == told_apart(world)


@pytest.mark.parametrize("fault", ["lost_before", "lost_after"])
def test_lost(stage: Stage, fault: str) -> None:
    """A lost answer is one call, with or without an effect in the pool, and the session knows that it is lost."""
    for world, move in along(stage):
        failed = stage.perform(world, attrs.evolve(move, kind="fault", detail=fault), 0)
        assert "ANSWER_LOST" in [step.outcome for step in failed.steps]
        assert failed.calls[0].effect is (fault == "lost_after")
        assert failed.calls[0].answer == "CognitoAnswerLost"


def test_effect_of_a_lost_answer(stage: Stage) -> None:
    """What was lost before took no effect has none in the pool; what was lost after it has all of it."""
    before, after = (
        led(stage, Move("fault", "sign_up", detail=fault)).user for fault in ("lost_before", "lost_after")
    )  # fmt: skip
    assert before is None
    assert after is not None
    assert after.status == "UNCONFIRMED"


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_at_a_later_call(wide: Stage, steps: list[Taken], fault: str) -> None:
    """A fault hits the call that it is meant for, and none before it."""
    tried = 0
    for taken in steps:
        if taken.move.kind != "send" or len(taken.performance.calls) < 2:
            continue
        failed = wide.perform(taken.world, attrs.evolve(taken.move, kind="fault", detail=fault, at=1), taken.index)
        assert failed.calls[0] == taken.performance.calls[0]
        assert failed.calls[1].effect is (fault == "lost_after")
        assert failed.calls[1].operation == taken.performance.calls[1].operation
        tried += 1
    assert tried


def test_wait(stage: Stage) -> None:
    """Waiting moves the time to the next end of what is waited for, and nothing else."""
    world = led(stage, *RIGHT[:3])
    assert world.challenge is not None
    waited = stage.perform(world, Move("wait", detail="the challenge"), 0)
    assert (waited.reached.now, waited.calls, waited.steps) == (world.challenge.expires_at, (), ())
    late = stage.perform(waited.reached, RIGHT[3], 0)
    assert [step.outcome for step in late.steps] == ["EXPIRED"]
    assert late.calls == ()


def test_wait_for_what_is_over(stage: Stage) -> None:
    """Who waits for something that is over, or never was, waits no time."""
    world = led(stage, RIGHT[0], Move("wait", detail="the code (sign_up)"))
    for detail in ("the code (sign_up)", "the refresh token"):
        assert stage.perform(world, Move("wait", detail=detail), 0).reached.now == world.now


def test_insist(stage: Stage) -> None:
    """Who insists on a wrong answer is locked out by it, and comes in again once that is over."""
    world = led(stage, person=MEMBER)
    locked = stage.perform(world, Move("insist", "sign_in", WRONG), 0).reached
    refused = stage.perform(locked, Move("send", "sign_in"), 0)
    assert [step.outcome for step in refused.steps] == ["PASSWORD_ATTEMPTS_EXCEEDED"]
    freed = stage.perform(locked, Move("wait", detail="the lock-out (passwords)"), 0).reached
    assert [step.outcome for step in stage.perform(freed, Move("send", "sign_in"), 0).steps] == ["SMS_MFA"]


@pytest.mark.parametrize(
    ("deed", "status", "enabled"),
    [
        ("confirm", "CONFIRMED", True),
        ("disable", "UNCONFIRMED", False),
        ("temporary", "FORCE_CHANGE_PASSWORD", True),
        ("delete", None, None),
    ],
)
def test_administrator(stage: Stage, deed: str, status: str | None, enabled: bool | None) -> None:  # noqa: FBT001
    """What an administrator does changes the user, and leaves the session alone."""
    world = led(stage, RIGHT[0])
    done = stage.perform(world, Move("administrator", detail=deed), 0)
    user = done.reached.user
    assert (user and user.status, user and user.enabled) == (status, enabled)
    assert done.reached.session == world.session
    assert (done.steps, done.calls) == ((), ())


def test_administrator_is_refused(stage: Stage) -> None:
    """What the pool refuses an administrator changes nothing."""
    world = led(stage, *RIGHT[:2])
    refused = stage.perform(world, Move("administrator", detail="confirm"), 0)
    assert refused.seen[-1] == "NotAuthorizedException"
    assert told_apart(refused.reached) == told_apart(world)


def test_elsewhere(stage: Stage) -> None:
    """What a user does in another browser changes the account, and this session does not know."""
    world = led(stage, RIGHT[0])
    confirmed = stage.perform(world, Move("elsewhere", detail="confirm"), 0).reached
    assert confirmed.user is not None
    assert confirmed.user.confirmed
    assert confirmed.session == world.session
    sent = stage.perform(world, Move("elsewhere", detail="resend"), 0).reached
    assert sent.hands.codes["sign_up"][1:] == world.hands.codes["sign_up"]
    out = led(stage, *RIGHT, Move("elsewhere", detail="sign_out"))
    assert out.grant is not None
    assert out.grant.revoked


def shown(snapshot: fe.Snapshot) -> tuple[Any, ...]:
    """Return what a snapshot shows, in the order of what is seen on the stage."""
    error, delivery = snapshot.error, snapshot.delivery
    return (
        snapshot.state,
        snapshot.pending,
        error and (error.code, error.retryable, error.message),
        delivery and (delivery.medium, delivery.attribute),
        tuple(sorted(snapshot.parameters)),
        str(snapshot.parameters.get("choices")),
        snapshot.tokens is not None,
        None,
    )


PASSKEYS: Final = fe.PoolSettings(
    verification=fe.Verification(auto_verified_attributes=("email",)),
    allowed_first_auth_factors=("PASSWORD", "WEB_AUTHN"),
    passkey=fe.Passkey(relying_party_id="login.example.org"),
    client=fe.Client(explicit_auth_flows=("ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH")),
)
WITH_PASSKEY: Final = Person(origin="member", contacts=("email",), verified=("email",), passkey=True)
BY_PASSKEY: Final = Move("send", "sign_in_with_choice", Answer("right", "WEB_AUTHN", password=False))


@pytest.mark.parametrize(
    ("person", "events"),
    [
        (WITH_PASSKEY, (BY_PASSKEY, RIGHT[3])),
        (
            attrs.evolve(WITH_PASSKEY, passkey=False),
            (RIGHT[2], Move("send", "register_passkey"), Move("send", "finish_passkey"), Move("send", "sign_out"),
             BY_PASSKEY, RIGHT[3]),
        ),
    ],
    ids=["had before", "registered"],
)  # fmt: skip
def test_passkeys_of_the_pool(person: Person, events: tuple[Move, ...]) -> None:
    """A member's passkey is one of the pool's own domain, as is one that is registered on the way; both sign in."""
    stage = Stage(Family(STANDARD, [PASSKEYS]))
    begun = stage.begin(person, 0)
    assert begun is not None
    world = begun.reached
    for move in events:
        world = stage.perform(world, move, 0).reached
        read = {str(note).partition(":")[0] for note in stage._flow.paths}
        assert read.isdisjoint(FOLDED)
    assert world.grant is not None
    assert world.grant.proved == ("WEB_AUTHN",)


WALK: Final = (
    RIGHT[0], Move("send", "confirm", WRONG), Move("send", "resend"), Move("send", "confirm"),
    Move("send", "sign_in", WRONG), Move("send", "sign_in"), Move("send", "answer", WRONG), Move("send", "answer"),
    Move("send", "refresh"), Move("send", "sign_out"), Move("send", "sign_in"),
)  # fmt: skip
"""A walk that meets refusals, a second code, tokens, and their end."""


async def seen_by_an_application(walked: list[tuple[Move, dict[str, Any]]]) -> list[tuple[Any, ...]]:
    """Return what an engine under an event loop shows, on a pool of its own, to somebody who types the same."""
    flow = fe.load("phone-sms-mfa")
    assert flow.pool is not None
    seen = []
    async with fe.Simulator(flow.pool, seed=1) as simulator:
        engine = fe.Engine(flow, simulator.cognito(), clock=simulator.clock)
        snapshot = await engine.start()
        for move, typed in walked:
            if "code" in typed:
                right = simulator.outbox[-1].code
                typed["code"] = right if move.answer.manner == "right" else f"{(int(right) + 1) % 1_000_000:06}"
            snapshot = await engine.send(snapshot.id, move.event, **typed)
            seen.append(shown(snapshot))
        await engine.close()
    return seen


def test_stage_shows_what_an_application_sees(stage: Stage) -> None:
    """An engine under an event loop returns the snapshots that the stage shows."""
    world, walked, seen = led(stage), [], []
    for move in WALK:
        performance = stage.perform(world, move, 0)
        walked.append((move, dict(stage._notes.typed)))
        seen.append(performance.seen)
        world = performance.reached
    assert str(world.session.position) == "mfa_challenge(SMS_MFA)"
    assert asyncio.run(seen_by_an_application(walked)) == seen
