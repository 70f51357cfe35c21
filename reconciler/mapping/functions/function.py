"""What there is to know of one function: its slots, what it gives, how it is evaluated, and its page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from itertools import chain, cycle, islice
from typing import Any, TypeAlias

from msgspec import Struct

from reconciler.mapping.sources import Sources
from reconciler.mapping.values import User, Value

PAGE = "https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data"

Run: TypeAlias = Callable[[User, Sources], Value]
"""A part of an expression, ready to be evaluated for a user."""


class Kind(Enum):
    """What a slot takes, or a function gives."""

    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth value"
    MOMENT = "date"
    LIST = "list"
    ANY = "any value"
    CONDITION = "condition"
    ROLES = "app roles"


class Slot(Struct, frozen=True):
    """One slot: its documented name, its key in the wire's form of an expression, and what it takes."""

    name: str
    key: str
    kind: Kind = Kind.TEXT
    optional: bool = False


class Way(Enum):
    """How a function comes to its value."""

    PLAIN = "plain"
    """From the values of its slots."""

    EACH = "each"
    """From the values of its slots, and where the first is a list, for each value of it."""

    LAZY = "lazy"
    """By evaluating those of its slots that it needs."""

    SOURCED = "sourced"
    """From the values of its slots and what comes from outside: the time, chance, and values that are taken."""


class Example(Struct, frozen=True):
    """A documented example: the expression, the user, and the result. `reading` says why ours differs from the page."""

    expression: str
    result: Value
    user: dict[str, Any] = {}
    reading: str = ""


class Function(Struct, frozen=True):
    """A function. `evaluate` is called as its way says. The last `repeats` slots may be given any number of times.

    `fewest` is how many slots have to be given where an older form of the function has fewer of them.
    """

    name: str
    slots: tuple[Slot, ...]
    gives: Kind
    evaluate: Callable[..., Value]
    way: Way = Way.PLAIN
    repeats: int = 0
    page: str = PAGE
    examples: tuple[Example, ...] = ()
    note: str = ""
    fewest: int | None = None

    @property
    def least(self) -> int:
        """How many slots have to be given."""
        if self.fewest is not None:
            return self.fewest
        required = [place for place, slot in enumerate(self.slots, 1) if not slot.optional]
        return max(required, default=0)

    @property
    def most(self) -> int | None:
        """How many slots may be given; None for any number."""
        return None if self.repeats else len(self.slots)

    def given(self, count: int) -> Iterator[Slot]:
        """The slots of so many arguments, of no more than it takes."""
        return islice(chain(self.slots, cycle(self.slots[len(self.slots) - self.repeats :])), count)

    def slot(self, place: int) -> Slot | None:
        """The slot at a place, counted from 0; None behind the last."""
        if place < len(self.slots):
            return self.slots[place]
        behind = place - len(self.slots)
        return self.slots[-self.repeats + behind % self.repeats] if self.repeats else None
