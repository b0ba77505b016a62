"""The machine that walks: one user, one session, any order of events, beside the model."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar, Final

import hypothesis.strategies as st
import pytest
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from walk_draws import AIMS, NO_AIM, PASSWORD, Aim, Person, triggers, walkers
from walk_inputs import Hands, Invalid
from walk_model import EVENTS, Model
from walk_session import BEGIN
from walk_sign_in import SignIns
from walk_users import DAY, Account, Refused, Users

import flowengine as fe
from flowengine.replay import Recorder, Step
from flowengine.session import Position
from flowengine.simulator.refusals import PoolError

__all__ = ["VISITED", "Walks"]

VISITED: Counter[tuple[str, str | None]] = Counter()
"""Where walks have been: state, and what was pending."""
PREFERENCES: Final = [
    f"{verb}_{name}_mfa" for verb in ("enable", "disable") for name in ("sms", "totp", "email", "passkey")
]
ALL: Final = sorted({*BEGIN, *EVENTS, *PREFERENCES} - {"register_app"})
KINDS: Final = ["right", "right", "right", "wrong", "stale", "missing"]
NAMES: Final = ["own", "own", "own", "alias", "case", "nobody"]
FAULTS: Final = ["throttled", "unreachable", "lost_before", "lost_after"]
LATER: Final = [None, None, "RespondToAuthChallenge", "SetUserMFAPreference", "UpdateDeviceStatus"]
ADMIN: Final = ["confirm", "delete", "disable", "enable", "enable", "enable", "reset", "temporary", "temporary"]
opened = precondition(lambda self: hasattr(self, "snapshot"))


class Walks(RuleBasedStateMachine):
    """One user, one session, any order of events."""

    aims: ClassVar[tuple[Aim, ...]] = (*[NO_AIM] * 5, *AIMS)

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()

    @initialize(
        drawn=st.runner().flatmap(lambda machine: walkers(machine.aims)),
        seed=st.integers(0, 999),
        choices=st.lists(st.integers(0, 59), min_size=4, max_size=16),
    )
    def open(self, drawn: tuple[fe.PoolSettings, Person], seed: int, choices: list[int]) -> None:
        """Draw a pool and someone, start a session, and let them go as far as they like."""
        self.settings, self.person = drawn
        self.flow = fe.load("standard", pool=self.settings)
        self.simulator = fe.Simulator(self.settings, seed=seed, triggers=triggers(self.settings))
        self.recorder = Recorder(self.flow)
        self.steps: list[Step] = []
        self.engine = fe.Engine(self.flow, self.simulator.cognito(), clock=self.simulator.clock, on_step=self._on_step)
        self.pool = SignIns(Users(self.settings), self.simulator.clock.now())
        self.model = Model(self.pool)
        self.hands = Hands(self.person, self.model)
        self._populate()
        self.snapshot = self.runner.run(self.engine.start())
        self.go_on(choices, bare=len(choices) % 2 == 0)

    def _on_step(self, step: Step) -> None:
        self.recorder.record(step)
        self.steps.append(step)
        VISITED.update({(step.source.state, step.source.pending), (step.target.state, step.target.pending)})

    def _populate(self) -> None:
        """Let the administrator create who does not sign up: the user, or another one with the same contacts."""
        person, aliases = self.person, self.settings.sign_in.alias_attributes
        if person.rival:
            contacts = {name: value for name, value in self.hands.contacts.items() if name in aliases}
            flags = {f"{name}_verified": "true" for name in contacts}
            self.simulator.create_user("rival", attributes={**contacts, **flags}, temporary_password=PASSWORD)
            rival = Account("rival", contacts, PASSWORD, "FORCE_CHANGE_PASSWORD", {*contacts}, invited=True)
            rival.temporary_until = self.pool.now + 7 * DAY
            self.pool.users.accounts.append(rival)
        if person.invited:
            self._invite()

    def _invite(self) -> None:
        person, contacts = self.person, self.hands.contacts
        verified = [name for name in person.verified if name in contacts]
        flags = {f"{name}_verified": "true" for name in verified}
        account = Account(person.username, dict(contacts), PASSWORD, "FORCE_CHANGE_PASSWORD", invited=True)
        account.temporary_until = self.pool.now + 7 * DAY
        given = {**person.attributes, **flags}
        if any(self.pool.users.taken(account, name) for name in verified):
            with pytest.raises(PoolError, match="AliasExistsException"):
                self.simulator.create_user(person.username, attributes=given, temporary_password=PASSWORD)
            return
        self.simulator.create_user(person.username, attributes=given, temporary_password=PASSWORD)
        account.verified.update(verified)
        self.pool.users.accounts.append(account)

    def teardown(self) -> None:
        """The recorded walk replays to where the session stands, and tells no secret."""
        if hasattr(self, "snapshot"):
            text = self.recorder.cassette().to_yaml()
            assert not self.hands.told(self.snapshot, text)
            replayed = fe.replay(fe.Cassette.from_yaml(text), self.flow)
            assert replayed.ok, replayed.parting
            assert (replayed.final.state, replayed.final.pending) == (self.snapshot.state, self.snapshot.pending)
        self.runner.close()

    # what the user does

    @opened
    @rule(choices=st.lists(st.integers(0, 59), min_size=1, max_size=6), bare=st.booleans())
    def go_on(self, choices: list[int], bare: bool) -> None:  # noqa: FBT001 (drawn)
        """Do what brings the user further: to tokens, or, once there, to more factors and out again."""
        for choice in choices:
            self._help()
            events = self.hands.next_events()
            self._send(events[choice % len(events)], "right", "own", choice=choice // 4, bare=bare)

    @opened
    @rule(choices=st.lists(st.integers(0, 59), min_size=3, max_size=8))
    def go_far(self, choices: list[int]) -> None:
        """Do that for a longer while."""
        self.go_on(choices, bare=len(choices) % 2 == 0)

    @opened
    @rule(
        event=st.sampled_from(ALL),
        kind=st.sampled_from(KINDS),
        name=st.sampled_from(NAMES),
        choice=st.integers(0, 14),
        bare=st.booleans(),
    )
    def act(self, event: str, kind: str, name: str, choice: int, bare: bool) -> None:  # noqa: FBT001 (drawn)
        """Send any event with any answer."""
        self._send(event, kind, name, choice=choice, bare=bare)

    @opened
    @rule(
        pick=st.integers(0, 59),
        kind=st.sampled_from(["wrong", "stale", "missing"]),
        name=st.sampled_from(NAMES),
        times=st.sampled_from([1, 1, 2, 6]),
    )
    def err(self, pick: int, kind: str, name: str, times: int) -> None:
        """Send an event that is accepted with an answer that is not right, perhaps again and again."""
        for _ in range(times):
            events = sorted(self.model.offers())
            self._send(events[pick % len(events)], kind, name, choice=pick, bare=False)

    # what the world does

    @opened
    @rule(minutes=st.sampled_from([0.5, 1, 2, 4, 14, 16, 59, 61, 24 * 60 - 1, 24 * 60 + 1, 8 * 24 * 60]))
    def wait(self, minutes: float) -> None:
        """Let time pass."""
        self.simulator.clock.advance(minutes=minutes)

    @opened
    @rule(seconds=st.sampled_from([-60.0, -0.2, 0.0, 60.0]))
    def wait_for_the_deadline(self, seconds: float) -> None:
        """Let time pass to just before, just at or just after the deadline."""
        left = (self.model.deadline or 0.0) + seconds - self.simulator.clock.now()
        if left > 0:
            self.simulator.clock.advance(seconds=left)

    @opened
    @rule(fault=st.sampled_from(FAULTS), operation=st.sampled_from(LATER), times=st.sampled_from([1, 1, 3]))
    def trouble(self, fault: Any, operation: str | None, times: int) -> None:
        """Let something go wrong on the way to the pool."""
        for _ in range(times):
            self.simulator.fail_next(fault, operation)
            self.pool.faults.append((fault, operation))

    @opened
    @rule(deed=st.sampled_from(ADMIN), choices=st.lists(st.integers(0, 59), max_size=3))
    def interfere(self, deed: str, choices: list[int]) -> None:
        """Let the administrator do something to the user, who tries to go on alone."""
        self._administer(deed)
        for choice in choices:
            events = self.hands.next_events()
            self._send(events[choice % len(events)], "right", "own", choice=choice // 4, bare=True)

    @opened
    @rule()
    def look(self) -> None:
        """Looking commits what time has brought on, and nothing else."""
        expired = self._expire()
        self.snapshot = self.runner.run(self.engine.get(self.snapshot.id))
        assert not expired or (self.snapshot.error is not None and self.snapshot.error.code == "EXPIRED")

    # laws

    @opened
    @invariant()
    def tokens_only_when_signed_in(self) -> None:
        """There are tokens if and only if the state means that the user is signed in."""
        assert (self.snapshot.tokens is not None) == (self.snapshot.meaning == "signed_in")
        assert (self.snapshot.tokens is not None) == (self.model.grant is not None)

    @opened
    @invariant()
    def snapshot_tells_no_secret(self) -> None:
        """No secret of the walk shows in the snapshot's text."""
        text = repr(self.snapshot)
        assert not self.hands.told(self.snapshot, text)

    @opened
    @invariant()
    def accepts_what_the_flow_and_the_model_say(self) -> None:
        """What is accepted is what the flow's position accepts, and what such a pool has a use for."""
        position = Position(self.snapshot.state, self.snapshot.pending)
        accepted, offered = set(self.snapshot.accepts), self.model.offers()
        assert accepted == set(self.flow.accepts(position))
        assert accepted == offered, f"{position} differs in {sorted(accepted ^ offered)}"

    @opened
    @invariant()
    def stored_session_is_what_was_shown(self) -> None:
        """Looked at again before its deadline, the session is the same."""
        if self.model.deadline is None or self.simulator.clock.now() < self.model.deadline:
            assert self.runner.run(self.engine.get(self.snapshot.id)) == self.snapshot

    # helpers

    def _help(self) -> None:
        """Where the user cannot go on alone, let the administrator help, or time pass."""
        account, state = self.hands.account, self.model.state
        if account is not None and not account.enabled:
            self._administer("enable")
        elif state == "unconfirmed" and not self.settings.verification.auto_verified_attributes:
            self._administer("confirm")
        elif state == "resetting_password" and not self.hands.code_of("reset"):
            self.wait_for_the_deadline(0.0)

    def _expire(self) -> bool:
        self.pool.now = self.simulator.clock.now()
        return self.model.expire(self.pool.now)

    def _administer(self, deed: str) -> None:
        """Let the administrator do something to the user, if there is one."""
        account = self.hands.account
        if account is None:
            return
        self.pool.now, self.pool.sent, before = self.simulator.clock.now(), [], len(self.simulator.outbox)
        act: Callable[[str], None] = {
            "confirm": self.simulator.confirm_user,
            "delete": self.simulator.delete_user,
            "disable": self.simulator.disable_user,
            "enable": self.simulator.enable_user,
            "reset": self.simulator.reset_user_password,
            "temporary": lambda name: self.simulator.set_user_password(name, PASSWORD, permanent=False),
        }[deed]
        try:
            self.hands.administer(account, deed)
        except Refused:
            with pytest.raises(PoolError):
                act(self.person.username)
        else:
            act(self.person.username)
        self._deliver(before)

    def _send(self, event: str, kind: str, name: str, *, choice: int, bare: bool) -> None:
        """Send an event as the user would, and let the model do the same."""
        before, signed_in = len(self.simulator.outbox), self.model.grant
        try:
            inputs = self.hands.inputs(self.snapshot, event, kind, name, choice=choice, bare=bare)
            valid = True
        except Invalid as invalid:
            inputs, valid = invalid.inputs, False
        if self._expire():
            self.snapshot = self.runner.run(self.engine.send(self.snapshot.id, event, **inputs))
        elif event not in self.model.offers():
            self._refused(fe.EventNotAccepted, event, inputs)
        elif not valid:
            self._refused(fe.InputInvalid, event, inputs)
        else:
            self._perform(event, inputs)
        self._deliver(before)
        if self.model.grant is not None and signed_in is None:
            self.hands.check_proofs(self.model.grant)
        self.hands.learn(self.snapshot)
        self._check_steps()
        self._check_standing()

    def _check_steps(self) -> None:
        """The flow knew every outcome, and moved along its own edge."""
        for step in self.steps:
            edge = self.flow.edge(step.source, step.event, step.outcome)
            assert edge is not None, f"{step.event} at {step.source} gave {step.outcome}, which was not predicted"
            assert edge.target == step.target
        self.steps.clear()

    def _check_standing(self) -> None:
        """State, challenge, deadline, reason and device are as modelled."""
        shown, model = self.snapshot, self.model
        stands, reason = (shown.state, shown.pending), shown.error.code if shown.error else None
        assert stands == (model.state, model.pending), (stands, model.state, model.pending)
        assert reason == model.error, (stands, reason, model.error)
        assert shown.deadline == model.deadline
        assert (shown.device.key if shown.device else None) == (model.device if model.state == "signed_in" else None)

    def _refused(self, error: type[Exception], event: str, inputs: dict[str, Any]) -> None:
        """A caller's mistake changes nothing."""
        with pytest.raises(error):
            self.runner.run(self.engine.send(self.snapshot.id, event, **inputs))
        assert self.runner.run(self.engine.get(self.snapshot.id)) == self.snapshot

    def _perform(self, event: str, inputs: dict[str, Any]) -> None:
        reachable, earlier = True, self.model.error
        try:
            self.snapshot = self.runner.run(self.engine.send(self.snapshot.id, event, **inputs))
        except fe.CognitoUnavailable:
            reachable = False
        self.pool.now, self.pool.sent = self.simulator.clock.now(), []
        try:
            self.hands.expect(event, inputs)
        except Refused:
            assert not reachable
            self.model.error = earlier
            self.look()
        else:
            assert reachable

    def _deliver(self, before: int) -> None:
        """Exactly the messages of the model arrived; now their codes are known."""
        arrived = self.simulator.outbox[before:]
        expected = [(code.contact, code.destination) for code in self.pool.sent]
        assert [(message.attribute, message.destination) for message in arrived] == expected
        for code, message in zip(self.pool.sent, arrived, strict=True):
            code.value = message.code
            self.hands.received.append(message.code)
        self.pool.sent = []
