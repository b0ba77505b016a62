"""Several users at once: nothing is wrong with what ships, and what is planted is found, crosstalk above all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from drawing import SEEKING, WALKS
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from planted import ALONE, TOGETHER, Planted, planted_spec

from flowengine.testing import walks_machine
from flowengine.testing.company import Company

TROUBLE = ("fault", "crash", "race", "repeat", "insist")
"""What may go wrong on the way, one rarer than the other: of so few draws, not each brings all of it."""


def watched(name: str, **parts: Any) -> tuple[Any, Counter[str]]:
    """Return a machine, and the count of what has happened in it."""
    counts: Counter[str] = Counter()

    class Watched(walks_machine(name, **parts)):  # type: ignore[misc]  # a machine is made at run time
        def teardown(self) -> None:
            super().teardown()
            company: Company | None = getattr(self, "company", None)
            if company is not None:
                counts["sessions"] = max(counts["sessions"], len(company.walkers))
                counts["people"] = max(counts["people"], len({walker.person for walker in company.walkers}))
                counts.update(line.partition(": ")[2].partition(" ")[0] for line in company.story if ": " in line)
                counts["woven"] += sum("at the same time" in line for line in company.story)

    return Watched, counts


@pytest.mark.parametrize("name", ["standard", "phone-sms-mfa"])
def test_nothing_is_wrong_with_what_ships(name: str) -> None:
    """Several people and sessions, and everything that can happen: no law is broken."""
    machine, counts = watched(name)
    run_state_machine_as_test(machine, settings=settings(WALKS, max_examples=max(WALKS.max_examples, 40)))
    assert counts["sessions"] == 4
    assert counts["people"] > 1
    assert min(counts[kind] for kind in ("send", "wait", "administrator", "woven")) > 0
    assert sum(counts[kind] > 0 for kind in TROUBLE) > 1


@pytest.mark.parametrize("planted", [*ALONE.values(), *TOGETHER.values()], ids=[*ALONE, *TOGETHER])
def test_what_is_planted_is_found(planted: Planted, tmp_path: Path) -> None:
    """A defect of a flow or an engine is found, with the story that leads to it."""
    machine = walks_machine(planted_spec(tmp_path, planted), engine=planted.engine)
    with pytest.raises(AssertionError) as caught:
        run_state_machine_as_test(machine, settings=SEEKING)
    story = str(caught.value).splitlines()
    assert story[0].startswith("session 1 comes: ")
    assert any(line.startswith(f"   {planted.law}: ") for line in story)


@pytest.mark.parametrize("planted", TOGETHER.values(), ids=TOGETHER)
def test_nobody_comes_upon_crosstalk_alone(planted: Planted, tmp_path: Path) -> None:
    """What several sessions show is none of what one session shows."""
    machine = walks_machine(planted_spec(tmp_path, planted), engine=planted.engine, most=1)
    run_state_machine_as_test(machine, settings=settings(SEEKING, max_examples=3))


def test_sessions_are_as_many_as_they_may_be() -> None:
    """Nobody else comes to a pool that has all its sessions."""
    machine, counts = watched("phone-sms-mfa", most=2)
    run_state_machine_as_test(machine, settings=settings(SEEKING, max_examples=10))
    assert counts["sessions"] == 2


def test_machines_run_as_tests() -> None:
    """A machine's TestCase is a test of its own, with settings of its own."""
    test: Callable[..., Any] = walks_machine("phone-sms-mfa").TestCase
    test.settings = settings(SEEKING, max_examples=3)  # type: ignore[attr-defined]  # as Hypothesis documents it
    test("runTest").runTest()
