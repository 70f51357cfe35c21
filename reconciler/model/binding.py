"""Which live object each key of the spec stands for: by id, else by the ledger, else by the natural name.

spec says `id:`            →  that object, or a finding where it does not exist
the ledger knows the id    →  that object while it exists, also under a key that was renamed since
neither                    →  the one object of this natural name, compared without case

A key that the spec dropped keeps its live object, so that a plan can say by name what it removes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from reconciler.model.address import Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Unreadable
from reconciler.model.finding import Finding, in_order
from reconciler.model.inventory import Inventory, Topology
from reconciler.model.memory import Memory
from reconciler.model.principals import Found, bind_principals
from reconciler.model.states import AppliedState, DesiredState
from reconciler.model.topology_binding import bind_agents, bind_groups, bind_resources


class Binding(Struct, frozen=True):
    """What binding found: the bindings, one finding per fault, and keys that were renamed: the new and the old."""

    bindings: Bindings
    findings: tuple[Finding, ...] = ()
    renamed: Mapping[Address, Address] = field(default_factory=dict)


def bind(desired: DesiredState, applied: AppliedState, inventory: Inventory) -> Binding:
    """Bind every agent, group and app of the spec and of the ledger to the live object that it stands for.

    A part of the inventory that was not read binds nothing and makes no finding. `inventory.principals` answers
    `principals.principal_queries`.
    """
    memory = Memory.of(desired, applied)
    principals = bind_principals(desired, memory, inventory.principals)
    memory = memory.recognised(desired, principals.ids)
    topology = inventory.topology
    if isinstance(topology, Unreadable):
        bound = Binding(Bindings(unread=_all_unread(desired, memory, topology)), (), memory.renamed)
    else:
        bound = _bind_topology(desired, memory, topology)
        memory = Memory(applied, bound.renamed)
    dropped = _dropped_principals(desired, memory, principals.ids, inventory.principals)
    apps = Bindings(principals={**principals.ids, **dropped}, unread=principals.unread)
    return Binding(bound.bindings.merged(apps), in_order((*bound.findings, *principals.findings)), memory.renamed)


def _bind_topology(desired: DesiredState, memory: Memory, topology: Topology) -> Binding:
    agents, warnings = bind_agents(desired, memory, topology.agents)
    groups = bind_groups(desired, memory, topology.groups)
    resources = bind_resources(desired, memory, topology.resources)
    memory = memory.recognised(desired, {**agents.ids, **groups.ids})
    removable = [live_id for live_id, group in topology.groups.items() if not group.is_default]
    bindings = Bindings(
        agents=agents.ids | _dropped(memory.live_ids(desired, Kind.AGENT), topology.agents, agents.ids),
        groups=groups.ids | _dropped(memory.live_ids(desired, Kind.GROUP), removable, groups.ids),
        resources=resources.ids | _dropped(memory.resource_ids(desired), topology.resources, resources.ids),
    )
    return Binding(bindings, (*agents.findings, *warnings, *groups.findings, *resources.findings), memory.renamed)


def _dropped(
    remembered: Mapping[Address, str], existing: Iterable[str], bound: Mapping[Address, str]
) -> dict[Address, str]:
    """The live objects of keys that the spec dropped: those that exist, and that no other key stands for."""
    free = set(existing).difference(bound.values())
    kept: dict[Address, str] = {}
    for address, live_id in remembered.items():
        if live_id in free:
            free.remove(live_id)
            kept[address] = live_id
    return kept


def _dropped_principals(
    desired: DesiredState, memory: Memory, bound: Mapping[Address, str], found: Found
) -> dict[Address, str]:
    """The same for apps. A principal that was not asked for counts as existing: only reading its job can tell."""
    remembered = memory.live_ids(desired, Kind.APP)
    existing = [live_id for live_id in remembered.values() if live_id and found.get(live_id) != ()]
    return _dropped(remembered, existing, bound)


def _all_unread(desired: DesiredState, memory: Memory, why: Unreadable) -> dict[Address, Unreadable]:
    kinds = (Kind.AGENT, Kind.GROUP)
    declared = [thing.address for kind in kinds for thing in desired.of(kind)]
    return dict.fromkeys((*declared, *(address for kind in kinds for address in memory.dropped(desired, kind))), why)
