"""How the pool of the model answers sign-ins: any first factor, new passwords, custom challenges, second factors.

It follows Cognito's guide: the order of challenges (amazon-cognito-user-pools-authentication-flow), what can come first
(authentication-flows-selection-sdk), the decision on second factors (user-pool-settings-mfa).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from attrs import define, evolve, field, fields, frozen
from walk_draws import CUSTOM_ANSWERS, ROUNDS
from walk_pool import Pool
from walk_users import HOUR, MINUTE, Account, App, Code, Failures, Grant, Refused, Tracked

__all__ = ["Challenge", "SignIn", "SignIns"]

ACCESS_LIFE: Final = HOUR
TOTP: Final = "SOFTWARE_TOKEN_MFA"
ANSWERS: Final = {"": "RespondToAuthChallenge", "Admin": "AdminRespondToAuthChallenge"}
OTP_CONTACTS: Final = {"EMAIL_OTP": "email", "SMS_OTP": "phone_number"}
MFA_CONTACTS: Final = {"EMAIL_OTP": "email", "SMS_MFA": "phone_number"}


@frozen
class SignIn:
    """A sign-in on its way: whose, under which name, by which flow, on which device; nobody's, where that is hidden."""

    account: Account | None
    username: str
    flow: str
    device: str | None
    rounds: int = 0
    """How many custom challenges were passed."""
    proved: set[str] = field(factory=set)
    """What the user has proved on the way."""


@define(eq=False)
class Challenge:
    """What waits for an answer."""

    name: str
    sign_in: SignIn
    until: float
    code: Code | None = None
    choices: tuple[str, ...] = ()
    second: bool = False
    enrols: bool = False
    app: App | None = None


UNPROVED: Final = {"CUSTOM_CHALLENGE", "EMAIL_OTP", "PASSWORD", "PASSWORD_SRP", "PASSWORD_VERIFIER",
                   "SELECT_CHALLENGE", "SMS_OTP", "WEB_AUTHN"}  # fmt: skip
"""What comes before a user has proved anything, but for codes of a second factor."""


@define
class SignIns(Pool):
    """The pool, as far as it signs users in."""

    # beginning a sign-in

    def recognise(self, username: str, flow: str, device: str | None) -> SignIn:
        """Find who signs in; where users are hidden, nothing is said before the password is right."""
        account = self.users.find_or_refuse(username)
        if account is not None and not self.users.hidden:
            self._check_enabled(account)
            if account.status == "RESET_REQUIRED":
                raise Refused("PasswordResetRequiredException")
        return SignIn(account, username, flow, device)

    def _check_enabled(self, account: Account) -> None:
        if not account.enabled:
            raise Refused("USER_DISABLED")

    def check_account(self, account: Account) -> None:
        """Refuse a user who is in no state to sign in."""
        self._check_enabled(account)
        if account.status == "UNCONFIRMED":
            raise Refused("UserNotConfirmedException")
        if account.status == "RESET_REQUIRED":
            raise Refused("PasswordResetRequiredException")

    def check_password(self, sign_in: SignIn, given: str) -> Account:
        """Refuse another password than the user's."""
        account = sign_in.account
        conduct = self.users.conduct(account, sign_in.username)
        conduct.begin(self.now)
        if account is None or account.password is None or given != account.password:
            conduct.fail(conduct.passwords, self.now)
            raise Refused("INCORRECT_USERNAME_OR_PASSWORD")
        conduct.passwords = Failures()
        sign_in.proved.add("password")
        return account

    def after_password(self, sign_in: SignIn, given: str) -> Challenge | Grant:
        """Go on after the right password: a new one, custom challenges, a second factor, or tokens."""
        account = self.check_password(sign_in, given)
        self.check_account(account)
        if account.status == "FORCE_CHANGE_PASSWORD":
            if self.now >= account.temporary_until:
                raise Refused("TEMPORARY_PASSWORD_EXPIRED")
            return self.ask(sign_in, "NEW_PASSWORD_REQUIRED")
        return self.go_on(sign_in)

    def go_on(self, sign_in: SignIn) -> Challenge | Grant:
        """Go on after the user's own password."""
        return self.custom(sign_in) if sign_in.flow == "CUSTOM_AUTH" else self.second_factor(sign_in)

    def custom(self, sign_in: SignIn) -> Challenge | Grant:
        """Ask the next question, or give tokens after the last one."""
        if "define_auth_challenge" not in self.users.pool.lambda_triggers:
            raise Refused("InvalidParameterException")
        return self.complete(sign_in) if sign_in.rounds == ROUNDS else self.ask(sign_in, "CUSTOM_CHALLENGE")

    def first_factors(self, sign_in: SignIn) -> tuple[str, ...]:
        """Return what a choice-based sign-in can begin with."""
        account, allowed = sign_in.account, self.users.pool.allowed_first_auth_factors
        passwords = ("PASSWORD_SRP", "PASSWORD") if account is None or account.password is not None else ()
        if account is None:
            contacts, alone, passkeys = {self.users.pretended_contact()}, self.users.pool.mfa.mode != "required", 0
        elif account.status == "FORCE_CHANGE_PASSWORD":
            return passwords
        else:
            contacts, alone, passkeys = {*account.attributes}, not self.users.owes_second(account), account.passkeys
        codes = (name for name, contact in OTP_CONTACTS.items() if name in allowed and contact in contacts and alone)
        several = self.users.pool.passkey.factor_configuration != "SINGLE_FACTOR"
        return (*passwords, *codes, *(("WEB_AUTHN",) if passkeys and (alone or several) else ()))

    def choose(self, sign_in: SignIn, preferred: str | None, given: str | None) -> Challenge | Grant:
        """Begin with the preferred factor, or let the user choose."""
        choices = self.first_factors(sign_in)
        if not choices:
            raise Refused("InvalidParameterException")
        if preferred in choices:
            return self.begin_with(sign_in, preferred, given)
        return self.ask(sign_in, "SELECT_CHALLENGE", choices=choices)

    def begin_with(self, sign_in: SignIn, factor: str, given: str | None) -> Challenge | Grant:
        """Begin with one first factor."""
        if factor == "PASSWORD" and given:
            return self.after_password(sign_in, given)
        if factor == "PASSWORD_SRP" and given:
            return self.ask(sign_in, "PASSWORD_VERIFIER")
        if factor not in OTP_CONTACTS:
            return self.ask(sign_in, factor)
        contact, account = OTP_CONTACTS[factor], sign_in.account
        destination = account.attributes[contact] if account else ""
        code = self.send(contact, destination, self.session_life, deliver=account is not None)
        return self.ask(sign_in, factor, code=code)

    # the second factor and the end

    def second_factor(self, sign_in: SignIn) -> Challenge | Grant:
        """Decide on the second factor."""
        account = sign_in.account
        if account is None:
            raise AssertionError
        device = self.known_device(sign_in)
        if not self.users.owes_second(account):
            return self.complete(sign_in)
        candidates = self.users.candidates(account)
        if not candidates:
            once = self.users.pool.assumptions.first_sign_in_without_factor == "TOKENS"
            if once and not account.invited and not account.seen_before:
                return self.complete(sign_in)
            return self.ask(sign_in, "MFA_SETUP", choices=tuple(self.users.settable(account)))
        if device is not None and device.remembered and self.users.pool.devices.challenge_required_on_new_device:
            return self.ask(sign_in, "DEVICE_SRP_AUTH")
        if len(candidates) == 1:
            return self.ask_for_factor(sign_in, candidates[0])
        return self.ask(sign_in, "SELECT_MFA_TYPE", choices=tuple(candidates))

    def known_device(self, sign_in: SignIn) -> Tracked | None:
        """Return the device that the user signs in on, if the pool tracks devices."""
        account = sign_in.account
        if sign_in.device is None or account is None or self.users.pool.devices.remembered == "never":
            return None
        if sign_in.device not in account.devices:
            raise Refused("DEVICE_NOT_FOUND")
        return account.devices[sign_in.device]

    def ask(self, sign_in: SignIn, name: str, *, code: Code | None = None, choices: tuple[str, ...] = ()) -> Challenge:
        """Pose a challenge."""
        return Challenge(name, sign_in, self.now + self.session_life, code, choices)

    def ask_for_factor(self, sign_in: SignIn, factor: str) -> Challenge:
        """Ask for one second factor."""
        asked = self.ask(sign_in, factor)
        asked.second = True
        if factor != TOTP and sign_in.account is not None:
            contact = MFA_CONTACTS[factor]
            asked.code = self.send(contact, sign_in.account.attributes[contact], self.session_life)
        return asked

    def complete(self, sign_in: SignIn) -> Grant:
        """Give tokens."""
        account = sign_in.account
        if account is None:
            raise Refused("INCORRECT_USERNAME_OR_PASSWORD")
        self.check_account(account)
        known = self.known_device(sign_in)
        tracks = self.users.pool.devices.remembered != "never"
        account.seen_before = True
        refresh_life = MINUTE * self.users.pool.client.refresh_token_validity
        key = sign_in.device if known is not None else ("" if tracks else None)
        return Grant(account, int(self.now) + ACCESS_LIFE, self.now + refresh_life, key, key == "", sign_in.proved)

    # answers

    @contextmanager
    def answering(self, challenge: Challenge, side: str = "") -> Iterator[SignIn]:
        """Answer a challenge that is still open, of a user who is still there; a refused answer comes to nothing."""
        account = challenge.sign_in.account
        before = {} if account is None else {one.name: getattr(account, one.name) for one in fields(Account)}
        before = {name: value.copy() if isinstance(value, dict | set) else value for name, value in before.items()}
        with self.call(ANSWERS[side]):
            try:
                yield self.resumed(challenge)
            except Refused:
                for name, value in before.items():
                    setattr(account, name, value)
                raise

    def resumed(self, challenge: Challenge) -> SignIn:
        """Refuse what is too late, or of a user who is gone or disabled: hidden until a first factor is proved."""
        if self.now >= challenge.until:
            raise Refused("SESSION_EXPIRED")
        account = challenge.sign_in.account
        if account is not None and account not in self.users.accounts:
            raise Refused("INCORRECT_USERNAME_OR_PASSWORD" if self.users.hidden else "UserNotFoundException")
        unproved = challenge.name in UNPROVED and not challenge.second
        if account is not None and not (self.users.hidden and unproved):
            self._check_enabled(account)
        return challenge.sign_in

    def answer_code(self, challenge: Challenge, given: str) -> Grant:
        """Take the code of a challenge, as the factor that it is."""
        account, code = challenge.sign_in.account, challenge.code
        if challenge.second:
            return self._second_code(challenge, given)
        if account is None or code is None or given != code.value:
            raise Refused("CodeMismatchException")
        challenge.sign_in.proved.add("one_time_password")
        if account.status == "UNCONFIRMED":
            self.users.verify(account, code.contact)
            self.confirmed(account)
        elif not self.users.taken(account, code.contact):
            self.users.verify(account, code.contact)
        return self.complete(challenge.sign_in)

    def _second_code(self, challenge: Challenge, given: str) -> Grant:
        sign_in, code = challenge.sign_in, challenge.code
        account = sign_in.account
        if account is None:
            raise AssertionError
        conduct = self.users.conduct(account, sign_in.username)
        conduct.begin(self.now)
        if not self._matches(challenge, account, given):
            conduct.fail(conduct.codes, self.now)
            raise Refused("CodeMismatchException")
        if challenge.name == TOTP:
            self._use_app(account, given)
        conduct.codes = Failures()
        if code is not None and challenge.enrols:
            self._enrol_email(account, code.destination)
        elif code is not None and not self.users.taken(account, code.contact):
            account.verified.add(code.contact)
        sign_in.proved.add("second")
        return self.complete(sign_in)

    def _enrol_email(self, account: Account, address: str) -> None:
        before = dict(account.attributes)
        account.attributes["email"] = address
        try:
            self.users.verify(account, "email")
        except Refused:
            account.attributes = before
            raise
        account.mfa.add("EMAIL_OTP")

    def _matches(self, challenge: Challenge, account: Account, given: str) -> bool:
        if challenge.name == TOTP:
            return account.app is not None and account.app.step(given, self.now) is not None
        return challenge.code is not None and given == challenge.code.value

    def _use_app(self, account: Account, given: str) -> None:
        step = account.app.step(given, self.now) if account.app else None
        if account.app is None or step is None:
            raise AssertionError
        if step <= account.app.used:
            raise Refused("SOFTWARE_TOKEN_USED")
        account.app.used = step

    def answer_custom(self, challenge: Challenge, given: str) -> Challenge | Grant:
        """Take an answer to a question; a wrong one ends the sign-in."""
        if given != CUSTOM_ANSWERS[challenge.sign_in.rounds]:
            raise Refused("INCORRECT_USERNAME_OR_PASSWORD")
        following = evolve(challenge.sign_in, rounds=challenge.sign_in.rounds + 1)
        if following.rounds == ROUNDS:
            following.proved.add("custom")
        return self.custom(following)

    def answer_new_password(self, challenge: Challenge, password: str, given: dict[str, str]) -> Challenge | Grant:
        """Give the user a password of the user's own, and what the pool requires and does not have."""
        account = challenge.sign_in.account
        if account is None:
            raise AssertionError
        if any(account.attributes.get(name) for name in given):
            raise Refused("InvalidParameterException")
        if any(name not in account.attributes and name not in given for name in self.users.pool.required_attributes):
            raise Refused("InvalidParameterException")
        self.check_new_password(password)
        account.password, account.status = password, "CONFIRMED"
        account.attributes |= given
        return self.go_on(challenge.sign_in)

    def answer_set_up(self, challenge: Challenge) -> Challenge | Grant:
        """Go on with the authenticator app that was verified."""
        account = challenge.sign_in.account
        if account is None or challenge.app is None:
            raise AssertionError
        account.app = challenge.app
        account.mfa.add(TOTP)
        challenge.sign_in.proved.add("second")
        if self.users.pool.assumptions.totp_setup_ends_in == TOTP:
            return self.ask_for_factor(challenge.sign_in, TOTP)
        return self.complete(challenge.sign_in)
