"""Letters without their marks, as the page's table has them.

Source: https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
"""

from __future__ import annotations

import unicodedata

_OTHERS = str.maketrans(
    {
        "ß": "ss",
        "ẞ": "SS",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "TH",
        "ł": "l",
        "Ł": "L",
        "\u0131": "i",
        "ħ": "h",
        "Ħ": "H",
        "ŧ": "t",
        "Ŧ": "T",
    }
)
"""Letters that are not a plain letter with a mark."""


def plain(text: str) -> str:
    """A text in which `é` is `e`, `ä` is `a` and `ß` is `ss`. What is no Latin letter stays as it is."""
    if text.isascii():
        return text
    bare, is_latin = list[str](), False
    for letter in unicodedata.normalize("NFD", text):
        if unicodedata.category(letter) != "Mn":
            is_latin = unicodedata.name(letter, "").startswith("LATIN")
        elif is_latin:
            continue
        bare.append(letter)
    return unicodedata.normalize("NFC", "".join(bare).translate(_OTHERS))
