"""Phone numbers: what can be one in E.164 form, and what is wrong with what cannot."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any, Final

__all__ = ["E164", "country_of", "is_assigned", "phone_problem"]

E164: Final = r"\+[1-9][0-9]{1,14}"
"""A phone number in E.164 form (user-pool-settings-attributes)."""

MOST_DIGITS: Final = 15
"""The most digits of a number (E.164)."""

_WORLDWIDE: Final = "001"
"""The "country" of numbers that belong to none, such as a satellite network's."""

_WRONG_LENGTHS: Final = {
    "INVALID_LENGTH": "no number of its country code has so many digits",
    "IS_POSSIBLE_LOCAL_ONLY": "it has no area code",
    "TOO_LONG": "it is too long for its country code",
    "TOO_SHORT": "it is too short for its country code",
}
"""What is wrong, by the name of a member of libphonenumber's `ValidationResult`."""


def _library() -> Any:
    """The library of all countries' numbers: it takes a while to load, so it waits for the first number."""
    return import_module("phonenumbers")


def phone_problem(text: str) -> str | None:
    """
    Return why a text is no phone number that can exist, in words that do not quote it; None for one that can.

    Only the form, the country code and the length count. Whether somebody was given the number changes from day to
    day, and numbers made for tests and films belong to nobody, so `is_assigned` is for warnings alone.

    Args:
        text: What is to be a phone number.

    Source: ITU-T E.164; lengths by country from libphonenumber.
    """
    return _problem_of_form(text) or _problem_of_length(text)


def country_of(number: str) -> str | None:
    """
    Return the country that a possible number belongs to, as two letters (ISO 3166); None for none.

    Where several countries share a code and the number is nobody's, it is the main one of them.
    """
    library = _library()
    parsed = library.parse(number)
    country = library.region_code_for_number(parsed) or library.region_code_for_country_code(parsed.country_code)
    return None if country in (None, _WORLDWIDE) else str(country)


def is_assigned(number: str) -> bool:
    """Tell whether a possible number lies in a range that its country has assigned, as far as libphonenumber knows."""
    library = _library()
    return bool(library.is_valid_number(library.parse(number)))


def _problem_of_form(text: str) -> str | None:
    if not text.startswith("+"):
        return "it has to begin with + and the country code"
    if not re.fullmatch("[0-9]+", text[1:]):
        return "after the + it may have digits alone"
    return f"it has more than {MOST_DIGITS} digits" if len(text) > MOST_DIGITS + 1 else None


def _problem_of_length(text: str) -> str | None:
    library = _library()
    try:
        code = library.parse(text).country_code
    except library.NumberParseException as error:
        no_country = error.error_type == error.INVALID_COUNTRY_CODE
        return "no country has its country code" if no_country else "it is too short"
    # As it is written: parsing leaves out digits that are dialled within a country alone, such as Britain's 0.
    national = text[len(f"+{code}") :]
    number = library.PhoneNumber(
        country_code=code,
        national_number=int(national),
        italian_leading_zero=national.startswith("0"),
        number_of_leading_zeros=len(national) - len(str(int(national))),
    )
    reason = library.is_possible_number_with_reason(number)
    wrong = {getattr(library.ValidationResult, name): problem for name, problem in _WRONG_LENGTHS.items()}
    return wrong.get(reason)
