"""Where SMS go out from."""

from __future__ import annotations

from typing import Final

from flowengine.settings.model import PoolSettings
from flowengine.settings.rules.rule import Rule

__all__ = ["SMS_RULES"]

_ALTERNATES: Final = {
    "ap-east-1": "ap-southeast-1",
    "ap-northeast-2": "ap-northeast-1",
    "ap-south-1": "ap-southeast-1",
    "ap-southeast-5": "ap-southeast-1",
    "ap-southeast-7": "ap-south-1",
    "ca-central-1": "us-east-1",
    "eu-central-1": "eu-west-1",
    "eu-west-2": "eu-west-1",
    "us-east-2": "us-east-1",
}
"""The other Region that Amazon SNS may send from, by the pool's Region."""

_ALTERNATE_ONLY: Final = ("ap-northeast-2",)
_NO_END_USER_MESSAGING: Final = ("ap-east-1", "ap-southeast-5", "ap-southeast-7")


def _sends_by(pool: PoolSettings, transport: str) -> bool:
    return pool.sms_configuration and pool.sms_transport == transport


def _wrong_sns_region(pool: PoolSettings) -> str:
    if pool.region is None or not _sends_by(pool, "SNS"):
        return ""
    own = () if pool.region in _ALTERNATE_ONLY else (pool.region,)
    allowed = (*own, *filter(None, [_ALTERNATES.get(pool.region)]))
    return "" if (pool.sms_region or pool.region) in allowed else f"{pool.region} takes {' or '.join(allowed)}"


SMS_RULES: Final = (
    Rule(
        "sns-region", "error", "sms_region",
        "Amazon SNS sends from the pool's own Region or its one alternate",
        "user-pool-sms-settings; shape SmsConfigurationType",
        _wrong_sns_region,
    ),
    Rule(
        "end-user-messaging-region", "error", "sms_region",
        "END_USER_MESSAGING sends from the pool's own Region alone",
        "shape EumsSmsConfigurationType",
        lambda pool: _sends_by(pool, "END_USER_MESSAGING")
        and pool.region is not None
        and pool.sms_region not in (None, pool.region),
    ),
    Rule(
        "end-user-messaging-missing", "warning", "sms_transport",
        "END_USER_MESSAGING is not offered in this Region directly: users get no SMS",
        "user-pool-sms-settings",
        lambda pool: _sends_by(pool, "END_USER_MESSAGING") and pool.region in _NO_END_USER_MESSAGING,
    ),
)  # fmt: skip
