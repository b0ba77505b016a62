"""Settings that note what is read of them: which questions were asked, and that their answers are those of the pool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pools import SAMPLED_POOLS

from flowengine.settings import (
    Asked,
    Client,
    Mfa,
    Note,
    Passkey,
    PoolSettings,
    SignIn,
    Verification,
    answer,
    broken_rules,
    is_valid,
    noting,
    question,
    required_sign_up_attributes,
)
from flowengine.settings.model import setting
from flowengine.settings.paths import SETTINGS

POOL: Final = PoolSettings(
    sign_in=SignIn(alias_attributes=("email", "phone_number")),
    verification=Verification(auto_verified_attributes=("email",)),
    mfa=Mfa(mode="optional", factors=("sms", "totp")),
    account_recovery=("verified_phone_number", "verified_email"),
    client=Client(refresh_token_rotation="ENABLED", explicit_auth_flows=("ALLOW_USER_AUTH",)),
    passkey=Passkey(relying_party_id="example.com"),
)
POOLS: Final = st.sampled_from(SAMPLED_POOLS)
LISTED: Final = tuple(path for path in SETTINGS if isinstance(setting(POOL, path), tuple))
PLAIN: Final = tuple(path for path in SETTINGS if path not in LISTED)
NAMES: Final = st.sampled_from([
    "ALLOW_USER_AUTH", "EMAIL_OTP", "PASSWORD", "email", "phone_number", "sms", "totp", "verified_email", "unknown",
])  # fmt: skip


def read(look: Callable[[PoolSettings], object], *, finely: bool = True) -> tuple[object, set[Note]]:
    """Look at the settings; return what was seen, and what was noted of it."""
    notes = set[Note]()
    return look(noting(POOL, notes, finely=finely)), notes


@pytest.mark.parametrize("finely", [False, True])
@pytest.mark.parametrize(
    ("look", "noted"),
    [
        (lambda pool: pool.mfa.mode, {"mfa.mode"}),
        (lambda pool: pool.domain, {"domain"}),
        (lambda pool: (pool.mfa.mode, pool.client.generate_secret), {"mfa.mode", "client.generate_secret"}),
        (lambda pool: pool.mfa.mode == pool.mfa.mode, {"mfa.mode"}),
        (lambda pool: pool.assumptions.sms_otp_length, {"assumptions.sms_otp_length"}),
        (lambda pool: pool.client.rotates_refresh_tokens, {"client.refresh_token_rotation"}),
        (lambda pool: setting(pool, "passkey.relying_party_id"), {"passkey.relying_party_id"}),
    ],
)
def test_what_is_read_is_noted(look: Callable[[PoolSettings], object], noted: set[Note], *, finely: bool) -> None:
    """A setting is noted by its path when it is read, also by a property, and by itself where it is one value."""
    seen, notes = read(look, finely=finely)
    assert (seen, notes) == (look(POOL), noted)


@pytest.mark.parametrize("finely", [False, True])
def test_part_is_no_setting(*, finely: bool) -> None:
    """Taking a part of the settings in hand reads none of them."""
    _, notes = read(lambda pool: (pool.mfa, pool.client, pool.client.allows), finely=finely)
    assert notes == set()


MEMBERSHIP: Final[dict[str, tuple[Callable[[Any], object], set[Note]]]] = {
    "one": (lambda factors: "sms" in factors, {"mfa.factors:sms"}),
    "none": (lambda factors: "email" in factors, {"mfa.factors:email"}),
    "not": (lambda factors: "email" not in factors, {"mfa.factors:email"}),
    "two": (lambda factors: ("sms" in factors, "totp" in factors), {"mfa.factors:sms", "mfa.factors:totp"}),
    "any": (lambda factors: any(name in factors for name in ("email", "sms", "totp")),
            {"mfa.factors:email", "mfa.factors:sms"}),
    "truth": (bool, {"mfa.factors:"}),
    "empty": (lambda factors: not factors, {"mfa.factors:"}),
    "list": (list, {"mfa.factors"}),
    "loop": (lambda factors: [name for name in factors if name], {"mfa.factors"}),
    "length": (len, {"mfa.factors"}),
    "first": (lambda factors: factors[0], {"mfa.factors"}),
    "slice": (lambda factors: factors[1:], {"mfa.factors"}),
    "equal": (lambda factors: factors == ("sms", "totp"), {"mfa.factors"}),
    "unequal": (lambda factors: factors != ("sms",), {"mfa.factors"}),
    "hash": (hash, {"mfa.factors"}),
    "set": ({"sms", "email"}.intersection, {"mfa.factors"}),
    "reversed": (lambda factors: tuple(reversed(factors)), {"mfa.factors"}),
    "position": (lambda factors: factors.index("totp"), {"mfa.factors"}),
    "count": (lambda factors: factors.count("totp"), {"mfa.factors"}),
    "spread": (lambda factors: (*factors, "email"), {"mfa.factors"}),
}  # fmt: skip
"""Ways to look at a setting that lists names, each with what it reads."""


@pytest.mark.parametrize("way", MEMBERSHIP)
def test_names_are_noted_one_by_one(way: str) -> None:
    """Looking for a name notes just that, asking for any notes that, and everything else reads the whole list."""
    look, noted = MEMBERSHIP[way]
    seen, notes = read(lambda pool: look(pool.mfa.factors))
    assert (seen, notes) == (look(POOL.mfa.factors), noted)


@pytest.mark.parametrize("way", MEMBERSHIP)
def test_names_are_noted_as_a_whole(way: str) -> None:
    """Unless it is asked for, a list of names is one setting."""
    look, _ = MEMBERSHIP[way]
    assert read(lambda pool: look(pool.mfa.factors), finely=False) == (look(POOL.mfa.factors), {"mfa.factors"})


def test_methods_read_through() -> None:
    """A method notes what it reads, and no more than it reads."""
    legacy = {"client.explicit_auth_flows:ALLOW_USER_PASSWORD_AUTH", "client.explicit_auth_flows:USER_PASSWORD_AUTH"}
    assert read(lambda pool: pool.client.allows("USER_PASSWORD_AUTH")) == (False, legacy)
    assert read(lambda pool: pool.client.allows("USER_AUTH")) == (True, {"client.explicit_auth_flows:ALLOW_USER_AUTH"})


def test_functions_read_through() -> None:
    """What a function reads that is handed the settings is noted, too."""
    needed, notes = read(lambda pool: required_sign_up_attributes(pool, signs_up_with="username"), finely=False)
    assert needed == required_sign_up_attributes(POOL, signs_up_with="username")
    assert notes == {"required_attributes", "verification.auto_verified_attributes", "mfa.mode"}


@question(len, str.lower)
def _is_long(pool: PoolSettings, names: list[str], word: str, least: int) -> bool:
    """A made-up question: its answer depends on how many names there are, on a word in any case, and on a number."""
    return len(names) + len(word.lower()) + len(pool.mfa.factors) > least


def test_question_is_noted_alone() -> None:
    """Of a question the question is noted, and none of the settings that its answer takes."""
    seen, notes = read(lambda pool: _is_long(pool, ["a"], "Bee", 5))
    (asked,) = notes
    assert seen is _is_long(POOL, ["a"], "Bee", 5) is True
    assert isinstance(asked, Asked)
    assert (asked.key, asked.arguments) == ((1, "bee", 5), (["a"], "Bee", 5))


def test_question_is_read_through_where_notes_are_coarse() -> None:
    """Unless it is asked for, a question notes the settings that its answer takes."""
    assert read(lambda pool: _is_long(pool, [], "", 1), finely=False) == (True, {"mfa.factors"})


def test_equal_questions_are_one() -> None:
    """Questions whose arguments come to the same are noted once, those of which one differs apart."""
    _, notes = read(lambda pool: (_is_long(pool, ["a"], "Bee", 5), _is_long(pool, ["b"], "BEE", 5)))
    assert len(notes) == 1
    _, notes = read(lambda pool: (_is_long(pool, ["a"], "Bee", 5), _is_long(pool, ["a"], "Bee", 6)))
    assert len(notes) == 2


def test_names_stand_in_for_a_tuple() -> None:
    """A list of names is as good as the setting in a comparison from either side, and as a key."""
    factors = noting(POOL, set(), finely=True).mfa.factors
    assert factors == POOL.mfa.factors
    assert POOL.mfa.factors == factors
    assert {POOL.mfa.factors: 1}[factors] == 1


@given(pool=POOLS, path=st.sampled_from(PLAIN))
def test_answer_to_a_plain_setting(pool: PoolSettings, path: str) -> None:
    """The answer to a noted setting is its value."""
    notes = set[Note]()
    value = setting(noting(pool, notes, finely=True), path)
    assert [path] == list(notes)
    assert answer(pool, path) == value


@given(pool=POOLS, path=st.sampled_from(LISTED), names=st.lists(NAMES, unique=True))
def test_answer_to_a_list(pool: PoolSettings, path: str, names: list[str]) -> None:
    """The answers to what was noted of a list are what was seen of it."""
    notes = set[Note]()
    listed = setting(noting(pool, notes, finely=True), path)
    seen: dict[Note, object] = {f"{path}:{name}": name in listed for name in names}
    seen[f"{path}:"] = bool(listed)
    assert notes == seen.keys()
    seen[path] = tuple(listed)
    assert {noted: answer(pool, noted) for noted in notes} == seen


QUESTIONS: Final[tuple[Callable[[PoolSettings], object], ...]] = (
    lambda pool: pool.client.allows("USER_SRP_AUTH"),
    lambda pool: pool.mfa.mode == "required" and "totp" in pool.mfa.factors,
    lambda pool: [name for name in pool.mfa.factors if name != "sms"],
    lambda pool: required_sign_up_attributes(pool, signs_up_with="email"),
    lambda pool: pool.devices.remembered if pool.devices.challenge_required_on_new_device else None,
    lambda pool: bool(pool.sign_in.alias_attributes) or "email" in pool.sign_in.username_attributes,
    lambda pool: next(iter(pool.account_recovery), None),
)
"""Some things that are asked about a pool, in which one answer decides what is asked next."""


@given(one=POOLS, other=POOLS, ask=st.sampled_from(QUESTIONS))
def test_pools_that_answer_alike_are_alike(
    one: PoolSettings, other: PoolSettings, ask: Callable[[PoolSettings], object]
) -> None:
    """A pool that answers all that was noted as another one did comes to the same, and notes the same."""
    notes, others = set[Note](), set[Note]()
    seen = ask(noting(one, notes, finely=True))
    if all(answer(one, path) == answer(other, path) for path in notes):
        assert (ask(noting(other, others, finely=True)), others) == (seen, notes)


@given(pool=POOLS, ask=st.sampled_from(QUESTIONS))
def test_what_was_not_noted_does_not_matter(pool: PoolSettings, ask: Callable[[PoolSettings], object]) -> None:
    """Settings that were not noted may be anything."""
    notes = set[Note]()
    seen = ask(noting(pool, notes, finely=False))
    read_of = {str(path).partition(".")[0] for path in notes}
    untouched = [entry.name for entry in attrs.fields(PoolSettings) if entry.name not in read_of]
    changed = attrs.evolve(POOL, **{name: getattr(pool, name) for name in read_of})
    assert untouched
    assert ask(changed) == seen


LITE: Final = PoolSettings(user_pool_tier="LITE")


@pytest.mark.parametrize("finely", [False, True])
@pytest.mark.parametrize("pool", [LITE, POOL, *SAMPLED_POOLS[:40]], ids=str)
def test_rules_judge_what_is_noted_as_the_settings(pool: PoolSettings, *, finely: bool) -> None:
    """A rule that holds a part against its default comes to the same whether it is noted or not."""
    reader = noting(pool, set(), finely=finely)
    assert reader == pool
    assert (reader.passkey == Passkey()) is (pool.passkey == Passkey())
    assert [rule.id for rule, _ in broken_rules(reader)] == [rule.id for rule, _ in broken_rules(pool)]
    assert is_valid(reader) is is_valid(pool)
