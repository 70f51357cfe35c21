"""Which live object each key of the spec stands for: by id, else by the ledger, else by the natural name.

spec says `id:`            →  that object, or a finding where it does not exist
the ledger knows the id    →  that object while it exists (of the key, or of `previously.key`)
neither                    →  the one object of this natural name, compared without case
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from reconciler.model.address import Address, Kind
from reconciler.model.binding_rules import (
    BOUND_TWICE,
    DEFAULT_GROUP,
    NO_AGENT,
    NO_PRINCIPAL,
    NO_SUCH_ID,
    STALE_AGENT,
    TWO_CANDIDATES,
)
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Unreadable, Value
from reconciler.model.finding import Finding, in_order
from reconciler.model.inventory import AgentRecord, GroupRecord, Inventory, PrincipalRecord, ResourceRecord, Topology
from reconciler.model.place import Place
from reconciler.model.states import AppliedState, Desired, DesiredState

RESOURCE_ID = "resource.id"
"""The applied cell that keeps the live id of an app's published resource."""


class _Record(Protocol):
    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=_Record)


@dataclass(frozen=True, slots=True)
class Binding:
    """What binding found: the bindings, one finding per fault, and keys that were renamed: the new and the old."""

    bindings: Bindings
    findings: tuple[Finding, ...] = ()
    renamed: Mapping[Address, Address] = field(default_factory=dict)


def bind(desired: DesiredState, applied: AppliedState, inventory: Inventory) -> Binding:
    """Bind every agent, group and app of the spec to the live object that it stands for.

    A part of the inventory that could not be read binds nothing and makes no finding.
    """
    found: list[Finding] = []
    renamed = dict(_renames(desired, applied))
    ledger = _Ledger(applied, renamed)
    topology = inventory.topology
    agents: dict[Address, str] = {}
    groups: dict[Address, str] = {}
    resources: dict[Address, str] = {}
    if isinstance(topology, Topology):
        agents = _unique(_bind_agents(desired, ledger, topology, found), desired, found)
        groups = _unique(_bind_groups(desired, ledger, topology, found), desired, found)
        resources = _unique(_bind_resources(desired, ledger, topology, found), desired, found)
    principals = _unique(_bind_principals(desired, ledger, inventory, found), desired, found)
    bindings = Bindings(agents=agents, groups=groups, principals=principals, resources=resources)
    return Binding(bindings, in_order(found), renamed)


@dataclass(frozen=True, slots=True)
class _Ledger:
    applied: AppliedState
    renamed: Mapping[Address, Address]

    def live_id(self, address: Address) -> str:
        thing = self.applied.things.get(self.renamed.get(address, address))
        return thing.live_id if thing else ""

    def resource_id(self, address: Address) -> str:
        match self.applied.cell(self.renamed.get(address, address), RESOURCE_ID):
            case Value(str() as live_id):
                return live_id
        return ""


def _renames(desired: DesiredState, applied: AppliedState) -> Iterator[tuple[Address, Address]]:
    """Keys that the spec says were renamed, and those that an `id:` shows: the ledger holds the id under a lost key."""
    lost = {
        thing.live_id: address
        for address, thing in applied.things.items()
        if thing.live_id and address not in desired.things
    }
    for thing in desired.things.values():
        before = _text(thing, "previously.key")
        if before:
            yield thing.address, Address(thing.address.kind, before)
        elif thing.address not in applied.things:
            old = lost.get(_text(thing, "id") or _text(thing, "servicePrincipal.id"))
            if old is not None and old.kind is thing.address.kind:
                yield thing.address, old


def _bind_agents(
    desired: DesiredState, ledger: _Ledger, topology: Topology, found: list[Finding]
) -> Iterator[tuple[Address, str]]:
    by_name = _grouped(topology.agents.values(), lambda agent: agent.machine_name)
    for thing in desired.of(Kind.AGENT):
        same_name = by_name.get(_text(thing, "machineName").casefold(), ())
        known = topology.agents.get(ledger.live_id(thing.address))
        declared = _text(thing, "id")
        if declared:
            chosen = _declared(thing, "id", topology.agents, found)
        elif known is not None and (known.status == "active" or not _active(same_name)):
            chosen = known
        else:
            chosen = _one_agent(thing, same_name, found)
        if chosen is not None:
            found.extend(_stale(thing, chosen, same_name))
            yield thing.address, chosen.id


def _one_agent(thing: Desired, same_name: tuple[AgentRecord, ...], found: list[Finding]) -> AgentRecord | None:
    """Of agents with one machine name the only active one, or the only one."""
    name = _text(thing, "machineName")
    candidates = _active(same_name) or same_name
    if not candidates:
        found.append(
            NO_AGENT.finding(
                f"no agent is registered as {name}",
                address=str(thing.address),
                place=_place(thing, "machineName"),
                hint="install the provisioning agent on that host; it registers itself",
            )
        )
        return None
    if len(candidates) > 1:
        found.append(_two(thing, "machineName", f"{len(candidates)} agents are named {name}", candidates))
        return None
    return candidates[0]


def _stale(thing: Desired, chosen: AgentRecord, same_name: tuple[AgentRecord, ...]) -> Iterator[Finding]:
    for other in same_name:
        if other.id != chosen.id and chosen.status == "active" and other.status != "active":
            yield STALE_AGENT.finding(
                f"{thing.address} registered anew: agent {chosen.id} is active, agent {other.id} is a stale object",
                address=str(thing.address),
                place=_place(thing, "machineName"),
                hint="the stale object can be ignored; the service shows it until it is removed there",
            )


def _bind_groups(
    desired: DesiredState, ledger: _Ledger, topology: Topology, found: list[Finding]
) -> Iterator[tuple[Address, str]]:
    by_name = _grouped(topology.groups.values(), lambda group: group.display_name)
    for thing in desired.of(Kind.GROUP):
        chosen = _group_of(thing, ledger, topology, by_name, found)
        if chosen is None:
            continue
        if chosen.is_default:
            found.append(
                DEFAULT_GROUP.finding(
                    f"{thing.address} stands for the default group, {chosen.display_name!r}",
                    address=str(thing.address),
                    place=thing.place,
                    hint="take it out of the spec; put agents and apps into groups of your own",
                )
            )
            continue
        yield thing.address, chosen.id


def _group_of(
    thing: Desired,
    ledger: _Ledger,
    topology: Topology,
    by_name: Mapping[str, tuple[GroupRecord, ...]],
    found: list[Finding],
) -> GroupRecord | None:
    if _text(thing, "id"):
        return _declared(thing, "id", topology.groups, found)
    known = topology.groups.get(ledger.live_id(thing.address))
    if known is not None:
        return known
    for key in ("displayName", "previously.displayName"):
        candidates = by_name.get(_text(thing, key).casefold(), ())
        if len(candidates) > 1:
            found.append(_two(thing, key, f"{len(candidates)} groups are named {_text(thing, key)!r}", candidates))
            return None
        if candidates:
            return candidates[0]
    return None


def _bind_resources(
    desired: DesiredState, ledger: _Ledger, topology: Topology, found: list[Finding]
) -> Iterator[tuple[Address, str]]:
    by_name = _grouped(topology.resources.values(), lambda resource: resource.resource_name)
    for thing in desired.of(Kind.APP):
        chosen: ResourceRecord | None
        name = _text(thing, "resource.resourceName")
        candidates = by_name.get(name.casefold(), ()) if name else ()
        known = topology.resources.get(ledger.resource_id(thing.address))
        if _text(thing, RESOURCE_ID):
            chosen = _declared(thing, RESOURCE_ID, topology.resources, found)
        elif known is not None:
            chosen = known
        elif len(candidates) > 1:
            text = f"{len(candidates)} published resources are named {name!r}"
            found.append(_two(thing, "resource.resourceName", text, candidates))
            chosen = None
        else:
            chosen = next(iter(candidates), None)
        if chosen is not None:
            yield thing.address, chosen.id


def _bind_principals(
    desired: DesiredState, ledger: _Ledger, inventory: Inventory, found: list[Finding]
) -> Iterator[tuple[Address, str]]:
    for thing in desired.of(Kind.APP):
        for key in ("servicePrincipal.id", "servicePrincipal.appId", "servicePrincipal.displayName"):
            asked = _text(thing, key)
            if not asked:
                continue
            candidates = inventory.principals.get(asked, ())
            if not isinstance(candidates, Unreadable):
                chosen = _one_principal(thing, key, asked, candidates, ledger, found)
                if chosen is not None:
                    yield thing.address, chosen.id
            break


def _one_principal(
    thing: Desired,
    key: str,
    asked: str,
    candidates: tuple[PrincipalRecord, ...],
    ledger: _Ledger,
    found: list[Finding],
) -> PrincipalRecord | None:
    known = [principal for principal in candidates if principal.id == ledger.live_id(thing.address)]
    if len(known or candidates) == 1:
        return (known or candidates)[0]
    if candidates:
        text = f"{len(candidates)} service principals are named {asked!r}"
        found.append(_two(thing, key, text, candidates))
    else:
        found.append(
            NO_PRINCIPAL.finding(
                f"there is no service principal with {key.partition('.')[2]} {asked!r}",
                address=str(thing.address),
                place=_place(thing, key),
                hint="create the enterprise application first, or mend the reference",
            )
        )
    return None


def _declared(thing: Desired, key: str, records: Mapping[str, R], found: list[Finding]) -> R | None:
    live_id = _text(thing, key)
    record = records.get(live_id)
    if record is None:
        found.append(
            NO_SUCH_ID.finding(
                f"the service holds no {thing.address.kind.value} object with id {live_id}",
                address=str(thing.address),
                place=_place(thing, key),
                hint="mend the id, or leave it out and let the name decide",
            )
        )
    return record


def _two(thing: Desired, key: str, message: str, candidates: Iterable[_Record]) -> Finding:
    ids = sorted(record.id for record in candidates)
    return TWO_CANDIDATES.finding(
        f"{message}: {' and '.join(ids)}",
        address=str(thing.address),
        place=_place(thing, key),
        hint=f"say which one: write `id: {ids[0]}` (or the other)",
    )


def _unique(pairs: Iterator[tuple[Address, str]], desired: DesiredState, found: list[Finding]) -> dict[Address, str]:
    """The pairs as a table in which each live object has one key: the first of the spec's order keeps it."""
    taken: dict[str, Address] = {}
    for address, live_id in pairs:
        first = taken.setdefault(live_id, address)
        if first != address:
            found.append(
                BOUND_TWICE.finding(
                    f"{address} and {first} stand for the same live object, {live_id}",
                    address=str(address),
                    place=desired.things[address].place,
                    hint="take one of them out of the spec, or give each its own id",
                )
            )
    return {address: live_id for live_id, address in taken.items()}


def _grouped(records: Iterable[R], name: Callable[[R], str]) -> Mapping[str, tuple[R, ...]]:
    table: dict[str, tuple[R, ...]] = {}
    for record in sorted(records, key=lambda record: record.id):
        key = name(record).casefold()
        table[key] = (*table.get(key, ()), record)
    return table


def _active(agents: tuple[AgentRecord, ...]) -> tuple[AgentRecord, ...]:
    return tuple(agent for agent in agents if agent.status == "active")


def _text(thing: Desired, key: str) -> str:
    match thing.cells.get(key):
        case Value(str() as text):
            return text
    return ""


def _place(thing: Desired, key: str) -> Place | None:
    match thing.cells.get(key):
        case Value(place=place) if place is not None:
            return place
    return thing.place
