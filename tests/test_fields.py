"""Holding what a caller sent against the fields of an event."""

from __future__ import annotations

import math
from typing import Any

import pytest

from flowengine.errors import InputInvalid
from flowengine.fields import Field, check_inputs

CODE = Field("code", secret=True, pattern=r"[0-9]{6}", hint="six digits")
PLAIN = Field("name")
SPARE = Field("spare", required=False)
CHOICE = Field("answer", choices=("A", "B"))
SHORT = Field("note", max_length=3)
UNHINTED = Field("word", pattern="[a-z]+")
ATTRIBUTES = Field(
    "attributes",
    kind="attributes",
    members=(Field("email", pattern="[^@]+@[^@]+", hint="an e-mail address"), Field("nickname", required=False)),
)
DEVICE = Field("device", kind="object", members=(Field("key"), Field("password", secret=True)))
CREDENTIAL = Field("credential", kind="object", max_length=30, secret=True)


def refusal(entry: Field, **inputs: Any) -> tuple[str, str]:
    """Return what is said of inputs that a field does not accept, and the field that is blamed."""
    with pytest.raises(InputInvalid) as caught:
        check_inputs("go", (entry,), inputs)
    return str(caught.value), caught.value.field


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        (CODE, "123456"),
        (PLAIN, "é漢"),
        (PLAIN, "x" * 2048),
        (CHOICE, "B"),
        (SHORT, "abc"),
        (ATTRIBUTES, {"email": "ann@example.org"}),
        (ATTRIBUTES, {"email": "ann@example.org", "nickname": "x", "custom:team": "y"}),
        (DEVICE, {"key": "k", "password": "p"}),
        (CREDENTIAL, {"id": "abc", "n": [1, None]}),
        (CREDENTIAL, {}),
    ],
)
def test_good_input_passes(entry: Field, value: object) -> None:
    """What a field describes is accepted, and what need not be given may be left out."""
    check_inputs("go", (entry, SPARE), {entry.name: value})


@pytest.mark.parametrize(
    ("entry", "value", "complaint"),
    [
        (CODE, "12345", "go: code is not six digits"),
        (CODE, "1234567", "go: code is not six digits"),
        (CODE, "123456\n", "go: code is not six digits"),
        (CODE, "", "go: code is empty"),
        (CODE, 123456, "go: code must be a text, not int"),
        (CODE, None, "go: code must be a text, not NoneType"),
        (UNHINTED, "A", "go: word has the wrong form"),
        (SHORT, "abcd", "go: note has more than 3 characters"),
        (PLAIN, "x" * 2049, "go: name has more than 2,048 characters"),
        (PLAIN, "\ud800", "go: name is not valid Unicode"),
        (CHOICE, "C", "go: answer is none of A, B"),
        (ATTRIBUTES, "x", "go: attributes must be a mapping of names to texts, not str"),
        (ATTRIBUTES, [], "go: attributes must be a mapping of names to texts, not list"),
        (ATTRIBUTES, {1: "x"}, "go: the names in attributes must be texts"),
        (ATTRIBUTES, {"\ud800": "x"}, "go: the names in attributes must be texts"),
        (DEVICE, "k", "go: device must be an object, not str"),
        (DEVICE, {"key": "k", "password": "p", "x": "y"}, "go: device has no member 'x'"),
        (DEVICE, {"key": "k", "password": "p", 1: "y"}, "go: device has no member '1'"),
        (CREDENTIAL, {"id": "x" * 30}, "go: credential has more than 30 characters"),
        (CREDENTIAL, {"id": object()}, "go: credential is no JSON object"),
        (CREDENTIAL, {("a",): 1}, "go: credential is no JSON object"),
        (CREDENTIAL, {1: "x"}, "go: credential is no JSON object"),
        (CREDENTIAL, {"id": math.nan}, "go: credential is no JSON object"),
        (CREDENTIAL, {"id": math.inf}, "go: credential is no JSON object"),
        (CREDENTIAL, {"id": "\ud800"}, "go: credential is no JSON object"),
    ],
)
def test_bad_input_is_refused(entry: Field, value: object, complaint: str) -> None:
    """A value of another type or outside its limits is refused in words that do not quote it."""
    assert refusal(entry, **{entry.name: value}) == (complaint, entry.name)


@pytest.mark.parametrize(
    ("entry", "value", "complaint", "field"),
    [
        (ATTRIBUTES, {}, "go: attributes.email is missing: expected an e-mail address", "attributes.email"),
        (ATTRIBUTES, {"email": "ann"}, "go: attributes.email is not an e-mail address", "attributes.email"),
        (
            ATTRIBUTES,
            {"email": "a@b", "custom:team": 1},
            "go: attributes.custom:team must be a text, not int",
            "attributes.custom:team",
        ),
        (DEVICE, {"key": "k"}, "go: device.password is missing", "device.password"),
        (DEVICE, {"key": "", "password": "p"}, "go: device.key is empty", "device.key"),
    ],
)
def test_bad_member_is_named(entry: Field, value: object, complaint: str, field: str) -> None:
    """A complaint about a part of a field says which part."""
    assert refusal(entry, **{entry.name: value}) == (complaint, field)


def test_missing_field_says_what_is_expected() -> None:
    """A field that is not there is named, with its hint if it has one."""
    assert refusal(CODE) == ("go: code is missing: expected six digits", "code")
    assert refusal(PLAIN) == ("go: name is missing", "name")


def test_unknown_field_lists_the_known_ones() -> None:
    """A field that the event does not take is named beside those that it takes."""
    assert refusal(CODE, cod="x") == ("go: unknown field 'cod'; it takes code", "cod")
    with pytest.raises(InputInvalid, match=r"^go: unknown field 'x'; it takes no fields$"):
        check_inputs("go", (), {"x": "y"})


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        (CODE, "SECRET"),
        (SHORT, "SECRET"),
        (CHOICE, "SECRET"),
        (ATTRIBUTES, {"email": "SECRET"}),
        (CREDENTIAL, {"SECRET": "SECRET" * 10}),
        (DEVICE, {"key": 1, "password": "SECRET"}),
    ],
)
def test_complaints_never_quote(entry: Field, value: object) -> None:
    """Whatever is wrong with an input, its value is not told."""
    complaint, field = refusal(entry, **{entry.name: value})
    assert "SECRET" not in complaint + field
