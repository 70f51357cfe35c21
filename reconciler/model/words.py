"""Numbers, lists and durations as a sentence says them."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 agent`, `3 agents`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(words: Iterable[object], most: int = 4) -> str:
    """Words as a sentence lists them, and how many more there are: `ams-1, ams-2, fra-1 and 3 more`."""
    texts = [str(word) for word in words]
    if len(texts) <= most:
        return ", ".join(texts)
    return f"{', '.join(texts[: most - 1])} and {len(texts) - most + 1} more"


def duration(seconds: float) -> str:
    """A time as a person says it, rounded up: `2 s`, `21 min`, `1 h 30 min`."""
    whole = ceil(seconds)
    if whole < 90:
        return f"{whole} s"
    minutes = ceil(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"
