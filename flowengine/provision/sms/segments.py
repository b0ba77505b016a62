"""How long a text message is: phones are sent, and accounts are billed for, its parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from attrs import frozen

__all__ = ["Length", "length_of"]

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The characters of the GSM 7-bit alphabet that take one place (3GPP TS 23.038, 6.2.1)."""
EXTENSION: Final = frozenset("\f^{}\\[~]|€")
"""Those that take two, behind an escape (3GPP TS 23.038, 6.2.1.1)."""

_ROOM: Final = {"GSM-7": (160, 153), "UCS-2": (70, 67)}
"""The places of a message of one part, and of each part of a longer one (3GPP TS 23.040, 9.2.3.24.1)."""


@frozen
class Length:
    """
    The length of a text message.

    Args:
        encoding: How it is sent: in the alphabet of GSM, or in UTF-16 if one character is not in that.
        places: How many places it takes: 7 bits each in the first, 16 bits in the second.
        parts: How many messages it is sent as.
        foreign: The characters that are not in the alphabet of GSM, each once.
    """

    encoding: Literal["GSM-7", "UCS-2"]
    places: int
    parts: int
    foreign: str


def length_of(text: str) -> Length:
    """Return the length of a text message as phones receive it."""
    foreign = "".join(dict.fromkeys(character for character in text if character not in BASIC | EXTENSION))
    if foreign:
        widths = [2 if ord(character) > 0xFFFF else 1 for character in text]  # noqa: PLR2004 (UTF-16)
        return Length("UCS-2", sum(widths), _parts(widths, *_ROOM["UCS-2"]), foreign)
    widths = [2 if character in EXTENSION else 1 for character in text]
    return Length("GSM-7", sum(widths), _parts(widths, *_ROOM["GSM-7"]), "")


def _parts(widths: Sequence[int], whole: int, part: int) -> int:
    """Fill parts one after the other; a character of two places is not torn apart."""
    if sum(widths) <= whole:
        return 1
    parts, left = 1, part
    for width in widths:
        if width > left:
            parts, left = parts + 1, part
        left -= width
    return parts
