"""What an evaluation takes from outside of the user: the time, chance, values that are taken, and named words."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from datetime import datetime

from msgspec import Struct


class Sources(Struct, frozen=True):
    """Where an evaluation gets what is not the user's.

    `now` gives the moment with its zone; `below(n)` a whole number from 0 to n-1 by chance; `taken` holds the values in
    use at the target, in small letters; `words` what words in percent signs stand for, as `%DomainFQDN%`.
    """

    now: Callable[[], datetime]
    below: Callable[[int], int]
    taken: Container[str] = frozenset()
    words: Mapping[str, str] = {}
