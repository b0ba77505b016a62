"""Sign-ins that prove a password: what is computed aside, and what happens to a send while it is."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

import pytest
from drivers import NAME, PASSWORD, WRONG, PausingStore, Walk, run, walk_to
from pyotp import TOTP

import flowengine as fe
from flowengine.engine import CLAIM_SECONDS

FLOW = fe.load(
    "standard",
    pool=fe.PoolSettings(
        verification=fe.Verification(auto_verified_attributes=("email",)),
        required_attributes=("email",),
        mfa=fe.Mfa(mode="optional", factors=("totp",)),
        devices=fe.Devices(remembered="always", challenge_required_on_new_device=True),
        client=fe.Client(explicit_auth_flows=("ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH")),
    ),
)
BOTH = ["InitiateAuth", "RespondToAuthChallenge"]
USER: dict[str, Any] = {"username": NAME, "attributes": {"email": "ada@example.com"}}
Sending = Coroutine[Any, Any, fe.Snapshot]


class Gate:
    """Randomness that is held up on the thread that asks for it, until it is let go."""

    def __init__(self) -> None:
        self.asked, self.open = threading.Event(), threading.Event()

    def __call__(self, size: int) -> bytes:
        """Return so many bytes, once the gate is open."""
        self.asked.set()
        self.open.wait()
        return b"\x07" * size


class Proof:
    """A sign-in of a confirmed user whose first number is being computed."""

    def __init__(self) -> None:
        self.gate = Gate()

    async def begin(self) -> asyncio.Task[fe.Snapshot]:
        """Begin it, and return once it is held up."""
        self.walk = await walk_to("confirmed", FLOW, **USER)
        walk = self.walk
        walk.engine = fe.Engine(FLOW, walk.line, store=walk.store, clock=walk.clock, random=self.gate)
        sending = asyncio.create_task(walk.send("sign_in_with_srp", password=PASSWORD))
        await asyncio.to_thread(self.gate.asked.wait)
        assert walk.calls == []
        return sending


async def test_equal_proofs_are_one() -> None:
    """Equal sends share both calls of a proof, and what is computed for them."""
    walk = await walk_to("confirmed", FLOW, **USER)
    sends = [walk.send("sign_in_with_srp", password=PASSWORD) for _ in range(3)]
    first, *others = await asyncio.gather(*sends)
    assert (first.state, others, walk.calls) == ("signed_in", [first, first], BOTH)


async def test_different_proofs_conflict() -> None:
    """While one password is proved, neither another one nor the same in another way is."""
    proof = Proof()
    first = await proof.begin()
    for event, password in [("sign_in_with_srp", WRONG), ("sign_in", PASSWORD)]:
        with pytest.raises(fe.SessionConflict):
            await proof.walk.send(event, password=password)
    proof.gate.open.set()
    assert ((await first).state, proof.walk.calls) == ("signed_in", BOTH)


async def test_cancelled_while_computing() -> None:
    """A sender that is cancelled while a proof is computed leaves the whole chain done."""
    proof = Proof()
    sending = await proof.begin()
    sending.cancel()
    await asyncio.sleep(0)
    proof.gate.open.set()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert ((await proof.walk.get()).state, proof.walk.calls) == ("signed_in", BOTH)


async def test_closed_while_computing() -> None:
    """Closing, twice and at once, waits for the proof, and the session can still be looked at afterwards."""
    proof = Proof()
    sending = await proof.begin()
    closing = [asyncio.create_task(proof.walk.engine.close()) for _ in range(2)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in closing)
    proof.gate.open.set()
    await asyncio.gather(*closing)
    await proof.walk.engine.close()
    assert (await sending).state == (await proof.walk.get()).state == "signed_in"


def test_loop_that_ends_while_computing() -> None:
    """A loop that ends takes the send with it: its answer is lost, and the engine goes on in another loop."""
    proof = Proof()
    asyncio.run(proof.begin())
    proof.gate.open.set()
    error = asyncio.run(proof.walk.get()).error
    assert error is not None
    assert (error.code, proof.walk.calls) == ("ANSWER_LOST", [])
    assert asyncio.run(proof.walk.send("sign_in_with_srp", password=PASSWORD)).state == "signed_in"


async def test_randomness_that_fails() -> None:
    """What the source of randomness raises on a thread is raised to the sender, and the session can go on."""

    def random(_size: int) -> bytes:
        raise OSError("no entropy")

    walk = await walk_to("confirmed", FLOW, **USER)
    engine = fe.Engine(FLOW, walk.line, store=walk.store, clock=walk.clock, random=random)
    with pytest.raises(OSError, match=r"^no entropy$"):
        await engine.send(walk.id, "sign_in_with_srp", password=PASSWORD)
    assert walk.calls == []
    assert (await walk.send("sign_in_with_srp", password=PASSWORD)).state == "signed_in"


async def equipped() -> tuple[Walk, fe.Device, str]:
    """Return the walk of a user who is signed in on a remembered device, that device, and a code of a new app."""
    walk = await walk_to("confirmed", FLOW, store=PausingStore(), pauses=True, **USER)
    await walk.send("sign_in", password=PASSWORD)
    device = (await walk.send("remember_device")).device
    assert device is not None
    secret = (await walk.send("register_totp")).parameters["secret_code"]
    return walk, device, TOTP(secret).at(int(walk.clock.now()))


async def signed_out() -> tuple[Walk, fe.Device]:
    """Return the same user with the app preferred, signed out again."""
    walk, device, code = await equipped()
    await walk.send("verify_totp", code=code)
    await walk.send("sign_out")
    return walk, device


def broken_off(sending: Sending, point: int) -> bool:
    """Drop a send at a suspension; False: it has ended before."""
    try:
        for _ in range(point):
            sending.send(None)
    except StopIteration:
        return False
    sending.close()
    return True


def after_claim(walk: Walk) -> fe.Snapshot:
    """Look at a session with another engine, once its claim's time is over."""
    walk.engine = walk.another_engine()
    walk.clock.advance(seconds=CLAIM_SECONDS)
    return run(walk.get())


def test_proof_on_a_device_broken_off_anywhere() -> None:
    """Wherever a sign-in of four calls is dropped, the user is signed out without a trace, and signs in by another."""
    point, going = 0, True
    while going:
        walk, device = run(signed_out())
        inputs: dict[str, Any] = {"username": NAME, "password": PASSWORD, "device": device}
        going = broken_off(walk.engine.send(walk.id, "sign_in_with_srp", **inputs), point)
        snapshot = after_claim(walk)
        assert going or snapshot.state == "signed_in"
        if snapshot.state == "signed_out":
            assert not run(walk.stored()).facts
            snapshot = run(walk.send("sign_in_with_srp", **inputs))
        assert (snapshot.state, snapshot.pending, snapshot.device) == ("signed_in", None, device)
        point += 1
    assert point > 16


def test_app_and_preference_broken_off_anywhere() -> None:
    """Wherever the registration of an app is dropped, the user stays signed in, and the tokens are good."""
    point, going = 0, True
    while going:
        walk, _, code = run(equipped())
        going = broken_off(walk.engine.send(walk.id, "verify_totp", code=code), point)
        snapshot = after_claim(walk)
        assert (snapshot.state, snapshot.pending) in {("signed_in", "SECRET_CODE"), ("signed_in", None)}
        assert run(walk.send("refresh")).error is None
        point += 1
    assert point > 8
