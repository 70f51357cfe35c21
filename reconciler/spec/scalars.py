"""What a plain scalar means in YAML 1.2 (core schema), and which of them YAML 1.1 read otherwise."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from reconciler.spec.tree import Scalar

LEADS = frozenset("0123456789+-.~nNtTfF")
"""First characters of plain scalars that are not simply text. A plain scalar that begins otherwise is text."""

MOST_DIGITS = 18

_WORDS: Mapping[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NON_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")


class AbsurdNumber(ValueError):
    """Raised when a plain scalar is a number that readers do not agree on; the text says why."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar. Raises AbsurdNumber."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) or _BASED.fullmatch(text):
        _refuse_long(text)
        return int(text, 10) if _INTEGER.fullmatch(text) else int(text, 0)
    if _FLOAT.fullmatch(text):
        _refuse_long(text)
        number = float(text)
        if not math.isfinite(number):
            raise AbsurdNumber("a number too large for any reader")
        return number
    if _NON_FINITE.fullmatch(text):
        raise AbsurdNumber("an infinity or no number at all")
    return text


def has_leading_zero(text: str) -> bool:
    """Whether a plain scalar is a number that YAML 1.1 takes as octal."""
    return _LEADING_ZERO.fullmatch(text) is not None


def _refuse_long(text: str) -> None:
    if len(text) > MOST_DIGITS and sum(letter.isalnum() for letter in text) > MOST_DIGITS:
        raise AbsurdNumber(f"a number of more than {MOST_DIGITS} digits")


_SWITCHES = {
    word: switch for switch, words in (("true", ("yes", "on", "y")), ("false", ("no", "off", "n"))) for word in words
}
_NUMERIC_HABITS = (
    (re.compile(r"[-+]?[0-9]+_[0-9_]*(\.[0-9_]*)?"), "YAML 1.2 knows no `_` in numbers; write the digits alone"),
    (re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?"), "YAML 1.2 reads this as text, never as a number of base 60"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?"), "YAML 1.2 has no dates; this is text"),
    (re.compile(r"0b[01_]+"), "YAML 1.2 knows no binary numbers; write it in decimal"),
    (re.compile(r"[0-9]+[kKmMgG%]"), "this is text; write the number alone"),
)


def habit_hint(text: str) -> str:
    """Why a text is none of what YAML 1.1 or haste would take it for; "" where it looks like text."""
    switch = _SWITCHES.get(text.lower())
    if switch is not None:
        return f"YAML 1.2 reads `{text}` as text; write `{switch}`"
    return next((hint for pattern, hint in _NUMERIC_HABITS if pattern.fullmatch(text)), "")
