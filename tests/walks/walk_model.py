"""The session as its user should see it: where it stands, what waits for an answer, what it takes, what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from attrs import define, field
from walk_pool import Challenge, Pool, SignIn
from walk_users import DAY, HOUR, Account, App, Foreign, Grant, Refused, Registration, Tracked

import flowengine as fe

__all__ = ["BEGIN", "CHALLENGES", "EVENTS", "Model"]

Inputs = Mapping[str, Any]

BEGIN: Final = {
    "sign_in": "USER_PASSWORD_AUTH",
    "sign_in_with_srp": "USER_SRP_AUTH",
    "sign_in_with_choice": "USER_AUTH",
    "sign_in_with_custom_challenge": "CUSTOM_AUTH",
    "sign_in_with_srp_and_custom_challenge": "CUSTOM_AUTH",
    "sign_in_server_side": "ADMIN_USER_PASSWORD_AUTH",
}
"""What begins a sign-in, by which flow of the client."""
CHALLENGES: Final = {
    "CUSTOM_CHALLENGE": "custom_challenge",
    "EMAIL_OTP": "one_time_password",
    "MFA_SETUP": "mfa_setup",
    "NEW_PASSWORD_REQUIRED": "new_password",
    "PASSWORD": "password_challenge",
    "PASSWORD_SRP": "password_challenge",
    "SELECT_CHALLENGE": "factor_selection",
    "SELECT_MFA_TYPE": "mfa_selection",
    "SMS_MFA": "mfa_challenge",
    "SMS_OTP": "one_time_password",
    "SOFTWARE_TOKEN_MFA": "mfa_challenge",
    "WEB_AUTHN": "passkey_challenge",
}
"""Where each challenge is waited for."""
LASTS: Final = {"unconfirmed": DAY, "confirmed": DAY, "resetting_password": HOUR}
SITUATION: Final = {"UserNotConfirmedException": "unconfirmed", "PasswordResetRequiredException": "resetting_password"}
BEGUN: Final = SITUATION | {"UserNotFoundException": "signed_out"}
ANSWERED: Final = BEGUN | dict.fromkeys(
    ("ANSWER_LOST", "DEVICE_NOT_FOUND", "ExpiredCodeException", "INCORRECT_USERNAME_OR_PASSWORD", "SESSION_EXPIRED",
     "USER_DISABLED"), "signed_out",
)  # fmt: skip
AUTO: Final = BEGUN | {"ANSWER_LOST": "confirmed", "SESSION_EXPIRED": "confirmed", "SESSION_INVALID": "confirmed",
                       "USER_DISABLED": "signed_out"}  # fmt: skip
SET_UP: Final = {"ANSWER_LOST": "signed_out", "SESSION_EXPIRED": "signed_out"}
CONFIRMING: Final = {"ALREADY_CONFIRMED": "confirmed", "UserNotFoundException": "signed_out"}
RESETTING: Final = {"UserNotFoundException": "signed_out"}
SIGNED_IN: Final = SITUATION | dict.fromkeys(
    ("ACCESS_TOKEN_REVOKED", "REFRESH_TOKEN_EXPIRED", "REFRESH_TOKEN_INVALID", "REFRESH_TOKEN_REVOKED",
     "RefreshTokenReuseException", "USER_DISABLED", "UserNotFoundException"), "signed_out",
)  # fmt: skip
FACTORS: Final = {"sms": "SMS_MFA", "totp": "SOFTWARE_TOKEN_MFA", "email": "EMAIL_OTP"}
LACKING: Final = {"SMS_MFA": "PHONE_NUMBER_MISSING", "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_NOT_VERIFIED",
                  "EMAIL_OTP": "FACTOR_NOT_CONFIGURED"}  # fmt: skip
APP_DIGITS: Final = 6
PREFER: Final = "SetUserMFAPreference"


@define
class Model:
    """What should be true of one session of one user."""

    pool: Pool
    state: str = "signed_out"
    pending: str | None = None
    deadline: float | None = None
    username: str = ""
    device: str | None = None
    device_password: str | None = None
    """What the session carries to prove that it is on its device."""
    auto_until: float | None = None
    """How long the session of a sign-up goes on to a sign-in, where it does."""
    challenge: Challenge | None = None
    grant: Grant | None = None
    new_app: App | None = None
    """The authenticator app whose secret is being shown."""
    registration: object = None
    """The registration of a passkey whose options are being shown."""
    error: str | None = None

    @property
    def settings(self) -> fe.PoolSettings:
        """The settings of the pool."""
        return self.pool.users.pool

    @property
    def account(self) -> Account | None:
        """Who is signed in, or is about to be."""
        if self.grant is not None:
            return self.grant.account
        return self.challenge.sign_in.account if self.challenge else None

    # where it stands

    def enter(self, state: str, pending: str | None = None) -> None:
        """Stand somewhere, with nothing kept that is of no use there."""
        self.state, self.pending = state, pending
        lasts = LASTS.get(state, None if state in ("signed_out", "signed_in") else self.pool.session_life)
        self.deadline = None if lasts is None else self.pool.now + lasts
        if pending is None:
            self.challenge = self.new_app = None
        if state != "signed_in":
            self.grant = None
        if pending is None and state != "signed_in":
            self.device = None
        if state not in ("unconfirmed", "confirmed"):
            self.auto_until = None

    def expire(self, now: float) -> bool:
        """Let a passed deadline take effect."""
        if self.deadline is None or now < self.deadline:
            return False
        self.enter("signed_out")
        self.error = "EXPIRED"
        return True

    def offers(self) -> set[str]:
        """Return the events that are accepted here."""
        if self.state == "signed_in":
            return {*self._account_events()}
        begins = {event for event, flow in BEGIN.items() if self.settings.client.allows(flow)}
        recovers = {"forgot_password"} if self.settings.account_recovery != ("admin_only",) else set()
        verifies = {"resend"} if self.settings.verification.auto_verified_attributes else set()
        closed = self.settings.admin_create_user.allow_admin_create_user_only
        aliases = {"confirm_taking_alias"} if self.settings.sign_in.alias_attributes else set()
        if self.state == "unconfirmed":
            return {"confirm"} | aliases | verifies
        if self.state == "resetting_password":
            return {"confirm_reset"} | ({"resend"} if recovers else set())
        own = {
            "signed_out": recovers | (set() if closed else {"sign_up"}),
            "confirmed": recovers | ({"auto_sign_in"} if self.pending else set()),
            "password_challenge": recovers | ({"answer"} if self.pending else set()),
            "mfa_setup": {*self._set_up_events()} if self.pending else set(),
            "totp_setup": {"verify_totp"} if self.pending else set(),
        }
        return begins | own.get(self.state, {"answer"} if self.pending else set())

    def _set_up_events(self) -> Iterable[str]:
        return (f"set_up_{factor}" for factor in ("totp", "email") if factor in self.settings.mfa.factors)

    def _account_events(self) -> Iterable[str]:
        mfa, factors = self.settings.mfa, [] if self.settings.mfa.mode == "off" else self.settings.mfa.factors
        yield from ("refresh", "sign_out")
        yield from (f"enable_{factor}_mfa" for factor in factors)
        if mfa.mode == "optional":
            yield from (f"disable_{factor}_mfa" for factor in factors)
        if "totp" in factors:
            yield from ("register_totp", *(["verify_totp"] if self.pending == "SECRET_CODE" else []))
        if "WEB_AUTHN" in self.settings.allowed_first_auth_factors:
            yield from ("register_passkey", *(["finish_passkey"] if self.pending == "CREATION_OPTIONS" else []))
            several = self.settings.passkey.factor_configuration != "SINGLE_FACTOR"
            if several and mfa.mode != "off":
                yield from ("enable_passkey_mfa", *(["disable_passkey_mfa"] if mfa.mode == "optional" else []))
        if self.pending == "TOKENS_ON_NEW_DEVICE":
            yield "remember_device"

    # what happens

    def perform(self, event: str, inputs: Inputs) -> None:
        """Do what an event does; what should be seen of it is then where it stands, and `error`."""
        self.error, self.pool.calls = None, 0
        act, routes = self._acts(event)
        username, state = inputs.get("username", self.username), self.state
        try:
            act(self, inputs)
        except Refused as refused:
            code = "ANSWER_LOST" if refused.code == "unreachable" and self.pool.calls else refused.code
            if code == "unreachable":
                raise
            self.error = code
            if code in routes:
                self.enter(routes[code])
            elif self.pool.calls:
                self.enter(state)
            if code in routes or self.pool.calls:
                self.username = username
        else:
            self.username = username

    def _acts(self, event: str) -> tuple[Callable[[Model, Inputs], None], Mapping[str, str]]:
        if event in BEGIN:
            return (lambda model, inputs: model._begin(event, inputs)), BEGUN  # noqa: SLF001 (itself)
        if event == "resend" and self.state == "resetting_password":
            event = "forgot_password"
        if event == "verify_totp" and self.state == "signed_in":
            event = "register_app"
        if event.startswith(("enable_", "disable_")):
            return (lambda model, _: model._prefer(event)), SIGNED_IN  # noqa: SLF001 (itself)
        return EVENTS[event]

    def _reach(self, reached: Challenge | Grant, inputs: Inputs, side: str = "") -> None:
        """Answer what a send answers by itself, and stand where that ends."""
        while isinstance(reached, Challenge) and reached.name in ("PASSWORD_VERIFIER", "DEVICE_SRP_AUTH"):
            act = self._prove if reached.name == "PASSWORD_VERIFIER" else self._prove_device
            reached = act(reached, inputs, side)
        if isinstance(reached, Grant):
            self.enter("signed_in", "TOKENS_ON_NEW_DEVICE" if reached.is_new else None)
            self.grant, self.device, self.challenge = reached, reached.device, None
            return
        self.enter(CHALLENGES[reached.name], reached.name)
        if "device" in inputs:
            self.device_password = inputs["device"]["password"]
        answered = reached.name != "MFA_SETUP" or {*self._set_up_events()}
        self.challenge, self.device = reached, reached.sign_in.device if answered else None

    def _prove(self, challenge: Challenge, inputs: Inputs, side: str) -> Challenge | Grant:
        with self.pool.answering(challenge, side) as sign_in:
            return self.pool.after_password(sign_in, inputs["password"])

    def _prove_device(self, challenge: Challenge, inputs: Inputs, side: str) -> Grant:
        with self.pool.answering(challenge, side):
            pass
        with self.pool.answering(challenge, side) as sign_in:
            tracked = self.pool.known_device(sign_in)
            given = inputs["device"]["password"] if "device" in inputs else self.device_password
            if tracked is None or given != tracked.password:
                raise Refused("INCORRECT_USERNAME_OR_PASSWORD")
            sign_in.proved.add("second")
            return self.pool.complete(sign_in)

    def _begin(self, event: str, inputs: Inputs) -> None:
        side = "Admin" if event == "sign_in_server_side" else ""
        device = inputs["device"]["key"] if "device" in inputs else self.device
        with self.pool.call(f"{side}InitiateAuth"):
            sign_in = self.pool.recognise(inputs.get("username", self.username), BEGIN[event], device)
            reached = self._begun(event, sign_in, inputs)
        self._reach(reached, inputs, side)

    def _begun(self, event: str, sign_in: SignIn, inputs: Inputs) -> Challenge | Grant:
        if event == "sign_in_with_choice":
            return self.pool.choose(sign_in, inputs.get("preferred_challenge"), inputs.get("password"))
        if event == "sign_in_with_custom_challenge":
            return self.pool.custom(sign_in)
        if event == "sign_in_with_srp_and_custom_challenge":
            self.pool.custom(sign_in)
            return self.pool.ask(sign_in, "PASSWORD_VERIFIER")
        if event == "sign_in_with_srp":
            return self.pool.ask(sign_in, "PASSWORD_VERIFIER")
        return self.pool.after_password(sign_in, inputs["password"])

    # sign-up and recovery

    def _sign_up(self, inputs: Inputs) -> None:
        with self.pool.call("SignUp"):
            given = dict(inputs.get("attributes", {}))
            account, goes_on = self.pool.sign_up(inputs["username"], inputs.get("password"), given)
        self.enter("unconfirmed" if account.status == "UNCONFIRMED" else "confirmed")
        self.auto_until = self.pool.now + self.pool.session_life if goes_on else None

    def _confirm(self, inputs: Inputs, *, force: bool = False) -> None:
        goes_on = self.auto_until is not None and self.pool.now < self.auto_until
        with self.pool.call("ConfirmSignUp"):
            self.pool.confirm(self.username, inputs["code"], force=force)
        self.enter("confirmed", "AUTO_SIGN_IN" if goes_on else None)
        self.auto_until = self.pool.now + self.pool.session_life if goes_on else None

    def _confirm_taking_alias(self, inputs: Inputs) -> None:
        self._confirm(inputs, force=True)

    def _resend(self, _inputs: Inputs) -> None:
        with self.pool.call("ResendConfirmationCode"):
            self.pool.resend(self.username)
        until = self.auto_until
        self.enter("unconfirmed")
        self.auto_until = until

    def _auto_sign_in(self, _inputs: Inputs) -> None:
        with self.pool.call("InitiateAuth"):
            sign_in = self.pool.recognise(self.username, "USER_AUTH", None)
            if sign_in.account is None:
                raise Refused("SESSION_INVALID")
            if self.auto_until is None or self.pool.now >= self.auto_until:
                raise Refused("SESSION_EXPIRED")
            sign_in.proved.add("sign_up_code")
            reached = self.pool.complete(sign_in)
        self._reach(reached, {})

    def _forgot_password(self, inputs: Inputs) -> None:
        with self.pool.call("ForgotPassword"):
            self.pool.forgot_password(inputs.get("username", self.username))
        self.enter("resetting_password")

    def _confirm_reset(self, inputs: Inputs) -> None:
        with self.pool.call("ConfirmForgotPassword"):
            self.pool.confirm_reset(self.username, inputs["code"], inputs["new_password"])
        self.enter("confirmed")

    # challenges

    def _answer(self, inputs: Inputs) -> None:
        if self.challenge is None:
            raise AssertionError
        with self.pool.answering(self.challenge):
            reached = ANSWER[self.challenge.name](self.pool, self.challenge, inputs)
        self._reach(reached, inputs)

    def _set_up_email(self, inputs: Inputs) -> None:
        if self.challenge is None:
            raise AssertionError
        with self.pool.answering(self.challenge) as sign_in:
            if "EMAIL_OTP" not in self.challenge.choices:
                raise Refused("InvalidParameterException")
            reached = self.pool.ask(sign_in, "EMAIL_OTP")
            reached.second = reached.enrols = True
            reached.code = self.pool.send("email", inputs["email"], self.pool.session_life)
        self._reach(reached, inputs)

    def _set_up_totp(self, _inputs: Inputs) -> None:
        challenge = self.challenge
        if challenge is None:
            raise AssertionError
        with self.pool.call("AssociateSoftwareToken"):
            self.pool.resumed(challenge)
            self._renew(challenge)
        self.enter("totp_setup", "SECRET_CODE")
        self.new_app = App()

    def _renew(self, challenge: Challenge) -> None:
        challenge.until = self.pool.now + self.pool.session_life

    def _verify_totp(self, inputs: Inputs) -> None:
        challenge, app = self.challenge, self.new_app
        if challenge is None or app is None:
            raise AssertionError
        with self.pool.call("VerifySoftwareToken"):
            self._check_form(inputs["code"])
            self.pool.resumed(challenge)
            self._use(app, inputs["code"])
            self._renew(challenge)
            challenge.app = app
        with self.pool.answering(challenge):
            reached = self.pool.answer_set_up(challenge)
        self._reach(reached, inputs)

    def _check_form(self, code: str) -> None:
        """Refuse what no authenticator app shows, before anything else (shape SoftwareTokenMFAUserCodeType)."""
        if len(code) != APP_DIGITS:
            raise Refused("InvalidParameterException")

    def _use(self, app: App | None, code: str) -> App:
        step = app.step(code, self.pool.now) if app else None
        if app is None or step is None:
            raise Refused("EnableSoftwareTokenMFAException")
        app.used = step
        return app

    # signed in

    def _token_of(self, *undeclared: str) -> Account:
        """Do the same for an operation that has no exception of its own for some users."""
        try:
            return self._token()
        except Refused as refused:
            raise (Refused("ACCESS_TOKEN_REVOKED") if refused.code in undeclared else refused) from None

    def _token(self) -> Account:
        """Refuse an access token that is too old, revoked, or of a user who is gone."""
        grant = self.grant
        if grant is None:
            raise AssertionError
        if self.pool.now >= grant.access_until:
            raise Refused("ACCESS_TOKEN_EXPIRED")
        self._living(grant)
        if grant.revoked:
            raise Refused("ACCESS_TOKEN_REVOKED")
        if grant.account.status == "RESET_REQUIRED":
            raise Refused("PasswordResetRequiredException")
        return grant.account

    def _living(self, grant: Grant) -> None:
        if grant.account not in self.pool.users.accounts:
            raise Refused("UserNotFoundException")
        if not grant.account.enabled:
            raise Refused("USER_DISABLED")

    def _prefer(self, event: str) -> None:
        verb, name, _ = event.split("_")
        factor = FACTORS.get(name, "WEB_AUTHN")
        with self.pool.call(PREFER):
            account = self._token()
            if verb == "enable":
                self._enable(account, factor)
            else:
                active = account.mfa - {factor}
                if active == {"WEB_AUTHN"}:
                    raise Refused("InvalidParameterException")
                account.mfa = active
                account.preferred = None if account.preferred == factor else account.preferred

    def _enable(self, account: Account, factor: str) -> None:
        has = {
            "SMS_MFA": "phone_number" in account.attributes,
            "SOFTWARE_TOKEN_MFA": account.app is not None,
            "EMAIL_OTP": "email" in account.attributes,
            "WEB_AUTHN": bool(account.mfa),
        }
        if not has[factor]:
            raise Refused(LACKING.get(factor, "InvalidParameterException"))
        account.mfa.add(factor)
        account.preferred = account.preferred if factor == "WEB_AUTHN" else factor

    def _register_totp(self, _inputs: Inputs) -> None:
        with self.pool.call("AssociateSoftwareToken"):
            account = self._token_of("PasswordResetRequiredException", "UserNotFoundException")
            account.new_app = App()
        self.enter("signed_in", "SECRET_CODE")
        self.new_app = account.new_app

    def _register_app(self, inputs: Inputs) -> None:
        with self.pool.call("VerifySoftwareToken"):
            self._check_form(inputs["code"])
            account = self._token()
            account.app = self._use(account.new_app, inputs["code"])
            account.new_app = None
        with self.pool.call(PREFER):
            self._enable(self._token(), "SOFTWARE_TOKEN_MFA")
        self.enter("signed_in")

    def _register_passkey(self, _inputs: Inputs) -> None:
        with self.pool.call("StartWebAuthnRegistration"):
            account = self._token_of("UserNotFoundException")
            if self.settings.passkey.relying_party_id is None:
                raise Refused("WebAuthnConfigurationMissingException")
            account.registration = Registration(self.pool.now + self.pool.session_life)
        self.enter("signed_in", "CREATION_OPTIONS")
        self.registration = account.registration

    def _finish_passkey(self, inputs: Inputs) -> None:
        with self.pool.call("CompleteWebAuthnRegistration"):
            account = self._token_of("UserNotFoundException")
            begun = account.registration
            if begun is None or begun is not self.registration or self.pool.now >= begun.until:
                raise Refused("WebAuthnChallengeNotFoundException")
            if isinstance(inputs["credential"], Foreign):
                raise Refused("WebAuthnOriginNotAllowedException")
            if self.settings.passkey.factor_configuration != "SINGLE_FACTOR":
                # The authenticator of this walk does not verify its user.
                raise Refused("WebAuthnCredentialNotSupportedException")
            account.passkeys += 1
            account.registration = None
        self.enter("signed_in")

    def _remember_device(self, _inputs: Inputs) -> None:
        grant = self.grant
        if grant is None or grant.device is None:
            raise AssertionError
        with self.pool.call("ConfirmDevice"):
            devices = self._token().devices
            if grant.device in devices:
                raise Refused("DeviceKeyExistsException")
            devices[grant.device] = Tracked(remembered=self.settings.devices.remembered == "always")
        if self.settings.devices.remembered == "opt_in":
            with self.pool.call("UpdateDeviceStatus"):
                self._token().devices[grant.device].remembered = True
        self.enter("signed_in")

    def _refresh(self, _inputs: Inputs) -> None:
        grant = self.grant
        if grant is None:
            raise AssertionError
        with self.pool.call("GetTokensFromRefreshToken"):
            self._living(grant)
            self._refreshable(grant)
            grant.replaced = self.settings.client.rotates_refresh_tokens
        grant.replaced = False
        grant.access_until = int(self.pool.now) + HOUR

    def _refreshable(self, grant: Grant) -> None:
        if grant.revoked:
            raise Refused("REFRESH_TOKEN_REVOKED")
        if self.pool.now >= grant.refresh_until:
            raise Refused("REFRESH_TOKEN_EXPIRED")
        if grant.replaced:
            raise Refused("RefreshTokenReuseException")

    def _sign_out(self, _inputs: Inputs) -> None:
        with self.pool.call("GlobalSignOut"):
            account = self._token_of("UserNotFoundException")
            if self.grant is not None and self.grant.account is account:
                self.grant.revoked = True
        self.enter("signed_out")


def _passkey(pool: Pool, challenge: Challenge, inputs: Inputs) -> Grant:
    if isinstance(inputs["credential"], Foreign):
        raise Refused("NotAuthorizedException")
    challenge.sign_in.proved.add("passkey")
    return pool.complete(challenge.sign_in)


def _new_password(pool: Pool, challenge: Challenge, inputs: Inputs) -> Challenge | Grant:
    return pool.answer_new_password(challenge, inputs["new_password"], dict(inputs.get("attributes", {})))


def _first_factor(pool: Pool, challenge: Challenge, inputs: Inputs) -> Challenge | Grant:
    return pool.begin_with(challenge.sign_in, inputs["answer"], inputs.get("password"))


def _code(pool: Pool, challenge: Challenge, inputs: Inputs) -> Grant:
    return pool.answer_code(challenge, inputs["code"])


Answer = Callable[[Pool, Challenge, Inputs], Challenge | Grant]
ANSWER: Final[Mapping[str, Answer]] = {
    "CUSTOM_CHALLENGE": lambda pool, challenge, inputs: pool.answer_custom(challenge, inputs["answer"]),
    "EMAIL_OTP": _code,
    "NEW_PASSWORD_REQUIRED": _new_password,
    "PASSWORD": lambda pool, challenge, inputs: pool.after_password(challenge.sign_in, inputs["password"]),
    "PASSWORD_SRP": lambda pool, challenge, _inputs: pool.ask(challenge.sign_in, "PASSWORD_VERIFIER"),
    "SELECT_CHALLENGE": _first_factor,
    "SELECT_MFA_TYPE": lambda pool, challenge, inputs: pool.ask_for_factor(challenge.sign_in, inputs["answer"]),
    "SMS_MFA": _code,
    "SMS_OTP": _code,
    "SOFTWARE_TOKEN_MFA": _code,
    "WEB_AUTHN": _passkey,
}
"""How the pool takes the answer to each challenge."""

# ruff: noqa: SLF001
EVENTS: Final[Mapping[str, tuple[Callable[[Model, Inputs], None], Mapping[str, str]]]] = {
    "answer": (Model._answer, ANSWERED),
    "auto_sign_in": (Model._auto_sign_in, AUTO),
    "confirm": (Model._confirm, CONFIRMING),
    "confirm_reset": (Model._confirm_reset, RESETTING | {"UserNotConfirmedException": "unconfirmed"}),
    "confirm_taking_alias": (Model._confirm_taking_alias, CONFIRMING),
    "finish_passkey": (Model._finish_passkey, SIGNED_IN),
    "forgot_password": (Model._forgot_password, {}),
    "refresh": (Model._refresh, SIGNED_IN),
    "register_app": (Model._register_app, SIGNED_IN),
    "register_passkey": (Model._register_passkey, SIGNED_IN),
    "register_totp": (Model._register_totp, SIGNED_IN),
    "remember_device": (Model._remember_device, SIGNED_IN),
    "resend": (Model._resend, CONFIRMING),
    "set_up_email": (Model._set_up_email, ANSWERED),
    "set_up_totp": (Model._set_up_totp, SET_UP),
    "sign_out": (Model._sign_out, SIGNED_IN),
    "sign_up": (Model._sign_up, {}),
    "verify_totp": (Model._verify_totp, ANSWERED),
}
"""What each event does, and where a refusal of it leads; any other one leaves the session where it is."""
