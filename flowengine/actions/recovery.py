"""The rows of a forgotten password: ForgotPassword, ConfirmForgotPassword."""

from __future__ import annotations

from typing import Final

from flowengine.actions.answers import code_sent, constant
from flowengine.actions.inputs import CODE, NEW_PASSWORD, fixed
from flowengine.actions.model import USERNAME, Action, always, fixed_results
from flowengine.actions.refusals import COMMON, LAMBDA, MESSAGING
from flowengine.settings import PoolSettings

__all__ = ["RECOVERY_ROWS"]


def _recovers(pool: PoolSettings) -> bool:
    return pool.account_recovery != ("admin_only",)


RECOVERY_ROWS: Final = (
    Action(
        name="forgot_password", operation="ForgotPassword",
        fields=fixed(), classify=code_sent, request=lambda call: {"Username": call.username},
        results=fixed_results({"CODE_SENT": _recovers}),
        refusals=COMMON | LAMBDA | MESSAGING | {
            "CodeDeliveryFailureException", "LimitExceededException", "NO_RECOVERY_CHANNEL",
            "PASSWORD_NOT_RESETTABLE", "RECOVERY_BY_ADMINISTRATOR", "SECRET_HASH_REFUSED", "USER_DISABLED",
            "UserNotFoundException",
        },
        needs=frozenset({USERNAME}),
        lost="A code may be on its way, and then an older one is void.",
    ),
    Action(
        name="confirm_forgot_password", operation="ConfirmForgotPassword",
        fields=fixed(CODE, NEW_PASSWORD), classify=constant("PASSWORD_RESET"),
        request=lambda call: {
            "Username": call.username,
            "ConfirmationCode": call.inputs["code"],
            "Password": call.inputs["new_password"],
        },
        # An administrator's reset can be confirmed in any pool.
        results=fixed_results({"PASSWORD_RESET": always}),
        refusals=COMMON | LAMBDA | {
            "CodeMismatchException", "ExpiredCodeException", "InvalidPasswordException", "LimitExceededException",
            "PASSWORD_NOT_RESETTABLE", "PasswordHistoryPolicyViolationException", "SECRET_HASH_REFUSED",
            "TooManyFailedAttemptsException", "USER_DISABLED", "UserNotConfirmedException", "UserNotFoundException",
        },
        must_route=frozenset({"UserNotConfirmedException", "UserNotFoundException"}),
        needs=frozenset({USERNAME}),
        lost="The password may be the new one by now. Sign in with it.",
    ),
)  # fmt: skip
