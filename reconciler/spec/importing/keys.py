"""Keys from names: readable, unique, and the same for the same tenant whatever the order in which it lists things."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

_LONGEST = 48
_SHORT_ID = 8

_LETTERS = {
    **dict(zip("абвгдеёзийклмнопрстуфхыэ", "abvgdeezijklmnoprstufhye", strict=True)),
    "ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya",
    "\u0456": "i", "ї": "yi", "є": "ye", "ґ": "g", "ђ": "dj", "\u0458": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz",
    **dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True)),
    "θ": "th", "χ": "ch", "ψ": "ps",
    "ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "\u0131": "i",
}  # fmt: skip
"""Small letters that have one usual form in ASCII and no decomposition: Cyrillic, Greek, and what Latin adds."""


_RESERVED = frozenset(
    ("reconciler", "con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)))
)
"""What no file can be called, since a key is the name of a file too: the root of a spec, and Windows' devices."""


def slug(name: str) -> tuple[str, bool]:
    """A name in small ASCII letters, digits and hyphens, and whether that says the whole name.

    It does not where letters of the name have no form in ASCII, as in scripts that are written without an alphabet.
    """
    plain: list[str] = []
    is_whole = True
    for letter in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).lower()):
        if letter.isascii():
            plain.append(letter if letter.isalnum() else "-")
        elif letter in _LETTERS:
            plain.append(_LETTERS[letter])
        elif not unicodedata.combining(letter):
            is_whole = is_whole and not letter.isalnum()
            plain.append("-")
    text = re.sub("-+", "-", "".join(plain)).strip("-")
    return text[:_LONGEST].rpartition("-")[0] if len(text) > _LONGEST and "-" in text else text[:_LONGEST], is_whole


def keys_for(names: Mapping[str, str], word: str, taken: Iterable[str] = ()) -> dict[str, str]:
    """A key for each live id, from its name. Names that come to one key, or say too little, get a part of their id.

    `word` is the key of what has no name in ASCII, before its id. `taken` are keys that are not free.
    """
    wanted: dict[str, str] = {}
    for live_id, name in names.items():
        text, is_whole = slug(name)
        base = text if is_whole or any(map(str.isalpha, text)) else word
        wanted[live_id] = base if is_whole and text else f"{base or word}-{_short(live_id)}"
    used = Counter((*wanted.values(), *taken, *_RESERVED))
    return _settled(
        {live_id: key if used[key] == 1 else f"{key}-{_short(live_id)}" for live_id, key in wanted.items()},
        frozenset(taken),
    )


def _settled(keys: dict[str, str], taken: frozenset[str]) -> dict[str, str]:
    """The keys, with the whole id where even its beginning does not tell them apart."""
    used = Counter((*keys.values(), *taken))
    return {live_id: key if used[key] == 1 else f"{key}-{slug(live_id)[0]}" for live_id, key in keys.items()}


def _short(live_id: str) -> str:
    return slug(live_id)[0].replace("-", "")[:_SHORT_ID]
