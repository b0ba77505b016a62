"""Violations: each is told as the walk that leads to it, replays, and gives no secret away."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Final

import attrs
import pytest
from exploring import JO, MEMBER, PHONE_SPEC, STANDARD

import flowengine as fe
from flowengine.compile import compile_flow
from flowengine.explore import PROPERTIES, Exploration, Violation, explore_spec
from flowengine.explore.family import Family
from flowengine.explore.inputs import NEW_PASSWORDS, WRONG
from flowengine.explore.moves import Move
from flowengine.explore.people import MADE_UP, PASSWORD, Person
from flowengine.explore.population import TOTP_SECRET
from flowengine.explore.properties import Finding
from flowengine.explore.retold import retold
from flowengine.explore.search import Arrival, Node, Search
from flowengine.explore.stage import Stage
from flowengine.library import read
from flowengine.session import Session
from flowengine.settings import Client, Devices, Mfa, PoolSettings, Verification
from flowengine.spec import FlowSpec

HEAD: Final = "flowengine: 1\nname: broken\nextends: phone-sms-mfa\n"
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
WORLDS: Final = 240
NEWCOMER: Final = Person(origin="newcomer", contacts=("email", "phone_number"))
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


class Overheard(fe.Engine):
    """An engine that notes everything secret that passes through it."""

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


def broken(folder: Path, text: str) -> FlowSpec:
    """Return a flow that is right but for one thing."""
    path = folder / "broken.yaml"
    path.write_text(HEAD + text)
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
    """A state without a way on is told, too, and of trouble only where a calm walk meets none."""
    spec = broken(tmp_path, FORGETFUL)
    exploration = explored(spec, JO)
    dead = about(exploration, "no dead end")
    assert "no right answer leads from signed_out to the goal" in [violation.message for violation in dead]
    assert not any(move.startswith(("crash", "fault")) for violation in dead for move in violation.moves)
    assert {violation.message for violation in dead}.isdisjoint(
        violation.message for violation in about(exploration, "recovery")
    )
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


def test_step_that_a_process_did_not_live_to_tell() -> None:
    """Where a process dies between committing and telling, the story and the cassette hold what it committed."""
    kin = Family(STANDARD, [EVERY_FACTOR])
    search = Search(kin, Stage(kin), [WITH_APP])
    begun = search.stage.begin(WITH_APP, 0)
    assert begun is not None
    sign_in = Move("send", "sign_in_with_srp")
    suspensions = search.stage.perform(begun.reached, sign_in, 0).suspensions
    for at in range(suspensions):
        moves = [attrs.evolve(sign_in, kind="crash", at=at), Move("wait", detail="the claim"), Move("send", "sign_in")]
        node, world = Node(begun.reached, 0), begun.reached
        node.arrivals.append(Arrival(1, None, None, calm=False))
        search.beginnings.append((WITH_APP, node, 1))
        for move in moves:
            world = search.stage.perform(world, move, 0).reached
            source, node = node, Node(world, 0)
            node.arrivals.append(Arrival(1, source, move, calm=False))
        finding = Finding(property="recovery", message="made up", pools=1, node=node)
        assert replays(retold(search, finding), STANDARD), at


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


class EnoughError(Exception):
    """Enough was explored."""


def stopped(pool: PoolSettings, *crowd: Person) -> Search:
    """Return a search for one pool that was stopped on the way."""

    def enough(done: int, _waiting: int) -> None:
        if done == WORLDS:
            raise EnoughError

    kin = Family(STANDARD, [pool])
    search = Search(kin, Stage(kin, Overheard), crowd)
    with pytest.raises(EnoughError):
        search.run(enough)
    return search


def shown(violation: Violation) -> str:
    """Return everything that a violation shows."""
    assert violation.cassette is not None
    texts = (str(violation), repr(violation), *violation.story, *map(str, violation.moves), str(violation.person))
    return "\n".join((*texts, violation.cassette.to_yaml(), repr(violation.cassette)))


@pytest.mark.parametrize("person", [NEWCOMER, WITH_APP], ids=str)
def test_violations_give_no_secret_away(person: Person) -> None:
    """No code, password, token, session or key of any walk stands in what is shown of it, and every walk replays."""
    Overheard.secrets = set()
    search = stopped(EVERY_FACTOR, person)
    nodes = list(search.nodes.values())[:: WORLDS // 15]
    told = [
        retold(search, Finding(property="recovery", message="made up", pools=1, node=node))
        for node in nodes
        if node.reached
    ]
    made_up = {PASSWORD, WRONG, *NEW_PASSWORDS, TOTP_SECRET, "Device-77", *MADE_UP.values()} - {"jo"}
    secrets = {secret for secret in Overheard.secrets if len(secret) > 5} | made_up
    assert len(told) > 12
    assert any(secret.startswith("eyJ") for secret in secrets)
    assert sum(secret.isdigit() for secret in secrets) > 10
    for violation in told:
        text = shown(violation)
        assert [secret for secret in secrets if secret in text] == []
        assert replays(violation, STANDARD)


def test_secrets_of_violations() -> None:
    """What was typed, sent and issued on the walks to violations is not shown with them."""
    Overheard.secrets = set()
    recorded = explored(PHONE_SPEC, JO, MEMBER, engine=type("Both", (Twice, Overheard), {}))
    secrets = {secret for secret in Overheard.secrets if len(secret) > 5} | {PASSWORD, MADE_UP["phone_number"]}
    assert recorded.violations
    assert len(secrets) > 20
    for violation in recorded.violations:
        text = shown(violation) + repr(recorded)
        assert [secret for secret in secrets if secret in text] == []
