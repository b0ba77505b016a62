"""The names of factors, and the contact attributes that they send their codes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flowengine.simulator.state import Factor

__all__ = ["CHANNELS", "ONE_TIME_PASSWORDS", "POOL_FACTORS", "RECOVERY_CONTACTS"]

POOL_FACTORS: Final[Mapping[Factor, str]] = {"SMS_MFA": "sms", "SOFTWARE_TOKEN_MFA": "totp", "EMAIL_OTP": "email"}
"""The pool's own name of each second factor that it can offer (`Mfa.factors`), in the order of lists."""
CHANNELS: Final[Mapping[Factor, str]] = {"SMS_MFA": "phone_number", "EMAIL_OTP": "email"}
"""The contact attribute that a second factor sends its codes to."""
ONE_TIME_PASSWORDS: Final[Mapping[str, str]] = {"EMAIL_OTP": "email", "SMS_OTP": "phone_number"}
"""The contact attribute that a one-time password goes to, by the first factor that it is."""
RECOVERY_CONTACTS: Final[Mapping[str, str]] = {"verified_email": "email", "verified_phone_number": "phone_number"}
"""The contact attribute of each recovery mechanism."""
