"""Lambda triggers: Python functions with Lambda's own signature, called with Cognito's own events."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, TypeAlias

from flowengine.simulator.attributes import shown
from flowengine.simulator.pool import Call, Trigger
from flowengine.simulator.refusals import TRIGGER_ANSWER_INVALID, TRIGGER_FAILED
from flowengine.simulator.state import User

__all__ = ["check_triggers", "has_trigger", "run_trigger", "texts", "trigger_attributes"]

Members: TypeAlias = Mapping[str, Any]


def check_triggers(given: Mapping[str, Trigger], declared: tuple[str, ...]) -> None:
    """
    Refuse functions that are not those of the triggers that the pool has.

    Args:
        given: The functions, by the name of their trigger.
        declared: The pool's triggers.

    Raises:
        ValueError: They differ.
    """
    if set(given) != set(declared):
        raise ValueError(
            f"the pool's lambda_triggers are {_listed(declared)}, and functions are given for {_listed(given)}"
        )


def _listed(names: tuple[str, ...] | Mapping[str, Any]) -> str:
    return ", ".join(sorted(names)) or "none"


def has_trigger(call: Call, name: str) -> bool:
    """Tell whether the pool has the trigger, such as `pre_sign_up`."""
    return name in call.settings.lambda_triggers


def trigger_attributes(user: User) -> dict[str, str]:
    """
    Return a user's attributes as triggers see them.

    Source: cognito-user-pools-working-with-lambda-triggers.
    """
    return {"cognito:user_status": user.status, **shown(user)}


def run_trigger(
    call: Call, name: str, source: str, username: str, *, request: Members, response: Members
) -> dict[str, Any]:
    """
    Run a trigger, and return the `response` of its event.

    Args:
        call: The request that sets it off.
        name: The trigger, such as `pre_sign_up`.
        source: The event's `triggerSource`, such as `PreSignUp_SignUp`.
        username: The event's `userName`.
        request: The event's `request`.
        response: The event's `response` before the trigger; what is returned where the pool has no such trigger.

    Raises:
        PoolError: The trigger raised (UserLambdaValidationException), or did not return an event with a response
            (InvalidLambdaResponseException).

    Source: cognito-user-pools-working-with-lambda-triggers (event parameters, returning an event).
    """
    if not has_trigger(call, name):
        return dict(response)
    event = {
        "version": "1",
        "region": call.pool.region,
        "userPoolId": call.pool.user_pool_id,
        "userName": username,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": call.pool.client_id},
        "triggerSource": source,
        "request": copy.deepcopy(dict(request)),
        "response": copy.deepcopy(dict(response)),
    }
    try:
        returned = call.pool.triggers[name](event, None)
    except Exception as error:  # a trigger is foreign code: whatever it raises, Cognito reports
        raise TRIGGER_FAILED.error(trigger=_spelled(name), message=str(error)) from error
    return _response(name, returned)


def _response(name: str, returned: object) -> dict[str, Any]:
    response = returned.get("response") if isinstance(returned, Mapping) else None
    if not isinstance(response, Mapping):
        raise TRIGGER_ANSWER_INVALID.error(trigger=_spelled(name))
    return dict(response)


def texts(name: str, response: Members, member: str) -> dict[str, str]:
    """
    Return a member of a trigger's response that maps names to texts, empty where it is absent.

    Args:
        name: The trigger, such as `user_migration`.
        response: Its response.
        member: The member.

    Raises:
        PoolError: The member is something else (InvalidLambdaResponseException).
    """
    found = response.get(member) or {}
    if not isinstance(found, Mapping) or not all(isinstance(text, str) for pair in found.items() for text in pair):
        raise TRIGGER_ANSWER_INVALID.error(trigger=_spelled(name))
    return dict(found)


def _spelled(name: str) -> str:
    """Return a trigger's name as Cognito spells it: `PreSignUp` for `pre_sign_up`."""
    return name.title().replace("_", "")
