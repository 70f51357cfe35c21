"""The live ids that a plan's addresses stand for.

An app stands for three objects: `app/hr-sql` is its principal, `app/hr-sql/resource` its published resource and
`app/hr-sql/job` its job.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.model.address import Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.states import LiveState
from reconciler.model.steps import AddMember, Assign, RemoveMember, Settle, SetUpdater, Step, Unassign
from reconciler.model.subjects import holder

RESOURCE = "resource"
JOB = "job"


def ids_of(steps: Iterable[Step], bindings: Bindings, live: LiveState) -> Mapping[Address, str]:
    """The ids that are known of everything that steps speak of, by address; what a step creates has none yet."""
    spoken_of = {address for step in steps for address in _addresses(step)}
    pairs = (pair for address in sorted(spoken_of) for pair in _ids(address, bindings, live))
    return {address: live_id for address, live_id in pairs if live_id}


def _addresses(step: Step) -> tuple[Address, ...]:
    match step:
        case AddMember(member, group) | RemoveMember(member, group) | Assign(member, group) | Unassign(member, group):
            return member, group
        case Settle(edges):
            return tuple(address for edge in edges for address in (edge.member, edge.group))
        case SetUpdater():
            return ()
    return (holder(step),)


def _ids(address: Address, bindings: Bindings, live: LiveState) -> Iterable[tuple[Address, str]]:
    match address.kind:
        case Kind.AGENT:
            return ((address, _id(bindings.agents, address, live)),)
        case Kind.GROUP:
            return ((address, _id(bindings.groups, address, live)),)
    return (
        (address, bindings.principals.get(address, "")),
        (address.within(RESOURCE), bindings.resources.get(address) or live.text(address, "resource.id")),
        (address.within(JOB), bindings.jobs.get(address) or live.text(address, "job.id")),
    )


def _id(table: Mapping[Address, str], address: Address, live: LiveState) -> str:
    """The bound id; of a live object that no key stands for its own."""
    thing = live.things.get(address)
    return table.get(address) or (thing.live_id if thing else "")
