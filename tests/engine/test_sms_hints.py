"""What operators are told, and users are not, where SMS do not arrive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from drivers import EMAIL, NAME, VERIFY_EMAIL, walk_to
from structlog.testing import capture_logs

import flowengine as fe
from flowengine.errors import CognitoRefusal

CHECK = "`flowengine sms check`"


def hints(log: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the hints among the events of a log."""
    return [str(event["hint"]) for event in log if event["event"] == "sms.undelivered"]


@pytest.mark.parametrize(
    "exception",
    [
        "CodeDeliveryFailureException",
        "InvalidSmsRoleAccessPolicyException",
        "InvalidSmsRoleTrustRelationshipException",
    ],
)
async def test_operator_is_told_of_what_cannot_be_sent(exception: str) -> None:
    """A refusal to send points to the check in the log, and nowhere in what the caller sees."""
    walk = await walk_to("unconfirmed")
    walk.line.answers.append(CognitoRefusal(exception, "No code could be sent."))
    with capture_logs() as log:
        snapshot = await walk.send("resend")
    assert [CHECK in hint for hint in hints(log)] == [True]
    assert snapshot.error is not None
    assert "sms check" not in snapshot.error.message


async def test_operator_is_told_of_what_seems_lost() -> None:
    """A code that is asked for again at the same phone points to what loses SMS without an error."""
    walk = await walk_to("unconfirmed")
    with capture_logs() as log:
        await walk.send("resend")
    (hint,) = hints(log)
    assert "sandbox" in hint
    assert CHECK in hint


async def test_other_steps_are_no_trouble() -> None:
    """Neither the first code nor one that goes by e-mail again is worth a warning."""
    with capture_logs() as log:
        await walk_to("confirmed")
        flow = fe.load("standard", pool=fe.PoolSettings(verification=VERIFY_EMAIL))
        walk = await walk_to("unconfirmed", flow, username=NAME, attributes={"email": EMAIL})
        await walk.send("resend")
    assert hints(log) == []
