"""What a spec does not say of an app that it has, put into the app's own file: comments and keys stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.cells import Value
from reconciler.model.fields import FIELDS, MAPPING_PREFIX
from reconciler.model.mappings import DesiredMapping
from reconciler.model.states import Desired
from reconciler.spec.files import SpecFile
from reconciler.spec.format import kept_in_form
from reconciler.spec.graft import planted
from reconciler.spec.importing.nodes import part_nodes, use_node
from reconciler.spec.importing.prefixes import is_told
from reconciler.spec.importing.render import members_of
from reconciler.spec.importing.sharing import Known, Use, targets_of
from reconciler.spec.importing.text import Node, Row
from reconciler.spec.parse import parse
from reconciler.spec.site import Path
from reconciler.spec.splice import NotInPlace
from reconciler.spec.tree import Items, Table

_ORDER = tuple(dict.fromkeys((*(each.key.partition(".")[0] for each in FIELDS[Kind.APP]), "mappings")))
"""The keys of an app in the order in which they are written."""

_PARTS = ("use", "source", "target", "prefix", "flow", "match", "attributes", "filter")
_PART_DEPTH = len(("mappings", "index", "part"))
"""The keys of a mapping in the order in which they are written, and how deep in an app they stand."""


class Filling(Struct, frozen=True):
    """One app of which a spec says more: what it says anew, and the mappings that it can name.

    `uses` tells how a mapping is said of which the spec has no part yet.
    """

    gaps: Desired
    uses: Mapping[Address, Use]
    known: Mapping[str, Known]

    def into(self, file: SpecFile) -> SpecFile:
        """The file with the app's gaps filled. Raises NotInPlace where one of them has no place there."""
        app = _app(file, self.gaps.address)
        filled = file
        for path, node in (*_members(self.gaps, app), *self._mappings(app)):
            order = _ORDER if len(path) == 1 else _PARTS if len(path) == _PART_DEPTH else ()
            filled = planted(filled, ("apps", self.gaps.address.key, *path), node, order)
        return kept_in_form(file, filled)

    def _mappings(self, app: Table) -> Iterator[tuple[Path, Node]]:
        """The mappings that come to those that the app lists, and the parts that come to one of these."""
        listed = app.get("mappings")
        there = listed if isinstance(listed, Items) else Items("", (0, 0))
        declared = {self.gaps.address.within(f"{MAPPING_PREFIX}{each.source}"): each for each in _declared(self.gaps)}
        new: list[Node] = [use_node(self.uses[address]) for address in declared if address in self.uses]
        if new:
            yield ("mappings",), [*there, *new]
        for address, mapping in declared.items():
            if address not in self.uses:
                yield from self._parts(there, mapping)

    def _parts(self, listed: Items, mapping: DesiredMapping) -> Iterator[tuple[Path, Node]]:
        for index, item in enumerate(listed):
            source, prefix = self._source(item)
            if source == mapping.source:
                if not is_told(targets_of(mapping), prefix):
                    raise NotInPlace(f"an attribute of its {source} mapping does not go with the mapping's prefix")
                yield from self._of_item(("mappings", index), item, mapping, prefix)
                return
        raise NotInPlace(f"its {mapping.source} mapping is said elsewhere")

    def _of_item(self, path: Path, item: object, mapping: DesiredMapping, prefix: str) -> Iterator[tuple[Path, Node]]:
        """The parts that come to a mapping; one that is used as it is gets them all at once."""
        if isinstance(item, str):
            yield path, use_node(Use(self.known[item], mapping))
            return
        parts = part_nodes(mapping, prefix)
        written = item.get("attributes") if isinstance(item, Table) else None
        if isinstance(written, Table) and isinstance(attributes := parts.pop("attributes", {}), Mapping):
            yield from (((*path, "attributes", name), each) for name, each in attributes.items())
        yield from (((*path, key), node) for key, node in parts.items())

    def _source(self, item: object) -> tuple[str, str]:
        """The source object of a mapping that an app lists, and its prefix."""
        match item:
            case str(key) | {"use": str(key)} if key in self.known:
                return self.known[key].mapping.source, self.known[key].prefix
            case {"source": str(source), "prefix": str(prefix)}:
                return source, prefix
            case {"source": str(source)}:
                return source, ""
        return "", ""


def _app(file: SpecFile, address: Address) -> Table:
    root = parse(file.name, file.content).root
    match root:
        case {"apps": Table() as apps} if isinstance(app := apps.get(address.key), Table):
            return app
    raise NotInPlace("it has no table of its own")


def _members(gaps: Desired, app: Table) -> Iterator[tuple[Path, Node]]:
    """The new keys of an app; what is a table there already gets the keys that it lacks."""
    for key, node in members_of(gaps).items():
        if key in app and isinstance(node, Row):
            yield from (((key, name), each) for name, each in node.members.items())
        else:
            yield (key,), node


def _declared(gaps: Desired) -> Iterator[DesiredMapping]:
    for cell in gaps.cells.values():
        if isinstance(cell, Value) and isinstance(cell.value, DesiredMapping):
            yield cell.value
