"""Hypothesis strategies for an application's own flows: pools, users, flows, events and whole walks.

    from flowengine.testing.strategies import walks

    @given(walks("login.yaml"))
    def test_login(walk):
        assert not walk.complaints

Walks take the same steps as exploration: the real engine, over a store and an embedded pool. Needs the extra `testing`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from flowengine.compile import compile_flow
from flowengine.engine import Engine
from flowengine.explore.moves import Move
from flowengine.explore.people import Person, people
from flowengine.fields import Field
from flowengine.library import shipped_names
from flowengine.machine import Flow
from flowengine.phone import E164, phone_problem
from flowengine.session import Snapshot
from flowengine.settings import PoolSettings, answer
from flowengine.testing.company import KINDS, Company, Kind, Source, Walker, companies, spec_of
from flowengine.testing.drawn_pools import pools
from flowengine.testing.needed import passkeys_are_installed, reject, settings, st
from flowengine.testing.walked import Walk, walked

__all__ = [
    "KINDS", "PROFILES", "Choice", "Walk", "choices", "events", "flows", "moves", "pools", "register_profiles",
    "resolve", "users", "walks",
]  # fmt: skip

Choice = tuple[Kind, int]
"""What kind of thing happens next, and which one of those that are possible then."""

LIKELY: Final[tuple[Kind, ...]] = ("right",) * 6 + ("other", "wait", "trouble", "trouble", "meddling")
"""The kinds of moves, the likelier ones several times."""
MANY: Final = 10_000
"""More moves than are ever possible at once."""

PROFILES: Final[dict[str, dict[str, Any]]] = {
    "dev": {"max_examples": 15, "stateful_step_count": 15, "derandomize": True, "database": None},
    "ci": {"max_examples": 250, "stateful_step_count": 40},
    "deep": {"max_examples": 10_000, "stateful_step_count": 80},
}
"""How much is drawn: `dev` takes seconds and draws the same each time, `ci` minutes, `deep` hours."""


def register_profiles() -> None:
    """
    Register the profiles `dev`, `ci` and `deep` with Hypothesis; load one of them, or none, as you like.

    In a `conftest.py`, so that `HYPOTHESIS_PROFILE=ci pytest` or `pytest --hypothesis-profile=ci` chooses another one:

        strategies.register_profiles()
        settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
    """
    usual = settings.get_profile("default")  # and not the one that is loaded, of which they would take what is open
    for name, members in PROFILES.items():
        settings.register_profile(name, usual, deadline=None, print_blob=True, **members)


def users(pool: PoolSettings) -> st.SearchStrategy[Person]:
    """
    Draw kinds of users that a pool can hold: newcomers, members with factors, who was invited, strangers.

    Without the extra `passkeys`, nobody has a passkey.

    Args:
        pool: The pool.
    """
    installed = passkeys_are_installed()
    held = [person for person in _held(pool) if installed or not person.passkey]
    # There are many kinds of members, and few of anybody else: all origins are as likely.
    origins = dict.fromkeys(person.origin for person in held)
    return st.one_of([st.sampled_from([one for one in held if one.origin == origin]) for origin in origins])


@lru_cache(maxsize=64)
def _held(pool: PoolSettings) -> tuple[Person, ...]:
    return tuple(person for person in people() if all(holds(answer(pool, path)) for path, holds in person.needs()))


def flows(
    source: Source | None = None, *, pool: PoolSettings | st.SearchStrategy[PoolSettings] | None = None
) -> st.SearchStrategy[Flow]:
    """
    Draw compiled flows.

    Args:
        source: A shipped name, a path, or a spec; None for any that ships.
        pool: The pools that they are compiled for; None for any.

    Raises:
        SpecError: The spec cannot be read; when drawn, it has problems for a pool.
    """
    names = shipped_names() if source is None else [source]
    specs = [spec_of(name) for name in names]
    return st.builds(compile_flow, st.sampled_from(specs), _pools(pool))


def _pools(pool: PoolSettings | st.SearchStrategy[PoolSettings] | None) -> st.SearchStrategy[PoolSettings]:
    if pool is None:
        return pools()
    return st.just(pool) if isinstance(pool, PoolSettings) else pool


@st.composite
def events(draw: st.DrawFn, snapshot: Snapshot) -> tuple[str, dict[str, Any]]:
    """
    Draw an event that a snapshot accepts, with inputs that its fields take and that are mostly wrong.

    For engines of your own: `engine.send(snapshot.id, event, **inputs)` is to return a snapshot, or to raise
    `InputInvalid` for inputs that are fit by themselves and do not go together.

    Args:
        draw: Comes from Hypothesis.
        snapshot: What was accepted last; it must accept something.
    """
    name = draw(st.sampled_from(sorted(snapshot.accepts)))
    given = [entry for entry in snapshot.accepts[name] if entry.required or draw(st.booleans())]
    return name, {entry.name: draw(_typed(entry)) for entry in given}


def _typed(entry: Field) -> st.SearchStrategy[Any]:
    """What fits a field."""
    if entry.kind == "attributes" or entry.members:
        members = {member.name: _typed(member) for member in entry.members}
        needed = {name: members[name] for name in members if _member(entry, name).required}
        optional = {name: members[name] for name in members if name not in needed}
        return st.fixed_dictionaries(needed, optional=optional)
    if entry.kind == "object":
        return st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=3)
    if entry.choices:
        return st.sampled_from(entry.choices)
    if entry.pattern:
        texts = st.from_regex(entry.pattern, fullmatch=True).filter(lambda text: 0 < len(text) <= entry.max_length)
        return texts.map(_possible) if entry.phone else texts
    return st.text(min_size=1, max_size=min(entry.max_length, 99))


def _possible(text: str) -> str:
    """A number that can exist, of the United States, in place of one that cannot."""
    if not re.fullmatch(E164, text) or phone_problem(text) is None:
        return text
    return f"+1{int(text[1:]) % 8_000_000_000 + 2_000_000_000}"


def _member(entry: Field, name: str) -> Field:
    return next(member for member in entry.members if member.name == name)


def moves(company: Company, walker: Walker, *, kinds: Iterable[Kind] = KINDS) -> st.SearchStrategy[Move]:
    """
    Draw one of the moves that are possible now; nothing can be drawn where none is.

    Args:
        company: The people in a pool.
        walker: Whose session it is.
        kinds: The kinds of moves: `right` and `other` answers, a `wait`, `trouble` on the way (faults, crashes, races,
            repetitions), `meddling` (the administrator, another browser).
    """
    return st.sampled_from([move for kind in kinds for move in company.moves(walker, kind)])


def choices(*, kinds: Sequence[Kind] = LIKELY, least: int = 0, most: int = 12) -> st.SearchStrategy[list[Choice]]:
    """
    Draw choices that `resolve` turns into moves, each in its place: any part of the list is a walk, too.

    Args:
        kinds: The kinds of moves, the likelier ones several times.
        least: The fewest.
        most: The most.
    """
    one = st.tuples(st.sampled_from(kinds), st.integers(0, MANY))
    return st.lists(one, min_size=least, max_size=most)


def resolve(company: Company, walker: Walker, choice: Choice) -> Move | None:
    """
    Return the move that a choice stands for now, None where there is none of its kind.

    Args:
        company: The people in a pool.
        walker: Whose session it is.
        choice: The choice.
    """
    kind, pick = choice
    alike: dict[tuple[str, str], list[Move]] = {}
    for move in company.moves(walker, kind):
        alike.setdefault((move.kind, move.event if move.kind == "send" else move.detail), []).append(move)
    if not alike:
        return None
    # What can happen at many points is no likelier than what can happen at one.
    group = [*alike.values()][pick % len(alike)]
    return group[pick // len(alike) % len(group)]


def walks(
    source: Source = "standard",
    pool: PoolSettings | st.SearchStrategy[PoolSettings] | None = None,
    *,
    user: Person | st.SearchStrategy[Person] | None = None,
    kinds: Sequence[Kind] = LIKELY,
    most: int = 12,
    engine: Callable[..., Engine] = Engine,
) -> st.SearchStrategy[Walk]:
    """
    Draw walks of one person through a flow, and perform them.

    Args:
        source: A shipped name, a path, or a spec.
        pool: The pools; None for the spec's own, and for any pool where it has none.
        user: Who walks; None for every kind of user that the pool can hold.
        kinds: The kinds of moves, the likelier ones several times.
        most: The most moves.
        engine: What makes the engine, to walk with another one than `Engine`.

    Raises:
        SpecError: The spec cannot be read; when drawn, it has problems for a pool.
    """
    spec = spec_of(source)
    return _walks(_pools(pool or spec.pool), user, choices(kinds=kinds, most=most), companies(spec, engine))


@st.composite
def _walks(
    draw: st.DrawFn,
    drawn_pools: st.SearchStrategy[PoolSettings],
    user: Person | st.SearchStrategy[Person] | None,
    drawn_choices: st.SearchStrategy[list[Choice]],
    company_in: Callable[[PoolSettings], Company],
) -> Walk:
    company = company_in(draw(drawn_pools))
    person = draw(_users(company.pool, user))
    walker = company.join(person)
    if walker is None:
        reject()
    taken, seen = [], [company.snapshot(walker)]
    for choice in draw(drawn_choices):
        move = resolve(company, walker, choice)
        if move is not None:
            company.perform(walker, move)
            taken.append(move)
            seen.append(company.snapshot(walker))
    return walked(company, walker, taken, seen)


def _users(pool: PoolSettings, user: Person | st.SearchStrategy[Person] | None) -> st.SearchStrategy[Person]:
    if user is None:
        return users(pool)
    return st.just(user) if isinstance(user, Person) else user
