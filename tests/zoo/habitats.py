"""The healthy flows that animals are made from, and the people who walk in them."""

from __future__ import annotations

from typing import Final

from animal import Habitat

from flowengine.explore import Person

__all__ = [
    "APP_MFA", "CUSTOM", "HIDDEN", "INVITED", "MEMBERS", "MFA_ALONE", "NEWCOMERS", "PHONELESS", "PHONE_MFA", "SMS_MFA",
]  # fmt: skip

_PHONE: Final = ("phone_number",)
_BOTH: Final = ("email", "phone_number")
_NEWCOMER: Final = Person(origin="newcomer", identity="phone_number", contacts=_PHONE)
_MEMBER: Final = Person(origin="member", identity="phone_number", contacts=_PHONE, verified=_PHONE)
_SMS_USER: Final = Person(origin="member", contacts=_BOTH, verified=_BOTH, factors=("SMS_MFA",), preferred="SMS_MFA")
_APP_USER: Final = Person(
    origin="member", contacts=("email",), verified=("email",), factors=("SOFTWARE_TOKEN_MFA",),
    preferred="SOFTWARE_TOKEN_MFA",
)  # fmt: skip
_INVITED: Final = Person(origin="invited", contacts=("email",), verified=("email",))
_CUSTOMER: Final = Person(origin="member", contacts=("email",), verified=("email",))
_STRANGER: Final = Person(origin="stranger", identity="phone_number", contacts=_PHONE)
_NO_WAY_BACK: Final = """\
states:
  mfa_challenge:
    on: {sign_in: null, sign_in_with_srp: null, sign_in_with_choice: null, sign_in_with_custom_challenge: null,
         sign_in_with_srp_and_custom_challenge: null, sign_in_server_side: null}
"""

NEWCOMERS: Final = Habitat(flow="phone-username-sms-verification", crowd=(_NEWCOMER,))
"""Sign-up, verified by SMS, without a second factor."""
MEMBERS: Final = Habitat(flow="phone-username-sms-verification", crowd=(_MEMBER,))
"""The same pool for those who have an account."""
HIDDEN: Final = Habitat(flow="phone-username-sms-verification", crowd=(_MEMBER, _STRANGER))
"""The same, and somebody who has none: the pool hides who has one."""
PHONE_MFA: Final = Habitat(flow="phone-sms-mfa", crowd=(_NEWCOMER,))
"""Sign-up, verified by SMS, and an SMS code at every sign-in."""
SMS_MFA: Final = Habitat(flow="sms-mfa-optional", crowd=(_SMS_USER,))
"""A user who has asked for an SMS code at every sign-in."""
MFA_ALONE: Final = Habitat(flow="sms-mfa-optional", crowd=(_SMS_USER,), overlay=_NO_WAY_BACK)
"""The same, and nothing but the answer leads on from the challenge."""
APP_MFA: Final = Habitat(flow="totp-mfa", crowd=(_APP_USER,))
"""A user who has set an authenticator app up."""
INVITED: Final = Habitat(flow="admin-created-user", crowd=(_INVITED,))
"""A user whom an administrator has created, with a temporary password."""
CUSTOM: Final = Habitat(flow="custom-challenge", crowd=(_CUSTOMER,))
"""A user whom Lambda functions challenge."""
PHONELESS: Final = Habitat(
    flow="sms-mfa-required", crowd=(_CUSTOMER,), overlay="pool: {required_attributes: [email]}\n"
)
"""A user without a phone number, where everyone gets a code by SMS: a rule warns of such a pool."""
