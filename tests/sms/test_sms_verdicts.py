"""What is made of what was observed, without an account."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from flowengine.provision.sms import Facts, Number, Pool, Role, SenderId, Unknown, Verdict, is_blocked, verdicts
from flowengine.provision.sms.facts import Observed

US, GERMANY, INDIA, BRAZIL = "+12025550100", "+4915112345678", "+919876543210", "+5511987654321"
DENIED = Unknown("sns:Read", "these credentials lack the permission", "allow sns:Read, and check again")
TRUST: dict[str, dict[str, Any]] = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}
ASKING = {"Statement": {**TRUST["Statement"], "Condition": {"StringEquals": {"sts:ExternalId": "another"}}}}
SENDING = {"Statement": {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}}
POOL = Pool(
    id="eu-west-1_Pool",
    way="sns",
    role_arn="arn:aws:iam::123456789012:role/sms",
    region="eu-west-1",
    role=Role(trust=TRUST, policies=(SENDING,)),
    messages={},
)
FINE = Facts(
    region="eu-west-1", sandbox=False, destinations={}, numbers=(), sender_ids=(), limit=100.0, spent=10.0
)  # fmt: skip
NEW = attrs.evolve(FINE, sandbox=True)


def on(subject: str, facts: Facts, **changes: Any) -> list[Verdict]:
    """Return the verdicts on one subject."""
    return [line for line in verdicts(attrs.evolve(facts, **changes)) if line.subject == subject]


def verdict_on(subject: str, facts: Facts, **changes: Any) -> str:
    """Return the one verdict on a subject."""
    (line,) = on(subject, facts, **changes)
    return line.verdict


def us_number(**changes: Any) -> tuple[Number, ...]:
    """Return a toll-free number, with changes."""
    whole: dict[str, Any] = {
        "number": "+18005550199",
        "country": "US",
        "status": "ACTIVE",
        "sms": True,
        "kind": "TOLL_FREE",
    }
    return (Number(**(whole | changes)),)


@pytest.mark.parametrize(
    ("facts", "destinations", "verdict", "step"),
    [
        (FINE, {}, "ok", ""),
        (NEW, {}, "blocks", f"flowengine sms destination add {GERMANY}"),
        (NEW, {GERMANY: False}, "blocks", f"flowengine sms destination verify {GERMANY}"),
        (NEW, {GERMANY: True}, "doubtful", "ask AWS to move the account out"),
        (NEW, {US: True}, "blocks", f"flowengine sms destination add {GERMANY}"),
        (NEW, DENIED, "unknown", "allow sns:Read"),
        (attrs.evolve(NEW, sandbox=DENIED), {}, "unknown", "allow sns:Read"),
    ],
)
def test_sandbox(facts: Facts, destinations: Observed[dict[str, bool]], verdict: str, step: str) -> None:
    """From the sandbox nothing reaches a number that is not verified; each case has a next step."""
    (line,) = on("sandbox", facts, to=GERMANY, destinations=destinations)
    assert (line.verdict, step in line.step) == (verdict, True)
    assert is_blocked([line]) is (verdict == "blocks")


def test_sandbox_without_a_number_in_mind() -> None:
    """Asked of no number, the check lists those that the sandbox reaches, and has nothing to say of a country."""
    (line,) = on("sandbox", NEW, destinations={US: True, GERMANY: False})
    assert line.verdict == "doubtful"
    assert line.reason.endswith(f"verified numbers alone: {US}")
    assert [each.subject for each in verdicts(NEW)] == ["sandbox", "spend limit"]


@pytest.mark.parametrize(
    ("to", "numbers", "sender_ids", "verdict", "reason"),
    [
        (US, us_number(), (), "ok", "messages can come from +18005550199, toll free"),
        (US, us_number(kind=""), DENIED, "ok", "messages can come from +18005550199"),
        (US, (), (), "blocks", "no number of the account's sends to US, not even from the sandbox"),
        (US, (), DENIED, "blocks", "no number of the account's sends to US, not even from the sandbox"),
        (US, us_number(status="PENDING"), (), "blocks", "+18005550199 is PENDING"),
        (US, us_number(sms=False), (), "blocks", "+18005550199 is ACTIVE, without SMS"),
        (US, us_number(kind="SIMULATOR"), (), "blocks", "no number of the account's sends to US"),
        (US, us_number(country="CA"), (), "blocks", "no number of the account's sends to US"),
        (US, DENIED, (), "unknown", "lack the permission"),
        (GERMANY, (), (), "ok", "messages come from a sender of AWS's"),
        (GERMANY, (), (SenderId("ACME", "DE", registered=False),), "ok", "messages come from the sender id ACME"),
        (GERMANY, DENIED, (SenderId("ACME", "DE", registered=False),), "ok", "the sender id ACME"),
        (GERMANY, (), DENIED, "unknown", "lack the permission"),
        (INDIA, (), (), "doubtful", "there is no registered sender id"),
        (INDIA, (), (SenderId("ACME", "IN", registered=False),), "doubtful", "sender id ACME is not registered"),
        (INDIA, (), (SenderId("ACME", "IN", registered=True),), "ok", "messages come from the sender id ACME"),
        (INDIA, (), (SenderId("ACME", "DE", registered=True),), "doubtful", "there is no registered sender id"),
        (BRAZIL, (), (), "doubtful", "routes that others share may fail"),
        ("+50212345678", (), (), "ok", "messages go on routes that others share"),
    ],
)
def test_origination(
    to: str,
    numbers: Observed[tuple[Number, ...]],
    sender_ids: Observed[tuple[SenderId, ...]],
    verdict: str,
    reason: str,
) -> None:
    """What a country demands is held against what the account has there."""
    (line,) = on("origination", FINE, to=to, numbers=numbers, sender_ids=sender_ids)
    assert (line.verdict, reason in line.reason) == (verdict, True), line.reason


@pytest.mark.parametrize(
    ("to", "verdict", "reason"),
    [
        (US, "ok", "US: messages must come from an origination number"),
        (GERMANY, "ok", "DE: messages may come from a sender id"),
        (INDIA, "ok", "IN: messages come from a registered sender id"),
        (BRAZIL, "ok", "BR: messages come from an origination number"),
        ("+886912345678", "doubtful", "sources differ"),
        ("+88213123456", "doubtful", "this number is not on AWS's list"),
        ("+5352345678", "doubtful", "CU is not on AWS's list"),
    ],
)
def test_country(to: str, verdict: str, reason: str) -> None:
    """The country's rule is told; a doubtful one, or none, is for people to look up."""
    (line,) = on("country", FINE, to=to)
    assert (line.verdict, reason in line.reason) == (verdict, True)


def test_number_that_nobody_has() -> None:
    """A number that is assigned to nobody may be a typing error."""
    assert verdict_on("number", FINE, to="+15555550100") == "doubtful"
    assert verdict_on("number", FINE, to=US) == "ok"


@pytest.mark.parametrize(("opted_out", "verdict"), [(False, "ok"), (True, "blocks"), (DENIED, "unknown")])
def test_opt_out(opted_out: Observed[bool], verdict: str) -> None:
    """Who answered STOP receives nothing."""
    assert verdict_on("opt-out", FINE, to=GERMANY, opted_out=opted_out) == verdict


@pytest.mark.parametrize(
    ("limit", "spent", "verdict"),
    [
        (100.0, 79.0, "ok"),
        (100.0, 80.0, "doubtful"),
        (100.0, 100.0, "blocks"),
        (1.0, 1.2, "blocks"),
        (0.0, 0.0, "blocks"),
        (DENIED, 1.0, "unknown"),
        (1.0, DENIED, "unknown"),
    ],
)
def test_spend_limit(limit: Observed[float], spent: Observed[float], verdict: str) -> None:
    """Once the month's money is spent, nothing is sent; before that there is a warning."""
    assert verdict_on("spend limit", FINE, limit=limit, spent=spent) == verdict


@pytest.mark.parametrize(
    ("changes", "subject", "verdict", "reason"),
    [
        ({}, "pool", "ok", "sends SMS through Amazon SNS"),
        ({"way": None}, "pool", "blocks", "has no SMS configuration"),
        ({"way": "other"}, "pool", "unknown", "does not know"),
        ({}, "role", "ok", "sms allows sns:Publish"),
        ({"way": "eums"}, "role", "blocks", "sms does not allow sms-voice:SendTextMessage"),
        ({"role": None}, "role", "blocks", "does not exist"),
        ({"role": DENIED}, "role", "unknown", "lack the permission"),
        ({"role": Role(trust={}, policies=(SENDING,))}, "external id", "blocks", "does not let Cognito take it on"),
        ({"role": Role(trust=ASKING, policies=(SENDING,))}, "external id", "blocks", "asks for another external id"),
        ({}, "external id", "ok", "with this pool's external id"),
        ({}, "Region", "ok", "the pool sends from eu-west-1"),
        ({"region": "us-east-1"}, "Region", "doubtful", "the pool sends from us-east-1"),
    ],
)
def test_pool(changes: dict[str, Any], subject: str, verdict: str, reason: str) -> None:
    """What of a pool decides whether it can send is judged, each by itself."""
    (line,) = on(subject, FINE, pool=attrs.evolve(POOL, **changes))
    assert (line.verdict, reason in line.reason) == (verdict, True), line.reason


def test_complaints_of_cognito_block() -> None:
    """What Cognito itself says is wrong is told, but for the sandbox, which has a line of its own."""
    failures = ("SNSSandbox", "InvalidSmsRoleAccessPolicyException")
    lines = on("pool", FINE, pool=attrs.evolve(POOL, failures=failures))
    assert [line.verdict for line in lines] == ["ok", "blocks"]
    assert lines[1].reason == "Cognito says InvalidSmsRoleAccessPolicyException"


def test_pool_that_cannot_be_seen() -> None:
    """Without the permission to see the pool, the rest is judged all the same."""
    assert [line.verdict for line in verdicts(attrs.evolve(FINE, pool=DENIED))] == ["unknown", "ok", "ok"]


@pytest.mark.parametrize(
    ("text", "verdict", "reason"),
    [
        ("Your code is {####}", "ok", "takes 19 places of GSM-7: one SMS"),
        ("Az ön kódja: {####}, őrizze meg " + "x" * 40, "doubtful", "because of ó ő: 2 SMS"),
        ("x" * 160 + "{####}", "doubtful", "takes 166 places of GSM-7: 2 SMS"),
    ],
)
def test_message(text: str, verdict: str, reason: str) -> None:
    """A text that takes more than one SMS is told with what makes it long."""
    (line,) = on("message", FINE, pool=attrs.evolve(POOL, messages={"verification message": text}))
    assert (line.verdict, reason in line.reason) == (verdict, True), line.reason


def test_what_blocks_or_is_unknown_has_a_next_step() -> None:
    """Nobody is left with a complaint alone."""
    worst = attrs.evolve(NEW, to=US, opted_out=True, spent=100.0, pool=attrs.evolve(POOL, role=DENIED))
    lines = [line for line in verdicts(worst) if line.verdict in ("blocks", "unknown")]
    assert [line.subject for line in lines] == ["role", "sandbox", "opt-out", "origination", "spend limit"]
    assert all(line.step for line in lines)
    assert all(line.console.startswith("https://eu-west-1.console.aws.amazon.com/") for line in lines[1:])
