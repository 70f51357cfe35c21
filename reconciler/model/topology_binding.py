"""How agents, groups and published resources are found: one list of ever weaker claims for each."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from difflib import get_close_matches

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.binding_rules import DEFAULT_GROUP, NO_AGENT, REGISTERED_ANEW, STALE_AGENT
from reconciler.model.cells import Value
from reconciler.model.claims import Answer, Settled, Table, declared, disagreement, only, settle
from reconciler.model.finding import Finding
from reconciler.model.inventory import AgentRecord, GroupRecord, ResourceRecord
from reconciler.model.memory import RESOURCE_ID, Memory
from reconciler.model.states import DesiredState

ACTIVE = "active"
"""The status of an agent that sends heartbeats."""

_ID = "id"
_SAY_ID = "say which one is meant: give its `id`"


def bind_agents(
    desired: DesiredState, memory: Memory, records: Mapping[str, AgentRecord]
) -> tuple[Settled[AgentRecord], tuple[Finding, ...]]:
    """The agents, and warnings: agents that are missing, those that registered anew, and the stale objects they left.

    Of several agents with one machine name the only active one is taken.
    """
    look = _Agents(desired, memory, Table.of(records.values(), lambda agent: agent.machine_name))
    agents = [thing.address for thing in desired.of(Kind.AGENT)]
    settled = settle(desired, agents, (look.by_id, look.by_ledger, look.by_name))
    bound = set(settled.ids.values())
    free = sorted(agent.machine_name.casefold() for agent in records.values() if agent.id not in bound)
    missing = (look.missing(address, free) for address in settled.nothing)
    return settled, (*missing, *look.left_behind(settled.records))


def bind_groups(desired: DesiredState, memory: Memory, records: Mapping[str, GroupRecord]) -> Settled[GroupRecord]:
    """The groups. One that no live group stands for is not missing: it is to be made."""
    look = _Groups(desired, memory, Table.of(records.values(), lambda group: group.display_name))
    groups = [thing.address for thing in desired.of(Kind.GROUP)]
    return settle(desired, groups, (look.by_id, look.by_ledger, look.by_previous_name, look.by_name))


def bind_resources(
    desired: DesiredState, memory: Memory, records: Mapping[str, ResourceRecord]
) -> Settled[ResourceRecord]:
    """The published resources of apps. One that no live resource stands for is to be made."""
    look = _Resources(desired, memory, Table.of(records.values(), lambda resource: resource.resource_name))
    apps = [thing.address for thing in desired.of(Kind.APP)]
    return settle(desired, apps, (look.by_id, look.by_ledger, look.by_name))


class _Agents(Struct, frozen=True):
    desired: DesiredState
    memory: Memory
    table: Table[AgentRecord]

    def by_id(self, address: Address, _taken: AbstractSet[str]) -> Answer[AgentRecord]:
        return declared(self.desired, address, _ID, self.table)

    def by_ledger(self, address: Address, taken: AbstractSet[str]) -> Answer[AgentRecord]:
        """The known agent, unless it is inactive and another of the same machine name is active."""
        known = self.table.get(self.memory.live_id(address))
        if known is None or known.id in taken:
            return None
        rivals = _active(self._namesakes(address, taken | {known.id}))
        if rivals and known.status != ACTIVE:
            return None
        if rivals and known.machine_name.casefold() != self._name(address).casefold():
            return disagreement(self.desired, address, "machineName", known, rivals[0])
        return known

    def by_name(self, address: Address, taken: AbstractSet[str]) -> Answer[AgentRecord]:
        namesakes = self._namesakes(address, taken)
        return only(self.desired, address, "machineName", _active(namesakes) or namesakes, _SAY_ID)

    def missing(self, address: Address, free: Sequence[str]) -> Finding:
        """That no agent is registered, with the nearest of the sorted machine names that no key stands for."""
        return NO_AGENT.finding(
            f"no agent is registered for {address}: none has the machine name {self._name(address)}",
            address=str(address),
            place=self.desired.place(address, "machineName"),
            hint="install the provisioning agent on that host; it registers itself",
            suggestion=_nearest(self._name(address).casefold(), free),
        )

    def left_behind(self, bound: Mapping[Address, AgentRecord]) -> Iterator[Finding]:
        """What agents that registered anew left: the object that the ledger knows, and others that nobody took."""
        taken = {agent.id for agent in bound.values()}
        for address, agent in bound.items():
            known = self.table.get(self.memory.live_id(address))
            if known is not None and known.id not in taken:
                yield self._followed(address, known, agent)
            if agent.status == ACTIVE:
                for other in self._namesakes(address, taken):
                    if other.status != ACTIVE and other != known:
                        yield self._stale(address, other, agent)

    def _followed(self, address: Address, known: AgentRecord, agent: AgentRecord) -> Finding:
        return REGISTERED_ANEW.finding(
            f"{address} stood for agent {known.id} until now, and stands for agent {agent.id}",
            address=str(address),
            place=self.desired.place(address, "machineName"),
            found=f"agent {known.id} is {known.status}, agent {agent.id} is {agent.status}",
            hint="the stale object can be left alone; its memberships are made for the new one",
        )

    def _stale(self, address: Address, other: AgentRecord, agent: AgentRecord) -> Finding:
        return STALE_AGENT.finding(
            f"agent {other.id} is a stale object of {address}, which is agent {agent.id}",
            address=str(address),
            place=self.desired.place(address, "machineName"),
            found=f"agent {other.id} is {other.status}, agent {agent.id} is {agent.status}",
            hint="the stale object can be left alone; nothing in this program counts it",
        )

    def _name(self, address: Address) -> str:
        return self.desired.text(address, "machineName")

    def _namesakes(self, address: Address, taken: AbstractSet[str]) -> tuple[AgentRecord, ...]:
        return self.table.named(self._name(address), taken)


class _Groups(Struct, frozen=True):
    desired: DesiredState
    memory: Memory
    table: Table[GroupRecord]

    def by_id(self, address: Address, _taken: AbstractSet[str]) -> Answer[GroupRecord]:
        return self._kept(address, declared(self.desired, address, _ID, self.table))

    def by_ledger(self, address: Address, taken: AbstractSet[str]) -> Answer[GroupRecord]:
        known = self.table.get(self.memory.live_id(address))
        return None if known is None or known.id in taken else self._kept(address, known)

    def by_previous_name(self, address: Address, taken: AbstractSet[str]) -> Answer[GroupRecord]:
        """The name before a rename, while no group has the new one."""
        if self.table.named(self.desired.text(address, "displayName"), taken):
            return None
        return self._named(address, "previously.displayName", taken)

    def by_name(self, address: Address, taken: AbstractSet[str]) -> Answer[GroupRecord]:
        return self._named(address, "displayName", taken)

    def _named(self, address: Address, key: str, taken: AbstractSet[str]) -> Answer[GroupRecord]:
        candidates = self.table.named(self.desired.text(address, key), taken)
        return self._kept(address, only(self.desired, address, key, candidates, _SAY_ID))

    def _kept(self, address: Address, answer: GroupRecord | Finding | None) -> GroupRecord | Finding | None:
        """The answer, unless it is the default group, and the spec would rename it."""
        if not isinstance(answer, GroupRecord) or not answer.is_default:
            return answer
        match self.desired.cell(address, "displayName"):
            case Value(name) if name != answer.display_name:
                return self._renamed_default(address, answer)
        return answer

    def _renamed_default(self, address: Address, default: GroupRecord) -> Finding:
        return DEFAULT_GROUP.finding(
            f"{address} would rename the default group, {default.display_name!r}",
            address=str(address),
            place=self.desired.place(address, "displayName"),
            found=self.desired.text(address, "displayName"),
            expected=default.display_name,
            hint="leave the default group out of the spec; put agents and apps into groups of your own",
        )


class _Resources(Struct, frozen=True):
    desired: DesiredState
    memory: Memory
    table: Table[ResourceRecord]

    def by_id(self, address: Address, _taken: AbstractSet[str]) -> Answer[ResourceRecord]:
        return declared(self.desired, address, RESOURCE_ID, self.table)

    def by_ledger(self, address: Address, taken: AbstractSet[str]) -> Answer[ResourceRecord]:
        """The known resource, unless the spec now names another one: a resource's name cannot be written."""
        known = self.table.get(self.memory.resource_id(address))
        if known is None or known.id in taken:
            return None
        name = self._name(address)
        rivals = self.table.named(name, taken | {known.id})
        if rivals and known.resource_name.casefold() != name.casefold():
            return disagreement(self.desired, address, "resource.resourceName", known, rivals[0])
        return known

    def by_name(self, address: Address, taken: AbstractSet[str]) -> Answer[ResourceRecord]:
        candidates = self.table.named(self._name(address), taken)
        return only(self.desired, address, "resource.resourceName", candidates, "give the `id` of the resource")

    def _name(self, address: Address) -> str:
        return self.desired.text(address, "resource.resourceName")


def _nearest(name: str, names: Sequence[str]) -> str:
    """Of sorted machine names one of a like host, whatever its domain; "" where those that begin alike are unlike."""
    at = bisect(names, name)
    hosts = {near.partition(".")[0]: near for near in names[max(at - 2, 0) : at + 2]}
    return next((hosts[host] for host in get_close_matches(name.partition(".")[0], hosts, n=1)), "")


def _active(agents: tuple[AgentRecord, ...]) -> tuple[AgentRecord, ...]:
    return tuple(agent for agent in agents if agent.status == ACTIVE)
