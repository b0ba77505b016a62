"""What a send makes of its inputs before it calls: those that are not valid are refused, in words that quote none."""

from __future__ import annotations

from typing import Any

import pytest
from drivers import (
    EMAIL,
    NAME,
    PASSWORD,
    PHONE,
    VERIFY_EMAIL,
    PausingStore,
    run,
    walk_to,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import flowengine as fe

EMAIL_FLOW = fe.load("standard", pool=fe.PoolSettings(verification=VERIFY_EMAIL))
GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.binary() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner, max_size=3),
    max_leaves=6,
)


def signing_up(**changes: Any) -> dict[str, Any]:
    """Return what a user types into a sign-up form, with changes; None leaves a field out."""
    inputs = {"username": PHONE, "password": PASSWORD, "attributes": {}} | changes
    return {name: value for name, value in inputs.items() if value is not None}


PHONE_HINT = "a phone number in E.164 form, such as +15555550100"
DIGITS_ALONE = "after the + it may have digits alone"


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"username": None}, "username", f"username is missing: expected {PHONE_HINT}"),
        ({"password": None}, "password", "password is missing: expected a password without spaces"),
        ({"nickname": "x"}, "nickname", "unknown field 'nickname'; it takes username, password, attributes"),
        ({"username": ""}, "username", "username is empty"),
        ({"username": "5550100"}, "username", f"username is not {PHONE_HINT}"),
        ({"username": "+1555\n"}, "username", f"username is not {PHONE_HINT}: {DIGITS_ALONE}"),
        (
            {"username": "+1555555010\N{ARABIC-INDIC DIGIT FIVE}"},
            "username",
            f"username is not {PHONE_HINT}: {DIGITS_ALONE}",
        ),
        (
            {"username": "+1555555010"},
            "username",
            "username is no phone number: it is too short for its country code",
        ),
        (
            {"attributes": {"phone_number": "+9995550100"}},
            "attributes.phone_number",
            "attributes.phone_number is no phone number: no country has its country code",
        ),
        ({"username": "+" + "1" * 128}, "username", "username has more than 128 characters"),
        ({"password": "p" * 257}, "password", "password has more than 256 characters"),
        ({"password": "two words"}, "password", "password is not a password without spaces"),
        ({"password": 12345678}, "password", "password must be a text, not int"),
        ({"password": b"12345678"}, "password", "password must be a text, not bytes"),
        ({"password": "Pass\ud800word-1"}, "password", "password is not valid Unicode"),
        ({"attributes": [("name", "Ada")]}, "attributes", "attributes must be a mapping of names to texts, not list"),
        ({"attributes": {1: "Ada"}}, "attributes", "the names in attributes must be texts"),
        ({"attributes": {"name": {"first": "Ada"}}}, "attributes.name", "attributes.name must be a text, not dict"),
        ({"attributes": {"name": ["Ada"]}}, "attributes.name", "attributes.name must be a text, not list"),
        ({"attributes": {"name": None}}, "attributes.name", "attributes.name must be a text, not NoneType"),
        ({"attributes": {"name": ""}}, "attributes.name", "attributes.name is empty"),
        ({"attributes": {"name": "a" * 2049}}, "attributes.name", "attributes.name has more than 2,048 characters"),
        ({"attributes": {"name": "\udfff"}}, "attributes.name", "attributes.name is not valid Unicode"),
        ({"attributes": {"email": "ada"}}, "attributes.email", "attributes.email is not an e-mail address"),
        (
            {"attributes": {"shoe_size": "38"}},
            "attributes.shoe_size",
            "attributes: 'shoe_size' is neither a standard attribute nor a custom: one",
        ),
    ],
)
async def test_invalid_sign_up(changes: dict[str, Any], field: str, message: str) -> None:
    """Each wrong input is named with what is wrong; nothing is called, and nothing changes."""
    walk = await walk_to("signed_out")
    before = await walk.stored()
    with pytest.raises(fe.InputInvalid) as caught:
        await walk.send("sign_up", **signing_up(**changes))
    assert (caught.value.field, str(caught.value)) == (field, f"sign_up: {message}")
    assert await walk.stored() is before
    assert walk.calls == []


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "Aa1!" * 64},
        {"username": "+49" + "1" * 13},
        {"attributes": {"name": "a" * 2048}},
        {"attributes": {"custom:shoe_size": "38"}},
    ],
)
async def test_longest_inputs(changes: dict[str, Any]) -> None:
    """What is just within the limits is sent."""
    walk = await walk_to("signed_out")
    await walk.send("sign_up", **signing_up(**changes))
    assert walk.calls == ["SignUp"]


@pytest.mark.parametrize("name", ["custom:\ud800", "\ud800", "custom:", "custom:" + "x" * 3000])
async def test_invalid_attribute_name(name: str) -> None:
    """A name that no attribute can have is refused before the call, in a text that can be printed."""
    walk = await walk_to("signed_out")
    with pytest.raises(fe.InputInvalid) as caught:
        await walk.send("sign_up", **signing_up(attributes={name: "x"}))
    assert caught.value.field.startswith("attributes")
    assert str(caught.value).encode()
    assert walk.calls == []


@pytest.mark.parametrize(
    ("state", "event", "inputs", "field", "message"),
    [
        ("unconfirmed", "confirm", {}, "code", "confirm: code is missing: expected the code that was sent"),
        ("unconfirmed", "confirm", {"code": "1 2"}, "code", "confirm: code is not the code that was sent"),
        ("unconfirmed", "confirm", {"code": 123456}, "code", "confirm: code must be a text, not int"),
        ("unconfirmed", "confirm", {"code": "1" * 2049}, "code", "confirm: code has more than 2,048 characters"),
        ("unconfirmed", "resend", {"code": "1"}, "code", "resend: unknown field 'code'; it takes no fields"),
        ("confirmed", "sign_in", {"username": PHONE, "password": PASSWORD}, "username",
         "sign_in: unknown field 'username'; it takes password"),
        ("mfa_challenge", "answer", {"code": ""}, "code", "answer: code is empty"),
        ("signed_in", "refresh", {"tokens": {}}, "tokens", "refresh: unknown field 'tokens'; it takes no fields"),
    ],
)  # fmt: skip
async def test_invalid_later_inputs(state: str, event: str, inputs: dict[str, Any], field: str, message: str) -> None:
    """Each event takes its own fields and no others, wherever the walk has come to."""
    walk = await walk_to(state)
    before = await walk.stored()
    with pytest.raises(fe.InputInvalid) as caught:
        await walk.send(event, **inputs)
    assert (caught.value.field, str(caught.value)) == (field, message)
    assert await walk.stored() is before
    assert walk.calls == []


async def test_pool_needs_attribute() -> None:
    """An attribute that this pool must verify is asked for by name."""
    walk = await walk_to("signed_out", EMAIL_FLOW)
    for attributes in ({}, {"name": "Ada"}):
        with pytest.raises(fe.InputInvalid) as caught:
            await walk.send("sign_up", username=NAME, password=PASSWORD, attributes=attributes)
        assert str(caught.value) == "sign_up: attributes.email is missing: expected an e-mail address"
        assert caught.value.field == "attributes.email"
    with pytest.raises(fe.InputInvalid) as caught:
        await walk.send("sign_up", username=NAME, password=PASSWORD)
    assert str(caught.value) == "sign_up: attributes is missing: expected user attributes"


async def test_needed_attribute_depends_on_username() -> None:
    """Where either contact is the username and both are verified, the other one is needed beside it."""
    contacts = ("email", "phone_number")
    pool = fe.PoolSettings(
        sign_in=fe.SignIn(username_attributes=contacts),
        verification=fe.Verification(auto_verified_attributes=contacts),
    )
    walk = await walk_to("signed_out", fe.load("standard", pool=pool))
    for username, needed in ((PHONE, "email"), (EMAIL, "phone_number")):
        with pytest.raises(fe.InputInvalid) as caught:
            await walk.send("sign_up", username=username, password=PASSWORD)
        assert str(caught.value) == f"sign_up: attributes: this pool needs {needed!r} at sign-up"
        assert caught.value.field == f"attributes.{needed}"


async def test_username_may_not_be_alias() -> None:
    """Where an e-mail address is an alias, it is refused as the username."""
    pool = fe.PoolSettings(sign_in=fe.SignIn(alias_attributes=("email",)), verification=VERIFY_EMAIL)
    walk = await walk_to("signed_out", fe.load("standard", pool=pool))
    with pytest.raises(fe.InputInvalid) as caught:
        await walk.send("sign_up", username=EMAIL, password=PASSWORD, attributes={"email": EMAIL})
    assert str(caught.value) == (
        "sign_up: username: it may not be an e-mail address, since email is an alias in this pool"
    )
    assert caught.value.field == "username"


@settings(deadline=None)
@given(
    username=GARBAGE,
    password=GARBAGE,
    attributes=GARBAGE | st.dictionaries(st.sampled_from(["email", "name", "custom:x"]), GARBAGE),
)
async def test_garbage_is_refused_or_sent(username: Any, password: Any, attributes: Any) -> None:
    """Whatever is typed, the session goes on: it is refused as invalid without a call, or sent."""
    walk = await walk_to("signed_out")
    try:
        await walk.send("sign_up", username=username, password=password, attributes=attributes)
    except fe.InputInvalid:
        assert walk.calls == []
    assert (await walk.finish()).state == "signed_in"


@settings(deadline=None)
@given(
    value=st.text(min_size=1).map("unlikely-{}".format), field=st.sampled_from(["username", "password", "attributes"])
)
async def test_values_are_never_quoted(value: str, field: str) -> None:
    """No error about an input says what was typed."""
    walk = await walk_to("signed_out")
    wrong: Any = {"email": value} if field == "attributes" else value if field == "username" else value + " \ud800"
    with pytest.raises(fe.InputInvalid) as caught:
        await walk.send("sign_up", **signing_up(**{field: wrong}))
    assert "unlikely-" not in str(caught.value)


def test_inputs_are_copied() -> None:
    """What the caller changes while the session is being claimed is not what is sent."""
    walk = run(walk_to("signed_out", EMAIL_FLOW, store=PausingStore()))
    attributes = {"email": EMAIL}
    sending = walk.engine.send(walk.id, "sign_up", username=NAME, password=PASSWORD, attributes=attributes)
    while run(walk.stored()).claim is None:
        sending.send(None)
    attributes["email"] = "eve@example.org"
    run(sending)
    assert walk.simulator.outbox[-1].destination == EMAIL
