"""Small and large letters as .NET sees them: letter by letter, so that no text changes its length.

Source: https://learn.microsoft.com/dotnet/api/system.globalization.textinfo.totitlecase
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container

_TURKIC = frozenset({"tr", "az"})
_TURKIC_LOWER = {"I": "\u0131", "\u0130": "i"}
_TURKIC_UPPER = {"i": "\u0130", "\u0131": "I"}
_WITHIN_WORDS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No"})
_APOSTROPHES = frozenset("'\u2019")


def lower(text: str, culture: str = "") -> str:
    """A text in small letters, by the rules of no culture unless one is named, such as `tr-TR`."""
    if culture and _is_turkic(culture):
        return "".join(_TURKIC_LOWER.get(letter) or _alone(letter.lower(), letter) for letter in text)
    return text.lower() if text.isascii() else "".join(_alone(letter.lower(), letter) for letter in text)


def upper(text: str, culture: str = "") -> str:
    """A text in large letters, by the rules of no culture unless one is named. `ß` has none and stays."""
    if culture and _is_turkic(culture):
        return "".join(_TURKIC_UPPER.get(letter) or _alone(letter.upper(), letter) for letter in text)
    return text.upper() if text.isascii() else "".join(_alone(letter.upper(), letter) for letter in text)


def title(text: str, separators: Container[str] | None = None) -> str:
    """The first letter of each word large, the others small.

    Words end at the separators alone, where some are given; else at whatever is no letter, digit or mark. An apostrophe
    within a word is then a part of it.
    """
    letters, starts = list[str](), True
    for place, letter in enumerate(text):
        letters.append(upper(letter) if starts else lower(letter))
        starts = _ends(text, place) if separators is None else letter in separators
    return "".join(letters)


def _ends(text: str, place: int) -> bool:
    letter = text[place]
    if letter in _APOSTROPHES and 0 < place < len(text) - 1:
        return not (text[place - 1].isalpha() and text[place + 1].isalpha())
    return unicodedata.category(letter) not in _WITHIN_WORDS


def _alone(changed: str, letter: str) -> str:
    return changed if len(changed) == 1 else letter


def _is_turkic(culture: str) -> bool:
    return culture.partition("-")[0].casefold() in _TURKIC
