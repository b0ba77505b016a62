"""The mutants of a flow: which there are, and whether they behave otherwise."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest
from exploring import STANDARD

from flowengine.compile import explore, resolve
from flowengine.explore.bisimulation import bisimilar
from flowengine.explore.kinds import kinds
from flowengine.explore.mutants import Mutant, mutants, mutated, written_routes
from flowengine.settings import Mfa, PoolSettings
from flowengine.spec import FlowSpec, parse, read_spec

TEXT: Final = """\
flowengine: 1
name: small
initial: out
routes:
  over: {SESSION_EXPIRED: out, SESSION_USED: out}
states:
  out:
    on:
      sign_up: &up {action: sign_up, to: {use: over, UNCONFIRMED: in, CONFIRMED: out}}
  in:
    on:
      again: *up
"""
MUTANTS: Final = {str(mutant): mutant for mutant in mutants(STANDARD)}
OFF: Final = PoolSettings()
SMS: Final = PoolSettings(mfa=Mfa(mode="required", factors=("sms",)))
BOTH: Final = PoolSettings(mfa=Mfa(mode="required", factors=("sms", "totp")))


def small() -> FlowSpec:
    """Return a spec with a group of routes, and an event that two states share."""
    spec, _ = read_spec(parse(TEXT, "f.yaml").root)
    assert spec is not None
    return spec


def alike(mutant: Mutant, pool: PoolSettings) -> bool:
    """Tell whether a mutant of `standard` behaves in a pool as `standard` does."""
    return bisimilar(explore(resolve(STANDARD), pool), explore(resolve(mutated(STANDARD, mutant)), pool))


def test_each_written_route_is_mutated_once() -> None:
    """A route is deleted, redirected and swapped with the one below; who shares it shares the mutant."""
    assert [str(mutant) for mutant in mutants(small())] == [
        "routes.over.SESSION_EXPIRED -x",
        "routes.over.SESSION_EXPIRED -> in",
        "routes.over.SESSION_USED -x",
        "routes.over.SESSION_USED -> in",
        "states.out.on.sign_up.UNCONFIRMED -x",
        "states.out.on.sign_up.UNCONFIRMED -> out",
        "states.out.on.sign_up.CONFIRMED -x",
        "states.out.on.sign_up.CONFIRMED -> in",
        "states.out.on.sign_up.UNCONFIRMED <> CONFIRMED",
    ]


def test_mutants_of_standard_are_many() -> None:
    """Each has a name of its own."""
    states, routes = len(STANDARD.states), sum(map(len, written_routes(STANDARD)))
    assert Counter(mutant.kind for mutant in MUTANTS.values()) == {
        "delete": routes, "redirect": routes * (states - 1), "swap": 29,
    }  # fmt: skip
    assert len(MUTANTS) == len([*mutants(STANDARD)]) == 1469


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("states.out.on.sign_up.UNCONFIRMED -x", {"CONFIRMED": "out"}),
        ("states.out.on.sign_up.UNCONFIRMED -> out", {"UNCONFIRMED": "out", "CONFIRMED": "out"}),
        ("states.out.on.sign_up.UNCONFIRMED <> CONFIRMED", {"UNCONFIRMED": "out", "CONFIRMED": "in"}),
    ],
)
def test_mutant_differs_in_what_its_name_says(name: str, expected: dict[str, str]) -> None:
    """Wherever the route is used, it is written otherwise, and nothing else is."""
    spec = small()
    mutant = mutated(spec, next(one for one in mutants(spec) if str(one) == name))
    for state, event in (("out", "sign_up"), ("in", "again")):
        routes = mutant.states[state].events[event].routes
        assert {outcome: text.value for outcome, text in routes.items()} == expected
    assert mutant.routes == spec.routes


@pytest.mark.parametrize(
    ("name", "pool", "expected"),
    [
        ("routes.authentication.SMS_MFA -> one_time_password", SMS, True),  # another name, and nothing else
        ("routes.authentication.SMS_MFA -> password_challenge", SMS, False),  # where passwords are forgotten, too
        ("routes.authentication.SMS_MFA -> mfa_setup", SMS, False),  # where the event has another name
        ("routes.authentication.SMS_MFA -> mfa_setup", OFF, True),  # nobody gets there
        ("routes.authentication.TOKENS -> confirmed", OFF, False),
        ("routes.challenge.SESSION_USED -> confirmed", SMS, False),
        ("states.unconfirmed.on.confirm.SESSION_USED -x", SMS, False),  # it stays pending
        ("routes.authentication.SELECT_MFA_TYPE -> mfa_challenge", BOTH, True),
    ],
)
def test_bisimilar_is_what_nobody_can_tell_apart(name: str, pool: PoolSettings, *, expected: bool) -> None:
    """What a state is called makes no difference, what it offers and means does."""
    assert alike(MUTANTS[name], pool) is expected


def test_pools_of_a_kind_are_compiled_alike() -> None:
    """For one pool of each kind, there is one flow at least."""
    pools = (OFF, SMS, BOTH, PoolSettings(user_pool_tier="PLUS"), PoolSettings(email_sending_account="DEVELOPER"))
    assert kinds(STANDARD, pools) == (OFF, SMS, BOTH)
