"""Trouble on the way: lost answers are told and survived, throttling and refused connections are tried again."""

from __future__ import annotations

import contextlib
from typing import Any, Literal

import pytest
from drivers import NAME, OPTIONAL_MFA, PASSWORD, PHONE, Walk, walk_to
from hypothesis import given, settings
from hypothesis import strategies as st

import flowengine as fe

Fault = Literal["throttled", "lost_before", "lost_after", "unreachable"]

OPTIONAL = fe.load("standard", pool=OPTIONAL_MFA)

EVERY_ACTION = [
    ("signed_out", "sign_up", "SignUp"),
    ("signed_out", "sign_in", "InitiateAuth"),
    ("unconfirmed", "confirm", "ConfirmSignUp"),
    ("unconfirmed", "resend", "ResendConfirmationCode"),
    ("confirmed", "sign_in", "InitiateAuth"),
    ("mfa_challenge", "answer", "RespondToAuthChallenge"),
    ("mfa_challenge", "sign_in", "InitiateAuth"),
    ("signed_in", "enable_sms_mfa", "SetUserMFAPreference"),
    ("signed_in", "refresh", "GetTokensFromRefreshToken"),
    ("signed_in", "sign_out", "GlobalSignOut"),
]
LOST = {
    "sign_up": "The user may exist by now. Sign in: an unconfirmed user is told so, and can ask for a new code.",
    "confirm": "The user may be confirmed by now. Send the same code again: a confirmed user is told so.",
    "resend": "A new code may be on its way, and then the older one is void.",
    "sign_in": "Nothing has changed but that a code may be on its way. Sign in again.",
    "answer": "The challenge may be spent. Sign in again.",
    "enable_sms_mfa": "The preference may be set by now. Send it again.",
    "refresh": "New tokens may have been issued. Refresh again.",
    "sign_out": "The tokens may be revoked by now. Sign out again.",
}


def inputs_of(walk: Walk, state: str, event: str) -> dict[str, Any]:
    """Return what the user types for an event."""
    if event in {"confirm", "answer"}:
        return {"code": walk.code}
    named = {"username": PHONE} if state == "signed_out" else {}
    return {"password": PASSWORD} | named if event in {"sign_up", "sign_in"} else {}


@pytest.mark.parametrize("fault", ["lost_before", "lost_after"])
@pytest.mark.parametrize(("state", "event", "operation"), EVERY_ACTION)
async def test_lost_answer(state: str, event: str, operation: str, fault: Fault) -> None:
    """A lost answer is one call and an error; only a spent challenge moves the user, and nobody is stuck."""
    walk = await walk_to(state)
    walk.simulator.fail_next(fault, operation)
    snapshot = await walk.send(event, **inputs_of(walk, state, event))
    assert walk.calls == [operation]
    assert snapshot.state == ("signed_out" if event == "answer" else state)
    assert snapshot.error == fe.Error("ANSWER_LOST", retryable=event != "answer", message=LOST[event])
    assert (await walk.finish()).state == "signed_in"


@pytest.mark.parametrize(("event", "next_error"), [("sign_up", "UsernameExistsException"), ("sign_in", None)])
async def test_sign_up_that_took_effect(event: str, next_error: str | None) -> None:
    """After a lost sign-up, signing up again tells of the user, and signing in leads to confirmation."""
    walk = await walk_to("signed_out")
    walk.simulator.fail_next("lost_after")
    await walk.sign_up()
    snapshot = await walk.send(event, username=PHONE, password=PASSWORD)
    if next_error is None:
        assert snapshot.state == "unconfirmed"
    else:
        assert (snapshot.state, snapshot.error and snapshot.error.code) == ("signed_out", next_error)


@pytest.mark.parametrize("event", ["confirm", "resend"])
async def test_confirmation_that_took_effect(event: str) -> None:
    """After a lost confirmation, the same code and a new one alike find the user confirmed."""
    walk = await walk_to("unconfirmed")
    walk.simulator.fail_next("lost_after")
    await walk.send("confirm", code=walk.code)
    snapshot = await walk.send(event, **inputs_of(walk, "unconfirmed", event))
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("confirmed", "ALREADY_CONFIRMED")


async def test_resend_that_took_effect() -> None:
    """After a lost resend the code that arrived works, and the older one does not."""
    walk = await walk_to("unconfirmed")
    old = walk.code
    walk.simulator.fail_next("lost_after")
    await walk.send("resend")
    assert walk.code != old
    assert (await walk.send("confirm", code=old)).state == "unconfirmed"
    assert (await walk.send("confirm", code=walk.code)).state == "confirmed"


async def test_sign_out_that_took_effect() -> None:
    """After a lost sign-out, signing out again finds the tokens revoked."""
    walk = await walk_to("signed_in")
    walk.simulator.fail_next("lost_after")
    assert (await walk.send("sign_out")).state == "signed_in"
    snapshot = await walk.send("sign_out")
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("signed_out", "ACCESS_TOKEN_REVOKED")


@pytest.mark.parametrize("fault", ["lost_before", "lost_after"])
async def test_preference_is_sent_again(fault: Fault) -> None:
    """After a lost MFA preference the same event brings it about, whether or not it was set."""
    walk = await walk_to("signed_in", OPTIONAL, username=NAME, attributes={"phone_number": PHONE})
    for event, challenged in (("enable_sms_mfa", True), ("disable_sms_mfa", False)):
        walk.simulator.fail_next(fault)
        assert (await walk.send(event)).error is not None
        assert (await walk.send(event)).error is None
        await walk.send("sign_out")
        assert (await walk.go_on()).state == ("mfa_challenge" if challenged else "signed_in")
        assert (await walk.finish()).state == "signed_in"


@pytest.mark.parametrize("fault", ["throttled", "unreachable"])
@pytest.mark.parametrize(("state", "event", "operation"), EVERY_ACTION)
async def test_trouble_once(state: str, event: str, operation: str, fault: Fault) -> None:
    """A call that was throttled or never sent is made again, and takes effect once."""
    walk = await walk_to(state)
    sent, revision = len(walk.simulator.outbox), (await walk.get()).revision
    walk.simulator.fail_next(fault, operation)
    snapshot = await walk.send(event, **inputs_of(walk, state, event))
    unconfirmed_user = (state, event) == ("signed_out", "sign_in")
    assert walk.calls == [operation] * 2
    assert (snapshot.error is None) != unconfirmed_user
    assert snapshot.revision == revision + 2
    assert len(walk.simulator.outbox) - sent == (operation in {"SignUp", "ResendConfirmationCode"}) + (
        operation == "InitiateAuth" and not unconfirmed_user
    )


@pytest.mark.parametrize(("times", "seconds"), [(1, 0.1), (2, 0.5), (3, 0.5)])
async def test_waits_between_tries(times: int, seconds: float) -> None:
    """The second try waits a little, the third one longer, and there is no fourth."""
    walk = await walk_to("unconfirmed")
    start = walk.clock.now()
    for _ in range(times):
        walk.simulator.fail_next("throttled")
    await walk.send("resend")
    assert walk.clock.now() - start == pytest.approx(seconds)
    assert len(walk.calls) == min(times + 1, 3)


@pytest.mark.parametrize(("state", "event", "operation"), EVERY_ACTION)
async def test_throttled_always(state: str, event: str, operation: str) -> None:
    """A call that is throttled three times is an error that passes, and the session stays."""
    walk = await walk_to(state)
    for _ in range(3):
        walk.simulator.fail_next("throttled")
    snapshot = await walk.send(event, **inputs_of(walk, state, event))
    assert walk.calls == [operation] * 3
    assert snapshot.state == state
    assert snapshot.error is not None
    assert snapshot.error.code == "TooManyRequestsException"
    if operation != "SetUserMFAPreference":  # which does not declare it
        assert snapshot.error == fe.Error("TooManyRequestsException", retryable=True, message="Too many requests")
    assert (await walk.finish()).state == "signed_in"


@pytest.mark.parametrize(("state", "event", "operation"), EVERY_ACTION)
async def test_unreachable_always(state: str, event: str, operation: str) -> None:
    """A call that could never be sent is raised, and leaves the session as it was and usable."""
    walk = await walk_to(state)
    before = await walk.get()
    for _ in range(3):
        walk.simulator.fail_next("unreachable")
    with pytest.raises(fe.CognitoUnavailable):
        await walk.send(event, **inputs_of(walk, state, event))
    assert walk.calls == [operation] * 3
    after = await walk.get()
    assert (after.state, after.error, after.delivery, after.deadline, after.tokens) == (
        before.state, before.error, before.delivery, before.deadline, before.tokens,
    )  # fmt: skip
    assert (await walk.stored()).claim is None
    assert (await walk.finish()).state == "signed_in"


async def test_mixed_trouble_ends_by_the_last_try() -> None:
    """What the last try met decides: here its answer is lost."""
    walk = await walk_to("unconfirmed")
    for fault in ("unreachable", "throttled", "lost_after"):
        walk.simulator.fail_next(fault)
    error = (await walk.send("resend")).error
    assert error is not None
    assert error.code == "ANSWER_LOST"
    assert len(walk.calls) == 3


async def test_lost_answer_is_not_tried_again() -> None:
    """A call whose answer is lost may have taken effect, so it is never repeated unasked."""
    walk = await walk_to("signed_out")
    walk.simulator.fail_next("lost_after")
    await walk.sign_up()
    assert walk.calls == ["SignUp"]
    assert len(walk.simulator.outbox) == 1


@settings(deadline=None)
@given(faults=st.lists(st.sampled_from(["throttled", "lost_before", "lost_after", "unreachable"]), max_size=8))
async def test_any_trouble_is_survived(faults: list[Fault]) -> None:
    """Whatever happens on the way, a user who goes on ends up with tokens."""
    walk = await walk_to("signed_out")
    for fault in faults:
        walk.simulator.fail_next(fault)
    for _ in range(4):
        walk.clock.advance(minutes=20)  # a lock-out is over by then
        with contextlib.suppress(fe.CognitoUnavailable):
            await walk.finish()
    assert (await walk.get()).tokens is not None
    assert len(walk.simulator.state.users) == 1
