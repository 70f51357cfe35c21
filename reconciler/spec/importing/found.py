"""What an import found at the service, and the keys that it goes by."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.model.address import Address, Kind
from reconciler.model.cells import Unreadable
from reconciler.model.inventory import AgentRecord, PrincipalRecord, Topology
from reconciler.model.states import LiveState
from reconciler.spec.cells import Cell
from reconciler.spec.importing.keys import keys_for
from reconciler.spec.importing.sayable import is_line

ACTIVE = "active"


class Known(Struct, frozen=True):
    """The live ids that a spec has keys for already, by kind; resources of apps among them. Empty for a new spec.

    `hosts` are its connector hosts by address and port, `taken` all its addresses.
    """

    agents: Mapping[str, Address] = field(default_factory=dict)
    groups: Mapping[str, Address] = field(default_factory=dict)
    principals: Mapping[str, Address] = field(default_factory=dict)
    resources: Mapping[str, Address] = field(default_factory=dict)
    hosts: Mapping[tuple[str, int], Address] = field(default_factory=dict)
    taken: frozenset[Address] = frozenset()

    def of(self, kind: Kind) -> frozenset[str]:
        """The keys of a kind that are not free."""
        return frozenset(address.key for address in self.taken if address.kind is kind)


class Keyed(Struct, frozen=True):
    """An address for each live id that the spec will speak of, those that it knows already included."""

    agents: Mapping[str, Address]
    groups: Mapping[str, Address]
    apps: Mapping[str, Address]


class Found(Struct, frozen=True):
    """The service as far as it is imported; `live` holds the cells of the apps at the addresses of `keyed`.

    `by_name` is whether a published resource may be taken for an app's because of its name. `filled` holds the apps
    that the spec has already and that are imported all the same, with what it says of each.
    """

    topology: Topology | Unreadable
    principals: Mapping[str, PrincipalRecord]
    keyed: Keyed
    live: LiveState
    known: Known = Known()
    by_name: bool = False
    filled: Mapping[Address, Mapping[str, Cell]] = field(default_factory=dict)

    @property
    def records(self) -> Topology:
        """The topology; an empty one where it was not read."""
        return Topology() if isinstance(self.topology, Unreadable) else self.topology


def keyed(topology: Topology | Unreadable, principals: Mapping[str, PrincipalRecord], known: Known) -> Keyed:
    """The addresses of everything that is imported."""
    records = Topology() if isinstance(topology, Unreadable) else topology
    agents = {agent.id: agent.machine_name for agent in agents_meant(records)}
    groups = {group.id: group.display_name for group in records.groups.values() if is_line(group.display_name)}
    apps = {each.id: each.display_name for each in principals.values()}
    return Keyed(
        _addresses(Kind.AGENT, _hosts(agents), known.agents, known),
        _addresses(Kind.GROUP, groups, known.groups, known),
        _addresses(Kind.APP, apps, known.principals, known),
    )


def agents_meant(topology: Topology) -> list[AgentRecord]:
    """One agent for each machine: the active one, where a machine registered again."""
    meant: dict[str, AgentRecord] = {}
    for agent in sorted(topology.agents.values(), key=lambda agent: (agent.status != ACTIVE, agent.id)):
        if is_line(agent.machine_name):
            meant.setdefault(agent.machine_name.casefold(), agent)
    return list(meant.values())


def _hosts(agents: Mapping[str, str]) -> dict[str, str]:
    """The names of hosts without their domain, where that tells them apart."""
    short = {live_id: name.partition(".")[0] for live_id, name in agents.items()}
    seen = [name.casefold() for name in short.values()]
    return {live_id: name if seen.count(name.casefold()) == 1 else agents[live_id] for live_id, name in short.items()}


def _addresses(
    kind: Kind, names: Mapping[str, str], known: Mapping[str, Address], all_known: Known
) -> dict[str, Address]:
    fresh = {live_id: name for live_id, name in names.items() if live_id not in known}
    keys = keys_for(fresh, kind.value, all_known.of(kind))
    return {**{live_id: Address(kind, key) for live_id, key in keys.items()}, **known}
