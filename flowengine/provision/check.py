"""Whether a pool that exists is what a flow needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import attrs
from attrs import frozen

from flowengine.errors import SpecError
from flowengine.machine import Flow
from flowengine.provision.differences import differences, wanted
from flowengine.provision.live import LivePool
from flowengine.provision.resources import Resources
from flowengine.provision.text import written
from flowengine.settings import PoolSettings, broken_rules

__all__ = ["Difference", "check_pool"]

_MINUTE = 60


@frozen(kw_only=True)
class Difference:
    """
    What is not as a flow needs it.

    Args:
        code: A stable name of the kind.
        setting: The setting that it is about.
        severity: `error` where the pool differs from the spec or cannot carry the flow; `warning` where it may strand
            users.
        message: What it is.
        hint: What to do about it.
    """

    code: str
    setting: str
    severity: Literal["error", "warning"]
    message: str
    hint: str


def check_pool(
    flow: Flow, live: LivePool, resources: Resources, compiled: Callable[[PoolSettings], Flow]
) -> tuple[Difference, ...]:
    """
    Return what differs between a pool and its client and what a flow declares and needs.

    Args:
        flow: The flow, compiled for the settings that it declares.
        live: The pool as it is.
        resources: What else it is to be made of.
        compiled: Compiles the flow for other settings.
    """
    return (
        *_drift(flow, live, resources),
        *_client(live),
        *_flow(flow, live, compiled),
        *_warnings(live),
    )


def _drift(flow: Flow, live: LivePool, resources: Resources) -> Iterator[Difference]:
    target = wanted(flow.pool or PoolSettings(), resources, live.region, live)
    for change in differences(live, target, resources):
        rule = change.rule
        if change.setting == "custom_attributes" and set(change.after) <= set(change.before):
            continue  # others than the spec's own do no harm, and cannot be removed
        message = f"{change.setting} is {written(change.before)}, and the spec says {written(change.after)}"
        by = f"{rule.verdict}: {rule.operation}" if rule.operation else f"{rule.verdict}: {rule.reason}"
        yield Difference(code="drift", setting=change.setting, severity="error", message=message, hint=by)


def _client(live: LivePool) -> Iterator[Difference]:
    if live.client is None:
        yield Difference(
            code="no-client", setting="client", severity="error", message="the pool has no such app client",
            hint="give --client-id, or let `flowengine pool apply` make one",
        )  # fmt: skip


def _flow(flow: Flow, live: LivePool, compiled: Callable[[PoolSettings], Flow]) -> Iterator[Difference]:
    """What the flow cannot do in this pool, and would in the one that it declares."""
    settings = live.settings
    if live.client is None and flow.pool is not None:
        settings = attrs.evolve(settings, client=flow.pool.client)
    try:
        carried = compiled(settings)
    except SpecError as error:
        for problem in error.problems:
            if problem.severity == "error":
                hint = problem.hint or "change the pool, or the spec"
                yield Difference(
                    code=problem.code, setting="flow", severity="error", message=problem.message, hint=hint
                )
        return
    lost: dict[str, list[str]] = {}
    for state, event in sorted(_events(flow) - _events(carried)):
        lost.setdefault(event, []).append(state)
    for event, states in sorted(lost.items()):
        message = f"the flow offers {event} in {', '.join(states)}, which the pool and its client do not allow"
        hint = "see what differs: the client's explicit_auth_flows, factors, what is verified"
        yield Difference(code="event-impossible", setting="flow", severity="error", message=message, hint=hint)
    yield from _sessions(carried, settings)


def _sessions(flow: Flow, settings: PoolSettings) -> Iterator[Difference]:
    """States that outlast the session of the challenge that they wait with."""
    life = settings.client.auth_session_validity * _MINUTE
    late = {
        position.state: row.expires_after
        for position, row in flow.positions.items()
        if position.pending and row.expires_after is not None and row.expires_after > life
    }
    for state, seconds in sorted(late.items()):
        message = f"states.{state} waits {seconds:g} seconds for an answer, and the client's sessions end after {life}"
        hint = "raise client.auth_session_validity (3 to 15 minutes), or write expires: {after: session}"
        yield Difference(
            code="session-too-short", setting="client.auth_session_validity", severity="warning", message=message,
            hint=hint,
        )  # fmt: skip


def _events(flow: Flow) -> set[tuple[str, str]]:
    return {(position.state, event) for position, row in flow.positions.items() for event in row.events}


def _warnings(live: LivePool) -> Iterator[Difference]:
    """What the pool itself says, and what its settings do to users."""
    failure = live.description.get("SmsConfigurationFailure")
    if failure:
        yield Difference(
            code="sms-fails", setting="sms_configuration", severity="warning",
            message=f"the pool says that its SMS fail: {failure}",
            hint="mend the role's trust or policy; in the SNS sandbox only verified numbers get an SMS",
        )  # fmt: skip
    for rule, detail in broken_rules(live.settings):
        if rule.severity == "warning":
            yield Difference(
                code=rule.id, setting=rule.path, severity="warning", message=rule.complaint(detail),
                hint=f"source: {rule.source}",
            )  # fmt: skip
