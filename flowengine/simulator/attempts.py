"""Limits on attempts: the lock-out with back-off, and the counts per hour.

A subject is a user's `sub`, or the name that was typed where no user has it: the pool then keeps the same account of
an unknown user, so that an outsider cannot tell one from a known one by trying.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import attrs

from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import ATTEMPTS_EXCEEDED, LOCKED_OUT
from flowengine.simulator.state import Conduct, Failures

__all__ = ["count_attempt", "forget_failures", "note_failure", "refuse_while_locked"]

FREE_FAILURES: Final = 5
"""The failure that starts the first wait, of one second; each further one doubles it (page authentication)."""
LONGEST_WAIT: Final = 900.0
"""The longest wait, in seconds (page authentication: about 15 minutes)."""
IDLE: Final = 900.0
"""Seconds without a failure after which the count starts again (page authentication: 15 minutes)."""
HOUR: Final = 3600.0
HOURLY: Final = {"confirmations": 15, "resends": 5}
"""Requests per user and hour: ConfirmSignUp, ResendConfirmationCode (page quotas)."""

Secret = Literal["passwords", "codes"]
Counted = Literal["confirmations", "resends"]


def _conduct(call: Call, subject: str) -> Conduct:
    return call.state.conducts.get(subject, Conduct())


def _remember(call: Call, subject: str, kind: str, value: Any) -> None:
    changes = {kind: value}
    call.state.conducts[subject] = attrs.evolve(_conduct(call, subject), **changes)


def _locked_until(failures: Failures) -> float:
    if failures.count < FREE_FAILURES:
        return 0.0
    # The exponent is capped first: a count in the thousands would not fit a float.
    return failures.last + min(2.0 ** min(failures.count - FREE_FAILURES, 10), LONGEST_WAIT)


def refuse_while_locked(call: Call, subject: str) -> None:
    """
    Refuse while wrong passwords or wrong MFA codes make the subject wait. A refused attempt does not count.

    Source: authentication (lockout behaviour).
    """
    conduct = _conduct(call, subject)
    if call.now < max(map(_locked_until, (conduct.passwords, conduct.codes))):
        raise LOCKED_OUT.error()


def note_failure(call: Call, subject: str, kind: Secret) -> None:
    """Count a wrong password or a wrong MFA code, afresh after a quiet quarter of an hour."""
    failures: Failures = getattr(_conduct(call, subject), kind)
    count = 0 if call.now - failures.last >= IDLE else failures.count
    _remember(call, subject, kind, Failures(count + 1, call.now))


def forget_failures(call: Call, subject: str, kind: Secret) -> None:
    """Start the count again after the right password or the right MFA code."""
    _remember(call, subject, kind, Failures())


def count_attempt(call: Call, subject: str, kind: Counted) -> None:
    """
    Count a request, and refuse it if the subject has used up the hour's.

    Source: quotas.
    """
    recent = tuple(at for at in getattr(_conduct(call, subject), kind) if call.now - at < HOUR)
    if len(recent) >= HOURLY[kind]:
        raise ATTEMPTS_EXCEEDED.error()
    _remember(call, subject, kind, (*recent, call.now))
