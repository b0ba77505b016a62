"""What must not be seen is not: in logs, reprs, errors, snapshots and cassettes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import pytest
import structlog
from drivers import EMAIL, NAME, PASSWORD, PHONE, PHONE_FLOW, WRONG, Walk, run
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

import flowengine as fe
from flowengine.actions.model import Call, Result
from flowengine.engine.exchange import Exchange, Send
from flowengine.errors import CognitoRefusal
from flowengine.replay import Step
from flowengine.session import Claim, KeyedSend, Position, Session

EMAIL_POOL = fe.PoolSettings(
    verification=fe.Verification(auto_verified_attributes=("email",)),
    mfa=fe.Mfa(mode="required", factors=("sms",)),
    client=fe.Client(generate_secret=True, prevent_user_existence_errors="LEGACY"),
)


class Witness:
    """
    Walks, and writes down everything that somebody could see, and everything that nobody may.

    Args:
        walk: The walk.
        password: What the user types as the password.
    """

    def __init__(self, walk: Walk, password: str) -> None:
        self.walk = walk
        self.password = password
        self.seen: list[str] = []
        self.secrets = {password, walk.username, *walk.attributes.values()}
        self.walk.engine = fe.Engine(walk.flow, walk.line, store=walk.store, clock=walk.clock, on_step=self.step)

    def step(self, step: Step) -> None:
        """Note a step: what it shows, and what it carries."""
        self.seen.append(repr(step))
        self.secrets.update(secret_members({"request": step.request, "answer": step.answer or {}}))
        self.walk.recorder.record(step)

    async def start(self) -> None:
        """Start a session."""
        self.walk.id = (await self.walk.engine.start()).id
        self.secrets.add(self.walk.id)

    async def send(self, event: str, /, **inputs: Any) -> None:
        """Send an event, and look at everything that comes of it."""
        self.secrets.update(value for name, value in inputs.items() if name in {"code", "password"} and value)
        try:
            snapshot = await self.walk.send(event, **inputs)
        except fe.FlowEngineError as error:
            self.seen += [str(error), repr(error)]
        else:
            tokens = snapshot.tokens
            if tokens is not None:
                self.secrets.update({tokens.access_token, tokens.id_token, str(tokens.refresh_token)})
            self.seen += [repr(snapshot), repr(snapshot.error), repr(tokens), repr(snapshot.delivery)]
        session = await self.walk.stored()
        self.seen += [repr(session), repr(session.claim), repr(session.keyed)]
        self.seen += [repr(self.walk.engine), repr(self.walk.store), repr(self.walk.recorder), repr(self.walk.flow)]

    async def whole_walk(self) -> None:
        """Meet everything that a walk can meet: refusals, lost answers, invalid inputs, expiry, success."""
        walk = self.walk
        await self.start()
        typed = {"username": walk.username, "password": self.password, "attributes": walk.attributes}
        await self.send("sign_up", **typed | {"password": self.password + "\ud800"})
        await self.send("sign_up", **typed | {"attributes": {"email": self.password, "name": ""}})
        await self.send("sign_up", **typed | {"nickname": self.password})
        await self.send("sign_in", username=walk.username, password=self.password)
        walk.simulator.fail_next("lost_before")
        await self.send("sign_up", **typed)
        await self.send("sign_up", **typed)
        await self.send("confirm", code="no-code", key="key-1")
        await self.send("confirm", code=walk.code + " ")
        walk.simulator.fail_next("lost_after")
        await self.send("resend")
        await self.send("confirm", code=walk.code)
        await self.send("sign_in", password=WRONG)
        walk.simulator.fail_next("unreachable")
        await self.send("sign_in", password=self.password)
        await self.send("answer", code="no-code")
        walk.clock.advance(minutes=4)
        await self.send("answer", code=walk.code)
        await self.send("sign_in", username=walk.username, password=self.password)
        await self.send("answer", code=walk.code, key="key-2")
        await self.send("refresh", key="key-3")
        await self.send("confirm", code=walk.code)
        await self.send("sign_out")

    def client(self) -> set[str]:
        """What identifies the app client."""
        return {self.walk.simulator.client_id, self.walk.simulator.client_secret or self.walk.simulator.client_id}

    def leaks(self, *more: str) -> list[str]:
        """Return every secret that can be seen."""
        seen = "\n".join([*self.seen, *more, self.walk.recorder.cassette().to_yaml()])
        secrets = self.secrets | self.client() | {message.code for message in self.walk.simulator.outbox}
        return sorted(secret for secret in secrets if secret in seen)


def secret_members(tree: Mapping[str, Any]) -> Iterator[str]:
    """Yield the members of a request or an answer that nobody may see."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from secret_members(value)
        elif name in {"Session", "AccessToken", "IdToken", "RefreshToken", "Username", "USER_ID_FOR_SRP", "UserSub"}:
            yield value


def the_walk() -> Walk:
    """Return a walk through the shipped flow."""
    return Walk(PHONE_FLOW)


def the_other_walk() -> Walk:
    """Return a walk of a user with attributes, through a client with a secret."""
    attributes = {"email": EMAIL, "phone_number": PHONE, "family_name": "Lovelace-King"}
    return Walk(fe.load("standard", pool=EMAIL_POOL), username=f"{NAME}-the-countess", attributes=attributes)


@pytest.fixture(name="log")
def _log() -> Iterator[list[str]]:
    """Write the log as lines of text, as an application would."""
    lines: list[str] = []

    def keep(_logger: Any, _name: str, event: Any) -> Any:
        lines.append(str(event))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[structlog.processors.KeyValueRenderer(), keep])
    yield lines
    structlog.configure(**before)


@pytest.mark.parametrize("make", [the_walk, the_other_walk])
async def test_whole_walk_shows_no_secret(make: Any, log: list[str]) -> None:
    """In a walk that meets everything, no secret is seen in any log line, repr, error or cassette."""
    witness = Witness(make(), PASSWORD)
    await witness.whole_walk()
    assert witness.walk.calls.count("RespondToAuthChallenge") == 2
    assert len(log) > 20
    assert len(witness.secrets) > 15
    assert witness.leaks(*log) == []


letters = st.characters(codec="utf-8", exclude_categories=("Z", "C"))


@settings(deadline=None, max_examples=25)
@given(
    password=st.text(letters, min_size=6, max_size=40).map("Aa1!{}".format),
    code=st.text(letters, min_size=6, max_size=12).map("no-{}".format),
)
async def test_drawn_secrets_are_not_shown(password: str, code: str) -> None:
    """Whatever characters a password and a code are made of, they are not seen either."""
    witness = Witness(the_walk(), password)
    with capture_logs() as entries:
        await witness.whole_walk()
        await witness.send("sign_in", username=PHONE, password=password)
        await witness.send("answer", code=code)
    assert witness.leaks(*map(str, entries)) == []


@settings(deadline=None, max_examples=25)
@given(password=st.text(letters, min_size=12, max_size=40), event=st.sampled_from(["sign_up", "sign_in"]))
async def test_refusal_that_quotes_the_request(password: str, event: str) -> None:
    """Where Cognito quotes the whole request back, the error quotes nothing of it."""
    walk = the_walk()
    walk.id = (await walk.engine.start()).id
    quoting = CognitoRefusal("InvalidParameterException", f"Value '{password}' of '{PHONE}' at 'x': bad")
    walk.line.answers.append(quoting)
    error = (await walk.send(event, username=PHONE, password=password)).error
    assert error is not None
    assert error.message == "Value '***' of '***' at 'x': bad"


async def test_log_says_what_happened() -> None:
    """A log entry names the session by a short hash, and what happened by names that are no secrets."""
    walk = the_walk()
    with capture_logs() as entries:
        await walk.to("unconfirmed")
        await walk.engine.end(walk.id)
    assert [(entry["event"], sorted(entry)) for entry in entries] == [
        ("flow.start", ["event", "flow", "log_level", "session", "state"]),
        ("cognito.call", ["event", "flow", "log_level", "operation", "outcome", "seconds"]),
        (
            "flow.step",
            ["event", "flow", "log_level", "outcome", "revision", "session", "source", "step_event", "target"],
        ),
        ("flow.end", ["event", "flow", "log_level", "session", "state"]),
    ]
    assert {len(entry["session"]) for entry in entries if "session" in entry} == {8}


def test_log_follows_later_configuration(log: list[str]) -> None:
    """An engine that was made before the application configured its log writes to the log as configured."""
    configured = structlog.get_config()
    structlog.reset_defaults()
    walk = the_walk()
    structlog.configure(**configured)
    run(walk.to("unconfirmed"))
    assert len(log) == 3


async def test_destination_is_masked_and_not_logged() -> None:
    """A caller sees where a code went as Cognito masks it; the log does not show even that."""
    walk = the_walk()
    with capture_logs() as entries:
        snapshot = await walk.to("unconfirmed")
    assert snapshot.delivery is not None
    assert snapshot.delivery.destination == "+*******0100"
    assert "0100" not in str(entries)


async def test_session_id_is_not_stored() -> None:
    """The store knows a session by a digest of its id alone."""
    walk = the_walk()
    await walk.to("signed_in")
    session = await walk.stored()
    assert session.key != walk.id
    assert walk.id not in str(attrs.asdict(session))


async def test_ids_cannot_be_guessed() -> None:
    """Ids are long, and no two are alike."""
    engine = the_walk().engine
    ids = [(await engine.start()).id for _ in range(100)]
    assert len(set(ids)) == 100
    assert min(map(len, ids)) >= 32


async def test_unreachable_pool_is_logged_without_request() -> None:
    """A warning says that the pool cannot be reached, and nothing of what was to be sent."""
    walk = the_walk()
    await walk.to("unconfirmed")
    for _ in range(3):
        walk.simulator.fail_next("unreachable")
    with capture_logs() as entries, contextlib.suppress(fe.CognitoUnavailable):
        await walk.send("confirm", code=walk.code)
    assert entries[0] == {
        "event": "cognito.unreachable",
        "flow": "phone-sms-mfa",
        "operation": "ConfirmSignUp",
        "log_level": "warning",
    }


@pytest.mark.parametrize(
    "value",
    [
        fe.Tokens(access_token="secret", id_token="secret", refresh_token="secret", expires_in=60),
        Call(inputs={"password": "secret"}, facts={"session": "secret"}, options={}),
        Result("SMS_MFA", {"session": "secret"}, fe.Delivery("SMS", "secret")),
        Send("confirm", None, {"code": "secret"}),
        Exchange("confirm", Result("x"), {"code": "secret"}, "ConfirmSignUp", {"Username": "secret"}, {"S": "secret"}),
        Claim("confirm", 0.0, key=None),
        KeyedSend("k", "confirm", Session(key="secret", flow="f", position=Position("x"))),
        Session(key="secret", flow="f", position=Position("x"), facts={"session": "secret"}),
        Step(
            event="confirm",
            inputs={"code": "secret"},
            operation="ConfirmSignUp",
            request={"Username": "secret"},
            answer={"Session": "secret"},
            outcome="CONFIRMED",
            source=Position("x"),
            target=Position("x"),
            at=0.0,
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_repr_keeps_secrets(value: object) -> None:
    """No value that carries secrets shows them in its repr."""
    assert "secret" not in repr(value)
    assert type(value).__name__ in repr(value)
