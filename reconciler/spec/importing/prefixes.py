"""The prefix that shortens the names of target attributes, and which names can be told with one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

_TEMPLATE_NAME = "PLACEHOLDER"
_FULL_NAME = "urn:"
_OFTEN = 2
"""How many names a prefix has to shorten."""


def prefix_of(targets: Iterable[str]) -> str:
    """What shortens the names: the longest beginning up to a colon that most of them have, where all can be told."""
    names = sorted(targets)
    ends = Counter(beginning for name in names if (beginning := _beginning(name)))
    best = max(sorted(ends), key=lambda prefix: ends[prefix], default="")
    return best if ends[best] >= _OFTEN and is_told(names, best) else ""


def is_told(names: Iterable[str], prefix: str) -> bool:
    """Whether each name, without the prefix where it begins so, is read as the whole name again."""
    return not prefix or all(
        not _stands_alone(name.removeprefix(prefix)) if name.startswith(prefix) else _stands_alone(name)
        for name in names
    )


def _beginning(name: str) -> str:
    """A full name up to its last colon; "" of any other name."""
    stem, colon, rest = name.rpartition(":")
    return f"{stem}:" if colon and name.startswith(_FULL_NAME) and not _stands_alone(rest) else ""


def _stands_alone(name: str) -> bool:
    """Whether no prefix is put before a name: a full one, the template's own, or none at all."""
    return not name or name.startswith(_FULL_NAME) or name == _TEMPLATE_NAME
