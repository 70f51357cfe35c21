"""Small desired, applied and found worlds for the tests of binding and assembly, built by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.model.address import Address, agent, app, group
from reconciler.model.cells import Reason, Unreadable, Value
from reconciler.model.inventory import AgentRecord, GroupRecord, Inventory, PrincipalRecord, ResourceRecord, Topology
from reconciler.model.place import Place
from reconciler.model.states import AppliedState, DesiredState, Thing

FAILED = Unreadable(Reason.FAILED, "403 Forbidden")


def place(line: int) -> Place:
    return Place("reconciler.yaml", line, 1, line, 9)


def desired(things: Mapping[Address, Mapping[str, object]]) -> DesiredState:
    """Things with plain values; the n-th thing stands on line n."""
    return DesiredState(
        {
            address: Thing(address, {key: Value(value, place(line)) for key, value in values.items()}, place(line))
            for line, (address, values) in enumerate(things.items(), 1)
        }
    )


def applied(ids: Mapping[Address, str], resources: Mapping[Address, str] | None = None) -> AppliedState:
    """A ledger that knows these live ids, and these ids of apps' published resources."""
    resources = resources or {}
    return AppliedState(
        {
            address: Thing(
                address,
                {"resource.id": Value(resources[address])} if address in resources else {},
                live_id=ids.get(address, ""),
            )
            for address in {**ids, **resources}
        },
        known=True,
    )


def inventory(
    agents: Iterable[AgentRecord] = (),
    groups: Iterable[GroupRecord] = (),
    resources: Iterable[ResourceRecord] = (),
    principals: Mapping[str, tuple[PrincipalRecord, ...] | Unreadable] | None = None,
) -> Inventory:
    topology = Topology(
        {each.id: each for each in agents},
        {each.id: each for each in groups},
        {each.id: each for each in resources},
    )
    return Inventory(topology, principals or {})


AMS, FRA = agent("ams"), agent("fra")
HR, FINANCE, FIN = group("hr"), group("finance"), group("fin")
SQL, CRM = app("sql"), app("crm")
