"""The last record of a journal: what the ledger remembers of it, so that a journal that was cut is noticed."""

from __future__ import annotations

from msgspec import Struct

FIRST = "0" * 64
"""Stands for the hash of the record before the first."""


class Head(Struct, frozen=True):
    """The last record: how many there are, and its hash."""

    number: int = 0
    hash: str = FIRST


EMPTY = Head()
"""The head of a journal without records."""
