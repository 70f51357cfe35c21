"""What a spec says a mapping must do: users, each with the values, the scope and the faults expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct, field

from reconciler.model.mappings import DesiredMapping
from reconciler.model.place import Place

Given: TypeAlias = str | bool | int | float | tuple[str | bool | int | float, ...] | None


class Expected(Struct, frozen=True):
    """What one target attribute is expected to get: a value, no flow, or a fault whose message holds a text."""

    value: Given = None
    flows: bool = True
    error: str | None = None
    place: Place | None = None


class MappingTest(Struct, frozen=True):
    """One example. `creates` says that the user is new to the target; `now` is a moment in ISO 8601, or "".

    `match` is by target attribute what the user is looked for by. Members of None are not looked at.
    """

    given: Mapping[str, Given]
    expect: Mapping[str, Expected] = field(default_factory=dict)
    match: Mapping[str, Expected] = field(default_factory=dict)
    in_scope: bool | None = None
    creates: bool = True
    now: str = ""
    place: Place | None = None
    scope_place: Place | None = None


class MappingUnderTest(Struct, frozen=True):
    """A mapping with its tests, under the address of the mapping or of the app that writes it out."""

    address: str
    mapping: DesiredMapping
    tests: tuple[MappingTest, ...]
