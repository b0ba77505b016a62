"""What can be a phone number, and what is wrong with what cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowengine.phone import country_of, is_assigned, phone_problem


@pytest.mark.parametrize(
    ("number", "country", "assigned"),
    [
        ("+12025550123", "US", True),
        ("+14165550123", "CA", True),
        ("+447700900123", "GB", False),
        ("+447781555012", "GG", True),
        ("+4915112345678", "DE", True),
        ("+2250700000000", "CI", True),
        ("+390612345678", "IT", True),
        ("+15555550100", "US", False),
        ("+88213123456", None, False),
    ],
)
def test_numbers_that_can_exist(number: str, country: str | None, *, assigned: bool) -> None:
    """A number may be nobody's, as those of films are; it has a country unless it is a worldwide one."""
    assert (phone_problem(number), country_of(number), is_assigned(number)) == (None, country, assigned)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it has to begin with + and the country code"),
        ("0151 12345678", "it has to begin with + and the country code"),
        ("+1 202 555 0123", "after the + it may have digits alone"),
        ("+1202555012\N{ARABIC-INDIC DIGIT FIVE}", "after the + it may have digits alone"),
        ("+1202555012345678", "it has more than 15 digits"),
        ("+0441234567", "no country has its country code"),
        ("+9995550100", "no country has its country code"),
        ("+12", "it is too short"),
        ("+1202555", "it is too short for its country code"),
        ("+15550100", "it has no area code"),
        ("+120255501234", "it is too long for its country code"),
        ("+4407700900123", "it is too long for its country code"),
        ("+10000000000", None),
    ],
)
def test_numbers_that_cannot_exist(text: str, problem: str | None) -> None:
    """The reason is told, without the number; digits that are dialled within a country alone are no part of it."""
    assert phone_problem(text) == problem


@given(st.from_regex(r"\+?[0-9]{0,18}", fullmatch=True) | st.text(max_size=20))
def test_every_text_has_an_answer(text: str) -> None:
    """Whatever is typed, there is an answer, and what passes has a country or belongs to the world."""
    problem = phone_problem(text)
    assert (problem is None) is (problem is None and len(country_of(text) or "XX") == 2)
    assert problem is None or text not in problem or len(text) < 3
