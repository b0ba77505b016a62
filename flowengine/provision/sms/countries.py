"""What messages to a country may come from: a sender id, a number, or whatever AWS has there."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, Literal, cast

from attrs import frozen

__all__ = ["PAGE", "CountryRule", "country_rules"]

PAGE: Final = "https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-numbers-sms-by-country.html"
"""Where AWS keeps the list, for people."""


@frozen
class CountryRule:
    """
    What messages to one country may come from.

    Args:
        country: The country, as two letters (ISO 3166).
        sender_id: Whether a sender id may be used, or must be registered to be used.
        leases_numbers: Whether AWS leases numbers there that can send, long ones or short codes.
        number_needed: Whether nothing is delivered without a number of one's own.
        doubt: Why the row is doubtful; empty for one that is not.

    Source: `countries.csv` beside this module says where its rows come from, and from when.
    """

    country: str
    sender_id: Literal["yes", "no", "registration"]
    leases_numbers: bool
    number_needed: bool
    doubt: str


@cache
def country_rules() -> Mapping[str, CountryRule]:
    """Return the rule of each country that AWS lists, by its two letters."""
    text = files(__package__).joinpath("countries.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["country"]: _rule(row) for row in rows}


def _rule(row: Mapping[str, str]) -> CountryRule:
    return CountryRule(
        country=row["country"],
        sender_id=cast("Literal['yes', 'no', 'registration']", row["sender_id"]),
        leases_numbers="yes" in (row["long_code"], row["short_code"]),
        number_needed=row["number_needed"] == "yes",
        doubt=row["doubt"],
    )
