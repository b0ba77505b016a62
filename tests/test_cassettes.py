"""Cassettes: what a walk leaves behind, without its secrets, and how it is written and read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import botocore.session
import pytest
from botocore.model import StructureShape
from hypothesis import given
from hypothesis import strategies as st
from recorded import (
    ASKED,
    FLOW,
    IN,
    OUT,
    PASSWORD,
    SIGN_IN,
    TEXT,
    WALK,
    record,
    step,
)

from flowengine.errors import CassetteError
from flowengine.replay import PLAIN_MEMBERS, Cassette, Recorder, Step, replay


def test_cassette_is_read_by_people() -> None:
    """A cassette names events, calls and outcomes, and shows which secrets belong together without showing them."""
    assert record(*WALK).to_yaml() == TEXT


def test_cassette_comes_back_as_it_was_written() -> None:
    """Recorder, text and cassette are three forms of one walk."""
    cassette = record(*WALK)
    assert Cassette.from_yaml(cassette.to_yaml()) == cassette
    assert Cassette.from_yaml(TEXT.encode()) == cassette
    assert (cassette.flow, cassette.fingerprint) == ("standard", FLOW.fingerprint)


def test_nothing_recorded_is_a_cassette() -> None:
    """A walk that has not begun goes as recorded."""
    cassette = record()
    assert Cassette.from_yaml(cassette.to_yaml()) == cassette
    result = replay(cassette, FLOW)
    assert (result.ok, result.steps, result.final) == (True, 0, OUT)


def test_same_secret_has_the_same_placeholder() -> None:
    """Wherever a secret turns up again, in whatever member, it is known by its first name."""
    first = step("sign_in", "X", OUT, OUT, inputs={"password": "one", "again": "one", "other": "two"})
    second = step("sign_in", "X", OUT, OUT, inputs={"code": "two", "password": "three", "newPassword": "four"})
    assert [dict(recorded.inputs) for recorded in record(first, second).steps] == [
        {"password": "<password-1>", "again": "<password-1>", "other": "<other-1>"},
        {"code": "<other-1>", "password": "<password-2>", "newPassword": "<new-password-1>"},
    ]


def test_steps_keep_no_secrets_in_sight() -> None:
    """A step that carries secrets shows none of them, and neither does a recorder."""
    recorder = Recorder(FLOW)
    recorder.record(SIGN_IN)
    for secret in (PASSWORD, "SECRET-SESSION", "ann"):
        assert secret not in repr(SIGN_IN)
        assert secret not in repr(recorder)


def texts(value: object) -> Iterator[str]:
    """Return every text in a value, but for the names of members."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


secrets = st.text(min_size=1).map(lambda text: f"secret {text}")
members = st.sampled_from(["Session", "PASSWORD", "custom:team", "UserAttributes", "code", "Value", "a-1", "a"])


def trees(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mappings of lists and mappings of such leaves."""
    branches = st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(members, inner, max_size=3),
        max_leaves=6,
    )
    return st.dictionaries(members, branches, max_size=4)


inputs = trees(secrets | st.booleans() | st.none())
payloads = trees(secrets | st.integers(0, 10**6) | st.booleans() | st.none())
steps = st.builds(
    step,
    st.sampled_from(["sign_in", "answer"]),
    st.sampled_from(["TOKENS", "SMS_MFA", "ANSWER_LOST"]),
    st.just(OUT),
    st.sampled_from([OUT, ASKED, IN]),
    inputs=inputs,
    operation=st.sampled_from(["InitiateAuth", None]),
    request=payloads,
    answer=payloads | st.none(),
    at=st.floats(1_000, 2_000),
)
walks = st.lists(steps, max_size=4)


@given(walks)
def test_no_secret_survives(walk: list[Step]) -> None:
    """Of all that was sent and answered, not one text is left in a cassette."""
    written = record(*walk).to_yaml()
    assert "secret" not in written
    for recorded in record(*walk).steps:
        for text in (*texts(recorded.inputs), *texts({**recorded.call, "operation": None})):
            assert text.startswith("<")
            assert text.endswith(">")


@given(walks)
def test_placeholders_and_secrets_belong_together(walk: list[Step]) -> None:
    """Two texts are equal in a cassette exactly if they were equal in the walk."""
    recorded = record(*walk).steps
    before: list[str] = []
    after: list[str] = []
    for one, kept in zip(walk, recorded, strict=True):
        before += texts([one.inputs, *([one.request, one.answer] if one.operation else [])])
        after += texts([kept.inputs, kept.call.get("request"), kept.call.get("answer")])
    assert len(before) == len(after)
    assert len(set(before)) == len(set(after)) == len(set(zip(before, after, strict=True)))


@given(walks)
def test_any_walk_comes_back_as_it_was_written(walk: list[Step]) -> None:
    """Writing and reading a cassette loses nothing."""
    cassette = record(*walk)
    assert Cassette.from_yaml(cassette.to_yaml()) == cassette


@pytest.mark.parametrize("member", sorted(PLAIN_MEMBERS))
def test_plain_members_stay_readable(member: str) -> None:
    """The members on the list keep their texts."""
    call = {"request": {member: "plain"}, "answer": {"of": [{member: "plain"}]}}
    (recorded,) = record(step("sign_in", "X", OUT, OUT, operation="InitiateAuth", **call)).steps
    assert recorded.call == {"operation": "InitiateAuth", **call}


@pytest.mark.parametrize("member", sorted(PLAIN_MEMBERS))
def test_nothing_that_was_typed_is_recorded(member: str) -> None:
    """Of inputs, which an application names as it likes, no text and no number stays, whatever the member's name."""
    typed = {"paper": {member: "typed", "pin": 4711, "ratio": 0.5, "known": True, "parts": [4711, None]}}
    (recorded,) = record(step("sign_in", "X", OUT, OUT, inputs=typed)).steps
    (text, pin, ratio, known, parts) = recorded.inputs["paper"].values()
    assert text.startswith("<")
    assert (pin, ratio, known, parts) == ("<pin-1>", "<ratio-1>", True, ["<pin-1>", None])


def test_numbers_of_a_call_come_back() -> None:
    """Whole numbers and truths of a call stay as they are; what YAML would change becomes a placeholder."""
    answer = {"ExpiresIn": 3600, "UserConfirmed": False, "ratio": 0.5, "raw": b"secret", "nothing": None}
    cassette = record(step("sign_in", "X", OUT, OUT, operation="InitiateAuth", answer=answer))
    kept = {**answer, "ratio": "<ratio-1>", "raw": "<raw-1>"}
    assert cassette.steps[0].call["answer"] == kept
    assert Cassette.from_yaml(cassette.to_yaml()) == cassette


def test_metadata_of_answers_is_not_recorded() -> None:
    """Ids of requests are no part of a walk."""
    assert "ResponseMetadata" not in record(SIGN_IN).to_yaml()


def test_plain_members_are_no_secrets() -> None:
    """No member that keeps its text is one that the service model calls sensitive."""
    model = botocore.session.get_session().get_service_model("cognito-idp")
    shapes = [model.shape_for(name) for name in model.shape_names]
    sensitive = {
        name
        for shape in shapes
        if isinstance(shape, StructureShape)
        for name, member in shape.members.items()
        if member.metadata.get("sensitive")
    }
    assert {"Password", "AccessToken", "Session"} <= sensitive
    assert not sensitive & PLAIN_MEMBERS


HEAD = "cassette: 1\nflow: a\nfingerprint: b\n"
STEP = "{event: sign_in, outcome: X, to: signed_out"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "c.yaml:1:1: the file is empty [empty]\n    hint: a spec starts with: flowengine: 1"),
        (b"\xff", "c.yaml:1:1: the file is not UTF-8 text [not-text]\n    hint: save it as UTF-8"),
        ("hello", "c.yaml:1:1: expected a mapping"),
        ("[]", "c.yaml:1:1: expected a mapping"),
        ("a: 1", "c.yaml:1:1: this is no cassette of format 1"),
        ("cassette: 2", "c.yaml:1:1: this is no cassette of format 1"),
        ("cassette: true", "c.yaml:1:1: this is no cassette of format 1"),
        (HEAD, "c.yaml:1:1: a cassette has a list of steps"),
        (f"{HEAD}steps: x", "c.yaml:1:1: a cassette has a list of steps"),
        ("cassette: 1\nsteps: []", "c.yaml:1:1: flow: expected a text"),
        ("cassette: 1\nflow: 1\nsteps: []", "c.yaml:2:7: flow: expected a text"),
        ("cassette: 1\nflow: a\nsteps: []", "c.yaml:1:1: fingerprint: expected a text"),
        (f"{HEAD}steps:\n- x", "c.yaml:5:3: expected a mapping"),
        (f"{HEAD}steps:\n- {{event: a, outcome: b}}", "c.yaml:5:3: to: expected a text"),
        (f"{HEAD}steps:\n- {{event: 1, outcome: b, to: c}}", "c.yaml:5:11: event: expected a text"),
        (f"{HEAD}steps:\n- {STEP}, seconds: soon}}", "c.yaml:5:57: seconds: expected a number"),
        (f"{HEAD}steps:\n- {STEP}, seconds: [1]}}", "c.yaml:5:57: seconds: expected a number"),
        (f"{HEAD}flow: c\nsteps: []", ("c.yaml:4:1: 'flow' stands here a second time; the first is on line 2 "
                                      "[duplicate-key]\n    hint: remove one of the two")),
    ],
)  # fmt: skip
def test_what_is_no_cassette_is_refused(text: str | bytes, complaint: str) -> None:
    """A cassette that cannot be read is refused with the place of what is wrong."""
    with pytest.raises(CassetteError) as caught:
        Cassette.from_yaml(text, "c.yaml")
    assert str(caught.value) == complaint


@pytest.mark.parametrize("member", ["call", "inputs"])
@pytest.mark.parametrize("value", ["[]", "x", "5", "null"])
def test_parts_of_a_step_are_mappings(member: str, value: str) -> None:
    """A call or inputs of another shape are refused when they are read, not when they are replayed."""
    with pytest.raises(CassetteError, match=r"^c\.yaml:5:"):
        Cassette.from_yaml(f"{HEAD}steps:\n- {STEP}, {member}: {value}}}", "c.yaml")


@given(st.data())
def test_broken_cassette_is_refused_or_replayed(data: st.DataObject) -> None:
    """A cassette with a slip of the hand is refused, or replayed to its end or to a parting."""
    start = data.draw(st.integers(0, len(TEXT)))
    end = data.draw(st.integers(start, min(len(TEXT), start + 60)))
    middle = data.draw(st.sampled_from(["", "[]", "x", ": ", "\n", "5", "null", "{}"]))
    with suppress(CassetteError):
        cassette = Cassette.from_yaml(TEXT[:start] + middle + TEXT[end:], "c.yaml")
        result = replay(cassette, FLOW)
        assert result.ok is (result.steps == len(cassette.steps))


def test_replaying_loads_no_aws_package() -> None:
    """A cassette is read and replayed without any package of the service, so tests stay fast and offline."""
    program = f"""
import sys
from flowengine import Cassette, load, replay
from flowengine.settings import Mfa, PoolSettings, Verification
pool = PoolSettings(
    verification=Verification(auto_verified_attributes=("email",)), mfa=Mfa(mode="optional", factors=("sms",))
)
print(replay(Cassette.from_yaml({TEXT!r}), load("standard", pool=pool)).ok)
print(sorted({{"aioboto3", "aiobotocore", "aiohttp", "asyncio", "boto3", "botocore"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n[]\n"
