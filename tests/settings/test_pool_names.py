"""Settings as text, there and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pools import sample

from flowengine.errors import SpecError
from flowengine.library import read
from flowengine.settings import (
    Mfa,
    PoolSettings,
    SignIn,
    Verification,
    changed_settings,
    parse_pool,
    pool_name,
    pool_tree,
)
from flowengine.settings.paths import SETTINGS

NASTY = st.sampled_from(["", "-", ",", '"', "a,b", "a b", "a=b", "'", "\\", "defaults", "a\nb", "\r", "None", "true"])
TEXTS = st.one_of(NASTY, st.text(max_size=8))


def values(path: str) -> st.SearchStrategy[Any]:
    """Return values of a setting: listed ones, and any other of the same type."""
    names = st.one_of(st.sampled_from(SETTINGS[path].metadata.get("choices", ("x",))), TEXTS)
    kinds: dict[Any, st.SearchStrategy[Any]] = {
        bool: st.booleans(),
        int: st.integers(),
        int | None: st.none() | st.integers(),
        str: names,
        str | None: st.none() | TEXTS,
        tuple[str, ...]: st.lists(names, max_size=3),
    }
    return kinds[SETTINGS[path].type]


def changed(pool: PoolSettings, path: str, value: Any) -> PoolSettings:
    """Return the pool with another value at a dotted path."""
    section, _, name = path.rpartition(".")
    inner = attrs.evolve(getattr(pool, section), **{name: value}) if section else value
    return attrs.evolve(pool, **{section or name: inner})


ASSIGNMENTS = st.sampled_from(sorted(SETTINGS)).flatmap(lambda path: st.tuples(st.just(path), values(path)))


@example([("custom_attributes", ("\r", "\n", "")), ("lambda_triggers", ("",))])
@given(st.lists(ASSIGNMENTS, max_size=6))
def test_name_stands_for_its_settings(assignments: list[tuple[str, Any]]) -> None:
    """Whatever the settings are, their name is read as the same settings."""
    pool = PoolSettings()
    for path, value in assignments:
        pool = changed(pool, path, value)
    assert parse_pool(pool_name(pool)) == pool


@pytest.mark.parametrize(
    ("pool", "name"),
    [
        (PoolSettings(), "defaults"),
        (
            PoolSettings(mfa=Mfa(mode="required", factors=("totp", "sms")), sms_configuration=False),
            "mfa.mode=required mfa.factors=sms,totp sms_configuration=false",
        ),
        (PoolSettings(allowed_first_auth_factors=()), "allowed_first_auth_factors="),
        (
            PoolSettings(verification=Verification(sms_message="Your code: {####}")),
            "'verification.sms_message=Your code: {####}'",
        ),
        (
            PoolSettings(account_recovery=("verified_phone_number", "verified_email")),
            "account_recovery=verified_phone_number,verified_email",
        ),
        (PoolSettings(custom_attributes=("a,b", "c")), "'custom_attributes=\"a,b\",c'"),
    ],
)
def test_name_tells_what_differs(pool: PoolSettings, name: str) -> None:
    """A name lists the settings that are not at their defaults, as a command line takes them."""
    assert pool_name(pool) == name
    assert parse_pool(name) == pool


def test_settings_are_named_in_any_order() -> None:
    """Neither the order of settings nor that of a list's names matters, nor a value that is the default."""
    text = " sms_configuration=true  sign_in.alias_attributes=phone_number,email mfa.mode=off "
    assert parse_pool(text) == PoolSettings(sign_in=SignIn(alias_attributes=("email", "phone_number")))


def test_changed_settings_are_values() -> None:
    """What differs from the defaults is also given by path, each with its value."""
    pool = parse_pool("client.auth_session_validity=5 domain=login.example.com mfa.factors=sms")
    assert changed_settings(pool) == {
        "mfa.factors": ("sms",), "client.auth_session_validity": 5, "domain": "login.example.com",
    }  # fmt: skip
    assert changed_settings(PoolSettings()) == {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("mfa.mod=off", "no setting 'mfa.mod' [unknown-setting]\n    hint: did you mean mfa.mode?"),
        (
            "devices=always",
            (
                "no setting 'devices' [unknown-setting]\n    hint: did you mean devices.remembered or "
                "devices.challenge_required_on_new_device?"
            ),
        ),
        (
            "client.id_token=5",
            "no setting 'client.id_token' [unknown-setting]\n    hint: did you mean client.id_token_validity?",
        ),
        ("mfa", "'mfa' is not SETTING=VALUE [not-a-setting]"),
        ("domain='x", 'a quotation does not end: "domain=\'x" [not-a-setting]'),
        ("domain=a domain=b", "domain is given twice [setting-repeated]"),
        (
            "sms_configuration=yes",
            "sms_configuration: expected true or false, found 'yes' [wrong-value]",
        ),
        (
            "password_policy.minimum_length=1_0",
            "password_policy.minimum_length: expected a whole number, found '1_0' [wrong-value]",
        ),
        (
            "password_policy.temporary_password_validity_days=none",
            "password_policy.temporary_password_validity_days: expected a whole number, found 'none' [wrong-value]",
        ),
        (
            "'mfa.factors=\"sms'",
            "mfa.factors: expected names separated by commas, found '\"sms' [wrong-value]",
        ),
    ],
)
def test_what_is_no_name_is_refused(text: str, complaint: str) -> None:
    """A mistake is told with what was expected or probably meant."""
    with pytest.raises(SpecError) as caught:
        parse_pool(text)
    assert str(caught.value) == complaint


def test_unknown_setting_unlike_any_other_lists_them_all() -> None:
    """Where nothing similar exists, the complaint names every setting."""
    with pytest.raises(SpecError) as caught:
        parse_pool("zzz=1")
    (problem,) = caught.value.problems
    assert problem.hint is not None
    assert problem.hint.startswith("settings: sign_in.username_attributes, ")


def test_every_mistake_is_told_at_once() -> None:
    """All the mistakes of a text are reported together."""
    with pytest.raises(SpecError) as caught:
        parse_pool("nonsense mfa.mode=off mfa.mode=off sms_configuration=2 zzz=1")
    assert [problem.code for problem in caught.value.problems] == [
        "not-a-setting", "setting-repeated", "wrong-value", "unknown-setting",
    ]  # fmt: skip


@pytest.mark.parametrize("base", ["standard", "phone-sms-mfa"])
def test_pool_trees_are_read_back(base: str, tmp_path: Path) -> None:
    """Laid over a flow, what sets a pool apart from the flow's own makes it that pool."""
    path = tmp_path / "laid-over.yaml"
    for pool in sample(40):
        tree = pool_tree(pool, read(base).pool)
        path.write_text(json.dumps({"flowengine": 1, "name": "over", "extends": base, "pool": tree}), encoding="utf-8")
        assert read(path).pool == pool
    assert pool_tree(PoolSettings()) == {}
