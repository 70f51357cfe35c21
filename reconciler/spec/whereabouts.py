"""Where in its files a spec says something of a thing, or could: at the place that counts, or at the thing itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass, field
from typing import cast

from msgspec import Struct

from reconciler.model.address import Address
from reconciler.model.cells import Value
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.mappings import DesiredMapping
from reconciler.model.place import Place
from reconciler.model.plan import FieldChange
from reconciler.model.spec import Spec
from reconciler.spec.files import SpecFile
from reconciler.spec.graft import path_at
from reconciler.spec.mappings import full_name
from reconciler.spec.parse import parse
from reconciler.spec.site import Path
from reconciler.spec.tree import Items, Node, Table

WHOLES = frozenset(("flow", "match", "filter"))
"""The parts of a mapping that are owned as a whole."""


class Spot(Struct, frozen=True):
    """A place in a file by the keys and indexes that lead to it; keys at its end need not be there yet."""

    file: str
    path: Path

    def below(self, *path: str | int) -> Spot:
        """A spot further down."""
        return Spot(self.file, (*self.path, *path))


@dataclass(slots=True)
class Whereabouts:
    """The spots of one spec's files."""

    spec: Spec
    files: InitVar[Iterable[SpecFile]]
    _roots: Mapping[str, Node] = field(init=False)

    def __post_init__(self, files: Iterable[SpecFile]) -> None:
        self._roots = {file.name: parse(file.name, file.content).root for file in files}

    def of_thing(self, address: Address) -> Spot | None:
        """The key under which a thing is declared; None of what the spec does not name."""
        thing = self.spec.desired.things.get(address)
        return self._at(thing.place) if thing is not None else None

    def said(self, address: Address, change: FieldChange) -> Spot | None:
        """Where what counts for a field is said, be it for other things too; None where nothing is said of it."""
        thing = self.spec.desired.things.get(address)
        place = change.place or self.spec.desired.place(address, change.key)
        if thing is None or place is None:
            return None
        if place != thing.place:
            return self._at(place)
        mapping = self._mapping(address, change.key)
        table = self._at(mapping.value.place) if mapping is not None else None
        return self._part(table, change, mapping) if table is not None and mapping is not None else None

    def own(self, address: Address, change: FieldChange) -> Spot | None:
        """Where the thing itself says a field, or could; None where it cannot."""
        thing = self.of_thing(address)
        if thing is None:
            return None
        if not change.key.startswith(MAPPING_PREFIX):
            return thing.below(*change.key.split("."))
        mapping = self._mapping(address, change.key)
        item = self._at(mapping.place) if mapping is not None else None
        if mapping is None or item is None or (item.file, item.path[: len(thing.path)]) != (thing.file, thing.path):
            return None  # The mappings of all apps stand in the defaults.
        return self._part(item, change, mapping)

    def value(self, spot: Spot) -> Node:
        """What stands at a spot; None where nothing does."""
        node = self._roots.get(spot.file)
        for part in spot.path:
            match node:
                case Table() if part in node:
                    node = node[str(part)]
                case Items() if isinstance(part, int) and part < len(node):
                    node = node[part]
                case _:
                    return None
        return node

    def prefix(self, mapping: Spot) -> str:
        """What stands before the names of a mapping's targets."""
        table = self.value(mapping)
        match table:
            case str(used) | {"use": str(used)}:
                shared = (self.value(Spot(file, ("mappings", used))) for file in self._roots)
                table = next((each for each in shared if each is not None), None)
        prefix = table.get("prefix") if isinstance(table, Table) else ""
        return prefix if isinstance(prefix, str) else ""

    def _mapping(self, address: Address, key: str) -> Value[DesiredMapping] | None:
        source = key.removeprefix(MAPPING_PREFIX).partition("/")[0]
        match self.spec.desired.cell(address, f"{MAPPING_PREFIX}{source}"):
            case Value(DesiredMapping()) as cell if key.startswith(MAPPING_PREFIX):
                return cast("Value[DesiredMapping]", cell)
        return None

    def _part(self, table: Spot, change: FieldChange, mapping: Value[DesiredMapping]) -> Spot:
        """Where a mapping's table says a part of it. An attribute can have the name of a part: its place tells."""
        part = change.key.removeprefix(MAPPING_PREFIX).partition("/")[2]
        ours = mapping.value.attributes.get(part)
        if part in WHOLES and (ours is None or ours.place != change.place):
            return table.below(part)
        prefix = self.prefix(table)
        short = part.removeprefix(prefix)
        written = self.value(table.below("attributes"))
        names = [name for name in written if full_name(prefix, name) == part] if isinstance(written, Table) else []
        return table.below("attributes", *(names or [short if full_name(prefix, short) == part else part])[:1])

    def _at(self, place: Place | None) -> Spot | None:
        path = path_at(self._roots.get(place.file), place) if place is not None else None
        return Spot(place.file, path) if place is not None and path is not None else None
