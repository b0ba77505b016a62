"""The settings of an app client."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from flowengine.settings.values import names, one_of, some_of, value

__all__ = ["AUTH_FLOWS", "DEFAULT_AUTH_FLOWS", "LEGACY_AUTH_FLOWS", "TOKEN_EXCHANGE_FLOWS", "Client"]

AUTH_FLOWS: Final = (
    "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH",
    "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH",
)  # fmt: skip
TOKEN_EXCHANGE_FLOWS: Final = ("ALLOW_TOKEN_EXCHANGE_DELEGATION", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION")
"""What a client may allow beside sign-in: exchanging tokens, which no flow does."""
DEFAULT_AUTH_FLOWS: Final = ("ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH")
"""What a client without ExplicitAuthFlows allows (CreateUserPoolClient)."""
LEGACY_AUTH_FLOWS: Final = ("ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH")


@frozen(kw_only=True, cache_hash=True)
class Client:
    """
    The app client that the flow signs in through.

    Args:
        generate_secret: Whether the client has a secret (`GenerateSecret`, at creation only).
        explicit_auth_flows: The flows that it allows (`ExplicitAuthFlows`). The API's own default allows SRP, custom
            authentication and refreshing; this one allows passwords and refreshing, since a service that embeds the
            engine sees the password anyway.
        auth_session_validity: Life of challenge sessions and sign-in codes, in minutes, 3 to 15.
        access_token_validity: Life of access tokens, in minutes, 5 minutes to a day.
        id_token_validity: Life of ID tokens, in minutes, 5 minutes to a day.
        refresh_token_validity: Life of refresh tokens, in minutes, an hour to 3,650 days.
        refresh_token_rotation: `ENABLED` makes every refresh bring a new refresh token (`RefreshTokenRotation`).
        retry_grace_period_seconds: How long a rotated refresh token stays good, in seconds, 0 to 60.
        enable_token_revocation: Whether refresh tokens can be revoked.
        prevent_user_existence_errors: `ENABLED` hides whether a user exists (the console's default); the API's own
            default is `LEGACY`.
        read_attributes: The user attributes that the client may read; empty for all of them.
        write_attributes: The user attributes that the client may write; empty for all of them.

    Source: user-pool-settings-client-apps; shape `CreateUserPoolClientRequest`.
    """

    generate_secret: bool = value(default=False)
    explicit_auth_flows: tuple[str, ...] = some_of(
        *AUTH_FLOWS,
        *TOKEN_EXCHANGE_FLOWS,
        *LEGACY_AUTH_FLOWS,
        default=("ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"),
    )
    auth_session_validity: int = value(default=3)
    access_token_validity: int = value(default=60)
    id_token_validity: int = value(default=60)
    refresh_token_validity: int = value(default=30 * 24 * 60)
    refresh_token_rotation: str = one_of("DISABLED", "ENABLED")
    retry_grace_period_seconds: int = value(default=0)
    enable_token_revocation: bool = value(default=True)
    prevent_user_existence_errors: str = one_of("ENABLED", "LEGACY")
    read_attributes: tuple[str, ...] = names()
    write_attributes: tuple[str, ...] = names()

    def allows(self, auth_flow: str) -> bool:
        """
        Tell whether the client allows an authentication flow.

        Args:
            auth_flow: The flow as InitiateAuth names it, such as `USER_SRP_AUTH`.

        Source: shape `ExplicitAuthFlowsType`; `CUSTOM_AUTH_FLOW_ONLY` and the names without `ALLOW_` are its legacy.
        """
        return any(name in self.explicit_auth_flows for name in (f"ALLOW_{auth_flow}", *_LEGACY.get(auth_flow, ())))

    @property
    def rotates_refresh_tokens(self) -> bool:
        """Whether every refresh brings a new refresh token."""
        return self.refresh_token_rotation == "ENABLED"  # noqa: S105 (no password)


_LEGACY: Final = {
    "ADMIN_USER_PASSWORD_AUTH": ("ADMIN_NO_SRP_AUTH",),
    "CUSTOM_AUTH": ("CUSTOM_AUTH_FLOW_ONLY",),
    "USER_PASSWORD_AUTH": ("USER_PASSWORD_AUTH",),
}
