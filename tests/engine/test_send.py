"""Which events a send refuses, and who is told of those that are sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from drivers import (
    PASSWORD,
    PHONE_FLOW,
    chained_flow,
    walk_to,
)

import flowengine as fe
from flowengine.replay import Step

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
