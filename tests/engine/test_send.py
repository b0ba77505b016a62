"""What a send refuses before it calls, which sessions it finds, and what it makes of answers nobody predicted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from drivers import (
    EMAIL,
    NAME,
    PASSWORD,
    PHONE,
    PHONE_FLOW,
    VERIFY_EMAIL,
    VERIFY_PHONE,
    PausingStore,
    StallingStore,
    Walk,
    chained_flow,
    run,
    walk_to,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import flowengine as fe
from flowengine.errors import CognitoRefusal
from flowengine.replay import Step

EMAIL_FLOW = fe.load("standard", pool=fe.PoolSettings(verification=VERIFY_EMAIL))
MFA_OFF = fe.load("standard", pool=fe.PoolSettings(verification=VERIFY_PHONE))
SMS_CHALLENGE = {"ChallengeName": "SMS_MFA", "Session": "s" * 40, "ChallengeParameters": {"USER_ID_FOR_SRP": "u"}}
AUTHENTICATION = {
    "AuthenticationResult": {"AccessToken": "a", "IdToken": "i", "RefreshToken": "r", "ExpiresIn": 3600},
    "ChallengeParameters": {},
}

GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.binary() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner, max_size=3),
    max_leaves=6,
)


def signing_up(**changes: Any) -> dict[str, Any]:
    """Return what a user types into a sign-up form, with changes; None leaves a field out."""
    inputs = {"username": PHONE, "password": PASSWORD, "attributes": {}} | changes
    return {name: value for name, value in inputs.items() if value is not None}


# events that are not accepted


@pytest.mark.parametrize("event", ["confirm", "expire", "to_signed_in", "sign_up ", "", "answer"])
async def test_event_not_accepted(event: str) -> None:
    """An event that the position does not take is refused with those that it does, and nothing happens."""
    walk = await walk_to("signed_out")
    before = await walk.stored()
    with pytest.raises(fe.EventNotAccepted) as caught:
        await walk.send(event)
    assert str(caught.value) == f"signed_out does not accept {event!r}; it accepts sign_up, sign_in, forgot_password"
    assert await walk.stored() is before
    assert walk.calls == []


async def test_event_of_another_position() -> None:
    """The code for sign-up is not taken where the sign-in code is waited for."""
    walk = await walk_to("mfa_challenge")
    with pytest.raises(fe.EventNotAccepted) as caught:
        await walk.send("confirm", code=walk.code)
    assert str(caught.value) == "mfa_challenge does not accept 'confirm'; it accepts answer, sign_in"


async def test_event_excluded_by_pool() -> None:
    """Where MFA is required, nobody can switch it off."""
    walk = await walk_to("signed_in")
    with pytest.raises(fe.EventNotAccepted) as caught:
        await walk.send("disable_sms_mfa")
    assert (
        str(caught.value) == "signed_in does not accept 'disable_sms_mfa'; it accepts enable_sms_mfa, refresh, sign_out"
    )


# inputs that are not valid

PHONE_HINT = "a phone number in E.164 form, such as +15555550100"


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"username": None}, "username", f"username is missing: expected {PHONE_HINT}"),
        ({"password": None}, "password", "password is missing: expected a password without spaces"),
        ({"nickname": "x"}, "nickname", "unknown field 'nickname'; it takes username, password, attributes"),
        ({"username": ""}, "username", "username is empty"),
        ({"username": "5550100"}, "username", f"username is not {PHONE_HINT}"),
        ({"username": "+1555\n"}, "username", f"username is not {PHONE_HINT}"),
        ({"username": "+1555555010\N{ARABIC-INDIC DIGIT FIVE}"}, "username", f"username is not {PHONE_HINT}"),
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
        {"username": "+" + "1" * 15},
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


# sessions


@pytest.mark.parametrize("method", ["send", "get", "end"])
@pytest.mark.parametrize(
    ("session_id", "message"),
    [
        ("unknown", "no session has this id; it may have been ended"),
        ("", "no session has this id; it may have been ended"),
        ("\ud800", "no session has this id; it may have been ended"),
        (None, "a session id is a text"),
        (7, "a session id is a text"),
        (b"unknown", "a session id is a text"),
    ],
)
async def test_unknown_session(method: str, session_id: Any, message: str) -> None:
    """An id that no session has is not found, whatever it is made of, and it is not quoted."""
    walk = await walk_to("signed_out")
    with pytest.raises(fe.SessionNotFound) as caught:
        await getattr(walk.engine, method)(session_id, *(["resend"] if method == "send" else []))
    assert str(caught.value) == message


async def test_ended_session() -> None:
    """An ended session is gone, from the store as well."""
    walk = await walk_to("unconfirmed")
    session = await walk.stored()
    await walk.engine.end(walk.id)
    for operation in (walk.get(), walk.send("resend"), walk.engine.end(walk.id)):
        with pytest.raises(fe.SessionNotFound):
            await operation
    assert await walk.store.get(session.key) is None
    assert walk.calls == []


async def test_session_of_another_flow() -> None:
    """In a store that flows share, none touches the other's sessions."""
    walk = await walk_to("unconfirmed")
    before = await walk.stored()
    other = Walk(MFA_OFF, store=walk.store)
    for operation in (other.engine.get(walk.id), other.engine.send(walk.id, "resend"), other.engine.end(walk.id)):
        with pytest.raises(fe.SessionConflict) as caught:
            await operation
        assert str(caught.value) == "the session walks another flow, or another version of standard"
    assert await walk.stored() is before
    assert other.calls == []


async def test_flow_without_pool() -> None:
    """A flow for any pool can be loaded and not run."""
    simulator = fe.Simulator(fe.PoolSettings())
    with pytest.raises(fe.PoolMissing) as caught:
        fe.Engine(fe.load("standard"), simulator.cognito())
    assert str(caught.value) == "standard declares no pool: load it with pool=PoolSettings(...) to run it"


async def test_sessions_do_not_meet() -> None:
    """Two sessions of one engine have ids and states of their own."""
    walk = await walk_to("unconfirmed")
    other = await walk.engine.start()
    assert other.id != walk.id
    assert (other.state, (await walk.get()).state) == ("signed_out", "unconfirmed")


async def test_ids_are_made_by_caller() -> None:
    """An application can make the ids itself."""
    simulator = fe.Simulator(MFA_OFF.pool or fe.PoolSettings())
    engine = fe.Engine(MFA_OFF, simulator.cognito(), new_id=lambda: "session-1")
    assert (await engine.start()).id == "session-1"
    assert (await engine.get("session-1")).state == "signed_out"


async def test_closed_engine() -> None:
    """A closed engine starts nothing and sends nothing."""
    walk = await walk_to("unconfirmed")
    await walk.engine.close()
    for operation in (walk.engine.start(), walk.send("resend")):
        with pytest.raises(fe.FlowEngineError, match=r"^the engine is closed$"):
            await operation
    assert walk.calls == []


async def test_close_waits_for_call() -> None:
    """Closing lets a call that is under way end and commit."""
    walk = await walk_to("unconfirmed")
    walk.line.hold()
    sending = asyncio.create_task(walk.send("resend"))
    await walk.line.entered.wait()
    closing = asyncio.create_task(walk.engine.close())
    await asyncio.sleep(0)
    assert not closing.done()
    walk.line.release()
    await closing
    assert (await walk.stored()).claim is None
    assert (await sending).error is None


async def test_close_stops_send_that_still_reads() -> None:
    """A send that was reading its session when the engine closed calls nothing after `close` has returned."""
    store = StallingStore()
    walk = await walk_to("unconfirmed", store=store)
    store.stall()
    sending = asyncio.create_task(walk.send("resend"))
    await store.stalled.wait()
    closing = asyncio.create_task(walk.engine.close())
    for _ in range(5):
        await asyncio.sleep(0)
    closed_early = closing.done()
    store.release()
    await asyncio.gather(sending, closing, return_exceptions=True)
    assert not (closed_early and walk.calls)


# answers that nobody predicted


async def test_challenge_that_pool_excludes() -> None:
    """A challenge that cannot come from this pool moves nothing, and says where to look."""
    walk = await walk_to("confirmed", MFA_OFF, username=NAME, attributes={"phone_number": PHONE})
    walk.line.answers.append(SMS_CHALLENGE)
    snapshot = await walk.send("sign_in", password=PASSWORD)
    assert (snapshot.state, snapshot.pending, snapshot.delivery) == ("confirmed", None, None)
    assert snapshot.error == fe.Error(
        "SMS_MFA",
        retryable=False,
        message="SMS_MFA (these pool settings exclude it: does the pool match the flow?)",
    )
    assert (await walk.send("sign_in", password=PASSWORD)).state == "signed_in"


async def test_tokens_that_pool_excludes() -> None:
    """Tokens without the second factor that the flow requires sign nobody in, and are dropped."""
    walk = await walk_to("confirmed")
    walk.line.answers.append(AUTHENTICATION)
    snapshot = await walk.send("sign_in", password=PASSWORD)
    assert (snapshot.state, snapshot.tokens) == ("confirmed", None)
    assert snapshot.error is not None
    assert (snapshot.error.code, snapshot.error.retryable) == ("TOKENS", False)
    assert "tokens" not in (await walk.stored()).facts


async def test_unknown_challenge() -> None:
    """A challenge that nothing here can answer is named, and leaves the user signed out."""
    walk = await walk_to("confirmed")
    walk.line.answers.append({"ChallengeName": "DANCE_A_JIG", "Session": "s" * 40, "ChallengeParameters": {}})
    snapshot = await walk.send("sign_in", password=PASSWORD)
    assert (snapshot.state, snapshot.pending) == ("signed_out", None)
    assert snapshot.error == fe.Error(
        "UNKNOWN_CHALLENGE",
        retryable=False,
        message="Cognito asks for DANCE_A_JIG, which this flow cannot answer.",
    )


async def test_user_without_phone() -> None:
    """A user who cannot have the second factor that is required is told which challenge stands in the way."""
    mfa = fe.Mfa(mode="required", factors=("sms",))
    flow = fe.load("standard", pool=fe.PoolSettings(verification=VERIFY_EMAIL, mfa=mfa))
    walk = await walk_to("signed_out", flow)
    walk.simulator.handle(
        "SignUp",
        {
            "ClientId": walk.simulator.client_id,
            "Username": NAME,
            "Password": PASSWORD,
            "UserAttributes": [{"Name": "email", "Value": EMAIL}],
        },
    )
    await walk.send("sign_in", username=NAME, password=PASSWORD)
    await walk.send("confirm", code=walk.code)
    snapshot = await walk.send("sign_in", password=PASSWORD)
    assert (snapshot.state, snapshot.pending) == ("mfa_setup", "MFA_SETUP")
    assert snapshot.parameters == {"choices": ("SMS_MFA",)}
    assert list(snapshot.accepts) == ["sign_in"]


@pytest.mark.parametrize(
    ("state", "event", "inputs"),
    [
        ("signed_out", "sign_up", signing_up()),
        ("unconfirmed", "resend", {}),
        ("confirmed", "sign_in", {"password": PASSWORD}),
        ("mfa_challenge", "answer", {"code": "123456"}),
        ("signed_in", "refresh", {}),
    ],
)
async def test_unknown_exception(state: str, event: str, inputs: dict[str, Any]) -> None:
    """An exception of tomorrow's Cognito keeps the position and is passed on by name."""
    walk = await walk_to(state)
    walk.line.answers.append(CognitoRefusal("BrandNewException", "Not today."))
    snapshot = await walk.send(event, **inputs)
    assert snapshot.state == state
    assert snapshot.error == fe.Error(
        "BrandNewException",
        retryable=False,
        message="Not today. (these pool settings exclude it: does the pool match the flow?)",
    )
    assert (await walk.finish()).state == "signed_in"


async def test_second_challenge_in_place_of_tokens() -> None:
    """A challenge after a challenge, which no pool of this kind poses, keeps the walk where it can go on."""
    walk = await walk_to("mfa_challenge")
    walk.line.answers.append(SMS_CHALLENGE)
    snapshot = await walk.send("answer", code=walk.code)
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("mfa_challenge", "SMS_MFA")
    assert (await walk.send("answer", code=walk.code)).state == "signed_in"


@pytest.mark.parametrize("answer", [{}, {"ChallengeName": "SMS_MFA"}])
async def test_answer_with_too_little_in_it(answer: Mapping[str, Any]) -> None:
    """An answer without what the next call needs does not lead to where that call would be made."""
    walk = await walk_to("confirmed")
    walk.line.answers.append(answer)
    await walk.send("sign_in", password=PASSWORD)
    assert (await walk.finish()).state == "signed_in"


async def test_refusal_does_not_repeat_what_was_typed() -> None:
    """What Cognito quotes of a request is blanked out of the error."""
    walk = await walk_to("signed_out")
    quoting = f"1 validation error detected: Value '{PASSWORD}' at 'password' of '{PHONE}' failed"
    walk.line.answers.append(CognitoRefusal("InvalidParameterException", quoting))
    snapshot = await walk.sign_up()
    assert snapshot.error == fe.Error(
        "InvalidParameterException",
        retryable=True,
        message="1 validation error detected: Value '***' at 'password' of '***' failed",
    )


async def test_refusal_with_one_input_in_another() -> None:
    """Where the password begins with the username, nothing of the password is left over."""
    walk = await walk_to("signed_out", EMAIL_FLOW)
    password = NAME + PASSWORD
    walk.line.answers.append(CognitoRefusal("InvalidParameterException", f"{password} of {NAME} is bad"))
    snapshot = await walk.send("sign_in", username=NAME, password=password)
    assert snapshot.error is not None
    assert snapshot.error.message == "*** of *** is bad"


async def test_refusal_keeps_names() -> None:
    """What is no value of the user's, such as an attribute's name, stays in the error, or nobody understands it."""
    walk = await walk_to("signed_out", EMAIL_FLOW)
    snapshot = await walk.send("sign_up", username=NAME, password=PASSWORD, attributes={"email": "ada@example..com"})
    assert snapshot.error is not None
    assert snapshot.error.message == "Invalid email address format."


# who looks on


async def test_steps_are_told_in_order() -> None:
    """An observer is told of each step with its event, its call and where it led."""
    walk = await walk_to("signed_out")
    steps: list[Step] = []
    walk.engine = fe.Engine(walk.flow, walk.line, store=walk.store, clock=walk.clock, on_step=steps.append)
    await walk.sign_up()
    await walk.send("confirm", code="no-code")
    assert [(step.event, step.operation, step.outcome, str(step.source), str(step.target)) for step in steps] == [
        ("sign_up", "SignUp", "UNCONFIRMED", "signed_out", "unconfirmed"),
        ("confirm", "ConfirmSignUp", "CodeMismatchException", "unconfirmed", "unconfirmed"),
    ]
    assert [step.at for step in steps] == [walk.clock.now()] * 2
    assert steps[0].answer is not None
    assert steps[1].answer is None


@pytest.mark.parametrize("event", ["confirm", "confirm_and_sign_in"])
async def test_observer_that_fails(tmp_path: Path, event: str) -> None:
    """An observer that raises is heard by the sender, and leaves a committed session that can go on at once."""

    def fail(_step: Step) -> None:
        raise ArithmeticError

    walk = await walk_to("unconfirmed", chained_flow(tmp_path))
    engine = fe.Engine(walk.flow, walk.line, store=walk.store, clock=walk.clock, on_step=fail)
    password = {"password": PASSWORD} if event == "confirm_and_sign_in" else {}
    with pytest.raises(ArithmeticError):
        await engine.send(walk.id, event, code=walk.code, **password)
    assert (await walk.stored()).claim is None
    assert (await walk.get()).state in {"confirmed", "mfa_challenge"}
    assert (await walk.finish()).state == "signed_in"


async def test_engine_without_observer() -> None:
    """Nobody has to look on."""
    walk = await walk_to("unconfirmed")
    engine = fe.Engine(walk.flow, walk.line, store=walk.store, clock=walk.clock)
    assert (await engine.send(walk.id, "resend")).error is None


async def test_repr_of_engine() -> None:
    """The repr says which flow an engine runs."""
    walk = await walk_to("signed_out")
    assert repr(walk.engine) == f"<Engine of phone-sms-mfa {PHONE_FLOW.fingerprint}>"
