"""How many messages a text is sent as."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowengine.provision.sms.segments import Length, length_of


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", Length("GSM-7", 0, 1, "")),
        ("Your code is 123456", Length("GSM-7", 19, 1, "")),
        ("a" * 160, Length("GSM-7", 160, 1, "")),
        ("a" * 161, Length("GSM-7", 161, 2, "")),
        ("a" * 306, Length("GSM-7", 306, 2, "")),
        ("a" * 307, Length("GSM-7", 307, 3, "")),
        ("é@Ω à", Length("GSM-7", 5, 1, "")),
        ("€[]{}~^|\\\f", Length("GSM-7", 20, 1, "")),
        ("€" * 80, Length("GSM-7", 160, 1, "")),
        ("a" * 152 + "€" + "a" * 152, Length("GSM-7", 306, 3, "")),
        ("a" * 151 + "€" + "a" * 153, Length("GSM-7", 306, 2, "")),
        ("é" * 69 + "ë", Length("UCS-2", 70, 1, "ë")),
        ("ë" * 71, Length("UCS-2", 71, 2, "ë")),
        ("漢" * 134, Length("UCS-2", 134, 2, "漢")),
        ("漢" * 135, Length("UCS-2", 135, 3, "漢")),
        ("🙂" * 35, Length("UCS-2", 70, 1, "🙂")),
        ("🙂" * 67, Length("UCS-2", 134, 3, "🙂")),
        ("ç `ç", Length("UCS-2", 4, 1, "ç`")),
    ],
)
def test_length(text: str, length: Length) -> None:
    """The alphabet is GSM's unless one character is foreign to it; no character is torn apart between two parts."""
    assert length_of(text) == length


@given(st.text(max_size=400))
def test_parts_hold_what_is_sent(text: str) -> None:
    """The parts have room for all places, and with one part less there would be none."""
    length = length_of(text)
    whole, part = (160, 153) if length.encoding == "GSM-7" else (70, 67)
    assert length.places <= (whole if length.parts == 1 else length.parts * part)
    assert length.parts == 1 or length.places > max(whole, (length.parts - 1) * (part - 1))
