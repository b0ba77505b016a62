"""What the session of a signed-in user does in the model: second factors, passkeys, devices, fresh tokens."""

from __future__ import annotations

from typing import Final

from attrs import define
from walk_session import Inputs, Session
from walk_users import HOUR, Account, App, Foreign, Grant, Refused, Registration, Tracked

__all__ = ["SignedIn"]

FACTORS: Final = {"sms": "SMS_MFA", "totp": "SOFTWARE_TOKEN_MFA", "email": "EMAIL_OTP"}
LACKING: Final = {"SMS_MFA": "PHONE_NUMBER_MISSING", "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_NOT_VERIFIED",
                  "EMAIL_OTP": "FACTOR_NOT_CONFIGURED"}  # fmt: skip
APP_DIGITS: Final = 6
PREFER: Final = "SetUserMFAPreference"


@define
class SignedIn(Session):
    """A session with tokens."""

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
