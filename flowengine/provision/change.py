"""What a rule on changing a setting is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from attrs import field, frozen

__all__ = ["Change", "Verdict"]

Verdict = Literal["allowed", "through another operation", "needs a new pool", "needs a new client", "refused"]
"""
What becomes of a change: UpdateUserPool or UpdateUserPoolClient makes it; another operation does; only a pool or a
client that is made anew can have it; or nothing makes it, and the setting stays as it is.
"""


def _any(_before: Any, _after: Any) -> bool:
    return True


@frozen(kw_only=True)
class Change:
    """
    A rule on changing one setting of a pool that exists.

    Args:
        setting: Its dotted path; `resources.` begins those of `Resources`.
        before: The values that it is changed from; None for any.
        after: The values that it is changed to; None for any.
        when: Tells more closely which values the rule is about.
        verdict: What becomes of the change.
        operation: The operation that makes it, if one does.
        reason: Why, in one sentence.
        source: Where the rule comes from.
        tools: What the API, the console and the Amplify CLI each say, where they differ.
    """

    setting: str
    before: tuple[object, ...] | None = None
    after: tuple[object, ...] | None = None
    when: Callable[[Any, Any], bool] = field(default=_any, repr=False)
    verdict: Verdict
    operation: str | None = None
    reason: str
    source: str
    tools: Mapping[str, str] = field(factory=dict)

    def covers(self, setting: str, before: Any, after: Any) -> bool:
        """Tell whether the rule is about a change."""
        return (
            setting == self.setting
            and (self.before is None or before in self.before)
            and (self.after is None or after in self.after)
            and self.when(before, after)
        )
