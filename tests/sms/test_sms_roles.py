"""What the policies of a role are read to say."""

from __future__ import annotations

from typing import Any

import pytest

from flowengine.provision.sms.facts import Role
from flowengine.provision.sms.roles import is_trusted, may, wants_other_id

COGNITO = {"Service": "cognito-idp.amazonaws.com"}


def trusting(principal: Any = COGNITO, **more: Any) -> Role:
    """Return a role with one statement of trust."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return Role(trust={"Statement": statement}, policies=())


def allowing(*statements: dict[str, Any]) -> Role:
    """Return a role with one policy."""
    return Role(trust={}, policies=({"Statement": list(statements)},))


@pytest.mark.parametrize(
    ("role", "trusted"),
    [
        (trusting(), True),
        (trusting({"Service": ["lambda.amazonaws.com", "cognito-idp.amazonaws.com"]}), True),
        (trusting("*"), True),
        (trusting({"Service": "lambda.amazonaws.com"}), False),
        (trusting({"AWS": "arn:aws:iam::123456789012:root"}), False),
        (trusting(Effect="Deny"), False),
        (trusting(Action="sts:TagSession"), False),
        (trusting(Action="sts:*"), True),
        (Role(trust={}, policies=()), False),
    ],
)
def test_trust(role: Role, *, trusted: bool) -> None:
    """Cognito may take a role on if a statement names it."""
    assert is_trusted(role) is trusted


@pytest.mark.parametrize(
    ("condition", "external_id", "other"),
    [
        ({}, None, False),
        ({}, "mine", False),
        ({"StringEquals": {"sts:ExternalId": "mine"}}, "mine", False),
        ({"StringEquals": {"sts:ExternalId": "mine"}}, "other", True),
        ({"StringEquals": {"sts:ExternalId": "mine"}}, None, True),
        ({"StringLike": {"STS:externalid": ["a", "m*"]}}, "mine", False),
        ({"StringEquals": {"aws:SourceAccount": "123456789012"}}, None, False),
    ],
)
def test_external_id(condition: dict[str, Any], external_id: str | None, *, other: bool) -> None:
    """A role may ask for an external id; other conditions do not matter."""
    assert wants_other_id(trusting(Condition=condition), external_id) is other


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}], True),
        ([{"Effect": "Allow", "Action": ["s3:*", "SNS:pub*"], "Resource": "*"}], True),
        ([{"Effect": "Allow", "Action": "*", "Resource": "*"}], True),
        ([{"Effect": "Allow", "Action": "sns:Subscribe", "Resource": "*"}], False),
        ([], False),
        (
            [
                {"Effect": "Allow", "Action": "sns:*", "Resource": "*"},
                {"Effect": "Deny", "Action": "sns:Publish", "Resource": "*"},
            ],
            False,
        ),
        (
            [
                {"Effect": "Allow", "Action": "sns:*", "Resource": "*"},
                {"Effect": "Deny", "Action": "sns:Publish", "Resource": "arn:aws:sns:*:*:*"},
            ],
            True,
        ),
    ],
)
def test_permission(statements: list[dict[str, Any]], *, allowed: bool) -> None:
    """An action is allowed by name or pattern, unless it is denied everywhere."""
    assert may(allowing(*statements), "sns:Publish") is allowed
