"""What can change once a pool exists: one rule each, the first that covers a change decides.

The sources disagree on some changes, and so do the tools; a rule tells what each of them says. "Amplify CLI" is its
first generation, `amplify update auth`; where its rules are not named, it makes the change or has no such setting.
"""

from __future__ import annotations

from typing import Any, Final

from flowengine.provision.change import Change

__all__ = ["CHANGES", "change_of"]

_UPDATE: Final = "UpdateUserPool"
_FACTORS: Final = "SetUserPoolMfaConfig"
_CLIENT: Final = "UpdateUserPoolClient"

_NO_MEMBER: Final = "UpdateUserPool has no such member"
_DROPPED: Final = "takes the answer and drops it from the update without a word"
_SKIPPED: Final = "does not ask about MFA any more once it is on or optional"
_ON_LATER: Final = (
    "UpdateUserPool refuses it (Cannot turn MFA functionality ON, once the user pool has been created), and "
    "SetUserPoolMfaConfig takes it"
)
_MFA_SOURCE: Final = (
    "SetUserPoolMfaConfig; UpdateUserPool; user-pool-settings-mfa; "
    "aws-cloudformation/cloudformation-coverage-roadmap#1176"
)


def _fixed(path: str, reason: str, amplify: str) -> Change:
    return Change(
        setting=path, verdict="needs a new pool", reason=reason,
        source="CreateUserPool; UpdateUserPool has no such member",
        tools={"API": _NO_MEMBER, "console": "shows it and offers no way to change it", "Amplify CLI": amplify},
    )  # fmt: skip


def _updated(path: str, source: str, reason: str = "the update names it, with all that it does not change") -> Change:
    return Change(setting=path, verdict="allowed", operation=_UPDATE, reason=reason, source=f"UpdateUserPool; {source}")


def _set_with_factors(path: str, source: str) -> Change:
    return Change(
        setting=path, verdict="through another operation", operation=_FACTORS,
        reason="UpdateUserPool has no member for it: it is set together with MFA and all factors",
        source=f"SetUserPoolMfaConfig; {source}",
    )  # fmt: skip


def _mode(before: str, after: str, reason: str, **tools: str) -> Change:
    names = {"api": "API", "console": "console", "amplify": "Amplify CLI"}
    return Change(
        setting="mfa.mode", before=(before,), after=(after,), verdict="through another operation", operation=_FACTORS,
        reason=reason, source=_MFA_SOURCE, tools={names[tool]: text for tool, text in tools.items()},
    )  # fmt: skip


def _of_client(name: str, source: str = "shape UserPoolClientType") -> Change:
    return Change(
        setting=f"client.{name}", verdict="allowed", operation=_CLIENT,
        reason="the update names it, with all that it does not change", source=f"UpdateUserPoolClient; {source}",
    )  # fmt: skip


def _only_added(before: Any, after: Any) -> bool:
    return set(before) <= set(after)


SIGN_IN: Final = (
    _fixed(
        "sign_in.username_attributes", "what the username is, is settled when the pool is created",
        f"lists it as immutable, never asks again, {_DROPPED}",
    ),
    _fixed(
        "sign_in.alias_attributes", "what else works as a username is settled when the pool is created",
        "never asks again",
    ),
    _fixed(
        "sign_in.case_sensitive", "whether case matters in usernames is settled when the pool is created",
        f"lists it as immutable, {_DROPPED}",
    ),
    _fixed(
        "required_attributes", "which attributes are required is settled when the pool is created",
        f"lists it as immutable, {_DROPPED}, and stops at `amplify push` where the template differs",
    ),
)  # fmt: skip

ATTRIBUTES: Final = (
    Change(
        setting="custom_attributes", when=_only_added, verdict="through another operation",
        operation="AddCustomAttributes", reason="custom attributes can be added, 25 at a time and 50 in all",
        source="AddCustomAttributes; user-pool-settings-attributes",
        tools={"API": "UpdateUserPool has no schema", "console": "adds them", "Amplify CLI": "does not ask for them"},
    ),
    Change(
        setting="custom_attributes", verdict="refused",
        reason="a custom attribute cannot be removed or renamed; those that the spec does not name stay, the "
        "others are added",
        source="user-pool-settings-attributes; AddCustomAttributes",
    ),
)  # fmt: skip

MFA: Final = (
    _mode(
        "off", "required", "SetUserPoolMfaConfig requires MFA of a pool that exists; UpdateUserPool does not",
        api=f"{_ON_LATER}. The description of UserPoolType still says that MFA can be "
        "required at creation only",
        console="the former console refused it; the present one offers it",
        amplify="shows the choice disabled: (Required for all logins, can not be enabled later); its headless update "
        "takes any mode, and then fails where UpdateUserPool does",
    ),
    _mode(
        "optional", "required", "SetUserPoolMfaConfig requires MFA of a pool that exists; UpdateUserPool does not",
        api=_ON_LATER,
        console="the former console refused it; the present one offers it",
        amplify=_SKIPPED,
    ),
    _mode(
        "off", "optional", "MFA and its factors are set in one call",
        api="SetUserPoolMfaConfig takes it; UpdateUserPool takes it where the pool can send SMS",
        console="offers it", amplify="offers it: the one change of MFA that it asks about",
    ),
    *(
        _mode(
            before, after, "MFA and its factors are set in one call",
            api="SetUserPoolMfaConfig takes it", console="offers it", amplify=_SKIPPED,
        )
        for before, after in (("required", "optional"), ("required", "off"), ("optional", "off"))
    ),
    Change(
        setting="mfa.factors", verdict="through another operation", operation=_FACTORS,
        reason="the factors are set together with MFA: what is left out is switched off", source=_MFA_SOURCE,
        tools={
            "API": "SetUserPoolMfaConfig takes it; UpdateUserPool has no member for authenticator apps and e-mail",
            "console": "offers it",
            "Amplify CLI": "asks for SMS and authenticator apps with the mode of MFA, so not once that is on or "
            "optional; it has no e-mail MFA",
        },
    ),
    _set_with_factors("mfa.email_subject", "shape EmailMfaConfigType"),
    _set_with_factors("mfa.email_message", "shape EmailMfaConfigType"),
    _updated("mfa.sms_message", "shape SmsMfaConfigType", "it is a member of the pool (SmsAuthenticationMessage)"),
    *(
        _set_with_factors(f"passkey.{name}", "shape WebAuthnConfigurationType")
        for name in ("relying_party_id", "user_verification", "factor_configuration")
    ),
)  # fmt: skip

MESSAGES: Final = (
    Change(
        setting="verification.auto_verified_attributes", verdict="allowed", operation=_UPDATE,
        reason="it holds for sign-ups and changes from now on",
        source="UpdateUserPool; user-pool-settings-email-phone-verification",
        tools={
            "API": "UpdateUserPool takes it, and clears it where an update leaves it out",
            "console": "offers it",
            "Amplify CLI": "asks only whether e-mail is used; disabling that verifies phone numbers instead",
        },
    ),
    *(
        _updated(f"verification.{name}", "shapes UserAttributeUpdateSettingsType, VerificationMessageTemplateType")
        for name in (
            "attributes_require_verification_before_update", "default_email_option", "sms_message", "email_subject",
            "email_message",
        )
    ),
)  # fmt: skip

SMS: Final = (
    Change(
        setting="sms_configuration", before=(True,), verdict="refused",
        reason="an SMS configuration can be changed and not removed; it stays, and does no harm",
        source="user-pool-sms-settings",
    ),
    _updated("sms_configuration", "shape SmsConfigurationType"),
    _updated("sms_transport", "shape SmsConfigurationType", "setting one way to send clears the other"),
    _updated("sms_region", "shape SmsConfigurationType"),
    _updated("resources.sms_role_arn", "shape SmsConfigurationType"),
    _updated("resources.sms_external_id", "shape SmsConfigurationType"),
)  # fmt: skip

POOL: Final = (
    _updated("allowed_first_auth_factors", "shape SignInPolicyType"),
    _updated("account_recovery", "shape AccountRecoverySettingType"),
    _updated("devices.remembered", "shape DeviceConfigurationType"),
    _updated("devices.challenge_required_on_new_device", "shape DeviceConfigurationType"),
    *(
        _updated(f"password_policy.{name}", "shape PasswordPolicyType")
        for name in (
            "minimum_length", "require_lowercase", "require_uppercase", "require_numbers", "require_symbols",
            "password_history_size", "temporary_password_validity_days",
        )
    ),
    _updated("admin_create_user.allow_admin_create_user_only", "shape AdminCreateUserConfigType"),
    _updated("admin_create_user.unused_account_validity_days", "shape AdminCreateUserConfigType"),
    _updated("lambda_triggers", "shape LambdaConfigType"),
    _updated("resources.trigger_arns", "shape LambdaConfigType"),
    _updated("user_pool_tier", "cognito-sign-in-feature-plans", "a lower plan is taken once its features are off"),
    _updated("advanced_security_mode", "shape UserPoolAddOnsType"),
    _updated("email_sending_account", "shape EmailConfigurationType"),
    _updated("resources.email_identity_arn", "shape EmailConfigurationType"),
    Change(
        setting="region", verdict="needs a new pool", reason="a pool stays in the Region that it was created in",
        source="cognito-user-identity-pools",
    ),
    Change(
        setting="domain", verdict="refused",
        reason="a domain has operations of its own (CreateUserPoolDomain), and a plan leaves it alone",
        source="CreateUserPoolDomain; cognito-user-pools-assign-domain",
    ),
)  # fmt: skip

CLIENT: Final = (
    Change(
        setting="client.generate_secret", verdict="needs a new client",
        reason="whether a client has a secret is settled when it is created",
        source="CreateUserPoolClient; UpdateUserPoolClient has no such member",
        tools={"API": "UpdateUserPoolClient has no such member", "console": "offers no way to change it",
               "Amplify CLI": "makes one client with a secret and one without"},
    ),
    *(
        _of_client(name)
        for name in (
            "explicit_auth_flows", "auth_session_validity", "access_token_validity", "id_token_validity",
            "refresh_token_validity", "refresh_token_rotation", "retry_grace_period_seconds",
            "enable_token_revocation", "prevent_user_existence_errors", "read_attributes", "write_attributes",
        )
    ),
)  # fmt: skip

CHANGES: Final = (*SIGN_IN, *ATTRIBUTES, *MFA, *MESSAGES, *SMS, *POOL, *CLIENT)
"""Every rule on changing a setting of a pool that exists, or of its app client."""


def change_of(setting: str, before: Any, after: Any) -> Change:
    """Return the rule that decides a change."""
    return next(change for change in CHANGES if change.covers(setting, before, after))
