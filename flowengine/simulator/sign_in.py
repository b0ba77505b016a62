"""InitiateAuth and AdminInitiateAuth: the flows that a sign-in can begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flowengine.simulator import users
from flowengine.simulator.challenges import Answer, Parameters, SignIn, refuse_disabled, required
from flowengine.simulator.choice import start_user_auth
from flowengine.simulator.custom_auth import start_custom_auth
from flowengine.simulator.migration import migrated
from flowengine.simulator.order import password_passed
from flowengine.simulator.password_sign_in import ask_for_proof, check_given
from flowengine.simulator.pool import Call, check_secret_hash
from flowengine.simulator.refusals import (
    FLOW_NOT_ALLOWED,
    FLOW_NOT_ENABLED,
    FLOW_NOT_SUPPORTED,
    PASSWORD_RESET_NEEDED,
    USER_NOT_FOUND,
    Refusal,
)
from flowengine.simulator.state import User
from flowengine.simulator.strangers import stranger
from flowengine.simulator.tokens import refresh_auth

__all__ = ["admin_initiate_auth", "initiate_auth"]

Flow = Callable[[Call, Parameters], Answer]
SAME_FLOW: Final[Mapping[str, str]] = {
    "ADMIN_NO_SRP_AUTH": "ADMIN_USER_PASSWORD_AUTH",
    "REFRESH_TOKEN": "REFRESH_TOKEN_AUTH",
}
"""Flows with two names (shape AuthFlowType)."""
NOT_ALLOWED: Final[Mapping[str, Refusal]] = {
    "InvalidParameterException": FLOW_NOT_ENABLED,
    "NotAuthorizedException": FLOW_NOT_ALLOWED,
}


def initiate_auth(call: Call) -> Answer:
    """
    Start a sign-in by a flow for anybody.

    Source: InitiateAuth.
    """
    return _initiate(call, PUBLIC_FLOWS)


def admin_initiate_auth(call: Call) -> Answer:
    """
    Start a sign-in by a flow for administrators.

    Source: AdminInitiateAuth.
    """
    return _initiate(call, ADMIN_FLOWS)


def _initiate(call: Call, flows: Mapping[str, Flow]) -> Answer:
    given = call.params["AuthFlow"]
    flow = SAME_FLOW.get(given, given)
    if flow not in flows:
        raise FLOW_NOT_SUPPORTED.error()
    if not call.settings.client.allows(flow):
        raise NOT_ALLOWED[call.settings.assumptions.flow_not_enabled_exception].error(flow=given)
    return flows[flow](call, call.params.get("AuthParameters") or {})


def _started(call: Call, flow: str, parameters: Parameters, password: str | None = None) -> SignIn:
    """
    Return the sign-in of the user that the request names, migrated where a password comes for a user who is not there.

    Where the client hides users, nothing tells one from nobody before the password is right.

    Source: cognito-user-pool-managing-errors.
    """
    name = required(parameters, "USERNAME")
    check_secret_hash(call.pool, name, parameters.get("SECRET_HASH"))
    user = users.find(call, name)
    if user is None and password is not None:
        user = migrated(call, name, "UserMigration_Authentication", password)
    if not call.pool.hides_users:
        _refuse_in_the_open(user)
    return SignIn(
        call=call,
        user=user if user is not None else stranger(call, name),
        auth_flow=flow,
        pretended=user is None,
        device_key=parameters.get("DEVICE_KEY"),
    )


def _refuse_in_the_open(user: User | None) -> None:
    if user is None:
        raise USER_NOT_FOUND.error()
    refuse_disabled(user)
    if user.status == "RESET_REQUIRED":
        raise PASSWORD_RESET_NEEDED.error()


def _by_password(flow: str) -> Flow:
    def start(call: Call, parameters: Parameters) -> Answer:
        required(parameters, "USERNAME")
        password = required(parameters, "PASSWORD")
        sign_in = _started(call, flow, parameters, password)
        return password_passed(check_given(sign_in, password))

    return start


def _by_srp(call: Call, parameters: Parameters) -> Answer:
    required(parameters, "USERNAME")
    srp_a = required(parameters, "SRP_A")
    return ask_for_proof(_started(call, "USER_SRP_AUTH", parameters), srp_a)


def _by_triggers(call: Call, parameters: Parameters) -> Answer:
    sign_in = _started(call, "CUSTOM_AUTH", parameters)
    return start_custom_auth(sign_in, parameters)


def _by_choice(call: Call, parameters: Parameters) -> Answer:
    return start_user_auth(_started(call, "USER_AUTH", parameters), parameters)


def _by_refresh_token(call: Call, parameters: Parameters) -> Answer:
    """
    Return new tokens; the secret hash is that of the username that is sent along, or of the token's own user.

    Source: InitiateAuth; amazon-cognito-user-pools-using-the-refresh-token.
    """
    token = required(parameters, "REFRESH_TOKEN")
    grant = call.state.grants.get(call.state.refresh_tokens.get(token, ""))
    owner = call.state.users.get(grant.sub) if grant is not None else None
    name = parameters.get("USERNAME") or (owner.username if owner is not None else "")
    check_secret_hash(call.pool, name, parameters.get("SECRET_HASH"))
    return refresh_auth(call, token, parameters.get("DEVICE_KEY"))


SHARED_FLOWS: Final[dict[str, Flow]] = {
    "CUSTOM_AUTH": _by_triggers,
    "REFRESH_TOKEN_AUTH": _by_refresh_token,
    "USER_AUTH": _by_choice,
    "USER_SRP_AUTH": _by_srp,
}
PUBLIC_FLOWS: Final[Mapping[str, Flow]] = SHARED_FLOWS | {"USER_PASSWORD_AUTH": _by_password("USER_PASSWORD_AUTH")}
ADMIN_FLOWS: Final[Mapping[str, Flow]] = SHARED_FLOWS | {
    "ADMIN_USER_PASSWORD_AUTH": _by_password("ADMIN_USER_PASSWORD_AUTH"),
}
