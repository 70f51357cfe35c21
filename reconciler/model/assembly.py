"""The live state, put together from what was read and what it is bound to.

              topology read                topology not read
agents        every live one, at its key   those of the bindings, every cell Unreadable
groups        or at `Address.unbound`      the same
apps          resource.* and group         resource.* and group Unreadable
              ── and for each app with a principal: its reading, Unreadable where there is none

Nothing that was not read looks absent: `LiveState.unread` answers for things that are not even listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from reconciler.model.address import UPDATER, Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.cells import ABSENT, Known, LiveCell, Reason, Unreadable, Value
from reconciler.model.fields import FIELDS, Surface
from reconciler.model.inventory import AgentRecord, AppReading, GroupRecord, Inventory, ResourceRecord, Topology
from reconciler.model.states import AppliedState, FieldValue, Live, LiveState, Thing

Cells = Mapping[str, LiveCell[FieldValue]]
Readings = Mapping[Address, AppReading | Unreadable]

_OUT_OF_SCOPE = Unreadable(Reason.OUT_OF_SCOPE)
_NO_FACTS = Unreadable(Reason.NO_FACTS)
_NOT_READ = Unreadable(Reason.NOT_READ)


def live_state(
    bindings: Bindings, inventory: Inventory, readings: Readings, surfaces: frozenset[Surface] = frozenset(Surface)
) -> LiveState:
    """Everything live at its address; what nothing is bound to stands at `Address.unbound`.

    What could not be read, and what lies outside of the surfaces, is Unreadable in exactly the fields it would fill.
    """
    topology = inventory.topology if Surface.TOPOLOGY in surfaces else _OUT_OF_SCOPE
    hosts = _NO_FACTS if Surface.HOSTS in surfaces else _OUT_OF_SCOPE
    unread = {Surface.HOSTS: hosts}
    if isinstance(topology, Unreadable):
        unread[Surface.TOPOLOGY] = topology
        found = _unread_things(bindings, topology, hosts)
    else:
        found = _things(bindings, topology, hosts)
    if Surface.APPS not in surfaces:
        unread[Surface.APPS] = _OUT_OF_SCOPE
    things = {thing.address: thing for thing in found}
    for address in sorted({*bindings.principals, *readings, *_of_kind(Kind.APP, bindings.unread)}):
        reading = unread.get(Surface.APPS) or readings.get(address) or bindings.unread.get(address, _NOT_READ)
        resource = things[address].cells if address in things else _no_resource(topology)
        cells = {**resource, **_app_cells(reading)}
        things[address] = Thing(address, cells, live_id=bindings.principals.get(address, ""))
    return LiveState(things, unread=unread, several=_several(readings))


def _several(readings: Readings) -> Mapping[Address, Mapping[str, frozenset[str]]]:
    return {app: found.several for app, found in readings.items() if isinstance(found, AppReading) and found.several}


def with_known_jobs(bindings: Bindings, applied: AppliedState) -> Bindings:
    """The bindings with the job that the ledger knows of each app's principal, to be looked for when apps are read."""
    known = {thing.live_id: thing.cells.get("job.id") for thing in applied.things.values() if thing.live_id}
    jobs: dict[Address, str] = {}
    for app, principal in bindings.principals.items():
        match known.get(principal):
            case Value(str() as job):
                jobs[app] = job
    return bindings.merged(Bindings(jobs=jobs))


def with_read_jobs(bindings: Bindings, readings: Readings) -> Bindings:
    """The bindings with the job of every app whose reading found one."""
    found = {
        address: reading.job_id
        for address, reading in readings.items()
        if isinstance(reading, AppReading) and isinstance(reading.job_id, str)
    }
    return bindings.merged(Bindings(jobs=found))


def _things(bindings: Bindings, topology: Topology, hosts: Unreadable) -> Iterator[Live]:
    agents = _addresses(Kind.AGENT, bindings.agents, topology.agents)
    groups = _addresses(Kind.GROUP, bindings.groups, topology.groups)
    apps = _addresses(Kind.APP, bindings.resources, topology.resources)
    for agent in topology.agents.values():
        yield Thing(agents(agent.id), {**_agent_cells(agent), "proxy": hosts}, live_id=agent.id)
    for group in topology.groups.values():
        members = frozenset(agents(member) for member in group.agents)
        yield Thing(groups(group.id), _group_cells(group, members), live_id=group.id)
    for resource in topology.resources.values():
        serving = frozenset(groups(group) for group in resource.groups)
        yield Thing(apps(resource.id), _resource_cells(resource, serving))
    yield Thing(UPDATER, topology.updater)


def _addresses(kind: Kind, bound: Mapping[Address, str], listed: Iterable[str]) -> Callable[[str], Address]:
    """The address of each live id, also of one that is only mentioned: a member that no list shows is a member."""
    known = {live_id: Address.unbound(kind, live_id) for live_id in listed}
    known.update((live_id, address) for address, live_id in bound.items())
    return lambda live_id: known.get(live_id) or Address.unbound(kind, live_id)


def _agent_cells(agent: AgentRecord) -> Cells:
    return {
        "machineName": Known(agent.machine_name),
        "status": Known(agent.status),
        "externalIp": Known(agent.external_ip) if agent.external_ip else ABSENT,
    }


def _group_cells(group: GroupRecord, members: frozenset[Address]) -> Cells:
    return {
        "displayName": Known(group.display_name),
        "isDefault": Known(group.is_default),
        "agents": Known(members),
    }


def _resource_cells(resource: ResourceRecord, serving: frozenset[Address]) -> Cells:
    return {
        "resource.id": Known(resource.id),
        "resource.resourceName": Known(resource.resource_name),
        "resource.displayName": Known(resource.display_name),
        "group": Known(serving),
    }


def _unread_things(bindings: Bindings, why: Unreadable, hosts: Unreadable) -> Iterator[Live]:
    """Agents and groups that the spec, the ledger or an earlier look knows, with nothing known of them now."""
    for kind, bound in ((Kind.AGENT, bindings.agents), (Kind.GROUP, bindings.groups)):
        cells = {
            **dict.fromkeys(_keys(kind, Surface.TOPOLOGY), why),
            **dict.fromkeys(_keys(kind, Surface.HOSTS), hosts),
        }
        for address in sorted({*bound, *_of_kind(kind, bindings.unread)}):
            yield Thing(address, cells, live_id=bound.get(address, ""))
    for address in bindings.resources:
        yield Thing(address, _no_resource(why))
    yield Thing(UPDATER, dict.fromkeys(_keys(Kind.UPDATER, Surface.TOPOLOGY), why))


def _no_resource(topology: Topology | Unreadable) -> Cells:
    return dict.fromkeys(_keys(Kind.APP, Surface.TOPOLOGY), topology if isinstance(topology, Unreadable) else ABSENT)


def _app_cells(reading: AppReading | Unreadable) -> Cells:
    if isinstance(reading, Unreadable):
        return dict.fromkeys(_keys(Kind.APP, Surface.APPS), reading)
    job = reading.job_id
    return {**reading.cells, "job.id": Known(job) if isinstance(job, str) else job}


def _keys(kind: Kind, surface: Surface) -> tuple[str, ...]:
    return tuple(field.key for field in FIELDS[kind] if field.surface is surface)


def _of_kind(kind: Kind, addresses: Iterable[Address]) -> Iterator[Address]:
    return (address for address in addresses if address.kind is kind)
