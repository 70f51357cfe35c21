"""From the merged sections to the spec's whole: things with cells, mappings, tenant and policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.address import UPDATER, Address, Kind
from reconciler.model.cells import Value
from reconciler.model.place import Place
from reconciler.model.spec import Spec
from reconciler.model.states import Desired, DesiredState, Thing
from reconciler.spec.cells import Cell, Entry, cells_of, tenant_url
from reconciler.spec.files import ROOT_FILE
from reconciler.spec.mappings import Mappings, reusable
from reconciler.spec.merge import Merged
from reconciler.spec.names import Names
from reconciler.spec.settings import policy_of, store_of, surfaces_of, tenant_of
from reconciler.spec.site import KINDS
from reconciler.spec.tree import Items, Table

_DEFAULT_TEMPLATE = Value("default")
_PLAIN_SECTIONS = ("agents", "groups", "proxies", "connectorHosts")


def built(merged: Merged, *, complete: bool) -> tuple[Spec, Names]:
    """The spec, and the names with the findings on what it refers to.

    Values of a wrong type, which the schema check has reported, are left out. Where the sections are not `complete`,
    because a file could not be read, nothing is said of names that are missing.
    """
    names = Names(
        {kind: frozenset(merged.entries(section)) for section, kind in KINDS.items()},
        complete=complete,
    )
    mappings = reusable(merged.entries("mappings"), names)
    things = dict(_things(merged, names, mappings))
    spec = Spec(
        DesiredState(things),
        tenant_of(merged, ROOT_FILE, names),
        policy_of(merged, names),
        surfaces_of(merged),
        *store_of(merged, names),
        tested=tuple(mappings.tested),
    )
    return spec, names


def _things(merged: Merged, names: Names, mappings: Mappings) -> Iterator[tuple[Address, Desired]]:
    hosts: dict[Address, Desired] = {}
    for section in _PLAIN_SECTIONS:
        for entry, place in _entries(merged, section, names):
            thing = Thing(entry.address, cells_of(entry), place)
            if entry.address.kind is Kind.CONNECTOR_HOST:
                hosts[entry.address] = thing
            yield entry.address, thing
    for entry, place in _entries(merged, "apps", names):
        yield entry.address, Thing(entry.address, _app_cells(entry, hosts, mappings), place)
    yield from _updater(merged, names)


def _entries(merged: Merged, section: str, names: Names) -> Iterator[tuple[Entry, Place]]:
    default = merged.entries("defaults").get(section)
    defaults = default.value if default is not None and isinstance(default.value, Table) else None
    for key, slot in merged.entries(section).items():
        yield Entry(Address(KINDS[section], key), slot.value, defaults, names), slot.key_place


def _app_cells(entry: Entry, hosts: Mapping[Address, Desired], mappings: Mappings) -> dict[str, Cell]:
    cells = cells_of(entry)
    if any(key.startswith("job.") for key in cells):  # An app without a word about its job leaves it unmanaged.
        cells.setdefault("job.template", _DEFAULT_TEMPLATE)
    url = tenant_url(cells, hosts)
    if url is not None:
        cells["connector.url"] = url
    listed = entry.find(("mappings",))
    if listed is not None and isinstance(listed.value, Items):
        cells.update(mappings.of_app(entry.address, listed.value))
    return cells


def _updater(merged: Merged, names: Names) -> Iterator[tuple[Address, Desired]]:
    """The updater configuration, whose keys may stand in several files."""
    tables = {id(slot.table): slot.table for slot in merged.entries("updates").values()}.values()
    cells: dict[str, Cell] = {}
    for table in tables:
        cells.update(cells_of(Entry(UPDATER, table, None, names)))
    for first in list(tables)[:1]:
        yield UPDATER, Thing(UPDATER, cells, first.whole)
