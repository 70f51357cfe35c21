"""The live state, put together from what was read and what it is bound to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.address import UPDATER, Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.cells import ABSENT, Absent, Known, LiveCell, Reason, Unreadable
from reconciler.model.fields import FIELDS, Role, Surface
from reconciler.model.inventory import AppReading, Inventory, Topology
from reconciler.model.states import FieldValue, Live, LiveState, Thing

Cells = dict[str, LiveCell[FieldValue]]
Readings = Mapping[Address, AppReading | Unreadable]


_OUT_OF_SCOPE = Unreadable(Reason.OUT_OF_SCOPE)
_NO_FACTS = Unreadable(Reason.NO_FACTS)


def live_state(
    bindings: Bindings, inventory: Inventory, readings: Readings, surfaces: frozenset[Surface] = frozenset(Surface)
) -> LiveState:
    """Everything live at its address; what nothing is bound to stands at `Address.unbound`.

    What could not be read, and what lies outside of the surfaces, is Unreadable in exactly the fields it would fill.
    """
    topology = inventory.topology if Surface.TOPOLOGY in surfaces else _OUT_OF_SCOPE
    things = [*_topology_things(bindings, topology)]
    apps = {thing.address: thing for thing in things if thing.address.kind is Kind.APP}
    kept = [thing for thing in things if thing.address.kind is not Kind.APP]
    for address in {**bindings.principals, **bindings.resources, **dict.fromkeys(readings)}:
        reading: AppReading | Unreadable | None = readings.get(address)
        if Surface.APPS not in surfaces:
            reading = _OUT_OF_SCOPE
        cells: Cells = {**_resource_cells_of(apps.get(address), topology), **_app_cells(reading)}
        apps[address] = Thing(address, cells, live_id=bindings.principals.get(address, ""))
    everything = {thing.address: thing for thing in (*kept, *apps.values())}
    return LiveState(everything)


def _topology_things(bindings: Bindings, topology: Topology | Unreadable) -> Iterator[Live]:
    if isinstance(topology, Unreadable):
        yield from _unread_things(bindings, topology)
        return
    agents = _addresses(Kind.AGENT, bindings.agents, topology.agents)
    groups = _addresses(Kind.GROUP, bindings.groups, topology.groups)
    apps = _addresses(Kind.APP, bindings.resources, topology.resources)
    for live_id, agent in topology.agents.items():
        cells: Cells = {
            "machineName": Known(agent.machine_name),
            "status": Known(agent.status),
            "externalIp": Known(agent.external_ip),
            "proxy": _NO_FACTS,
        }
        yield Thing(agents[live_id], cells, live_id=live_id)
    for live_id, group in topology.groups.items():
        members = frozenset(agents[agent] for agent in group.agents if agent in agents)
        cells = {
            "displayName": Known(group.display_name),
            "isDefault": Known(group.is_default),
            "agents": Known(members),
        }
        yield Thing(groups[live_id], cells, live_id=live_id)
    for live_id, resource in topology.resources.items():
        serving = frozenset(groups[group] for group in resource.groups if group in groups)
        cells = {
            "resource.id": Known(live_id),
            "resource.resourceName": Known(resource.resource_name),
            "resource.displayName": Known(resource.display_name),
            "group": Known(serving),
        }
        yield Thing(apps[live_id], cells)
    yield Thing(UPDATER, topology.updater)


def _unread_things(bindings: Bindings, why: Unreadable) -> Iterator[Live]:
    """Things whose existence the ledger or an earlier look knows, with nothing known of them now."""
    for table, kind in ((bindings.agents, Kind.AGENT), (bindings.groups, Kind.GROUP)):
        for address, live_id in table.items():
            yield Thing(address, dict.fromkeys(_keys(kind, Surface.TOPOLOGY), why), live_id=live_id)
    yield Thing(UPDATER, dict.fromkeys(_keys(Kind.UPDATER, Surface.TOPOLOGY), why))


def _resource_cells_of(thing: Live | None, topology: Topology | Unreadable) -> Mapping[str, LiveCell[FieldValue]]:
    if thing is not None:
        return thing.cells
    keys = ("resource.id", "resource.resourceName", "resource.displayName", "group")
    missing: LiveCell[FieldValue] = topology if isinstance(topology, Unreadable) else ABSENT
    return dict.fromkeys(keys, missing)


def _app_cells(reading: AppReading | Unreadable | None) -> Cells:
    if reading is None:
        reading = Unreadable(Reason.NOT_READ)
    if isinstance(reading, Unreadable):
        return dict.fromkeys(_keys(Kind.APP, Surface.APPS), reading)
    cells: Cells = dict(reading.cells)
    match reading.job_id:
        case str() as job_id:
            cells["job.id"] = Known(job_id)
        case Absent() | Unreadable() as unknown:
            cells["job.id"] = unknown
    return cells


def _keys(kind: Kind, surface: Surface) -> tuple[str, ...]:
    return tuple(field.key for field in FIELDS[kind] if field.surface is surface and field.role is not Role.POLICY)


def _addresses(kind: Kind, bound: Mapping[Address, str], live: Mapping[str, object]) -> dict[str, Address]:
    named = {live_id: address for address, live_id in bound.items()}
    return {live_id: named.get(live_id) or Address.unbound(kind, live_id) for live_id in live}
