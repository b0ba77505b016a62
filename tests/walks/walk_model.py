"""What should be seen of a session after every event, whatever was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from attrs import define
from walk_account import SignedIn
from walk_session import BEGIN, CHALLENGES, Inputs
from walk_sign_in import Challenge, SignIn, SignIns
from walk_users import App, Foreign, Grant, Refused

__all__ = ["EVENTS", "Model"]

SITUATION: Final = {"UserNotConfirmedException": "unconfirmed", "PasswordResetRequiredException": "resetting_password"}
BEGUN: Final = SITUATION | {"UserNotFoundException": "signed_out"}
ANSWERED: Final = BEGUN | dict.fromkeys(
    ("ANSWER_LOST", "DEVICE_NOT_FOUND", "ExpiredCodeException", "INCORRECT_USERNAME_OR_PASSWORD", "SESSION_EXPIRED",
     "USER_DISABLED"), "signed_out",
)  # fmt: skip
AUTO: Final = BEGUN | {"ANSWER_LOST": "confirmed", "SESSION_EXPIRED": "confirmed", "SESSION_INVALID": "confirmed",
                       "USER_DISABLED": "signed_out"}  # fmt: skip
SET_UP: Final = dict.fromkeys(
    ("ANSWER_LOST", "INCORRECT_USERNAME_OR_PASSWORD", "SESSION_EXPIRED", "SESSION_INVALID", "USER_DISABLED"),
    "signed_out",
)
CONFIRMING: Final = {"ALREADY_CONFIRMED": "confirmed", "UserNotFoundException": "signed_out"}
RESETTING: Final = {"UserNotFoundException": "signed_out"}
SIGNED_IN: Final = SITUATION | dict.fromkeys(
    ("ACCESS_TOKEN_REVOKED", "REFRESH_TOKEN_EXPIRED", "REFRESH_TOKEN_INVALID", "REFRESH_TOKEN_REVOKED",
     "RefreshTokenReuseException", "USER_DISABLED", "UserNotFoundException"), "signed_out",
)  # fmt: skip


@define
class Model(SignedIn):
    """What should be true of one session of one user."""

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
            return (lambda model, inputs: model._begin(event, inputs)), BEGUN
        if event == "resend" and self.state == "resetting_password":
            event = "forgot_password"
        if event == "verify_totp" and self.state == "signed_in":
            event = "register_app"
        if event.startswith(("enable_", "disable_")):
            return (lambda model, _: model._prefer(event)), SIGNED_IN
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
            try:
                self.pool.resumed(challenge)
            except Refused as refused:
                gone = refused.code == "UserNotFoundException"
                raise (Refused("SESSION_INVALID") if gone else refused) from None
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


def _passkey(pool: SignIns, challenge: Challenge, inputs: Inputs) -> Grant:
    if isinstance(inputs["credential"], Foreign):
        raise Refused("NotAuthorizedException")
    challenge.sign_in.proved.add("passkey")
    return pool.complete(challenge.sign_in)


def _new_password(pool: SignIns, challenge: Challenge, inputs: Inputs) -> Challenge | Grant:
    return pool.answer_new_password(challenge, inputs["new_password"], dict(inputs.get("attributes", {})))


def _first_factor(pool: SignIns, challenge: Challenge, inputs: Inputs) -> Challenge | Grant:
    if inputs["answer"] not in pool.first_factors(challenge.sign_in):
        raise Refused("InvalidParameterException")
    return pool.begin_with(challenge.sign_in, inputs["answer"], inputs.get("password"))


def _code(pool: SignIns, challenge: Challenge, inputs: Inputs) -> Grant:
    return pool.answer_code(challenge, inputs["code"])


Answer = Callable[[SignIns, Challenge, Inputs], Challenge | Grant]
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
