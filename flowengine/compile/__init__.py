"""A spec and pool settings to a `Flow`, as an ordered list of named passes.

Each pass reads what the ones before it found and notes every problem that it meets; the problems are raised together
at the end. The heart is `explore_positions`: from the initial position it follows every outcome that the action table
says these settings can give, until no new position appears. So it learns which challenges can be pending where and
which facts a session surely carries, drops routes and states that these settings exclude, and finds the outcomes that
the spec forgot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from flowengine.actions import ACTIONS
from flowengine.actions.model import Action
from flowengine.compile.checks import check_chains, check_entries, check_facts, check_goal, check_pending
from flowengine.compile.events import check_outcomes, check_states, resolve_events
from flowengine.compile.positions import explore_positions
from flowengine.compile.rows import rows
from flowengine.compile.work import Work
from flowengine.errors import Problem, SpecError
from flowengine.extensions import Hook
from flowengine.machine import Flow
from flowengine.settings import PoolSettings, broken_rules
from flowengine.spec import FlowSpec, Place

__all__ = ["POOL_PASSES", "SPEC_PASSES", "compile_flow", "explore", "resolve", "walk"]

SPEC_PASSES: Final[tuple[Callable[[Work], None], ...]] = (check_states, resolve_events, check_outcomes)
"""The passes that read the spec alone, in order."""

POOL_PASSES: Final[tuple[Callable[[Work], None], ...]] = (
    explore_positions,
    check_facts,
    check_pending,
    check_entries,
    check_chains,
    check_goal,
)
"""The passes that ask the pool settings, in order, after those."""


def compile_flow(
    spec: FlowSpec,
    pool: PoolSettings | None = None,
    *,
    actions: Iterable[Action] = (),
    hooks: Iterable[Hook] = (),
    problems: tuple[Problem, ...] = (),
) -> Flow:
    """
    Compile a spec for one pool.

    Args:
        spec: The spec, after `extends`.
        pool: The settings to compile for. None takes the spec's own; a spec without any is compiled for the union of
            all pools, and can be checked and drawn but not run.
        actions: The application's own actions.
        hooks: The application's own hooks.
        problems: What reading the spec has found already.

    Raises:
        SpecError: With every problem that makes the flow unusable.
    """
    settings = pool or spec.pool
    places = {} if pool is not None else spec.pool_places
    known = (*problems, *_check_settings(settings, places))
    work = walk(spec, settings, actions=actions, hooks=hooks, problems=known)
    found = sorted(dict.fromkeys(work.problems), key=_by_place)
    if any(problem.severity == "error" for problem in found):
        raise SpecError(found)
    return Flow(
        name=spec.name,
        summary=spec.summary,
        pool=settings,
        initial=work.initial,
        positions=rows(work),
        edges=tuple(work.edges),
        hooks={name: work.hooks[state.enter.value] for name, state in spec.states.items() if state.enter},
        warnings=tuple(found),
    )


def walk(
    spec: FlowSpec,
    pool: PoolSettings | None,
    *,
    actions: Iterable[Action] = (),
    hooks: Iterable[Hook] = (),
    problems: Iterable[Problem] = (),
) -> Work:
    """
    Run the passes over a spec, without regard to whether the settings are valid.

    Args:
        spec: The spec, after `extends`.
        pool: The settings, or None for the union of all pools.
        actions: The application's own actions.
        hooks: The application's own hooks.
        problems: What is known to be wrong already.

    Returns:
        What the passes found: positions, steps, problems, and the questions that they put to the settings.
    """
    return explore(resolve(spec, actions=actions, hooks=hooks, problems=problems), pool)


def resolve(
    spec: FlowSpec, *, actions: Iterable[Action] = (), hooks: Iterable[Hook] = (), problems: Iterable[Problem] = ()
) -> Work:
    """
    Run the passes that read the spec alone: their work serves any number of pools.

    Args:
        spec: The spec, after `extends`.
        actions: The application's own actions.
        hooks: The application's own hooks.
        problems: What is known to be wrong already.
    """
    given, hooked = tuple(actions), tuple(hooks)
    own, named = {action.name: action for action in given}, {hook.name: hook for hook in hooked}
    work = Work(spec=spec, pool=None, actions={**own, **ACTIONS}, hooks=named, problems=list(problems))
    for name in sorted(own.keys() & ACTIONS.keys()):
        work.note(spec.place, "action-exists", f"the action {name!r} is built in", "register yours under another name")
    for kind, entries in (("action", given), ("hook", hooked)):
        for name in _repeated(entry.name for entry in entries):
            work.note(spec.place, f"{kind}-exists", f"the {kind} {name!r} is given twice", "rename one of the two")
    for compile_pass in SPEC_PASSES:
        compile_pass(work)
    return work


def _repeated(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)


def explore(resolved: Work, pool: PoolSettings | None) -> Work:
    """
    Run the passes that ask the settings, after those that read the spec.

    Args:
        resolved: What `resolve` has found of the spec.
        pool: The settings, or None for the union of all pools.
    """
    work = resolved.for_pool(pool)
    for compile_pass in POOL_PASSES:
        compile_pass(work)
    return work


def _by_place(problem: Problem) -> tuple[str, int, int]:
    return problem.file or "", problem.line or 0, problem.column or 0


def _check_settings(pool: PoolSettings | None, places: Mapping[str, Place]) -> list[Problem]:
    """Hold the pool settings against every validity rule."""
    if pool is None:
        return []
    problems = []
    for rule, detail in broken_rules(pool):
        place = _setting_place(places, rule.path)
        problems.append(
            Problem(
                code=rule.id,
                message=rule.complaint(detail),
                file=place.file if place else None,
                line=place.line if place else None,
                column=place.column if place else None,
                hint=f"source: {rule.source}",
                severity=rule.severity,
            )
        )
    return problems


def _setting_place(places: Mapping[str, Place], path: str) -> Place | None:
    """The place of a setting, or of the nearest part of the document that encloses it."""
    while path and path not in places:
        path = path.rpartition(".")[0]
    return places.get(path)
