"""An animal: something healthy with one defect, and what has to catch it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from attrs import field, frozen

from flowengine.actions.model import Action
from flowengine.compile import compile_flow
from flowengine.engine import Engine
from flowengine.errors import SpecError
from flowengine.explore import Exploration, Person, explore_spec
from flowengine.explore.coverage import occurred, predicted, unused, vain
from flowengine.explore.family import Family
from flowengine.explore.search import Search
from flowengine.explore.stage import Stage
from flowengine.library import read
from flowengine.settings import Rule
from flowengine.spec import FlowSpec

__all__ = ["Animal", "Habitat", "explored", "overall", "problems", "spec_of"]


@frozen(kw_only=True)
class Habitat:
    """
    A healthy flow, and who walks in it.

    Args:
        flow: The name of a shipped flow.
        crowd: Who walks.
        overlay: What is laid over the flow, in YAML, so that a defect matters that another way on would hide.
    """

    flow: str
    crowd: tuple[Person, ...]
    overlay: str = ""


def _names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(names)


@frozen(kw_only=True)
class Animal:
    """
    Something healthy with one defect.

    Args:
        name: What it is called.
        sentence: What is wrong with it.
        caught_by: What catches it, no more and no less: codes of problems if its flow must not compile, else the names
            of the properties that exploring it breaks.
        habitat: What it is made from.
        overlay: The defect of its flow, in YAML.
        engine: What makes its engine.
        rows: Its own rows of the action table.
        rules: Its own rules of pool settings.
    """

    name: str
    sentence: str
    caught_by: frozenset[str] = field(converter=_names)
    habitat: Habitat
    overlay: str = ""
    engine: Callable[..., Engine] = Engine
    rows: tuple[Action, ...] = ()
    rules: tuple[Rule, ...] = ()

    def __str__(self) -> str:
        """Render as its name."""
        return self.name


def spec_of(folder: Path, habitat: Habitat, overlay: str = "") -> FlowSpec:
    """Return the flow of a habitat, with a defect laid over it."""
    healthy, animal = folder / "healthy.yaml", folder / "animal.yaml"
    healthy.write_text(f"flowengine: 1\nname: healthy\nextends: {habitat.flow}\n{habitat.overlay}")
    animal.write_text(f"flowengine: 1\nname: animal\nextends: healthy.yaml\n{overlay}")
    return read(animal)


def problems(spec: FlowSpec) -> frozenset[str]:
    """Return the codes of the problems for which a flow does not compile."""
    try:
        compile_flow(spec)
    except SpecError as error:
        return frozenset(problem.code for problem in error.problems if problem.severity == "error")
    return frozenset()


def explored(spec: FlowSpec, habitat: Habitat, engine: Callable[..., Engine] = Engine) -> Exploration:
    """Explore a flow for its own pool."""
    assert spec.pool is not None
    return explore_spec(spec, [spec.pool], crowd=habitat.crowd, engine=engine)


def overall(spec: FlowSpec, habitat: Habitat) -> frozenset[tuple[str, str]]:
    """Return what is predicted in vain and what is of no use, as property and message, were its pool the only one."""
    assert spec.pool is not None
    family = Family(spec, [spec.pool])
    search = Search(family, Stage(family), habitat.crowd)
    search.run()
    came = occurred(search)
    found = (*vain(predicted(family), came), *unused(spec, came))
    return frozenset((finding.property, finding.message) for finding in found)
