"""How the pool of the model is called, and how it answers sign-ups, confirmations and resets.

It follows Cognito's guide: signing-up-users-in-your-app, how-to-recover-a-user-account, quotas, and what
cognito-user-pool-managing-errors hides from whom.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, field
from walk_users import DAY, HOUR, MINUTE, Account, Code, Refused, Users

__all__ = ["Pool"]


@define
class Pool:
    """The pool at one instant."""

    users: Users
    now: float
    faults: list[tuple[str, str | None]] = field(factory=list)
    sent: list[Code] = field(factory=list)
    calls: int = 0
    """How many calls of this send got an answer that led on."""

    @contextmanager
    def call(self, operation: str) -> Iterator[None]:
        """Make one call: three tries against trouble, and then perhaps a lost answer."""
        for _ in range(3):
            fault = self._take(operation)
            if fault not in ("throttled", "unreachable"):
                break
        if fault in ("throttled", "unreachable", "lost_before"):
            raise Refused({"throttled": "TooManyRequestsException", "lost_before": "ANSWER_LOST"}.get(fault, fault))
        try:
            yield
        except Refused as refused:
            raise (Refused("ANSWER_LOST") if fault == "lost_after" else refused) from None
        if fault == "lost_after":
            raise Refused("ANSWER_LOST")
        self.calls += 1

    def _take(self, operation: str) -> str | None:
        for queued in self.faults:
            if queued[1] in (operation, None):
                self.faults.remove(queued)
                return queued[0]
        return None

    def send(self, contact: str, destination: str, life: float, *, deliver: bool = True) -> Code:
        """Send a code, or pretend to: nothing matches that."""
        code = Code(contact, destination, self.now + life)
        if deliver:
            self.sent.append(code)
        return code

    @property
    def session_life(self) -> float:
        """How long a challenge waits."""
        return MINUTE * self.users.pool.client.auth_session_validity

    def check_code(self, account: Account | None, name: str, kind: str, given: str) -> Code:
        """Refuse a code that was never sent, is too old, or is another."""
        code = self.users.codes.get((self.users.subject(account, name), kind))
        if code is None or self.now >= code.until:
            raise Refused("ExpiredCodeException")
        if not code.value or given != code.value:
            raise Refused("CodeMismatchException")
        return code

    def check_new_password(self, password: str) -> None:
        """Refuse a password that lacks a kind of character."""
        if not any(letter.isupper() for letter in password):
            raise Refused("InvalidPasswordException")

    # sign-up and recovery

    def sign_up(self, username: str, password: str | None, attributes: dict[str, str]) -> tuple[Account, bool]:
        """Create a user, and say whether confirming can go on to a sign-in."""
        users = self.users
        contacts = users.pool.sign_in.username_attributes
        named = {"phone_number" if username.startswith("+") else "email": username} if contacts else {}
        account = Account(username, attributes | named, password)
        if password is not None:
            self.check_new_password(password)
        elif not any(
            users.one_time_password(name)
            for name in users.pool.verification.auto_verified_attributes
            if name in account.attributes
        ):
            raise Refused("InvalidParameterException")
        if users.find(username) is not None:
            raise Refused("UsernameExistsException")
        users.accounts.append(account)
        if "pre_sign_up" in users.pool.lambda_triggers:
            account.status = "CONFIRMED"
            return account, False
        contact = self._send_sign_up_code(account)
        return account, contact is not None and users.one_time_password(contact)

    def _send_sign_up_code(self, account: Account) -> str | None:
        contact = self.users.sign_up_contact(account)
        if contact is not None:
            self.users.codes[id(account), "confirm"] = self.send(contact, account.attributes[contact], DAY)
        return contact

    def confirm(self, username: str, given: str, *, force: bool) -> Account:
        """Confirm a user, whose contact it is that the code went to."""
        account = self.users.find_or_refuse(username)
        if account is not None and account.status != "UNCONFIRMED":
            raise Refused("ALREADY_CONFIRMED" if account.status == "CONFIRMED" else "NotAuthorizedException")
        self.users.conduct(account, username).count("confirm", self.now)
        code = self.check_code(account, username, "confirm", given)
        if account is None:
            raise AssertionError
        self.users.verify(account, code.contact, force=force)
        self.confirmed(account)
        return account

    def confirmed(self, account: Account) -> None:
        """Count a user as confirmed; the code is of no use any more."""
        account.status = "CONFIRMED"
        self.users.codes.pop((id(account), "confirm"), None)

    def resend(self, username: str) -> None:
        """Send another code, which makes the former one void."""
        account = self.users.find_or_refuse(username)
        if account is not None and account.status != "UNCONFIRMED":
            raise Refused("ALREADY_CONFIRMED")
        self.users.conduct(account, username).count("resend", self.now)
        if account is None:
            subject = self.users.subject(None, username)
            self.users.codes[subject, "confirm"] = self.send("", "", DAY, deliver=False)
        elif self._send_sign_up_code(account) is None:
            raise Refused("AUTO_VERIFICATION_OFF")

    def forgot_password(self, username: str) -> None:
        """Send a code for a new password, or pretend to where that hides who can get one."""
        users = self.users
        account = users.find_or_refuse(username)
        users.conduct(account, username).count("forgot", self.now)
        contact = users.recovery_contact(account) if account is not None and account.enabled else None
        if users.hidden and contact is None:
            users.codes[users.subject(account, username), "reset"] = self.send("", "", HOUR, deliver=False)
            return
        if account is None:
            raise AssertionError
        if not account.enabled:
            raise Refused("USER_DISABLED")
        self.send_reset_code(account)

    def send_reset_code(self, account: Account) -> None:
        """Send a code for a new password to a user who can have one."""
        if account.status == "FORCE_CHANGE_PASSWORD":
            raise Refused("PASSWORD_NOT_RESETTABLE")
        contact = self.users.recovery_contact(account)
        if contact is None:
            raise Refused("NO_RECOVERY_CHANNEL")
        self.users.codes[id(account), "reset"] = self.send(contact, account.attributes[contact], HOUR)

    def confirm_reset(self, username: str, given: str, password: str) -> None:
        """Set a new password by a code."""
        account = self.users.find_or_refuse(username)
        self.users.conduct(account, username).count("reset", self.now)
        self.check_code(account, username, "reset", given)
        if account is None:
            raise AssertionError
        if not account.enabled:
            raise Refused("USER_DISABLED")
        if account.status == "FORCE_CHANGE_PASSWORD":
            raise Refused("PASSWORD_NOT_RESETTABLE")
        self.check_new_password(password)
        account.password, account.status = password, "CONFIRMED"
        del self.users.codes[id(account), "reset"]
