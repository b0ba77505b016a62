"""The zoo: whatever is broken on purpose is caught, by what ought to catch it and by nothing else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from animal import Animal, Habitat, explored, overall, problems, spec_of
from animals import ANIMALS, ZOO
from broken_flows import UNCOMPILED
from broken_wholes import BROKEN_WHOLES

from flowengine.actions import ACTIONS
from flowengine.explore import PROPERTIES, excuses


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Let thousands of sends pass without a log."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)


def release(animal: Animal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the rows and rules of an animal in the place of the healthy ones, for the length of a test."""
    for row in animal.rows:
        monkeypatch.setitem(ACTIONS, row.name, row)
    for rule in animal.rules:
        monkeypatch.setitem(excuses._RULES, rule.id, rule)


@pytest.mark.parametrize("animal", ANIMALS, ids=str)
def test_every_animal_is_caught(animal: Animal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What compiles is explored; either way, what the table names is found, and nothing else."""
    release(animal, monkeypatch)
    spec = spec_of(tmp_path, animal.habitat, animal.overlay)
    caught_by = problems(spec)
    if not caught_by:
        violations = explored(spec, animal.habitat, animal.engine).violations
        caught_by = frozenset(violation.property for violation in violations)
        assert all(violation.story for violation in violations)
    assert animal.caught_by == caught_by, animal.sentence


@pytest.mark.parametrize("habitat", dict.fromkeys(animal.habitat for animal in ZOO), ids=lambda habitat: habitat.flow)
def test_no_healthy_flow_is_caught(habitat: Habitat, tmp_path: Path) -> None:
    """What animals are made from has no problem and breaks no property."""
    spec = spec_of(tmp_path, habitat)
    assert frozenset() == problems(spec)
    assert explored(spec, habitat).violations == ()


@pytest.mark.parametrize("animal", BROKEN_WHOLES, ids=str)
def test_what_never_comes_is_caught(animal: Animal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An animal of this kind adds something that never comes to what no single pool makes come."""
    healthy = overall(spec_of(tmp_path, animal.habitat), animal.habitat)
    release(animal, monkeypatch)
    spec = spec_of(tmp_path, animal.habitat, animal.overlay)
    assert frozenset() == problems(spec)
    added = overall(spec, animal.habitat) - healthy
    assert animal.caught_by == {name for name, _ in added}, animal.sentence


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_property_catches_an_animal_that_no_other_does(name: str) -> None:
    """No property could be left out."""
    assert any(animal.caught_by == {name} for animal in ZOO)


def test_check_catches_what_need_not_be_walked() -> None:
    """Animals that do not compile are named with codes of problems, all others with properties."""
    assert not any(animal.caught_by & PROPERTIES.keys() for animal in UNCOMPILED)
    others = [animal for animal in ZOO if animal not in UNCOMPILED and animal.name != "routed-refusal-not-predicted"]
    assert all(animal.caught_by <= PROPERTIES.keys() for animal in others)


def test_every_animal_has_a_name_of_its_own() -> None:
    """The zoo is as large as it ought to be, and nothing in it stands twice."""
    assert len({animal.name for animal in ZOO}) == len({animal.sentence for animal in ZOO}) == len(ZOO)
    assert len(ZOO) >= 34
