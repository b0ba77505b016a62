"""The session of the model: where it stands, for how long, and what it takes there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import define
from walk_sign_in import Challenge, SignIns
from walk_users import DAY, HOUR, Account, App, Grant

import flowengine as fe

__all__ = ["BEGIN", "CHALLENGES", "Inputs", "Session"]

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


@define
class Session:
    """Where one user of the pool stands."""

    pool: SignIns
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
