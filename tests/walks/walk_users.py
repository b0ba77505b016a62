"""What the model knows of users: names, contacts, passwords, factors, codes, failures. Plain Python, no simulator.

The hours and counts are those of Cognito's guide (quotas; authentication: lockout behaviour).
"""

from __future__ import annotations

from typing import Any, Final

import pyotp
from attrs import define, field

import flowengine as fe

__all__ = [
    "DAY", "HOUR", "MINUTE", "Account", "App", "Code", "Conduct", "Failures", "Foreign", "Grant", "Refused",
    "Registration", "Tracked", "Users", "wrong",
]  # fmt: skip

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
HOURLY: Final = {"confirm": 15, "resend": 5, "forgot": 5, "reset": 5}
CONTACTS: Final = ("phone_number", "email")
"""Where a code goes: to the phone, if both could be verified."""


class Refused(Exception):
    """The pool says no: `code` is what the user is told."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Foreign(dict[str, Any]):
    """A passkey's answer that was made for another website."""


def wrong(code: str) -> str:
    """Return another code of the same length."""
    return "".join(str((int(digit) + 5) % 10) for digit in code) if code.isdigit() else "000000"


@define
class Code:
    """A code that was sent, or that a stranger is told of: its value is known once the message has arrived."""

    contact: str
    destination: str
    until: float
    value: str = ""


@define
class App:
    """An authenticator app: its secret is known once it was shown, and a code of it is good once."""

    secret: str | None = None
    used: int = -1

    def code(self, now: float) -> str:
        """Return what the app shows."""
        return pyotp.TOTP(self.secret).at(int(now)) if self.secret else "000000"

    def step(self, code: str, now: float) -> int | None:
        """Return which half minute a code is of, the present one or its neighbours."""
        step = int(now) // 30
        steps = [at for at in (step, step - 1, step + 1) if self.secret and pyotp.TOTP(self.secret).at(at * 30) == code]
        return steps[0] if steps else None


@define
class Failures:
    """Wrong answers in a row."""

    count: int = 0
    last: float = 0.0

    @property
    def until(self) -> float:
        """How long the next one has to wait."""
        return self.last + min(2.0 ** min(self.count - 5, 10), 900.0) if self.count >= 5 else 0.0


@define
class Conduct:
    """What was tried under one name."""

    passwords: Failures = field(factory=Failures)
    codes: Failures = field(factory=Failures)
    tried: float = 0.0
    times: dict[str, list[float]] = field(factory=dict)

    def begin(self, now: float) -> None:
        """Refuse during a wait; a quarter of an hour without a try forgives everything."""
        if not self.passwords.count and not self.codes.count:
            return
        if now - self.tried >= 15 * MINUTE:
            self.passwords, self.codes = Failures(), Failures()
        self.tried = now
        if now < max(self.passwords.until, self.codes.until):
            raise Refused("PASSWORD_ATTEMPTS_EXCEEDED")

    def fail(self, failures: Failures, now: float) -> None:
        """Count a wrong answer."""
        failures.count, failures.last, self.tried = failures.count + 1, now, now

    def count(self, kind: str, now: float) -> None:
        """Refuse more tries in an hour than there may be."""
        times = [at for at in self.times.get(kind, []) if now - at < HOUR]
        if len(times) >= HOURLY[kind]:
            raise Refused("LimitExceededException")
        self.times[kind] = [*times, now]


@define
class Tracked:
    """A device that was confirmed: whether it is remembered, and its password once that was shown."""

    remembered: bool
    password: str | None = None


@define(eq=False)
class Registration:
    """A passkey that is about to be registered."""

    until: float


@define(eq=False)
class Account:
    """One user of the pool."""

    username: str
    attributes: dict[str, str]
    password: str | None
    status: str = "UNCONFIRMED"
    verified: set[str] = field(factory=set)
    enabled: bool = True
    mfa: set[str] = field(factory=set)
    preferred: str | None = None
    app: App | None = None
    new_app: App | None = None
    passkeys: int = 0
    registration: Registration | None = None
    devices: dict[str, Tracked] = field(factory=dict)
    temporary_until: float = 0.0
    invited: bool = False
    seen_before: bool = False


@define(eq=False)
class Grant:
    """What a sign-in gave: two tokens with an end, on a device."""

    account: Account
    access_until: float
    refresh_until: float
    device: str | None
    """The key; empty for a new device until it was shown."""
    is_new: bool
    proved: set[str]
    """What the user has proved for it."""
    revoked: bool = False
    replaced: bool = False
    """Whether the session's refresh token was exchanged for one that it never saw."""


@define
class Users:
    """Everyone in the pool, and what is remembered of those who are not."""

    pool: fe.PoolSettings
    accounts: list[Account] = field(factory=list)
    gone: list[Account] = field(factory=list)
    conducts: dict[object, Conduct] = field(factory=dict)
    codes: dict[tuple[object, str], Code] = field(factory=dict)

    @property
    def hidden(self) -> bool:
        """Whether outsiders cannot tell who is a user."""
        return self.pool.client.prevent_user_existence_errors == "ENABLED"

    def compared(self, name: str) -> str:
        """Return a name as the pool compares it."""
        return name if self.pool.sign_in.case_sensitive else name.casefold()

    def names(self, account: Account) -> dict[str, str | None]:
        """Return what a user can sign in with: the username, contact usernames, aliases once they are verified."""
        sign_in = self.pool.sign_in
        found: dict[str, str | None] = {} if sign_in.username_attributes else {self.compared(account.username): None}
        for contact in CONTACTS:
            proven = contact in sign_in.alias_attributes and contact in account.verified
            if contact in account.attributes and (contact in sign_in.username_attributes or proven):
                found[self.compared(account.attributes[contact])] = contact
        return found

    def find(self, name: str) -> Account | None:
        """Return whose name this is."""
        return next((account for account in self.accounts if self.compared(name) in self.names(account)), None)

    def find_or_refuse(self, name: str) -> Account | None:
        """Return whose name this is; nobody's is refused, unless that is hidden."""
        account = self.find(name)
        if account is None and not self.hidden:
            raise Refused("UserNotFoundException")
        return account

    def subject(self, account: Account | None, name: str) -> object:
        """Return what tries and codes are kept under."""
        return id(account) if account is not None else self.compared(name)

    def conduct(self, account: Account | None, name: str) -> Conduct:
        """Return what was tried for a user, or under a name that nobody has."""
        return self.conducts.setdefault(self.subject(account, name), Conduct())

    def taken(self, account: Account, contact: str) -> bool:
        """Whether someone else signs in with the same contact."""
        value = self.compared(account.attributes.get(contact, ""))
        others = (other for other in self.accounts if other is not account)
        return contact in self.pool.sign_in.alias_attributes and any(value in self.names(other) for other in others)

    def verify(self, account: Account, contact: str, *, force: bool = False) -> None:
        """Count a contact as the user's own; what someone else signs in with is refused, or taken away by force."""
        if self.taken(account, contact) and not force:
            raise Refused("AliasExistsException")
        for other in self.accounts:
            if other is not account and self.taken(account, contact):
                other.verified.discard(contact)
        account.verified.add(contact)

    def sign_up_contact(self, account: Account) -> str | None:
        """Return where the one message of a sign-up goes."""
        verifiable = self.pool.verification.auto_verified_attributes
        return next((name for name in CONTACTS if name in verifiable and name in account.attributes), None)

    def one_time_password(self, contact: str) -> bool:
        """Whether a code to this contact can begin a sign-in."""
        factor = {"email": "EMAIL_OTP", "phone_number": "SMS_OTP"}[contact]
        return factor in self.pool.allowed_first_auth_factors and self.pool.client.allows("USER_AUTH")

    def pretended_contact(self) -> str:
        """Return the contact that a stranger seems to have."""
        verifiable = self.pool.verification.auto_verified_attributes
        return next((name for name in CONTACTS if name in verifiable), "email")

    def recovery_contact(self, account: Account) -> str | None:
        """Return where a code for a new password goes: no active second factor's channel, but for the legacy."""
        recovery = self.pool.account_recovery
        order = [name.removeprefix("verified_") for name in recovery] if recovery else list(CONTACTS)
        used = {"phone_number": "SMS_MFA", "email": "EMAIL_OTP"}
        free = (name for name in order if name in account.verified and not (recovery and used[name] in account.mfa))
        return next(free, None)

    # second factors

    def usable(self, account: Account) -> list[str]:
        """Return the second factors of the pool that the user has what is needed for."""
        phone = "phone_number" in account.attributes
        if not self.pool.assumptions.unverified_phone_for_mfa:
            phone = phone and "phone_number" in account.verified
        has = {"sms": phone, "totp": account.app is not None, "email": "email" in account.attributes}
        names = {"sms": "SMS_MFA", "totp": "SOFTWARE_TOKEN_MFA", "email": "EMAIL_OTP"}
        return [names[factor] for factor in names if factor in self.pool.mfa.factors and has[factor]]

    def owes_second(self, account: Account) -> bool:
        """Whether a password is not enough."""
        if self.pool.mfa.mode == "optional":
            return bool(account.mfa & {*self.usable(account)})
        return self.pool.mfa.mode == "required"

    def recovery_channel(self, account: Account) -> str | None:
        """Return the factor whose channel is the user's first way to recover the account."""
        channels = {"verified_phone_number": ("phone_number", "SMS_MFA"), "verified_email": ("email", "EMAIL_OTP")}
        ways = [channels[name] for name in self.pool.account_recovery if name in channels]
        free = (factor for contact, factor in ways if contact in account.attributes and factor not in account.mfa)
        return next(free, None)

    def candidates(self, account: Account) -> list[str]:
        """Return the factors that the user may be asked for."""
        usable = self.usable(account)
        if account.preferred in account.mfa and account.preferred in usable:
            return [account.preferred]
        if self.pool.mfa.mode == "optional":
            return [factor for factor in usable if factor in account.mfa]
        return [factor for factor in usable if factor != self.recovery_channel(account)]

    def settable(self, account: Account) -> list[str]:
        """Return the factors that MFA_SETUP offers."""
        names = {"sms": "SMS_MFA", "totp": "SOFTWARE_TOKEN_MFA", "email": "EMAIL_OTP"}
        offered = [names[factor] for factor in names if factor in self.pool.mfa.factors]
        recovery = self.recovery_channel(account)
        if recovery in offered and "SOFTWARE_TOKEN_MFA" not in offered:
            raise Refused("InvalidParameterException")
        return [factor for factor in offered if factor != recovery]
