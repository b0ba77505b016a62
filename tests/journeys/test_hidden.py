"""What must not be seen on a journey is not: in logs, reprs, error texts and cassettes."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final

import attrs
import pytest
from functions import ANSWERS, functions
from journey import ANY_FLOW, BOTH, NEW_PASSWORD, PASSWORD, WRONG, Journey, pool_of
from structlog.testing import capture_logs

import flowengine as fe
from flowengine.replay import Recorder, Step
from flowengine.settings import FIRST_FACTORS, TRIGGERS, Devices, Passkey

SECRET: Final = attrs.evolve(ANY_FLOW, generate_secret=True)
SHORTEST: Final = 6
"""Shorter texts are words: a code has six digits."""
WORDS: Final = frozenset({
    "ADMIN_USER_PASSWORD_AUTH", "Bearer", "CODE_DELIVERY_DESTINATION", "CUSTOM_AUTH", "CUSTOM_CHALLENGE",
    "DEVICE_PASSWORD_VERIFIER", "DEVICE_SRP_AUTH", "EMAIL_OTP", "MFA_SETUP", "NEW_PASSWORD_REQUIRED", "PASSWORD",
    "PASSWORD_SRP", "PASSWORD_VERIFIER", "SELECT_CHALLENGE", "SELECT_MFA_TYPE", "SMS_MFA", "SMS_OTP",
    "SOFTWARE_TOKEN_MFA", "SUCCESS", "USER_AUTH", "USER_PASSWORD_AUTH", "USER_SRP_AUTH", "WEB_AUTHN", "email",
    "phone_number", "preferred", "public-key", "remembered",
})  # fmt: skip
"""Words of Cognito's own, which tell nothing of anybody."""


def texts(tree: Any) -> Iterator[str]:
    """Yield every text that a request, an answer or an input carries, also those inside JSON."""
    if isinstance(tree, Mapping):
        for name, child in tree.items():
            yield from () if name == "ResponseMetadata" else texts(child)
    elif isinstance(tree, (list, tuple)):
        for child in tree:
            yield from texts(child)
    elif isinstance(tree, str):
        yield tree
        yield from texts(json.loads(tree)) if tree.startswith(("{", "[")) else ()
    elif attrs.has(type(tree)):
        yield from texts(attrs.asdict(tree))


class Watched(Journey):
    """A journey that writes down everything that somebody could see, and everything that nobody may."""

    def __init__(self, pool: fe.PoolSettings, **options: Any) -> None:
        super().__init__(pool, username="ada-the-countess", **options)
        self.seen: list[str] = []
        self.hidden = {self.username, *BOTH.values(), self.simulator.client_id}
        self._hide(self.simulator.client_secret)
        self.recorder = Recorder(self.flow)
        self.store = fe.MemoryStore()
        self.engine = fe.Engine(self.flow, self.wire, clock=self.clock, store=self.store, on_step=self._step)

    def _step(self, step: Step) -> None:
        self.recorder.record(step)
        self.seen.append(repr(step))
        self._hide(step.inputs, step.request, step.answer or {})

    def _hide(self, *trees: Any) -> None:
        self.hidden.update(text for text in texts(trees) if len(text) >= SHORTEST and text not in WORDS)

    async def send(self, event: str, /, **inputs: Any) -> fe.Snapshot:
        """Send an event, and look at everything that comes of it."""
        self._hide(self.snapshot.id, inputs)
        try:
            snapshot = await super().send(event, **inputs)
        except fe.FlowEngineError as error:
            self.seen += [str(error), repr(error)]
            return self.snapshot
        self._hide(snapshot.tokens, snapshot.device, snapshot.parameters)
        # The keys of a device name it, as a username does a user; a caller who shows a device by itself shows them.
        device = snapshot.device and attrs.evolve(snapshot.device, key="", group_key="")
        values = (snapshot, snapshot.error, snapshot.tokens, device, self.engine, self.wire.inner)
        self.seen += map(repr, values)
        for session in self.store._sessions.values():
            self.seen += [repr(session), repr(session.claim), repr(session.keyed), repr(session.error)]
        return snapshot

    def leaks(self, log: list[Any]) -> list[str]:
        """Return every secret that can be seen."""
        shown = "\n".join([*self.seen, *map(str, log), self.recorder.cassette().to_yaml(), repr(self.recorder)])
        masked = {text for text in self.hidden if "***" in text}
        codes = {message.code for message in self.simulator.outbox}
        return sorted(secret for secret in (self.hidden | codes) - masked if secret in shown)


Walk = Callable[[Watched], Awaitable[None]]


async def prove_on_device(ada: Watched) -> None:
    """Prove the password, sign in with a code, let the device be remembered, and sign in on it."""
    await ada.register()
    await ada.sign_in("sign_in_with_srp", password=WRONG)
    await ada.sign_in("sign_in_with_srp", password=PASSWORD)
    await ada.send("answer", code="no-code")
    await ada.send("answer", code=ada.code)
    device = (await ada.send("remember_device")).device
    await ada.send("refresh")
    await ada.send("sign_out")
    await ada.sign_in("sign_in_with_srp", password=PASSWORD, device={"key": PASSWORD})
    await ada.sign_in("sign_in_with_srp", password=PASSWORD, device=device)


async def set_app_up(ada: Watched) -> None:
    """Set an authenticator app up during the sign-in, with a wrong code before the right one, and use it."""
    await ada.register()
    await ada.with_password()
    await ada.send("set_up_totp")
    ada.scan()
    await ada.send("verify_totp", code="no-code")
    await ada.send("verify_totp", code=ada.app_code())
    await ada.enrol_app()
    await ada.send("sign_out")
    await ada.with_password()
    await ada.send("answer", code=ada.app_code())


async def use_passkey(ada: Watched) -> None:
    """Register a passkey, wrongly and rightly, and sign in with it, and with a code."""
    await ada.register()
    await ada.send("auto_sign_in")
    options = (await ada.send("register_passkey")).parameters["credential_creation_options"]
    await ada.send("finish_passkey", credential={"id": PASSWORD})
    await ada.send("finish_passkey", credential=ada.authenticator.create(options))
    await ada.send("sign_out")
    await ada.sign_in("sign_in_with_choice", preferred_challenge="WEB_AUTHN")
    await ada.send("answer", credential={"id": PASSWORD})
    options = ada.snapshot.parameters["credential_request_options"]
    await ada.send("answer", credential=ada.authenticator.get(options))
    await ada.send("sign_out")
    await ada.sign_in("sign_in_with_choice")
    await ada.send("answer", answer=PASSWORD)
    await ada.send("answer", answer="EMAIL_OTP")
    await ada.send("answer", code=ada.code)


async def answer_functions(ada: Watched) -> None:
    """Answer the questions of Lambda functions after the password, wrongly and rightly."""
    await ada.register()
    for answers in (("wrong-answer",), ANSWERS):
        await ada.sign_in("sign_in_with_srp_and_custom_challenge", password=PASSWORD)
        for answer in answers:
            await ada.send("answer", answer=answer)


async def recover(ada: Watched) -> None:
    """Be invited, set another password, forget it, and set another one, with lost and refused answers between."""
    ada.invite()
    await ada.with_password()
    await ada.send("answer", new_password="weakhorse")
    await ada.send("answer", new_password=WRONG, attributes={"email": "not an address"})
    await ada.send("answer", new_password=WRONG)
    ada.simulator.update_user_attributes(ada.username, {**BOTH, "email_verified": "true"})
    await ada.send("sign_out")
    await ada.send("forgot_password", username=ada.username)
    await ada.send("confirm_reset", code="no-code", new_password=NEW_PASSWORD)
    ada.simulator.fail_next("lost_before", "ConfirmForgotPassword")
    await ada.send("confirm_reset", code=ada.code, new_password=NEW_PASSWORD)
    await ada.send("confirm_reset", code=ada.code, new_password=NEW_PASSWORD)
    await ada.with_password(NEW_PASSWORD)


WALKS: Final[list[tuple[Walk, fe.PoolSettings]]] = [
    (prove_on_device, pool_of("sms", client=SECRET, devices=Devices(
        remembered="opt_in", challenge_required_on_new_device=True))),
    (set_app_up, pool_of("totp", client=SECRET)),
    (use_passkey, pool_of(client=SECRET, allowed_first_auth_factors=FIRST_FACTORS,
                          passkey=Passkey(relying_party_id="example.com"))),
    (answer_functions, pool_of(client=SECRET, lambda_triggers=[name for name in TRIGGERS if "challenge" in name])),
    (recover, pool_of(client=SECRET)),
]  # fmt: skip


@pytest.mark.parametrize(("walk", "pool"), WALKS, ids=[walk.__name__ for walk, _ in WALKS])
async def test_nothing_is_seen(walk: Walk, pool: fe.PoolSettings) -> None:
    """Whatever goes over the wire or is typed, none of it is seen in a log event, repr, error text or cassette."""
    async with Watched(pool, triggers=functions(pool, rounds=3)) as ada:
        with capture_logs() as log:
            await walk(ada)
        assert ada.snapshot.state == "signed_in"
        await ada.claims()
        assert len(log) > 10
        assert len(ada.hidden) > 20
        assert ada.leaks(log) == []


@pytest.mark.parametrize("shown", ["secret-of-the-wire", "Correct-horse-7"])
async def test_witness_sees(shown: str) -> None:
    """What is shown in a log event is found, so that nothing else was."""
    async with Watched(pool_of()) as ada:
        ada._hide({"Session": "secret-of-the-wire"})
        await ada.register()
        assert ada.leaks([{"event": f"cognito.call {shown}"}]) == [shown]
