"""Violations: each is told as the walk that leads to it, replays, and gives no secret away."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest
from exploring import JO, MEMBER, PHONE_SPEC

import flowengine as fe
from flowengine.compile import compile_flow
from flowengine.explore import PROPERTIES, Exploration, Violation, explore_spec
from flowengine.explore.inputs import NEW_PASSWORDS, WRONG
from flowengine.explore.people import MADE_UP, PASSWORD, Person
from flowengine.explore.population import DEVICE, TOTP_SECRET
from flowengine.library import read
from flowengine.session import Session
from flowengine.settings import Client, Devices, Mfa, PoolSettings, Verification
from flowengine.spec import FlowSpec

HEAD: Final = "flowengine: 1\nname: broken\nextends: {extends}\n"
GULLIBLE: Final = "states: {unconfirmed: {on: {confirm: {to: {CodeMismatchException: confirmed}}}}}\n"
"""A wrong code is as good as the right one."""
FORGETFUL: Final = "routes: {authentication: {UserNotConfirmedException: signed_out}}\n"
"""Who has not confirmed yet is not led back there."""
EVERY_FACTOR: Final = PoolSettings(
    verification=Verification(auto_verified_attributes=("email", "phone_number")),
    mfa=Mfa(mode="optional", factors=("sms", "totp", "email")),
    devices=Devices(remembered="always", challenge_required_on_new_device=True),
    client=Client(explicit_auth_flows=("ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")),
    email_sending_account="DEVELOPER",
)
WITH_APP: Final = Person(
    origin="member", contacts=("email",), verified=("email",), factors=("SOFTWARE_TOKEN_MFA",), device=True
)  # fmt: skip
SECRET_FIELDS: Final = frozenset({"answer", "code", "new_password", "password"})


class Twice(fe.Engine):
    """An engine that sends whatever is still accepted once more."""

    async def send(self, session_id: str, event: str, /, *, key: str | None = None, **inputs: Any) -> fe.Snapshot:
        """Send, and send again."""
        first = await super().send(session_id, event, key=key, **inputs)
        return await super().send(session_id, event, **inputs) if event in first.accepts else first


class Overheard(Twice):
    """The same, with everything secret noted that passes through it."""

    secrets: ClassVar[set[str]] = set()

    async def send(self, session_id: str, event: str, /, *, key: str | None = None, **inputs: Any) -> fe.Snapshot:
        """Send, and note what was typed and what came of it."""
        self.secrets.update(str(value) for name, value in inputs.items() if name in SECRET_FIELDS)
        self.secrets.update(_texts(inputs.get("device", {}).get("password")))
        snapshot = await super().send(session_id, event, key=key, **inputs)
        for session in self._store._store.sessions.values():  # type: ignore[attr-defined]
            self.secrets.update(_of_session(session))
        return snapshot


def _of_session(session: Session) -> Iterator[str]:
    """Yield what only this session may know."""
    facts = session.facts
    yield from _texts(facts.get("session"), facts.get("sign_up_session"))
    yield from _texts((facts.get("parameters") or {}).get("secret_code"))
    tokens, device = facts.get("tokens"), facts.get("device")
    if tokens is not None:
        yield from _texts(tokens.access_token, tokens.id_token, tokens.refresh_token)
    if device is not None:
        yield from _texts(device.password)


def _texts(*values: Any) -> Iterator[str]:
    return (value for value in values if isinstance(value, str) and value)


def broken(folder: Path, text: str, extends: str = "phone-sms-mfa") -> FlowSpec:
    """Return a flow that is right but for one thing."""
    path = folder / "broken.yaml"
    path.write_text(HEAD.format(extends=extends) + text)
    return read(path)


def explored(spec: FlowSpec, *crowd: Person, **how: Any) -> Exploration:
    """Return what comes of exploring a spec for its own pool."""
    assert spec.pool is not None
    return explore_spec(spec, [spec.pool], crowd=crowd, **how)


@functools.cache
def twice() -> Exploration:
    """Return what comes of exploring a flow with an engine that sends twice."""
    return explored(PHONE_SPEC, JO, MEMBER, engine=Twice)


def about(exploration: Exploration, name: str) -> list[Violation]:
    """Return the violations of a property."""
    return [violation for violation in exploration.violations if violation.property == name]


def replays(violation: Violation, spec: FlowSpec) -> bool:
    """Tell whether the cassette of a violation goes through the flow as it was recorded, also as YAML."""
    assert violation.cassette is not None
    flow = compile_flow(spec, violation.pool)
    read_again = fe.Cassette.from_yaml(violation.cassette.to_yaml())
    assert read_again == violation.cassette
    replay = fe.replay(read_again, flow)
    assert violation.story[-1] == f"   the session stands at {replay.final}"
    return replay.ok


def test_right_flow_breaks_nothing() -> None:
    """A flow that is right has no violations."""
    exploration = explored(PHONE_SPEC, JO, MEMBER)
    assert (exploration.ok, exploration.violations) == (True, ())
    assert (exploration.flow, exploration.pools, exploration.users) == ("phone-sms-mfa", 1, 2)


def test_story(tmp_path: Path) -> None:
    """A violation is told from the beginning, as short as can be: what was done, and what it led to."""
    spec = broken(tmp_path, GULLIBLE)
    (violation,) = explored(spec, JO).violations
    assert str(violation).splitlines() == [
        "recovery: the session is confirmed, and the user is not",
        "newcomer by phone_number, phone_number:",
        "1. send sign_up",
        "   SignUp answers UNCONFIRMED: signed_out -> unconfirmed",
        "2. send confirm, wrong",
        "   ConfirmSignUp answers CodeMismatchException: unconfirmed -> confirmed",
        "   the session stands at confirmed",
    ]
    assert (violation.pools, violation.pool, violation.person) == (1, spec.pool, str(JO))
    assert violation.moves == ("send sign_up", "send confirm, wrong")
    assert replays(violation, spec)


def test_dead_end(tmp_path: Path) -> None:
    """A state without a way on is told, too, calm walks apart from those that were disturbed."""
    spec = broken(tmp_path, FORGETFUL)
    exploration = explored(spec, JO)
    dead = about(exploration, "no dead end")
    assert "no right answer leads from signed_out to the goal" in [violation.message for violation in dead]
    assert not any(move.startswith(("crash", "fault")) for violation in dead for move in violation.moves)
    assert any(violation.moves[0].startswith("crash sign_up") for violation in about(exploration, "recovery"))
    for violation in exploration.violations:
        assert replays(violation, spec)


def test_engine_that_sends_twice() -> None:
    """An engine that makes a call twice is found out, and its walks replay."""
    found = about(twice(), "at most once")
    assert found
    assert any(violation.message.startswith("one send has called ") for violation in found)
    assert any(violation.message == "one send has sent 2 messages" for violation in found)
    assert not about(twice(), "no bypass")
    assert not about(twice(), "no token early")


def test_stories_name_their_moves() -> None:
    """Every violation is of a known property, and its story numbers the moves in order and lists the steps of each."""
    for violation in twice().violations:
        assert violation.property in PROPERTIES
        numbered = [line for line in violation.story if line[0].isdigit()]
        assert numbered == [f"{number}. {move}" for number, move in enumerate(violation.moves, 1)]
        assert violation.story[0] == f"{violation.person}:"
        assert violation.cassette is not None
        steps = [line for line in violation.story if " -> " in line]
        assert len(steps) == len(violation.cassette.steps)


def test_cassettes_replay() -> None:
    """The cassette of each violation goes through the flow of its pool."""
    for violation in twice().violations:
        assert replays(violation, PHONE_SPEC)


@pytest.mark.parametrize(
    ("extends", "pool", "crowd"),
    [("phone-sms-mfa", PHONE_SPEC.pool, (JO, MEMBER)), ("standard", EVERY_FACTOR, (WITH_APP,))],
    ids=["codes", "apps and devices"],
)
def test_violations_give_no_secret_away(
    tmp_path: Path, extends: str, pool: PoolSettings, crowd: tuple[Person, ...]
) -> None:
    """No code, password, token, session or key of any walk stands in what a violation shows."""
    Overheard.secrets = set()
    spec = broken(tmp_path, GULLIBLE, extends)
    exploration = explore_spec(spec, [pool], crowd=crowd, engine=Overheard)
    made_up = {PASSWORD, WRONG, *NEW_PASSWORDS, TOTP_SECRET, str(DEVICE.password), *MADE_UP.values()} - {"jo"}
    secrets = Overheard.secrets | made_up
    assert exploration.violations
    assert len(Overheard.secrets) > 20
    assert any(secret.startswith("eyJ") for secret in secrets)
    for violation in exploration.violations:
        assert violation.cassette is not None
        shown = "\n".join([
            str(violation), repr(violation), *violation.story, *violation.moves, violation.cassette.to_yaml(),
            repr(violation.cassette), repr(exploration), str(violation.person),
        ])  # fmt: skip
        assert [secret for secret in secrets if secret in shown] == []
