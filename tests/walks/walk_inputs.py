"""The user's hands: what is typed for each event, rightly or wrongly, and what is known of what was shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import attrs
from attrs import frozen
from walk_draws import CUSTOM_ANSWERS, EMAIL, PASSWORD, VALUES, Person, needed_attributes
from walk_model import Model
from walk_session import BEGIN
from walk_users import DAY, Account, Foreign, Grant, Refused, wrong

import flowengine as fe
from flowengine.testing import SoftwareAuthenticator

__all__ = ["Hands", "Invalid"]

WRONG: Final = "Staple-78"
WEAK: Final = "staple-79"
NEXT: Final = ("Staple-80", "Staple-81")
FIRST_FACTORS: Final = ("PASSWORD", "PASSWORD_SRP")
CHOOSING: Final = ("SELECT_CHALLENGE", "SELECT_MFA_TYPE")
Inputs = dict[str, Any]


class Invalid(Exception):
    """Inputs that the session must not take."""

    def __init__(self, inputs: Inputs) -> None:
        super().__init__()
        self.inputs = inputs


class Hands:
    """
    Someone at the session.

    Args:
        person: Who.
        model: What should be true, which knows the codes that have arrived.
    """

    def __init__(self, person: Person, model: Model) -> None:
        self.person = person
        self.model = model
        self.received: list[str] = []
        self.passwords = [PASSWORD]
        self.devices: list[dict[str, str]] = []
        self.authenticator = self.candidate = SoftwareAuthenticator(verifies_user=False)
        self.owed = False

    @property
    def account(self) -> Account | None:
        """The person's account, if there is one."""
        return self.model.pool.users.find(self.person.username)

    @property
    def contacts(self) -> dict[str, str]:
        """The person's contacts and other attributes, the username among them where it is one."""
        named = {name: value for name, value in VALUES.items() if value == self.person.username}
        return {**self.person.attributes, **named}

    # what may not show, what was shown, what was done

    def told(self, snapshot: fe.Snapshot, text: str) -> list[str]:
        """Return the secrets of the walk that a text tells."""
        known = [PASSWORD, WRONG, WEAK, *NEXT, snapshot.id, *(device["password"] for device in self.devices)]
        if snapshot.tokens is not None:
            known += filter(None, attrs.astuple(snapshot.tokens)[:3])
        codes = [code for code in self.received if re.search(rf"(?<![\d.]){code}(?![\d.])", text)]
        return [secret for secret in known if secret in text] + codes

    def expect(self, event: str, inputs: Inputs) -> None:
        """Let the model do what was sent, and remember whether a second factor is owed."""
        users = self.model.pool.users
        account = self.model.account or users.find(inputs.get("username", self.model.username))
        once = users.pool.assumptions.first_sign_in_without_factor == "TOKENS"
        first = account is not None and once and not account.seen_before and not account.invited
        lenient = first and account is not None and not users.candidates(account)
        self.owed = account is not None and users.owes_second(account) and not lenient
        keys = account.passkeys if account is not None else 0
        self.model.perform(event, inputs)
        if account is not None and account.passkeys > keys:
            self.authenticator = self.candidate

    def check_proofs(self, grant: Grant) -> None:
        """Everything that the user owes was proved in this sign-in."""
        proved = grant.proved
        alone = proved & {"one_time_password", "passkey", "custom", "sign_up_code"}
        assert alone or ("password" in proved and ("second" in proved or not self.owed)), proved

    def learn(self, snapshot: fe.Snapshot) -> None:
        """Keep what the session shows: the secret of an app, a device, its password."""
        model = self.model
        if snapshot.pending == "SECRET_CODE" and model.new_app is not None:
            model.new_app.secret = snapshot.parameters["secret_code"]
        if model.grant is not None and model.grant.device == "" and snapshot.device is not None:
            model.grant.device = model.device = snapshot.device.key
        if model.grant is not None and snapshot.device is not None and snapshot.device.password is not None:
            tracked = model.grant.account.devices.get(snapshot.device.key)
            if tracked is not None and tracked.password is None:
                tracked.password = snapshot.device.password
                self.devices.append(attrs.asdict(snapshot.device))
        if self.account is not None and self.account.password not in (None, *self.passwords):
            self.passwords.append(str(self.account.password))

    def administer(self, account: Account, deed: str) -> None:
        """Let the model's administrator do something to the user."""
        pool, grant = self.model.pool, self.model.grant
        if deed == "confirm":
            if account.status != "UNCONFIRMED":
                raise Refused("NotAuthorizedException")
            pool.confirmed(account)
        elif deed == "delete":
            pool.users.accounts.remove(account)
            pool.users.gone.append(account)
        elif deed in ("disable", "enable"):
            account.enabled = deed == "enable"
            if grant is not None and grant.account is account:
                grant.revoked = grant.revoked or not account.enabled
        elif deed == "reset":
            if account.status == "UNCONFIRMED" or pool.users.pool.account_recovery == ("admin_only",):
                raise Refused("NotAuthorizedException")
            pool.send_reset_code(account)
            account.status = "RESET_REQUIRED"
        else:
            account.password, account.status = PASSWORD, "FORCE_CHANGE_PASSWORD"
            account.temporary_until = pool.now + 7 * DAY

    # what comes next

    def next_events(self) -> list[str]:
        """Return the events that bring the person further, in tokens or in factors."""
        model, offers = self.model, self.model.offers()
        begins = sorted({*BEGIN} & offers)
        if model.state == "signed_out" and self.account is None and "sign_up" in offers:
            return ["sign_up"]
        if model.state == "signed_in":
            return self._more(offers)
        ways = {
            "signed_out": [*begins, *begins, "forgot_password"],
            "unconfirmed": ["confirm", "confirm_taking_alias"] if self.code_of("confirm") else ["resend"],
            "confirmed": ["auto_sign_in"] if "auto_sign_in" in offers else begins,
            "resetting_password": ["confirm_reset"] if self.code_of("reset") else ["resend"],
            "mfa_setup": ["set_up_email", "set_up_totp"],
            "totp_setup": ["verify_totp"],
        }
        found = [event for event in ways.get(model.state, ["answer"]) if event in offers]
        return found or begins or sorted(offers)

    def _more(self, offers: set[str]) -> list[str]:
        """Finish what was begun, enrol what the person lacks, and leave."""
        begun = offers & {"verify_totp", "finish_passkey", "remember_device"}
        if begun:
            return sorted(begun)
        account = self.account
        lacks = {"register_passkey"} if account is not None and not account.passkeys else set()
        lacks |= {"register_totp"} if account is not None and account.app is None else set()
        enables = {event for event in offers if event.startswith("enable_")}
        return [*sorted(offers & lacks) * 2, *sorted(enables), "refresh", "sign_out", "sign_out"]

    # what is typed

    def inputs(self, snapshot: fe.Snapshot, event: str, kind: str, name: str, *, choice: int, bare: bool) -> Inputs:
        """
        Return what the person types.

        Args:
            snapshot: What the person sees.
            event: The event.
            kind: `right`, `wrong`, `stale` (an earlier answer), or `missing` (one field is left out).
            name: Under which name: one's `own`, an `alias`, the own one in another `case`, or `nobody`'s.
            choice: Picks where there is something to choose.
            bare: Whether optional fields are left out.

        Raises:
            Invalid: The session must not take this.
        """
        fields = snapshot.accepts.get(event, ())
        typing = Typing(self, snapshot, event, kind, name, choice, bare)
        given = {entry.name: typing.value(entry) for entry in fields}
        given = {name: value for name, value in given.items() if value is not None}
        required = [entry.name for entry in fields if entry.required]
        if kind == "missing" and required:
            del given[required[choice % len(required)]]
            raise Invalid(given)
        if typing.invalid or (given.get("preferred_challenge") in FIRST_FACTORS and "password" not in given):
            raise Invalid(given)
        return given

    def code_of(self, kind: str) -> str:
        """Return the code that arrived to `confirm` a sign-up or to `reset` a password, if one did."""
        users, name = self.model.pool.users, self.model.username
        code = users.codes.get((users.subject(users.find(name), name), kind))
        return code.value if code is not None else ""

    def right_code(self, event: str, *, again: bool) -> str:
        """Return the code that an event asks for; of an app, one that was used before if that is wanted."""
        model = self.model
        if event == "confirm_reset":
            return self.code_of("reset")
        if event == "verify_totp":
            return model.new_app.code(model.pool.now) if model.new_app else ""
        if event != "answer" or model.challenge is None:
            return self.code_of("confirm")
        account = model.challenge.sign_in.account
        if model.pending != "SOFTWARE_TOKEN_MFA" or account is None or account.app is None:
            return model.challenge.code.value if model.challenge.code else ""
        fresh = account.app.used < int(model.pool.now) // 30
        return account.app.code(model.pool.now + (0 if fresh or again else 30))


@frozen
class Typing:
    """One event being typed; the arguments are those of `Hands.inputs`."""

    hands: Hands
    snapshot: fe.Snapshot
    event: str
    kind: str
    name: str
    choice: int
    bare: bool

    @property
    def invalid(self) -> bool:
        """Whether what is typed is of a form that is refused at once."""
        wrong_form = self.kind == "wrong" and (self.event == "set_up_email" or self.snapshot.pending in CHOOSING)
        return (wrong_form and self.event in ("set_up_email", "answer")) or self._lacks_attribute

    @property
    def _lacks_attribute(self) -> bool:
        needed = needed_attributes(self.hands.model.settings, self.hands.person.username)
        return self.event == "sign_up" and self.kind == "stale" and bool(needed)

    def value(self, entry: fe.Field) -> Any:
        """Return the value of a field, None to leave it out."""
        return getattr(self, f"_{entry.name}")(entry)

    def _username(self, _entry: fe.Field) -> str:
        own = self.hands.person.username
        aliases = self.hands.model.settings.sign_in.alias_attributes
        names = {"alias": VALUES[aliases[0]] if aliases else own, "case": own.upper(), "nobody": "nobody"}
        return own if self.event == "sign_up" else names.get(self.name, own)

    def _password(self, entry: fe.Field) -> str | None:
        known = self.hands.passwords
        if self.event == "sign_up":
            first = self.hands.person.password if not entry.required else PASSWORD
            return WEAK if first and self.kind == "wrong" else first
        if not entry.required and self.bare:
            return None
        account = self.hands.account
        right = account.password if account is not None and account.password else PASSWORD
        return {"wrong": WRONG, "stale": known[0] if known[0] != right else WRONG}.get(self.kind, right)

    def _new_password(self, _entry: fe.Field) -> str:
        weak = self.kind in ("wrong", "stale") and (self.event == "answer" or self.choice % 2 == 1)
        return WEAK if weak else NEXT[self.choice % len(NEXT)]

    def _code(self, _entry: fe.Field) -> str:
        right = self.hands.right_code(self.event, again=self.kind == "stale")
        if self.event == "confirm_reset" and self.choice % 2 == 1:
            return right or "000000"
        earlier = [code for code in self.hands.received if code != right]
        stale = right if self.snapshot.pending == "SOFTWARE_TOKEN_MFA" else (earlier or [wrong(right)])[-1]
        return {"wrong": wrong(right), "stale": stale}.get(self.kind, right) or "000000"

    def _answer(self, entry: fe.Field) -> str:
        if entry.choices:
            return "NONE_OF_THEM" if self.kind == "wrong" else entry.choices[self.choice % len(entry.choices)]
        challenge = self.hands.model.challenge
        rounds = challenge.sign_in.rounds if challenge is not None else 0
        answers = {"right": CUSTOM_ANSWERS[rounds], "stale": CUSTOM_ANSWERS[rounds - 1]}
        return answers.get(self.kind, "nonsense")

    def _preferred_challenge(self, entry: fe.Field) -> str | None:
        return None if self.bare else (*entry.choices, None)[self.choice % (len(entry.choices) + 1)]

    def _email(self, _entry: fe.Field) -> str:
        return "no address" if self.kind == "wrong" else EMAIL

    def _device(self, _entry: fe.Field) -> dict[str, str] | None:
        if self.bare or not self.hands.devices or self.event == "answer":
            return None
        strange = {"wrong": {"password": "a-stolen-key"}, "stale": {"key": "us-east-1_of-someone-else"}}
        return self.hands.devices[-1] | strange.get(self.kind, {})

    def _attributes(self, entry: fe.Field) -> dict[str, str] | None:
        if self.event == "sign_up":
            needed = needed_attributes(self.hands.model.settings, self.hands.person.username)
            given = {**self.hands.person.attributes, **{name: VALUES[name] for name in sorted(needed)}}
            if self._lacks_attribute:
                del given[min(needed)]
            return given
        asked = {member.name: VALUES[member.name] for member in entry.members if member.required}
        return asked or None

    def _credential(self, _entry: fe.Field) -> dict[str, Any]:
        origin = "https://elsewhere.example" if self.kind == "wrong" else None
        kind: Callable[[Any], dict[str, Any]] = Foreign if origin else dict
        if self.event == "finish_passkey":
            self.hands.candidate = SoftwareAuthenticator(verifies_user=False)
            options = self.snapshot.parameters["credential_creation_options"]
            return kind(self.hands.candidate.create(options, origin=origin))
        options = self.snapshot.parameters["credential_request_options"]
        return kind(self.hands.authenticator.get(options, origin=origin))
