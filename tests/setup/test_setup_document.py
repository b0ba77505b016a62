"""The written spec: it reads back as the settings, and says of each whether it can change."""

from __future__ import annotations

from pathlib import Path

import pytest
from answered import every_answers
from hypothesis import given, settings
from hypothesis import strategies as st

from flowengine.library import load, read
from flowengine.provision.setup import Answers, pool_of, problems_of, spec_text, summary_of
from flowengine.settings import Mfa, PoolSettings, SignIn, Verification
from flowengine.testing.strategies import pools

ANSWERS = list(every_answers())[::11]
VALID = [answers for answers in ANSWERS if not problems_of(answers, ())]


def _read_back(folder: Path, pool: PoolSettings) -> PoolSettings | None:
    path = folder / "login.yaml"
    path.write_text(spec_text("login", pool, origin="By hand."), encoding="utf-8")
    return read(path).pool


@settings(max_examples=25)
@given(answers=st.sampled_from(VALID))
def test_specs_read_back_as_the_answers(tmp_path_factory: pytest.TempPathFactory, answers: Answers) -> None:
    """What was answered is what the spec declares."""
    assert _read_back(tmp_path_factory.getbasetemp(), pool_of(answers)) == pool_of(answers)


@settings(max_examples=20)
@given(pool=pools())
def test_specs_read_back_as_any_pool(tmp_path_factory: pytest.TempPathFactory, pool: PoolSettings) -> None:
    """So does any other pool."""
    assert _read_back(tmp_path_factory.getbasetemp(), pool) == pool


@pytest.mark.parametrize("text", ["true", "Null", "FALSE", "~", "12", "0x1f", "no", "a:", "# a", "é", ""])
def test_texts_that_look_like_something_else(tmp_path: Path, text: str) -> None:
    """A text stays one, whatever YAML could take it for."""
    assert _read_back(tmp_path, PoolSettings(domain=text)) == PoolSettings(domain=text)


@pytest.mark.parametrize("name", ["null", "true", "login-v2"])
def test_name_stays_a_name(tmp_path: Path, name: str) -> None:
    """A flow may be called what YAML takes for something else, as the file that it is written to is."""
    path = tmp_path / f"{name}.yaml"
    path.write_text(spec_text(name, PoolSettings(), origin="By hand."), encoding="utf-8")
    assert read(path).name == name


@settings(max_examples=50)
@given(text=st.text(max_size=40))
def test_texts_are_quoted(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever a text holds, it reads back as it was."""
    pool = PoolSettings(verification=Verification(email_message=text), domain=text)
    assert _read_back(tmp_path_factory.getbasetemp(), pool) == pool


@pytest.mark.parametrize("answers", VALID[:: len(VALID) // 6], ids=lambda answers: answers.sign_in)
def test_written_specs_compile(tmp_path: Path, answers: Answers) -> None:
    """A written spec is one that `flowengine check` finds fine."""
    path = tmp_path / "login.yaml"
    path.write_text(spec_text("login", pool_of(answers), origin="By hand."), encoding="utf-8")
    assert load(path).pool == pool_of(answers)


def test_each_setting_is_commented() -> None:
    """Every line that sets something stands below a comment that says whether it can change."""
    lines = spec_text("login", pool_of(VALID[-1]), origin="By hand.").splitlines()
    body = [line.strip() for line in lines[lines.index("pool:") + 1 :] if not line.endswith(":")]
    comments, settings = body[::2], body[1::2]
    assert len(comments) == len(settings)
    assert all(line.startswith("#") for line in comments)
    assert all("later" in line for line in comments)
    assert not [line for line in settings if line.startswith("#")]


def test_what_is_settled_at_creation_is_said() -> None:
    """What users sign in with cannot change, and neither can required attributes; MFA can."""
    lines = [line.strip() for line in spec_text("login", pool_of(Answers(sign_in="email")), origin="X.").splitlines()]
    fixed = {lines[number + 1].partition(":")[0] for number, line in enumerate(lines) if "Cannot change later" in line}
    assert fixed == {"username_attributes", "case_sensitive", "required_attributes"}


@pytest.mark.parametrize(
    ("pool", "summary"),
    [
        (PoolSettings(), "A chosen username, confirmed by an administrator."),
        (
            PoolSettings(
                sign_in=SignIn(username_attributes=("phone_number",)),
                verification=Verification(auto_verified_attributes=("phone_number",)),
                mfa=Mfa(mode="required", factors=("sms",)),
            ),
            "A phone number is the username, verified by SMS, with a second factor at every sign-in.",
        ),
    ],
)
def test_summary(pool: PoolSettings, summary: str) -> None:
    """One sentence says what users do."""
    assert summary_of(pool) == summary
