"""What operators are told where SMS do not arrive: whoever walks a flow can do nothing about it."""

from __future__ import annotations

from typing import Final

from flowengine.actions.model import Result
from flowengine.session import Session

__all__ = ["sms_hint"]

_CHECK: Final = "`flowengine sms check` says what is in the way"
_REFUSED: Final = {
    "CodeDeliveryFailureException": f"Cognito could not send the code; if it was to go by SMS, {_CHECK}",
    "InvalidSmsRoleAccessPolicyException": f"the pool's SMS role does not allow to send; {_CHECK}",
    "InvalidSmsRoleTrustRelationshipException": f"Cognito cannot take on the pool's SMS role; {_CHECK}",
}
_LOST: Final = (
    "a code was asked for again at the same number. The SMS sandbox, an opted-out phone and a spent budget lose codes "
    f"that Cognito says it sent; {_CHECK}"
)


def sms_hint(before: Session, result: Result) -> str | None:
    """
    Return what to tell the operator of an outcome, if SMS seem not to arrive.

    Args:
        before: The session before the outcome.
        result: The outcome.

    Source: the errors of SignUp; sns-sms-sandbox (a number that is not verified receives nothing, without an error).
    """
    again = result.delivery is not None and result.delivery.medium == "SMS" and result.delivery == before.delivery
    return _LOST if again else _REFUSED.get(result.outcome)
