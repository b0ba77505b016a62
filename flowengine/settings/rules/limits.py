"""The values that a setting can have at all: names out of a list, and numbers within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Final

from attrs import frozen

from flowengine.settings.model import PoolSettings
from flowengine.settings.paths import SETTINGS
from flowengine.settings.rules.rule import Rule, dashed, missing

__all__ = ["LIMIT_RULES"]

_DAY: Final = 24 * 60


@frozen
class _Range:
    """The bounds of a number, both included."""

    id: str
    path: str
    least: int
    most: int
    unit: str
    source: str


_VALIDITY: Final = "CreateUserPoolClient: Invalid range for token validity"
_RANGES: Final = (
    _Range(
        "password-length", "password_policy.minimum_length", 6, 99, "characters",
        "shape PasswordPolicyMinLengthType",
    ),
    _Range(
        "password-history-size", "password_policy.password_history_size", 0, 24, "passwords",
        "shape PasswordHistorySizeType",
    ),
    _Range(
        "temporary-password-validity", "password_policy.temporary_password_validity_days", 0, 365, "days",
        "shape TemporaryPasswordValidityDaysType",
    ),
    _Range(
        "unused-account-validity", "admin_create_user.unused_account_validity_days", 0, 365, "days",
        "shape AdminCreateUserUnusedAccountValidityDaysType",
    ),
    _Range("session-validity", "client.auth_session_validity", 3, 15, "minutes", "shape AuthSessionValidityType"),
    _Range("access-token-validity", "client.access_token_validity", 5, _DAY, "minutes", _VALIDITY),
    _Range("id-token-validity", "client.id_token_validity", 5, _DAY, "minutes", _VALIDITY),
    _Range("refresh-token-validity", "client.refresh_token_validity", 60, 3650 * _DAY, "minutes", _VALIDITY),
    _Range(
        "retry-grace-period", "client.retry_grace_period_seconds", 0, 60, "seconds",
        "shape RetryGracePeriodSecondsType",
    ),
    _Range(
        "sms-otp-length", "assumptions.sms_otp_length", 6, 8, "digits",
        "amazon-cognito-user-pools-authentication-flow-methods, and what was measured",
    ),
)  # fmt: skip


def _choice_rule(path: str, choices: tuple[str, ...]) -> Rule:
    value_of = attrgetter(path)

    def broken(pool: PoolSettings) -> str:
        value = value_of(pool)
        return missing((value,) if isinstance(value, str) else value, choices)

    message = f"the only values are {', '.join(choices)}"
    return Rule(f"{dashed(path)}-known", "error", path, message, "enumerations of the service model", broken)


def _range_rule(limits: _Range) -> Rule:
    value_of = attrgetter(limits.path)

    def broken(pool: PoolSettings) -> bool:
        value = value_of(pool)
        return value is not None and not limits.least <= value <= limits.most

    message = f"{limits.path.rpartition('.')[2]} is {limits.least} to {limits.most:,} {limits.unit}"
    return Rule(limits.id, "error", limits.path, message, limits.source, broken)


def _limit_rules() -> Iterator[Rule]:
    for path, attribute in SETTINGS.items():
        if "choices" in attribute.metadata:
            yield _choice_rule(path, attribute.metadata["choices"])
    for limits in _RANGES:
        yield _range_rule(limits)


LIMIT_RULES: Final = tuple(_limit_rules())
