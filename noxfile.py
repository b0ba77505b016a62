"""The project's chores: `nox` runs the tests, `nox -s lint types bench` the rest."""

from __future__ import annotations

import nox

nox.needs_version = ">=2025.5.1"
nox.options.sessions = ["tests"]
nox.options.error_on_external_run = True

PYPROJECT = nox.project.load_toml("pyproject.toml")


def _install(session: nox.Session, group: str, *, package: bool = True) -> None:
    session.install(*(["."] if package else []), *nox.project.dependency_groups(PYPROJECT, group))


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests against the installed package."""
    _install(session, "tests")
    session.run("pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    _install(session, "lint", package=False)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    _install(session, "typing")
    session.run("mypy")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure, print and write bench.json."""
    _install(session, "bench")
    session.run("python", "tests/bench.py", *session.posargs)
