"""Which function answers which operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flowengine.simulator import (
    account,
    administration,
    answers,
    devices,
    invitations,
    passkeys,
    recovery,
    sign_in,
    sign_up,
    software_tokens,
    tokens,
)
from flowengine.simulator.pool import Call

__all__ = ["OPERATIONS"]

OPERATIONS: Final[Mapping[str, Callable[[Call], dict[str, Any]]]] = {
    "AdminConfirmSignUp": administration.admin_confirm_sign_up,
    "AdminCreateUser": invitations.admin_create_user,
    "AdminDeleteUser": administration.admin_delete_user,
    "AdminDeleteSoftwareToken": software_tokens.admin_delete_software_token,
    "AdminDisableUser": administration.admin_disable_user,
    "AdminEnableUser": administration.admin_enable_user,
    "AdminForgetDevice": devices.admin_forget_device,
    "AdminGetUser": administration.admin_get_user,
    "AdminInitiateAuth": sign_in.admin_initiate_auth,
    "AdminResetUserPassword": administration.admin_reset_user_password,
    "AdminRespondToAuthChallenge": answers.admin_respond_to_auth_challenge,
    "AdminSetUserMFAPreference": administration.admin_set_user_mfa_preference,
    "AdminSetUserPassword": administration.admin_set_user_password,
    "AdminUpdateUserAttributes": administration.admin_update_user_attributes,
    "AdminUserGlobalSignOut": administration.admin_user_global_sign_out,
    "AssociateSoftwareToken": software_tokens.associate_software_token,
    "ChangePassword": recovery.change_password,
    "CompleteWebAuthnRegistration": passkeys.complete_webauthn_registration,
    "ConfirmDevice": devices.confirm_device,
    "ConfirmForgotPassword": recovery.confirm_forgot_password,
    "ConfirmSignUp": sign_up.confirm_sign_up,
    "DeleteUser": account.delete_user,
    "DeleteWebAuthnCredential": passkeys.delete_webauthn_credential,
    "ForgetDevice": devices.forget_device,
    "ForgotPassword": recovery.forgot_password,
    "GetDevice": devices.get_device,
    "GetTokensFromRefreshToken": tokens.refresh,
    "GetUser": account.get_user,
    "GetUserAuthFactors": account.get_user_auth_factors,
    "GlobalSignOut": account.global_sign_out,
    "InitiateAuth": sign_in.initiate_auth,
    "ListDevices": devices.list_devices,
    "ListWebAuthnCredentials": passkeys.list_webauthn_credentials,
    "ResendConfirmationCode": sign_up.resend_confirmation_code,
    "RespondToAuthChallenge": answers.respond_to_auth_challenge,
    "RevokeToken": tokens.revoke_token,
    "SetUserMFAPreference": account.set_user_mfa_preference,
    "SignUp": sign_up.sign_up,
    "StartWebAuthnRegistration": passkeys.start_webauthn_registration,
    "UpdateDeviceStatus": devices.update_device_status,
    "VerifySoftwareToken": software_tokens.verify_software_token,
}
"""The handler of each operation."""
