"""What an event can do: one row per Cognito operation, and how its answers become outcomes.

The table `ACTIONS` is the only place that knows the operations. A row says which inputs the operation takes, how the
request is built, what an answer means, which outcomes are possible for which pools, and which of them change the
user's situation so that a flow must route them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flowengine.actions.account import ACCOUNT_ROWS
from flowengine.actions.model import Action
from flowengine.actions.recovery import RECOVERY_ROWS
from flowengine.actions.sign_in import SIGN_IN_ROWS
from flowengine.actions.sign_up import SIGN_UP_ROWS

__all__ = ["ACTIONS"]

ACTIONS: Final[Mapping[str, Action]] = {
    action.name: action for action in (*SIGN_UP_ROWS, *SIGN_IN_ROWS, *RECOVERY_ROWS, *ACCOUNT_ROWS)
}
"""Every action, by its name in specs."""
