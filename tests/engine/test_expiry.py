"""A session that waited too long says so, without a call, and starts over where the spec sends it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from drivers import PASSWORD, PHONE, PHONE_FLOW, PausingStore, walk_to

import flowengine as fe

DAY = 24 * 3600.0
CHALLENGE = 180.0

PATIENT = """\
flowengine: 1
name: patient
extends: standard
states:
  unconfirmed:
    expires: {after: 24h, to: unconfirmed}
"""


@pytest.mark.parametrize(
    ("state", "event", "inputs", "life"),
    [
        ("unconfirmed", "confirm", {"code": "123456"}, DAY),
        ("unconfirmed", "resend", {}, DAY),
        ("mfa_challenge", "answer", {"code": "123456"}, CHALLENGE),
        ("mfa_challenge", "sign_in", {"password": PASSWORD}, CHALLENGE),
    ],
)
async def test_send_after_deadline(state: str, event: str, inputs: dict[str, str], life: float) -> None:
    """A send after the deadline calls nothing, and returns where the expiry leads, with the reason."""
    walk = await walk_to(state)
    walk.clock.advance(seconds=life)
    snapshot = await walk.send(event, **inputs)
    assert (snapshot.state, snapshot.pending, snapshot.deadline, snapshot.delivery) == ("signed_out", None, None, None)
    assert snapshot.error == fe.Error(
        "EXPIRED", retryable=False, message=f"The time to go on from {state} has run out."
    )
    assert walk.calls == []


@pytest.mark.parametrize(("state", "life"), [("unconfirmed", DAY), ("mfa_challenge", CHALLENGE)])
async def test_get_after_deadline(state: str, life: float) -> None:
    """Looking at a session after its deadline commits the expiry."""
    walk = await walk_to(state)
    walk.clock.advance(seconds=life)
    snapshot = await walk.get()
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("signed_out", "EXPIRED")
    assert (await walk.stored()).position.state == "signed_out"
    assert await walk.get() == snapshot


@pytest.mark.parametrize(("state", "life"), [("unconfirmed", DAY), ("mfa_challenge", CHALLENGE)])
async def test_last_moment(state: str, life: float) -> None:
    """Up to the deadline itself the session stands as it did."""
    walk = await walk_to(state)
    before = await walk.get()
    walk.clock.advance(seconds=life - 0.001)
    assert await walk.get() == before
    assert before.deadline == pytest.approx(walk.clock.now() + 0.001)
    assert (await walk.go_on()).error is None
    assert len(walk.calls) == 1


async def test_expiry_wins_over_invalid_sends() -> None:
    """After the deadline even an event or an input that is not accepted gets the expiry as its answer."""
    for event, inputs in (("refresh", {}), ("confirm", {"code": ""})):
        walk = await walk_to("unconfirmed")
        walk.clock.advance(seconds=DAY)
        error = (await walk.send(event, **inputs)).error
        assert error is not None
        assert error.code == "EXPIRED"


async def test_expired_user_signs_in() -> None:
    """After an expiry the user goes on by signing in."""
    walk = await walk_to("unconfirmed")
    walk.clock.advance(seconds=DAY)
    assert (await walk.get()).state == "signed_out"
    assert (await walk.finish()).state == "signed_in"


async def test_error_of_expiry_goes_with_next_send() -> None:
    """The reason is told until the next send."""
    walk = await walk_to("mfa_challenge")
    walk.clock.advance(seconds=CHALLENGE)
    await walk.get()
    assert (await walk.go_on()).error is None


async def test_resend_renews_deadline() -> None:
    """A new code has a whole life of its own."""
    walk = await walk_to("unconfirmed")
    walk.clock.advance(hours=23)
    assert (await walk.send("resend")).deadline == walk.clock.now() + DAY
    walk.clock.advance(hours=23)
    assert (await walk.send("confirm", code=walk.code)).state == "confirmed"


async def test_new_challenge_renews_deadline() -> None:
    """A new sign-in brings a new challenge with a new deadline."""
    walk = await walk_to("mfa_challenge")
    walk.clock.advance(seconds=170)
    assert (await walk.send("sign_in", password=PASSWORD)).deadline == walk.clock.now() + CHALLENGE


@pytest.mark.parametrize(("state", "event"), [("unconfirmed", "confirm"), ("mfa_challenge", "answer")])
async def test_refusal_keeps_deadline(state: str, event: str) -> None:
    """A refused answer buys no time."""
    walk = await walk_to(state)
    deadline = (await walk.get()).deadline
    walk.clock.advance(seconds=100)
    refused = await walk.send(event, code="no-code")
    assert refused.error is not None
    assert refused.deadline == deadline


async def test_states_without_deadline() -> None:
    """Where nothing is waited for, a session stays for good."""
    for state in ("signed_out", "signed_in"):
        walk = await walk_to(state)
        before = await walk.get()
        walk.clock.advance(days=400)
        assert await walk.get() == before
        assert before.deadline is None


async def test_deadline_follows_pool() -> None:
    """A challenge lives as long as the pool's sessions do."""
    mfa = fe.Mfa(mode="required", factors=("sms",))
    pool = fe.PoolSettings(
        sign_in=fe.SignIn(username_attributes=("phone_number",)),
        verification=fe.Verification(auto_verified_attributes=("phone_number",)),
        mfa=mfa,
        client=fe.Client(auth_session_validity=15),
    )
    walk = await walk_to("mfa_challenge", fe.load("standard", pool=pool))
    assert (await walk.get()).deadline == walk.clock.now() + 15 * 60
    walk.clock.advance(minutes=14)
    assert (await walk.go_on()).state == "signed_in"


async def test_deadline_passes_during_call() -> None:
    """An answer that was under way at the deadline still counts."""
    walk = await walk_to("unconfirmed")
    walk.line.hold()
    sending = asyncio.create_task(walk.send("resend"))
    await walk.line.entered.wait()
    walk.clock.advance(seconds=DAY)
    assert (await walk.get()).state == "unconfirmed"
    walk.line.release()
    assert (await sending).deadline == walk.clock.now() + DAY


async def test_expiry_that_leads_nowhere_else(tmp_path: Path) -> None:
    """Where an expiry leads to the same state, a send after the deadline still calls nothing."""
    path = tmp_path / "patient.yaml"
    path.write_text(PATIENT)
    walk = await walk_to("unconfirmed", fe.load(path, pool=PHONE_FLOW.pool))
    walk.clock.advance(seconds=DAY)
    snapshot = await walk.send("resend")
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("unconfirmed", "EXPIRED")
    assert snapshot.deadline == walk.clock.now() + DAY
    assert walk.calls == []
    assert (await walk.send("resend")).error is None


async def test_two_find_the_deadline_passed() -> None:
    """Two senders who find a session overdue commit one expiry."""
    walk = await walk_to("unconfirmed", store=PausingStore())
    before = await walk.stored()
    walk.clock.advance(seconds=DAY)
    first, second = await asyncio.gather(walk.send("resend"), walk.get())
    assert first == second
    assert first.revision == before.revision + 1


async def test_send_that_finds_expiry_committed_meanwhile() -> None:
    """A send that loses the race to commit an expiry starts again from there."""
    walk = await walk_to("mfa_challenge", store=PausingStore())
    walk.clock.advance(seconds=CHALLENGE)
    sending = walk.send("sign_in", username=PHONE, password=PASSWORD)
    expired, snapshot = await asyncio.gather(walk.get(), sending)
    assert (expired.state, snapshot.state, snapshot.error) == ("signed_out", "mfa_challenge", None)


async def test_expiry_is_recorded() -> None:
    """An expiry is a step of the walk, without a call, and replays."""
    walk = await walk_to("mfa_challenge")
    walk.clock.advance(seconds=CHALLENGE)
    await walk.get()
    cassette = walk.recorder.cassette()
    assert (cassette.steps[-1].event, cassette.steps[-1].outcome, cassette.steps[-1].call) == ("expire", "EXPIRED", {})
    assert fe.replay(cassette, walk.flow).ok
