"""What the tests of reading share: small specs, and what reading them says."""

from __future__ import annotations

from flowengine.spec import FlowSpec, parse, read_spec

HEAD = "flowengine: 1\nname: a\ninitial: s\n"
STATE = HEAD + "states: {s: {meaning: signed_in}}\n"


def read(text: str) -> FlowSpec:
    """Read a spec that has nothing wrong."""
    spec, problems = read_spec(parse(text, "f.yaml").root)
    assert problems == []
    assert spec is not None
    return spec


def complaints(text: str) -> list[str]:
    """Return everything that is wrong with a spec."""
    return [str(problem) for problem in read_spec(parse(text, "f.yaml").root)[1]]


def in_pool(pool: str) -> str:
    """Return a spec with these pool settings on its fifth line."""
    return f"{STATE}pool: {pool}\n"


def in_state(state: str) -> str:
    """Return a spec whose state, on the fourth line, is this."""
    return f"{HEAD}states: {{s: {state}}}\n"


def in_event(event: str) -> str:
    """Return a spec whose event, on the fourth line, is this."""
    return in_state(f"{{on: {{go: {event}}}}}")
