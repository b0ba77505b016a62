"""What others do to a user's account: the administrator, and the user in another browser."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

from flowengine.errors import CognitoRefusal
from flowengine.explore.people import PASSWORD
from flowengine.simulator import Simulator

__all__ = ["BROWSED", "DEEDS"]


DEEDS: Final[Mapping[str, Callable[[Simulator, str], None]]] = {
    "confirm": Simulator.confirm_user,
    "delete": Simulator.delete_user,
    "disable": Simulator.disable_user,
    "reset": Simulator.reset_user_password,
    "temporary": lambda simulator, name: simulator.set_user_password(name, PASSWORD, permanent=False),
}
"""What an administrator can do to a user."""


def _call(simulator: Simulator, operation: str, **request: str) -> None:
    _drained(simulator.cognito().call(operation, request))


def _drained(coroutine: Coroutine[Any, Any, Any]) -> None:
    try:
        coroutine.send(None)
    except (StopIteration, CognitoRefusal):
        return


def _reset_elsewhere(simulator: Simulator, name: str, _codes: Mapping[str, str]) -> None:
    _call(simulator, "ForgotPassword", Username=name)
    sent = [message.code for message in simulator.state.outbox]
    if sent:
        _call(simulator, "ConfirmForgotPassword", Username=name, ConfirmationCode=sent[-1], Password=PASSWORD)


BROWSED: Final[Mapping[str, Callable[[Simulator, str, Mapping[str, str]], None]]] = {
    "confirm": lambda simulator, name, codes: _call(
        simulator, "ConfirmSignUp", Username=name, ConfirmationCode=codes.get("sign_up", "000000")
    ),
    "resend": lambda simulator, name, _codes: _call(simulator, "ResendConfirmationCode", Username=name),
    "reset": _reset_elsewhere,
    "sign_out": lambda simulator, name, _codes: _call(simulator, "AdminUserGlobalSignOut", Username=name),
}
"""What a user does in another browser."""
