"""Walks in any order, on any valid pool, beside a model in plain Python.

Each machine draws pool settings, then sends events with right, wrong, stale and repeated answers and lets time pass,
over the engine and the embedded pool. The model knows nothing of specs, actions or the simulator: it says what a user
of such a pool should see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import attrs
import hypothesis.strategies as st
import pytest
from attrs import define, field
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import flowengine as fe
from flowengine.replay import Recorder

PASSWORD, WRONG_PASSWORD = "Staple-7", "Staple-8"
EMAIL, PHONE = "jo@example.com", "+15555550100"
DAY, HOUR = 86_400.0, 3_600.0
ANSWERS = st.sampled_from(["right", "right", "right", "wrong", "stale"])
MOSTLY = st.sampled_from([True, True, True, False])
POOLS = list(fe.valid_pools())


def pools() -> st.SearchStrategy[fe.PoolSettings]:
    """Any valid pool; each MFA mode as often as the others, and pools that verify nothing seldom."""

    def having(mode: str, verifying: bool) -> list[fe.PoolSettings]:  # noqa: FBT001
        return [
            pool
            for pool in POOLS
            if pool.mfa.mode == mode and bool(pool.verification.auto_verified_attributes) == verifying
        ]

    return st.tuples(st.sampled_from(["off", "optional", "required"]), MOSTLY).flatmap(
        lambda drawn: st.sampled_from(having(*drawn))
    )


EVENTS = ["sign_up", "sign_in", "confirm", "resend", "answer", "enable_sms_mfa", "disable_sms_mfa", "refresh",
          "sign_out", "expire", "nonsense"]  # fmt: skip


def at(*states: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Hold where the model stands in one of these states."""
    return precondition(lambda self: self.model.state in states)


@define
class Model:
    """What should be true of one user and one session."""

    pool: fe.PoolSettings
    now: float
    state: str = "signed_out"
    deadline: float | None = None
    exists: bool = False
    confirmed: bool = False
    mfa_on: bool = False
    failures: int = 0
    confirms: list[float] = field(factory=list)
    resends: list[float] = field(factory=list)
    sign_up_codes: list[tuple[str, float]] = field(factory=list)
    challenge_codes: list[str] = field(factory=list)
    proved: set[str] = field(factory=set)

    def expire(self) -> bool:
        """Let a passed deadline take effect."""
        if self.deadline is None or self.now < self.deadline:
            return False
        self.go("signed_out")
        return True

    def go(self, state: str, *, lasts: float | None = None) -> None:
        """Enter a state."""
        self.state, self.deadline = state, None if lasts is None else self.now + lasts
        if state in ("signed_out", "unconfirmed"):
            self.proved.clear()

    @property
    def owed(self) -> set[str]:
        """The factors that this user must prove before there may be tokens."""
        second = self.pool.mfa.mode == "required" or (self.pool.mfa.mode == "optional" and self.mfa_on)
        return {"password", "sms"} if second else {"password"}


class Walks(RuleBasedStateMachine):
    """One user, one session, any order of events."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()

    @initialize(
        pool=pools(),
        existence=st.sampled_from(["ENABLED", "LEGACY"]),
        secret=st.booleans(),
        minutes=st.integers(3, 15),
        seed=st.integers(0, 999),
    )
    def open(self, pool: fe.PoolSettings, existence: str, secret: bool, minutes: int, seed: int) -> None:  # noqa: FBT001
        """Draw a pool and start a session."""
        client = fe.Client(
            prevent_user_existence_errors=existence, generate_secret=secret, auth_session_validity=minutes
        )
        self.pool = attrs.evolve(pool, client=client)
        self.flow = fe.load("standard", pool=self.pool)
        self.simulator = fe.Simulator(self.pool, seed=seed)
        self.recorder = Recorder(self.flow)
        self.engine = fe.Engine(
            self.flow, self.simulator.cognito(), clock=self.simulator.clock, on_step=self.recorder.record
        )
        self.model = Model(self.pool, self.simulator.clock.now())
        self.snapshot = self.runner.run(self.engine.start())

    def teardown(self) -> None:
        """The recorded walk replays to where the session stands."""
        if hasattr(self, "snapshot"):
            replayed = fe.replay(fe.Cassette.from_yaml(self.recorder.cassette().to_yaml()), self.flow)
            assert replayed.ok, replayed.parting
            assert (replayed.final.state, replayed.final.pending) == (self.snapshot.state, self.snapshot.pending)
        self.runner.close()

    # moves

    @rule()
    def go_on(self) -> None:
        """Do what brings the user nearer to being signed in, or, once there, switch MFA on and start again."""
        if self.model.state == "signed_out" and not self.model.exists:
            self.sign_up()
        elif self.model.state == "unconfirmed":
            self.confirm("right")
        elif self.model.state == "mfa_challenge":
            self.answer("right")
        elif self.model.state != "signed_in":
            self.sign_in(right=True)
        elif self.model.mfa_on or self.pool.mfa.mode != "optional":
            self.sign_out()
        else:
            self.prefer_sms(on=True)

    @at("signed_out")
    @rule()
    def sign_up(self) -> None:
        """Sign up; the name is free once."""
        if not self._send("sign_up", self._sign_up_inputs()):
            return None
        if self.model.exists:
            return self._refused("UsernameExistsException")
        self.model.exists = True
        self._note_sign_up_code()
        self.model.go("unconfirmed", lasts=DAY)
        return self._went_on()

    @at("unconfirmed")
    @rule(answer=ANSWERS)
    def confirm(self, answer: str) -> None:
        """Answer with the last code, another, or an earlier one."""
        code, good = self._sign_up_answer(answer)
        if not self._send("confirm", {"code": code}):
            return None
        if self._limited(self.model.confirms, 15):
            return self._refused("LimitExceededException")
        self.model.confirms.append(self.model.now)
        if self.model.confirmed:
            self.model.go("confirmed", lasts=DAY)
            return self._refused("ALREADY_CONFIRMED")
        if not good:
            codes = self.model.sign_up_codes
            dead = not codes or self.model.now >= codes[-1][1] + DAY
            return self._refused("ExpiredCodeException" if dead else "CodeMismatchException")
        self.model.confirmed = True
        self.model.go("confirmed", lasts=DAY)
        return self._went_on()

    @at("unconfirmed")
    @rule()
    def resend(self) -> None:
        """Ask for another code; it voids the ones before."""
        if not self._send("resend", {}, offered=bool(self._verified_contacts())):
            return None
        if self.model.confirmed:
            self.model.go("confirmed", lasts=DAY)
            return self._refused("ALREADY_CONFIRMED")
        if self._limited(self.model.resends, 5):
            return self._refused("LimitExceededException")
        self.model.resends.append(self.model.now)
        self._note_sign_up_code()
        self.model.go("unconfirmed", lasts=DAY)
        return self._went_on()

    @at("signed_out", "confirmed", "mfa_challenge")
    @rule(right=MOSTLY)
    def sign_in(self, right: bool) -> None:  # noqa: FBT001
        """Sign in with the right password or another."""
        inputs = {"password": PASSWORD if right else WRONG_PASSWORD}
        if "username" in {entry.name for entry in self.snapshot.accepts.get("sign_in", ())}:
            inputs["username"] = self._username()
        if not self._send("sign_in", inputs):
            return None
        model = self.model
        if self._locked():
            return None
        if not model.exists:
            hidden = self.pool.client.prevent_user_existence_errors == "ENABLED"
            model.failures += hidden
            return self._refused("INCORRECT_USERNAME_OR_PASSWORD" if hidden else "UserNotFoundException")
        if not right:
            model.failures += 1
            return self._refused("INCORRECT_USERNAME_OR_PASSWORD")
        if not model.confirmed:
            model.go("unconfirmed", lasts=DAY)
            return self._refused("UserNotConfirmedException")
        model.proved = {"password"}
        if model.owed == {"password"}:
            model.failures = 0
            model.go("signed_in")
        else:
            model.challenge_codes.append(self.simulator.outbox[-1].code)
            model.go("mfa_challenge", lasts=60.0 * self.pool.client.auth_session_validity)
        return self._went_on()

    @at("mfa_challenge")
    @rule(answer=ANSWERS)
    def answer(self, answer: str) -> None:
        """Answer the challenge with its code, another, or that of an earlier challenge."""
        codes = self.model.challenge_codes
        code = {"right": codes[-1:], "stale": codes[-2:-1]}.get(answer) or ["000000"]
        if not self._send("answer", {"code": code[0]}):
            return
        if self._locked():
            return
        if code[0] != codes[-1]:
            self.model.failures += 1
            self._refused("CodeMismatchException")
        else:
            self.model.failures = 0
            self.model.proved.add("sms")
            self.model.go("signed_in")
            self._went_on()

    @at("signed_in")
    @rule(on=st.booleans())
    def prefer_sms(self, on: bool) -> None:  # noqa: FBT001
        """Switch SMS MFA on or off, where the pool leaves it to the user."""
        mode = self.pool.mfa.mode
        offered = mode == "optional" or (mode == "required" and on)
        event = "enable_sms_mfa" if on else "disable_sms_mfa"
        if not self._send(event, {}, offered=offered) or self._token_expired():
            return
        self.model.mfa_on = on
        self._went_on()

    @at("signed_in")
    @rule()
    def refresh(self) -> None:
        """Fetch fresh tokens."""
        if not self._send("refresh", {}):
            return
        self.fresh = self.model.now
        self._went_on()

    @at("signed_in")
    @rule()
    def sign_out(self) -> None:
        """Sign out everywhere."""
        if not self._send("sign_out", {}) or self._token_expired():
            return
        self.model.go("signed_out")
        self._went_on()

    @rule(minutes=st.sampled_from([1, 1, 1, 2, 4, 14, 16, 61, 24 * 60 - 1, 24 * 60 + 1]))
    def wait(self, minutes: int) -> None:
        """Let time pass."""
        self.simulator.clock.advance(minutes=minutes)
        self.model.now = self.simulator.clock.now()

    @rule(seconds=st.sampled_from([-60, 0, 60]))
    def wait_for_the_deadline(self, seconds: int) -> None:
        """Let time pass to just before, just at or just after the deadline."""
        left = (self.model.deadline or 0.0) + seconds - self.model.now
        if left > 0:
            self.simulator.clock.advance(seconds=left)
            self.model.now = self.simulator.clock.now()

    @rule()
    def look(self) -> None:
        """Looking commits what time has brought on, and nothing else."""
        self.snapshot = self.runner.run(self.engine.get(self.snapshot.id))
        expired = self.model.expire()
        assert not expired or (self.snapshot.error is not None and self.snapshot.error.code == "EXPIRED")

    @rule(event=st.sampled_from(EVENTS))
    def misplace(self, event: str) -> None:
        """An event that the state does not accept changes nothing."""
        if event in self.snapshot.accepts or (
            self.model.deadline is not None and self.model.now >= self.model.deadline
        ):
            return
        with pytest.raises(fe.EventNotAccepted):
            self.runner.run(self.engine.send(self.snapshot.id, event))
        assert self.runner.run(self.engine.get(self.snapshot.id)) == self.snapshot

    # laws

    @invariant()
    def state_is_as_modelled(self) -> None:
        """The session stands where the model says."""
        if hasattr(self, "snapshot"):
            assert self.snapshot.state == self.model.state

    @invariant()
    def tokens_only_after_every_factor(self) -> None:
        """There are tokens if and only if the user is signed in, and then every owed factor was proved."""
        if hasattr(self, "snapshot"):
            assert (self.snapshot.tokens is not None) == (self.model.state == "signed_in")
            assert self.snapshot.tokens is None or self.model.proved >= {"password"}

    # helpers

    def _send(self, event: str, inputs: dict[str, Any], *, offered: bool = True) -> bool:
        """Send; tell whether the pool was asked. Otherwise the send expired or was not accepted, as the model says."""
        before, sent = self.snapshot, len(self.simulator.outbox)
        try:
            self.snapshot = self.runner.run(self.engine.send(before.id, event, **inputs))
        except fe.EventNotAccepted:
            assert not offered
            return False
        self.sent = len(self.simulator.outbox) - sent
        assert self.sent <= 1
        if self.model.expire():
            assert (self.snapshot.error and self.snapshot.error.code, self.sent) == ("EXPIRED", 0)
            return False
        assert offered
        if event in ("sign_in", "answer", "refresh") and self.snapshot.tokens:
            self.fresh = self.model.now
        return True

    def _refused(self, code: str) -> None:
        assert self.snapshot.error is not None
        assert self.snapshot.error.code == code
        assert self.sent == 0

    def _went_on(self) -> None:
        assert self.snapshot.error is None

    def _locked(self) -> bool:
        """After five failures the pool may refuse to listen for a while."""
        error = self.snapshot.error
        locked = error is not None and error.code == "PASSWORD_ATTEMPTS_EXCEEDED"
        assert not locked or self.model.failures >= 5
        return locked

    def _token_expired(self) -> bool:
        """An access token is good for an hour."""
        error = self.snapshot.error
        expired = error is not None and error.code == "ACCESS_TOKEN_EXPIRED"
        assert expired == (self.model.now - self.fresh >= HOUR)
        return expired

    def _limited(self, times: list[float], most: int) -> bool:
        """More than so many tries within an hour may be refused."""
        recent = [time for time in times if self.model.now - time < HOUR]
        refused = self.snapshot.error is not None and self.snapshot.error.code == "LimitExceededException"
        assert not refused or len(recent) >= most
        return refused

    def _username(self) -> str:
        contacts = self.pool.sign_in.username_attributes
        return {"email": EMAIL, "phone_number": PHONE}[contacts[0]] if contacts else "jo"

    def _sign_up_inputs(self) -> dict[str, Any]:
        named = self._username()
        attributes = {name: value for name, value in (("email", EMAIL), ("phone_number", PHONE)) if value != named}
        return {"username": named, "password": PASSWORD, "attributes": attributes}

    def _verified_contacts(self) -> tuple[str, ...]:
        return self.pool.verification.auto_verified_attributes

    def _note_sign_up_code(self) -> None:
        """A code is sent if something is verified, and then to the phone if that is."""
        contacts = self._verified_contacts()
        assert self.sent == (1 if contacts else 0)
        if contacts:
            message = self.simulator.outbox[-1]
            assert message.attribute == ("phone_number" if "phone_number" in contacts else "email")
            self.model.sign_up_codes.append((message.code, self.model.now))

    def _sign_up_answer(self, answer: str) -> tuple[str, bool]:
        codes = self.model.sign_up_codes
        known = {"right": codes[-1:], "stale": codes[-2:-1]}.get(answer)
        code = known[0][0] if known else "000000"
        return code, bool(codes) and code == codes[-1][0] and self.model.now < codes[-1][1] + DAY


@pytest.mark.filterwarnings("error")
def test_walks_in_any_order() -> None:
    """Whatever users do and whenever they do it, the session stands where a user of such a pool would expect."""
    run_state_machine_as_test(
        Walks, settings=settings(max_examples=120, stateful_step_count=40, deadline=None, print_blob=True)
    )
