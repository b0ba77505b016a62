"""The rules of countries that ship with the package."""

from __future__ import annotations

import phonenumbers

from flowengine.provision.sms.countries import country_rules


def test_every_row_is_a_country_with_a_rule() -> None:
    """The rows are countries that phone numbers have, and each cell has one of its values."""
    rules = country_rules()
    assert len(rules) == 215
    assert set(rules) <= phonenumbers.SUPPORTED_REGIONS
    assert {rule.sender_id for rule in rules.values()} == {"yes", "no", "registration"}
    assert {rule.leases_numbers for rule in rules.values()} == {True, False}


def test_numbers_are_needed_where_there_are_no_sender_ids() -> None:
    """Where nothing goes without a number, AWS leases numbers and knows no sender ids."""
    needing = [rule for rule in country_rules().values() if rule.number_needed]
    assert sorted(rule.country for rule in needing) == ["CA", "GU", "PR", "US", "VI"]
    assert all(rule.leases_numbers and rule.sender_id == "no" for rule in needing)


def test_doubtful_rows_say_why() -> None:
    """Where sources differ, the row says how; of the others none does."""
    doubtful = sorted(rule.country for rule in country_rules().values() if rule.doubt)
    assert doubtful == ["AT", "ES", "FI", "MX", "OM", "SG", "TW"]
