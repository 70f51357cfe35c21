"""The values that flow: null, texts, numbers, truth values, moments and lists of them, and how one becomes another.

Null is the absence of a value. It is not the empty text, which is a value, and neither is "no flow" (see `faults`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from reconciler.mapping.failure import Failed

Single: TypeAlias = str | bool | int | float | datetime
Value: TypeAlias = Single | tuple[Single, ...] | None
User: TypeAlias = Mapping[str, Value]

_TRUE, _FALSE = "true", "false"
_EMPTY: tuple[Value, ...] = ("", ())


def text_of(value: Value) -> str | None:
    """A value as text, as .NET writes it: `True`, `12`, `3/16/2020 7:00:00 AM`. Raises Failed for several values."""
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, tuple):
        return text_of(only(value))
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, datetime):
        return moment_text(value)
    return number_text(value)


def number_text(value: float) -> str:
    """A number in the shortest form that reads back the same, with no fraction where there is none."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else str(value)


def moment_text(value: datetime) -> str:
    """A moment as the functions for dates give it, in UTC: `M/d/yyyy h:mm:ss tt`.

    Source: https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
    """
    utc = value.astimezone(UTC)
    return f"{utc.month}/{utc.day}/{utc.year:04} {utc.hour % 12 or 12}:{utc:%M:%S} {'AM' if utc.hour < 12 else 'PM'}"


def only(values: tuple[Single, ...]) -> Single | None:
    """The one value of a list; None of an empty one. Raises Failed for several."""
    if len(values) > 1:
        raise Failed(f"one value is needed here, and there are {len(values)}")
    return values[0] if values else None


def is_empty(value: Value) -> bool:
    """Whether there is no value, or one of no length."""
    return value is None or value in _EMPTY


def truth(value: Value) -> bool:
    """A value as a condition: null and the empty text do not hold, a number does unless it is 0. Raises Failed."""
    if value is True or value is False:
        return value
    if isinstance(value, tuple):
        value = only(value)
    if value is None or value == "":
        return False
    if isinstance(value, int | float):
        return bool(value)
    said = value.casefold() if isinstance(value, str) else ""
    if said in {_TRUE, _FALSE}:
        return said == _TRUE
    number = number_in(value)
    if number is None:
        raise Failed("a condition is True or False, or a number")
    return bool(number)


def number_in(value: Value) -> int | float | None:
    """The number that a value is or says in text; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if not isinstance(value, str):
        return value
    try:
        return int(value)
    except ValueError:
        pass
    try:
        number = float(value) if _is_plain(value) else None
    except ValueError:
        return None
    return number


def whole(value: Value, what: str) -> int:
    """A whole number, also one in text. Raises Failed with what it was meant to be."""
    number = number_in(only(value) if isinstance(value, tuple) else value)
    if number is None or not float(number).is_integer():
        raise Failed(f"{what} is a whole number")
    return int(number)


def _is_plain(text: str) -> bool:
    return bool(text) and set(text) <= set("0123456789.+-eE")


def json_of(value: Value) -> str | bool | int | float | list[str | bool | int | float] | None:
    """A value as JSON holds it: a moment as text, several values as a list, a number that JSON has not as text."""
    if isinstance(value, tuple):
        return [_json_single(each) for each in value]
    return None if value is None else _json_single(value)


def _json_single(value: Single) -> str | bool | int | float:
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, float) and (not math.isfinite(value)):
        return str(value)
    return value
