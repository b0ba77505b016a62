"""Limits on attempts: the lock-out with back-off, and the counts per hour.

A subject is a user's `sub`, or the name that was typed where no user has it: the pool then keeps the same account of
an unknown user, so that an outsider cannot tell one from a known one by trying.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import attrs

from flowengine.simulator.conduct import Conduct, Failures
from flowengine.simulator.pool import Call
from flowengine.simulator.refusals import ATTEMPTS_EXCEEDED, LOCKED_OUT
from flowengine.simulator.state import PoolState

__all__ = [
    "HOUR", "HOURLY", "barred", "begin_attempt", "count_attempt", "exhaust", "forget_failures", "locked_until",
    "note_failure",
]  # fmt: skip

FREE_FAILURES: Final = 5
"""The failure that starts the first wait, of one second; each further one doubles it (page authentication)."""
LONGEST_WAIT: Final = 900.0
"""The longest wait, in seconds (page authentication: about 15 minutes)."""
IDLE: Final = 900.0
"""Seconds without an attempt after which the count starts again (page authentication: 15 minutes)."""
HOUR: Final = 3600.0
HOURLY: Final = {
    "confirmations": 15,
    "resends": 5,
    "resets": 5,
    "reset_confirmations": 5,
    "password_changes": 5,
}
"""Requests per user and hour: ConfirmSignUp, ResendConfirmationCode, ForgotPassword, ConfirmForgotPassword,
ChangePassword (page quotas; for recovery it says 5 to 20 by risk, and this is the least)."""

Secret = Literal["passwords", "codes"]
Counted = Literal["confirmations", "resends", "resets", "reset_confirmations", "password_changes"]


def _conduct(call: Call, subject: str) -> Conduct:
    return call.state.conducts.get(subject, Conduct())


def _remember(call: Call, subject: str, conduct: Conduct) -> None:
    """Remember the attempts for a subject, also if the request is refused."""
    call.state.conducts[subject] = conduct
    call.keep()


def exhaust(state: PoolState, now: float) -> None:
    """Let every subject be one attempt away from each limit, as if it had tried so often before."""
    failures = Failures(FREE_FAILURES - 1, now)
    counted: dict[str, Any] = {kind: (now,) * (most - 1) for kind, most in HOURLY.items()}
    tried = Conduct(passwords=failures, codes=failures, tried=now, **counted)
    state.conducts = dict.fromkeys([*state.users, *state.conducts], tried)


def barred(state: PoolState, now: float) -> dict[str, Conduct]:
    """Return the attempts that stand in somebody's way, without all others."""
    left = {subject: _barred(conduct, now) for subject, conduct in state.conducts.items()}
    return {subject: conduct for subject, conduct in left.items() if conduct != Conduct()}


def _barred(conduct: Conduct, now: float) -> Conduct:
    failures = {kind: getattr(conduct, kind) for kind in ("passwords", "codes")}
    locked: dict[str, Any] = {kind: tried for kind, tried in failures.items() if now < locked_until(tried)}
    counted = {kind: tuple(at for at in getattr(conduct, kind) if now - at < HOUR) for kind in HOURLY}
    full: dict[str, Any] = {kind: times for kind, times in counted.items() if len(times) >= HOURLY[kind]}
    return Conduct(**locked, **full, tried=conduct.tried if locked else 0.0)


def locked_until(failures: Failures) -> float:
    """Return until when consecutive failures make the subject wait, in seconds since the epoch; 0 for not at all."""
    if failures.count < FREE_FAILURES:
        return 0.0
    # The exponent is capped first: a count in the thousands would not fit a float.
    return failures.last + min(2.0 ** min(failures.count - FREE_FAILURES, 10), LONGEST_WAIT)


def begin_attempt(call: Call, subject: str) -> None:
    """
    Refuse while wrong passwords or wrong MFA codes make the subject wait; after a quarter of an hour, forget them.

    A refused attempt does not count as a failure, but it does start the quarter anew.

    Source: authentication (lockout behavior).
    """
    conduct = _conduct(call, subject)
    if not conduct.passwords.count and not conduct.codes.count:
        return
    if call.now - conduct.tried >= IDLE:
        conduct = attrs.evolve(conduct, passwords=Failures(), codes=Failures())
    _remember(call, subject, attrs.evolve(conduct, tried=call.now))
    if call.now < max(map(locked_until, (conduct.passwords, conduct.codes))):
        raise LOCKED_OUT.error()


def note_failure(call: Call, subject: str, kind: Secret) -> None:
    """Count a wrong password or a wrong MFA code."""
    conduct = _conduct(call, subject)
    failures: dict[str, Any] = {kind: Failures(getattr(conduct, kind).count + 1, call.now)}
    _remember(call, subject, attrs.evolve(conduct, tried=call.now, **failures))


def forget_failures(call: Call, subject: str, kind: Secret) -> None:
    """Start the count again after the right password or the right MFA code."""
    nothing: dict[str, Any] = {kind: Failures()}
    _remember(call, subject, attrs.evolve(_conduct(call, subject), **nothing))


def count_attempt(call: Call, subject: str, kind: Counted) -> None:
    """
    Count a request, and refuse it if the subject has used up the hour's.

    Source: quotas.
    """
    conduct = _conduct(call, subject)
    recent = tuple(at for at in getattr(conduct, kind) if call.now - at < HOUR)
    if len(recent) >= HOURLY[kind]:
        raise ATTEMPTS_EXCEEDED.error()
    counted: dict[str, Any] = {kind: (*recent, call.now)}
    _remember(call, subject, attrs.evolve(conduct, **counted))
