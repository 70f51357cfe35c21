"""How agents, groups and apps are, each with the one sentence that says why, and what nobody manages.

agent   registered? active? where is it a member, where does it stand by?
group   at the service? how many of its members are active, and how many does its profile ask for?
app     a principal? one group, and somebody active in it? a job that runs as the spec says, or one in quarantine?

What could not be read is unknown, never well and never ill.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.cells import UNMANAGED, Known, Unreadable, Value
from reconciler.model.spec import Profile, Spec
from reconciler.model.states import LiveState
from reconciler.model.words import counted, listed
from reconciler.policy.availability import is_active, serving, through
from reconciler.policy.profiles import profile_of

_NAMES = {Kind.AGENT: "machineName", Kind.GROUP: "displayName", Kind.APP: "resource.resourceName"}
_MEMBERS = {Kind.AGENT: "status", Kind.GROUP: "agents", Kind.APP: "group"}


class Grade(IntEnum):
    """How a thing is, worst first. UNMANAGED things are at the service and nobody's concern here."""

    ILL = 0
    AILING = 1
    UNKNOWN = 2
    WELL = 3
    UNMANAGED = 4


class Health(Struct, frozen=True):
    """How one thing is. `name` is what the service calls it, where the spec has no key for it."""

    address: Address
    grade: Grade
    why: str
    name: str = ""

    @property
    def order(self) -> tuple[int, int, str]:
        """Worst first; apps before groups before agents, since people notice in that order."""
        return (self.grade, _KINDS.index(self.address.kind), f"{self.name}\0{self.address}")


_KINDS = (Kind.APP, Kind.GROUP, Kind.AGENT)


def health(spec: Spec, live: LiveState) -> tuple[Health, ...]:
    """How every agent, group and app of the spec is, and what else the service holds; worst first."""
    found = [
        *(_agent(spec, live, thing.address) for thing in spec.desired.of(Kind.AGENT)),
        *(_group(spec, live, thing.address) for thing in spec.desired.of(Kind.GROUP)),
        *(_app(spec, live, thing.address) for thing in spec.desired.of(Kind.APP)),
        *_unmanaged(spec, live),
    ]
    return tuple(sorted(found, key=lambda each: each.order))


def _agent(spec: Spec, live: LiveState, agent: Address) -> Health:
    member = list(_groups(live, agent))
    where = f"member of {_called(live, member)}" if member else "member of no group"
    standby = [group.address.key for group in spec.desired.of(Kind.GROUP) if _stands_by(spec, group.address, agent)]
    match live.cell(agent, "status"):
        case Unreadable() as unknown:
            return _unknown(agent, unknown)
        case Known("active"):
            return Health(agent, Grade.WELL, f"active, {where}")
        case Known():
            if standby and not member:
                return Health(agent, Grade.WELL, f"inactive, stands by for {listed(standby)}")
            return Health(agent, Grade.AILING if member else Grade.WELL, f"inactive, {where}")
    return Health(agent, Grade.AILING, "not registered")


def _stands_by(spec: Spec, group: Address, agent: Address) -> bool:
    return agent in spec.desired.members(group, "standby")


def _groups(live: LiveState, agent: Address) -> Iterator[Address]:
    return (group.address for group in live.of(Kind.GROUP) if agent in live.members(group.address, "agents"))


def _group(spec: Spec, live: LiveState, group: Address) -> Health:
    match live.cell(group, "agents"):
        case Unreadable() as unknown:
            return _unknown(group, unknown)
        case Known(frozenset() as members):
            pass
        case _:
            return Health(group, Grade.AILING, "not at the service yet")
    profile = profile_of(spec.policy, spec.desired.things.get(group)) or Profile("its profile", min_active=1)
    active = [agent for agent in members if is_active(live, agent)]
    settling = len(active) - len(through(live, group))
    said = f"{len(active)} of {counted(len(members), 'agent')} active"
    said += f", {settling} of them not serving yet" if settling else ""
    if len(active) < profile.min_active:
        return Health(group, Grade.ILL, f"{said}; {profile.name} asks for {profile.min_active}")
    if profile.max_active is not None and len(active) > profile.max_active:
        return Health(group, Grade.AILING, f"{said}; {profile.name} allows {profile.max_active}")
    if len(members) < profile.min_declared:
        return Health(group, Grade.AILING, f"{said}; {profile.name} asks for {profile.min_declared} members")
    return Health(group, Grade.AILING if settling else Grade.WELL, said)


def _app(spec: Spec, live: LiveState, app: Address) -> Health:
    """The worst of what is known of an app; what could not be read counts only where nothing worse is known."""
    found = (*_served(spec, live, app), *_job(spec, live, app))
    worst = min((each.grade for each in found), default=Grade.WELL)
    return Health(app, worst, "; ".join(each.why for each in found if each.grade is worst))


_OF_SERVING = ("group", "resource.id", "resource.resourceName")
"""What ties an app to agents. An app of which the spec says none of these may yet be served well."""


def _served(spec: Spec, live: LiveState, app: Address) -> Iterator[Health]:
    match live.cell(app, "group"):
        case Unreadable() as unknown:
            yield _unknown(app, unknown)
            return
        case Known(frozenset() as groups) if groups:
            pass
        case _ if all(spec.desired.cell(app, key) == UNMANAGED for key in _OF_SERVING):
            yield Health(app, Grade.UNKNOWN, "who serves it is not known: the spec names neither resource nor group")
            return
        case _:
            yield Health(app, Grade.ILL, "no agent group serves it")
            return
    keys = _called(live, groups)
    agents = len(serving(live, app))
    if not agents:
        yield Health(app, Grade.ILL, f"served by nobody: no agent of {keys} is active and settled")
    elif len(groups) > 1:
        yield Health(app, Grade.AILING, f"in {len(groups)} groups: {keys}")
    else:
        yield Health(app, Grade.WELL, f"served by {counted(agents, 'agent')} of {keys}")


def _job(spec: Spec, live: LiveState, app: Address) -> Iterator[Health]:
    declared = spec.desired.cell(app, "job.template") != UNMANAGED
    match live.cell(app, "job.status"):
        case Unreadable() as unknown:
            yield _unknown(app, unknown)
        case Known("Quarantine"):
            yield Health(
                app, Grade.ILL, f"its job is in quarantine: {live.text(app, 'job.quarantine', 'no reason told')}"
            )
        case Known("NotConfigured"):
            yield Health(app, Grade.AILING if declared else Grade.WELL, "its job is not configured")
        case Known(status) if live.cell(app, "job.enabled") == Known(value=False):
            wanted = spec.desired.cell(app, "job.enabled") == Value(value=True)
            yield Health(app, Grade.AILING if wanted else Grade.WELL, f"its job is off ({status})")
        case Known():
            yield Health(app, Grade.WELL, "its job runs")
        case _ if app not in live.things or not live.things[app].live_id:
            yield Health(app, Grade.ILL, "there is no service principal for it")
        case _:
            yield Health(app, Grade.AILING if declared else Grade.WELL, "it has no job")


def _unmanaged(spec: Spec, live: LiveState) -> Iterator[Health]:
    for kind in _KINDS:
        for thing in live.of(kind):
            address = thing.address
            default = kind is Kind.GROUP and live.cell(address, "isDefault") == Known(value=True)
            if address not in spec.desired.things and not (default and not live.members(address, "agents")):
                yield Health(address, Grade.UNMANAGED, _about(live, address), live.text(address, _NAMES[kind]))


def _about(live: LiveState, address: Address) -> str:
    match live.cell(address, _MEMBERS[address.kind]):
        case Known(frozenset() as others) if address.kind is Kind.GROUP:
            return counted(len(others), "agent")
        case Known(frozenset() as others):
            return f"served by {_called(live, others)}" if others else "served by nobody"
        case Known(status):
            return str(status)
        case Unreadable(reason):
            return f"unknown: {reason.value}"
    return "not published"


def _called(live: LiveState, groups: Iterable[Address]) -> str:
    """Groups by their keys, or by the names that the service has for those that nobody manages."""
    return listed(
        sorted(group.key if group.is_bound else live.text(group, "displayName", group.key) for group in groups)
    )


def _unknown(address: Address, cell: Unreadable) -> Health:
    return Health(address, Grade.UNKNOWN, f"{cell.reason.value}: {cell.detail}" if cell.detail else cell.reason.value)
