"""The rows of a signed-in user: MFA preferences, authenticator apps, passkeys, devices, tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flowengine.actions.answers import constant
from flowengine.actions.authentication import GIVES, tokens_of
from flowengine.actions.conditions import chooses, mfa_factor, remembers_devices
from flowengine.actions.inputs import CODE, CREDENTIAL, fixed
from flowengine.actions.model import (
    CHALLENGE_FACTS,
    CHALLENGE_SESSION,
    DEVICE,
    PARAMETERS,
    TOKENS,
    USER_ID,
    USERNAME,
    Action,
    Call,
    Condition,
    Options,
    Result,
    always,
    fixed_results,
)
from flowengine.actions.proofs import device_secret
from flowengine.actions.refusals import ACCESS_TOKEN, COMMON, LAMBDA, SIGNED_OUT_ELSEWHERE
from flowengine.actions.sign_in import ISSUER, classify_secret
from flowengine.settings import PoolSettings

__all__ = ["ACCOUNT_ROWS"]

_UNCHANGED: Final = "unchanged"
_CHOICES: Final = (_UNCHANGED, "preferred", "enabled", "disabled")
_FACTORS: Final[Mapping[str, tuple[str, str]]] = {
    "email_mfa": ("email", "EmailMfaSettings"),
    "sms_mfa": ("sms", "SMSMfaSettings"),
    "software_token_mfa": ("totp", "SoftwareTokenMfaSettings"),
    "web_authn_mfa": ("", "WebAuthnMfaSettings"),
}
"""Option -> the pool's factor, the member that sets it. A passkey is no factor of its own, and has no preference."""


def _access_token(call: Call) -> dict[str, Any]:
    return {"AccessToken": call.facts[TOKENS].access_token}


def _request_preference(call: Call) -> dict[str, Any]:
    settings = {}
    for option, (factor, member) in _FACTORS.items():
        choice = call.options[option]
        if choice != _UNCHANGED:
            preferred = {"PreferredMfa": choice == "preferred"} if factor else {}
            settings[member] = {"Enabled": choice != "disabled", **preferred}
    return {**_access_token(call), **settings}


def _preference_results(options: Options, _pending: str | None) -> Mapping[str, Condition]:
    chosen = {name: options[name] for name in _FACTORS if options[name] != _UNCHANGED}
    return {"MFA_PREFERENCE_SET": lambda pool: all(_can_set(pool, *one) for one in chosen.items())} if chosen else {}


def _can_set(pool: PoolSettings, option: str, choice: str) -> bool:
    """Where MFA is required, it can be preferred and not switched off."""
    factor, _ = _FACTORS[option]
    offered = mfa_factor(factor)(pool) if factor else _passkeys_are_mfa(pool)
    return offered and (pool.mfa.mode == "optional" or choice != "disabled")


def _passkeys_are_mfa(pool: PoolSettings) -> bool:
    multi = pool.passkey.factor_configuration == "MULTI_FACTOR_WITH_USER_VERIFICATION"
    return multi and pool.mfa.mode != "off" and "WEB_AUTHN" in pool.allowed_first_auth_factors


def _classify_creation(answer: Mapping[str, Any], call: Call) -> Result:
    options = answer["CredentialCreationOptions"]
    facts = {CHALLENGE_SESSION: "", USER_ID: call.username, PARAMETERS: {"credential_creation_options": options}}
    return Result("CREATION_OPTIONS", facts)


def _request_confirm_device(call: Call) -> dict[str, Any]:
    verifier = call.computed["verifier"]
    secret = {"PasswordVerifier": verifier.password_verifier, "Salt": verifier.salt}
    return {**_access_token(call), "DeviceKey": call.facts[DEVICE].key, "DeviceSecretVerifierConfig": secret}


def _classify_confirm_device(answer: Mapping[str, Any], call: Call) -> Result:
    outcome = "USER_CONFIRMATION_NECESSARY" if answer.get("UserConfirmationNecessary") else "DEVICE_CONFIRMED"
    return Result(outcome, {DEVICE: call.computed["device"]})


def _asks_user(pool: PoolSettings) -> bool:
    return pool.devices.remembered == "opt_in"


def _always_remembers(pool: PoolSettings) -> bool:
    return pool.devices.remembered == "always"


def _request_refresh(call: Call) -> dict[str, Any]:
    device = call.facts.get(DEVICE)
    return {"RefreshToken": call.facts[TOKENS].refresh_token, **({"DeviceKey": device.key} if device else {})}


def _classify_refresh(answer: Mapping[str, Any], call: Call) -> Result:
    return Result("TOKENS", {TOKENS: tokens_of(answer["AuthenticationResult"], call)})


_SIGNED_IN: Final[Mapping[str, Any]] = {"must_route": SIGNED_OUT_ELSEWHERE, "needs": frozenset({TOKENS})}
_REFRESH_OVER: Final = frozenset({
    "REFRESH_TOKEN_EXPIRED", "REFRESH_TOKEN_INVALID", "REFRESH_TOKEN_REVOKED", "RefreshTokenReuseException",
    "USER_DISABLED", "UserNotFoundException",
})  # fmt: skip
_WEB_AUTHN: Final = (COMMON | ACCESS_TOKEN | {"LimitExceededException", "WebAuthnNotEnabledException"}) - {
    "ResourceNotFoundException", "UserNotConfirmedException", "UserNotFoundException",
}  # fmt: skip
_DEVICE: Final = COMMON | ACCESS_TOKEN | {"DEVICE_NOT_FOUND", "InvalidUserPoolConfigurationException"}

ACCOUNT_ROWS: Final = (
    Action(
        name="set_user_mfa_preference", operation="SetUserMFAPreference",
        fields=fixed(), request=_request_preference, classify=constant("MFA_PREFERENCE_SET"),
        results=_preference_results,
        # The model does not declare TooManyRequestsException here; every operation can be throttled all the same.
        refusals=COMMON | ACCESS_TOKEN | {
            "FACTOR_NOT_CONFIGURED", "PHONE_NUMBER_MISSING", "SOFTWARE_TOKEN_NOT_VERIFIED",
        },
        options=dict.fromkeys(_FACTORS, _CHOICES), defaults=dict.fromkeys(_FACTORS, _UNCHANGED), **_SIGNED_IN,
        lost="The preference may be set by now. Send it again.",
    ),
    Action(
        name="associate_software_token", operation="AssociateSoftwareToken",
        fields=fixed(), request=_access_token, classify=classify_secret,
        results=fixed_results({"SECRET_CODE": mfa_factor("totp")}),
        refusals=COMMON | {
            "ACCESS_TOKEN_EXPIRED", "ACCESS_TOKEN_INVALID", "ACCESS_TOKEN_REVOKED",
            "ConcurrentModificationException", "SoftwareTokenMFANotFoundException", "USER_DISABLED",
        },
        must_route=frozenset({"ACCESS_TOKEN_INVALID", "ACCESS_TOKEN_REVOKED", "USER_DISABLED"}),
        needs=frozenset({TOKENS, USERNAME}), gives={"SECRET_CODE": CHALLENGE_FACTS},
        options=ISSUER, defaults={"issuer": "Cognito"},
        lost="An older secret may be void by now. Ask for another one.",
    ),
    Action(
        name="verify_software_token", operation="VerifySoftwareToken",
        fields=fixed(CODE), classify=constant("SOFTWARE_TOKEN_REGISTERED"),
        request=lambda call: {**_access_token(call), "UserCode": call.inputs["code"]},
        results=fixed_results({"SOFTWARE_TOKEN_REGISTERED": mfa_factor("totp")}),
        refusals=COMMON | ACCESS_TOKEN | {
            "CodeMismatchException", "EnableSoftwareTokenMFAException", "InvalidUserPoolConfigurationException",
            "SoftwareTokenMFANotFoundException",
        },
        answers=frozenset({"SECRET_CODE"}), **_SIGNED_IN,
        lost="The app may be registered by now. Prefer it as a factor, and see.",
    ),
    Action(
        name="start_web_authn_registration", operation="StartWebAuthnRegistration",
        fields=fixed(), request=_access_token, classify=_classify_creation,
        results=fixed_results({"CREATION_OPTIONS": chooses("WEB_AUTHN")}),
        refusals=_WEB_AUTHN | {"WebAuthnConfigurationMissingException"},
        must_route=SIGNED_OUT_ELSEWHERE & _WEB_AUTHN, needs=frozenset({TOKENS, USERNAME}),
        gives={"CREATION_OPTIONS": CHALLENGE_FACTS},
        lost="Nothing has changed. Start again.",
    ),
    Action(
        name="complete_web_authn_registration", operation="CompleteWebAuthnRegistration",
        fields=fixed(CREDENTIAL), classify=constant("PASSKEY_REGISTERED"),
        request=lambda call: {**_access_token(call), "Credential": call.inputs["credential"]},
        results=fixed_results({"PASSKEY_REGISTERED": chooses("WEB_AUTHN")}),
        refusals=_WEB_AUTHN | {
            "WebAuthnChallengeNotFoundException", "WebAuthnClientMismatchException",
            "WebAuthnCredentialNotSupportedException", "WebAuthnOriginNotAllowedException",
            "WebAuthnRelyingPartyMismatchException",
        },
        must_route=SIGNED_OUT_ELSEWHERE & _WEB_AUTHN, needs=frozenset({TOKENS}),
        answers=frozenset({"CREATION_OPTIONS"}),
        lost="The passkey may be registered by now. Sign in with it, and see.",
    ),
    Action(
        name="confirm_device", operation="ConfirmDevice",
        fields=fixed(), request=_request_confirm_device, classify=_classify_confirm_device,
        compute=lambda _call: device_secret,
        results=fixed_results({"DEVICE_CONFIRMED": _always_remembers, "USER_CONFIRMATION_NECESSARY": _asks_user}),
        refusals=_DEVICE | {
            "DeviceKeyExistsException", "InvalidLambdaResponseException", "InvalidPasswordException",
            "UsernameExistsException",
        },
        must_route=SIGNED_OUT_ELSEWHERE, needs=frozenset({TOKENS, DEVICE}),
        gives=dict.fromkeys(("DEVICE_CONFIRMED", "USER_CONFIRMATION_NECESSARY"), frozenset({DEVICE})),
        answers=frozenset({"TOKENS_ON_NEW_DEVICE"}),
        lost="The device may be confirmed by now, with a password that is lost. It is asked about at another sign-in.",
    ),
    Action(
        name="update_device_status", operation="UpdateDeviceStatus",
        fields=fixed(), classify=constant("DEVICE_STATUS_UPDATED"),
        request=lambda call: {
            **_access_token(call),
            "DeviceKey": call.facts[DEVICE].key,
            "DeviceRememberedStatus": call.options["device_remembered_status"],
        },
        results=fixed_results({"DEVICE_STATUS_UPDATED": remembers_devices}),
        refusals=_DEVICE, must_route=SIGNED_OUT_ELSEWHERE, needs=frozenset({TOKENS, DEVICE}),
        options={"device_remembered_status": ("remembered", "not_remembered")},
        lost="The device may be remembered by now. Send it again.",
    ),
    Action(
        name="get_tokens_from_refresh_token", operation="GetTokensFromRefreshToken",
        fields=fixed(), request=_request_refresh, classify=_classify_refresh,
        results=fixed_results({"TOKENS": always}),
        refusals=COMMON | LAMBDA | _REFRESH_OVER | {"DEVICE_NOT_FOUND"},
        must_route=_REFRESH_OVER, needs=frozenset({TOKENS}), uses=frozenset({DEVICE}), gives=GIVES,
        lost="New tokens may have been issued. Refresh again.",
    ),
    Action(
        name="global_sign_out", operation="GlobalSignOut",
        fields=fixed(), request=_access_token, classify=constant("SIGNED_OUT"),
        results=fixed_results({"SIGNED_OUT": always}),
        refusals=COMMON | (ACCESS_TOKEN - {"UserNotFoundException"}),
        must_route=SIGNED_OUT_ELSEWHERE - {"UserNotFoundException"}, needs=frozenset({TOKENS}),
        lost="The tokens may be revoked by now. Sign out again.",
    ),
)  # fmt: skip
