"""Mutants are explored together, and each is caught by what it breaks."""

from __future__ import annotations

import functools
from typing import Final

import pytest
from exploring import JO, PHONE_SPEC, STANDARD

from flowengine.explore.brood import Brood
from flowengine.explore.comparison import Comparison, look
from flowengine.explore.hunting import Hunt
from flowengine.explore.mutants import mutants, mutated
from flowengine.settings import PoolSettings

MUTANTS: Final = {str(mutant): mutant for mutant in mutants(STANDARD)}
CAUGHT: Final = {
    "routes.authentication.TOKENS -> confirmed": "no dead end",
    "routes.authentication.UserNotConfirmedException -> signed_out": "no dead end",
    "routes.challenge.ANSWER_LOST -> unconfirmed": "recovery",
    "routes.signed_out_elsewhere.ACCESS_TOKEN_REVOKED -> signed_in": "recovery",
    "states.signed_out.on.sign_up.UNCONFIRMED -> signed_out": "recovery",
    "states.signed_out.on.forgot_password.CODE_SENT -> unconfirmed": "recovery",
    "states.unconfirmed.on.confirm.CONFIRMED -> unconfirmed": "recovery",
    "states.unconfirmed.on.resend.ALREADY_CONFIRMED -> resetting_password": "recovery",
    "states.resetting_password.on.confirm_reset.PASSWORD_RESET -> signed_out": "recovery",
    "states.signed_in.on.enable_sms_mfa.MFA_PREFERENCE_SET -> confirmed": "recovery",
    "states.signed_in.on.sign_out.SIGNED_OUT -> signed_in": "recovery",
}
HARMLESS: Final = (
    "routes.authentication.SMS_MFA -> one_time_password",  # which differs in name alone
    "routes.authentication.WEB_AUTHN -> mfa_challenge",  # which does not come in this pool
)


def pool() -> PoolSettings:
    """Return a pool of users who sign in with a phone number and a code by SMS."""
    assert PHONE_SPEC.pool is not None
    return PHONE_SPEC.pool


@functools.cache
def hunt(*names: str) -> Hunt:
    """Return what came of hunting some mutants."""
    hunt = Hunt(Brood(STANDARD, pool(), [MUTANTS[name] for name in names]), [JO])
    hunt.run()
    return hunt


def test_each_is_caught_by_what_it_breaks() -> None:
    """What strands a user, claims what is not so, or lets go of what is, is caught; what is alike is not."""
    over = hunt(*CAUGHT, *HARMLESS)
    names = dict(enumerate((*CAUGHT, *HARMLESS), 1))
    assert {names[index]: catch.property for index, catch in over.caught.items()} == CAUGHT


def test_steps_are_shared() -> None:
    """Many mutants take few more steps than the flow alone, since each is left alone as soon as it is caught."""
    assert hunt(*CAUGHT, *HARMLESS).steps < 2 * hunt().steps


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("routes.authentication.TOKENS -x", "missing-route"),
        ("routes.authentication.SMS_MFA -> signed_in", "fact-missing"),
        ("routes.authentication.SMS_MFA -> confirmed", "challenge-unanswered"),
        ("routes.challenge.ANSWER_LOST -> mfa_challenge", "nothing-pending"),
        ("routes.authentication.TOKENS -> confirmed", None),
    ],
)
def test_check_finds_what_need_not_be_hunted(name: str, code: str | None) -> None:
    """Most mutants do not compile."""
    seen = look(mutated(STANDARD, MUTANTS[name]))
    assert seen.problems[:1] == (() if code is None else (code,))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "routes.challenge.SESSION_USED -> confirmed",
            "SESSION_USED leads from challenge to confirmed, and says no more than challenge or signed_out",
        ),
        (
            "routes.signed_out_elsewhere.USER_DISABLED -> signed_in",
            "USER_DISABLED leads from signed_in to signed_in, and says no more than signed_out",
        ),
        (
            "states.unconfirmed.on.confirm.SESSION_INVALID -> signed_out",
            "SESSION_INVALID leads from unconfirmed to signed_out, and says no more than unconfirmed",
        ),
        (
            "states.unconfirmed.on.confirm.SESSION_USED -x",
            "SESSION_USED is not routed, so the session keeps what is good for nothing after it",
        ),
        (
            "states.signed_out.on.sign_up.LimitExceededException -> signed_out",
            "LimitExceededException leads from signed_out to signed_out, and says no more than unconfirmed",
        ),
        (
            "states.signed_in.on.register_totp.SECRET_CODE -> totp_setup",
            "SECRET_CODE leads from signed_in to challenge, and says no more than signed_in",
        ),
    ],
)
def test_states_mean_what_outcomes_say(name: str, message: str) -> None:
    """A state that means something else than the outcome says is found, whether the outcome comes or not."""
    assert look(STANDARD).contradictions == frozenset()
    assert message in look(mutated(STANDARD, MUTANTS[name])).contradictions


def test_states_that_no_pool_reaches_are_of_no_use() -> None:
    """What not even the union of all pools reaches needs no walk to be found; all of `standard` is reached."""
    assert look(STANDARD).unused == frozenset()
    seen = look(mutated(STANDARD, MUTANTS["routes.authentication.WEB_AUTHN -> mfa_challenge"]))
    assert "states.passkey_challenge is used by no pool" in seen.unused


def test_what_is_alike_is_so_in_every_pool() -> None:
    """The first pool that tells a mutant apart is named."""
    comparison = Comparison(STANDARD, [PoolSettings(), pool()])
    apart = {name: comparison.tells_apart(MUTANTS[name]) for name in HARMLESS}
    assert apart == dict.fromkeys(HARMLESS)
    assert comparison.tells_apart(MUTANTS["routes.authentication.SMS_MFA -> mfa_setup"]) == pool()
