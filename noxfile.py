"""The project's chores: `nox` runs the tests, `nox -s lint types bench pools explore mutants newest_model` the rest."""

from __future__ import annotations

import nox

nox.needs_version = ">=2025.5.1"
nox.options.sessions = ["tests"]
nox.options.error_on_external_run = True

PYPROJECT = nox.project.load_toml("pyproject.toml")


def _install(session: nox.Session, group: str, *, package: str | None = ".") -> None:
    session.install(*([package] if package else []), *nox.project.dependency_groups(PYPROJECT, group))


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests against the installed package, on every core."""
    _install(session, "tests", package=".[passkeys]")
    session.run("pytest", "--numprocesses=auto", "--dist=worksteal", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    _install(session, "lint", package=None)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    _install(session, "typing", package=".[passkeys]")
    session.run("mypy")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure, print and write bench.json."""
    _install(session, "bench", package=".[passkeys]")
    session.run("python", "tests/bench.py", *session.posargs)


@nox.session
def pools(session: nox.Session) -> None:
    """Compile what every flow extends for every valid pool, and print counts and seconds."""
    session.install(".")
    session.run("flowengine", "check", "standard", "--every-pool", *session.posargs)


@nox.session
def explore(session: nox.Session) -> None:
    """Explore what every flow extends for every valid pool, and hold the numbers against what is known."""
    _install(session, "tests", package=".[passkeys]")
    session.run("pytest", "--capture=no", "tests/every_pool.py", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Hunt what every flow extends with each route written otherwise, and hold what survives against what is known."""
    _install(session, "tests", package=".[passkeys]")
    session.run("pytest", "--capture=no", "tests/mutants_of_standard.py", *session.posargs)


@nox.session
def newest_model(session: nox.Session) -> None:
    """Hold the challenges of `standard` against the newest release of Cognito's service model."""
    session.install(".")
    folder = session.create_tmp()
    session.run("python", "-m", "pip", "install", "--quiet", "--upgrade", "--no-deps", "--target", folder, "botocore")
    session.run("python", "tests/newest_model.py", folder)
