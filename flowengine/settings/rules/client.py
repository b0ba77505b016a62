"""The app client: its flows, and the life of its tokens."""

from __future__ import annotations

from typing import Final

from flowengine.settings.client import LEGACY_AUTH_FLOWS, TOKEN_EXCHANGE_FLOWS
from flowengine.settings.model import PoolSettings
from flowengine.settings.rules.rule import Rule, missing, quoted

__all__ = ["CLIENT_RULES"]

_CUSTOM_AUTH_TRIGGERS: Final = (
    "create_auth_challenge", "define_auth_challenge", "verify_auth_challenge_response",
)  # fmt: skip
_REFRESH: Final = "ALLOW_REFRESH_TOKEN_AUTH"


def _longer_than_refresh(pool: PoolSettings) -> str:
    client = pool.client
    names = ("access_token_validity", "id_token_validity")
    return quoted(name for name in names if getattr(client, name) > client.refresh_token_validity)


def _shows_password(pool: PoolSettings) -> bool:
    return pool.client.allows("USER_PASSWORD_AUTH") or pool.client.allows("ADMIN_USER_PASSWORD_AUTH")


CLIENT_RULES: Final = (
    Rule(
        "auth-flow-names-mixed", "error", "client.explicit_auth_flows",
        "the former names of flows do not go together with those that begin with ALLOW_",
        "shape ExplicitAuthFlowsType",
        lambda pool: {*LEGACY_AUTH_FLOWS} & {*pool.client.explicit_auth_flows}
        and any(name.startswith("ALLOW_") for name in pool.client.explicit_auth_flows),
    ),
    Rule(
        "no-flow-begins-a-sign-in", "warning", "client.explicit_auth_flows",
        "no flow of the client begins a sign-in: nobody can sign in through it",
        "user-pool-settings-client-apps; shape ExplicitAuthFlowsType",
        lambda pool: not {*pool.client.explicit_auth_flows} - {_REFRESH, *TOKEN_EXCHANGE_FLOWS},
    ),
    Rule(
        "rotation-or-refresh-flow", "error", "client.refresh_token_rotation",
        f"rotating refresh tokens excludes {_REFRESH}; GetTokensFromRefreshToken takes its place",
        "shape RefreshTokenRotationType",
        lambda pool: pool.client.rotates_refresh_tokens and _REFRESH in pool.client.explicit_auth_flows,
    ),
    Rule(
        "tokens-within-refresh-token", "error", "client.refresh_token_validity",
        "access and ID tokens do not outlive the refresh token",
        "CreateUserPoolClient: Access and Id Token expiration times must be less than or equal to refresh token "
        "expiration times",
        _longer_than_refresh,
    ),
    Rule(
        "custom-auth-needs-triggers", "warning", "lambda_triggers",
        "the client allows CUSTOM_AUTH and triggers that it runs on are missing: users who begin it cannot go on",
        "user-pool-lambda-challenge",
        lambda pool: pool.client.allows("CUSTOM_AUTH") and missing(_CUSTOM_AUTH_TRIGGERS, pool.lambda_triggers),
    ),
    Rule(
        "migration-needs-password-flow", "warning", "lambda_triggers",
        "user_migration sees a password only in USER_PASSWORD_AUTH or ADMIN_USER_PASSWORD_AUTH, and the client allows "
        "neither: users of the former directory cannot sign in until they reset their password",
        "cognito-user-pools-import-using-lambda",
        lambda pool: "user_migration" in pool.lambda_triggers and not _shows_password(pool),
    ),
)  # fmt: skip
