"""What a written spec says of each setting: what it is for, and whether it can change once the pool exists."""

from __future__ import annotations

from typing import Final

from flowengine.provision.changes import CHANGES

__all__ = ["comment_on"]

_CAN: Final = "Can change later."
_BY_VERDICT: Final = {
    "needs a new pool": "Cannot change later: another value needs a new pool.",
    "needs a new client": "Cannot change later: another value needs a new app client.",
}
"""What to say of a setting, by the verdict of the rules on changing it."""

_ABOUT: Final = {
    "sign_in.username_attributes": "What the username is; empty: any name that a user chooses.",
    "sign_in.alias_attributes": "What works beside the username, once it is verified.",
    "sign_in.case_sensitive": "Whether Ann and ann are two users.",
    "verification.auto_verified_attributes": "What Cognito verifies at sign-up.",
    "mfa.mode": "Whether sign-ins take a second factor: off, optional (users switch it on) or required.",
    "mfa.factors": "The second factors.",
    "allowed_first_auth_factors": "What a sign-in by choice (USER_AUTH) may begin with.",
    "account_recovery": "Where the code for a new password goes; a channel of MFA is none.",
    "required_attributes": "What every sign-up must carry.",
    "email_sending_account": "Who sends e-mail: DEVELOPER is an Amazon SES identity of the account.",
    "client.explicit_auth_flows": "The ways to sign in that the app client allows.",
}  # fmt: skip

_LATER: Final = {
    **{change.setting: _BY_VERDICT[change.verdict] for change in CHANGES if change.verdict in _BY_VERDICT},
    "custom_attributes": "More can be added later; none can be removed.",
    "passkey.relying_party_id": "Can change later; the passkeys registered by then stop working.",
    "user_pool_tier": "Can change later; a lower plan is taken once its features are switched off.",
    "domain": "Can change later, by deleting the domain and making another.",
}

_SMS: Final = {
    True: "Whether the pool can send SMS. Cannot be taken away later, only changed.",
    False: "Whether the pool can send SMS. Can be added later, and not be taken away again.",
}


def comment_on(path: str, value: object) -> str:
    """
    Return the comment on a setting.

    Args:
        path: Its dotted path.
        value: Its value.

    Source: `CHANGES`; user-pool-sms-settings; user-pool-settings-attributes; cognito-user-pools-assign-domain.
    """
    if path == "sms_configuration":
        return _SMS[value is True]
    if path.startswith("assumptions."):
        return "How Cognito is taken to behave; nothing of the pool."
    return " ".join(filter(None, (_ABOUT.get(path, ""), _LATER.get(path, _CAN))))
